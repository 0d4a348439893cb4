// Whom the campaign's project takes in: its regions by commas, and for how many days the same number is a repeat.
import { byId, note, setText } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { t } from "/assets/words.js";

/** `changed` is called when it was saved: what would become of a file may be another thing now. */
export function startAdmission({ changed }) {
  let project = null;

  async function show(ofProject) {
    project = ofProject;
    byId("admit").hidden = project === null;
    if (project === null) return;
    paint(await ask("GET", `/api/v1/projects/${project}/admission`));
    setText(byId("admit-said"), "");
  }

  function paint(found) {
    byId("served").value = (found.served_regions ?? []).join(", ");
    byId("repeat-days").value = found.repeat_days;
  }

  async function save() {
    const regions = byId("served").value.split(",").map((name) => name.trim()).filter(Boolean);
    const wanted = { served_regions: regions.length ? regions : null, repeat_days: Number(byId("repeat-days").value || 0) };
    try {
      paint(await ask("PUT", `/api/v1/projects/${project}/admission`, wanted));
    } catch (error) {
      note(t("failed"), error.message);
      return;
    }
    setText(byId("admit-said"), t("admission_saved"));
    changed();
  }

  byId("admit-save").addEventListener("click", save);
  return { show };
}
