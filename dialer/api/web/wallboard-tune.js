// Tuning a campaign while it runs: only what was changed is sent, and what it was and will be stands beside the button.
import { byId, h, note, setText, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { hoursOf, hoursText, hoursView } from "/assets/wallboard-hours.js";
import { FIELDS, GROUPS, isSame, linesOf, partsOf, put, valueOf } from "/assets/wallboard-settings.js";
import { showWorkDays } from "/assets/wallboard-work-days.js";
import { known, t } from "/assets/words.js";
import "/assets/words-tuning.js";

let before = null;

const dialog = () => byId("tune");
const inputOf = (field) => byId(`tune-${field.name}`);

export async function openTuning(campaign) {
  try {
    const [settings, { groups }] = await Promise.all([ask("GET", `/api/v1/campaigns/${campaign}`), ask("GET", "/api/v1/groups")]);
    before = settings;
    setText(byId("tune-of"), settings.name);
    setText(byId("tune-wrong"), "");
    byId("tune-reason").value = "";
    byId("tune-reason").parentElement.hidden = true;
    byId("tune-fields").replaceChildren(...GROUPS.map(groupView));
    byId("tune-hours").replaceChildren(...hoursView(settings.hours));
    byId("tune-groups").replaceChildren(...groups.map((group) => h("label.check", {},
      h("input", { type: "checkbox", value: group.id, checked: settings.groups.includes(group.id) }), group.name)));
    setText(byId("work-days-told"), "");
    await showWorkDays();
    follow();
    dialog().showModal();
    inputOf(FIELDS[0]).focus();
  } catch (error) {
    note(t("failed"), error.message);
  }
}

/** The first group lies open; the others are opened by those who need them. */
function groupView({ name, fields, isClosed }) {
  const grid = h("div.fields", {}, fields.map((field) => fieldView(field, valueOf(before, field))));
  return isClosed ? h("details", { "data-group": name }, h("summary", {}, t(`group_${name}`)), grid) : grid;
}

function fieldView(field, value) {
  const input = inputView(field, value);
  const title = h("span", {}, field.word ? known(field.word, field.word) : t(`tune_${field.name}`));
  return field.isCheck ? h("label.check", { "data-field": field.name }, input, title) : h("label.field-of", { "data-field": field.name }, title, input);
}

function inputView(field, value) {
  const id = `tune-${field.name}`;
  const common = { id, required: !field.isOptional || (field.isKept && value !== null), placeholder: field.isOptional ? t(field.empty) : false };
  if (field.options) return h("select", { id }, Object.entries(withOwn(field.options, value)).map(([option, word]) => h("option", { value: option, selected: option === value }, t(word))));
  if (field.isCheck) return h("input", { id, type: "checkbox", checked: value === true });
  if (field.isLines) return h("textarea", { id, rows: 3 }, linesOf(value));
  if (field.isText) return h("input", { ...common, pattern: field.pattern, maxlength: field.length, autocomplete: "off", spellcheck: "false", value: value ?? "" });
  return h("input", { ...common, type: "number", min: field.min, max: field.max, step: field.step ?? "any", value: shown(field, value) });
}

/** A strategy of a third party stays what it is. */
const withOwn = (options, value) => (value in options ? options : { ...options, [value]: value });

const shown = (field, value) => (value === null ? "" : Number((value * (field.share ?? 1)).toFixed(4)));

function written(field) {
  const input = inputOf(field);
  if (field.isCheck) return input.checked;
  if (field.isLines) return partsOf(input.value);
  if (field.options || (field.isText && input.value)) return input.value;
  return input.value === "" ? null : Number((Number(input.value) / (field.share ?? 1)).toFixed(6));
}

/** Whether somebody has changed it: what was rounded to be shown has not. */
const isChanged = (field, value) =>
  (field.share && value !== null ? shown(field, value) !== shown(field, valueOf(before, field)) : !isSame(value, valueOf(before, field)));

/** What differs from the campaign as it is: the body of the request. Raises where the hours cannot be read. */
function changed() {
  const values = Object.fromEntries(FIELDS.map((field) => [field.name, written(field)]));
  const body = {};
  for (const field of FIELDS) if ((field.isFor?.(values) ?? true) && isChanged(field, values[field.name])) put(body, field, values[field.name], before);
  const hours = hoursOf(before.hours);
  if (hoursText(hours) !== hoursText(before.hours)) body.hours = hours;
  const groups = [...byId("tune-groups").querySelectorAll("input:checked")].map((box) => Number(box.value));
  if (String(groups.sort()) !== String([...before.groups].sort())) body.groups = groups;
  return body;
}

/** The fields that make sense for this mode, and what would change. */
function follow() {
  const values = { mode: written(FIELDS[0]) };
  for (const field of FIELDS) inputOf(field).parentElement.hidden = !(field.isFor?.(values) ?? true);
  try {
    const body = changed();
    const values = { mode: written(FIELDS[0]) };
    const told = FIELDS.filter((field) => (field.isFor?.(values) ?? true) && isChanged(field, written(field))).map(difference);
    told.push(...["hours", "groups"].filter((name) => name in body).map((name) => t(`tune_${name}`)));
    setText(byId("tune-told"), told.length ? t("will_change", { what: told.join("; ") }) : t("nothing_changed"));
    byId("tune-save").disabled = !told.length;
    setText(byId("tune-wrong"), "");
  } catch (error) {
    setText(byId("tune-wrong"), error.message);
    byId("tune-save").disabled = true;
  }
}

function difference(field) {
  const title = field.word ? known(field.word, field.word) : t(`tune_${field.name}`);
  if (field.isLines) return title;
  return `${title}: ${valueText(field, valueOf(before, field))} → ${valueText(field, written(field))}`;
}

function valueText(field, value) {
  if (field.isCheck) return t(value ? "is_on" : "is_off");
  if (value === null || value === "") return t(field.empty);
  return field.options ? t(withOwn(field.options, value)[value]) : field.isText ? value : String(shown(field, value));
}

async function save(event) {
  event.preventDefault();
  const reason = byId("tune-reason").value.trim();
  try {
    await ask("PATCH", `/api/v1/campaigns/${before.id}`, { ...changed(), ...(reason && { loosening_reason: reason }) });
    dialog().close();
  } catch (error) {
    setText(byId("tune-wrong"), [error.message, ...(error.errors ?? []).map(({ where, what }) => `${where}: ${what}`)].join(" "));
    if (error.status === 409) byId("tune-reason").parentElement.hidden = false;
  }
}

export function startTuning() {
  byId("tune-form").addEventListener("submit", save);
  byId("tune-form").addEventListener("input", follow);
  dialog().addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && !byId("tune-save").disabled) byId("tune-form").requestSubmit();
  });
  dialog().addEventListener("click", ({ target }) => {
    if (target === dialog() || target.closest("[data-close]")) dialog().close();
  });
}
