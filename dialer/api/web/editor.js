// What the editors of a project are made of: labelled fields, rows that move, flaws said at their place.
// A control is known by `data-at`, its path in what is edited ("steps.0.answers.1.label"): there it is marked when it
// is wrong, and there the focus returns when the editor is painted anew.
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

const LETTERS = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "i", к: "k", л: "l", м: "m", н: "n", о: "o",
  п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "h", ц: "ts", ч: "ch", ш: "sh", щ: "sch", ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya",
};
const LONGEST_KEY = 32;

/** A key for what people call by this name: small Latin letters, digits and _, unlike those that are taken. */
export function keyOf(name, taken, otherwise) {
  const latin = [...name.toLowerCase()].map((letter) => LETTERS[letter] ?? letter).join("");
  const plain = latin.replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, LONGEST_KEY - 3) || otherwise;
  let key = plain;
  for (let n = 2; taken.includes(key); n++) key = `${plain}_${n}`;
  return key;
}

// ---- fields

/** One line of text; `say(value)` at each change. */
export function line(at, label, value, say, properties = {}) {
  const input = h("input", { type: "text", "data-at": at, maxlength: 120, autocomplete: "off", oninput: () => say(input.value), ...properties });
  input.value = value;
  return cell(label, input);
}

export function area(at, label, value, say, properties = {}) {
  const input = h("textarea", { "data-at": at, rows: 2, maxlength: 4000, oninput: () => say(input.value), ...properties });
  input.value = value;
  return cell(label, input);
}

/** `options` are [value, words]. */
export function choice(at, label, value, options, say) {
  const select = h("select", { "data-at": at, onchange: () => say(select.value) },
    options.map(([one, words]) => h("option", { value: one }, words)));
  select.value = value;
  return cell(label, select);
}

export function check(at, label, value, say) {
  const input = h("input", { type: "checkbox", "data-at": at, onchange: () => say(input.checked) });
  input.checked = value;
  return h("label.check", {}, input, h("span", {}, label));
}

const cell = (label, control) => h("label.cell", {}, h("span", {}, label), control, h("small.wrong"));

// ---- rows

/**
 * The rows of `items` as `draw(item, place)` has them, each with its tools: earlier, later, gone; Alt with an arrow moves
 * the row in which one writes (in a choice it opens that, as everywhere). `changed(focus)` is called when the rows are other than before.
 */
export function rows({ at, items, kind, draw, name, changed }) {
  const move = (place, by, focus) => {
    if (items[place + by] === undefined) return;
    items.splice(place + by, 0, ...items.splice(place, 1));
    changed(focus.replace(`${at}.${place}`, `${at}.${place + by}`));
  };
  const tool = (place, what, sign, onclick, disabled) => h("button.tool", {
    type: "button", "data-at": `${at}.${place}.${what}`, "aria-label": t(`row_${what}`, { what: name(items[place], place) }), title: t(`row_${what}_short`), disabled, onclick,
  }, sign);
  return items.map((item, place) => {
    const pressed = (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!event.altKey || !by || event.target.tagName === "SELECT" || !event.target.dataset.at?.startsWith(`${at}.${place}.`)) return;
      event.preventDefault();
      event.stopPropagation();
      move(place, by, event.target.dataset.at);
    };
    const gone = () => {
      items.splice(place, 1);
      changed(items.length ? `${at}.${Math.min(place, items.length - 1)}.remove` : `${at}.add`);
    };
    return h(`div.row-of.${kind}`, { role: "group", "aria-label": name(item, place), onkeydown: pressed }, draw(item, place), h("div.tools", {},
      tool(place, "up", "↑", () => move(place, -1, `${at}.${place}.up`), place === 0),
      tool(place, "down", "↓", () => move(place, 1, `${at}.${place}.down`), place === items.length - 1),
      tool(place, "remove", "✕", gone, false)));
  });
}

export const addButton = (at, words, onclick, disabled = false) =>
  h("button.button.small.add", { type: "button", "data-at": `${at}.add`, disabled, onclick }, words);

// ---- painting

/** Paint anew; the focus goes to `focus`, else stays where it was. */
export function repaint(root, children, focus = null) {
  const there = root.contains(document.activeElement) ? document.activeElement.dataset.at : null;
  root.replaceChildren(...children.flat(Infinity).filter(Boolean));
  const next = focus ?? there;
  const found = next && root.querySelector(`[data-at="${CSS.escape(next)}"]`);
  (found?.disabled ? found.parentElement.querySelector("button:not(:disabled)") : found)?.focus();
}

/** Say at each place what is wrong there; what has no place of its own comes back. */
export function mark(root, flaws) {
  for (const control of root.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    if (control.nextElementSibling) control.nextElementSibling.textContent = "";
  }
  return flaws.filter(({ at, what }) => {
    const control = root.querySelector(`[data-at="${CSS.escape(at)}"]`);
    if (!control) return true;
    control.setAttribute("aria-invalid", "true");
    if (control.nextElementSibling?.matches("small.wrong")) control.nextElementSibling.textContent = what;
    return false;
  });
}
