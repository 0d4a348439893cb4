// What is written as agents will see it, on the project's newest order or, where there is none, on one that is made up.
import { FormView } from "/assets/agent-form.js";
import { ScriptView } from "/assets/agent-script.js";
import { h } from "/assets/dom.js";
import { keyIn } from "/assets/projects-results.js";
import { t } from "/assets/words.js";

const MADE_UP = { "адрес": "г. Екатеринбург, ул. Малышева, д. 51", "сумма": "24 990 ₽", "Сумма": "24 990", "Товар": "Робот-пылесос" };

/** An order to show it on: the project's own newest, or ours. */
export const sampleOf = (found) => found ?? { external_id: "A-17", person: t("sample_person"), fields: MADE_UP, is_made_up: true };

export function seeScript({ greeting, steps }, { sample, projectName, memory }) {
  const card = { lead: "", guide: { greeting, steps }, fields: sample.fields, person: sample.person, project_name: projectName, external_id: sample.external_id };
  return new ScriptView(card, { name: t("sample_agent") }, memory, () => {}).element;
}

export function seeForm({ fields }, { sample }) {
  const form = { fields: fields.filter((field) => field.label.trim()) };
  return new FormView({ form, zone: "Asia/Yekaterinburg" }, { lead: "", fields: sample.fields }, inMemory(), false).element;
}

export function seeResults({ dispositions }) {
  const column = (title, refusals) => {
    const group = dispositions.filter((one) => one.is_refusal === refusals && one.label.trim());
    return group.length > 0 && [h("h3.title", {}, title), group.map((one) => h("div.result", {},
      h("kbd", {}, keyIn(dispositions, one) || "—"), h("b", {}, one.label), h("small", {}, t(`effect_${one.effect}`)),
      one.needs_form && h("span.chip.accent", {}, t("kind_forms")), one.needs_reason && h("span.chip.warn", {}, t("reason_in_words"))))];
  };
  return [column(t("results"), false), column(t("refusals"), true)];
}

export const seeEntry = ({ entry }) => (entry.title.trim()
  ? h("details", { open: true }, h("summary", {}, entry.title), h("p", {}, entry.body)) : h("p.empty", {}, t("choose_entry")));

export const seeRules = ({ masks_numbers: isMasked }) => h("p.sample-number", {}, isMasked ? "+7 9** ***-**-89" : "+7 912 345-67-89");

/** A draft that nobody keeps. */
export function inMemory() {
  const values = new Map();
  return {
    get: (_, field) => values.get(field) ?? "",
    has: (_, field) => values.has(field),
    set: (_, field, value) => values.set(field, value),
    isRefused: () => false,
  };
}
