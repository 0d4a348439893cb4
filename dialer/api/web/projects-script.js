// The script as a supervisor writes it: the greeting, steps in order, answers that lead on; blanks by a press.
import { addButton, area, choice, line, repaint, rows } from "/assets/editor.js";
import { h } from "/assets/dom.js";
import { known, t } from "/assets/words.js";

const MOST_ANSWERS = 6;
const MOST_STEPS = 200;
const OWN = ["person", "agent", "project", "order"];
const NEW = "+";
const SHORT = 42;

/** `told` has the project's `dictionary` and the `names` of its orders' fields. `changed()` at each change. */
export function scriptEditor(content, told, changed) {
  const { steps } = content;
  const root = h("div.editor", { role: "group", "aria-label": t("kind_scripts") });
  let written = null; // where a blank goes: the text last written in

  const paint = (focus) => {
    repaint(root, [
      blanks(),
      textArea("greeting", t("greeting"), content.greeting, (value) => { content.greeting = value; }),
      rows({ at: "steps", items: steps, kind: "step", draw: step, name: (_, place) => stepName(place), changed: restructured }),
      addButton("steps", t("add_step"), () => { add(); restructured(`steps.${steps.length - 1}.text`); }, steps.length >= MOST_STEPS),
    ], focus);
  };
  const restructured = (focus) => { paint(focus); changed(); };
  const said = (keep) => (value) => { keep(value); changed(); };

  function blanks() {
    return h("div.blanks", { role: "group", "aria-label": t("blanks") }, h("span", {}, t("blanks")),
      [...OWN, ...told.names].map((name) => h("button.chip", { type: "button", title: t("blank_hint"), onmousedown: (event) => event.preventDefault(), onclick: () => insert(name) },
        OWN.includes(name) ? t(`blank_${name}`) : known(`column_${name}`, name))));
  }

  /** The blank is put where one writes, else behind the greeting. */
  function insert(name) {
    const at = written?.isConnected ? written : root.querySelector("textarea");
    at.setRangeText(`{${name}}`, at.selectionStart, at.selectionEnd, "end");
    at.dispatchEvent(new Event("input"));
    at.focus();
  }

  function textArea(at, label, value, keep) {
    return area(at, label, value, said(keep), { onfocus: (event) => { written = event.target; }, onchange: relabel });
  }

  function step(one, place) {
    const at = `steps.${place}`;
    return h("div.cells", {},
      h("h3", {}, stepName(place), place === 0 && h("span.chip.accent", {}, t("begins_here"))),
      textArea(`${at}.text`, t("step_says"), one.text, (value) => { one.text = value; }),
      rows({ at: `${at}.answers`, items: one.answers, kind: "answer", draw: (answer, nth) => answerRow(answer, `${at}.answers.${nth}`), name: (answer) => answer.label || t("answer"), changed: restructured }),
      addButton(`${at}.answers`, t("add_answer"), () => {
        one.answers.push({ label: "", next: null, disposition: null });
        restructured(`${at}.answers.${one.answers.length - 1}.label`);
      }, one.answers.length >= MOST_ANSWERS));
  }

  function answerRow(answer, at) {
    const leads = [["", t("script_ends_here")], ...steps.map((one, place) => [one.id, leadName(place)]), [NEW, t("to_new_step")]];
    return h("div.cells.three", {},
      line(`${at}.label`, t("person_says"), answer.label, said((value) => { answer.label = value; })),
      choice(`${at}.next`, t("leads_to"), answer.next ?? "", leads, (value) => {
        answer.next = value === NEW ? add() : value || null;
        restructured(value === NEW ? `steps.${steps.length - 1}.text` : `${at}.next`);
      }),
      choice(`${at}.disposition`, t("suggests"), answer.disposition ?? "", [["", "—"], ...told.dictionary.map((one) => [one.code, one.label])],
        said((value) => { answer.disposition = value || null; })));
  }

  function add() {
    const ids = steps.map((one) => one.id);
    let n = steps.length + 1;
    while (ids.includes(`step_${n}`)) n++;
    steps.push({ id: `step_${n}`, text: "", answers: [] });
    return `step_${n}`;
  }

  const stepName = (place) => t("step_n", { n: place + 1 });
  const leadName = (place) => `${place + 1}. ${short(steps[place].text) || "…"}`;

  /** Choices of where to go name the steps by their texts. */
  function relabel() {
    for (const option of root.querySelectorAll("select option")) {
      const place = steps.findIndex((one) => one.id === option.value);
      if (place >= 0 && option.parentElement.dataset.at.endsWith(".next")) option.textContent = leadName(place);
    }
  }

  paint();
  return { element: root, paint };
}

const short = (text) => { const plain = text.replace(/\s+/g, " ").trim(); return plain.length > SHORT ? `${plain.slice(0, SHORT)}…` : plain; };

/** What keeps it from being kept, as {at, what}. */
export function scriptFlaws({ steps }) {
  const found = [];
  const reached = new Set(steps.length ? reachedFrom(steps) : []);
  steps.forEach((step, place) => {
    if (!step.text.trim()) found.push({ at: `steps.${place}.text`, what: t("flaw_no_text") });
    else if (!reached.has(step.id)) found.push({ at: `steps.${place}.text`, what: t("flaw_not_reached") });
    step.answers.forEach((answer, nth) => {
      const at = `steps.${place}.answers.${nth}`;
      if (!answer.label.trim()) found.push({ at: `${at}.label`, what: t("flaw_no_label") });
      if (answer.next && !steps.some((one) => one.id === answer.next)) found.push({ at: `${at}.next`, what: t("flaw_no_step") });
    });
  });
  return found;
}

function reachedFrom(steps) {
  const seen = new Set();
  const ahead = [steps[0]];
  while (ahead.length) {
    const step = ahead.pop();
    if (!step || seen.has(step.id)) continue;
    seen.add(step.id);
    ahead.push(...step.answers.map((answer) => steps.find((one) => one.id === answer.next)));
  }
  return seen;
}

/** As lines to be compared. */
export function scriptLines({ greeting, steps }, { dictionary }) {
  const place = (id) => steps.findIndex((one) => one.id === id) + 1;
  const label = (code) => dictionary.find((one) => one.code === code)?.label ?? code;
  return [
    ...greeting.split("\n").map((text) => `${t("greeting")}: ${text}`),
    ...steps.flatMap((step, nth) => [
      ...step.text.split("\n").filter(Boolean).map((text) => `${nth + 1}. ${text}`),
      ...step.answers.map((answer) => [`${nth + 1} · ${answer.label}`, answer.next && `→ ${t("step_n", { n: place(answer.next) })}`, answer.disposition && `⇒ ${label(answer.disposition)}`].filter(Boolean).join(" ")),
    ]),
  ];
}
