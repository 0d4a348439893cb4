// What is written beside what is in use, line by line: taken out, put in, and the rest between.
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

/** [sign, line] of the longest common subsequence: "−" stood only before, "+" stands only now. */
export function compared(before, now) {
  const longest = Array.from({ length: before.length + 1 }, () => new Uint16Array(now.length + 1));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      longest[i][j] = before[i] === now[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < now.length) {
    if (i < before.length && j < now.length && before[i] === now[j]) found.push([" ", before[i++], j++]);
    else if (j === now.length || (i < before.length && longest[i + 1][j] >= longest[i][j + 1])) found.push(["−", before[i++]]);
    else found.push(["+", now[j++]]);
  }
  return found.map(([sign, line]) => [sign, line]);
}

export function diffView(before, now) {
  const lines = compared(before, now);
  if (lines.every(([sign]) => sign === " ")) return h("p.empty", {}, t("nothing_changed"));
  const tags = { "+": "ins", "−": "del", " ": "p" };
  return h("div.diff", {}, lines.map(([sign, line]) => h(tags[sign], {}, h("b", { "aria-hidden": "true" }, sign), line)));
}
