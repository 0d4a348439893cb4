// One campaign on the wallboard: its state, its figures, and why the pacing does what it does.
import { h } from "/assets/dom.js";
import { number, percent } from "/assets/time.js";
import { known, language, t } from "/assets/words.js";

const TONES = { running: "good", paused: "warn", stopping: "warn", done: "accent" };
export const COMMANDS = {
  draft: ["start"], stopped: ["start"], done: ["start"], running: ["pause", "stop"], paused: ["resume", "stop"], stopping: ["start"],
};
const WORDS = { start: "start", resume: "resume", pause: "pause_campaign", stop: "stop" };
const KEYS = { start: "P", resume: "P", pause: "P", stop: "X" };
const SIGNS = { stop: "■", tune: "⚙", why: "?" };
const BACKLOG_BOUND = 100_000;
const LIVE = ["dialling", "ringing", "answered", "connecting", "talking", "message", "wrap_up", "unseen"];

/** `place`: the number by which a key finds it. */
export function campaignView(campaign, place, maySteer) {
  const reason = language() === "en" ? campaign.reason_en : campaign.reason;
  return h("article.campaign", { "data-key": `campaign-${campaign.id}`, "data-campaign": campaign.id, tabindex: 0, role: "group", "aria-label": campaign.name },
    h("header", {},
      h(`span.chip${campaign.state in TONES ? `.${TONES[campaign.state]}` : ""}`, {}, t(`campaign_${campaign.state}`)),
      h("b", { title: campaign.name }, campaign.name),
      place <= 9 && h("kbd", {}, String(place)),
      maySteer && acts(campaign)),
    h("div.figures", {},
      figure(number(campaign.dial_rate * 60), t("per_minute"), t("dial_rate")),
      figure(campaign.reach_ratio === null ? "—" : percent(campaign.reach_ratio, 0), t("reach")),
      figure(campaign.backlog === null ? "—" : backlog(campaign.backlog), t("backlog")),
      campaign.fresh?.came > 0 && firstCalls(campaign.fresh),
      abandonment(campaign)),
    h("p.calls-of", {}, h("span.mode", {}, known(`mode_${campaign.mode}`, campaign.mode)),
      campaign.max_lines !== null && h("span", {}, t("lines_of", { n: campaign.lines_used, most: campaign.max_lines })),
      LIVE.filter((state) => campaign.calls[state]).map((state) => h("span", {}, h("b", {}, String(campaign.calls[state])), ` ${t(`call_${state}`)}`))),
    reason && h("p.why", {}, reason));
}

/** The first command in words, because it is the usual one; the others by signs, with their words for whoever asks. */
export function acts(campaign) {
  const [first, ...others] = COMMANDS[campaign.state];
  return h("span.acts", {},
    h("button.button.small", { "data-act": first }, t(WORDS[first]), h("kbd", {}, KEYS[first])),
    others.map((what) => h("button.button.small.sign", { "data-act": what, ...signed(what, WORDS[what], KEYS[what]) })),
    h("button.button.small.sign", { "data-act": "tune", ...signed("tune", "tune", "T") }),
    h("a.button.small.sign", { href: `/why?campaign=${campaign.id}`, ...signed("why", "why", "W") }));
}

const signed = (what, word, key) => ({ "data-sign": SIGNS[what], "aria-label": t(word), title: `${t(word)}, ${key}` });

/** The server counts to a bound. */
export const backlog = (leads) => number(leads) + (leads >= BACKLOG_BOUND ? "+" : "");

const figure = (value, under, title = under) => h("div", { title }, h("b", {}, value), h("small", {}, under));

function firstCalls({ first_call_s: promised, came, late_now: late, in_time_ratio: ratio }) {
  const minutes = number(promised / 60);
  return h(`div${late ? ".over" : ""}`, { title: t("first_call_title", { m: minutes }) },
    h("b", {}, percent(ratio, 0)),
    h("small", {}, t("first_call", { m: minutes })),
    h("small", {}, late ? t("first_call_late", { n: late }) : t("first_call_of", { n: number(came) })));
}

/** A bar to twice the ceiling, with the ceiling marked. */
function abandonment({ answered, abandoned, abandonment_ratio: ratio, ceiling_ratio: ceiling, worst_30min_ratio: worst, ceiling_mode: mode, budget_calls: budget }) {
  const isOver = answered > 0 && ratio > ceiling;
  const kind = isOver ? ".over" : ratio > ceiling * 0.8 ? ".close" : "";
  const share = ceiling > 0 ? Math.min(1, ratio / (2 * ceiling)) : ratio > 0 ? 1 : 0;
  const left = answered && t(budget < 0 ? "budget_debt" : "budget_left", { n: number(Math.abs(budget), 1) });
  return h(`div${isOver ? ".over" : ""}`, {},
    h("b", {}, answered ? percent(ratio) : "—"),
    h("small", {}, `${t("abandonment")} · ${t("of_ceiling", { r: percent(ceiling) })} · ${number(abandoned)} / ${number(answered)}`),
    h("small", {}, [left, answered && t("worst_30min", { r: percent(worst) }), mode === "hard" && t("ceiling_hard")].filter(Boolean).join(" · ")),
    h(`svg.gauge${kind}`, { viewBox: "0 0 100 7", preserveAspectRatio: "none", "aria-hidden": "true" },
      h("rect.bed", { width: 100, height: 7, rx: 2 }), h("rect.now", { width: share * 100, height: 7, rx: 2 }),
      h("line.mark", { x1: 50, x2: 50, y1: 0, y2: 7 })));
}
