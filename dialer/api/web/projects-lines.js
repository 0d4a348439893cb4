// How large a part of all lines the project's calls may take at once. Percent on the page, a share in the API.
import { line, repaint } from "/assets/editor.js";
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

export function linesEditor(content, told, changed) {
  const root = h("div.editor", { role: "group", "aria-label": t("kind_lines") });
  const say = (text) => { content.lines_share = text.trim() === "" ? null : Number(text.replace(",", ".")) / 100; changed(); };
  const paint = (focus) => repaint(root, [h("div.rule", {},
    line("lines_share", t("lines_share"), asPercent(content.lines_share), say, { inputmode: "decimal", maxlength: 6, placeholder: t("lines_all") }),
    h("p.hint", {}, t("lines_share_hint")))], focus);
  paint();
  return { element: root, paint };
}

export const linesFlaws = ({ lines_share: share }) =>
  (share === null || (share > 0 && share <= 1) ? [] : [{ at: "lines_share", what: t("lines_share_wrong") }]);

export const seeLines = ({ lines_share: share }) =>
  h("p.sample-number", {}, linesFlaws({ lines_share: share }).length ? "—" : t(share === null ? "lines_all" : "lines_of_all", { p: asPercent(share) }));

const asPercent = (share) => (share === null ? "" : String(Number((share * 100).toFixed(2))));
