// The operator's own corrections to the production calendar, beside the hours that follow it: a decree has moved a day off,
// a region has a holiday of its own. They hold for every campaign at once and are written down with their reason.
import { byId, h, setText } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { t } from "/assets/words.js";

export async function showWorkDays() {
  const { corrections } = await ask("GET", "/api/v1/work-days");
  byId("work-days").replaceChildren(...corrections.map(lineOf), adding());
}

const lineOf = ({ day, works, reason, by }) => h("p.work-day", {}, h("b", {}, day), t(works ? "day_works" : "day_off"), h("small", {}, `${reason} · ${by}`),
  h("button.button.plain.small", { type: "button", "aria-label": `${t("take_away")} ${day}`, onclick: () => tell("DELETE", day) }, t("take_away")));

function adding() {
  const day = h("input", { type: "date", id: "work-day", "aria-label": t("work_day") });
  const works = h("select", { id: "work-day-works", "aria-label": t("work_day_works") }, h("option", { value: "" }, t("day_off")), h("option", { value: "works" }, t("day_works")));
  const reason = h("input", { id: "work-day-reason", maxlength: 500, placeholder: t("work_day_reason"), "aria-label": t("work_day_reason"), autocomplete: "off", onkeydown: (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the window's own button is another
    event.stopPropagation();
    add();
  } });
  const add = () => day.value && tell("PUT", day.value, { works: works.value !== "", reason: reason.value.trim() });
  return h("p.work-day", {}, day, works, reason, h("button.button.small", { type: "button", id: "work-day-add", onclick: add }, t("correct_day")));
}

async function tell(method, day, body) {
  const told = byId("work-days-told");
  try {
    const { looser } = await ask(method, `/api/v1/work-days/${day}`, body);
    setText(told, looser.length ? t("work_day_looser", { ids: looser.join(", ") }) : t("work_day_holds"));
    await showWorkDays();
  } catch (error) {
    setText(told, [error.message, ...(error.errors ?? []).map(({ where, what }) => `${where}: ${what}`)].join(" "));
  }
}
