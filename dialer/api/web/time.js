// Time as the server has it: its instants are seconds since the epoch, and this machine's clock may be off.
import { language, t } from "/assets/words.js";

let ahead = -Infinity; // server minus local, seconds; the message that came fastest tells it best

export function heard(at) {
  ahead = Math.max(ahead, at - Date.now() / 1000);
}

export const now = () => Date.now() / 1000 + (Number.isFinite(ahead) ? ahead : 0);

/** `0:42`, `12:05`, `1:02:05`. */
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The clock on the wall of this zone, `14:05`. */
export const wallClock = (zone, at = now()) => formatted(at, zone, "ru-RU", { hour: "2-digit", minute: "2-digit" });

/** The clock on the wall here. */
export const clock = (at) => wallClock(undefined, at);

/** The date in this zone, `2026-11-22`. */
export const dayOf = (at, zone) => formatted(at, zone, "sv-SE", { year: "numeric", month: "2-digit", day: "2-digit" });

/** `today`, `tomorrow`, `пн, 23 нояб.` of such a date. */
export function dayName(day, zone) {
  if (day === dayOf(now(), zone)) return t("today");
  if (day === dayOf(now() + 86400, zone)) return t("tomorrow");
  const noon = Date.parse(`${day}T12:00:00Z`) / 1000;
  return formatted(noon, "UTC", language() === "en" ? "en-GB" : "ru-RU", { weekday: "short", day: "numeric", month: "short" });
}

const formats = new Map(); // making one takes longer than all the rest

function formatted(at, zone, locale, form) {
  const key = `${zone} ${locale} ${JSON.stringify(form)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: zone, ...form }));
  return formats.get(key).format(at * 1000);
}

export function dateTime(at) {
  const form = { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "ru-RU", form).format(at * 1000);
}

export const number = (value, digits = 0) =>
  value.toLocaleString(language() === "en" ? "en-GB" : "ru-RU", { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const percent = (ratio, digits = 1) => `${number(ratio * 100, digits)} %`;
