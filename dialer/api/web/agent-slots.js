// Delivery slots of the day in the form, asked of the courier while one talks: free, full, or not known, as he says.
import { ask } from "/assets/http.js";
import { t } from "/assets/words.js";

const FRESH_MS = 25_000; // the server asks the courier again after thirty seconds

export class Slots {
  #where;
  #asked = 0;
  #shown = { day: "", at: 0 };

  /** `attempt` and `lead` say whose; `status` is the element that tells how the question stands. */
  constructor({ attempt, lead, date, interval, status }) {
    this.#where = `/api/v1/agent/slots?attempt=${attempt}&lead=${lead}`;
    Object.assign(this, { date, interval, status });
    date.addEventListener("input", () => this.look());
    interval.addEventListener("focus", () => this.look());
    this.look();
  }

  /** Ask for the day that is chosen, unless it has just been asked. */
  async look(again = false) {
    const day = this.date.value;
    if (!day) return this.#clear();
    if (!again && this.#shown.day === day && performance.now() - this.#shown.at < FRESH_MS) return;
    const mine = ++this.#asked;
    this.#shown = { day, at: performance.now() };
    this.#say(t("slots_asking"));
    let found = null;
    try {
      found = await ask("GET", `${this.#where}&date=${day}`);
    } catch { /* not known, as where the courier himself does not answer */ }
    if (mine !== this.#asked) return; // another day has been chosen since
    if (found !== null && !found.provider) return this.#clear();
    this.#show(found?.days[0]);
  }

  #show(day) {
    const isKnown = day?.state === "known";
    const states = new Map((isKnown ? day.intervals : []).map((one) => [one.interval, one]));
    for (const option of this.interval.options ?? []) {
      if (option.value) this.#mark(option, states.get(option.value));
    }
    this.#say(isKnown ? "" : t("slots_unknown"));
  }

  #mark(option, slot) {
    const state = slot?.state ?? "unknown";
    const left = state === "free" && slot.left !== null ? ` (${slot.left})` : "";
    option.textContent = `${option.value.replace("-", "–")} · ${t(`slot_${state}`)}${left}`;
    option.disabled = state === "full" && option.value !== this.interval.value;
  }

  #clear() {
    for (const option of this.interval.options ?? []) {
      if (!option.value) continue;
      option.textContent = option.value.replace("-", "–");
      option.disabled = false;
    }
    this.#say("");
  }

  /** A flaw that stands there is more urgent. */
  #say(text) {
    if (!this.interval.hasAttribute("aria-invalid")) this.status.textContent = text;
  }
}
