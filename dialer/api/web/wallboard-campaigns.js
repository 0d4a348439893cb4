// One campaign on the wallboard: its state, its figures, and why the pacing does what it does.
import { h } from "/assets/dom.js";
import { number, percent } from "/assets/time.js";
import { known, t } from "/assets/words.js";

const TONES = { running: "good", paused: "warn", stopping: "warn", done: "accent" };
const COMMANDS = {
  draft: ["start"], stopped: ["start"], done: ["start"], running: ["pause", "stop"], paused: ["resume", "stop"], stopping: ["start"],
};
const WORDS = { start: "start", resume: "resume", pause: "pause_campaign", stop: "stop" };
const BACKLOG_BOUND = 100_000;
const LIVE = ["dialling", "ringing", "answered", "connecting", "talking", "message", "wrap_up", "unseen"];

export function campaignView(campaign, maySteer, command) {
  const live = LIVE.filter((state) => campaign.calls[state]);
  return h("article.campaign", { "aria-label": campaign.name },
    h("header", {},
      h(`span.chip${campaign.state in TONES ? `.${TONES[campaign.state]}` : ""}`, {}, t(`campaign_${campaign.state}`)),
      h("b", {}, campaign.name),
      maySteer && h("span.acts", {}, COMMANDS[campaign.state].map((what) =>
        h("button.button.small", { onclick: () => command(campaign, what) }, t(WORDS[what]))))),
    h("div.figures", {},
      figure(number(campaign.dial_rate * 60), `${t("dial_rate")}, ${t("per_minute")}`),
      figure(campaign.reach_ratio === null ? "—" : percent(campaign.reach_ratio, 0), t("reach")),
      figure(campaign.backlog === null ? "—" : backlog(campaign.backlog), t("backlog")),
      abandonment(campaign)),
    h("p.calls-of", {}, h("span.mode", {}, known(`mode_${campaign.mode}`, campaign.mode)), live.map((state) => h("span", {}, h("b", {}, String(campaign.calls[state])), ` ${t(`call_${state}`)}`))),
    campaign.reason && h("p.why", {}, campaign.reason));
}

/** The server counts to a bound. */
export const backlog = (leads) => number(leads) + (leads >= BACKLOG_BOUND ? "+" : "");

const figure = (value, under) => h("div", {}, h("b", {}, value), h("small", {}, under));

/** A bar to twice the ceiling, with the ceiling marked. */
function abandonment({ answered, abandoned, abandonment_ratio: ratio, ceiling_ratio: ceiling, worst_30min_ratio: worst, ceiling_mode: mode }) {
  const isOver = answered > 0 && ratio > ceiling;
  const kind = isOver ? ".over" : ratio > ceiling * 0.8 ? ".close" : "";
  const share = ceiling > 0 ? Math.min(1, ratio / (2 * ceiling)) : ratio > 0 ? 1 : 0;
  return h(`div${isOver ? ".over" : ""}`, {},
    h("b", {}, answered ? percent(ratio) : "—"),
    h("small", {}, `${t("abandonment")} · ${t("of_ceiling", { r: percent(ceiling) })} · ${number(abandoned)} / ${number(answered)}`),
    h("small", {}, [answered && t("worst_30min", { r: percent(worst) }), mode === "hard" && t("ceiling_hard")].filter(Boolean).join(" · ")),
    h(`svg.gauge${kind}`, { viewBox: "0 0 100 7", preserveAspectRatio: "none", "aria-hidden": "true" },
      h("rect.bed", { width: 100, height: 7, rx: 2 }), h("rect.now", { width: share * 100, height: 7, rx: 2 }),
      h("line.mark", { x1: 50, x2: 50, y1: 0, y2: 7 })));
}
