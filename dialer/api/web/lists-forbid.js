// Numbers that nobody may call: looked for by number, put in with a reason, taken out again. Every look is audited.
import { byId, h, note, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { t } from "/assets/words.js";

const URL = "/api/v1/do-not-call";
const ASKED = "asked";

export function startForbidding({ isConfined }) {
  let project = null;

  function shown(ofProject) {
    project = ofProject;
    byId("forbid").hidden = project === null;
    byId("forbid-for").querySelector("[value=all]").disabled = isConfined;
  }

  const phone = () => byId("forbid-phone").value.trim();
  const wanted = () => (byId("forbid-for").value === "all" ? null : project);

  async function look() {
    const only = phone() ? `?phone=${encodeURIComponent(phone())}` : `?project=${project}`;
    try {
      paint((await ask("GET", URL + only)).numbers);
    } catch (error) {
      note(t("failed"), error.message);
    }
  }

  async function change(method, path, body) {
    try {
      await ask(method, path, body);
    } catch (error) {
      note(t("failed"), error.message);
      return;
    }
    await look();
  }

  const add = () => phone() && change("POST", URL, { phone: phone(), project: wanted(), reason: byId("forbid-why").value.trim() || ASKED });

  function remove({ number, project: of }) {
    return change("DELETE", `${URL}?phone=${number}${of === null ? "" : `&project=${of}`}`);
  }

  function paint(numbers) {
    show(byId("forbidden"), numbers.length === 0 ? h("p.empty", {}, t("forbid_none")) : h("table", {},
      h("thead", {}, h("tr", {}, ["phone", "forbid_for", "forbid_why", "forbid_since", ""].map((word) => h("th", {}, word && t(word))))),
      h("tbody", {}, numbers.map(row))));
  }

  function row(one) {
    const where = one.project === null ? t("forbid_all") : one.project === project ? t("forbid_project") : `№ ${one.project}`;
    const button = h("button.button.small", { disabled: one.project === null && isConfined, onclick: () => remove(one) }, t("forbid_remove"));
    return h("tr", {}, h("td", {}, one.number), h("td", {}, where), h("td", {}, one.reason), h("td", {}, one.at.slice(0, 10)), h("td.number", {}, button));
  }

  byId("forbid-look").addEventListener("click", look);
  byId("forbid-add").addEventListener("click", add);
  byId("forbid-phone").addEventListener("keydown", (event) => event.key === "Enter" && look());
  return { show: shown };
}
