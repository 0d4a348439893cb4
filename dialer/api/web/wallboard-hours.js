// Calling hours as one writes them: a line of windows for each weekday, special days one a line.
import { byId, h } from "/assets/dom.js";
import { t } from "/assets/words.js";

const DAYS = 7;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:\s+(.*))?$/;

export function hoursView(hours) {
  return [
    h("div.days", {}, hours.weekdays.map((windows, day) => h("label", {}, h("span", {}, t(`weekday_${day}`)), h("input", { id: `hours-${day}`, value: windows.join(", "), title: t("tune_hours_hint") })))),
    h("label.field-of", {}, h("span", {}, t("tune_dates")), h("textarea", { id: "hours-dates", rows: 2, placeholder: t("tune_dates_hint") },
      Object.entries(hours.dates).sort().map(([date, windows]) => `${date} ${windows.join(", ")}`.trim()).join("\n"))),
    h("div.checks", { id: "hours-years" }, h("span", {}, t("tune_production_years")), yearsFor(hours.production_calendar_years).map((year) =>
      h("label.check", {}, h("input", { type: "checkbox", value: year, checked: hours.production_calendar_years.includes(year) }), String(year)))),
  ];
}

/** This year, the next, and those that it follows already. */
const yearsFor = (followed) => [...new Set([...followed, new Date().getFullYear(), new Date().getFullYear() + 1])].sort();

/** The hours as they are written now, in the form of the API. Raises where a special day cannot be read. */
export function hoursOf(before) {
  const weekdays = Array.from({ length: DAYS }, (_, day) => windowsOf(byId(`hours-${day}`).value));
  const dates = Object.fromEntries(byId("hours-dates").value.split("\n").map((line) => line.trim()).filter(Boolean).map(dateOf));
  const years = [...byId("hours-years").querySelectorAll("input:checked")].map((box) => Number(box.value));
  return { ...before, weekdays, dates, production_calendar_years: years };
}

/** For comparing: the same hours give the same text. */
export const hoursText = ({ weekdays, dates, production_calendar_years: years }) => JSON.stringify([weekdays, Object.entries(dates).sort(), [...years].sort()]);

const windowsOf = (text) => text.split(",").map((window) => window.replace(/\s|–/g, (sign) => (sign === "–" ? "-" : ""))).filter(Boolean);

function dateOf(line) {
  const found = DATE.exec(line);
  if (!found) throw new Error(t("date_unreadable", { line }));
  return [found[1], windowsOf(found[2] ?? "")];
}
