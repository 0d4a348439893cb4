// The dictionary of results: what an agent may answer with, in the order of his keys, and what follows from each.
import { addButton, check, choice, keyOf, line, repaint, rows } from "/assets/editor.js";
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

const EFFECTS = ["done", "retry", "call_back", "call_back_now", "wrong_number", "do_not_call", "supervisor"];
const MOST = 60;
const KEYS = 9;
const KEY = /^[a-z][a-z0-9_]{0,31}$/;

export function resultsEditor(content, told, changed) {
  const { dispositions } = content;
  const fresh = new Set(); // results whose code still follows their label
  const root = h("div.editor", { role: "group", "aria-label": t("kind_dispositions") });

  const paint = (focus) => repaint(root, [
    h("p.hint", {}, t("results_hint")),
    rows({ at: "dispositions", items: dispositions, kind: "result-of", draw: row, name: (one) => one.label || t("new_result"), changed: restructured }),
    addButton("dispositions", t("add_result"), add, dispositions.length >= MOST),
  ], focus);
  const restructured = (focus) => { paint(focus); changed(); };
  const said = (keep) => (value) => { keep(value); changed(); };
  const taken = (but) => dispositions.filter((one) => one !== but).map((one) => one.code);

  function add() {
    const one = { code: keyOf("", taken(), "result"), label: "", effect: "done", is_refusal: false, needs_reason: false, needs_form: false };
    dispositions.push(one);
    fresh.add(one);
    restructured(`dispositions.${dispositions.length - 1}.label`);
  }

  function row(one, place) {
    const at = `dispositions.${place}`;
    const key = keyIn(dispositions, one);
    return h("div.cells", {},
      h("div.cells.keyed", {},
        h("kbd", { title: t("key_of_result") }, key || "—"),
        line(`${at}.label`, t("result_label"), one.label, said((value) => {
          one.label = value;
          if (fresh.has(one)) recode(one, at, keyOf(value, taken(one), "result"));
        })),
        choice(`${at}.effect`, t("result_effect"), one.effect, EFFECTS.map((effect) => [effect, t(`effect_${effect}`)]), said((value) => { one.effect = value; }))),
      h("div.beside", {},
        check(`${at}.is_refusal`, t("is_refusal"), one.is_refusal, (value) => { one.is_refusal = value; restructured(`${at}.is_refusal`); }),
        check(`${at}.needs_form`, t("needs_form"), one.needs_form, said((value) => { one.needs_form = value; })),
        check(`${at}.needs_reason`, t("needs_reason"), one.needs_reason, said((value) => { one.needs_reason = value; })),
        h("details", {}, h("summary", {}, t("field_key")),
          line(`${at}.code`, t("result_code_hint"), one.code, said((value) => { fresh.delete(one); one.code = value; }), { maxlength: 32, spellcheck: "false" }))));
  }

  function recode(one, at, code) {
    one.code = code;
    const input = root.querySelector(`[data-at="${at}.code"]`);
    if (input) input.value = code;
  }

  paint();
  return { element: root, paint };
}

/** The key by which an agent chooses it; empty behind the ninth of its column. */
export function keyIn(dispositions, one) {
  const place = dispositions.filter((other) => other.is_refusal === one.is_refusal).indexOf(one);
  return place < KEYS ? `${one.is_refusal ? "⇧" : ""}${place + 1}` : "";
}

export function resultsFlaws({ dispositions }) {
  const found = [];
  if (!dispositions.length) found.push({ at: "", what: t("flaw_no_results") });
  dispositions.forEach((one, place) => {
    const at = `dispositions.${place}`;
    if (!one.label.trim()) found.push({ at: `${at}.label`, what: t("flaw_no_label") });
    if (!KEY.test(one.code)) found.push({ at: `${at}.code`, what: t("flaw_key") });
    else if (dispositions.findIndex((other) => other.code === one.code) < place) found.push({ at: `${at}.code`, what: t("flaw_key_twice") });
  });
  return found;
}
