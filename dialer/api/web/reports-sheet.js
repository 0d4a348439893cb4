// One sheet of a report: figures or a table, formulas as tooltips, the curve of reach, the SQL.
import { h } from "/assets/dom.js";
import { duration, number, percent } from "/assets/time.js";
import { t } from "/assets/words.js";

const WIDE = new Set(["totals", "reach", "agents", "abandonment"]);
const WIDTH = 600;
const HEIGHT = 150;

export function sheetView(sheet) {
  const isEmpty = sheet.rows.length === 0;
  return h(`section.panel.sheet${WIDE.has(sheet.key) ? ".wide" : ""}`, { "data-sheet": sheet.key, "aria-label": sheet.title },
    h("h2.title", {}, sheet.title),
    isEmpty && h("p.empty", {}, t("report_empty")),
    !isEmpty && sheet.key === "reach" && curve(sheet),
    !isEmpty && (sheet.is_single ? figures(sheet) : h("div.scroll", { tabindex: "0", role: "region", "aria-label": sheet.title }, table(sheet))),
    h("details", {}, h("summary", {}, t("report_sql")), h("pre", { tabindex: "0" }, sheet.sql)));
}

const figures = ({ columns, rows: [row] }) => h("div.figures", {},
  columns.map((column, place) => h("div", {}, h("b", {}, shown(column, row[place])), h("small", {}, named(column)))));

const table = ({ key, columns, rows }) => h("table", {},
  h("thead", {}, h("tr", {}, columns.map((column) => h(column.kind === "text" ? "th" : "th.number", {}, named(column))), key === "abandonment" && h("th", {}, ""))),
  h("tbody", {}, rows.map((row) => h("tr", {},
    columns.map((column, place) => h(column.kind === "text" ? "td" : "td.number", {}, shown(column, row[place]))),
    key === "abandonment" && h("td", {}, proof(columns, row))))));

const named = (column) => h("abbr", { title: column.formula }, column.title);

function proof(columns, row) {
  const of = (key) => row[columns.findIndex((column) => column.key === key)];
  return h("a", { href: `/api/v1/campaigns/${of("campaign")}/abandonment?day=${of("day")}&format=csv`, download: true }, t("report_proof"));
}

function shown({ kind }, value) {
  if (value === null) return kind === "within" ? t("report_later") : "—";
  switch (kind) {
    case "share": return percent(value);
    case "decimal": return number(value, 2);
    case "seconds": return duration(value);
    case "kopecks": return number(value / 100, 2);
    case "day": return value.split("-").reverse().join(".");
    case "within": return value < 120 ? t("report_minutes", { n: value }) : t("report_hours", { n: value / 60 });
    case "count": return number(value);
    default: return value;
  }
}

/** From nought before the first attempt, a point for each attempt number. */
function curve({ columns, rows }) {
  const place = columns.findIndex((column) => column.key === "cumulative");
  const shares = [0, ...rows.map((row) => row[place] ?? 0)];
  const x = (step) => ((WIDTH * step) / (shares.length - 1)).toFixed(1);
  const line = shares.map((share, step) => `${x(step)} ${(HEIGHT * (1 - share)).toFixed(1)}`).join("L");
  return h("div.curve", {},
    h("span.top-of", {}, percent(1, 0)), h("span.foot-of", {}, percent(0, 0)),
    h("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": t("report_curve") },
      [0, 0.5, 1].map((share) => h("line", { x1: 0, x2: WIDTH, y1: HEIGHT * share, y2: HEIGHT * share })),
      h("path.area", { d: `M0 ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}Z` }), h("path", { d: `M${line}` })),
    h("div.steps", {}, shares.map((share, step) => h("span", {}, step === 0 ? "" : `${rows[step - 1][0]}: ${percent(share)}`))));
}
