// Time as the server has it: its instants are seconds since the epoch, and this machine's clock may be off.
import { language } from "/assets/words.js";

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
export function wallClock(zone, at = now()) {
  return new Intl.DateTimeFormat("ru-RU", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at * 1000);
}

export function dateTime(at) {
  const form = { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "ru-RU", form).format(at * 1000);
}

export const number = (value, digits = 0) =>
  value.toLocaleString(language() === "en" ? "en-GB" : "ru-RU", { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const percent = (ratio, digits = 1) => `${number(ratio * 100, digits)} %`;
