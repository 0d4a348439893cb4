// What holds for the project's desks: whether agents see numbers, and who may approve what somebody has written.
import { check, repaint } from "/assets/editor.js";
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

export function rulesEditor(content, told, changed) {
  const root = h("div.editor", { role: "group", "aria-label": t("kind_desk") });
  const rule = (name) => h("div.rule", {},
    check(name, t(`rule_${name}`), content[name], (value) => { content[name] = value; changed(); }), h("p.hint", {}, t(`rule_${name}_hint`)));
  const paint = (focus) => repaint(root, [rule("masks_numbers"), rule("needs_second_person")], focus);
  paint();
  return { element: root, paint };
}
