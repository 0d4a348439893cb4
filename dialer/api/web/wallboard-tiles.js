// The wallboard's first row: people by state, calls, and the figures of all campaigns together.
import { h } from "/assets/dom.js";
import { number, percent } from "/assets/time.js";
import { backlog } from "/assets/wallboard-campaigns.js";
import { t } from "/assets/words.js";

const STATES = ["ready", "talking", "wrap_up", "paused", "previewing", "calling", "lost"];
const ALWAYS = 4; // of them, also where nobody is in them
const CALLS = ["dialling", "ringing", "answered", "talking", "message"];

export function tiles({ agents, campaigns }) {
  const sum = (value) => campaigns.reduce((all, one) => all + (value(one) ?? 0), 0);
  const worst = campaigns.filter((one) => one.answered).sort((one, other) => fullness(other) - fullness(one))[0];
  const attempts = sum((one) => one.attempts);
  const reached = sum((one) => (one.outcomes.answered ?? 0) + (one.outcomes.abandoned ?? 0));
  const isBacklogKnown = campaigns.some((one) => one.backlog !== null);
  return [
    people(agents),
    live(sum((one) => one.live_calls), (state) => sum((one) => one.calls[state])),
    tile("dial_rate", number(sum((one) => one.dial_rate) * 60), t("per_minute")),
    tile("abandonment", worst ? percent(worst.abandonment_ratio) : "—", worst ? `${t("of_ceiling", { r: percent(worst.ceiling_ratio) })}${campaigns.length > 1 ? ` · ${worst.name}` : ""}` : "", worst !== undefined && fullness(worst) > 1),
    tile("reach", attempts ? percent(reached / attempts, 0) : "—", attempts ? t("reach_of", { n: number(attempts) }) : ""),
    tile("backlog", isBacklogKnown ? backlog(sum((one) => one.backlog)) : "—", isBacklogKnown ? t("backlog_leads") : t("backlog_unknown")),
  ];
}

const fullness = (campaign) => campaign.abandonment_ratio / campaign.ceiling_ratio;

const counted = (agents, ...states) => agents.filter((one) => states.includes(one.state)).length;

function people(agents) {
  const shown = STATES.filter((state, place) => place < ALWAYS || counted(agents, state));
  return h("div.panel.tile", {}, h("h2.title", {}, t("agents")), h("div.states", {}, shown.map((state) => {
    const count = counted(agents, ...(state === "talking" ? ["talking", "reserved"] : [state]));
    return h(`div${count ? "" : ".none"}`, { "data-state": state }, h("b", {}, String(count)), h("small", {}, t(`many_${state}`)));
  })));
}

function live(count, calls) {
  const by = count ? CALLS.filter(calls).map((state) => `${calls(state)} ${t(`call_${state}`)}`).join(" · ") : "";
  return h("div.panel.tile", {}, h("h2.title", {}, t("live_calls")), h("b", {}, number(count)), h("span", { title: by }, by));
}

const tile = (word, figure, under, mustAct = false) =>
  h(`div.panel.tile${mustAct ? ".act" : ""}`, {}, h("h2.title", {}, t(word)), h("b", {}, figure), h("span", {}, under));
