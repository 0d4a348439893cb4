// When to call back: days and quarters of an hour in which the person may be called, on his own clock.
import { h } from "/assets/dom.js";
import { dayName, dayOf, now, wallClock } from "/assets/time.js";
import { t } from "/assets/words.js";

const QUARTER_S = 900;
const SOON_S = 2 * 3600; // what is offered first: two hours from now, or the next opening

export class CallbackView {
  #days;
  #zone;
  #changed;

  /** `value` and what `changed` is told are epoch seconds as text; empty where nothing can be promised. */
  constructor({ openings, zone }, value, personal, changed) {
    this.#zone = zone || "Europe/Moscow";
    this.#days = byDay(openings, this.#zone);
    this.#changed = changed;
    const at = Number(value) || this.#soon();
    this.day = h("select", { "aria-label": t("day"), onchange: () => this.#dayChosen() },
      [...this.#days.keys()].map((day) => h("option", { value: day }, dayName(day, this.#zone))));
    this.time = h("select", { "aria-label": t("local_clock"), onchange: () => this.#say() });
    this.personal = h("input", { type: "checkbox", onchange: () => this.#say() });
    this.personal.checked = personal;
    this.element = this.#days.size === 0
      ? h("p.detail", {}, t("no_open_hours"))
      : h("div.detail", {}, h("span.what", {}, t("call_back_at")), this.day, this.time,
        h("label.tick", {}, this.personal, t("personally")));
    if (this.#days.size) this.#show(at);
  }

  get value() { return this.time.value; }

  #soon() {
    const all = [...this.#days.values()].flat();
    return all.find((at) => at >= now() + SOON_S) ?? all.at(-1) ?? 0;
  }

  #show(at) {
    this.day.value = dayOf(at, this.#zone);
    if (this.day.selectedIndex < 0) this.day.selectedIndex = 0;
    this.#fill(at);
  }

  #dayChosen() {
    const [first] = this.#days.get(this.day.value);
    this.#fill(first);
    this.#say();
  }

  #fill(at) {
    this.time.replaceChildren(...this.#days.get(this.day.value).map((one) => h("option", { value: one }, wallClock(this.#zone, one))));
    this.time.value = String(at);
    if (this.time.selectedIndex < 0) this.time.selectedIndex = 0;
  }

  #say() { this.#changed(this.value, this.personal.checked); }
}

/** Local days, each with its instants. */
function byDay(openings, zone) {
  const days = new Map();
  for (const { start, end } of openings) {
    for (let at = start; at < end; at += QUARTER_S) {
      if (at < now()) continue;
      const day = dayOf(at, zone);
      if (!days.has(day)) days.set(day, []);
      days.get(day).push(at);
    }
  }
  return days;
}
