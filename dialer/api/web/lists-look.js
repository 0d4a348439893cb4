// What would become of a file, and of a campaign: sums as one bar, reasons, columns that can be set by hand, zones.
import { h } from "/assets/dom.js";
import { number } from "/assets/time.js";
import { known, language, t } from "/assets/words.js";

const KINDS = ["accepted", "needs_decision", "duplicate", "rejected"];
const PLACES = new Set(["postcode", "town", "zone"]); // shown as the place
const COLUMNS = ["phone", "external_id", "person", "postcode", "town", "region", "zone", "priority"];

export function lookView({ kind, sums, columns, samples, first }, choose) {
  return [
    h("div.sums", {}, KINDS.map((one) => h("div", { "data-kind": one }, h("b", {}, number(sums[one])), h("small", {}, t(`row_${one}`))))),
    bar(sums),
    h("div.two", {},
      h("div", {}, h("h3", {}, t("why_rejected")), reasons(sums.reasons, sums.rows, "rejected")),
      h("div", {}, h("h3", {}, t("first_rows")), KINDS.flatMap((one) => (samples[one] ?? []).slice(0, 2).map((row) => sample(one, row))))),
    h("h3.title", {}, h("span", {}, t("columns")), h("span", {}, `${kind} · ${t("rows_n", { n: number(sums.rows) })}`)),
    columnsOf(columns, choose),
    h("h3.title", {}, t("as_read")),
    readView(first),
  ];
}

/** Why a row or a lead was refused, in words; what the reader adds behind the code is for a closer look. */
function refusal(reason) {
  const code = reason.split(":")[0];
  return known(`refused_${code}`, known(`reason_${code}`, reason));
}

/** The four sums side by side, in their share. */
function bar(sums) {
  let x = 0;
  const label = KINDS.map((one) => `${t(`row_${one}`)} ${number(sums[one])}`).join(", ");
  return h("svg.chart", { viewBox: "0 0 1000 22", preserveAspectRatio: "none", role: "img", "aria-label": label },
    KINDS.filter((one) => sums[one]).map((one) => {
      const width = (1000 * sums[one]) / sums.rows;
      const part = h("rect", { "data-kind": one, x, width: Math.max(width - 2, 2), height: 22 });
      x += width;
      return part;
    }));
}

function reasons(counts, all, kind) {
  const found = Object.entries(counts).sort((one, other) => other[1] - one[1]);
  if (!found.length) return h("p.empty", {}, t("none_of_them"));
  return found.map(([reason, rows]) => h("div.line-of", { "data-kind": kind },
    h("span", { title: reason }, refusal(reason)), h("b", {}, number(rows)), share(rows / Math.max(all, 1))));
}

const share = (ratio) => h("svg", { viewBox: "0 0 100 5", preserveAspectRatio: "none", "aria-hidden": "true" },
  h("rect.bed", { width: 100, height: 5, rx: 2 }), h("rect.now", { width: Math.max(ratio * 100, 0.5), height: 5, rx: 2 }));

const sample = (kind, row) => h("div.line-of", { "data-kind": kind },
  h("span", {}, row.numbers.length ? row.numbers.join(" · ") : row.cells.filter(Boolean).slice(0, 3).join(" · ")), h("small", { title: t(`row_${kind}`) }, t("row_n", { n: row.row })));

/** Each column of the file with what it was taken for; `choose(header, column)` takes it for something else. */
export function columnsOf(columns, choose) {
  if (!columns.length) return null;
  return h("div.columns", { "data-columns": true }, columns.map(({ name, column }) => h(`label${column ? ".known" : ""}`, {}, name,
    h("select", { "data-name": name, onchange: (event) => choose(name, event.target.value) }, ["", ...COLUMNS].map((one) =>
      h("option", { value: one, selected: one === column }, one ? t(`column_${one}`) : t("column_free")))))));
}

/** The first rows as they will be read. */
function readView(rows) {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row.fields)))].filter((name) => !PLACES.has(name));
  return h("div.scroll", { tabindex: 0, role: "region", "aria-label": t("as_read") }, h("table.as-read", {},
    h("thead", {}, h("tr", {}, ["", t("column_external_id"), t("column_person"), t("column_phone"), t("place"), ...fields].map((title) => h("th", {}, title)))),
    h("tbody", {}, rows.map((row) => h("tr", { "data-kind": row.kind },
      h("td", {}, h("small", { title: t(`row_${row.kind}`) }, `${row.row} · ${t(`row_${row.kind}`)}`)),
      row.kind === "rejected"
        ? h("td", { colspan: 4 + fields.length }, h("b", {}, refusal(row.reason)), " ", h("small", {}, row.cells.filter(Boolean).join(" · ")))
        : [row.external_id || "—", row.person || "—", row.numbers.filter(Boolean).map(telephone).join(", "), [row.fields.postcode, row.fields.town, row.region, row.zone].filter(Boolean).join(", "),
          ...fields.map((name) => row.fields[name] ?? "")].map((text) => h("td", {}, text)))))));
}

const telephone = (ten) => ten.replace(/^(\d{3})(\d{3})(\d{2})(\d{2})$/, "+7 $1 $2-$3-$4");

export const problemView = (problem) => h("p.problem", { role: "alert" }, problem.message);

// ---- a look ahead

export function aheadView({ rows, callable, reasons: found, zones }) {
  if (!rows) return h("p.empty", {}, t("no_lists"));
  const first = zones.find((line) => line.opens_at);
  const begins = !first ? t("never_opens") : first.is_open ? t("open_now_in", { zone: zoneName(first) }) : t("first_opens", { time: first.local || "—", zone: zoneName(first) });
  return [
    h("p.sentence", {}, t("of_rows_callable", { rows: number(rows), n: number(callable) }), " ", begins),
    h("h3.title", {}, t("by_zone")),
    zones.slice(0, 12).map((line) => h("div.line-of", { "data-kind": "callable" },
      h("span", {}, zoneName(line), " ", h("small", {}, opening(line))), h("b", {}, number(line.leads)), share(line.leads / Math.max(callable, 1)))),
    h("h3.title", {}, t("not_called")),
    reasons(found, rows, "rejected"),
  ];
}

/** Several zones that bind one lead together: its person's own first. */
const zoneName = (line) => line.zone.replaceAll("|", " + ") || t("zone_unknown");

function opening(line) {
  if (line.is_open) return t("open_now");
  if (!line.opens_at) return t("never_opens");
  const form = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", ...(line.zone ? { timeZone: line.zone.split("|")[0] } : {}) };
  return t("opens_at", { time: new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "ru-RU", form).format(new Date(line.opens_at)) });
}
