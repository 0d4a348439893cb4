// The result form as a supervisor makes it: fields in order, each with its kind, whether it is required, its choices.
import { addButton, area, check, choice, keyOf, line, repaint, rows } from "/assets/editor.js";
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

const KINDS = ["text", "note", "address", "date", "interval", "time", "choice", "number"];
const WITH_OPTIONS = new Set(["choice", "interval"]);
const MOST_FIELDS = 40;
const INTERVAL = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;
const KEY = /^[a-z][a-z0-9_]{0,31}$/;

/** `told.names` are the fields of the project's orders: what a field may begin with. */
export function formEditor(content, told, changed) {
  const { fields } = content;
  const fresh = new Set(); // fields whose key still follows their label
  const root = h("div.editor", { role: "group", "aria-label": t("kind_forms") });

  const paint = (focus) => repaint(root, [
    h("datalist", { id: "order-fields" }, told.names.map((name) => h("option", { value: name }))),
    rows({ at: "fields", items: fields, kind: "form-field", draw: row, name: (field) => field.label || t("new_field"), changed: restructured }),
    addButton("fields", t("add_field"), add, fields.length >= MOST_FIELDS),
  ], focus);
  const restructured = (focus) => { paint(focus); changed(); };
  const said = (keep) => (value) => { keep(value); changed(); };

  function add() {
    const field = { name: keyOf("", taken(), "field"), label: "", kind: "text", required: false, options: [], source: "" };
    fields.push(field);
    fresh.add(field);
    restructured(`fields.${fields.length - 1}.label`);
  }

  const taken = (but) => fields.filter((one) => one !== but).map((one) => one.name);

  function row(field, place) {
    const at = `fields.${place}`;
    return h("div.cells", {},
      h("div.cells.three", {},
        line(`${at}.label`, t("field_label"), field.label, said((value) => {
          field.label = value;
          if (fresh.has(field)) rename(field, at, keyOf(value, taken(field), "field"));
        })),
        choice(`${at}.kind`, t("field_kind"), field.kind, KINDS.map((kind) => [kind, t(`field_${kind}`)]), (value) => {
          field.kind = value;
          if (!WITH_OPTIONS.has(value)) field.options = [];
          restructured(`${at}.kind`);
        }),
        line(`${at}.source`, t("field_source"), field.source, said((value) => { field.source = value; }), { list: "order-fields", placeholder: t("field_source_none") })),
      WITH_OPTIONS.has(field.kind) && area(`${at}.options`, t(field.kind === "interval" ? "field_intervals" : "field_options"), field.options.join("\n"),
        said((value) => { field.options = value.split("\n").map((one) => one.trim()).filter(Boolean); }), { rows: Math.max(3, field.options.length + 1) }),
      h("div.beside", {},
        check(`${at}.required`, t("field_required"), field.required, said((value) => { field.required = value; })),
        h("details", {}, h("summary", {}, t("field_key")),
          line(`${at}.name`, t("field_key_hint"), field.name, said((value) => { fresh.delete(field); field.name = value; }), { maxlength: 32, spellcheck: "false" }))));
  }

  function rename(field, at, name) {
    field.name = name;
    const input = root.querySelector(`[data-at="${at}.name"]`);
    if (input) input.value = name;
  }

  paint();
  return { element: root, paint };
}

export function formFlaws({ fields }) {
  const found = [];
  fields.forEach((field, place) => {
    const at = `fields.${place}`;
    if (!field.label.trim()) found.push({ at: `${at}.label`, what: t("flaw_no_label") });
    if (!KEY.test(field.name)) found.push({ at: `${at}.name`, what: t("flaw_key") });
    else if (fields.findIndex((one) => one.name === field.name) < place) found.push({ at: `${at}.name`, what: t("flaw_key_twice") });
    if (field.kind === "choice" && !field.options.length) found.push({ at: `${at}.options`, what: t("flaw_no_options") });
    if (field.kind === "interval" && field.options.some(isWrongInterval)) found.push({ at: `${at}.options`, what: t("flaw_interval") });
  });
  return found;
}

const isWrongInterval = (text) => !INTERVAL.test(text) || text.split("-")[0] >= text.split("-")[1];

/** As lines to be compared. */
export function formLines({ fields }) {
  return fields.map((field) => [
    field.label, t(`field_${field.kind}`), field.required && t("field_required"), field.options.join(", "), field.source && `${t("field_source")}: ${field.source}`, `(${field.name})`,
  ].filter(Boolean).join(" · "));
}
