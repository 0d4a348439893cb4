// The result form of one order: typed fields, saved as typed. What is wrong is said at the field.
// Days and times are ours, not the browser's: its own follow the language of the machine, not that of the page.
import { LONGEST } from "/assets/agent-draft.js";
import { Slots } from "/assets/agent-slots.js";
import { h } from "/assets/dom.js";
import { dayName, dayOf, now } from "/assets/time.js";
import { known, t } from "/assets/words.js";

const SHORT = new Set(["date", "interval", "time", "number", "choice"]);
const DAYS_AHEAD = 60;
const MASKED = /^\+[\d* -]*\*{3}-\*\*-\d\d$/; // a number that agents are not shown is no answer to begin with

export class FormView {
  #form;
  #lead;
  #draft;
  #zone;
  #inputs = new Map();

  /** `begins` says whether fields may be filled from the order: not where the call is over and saved. */
  constructor({ attempt, form, zone }, order, draft, begins) {
    this.#form = form;
    this.#zone = zone || "Europe/Moscow";
    this.#lead = order.lead;
    this.#draft = draft;
    if (begins) this.#begin(order.fields);
    this.element = h("div.form", {}, form.fields.map((field) => this.#row(field)));
    if (begins) this.#slots(attempt);
    this.sayRefused();
  }

  /** Fields that begin with what the order says. */
  #begin(told) {
    for (const { name, source } of this.#form.fields) {
      if (source && told[source] && !MASKED.test(told[source]) && !this.#draft.has(this.#lead, name)) this.#draft.set(this.#lead, name, told[source]);
    }
  }

  /** The first date and the first interval of the form are the courier's to say. */
  #slots(attempt) {
    const [date, interval] = ["date", "interval"].map((kind) => this.#inputs.get(this.#form.fields.find((field) => field.kind === kind)?.name));
    if (date && interval) this.slots = new Slots({ attempt, lead: this.#lead, date, interval, status: interval.nextElementSibling });
  }

  focus() { this.#inputs.values().next().value?.focus(); }

  /** Another tab has changed this field; what one is typing into is left alone. */
  refresh({ lead, field, value }) {
    const input = this.#inputs.get(field);
    if (lead !== this.#lead || !input || input === document.activeElement) return;
    this.#set(input, value);
    this.slots?.look();
  }

  lock() { for (const input of this.#inputs.values()) input.disabled = true; }

  /** Required fields that are empty: what the server would refuse, known without asking. */
  missing() {
    return this.#form.fields.filter((field) => field.required && !this.#draft.get(this.#lead, field.name).trim())
      .map((field) => ({ where: field.name, what: "missing" }));
  }

  /** Mark these fields and go to the first; tells whether any of them is here. */
  mark(errors) {
    this.clear();
    const here = errors.filter((one) => this.#inputs.has(one.where));
    for (const { where, what } of here) this.#flaw(this.#inputs.get(where), what);
    if (here.some(({ what }) => what === "slot_full")) this.slots?.look(true);
    if (here.length) this.#inputs.get(here[0].where).focus();
    return here.length > 0;
  }

  clear() {
    for (const input of this.#inputs.values()) this.#flaw(input, "");
    this.sayRefused();
  }

  /** What the server would not take is said at its field until it is changed. */
  sayRefused() {
    for (const [name, input] of this.#inputs) {
      if (this.#draft.isRefused(this.#lead, name)) this.#flaw(input, "not_kept");
    }
  }

  #flaw(input, what) {
    if (!what && !input.hasAttribute("aria-invalid")) return;
    if (what) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    input.nextElementSibling.textContent = what ? known(`wrong_${what}`, what) : "";
  }

  #row(field) {
    const input = this.#input(field);
    const say = () => {
      this.#flaw(input, "");
      this.#draft.set(this.#lead, field.name, input.value);
    };
    input.addEventListener("input", say);
    if (field.kind === "time") input.addEventListener("change", () => { input.value = asTime(input.value); say(); });
    const id = `field-${field.name}`;
    input.id = id;
    this.#set(input, this.#draft.get(this.#lead, field.name));
    input.setAttribute("aria-describedby", `${id}-wrong`);
    if (field.required) input.setAttribute("aria-required", "true");
    this.#inputs.set(field.name, input);
    return h(`div.field${SHORT.has(field.kind) ? ".short" : ""}`, {},
      h("label", { for: id, title: field.label }, field.label, field.required && h("i", { "aria-hidden": "true" }, "*")),
      input, h("small.wrong", { id: `${id}-wrong`, role: "status" }));
  }

  /** A value that is not among the options, such as a day that is past, is shown all the same. */
  #set(input, value) {
    if (input.tagName === "SELECT" && value && ![...input.options].some((one) => one.value === value)) input.append(h("option", { value }, value));
    input.value = value;
  }

  #input({ kind, options }) {
    if (kind === "date") return choice(days(this.#zone));
    if (options.length) return choice(options.map((one) => [one, one.replace("-", "–")]));
    switch (kind) {
      case "time": return h("input", { type: "text", placeholder: "14:30", maxlength: 5, autocomplete: "off" });
      case "number": return h("input", { type: "text", inputmode: "decimal", maxlength: 20 });
      case "interval": return h("input", { type: "text", placeholder: "10:00-14:00", maxlength: 11 });
      case "note": return h("textarea", { rows: 2, maxlength: LONGEST });
      case "address": return h("textarea", { rows: 2, maxlength: LONGEST, autocomplete: "off" });
      default: return h("input", { type: "text", maxlength: LONGEST, autocomplete: "off" });
    }
  }
}

const choice = (options) => h("select", {}, h("option", { value: "" }, t("choose")), options.map(([value, label]) => h("option", { value }, label)));

/** From today on, on the person's own calendar. */
function days(zone) {
  const found = [];
  for (let ahead = 0; ahead < DAYS_AHEAD; ahead++) {
    const day = dayOf(now() + ahead * 86400, zone);
    found.push([day, dayName(day, zone)]);
  }
  return found;
}

/** `930`, `9.30` and `9` are times too. */
function asTime(text) {
  const parts = /^\s*(\d{1,2})[:.\s-]?(\d{2})?\s*$/.exec(text);
  return parts ? `${parts[1].padStart(2, "0")}:${parts[2] ?? "00"}` : text;
}
