// Tuning a campaign while it runs: only what was changed is sent, and what it was and will be stands beside the button.
import { byId, h, note, setText, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { hoursOf, hoursText, hoursView } from "/assets/wallboard-hours.js";
import { t } from "/assets/words.js";

const FIELDS = [
  { name: "mode", options: { preview: "mode_preview", progressive: "mode_progressive", power: "mode_power", predictive: "mode_predictive" } },
  { name: "power_ratio", min: 0.1, max: 20, isFor: (values) => values.mode === "power" },
  { name: "ceiling_ratio", min: 0, max: 20, share: 100 },
  { name: "ceiling_mode", options: { target: "ceiling_target", hard: "ceiling_is_hard" } },
  { name: "ceiling_window", options: { rolling_24h: "window_rolling_24h", day: "window_day", rolling_30d: "window_rolling_30d" } },
  { name: "max_lines", min: 0, max: 100000, step: 1, isOptional: true },
  { name: "calls_per_second", min: 0.01, max: 1000, isOptional: true },
  { name: "weight", min: 0.01, max: 1000 },
  { name: "ring_s", min: 5, max: 120 },
  { name: "wrap_up_s", min: 0, max: 3600 },
];

let before = null;

const dialog = () => byId("tune");
const inputOf = (field) => byId(`tune-${field.name}`);

export async function openTuning(campaign) {
  try {
    const [settings, { groups }] = await Promise.all([ask("GET", `/api/v1/campaigns/${campaign}`), ask("GET", "/api/v1/groups")]);
    before = settings;
    setText(byId("tune-name"), settings.name);
    setText(byId("tune-wrong"), "");
    byId("tune-reason").value = "";
    byId("tune-reason").parentElement.hidden = true;
    byId("tune-fields").replaceChildren(...FIELDS.map((field) => fieldView(field, settings[field.name])));
    byId("tune-hours").replaceChildren(...hoursView(settings.hours));
    byId("tune-groups").replaceChildren(...groups.map((group) => h("label.check", {},
      h("input", { type: "checkbox", value: group.id, checked: settings.groups.includes(group.id) }), group.name)));
    follow();
    dialog().showModal();
    inputOf(FIELDS[0]).focus();
  } catch (error) {
    note(t("failed"), error.message);
  }
}

function fieldView(field, value) {
  const id = `tune-${field.name}`;
  const input = field.options
    ? h("select", { id }, Object.entries(withOwn(field.options, value)).map(([option, word]) => h("option", { value: option, selected: option === value }, t(word))))
    : h("input", { id, type: "number", min: field.min, max: field.max, step: field.step ?? "any", required: !field.isOptional, placeholder: field.isOptional ? t("no_limit") : false, value: shown(field, value) });
  return h("label.field-of", { "data-field": field.name }, h("span", {}, t(`tune_${field.name}`)), input);
}

/** A strategy of a third party stays what it is. */
const withOwn = (options, value) => (value in options ? options : { ...options, [value]: value });

const shown = (field, value) => (value === null ? "" : Number((value * (field.share ?? 1)).toFixed(4)));

function written(field) {
  const text = inputOf(field).value;
  if (field.options) return text;
  return text === "" ? null : Number((Number(text) / (field.share ?? 1)).toFixed(6));
}

/** What differs from the campaign as it is: the body of the request. Raises where the hours cannot be read. */
function changed() {
  const values = Object.fromEntries(FIELDS.map((field) => [field.name, written(field)]));
  const body = {};
  for (const { name, isFor = () => true } of FIELDS) if (isFor(values) && values[name] !== before[name]) body[name] = values[name];
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
    const told = Object.keys(body).map((name) => difference(name, body[name]));
    setText(byId("tune-told"), told.length ? t("will_change", { what: told.join("; ") }) : t("nothing_changed"));
    byId("tune-save").disabled = !told.length;
    setText(byId("tune-wrong"), "");
  } catch (error) {
    setText(byId("tune-wrong"), error.message);
    byId("tune-save").disabled = true;
  }
}

function difference(name, value) {
  const field = FIELDS.find((one) => one.name === name);
  const title = t(`tune_${name}`);
  if (!field) return title;
  const text = (one) => (one === null ? t("no_limit") : field.options ? t(withOwn(field.options, one)[one]) : String(shown(field, one)));
  return `${title}: ${text(before[name])} → ${text(value)}`;
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
