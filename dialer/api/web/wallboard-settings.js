// Every setting of a campaign that may be changed while it runs, as the tuning window shows it: in groups, each field
// with its place in the API's body. Delays are written in minutes there, seconds in the API.

const MINUTES = { share: 1 / 60, min: 0 };
const OFTEN = { min: 1, max: 1000, step: 1, isOptional: true };
const isPreview = (values) => values.mode === "preview";
const isByHand = (values) => isPreview(values) || values.mode === "manual";
const rule = (name, more) => ({ name, path: ["rules", name], ...more });
const retry = (outcome) => ({ name: `retry_${outcome}`, path: ["rules", "retry_s", outcome], word: outcome, isOptional: true, isKept: true, ...MINUTES });
const limit = (name, more = OFTEN) => ({ name: `number_${name}`, path: ["rules", "number_limits", name], ...more });
const ending = (outcome) => ({ name: `ending_${outcome}`, path: ["rules", "outcome_limits", outcome], word: outcome, ...OFTEN });

export const GROUPS = [
  { name: "pacing", fields: [
    { name: "mode", options: { manual: "mode_manual", preview: "mode_preview", progressive: "mode_progressive", power: "mode_power", predictive: "mode_predictive" } },
    { name: "power_ratio", min: 1, max: 20, isFor: (values) => values.mode === "power" },
    { name: "preview_s", min: 10, max: 3600, isFor: isByHand },
    { name: "preview_skip_s", max: 10080, isFor: isPreview, ...MINUTES },
    { name: "ceiling_ratio", min: 0, max: 20, share: 100 },
    { name: "ceiling_mode", options: { target: "ceiling_target", hard: "ceiling_is_hard" } },
    { name: "ceiling_window", options: { rolling_24h: "window_rolling_24h", day: "window_day", rolling_30d: "window_rolling_30d" } },
    { name: "max_lines", min: 0, max: 100000, step: 1, isOptional: true },
    { name: "calls_per_second", min: 0.01, max: 1000, isOptional: true },
    { name: "weight", min: 0.01, max: 1000 },
    { name: "ring_s", min: 5, max: 120 },
    { name: "wrap_up_s", min: 0, max: 3600 },
    { name: "rest_s", min: 0, max: 600 },
    { name: "max_occupancy", min: 30, max: 100, share: 100 },
  ] },
  { name: "attempts", isClosed: true, fields: [
    rule("max_attempts", { min: 1, max: 100, step: 1 }),
    rule("attempts_per_day", OFTEN),
    rule("minimum_gap_s", MINUTES),
    rule("first_call_s", { ...MINUTES, min: 1, isOptional: true, empty: "no_promise" }),
    rule("waive_hours_s", { ...MINUTES, min: 1, max: 60, isOptional: true, empty: "only_in_hours" }),
    rule("shared_after_s", MINUTES),
    rule("day_parts", { isLines: true }),
  ] },
  { name: "retries", isClosed: true, fields: [
    ...["busy", "no_answer", "rejected", "unavailable", "blocked", "congestion", "trunk_down", "failed_here", "cancelled", "abandoned", "lost"].map(retry),
    rule("default_retry_s", MINUTES),
  ] },
  { name: "endings", isClosed: true, fields: ["busy", "no_answer", "rejected", "invalid", "unavailable", "blocked"].map(ending) },
  { name: "numbers", isClosed: true, fields: [...["per_day", "per_week", "per_month", "ever"].map((name) => limit(name)), limit("per_person", { isCheck: true })] },
  { name: "others", isClosed: true, fields: [
    { name: "name", isText: true, length: 100 },
    { name: "caller", isText: true, isOptional: true, pattern: "[0-9+]{0,16}", empty: "of_the_pool" },
    { name: "needs_label", isCheck: true },
    { name: "law", options: Object.fromEntries(["custom", "ru_service", "ru_ads", "ru_collection", "us_tsr", "uk_ofcom"].map((one) => [one, `law_${one}`])) },
    { name: "skill", isText: true, isOptional: true, pattern: "[a-z0-9][a-z0-9_-]{0,31}", empty: "no_skill" },
    { name: "skill_level", min: 1, max: 9, step: 1 },
    { name: "script_version", min: 1, step: 1, isOptional: true, empty: "newest_approved" },
    { name: "form_version", min: 1, step: 1, isOptional: true, empty: "newest_approved" },
    { name: "answer_limit_s", min: 0.1, max: 1.95 },
    { name: "cancel_surplus", isCheck: true },
  ] },
];

export const FIELDS = GROUPS.flatMap(({ fields }) => fields).map((field) => Object.assign(field, { path: field.path ?? [field.name], empty: field.empty ?? "no_limit" }));

/** Sent whole where a part of them has changed: what is left out there is taken away. */
const WHOLE = ["number_limits", "outcome_limits"];

export const valueOf = (settings, { path }) => path.reduce((found, name) => found?.[name], settings) ?? null;

export const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The body of the request with this field's value put in. */
export function put(body, { path }, value, before) {
  const last = path.length - 1;
  let place = body;
  for (const name of path.slice(0, last)) place = place[name] ??= WHOLE.includes(name) ? { ...before.rules[name] } : {};
  if (value === null && path.includes("outcome_limits")) delete place[path[last]];
  else place[path[last]] = value;
}

/** `morning 09:00-12:00`, one a line. */
export const linesOf = (parts) => Object.entries(parts).map(([name, window]) => `${name} ${window}`).join("\n");
export const partsOf = (text) => Object.fromEntries(text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => [line.split(/\s+/, 1)[0], line.replace(/^\S+\s*/, "").replace("–", "-")]));
