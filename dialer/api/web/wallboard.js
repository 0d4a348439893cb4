// The wallboard: each picture from the server is drawn whole; clocks run on between two pictures.
import { backlog, campaignView } from "/assets/wallboard-campaigns.js";
import { byId, h, setText, show } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { Link } from "/assets/link.js";
import { Plots } from "/assets/plots.js";
import { dateTime, duration, heard, now, number, percent } from "/assets/time.js";
import { showLinked, startTop } from "/assets/top.js";
import { known, t, translate } from "/assets/words.js";

const STATES = ["ready", "talking", "wrap_up", "paused", "calling", "lost"];
const LONG_S = { wrap_up: 120, calling: 30, lost: 0, paused: 1800, reserved: 10 };
const POINTS = 5760;
const RECENT_ALARM_S = 900;

const me = await ask("GET", "/api/v1/me");
const maySteer = me.rights.includes("campaigns:write");
let picture = null;
let points = [];
let plots = null;

function onMessage(message) {
  if (message.at) heard(message.at);
  if (message.type === "beat") return;
  if (message.type === "hello") points = message.points;
  picture = message;
  if (message.point && message.point.at > (points.at(-1)?.at ?? 0)) points.push(message.point);
  points = points.slice(-POINTS);
  paint();
}

function paint() {
  if (picture === null) return;
  const agents = picture.agents.toSorted(byUrgency);
  show(byId("tiles"), tiles(agents));
  show(byId("campaigns"), picture.campaigns.length
    ? picture.campaigns.map((one) => campaignView(one, maySteer, command))
    : h("p.empty", {}, t("no_campaigns")));
  show(byId("agents"), agents.length ? agents.map(agentView) : h("p.empty", {}, t("no_agents")));
  show(byId("trunks"), picture.trunks.map(trunkView));
  plots.paint(points, Math.min(...picture.campaigns.map((one) => one.ceiling_ratio), 1));
  paintAttention();
  tick();
}

function tick() {
  for (const clock of document.querySelectorAll("time[data-since]")) setText(clock, duration(now() - clock.dataset.since));
}

// ---- tiles

const counted = (agents, ...states) => agents.filter((one) => states.includes(one.state)).length;

function tiles(agents) {
  const { campaigns } = picture;
  const sum = (value) => campaigns.reduce((all, one) => all + (value(one) ?? 0), 0);
  const worst = campaigns.filter((one) => one.answered).sort((one, other) => other.abandonment_ratio / other.ceiling_ratio - one.abandonment_ratio / one.ceiling_ratio)[0];
  const isOver = worst !== undefined && worst.abandonment_ratio > worst.ceiling_ratio;
  const attempts = sum((one) => one.attempts);
  const reached = sum((one) => (one.outcomes.answered ?? 0) + (one.outcomes.abandoned ?? 0));
  const isBacklogKnown = campaigns.some((one) => one.backlog !== null);
  const live = sum((one) => one.live_calls);
  const calls = (state) => sum((one) => one.calls[state]);
  return [
    h("div.panel.tile", {}, h("h2.title", {}, t("agents")), h("div.states", {}, STATES.filter((state) => !["calling", "lost"].includes(state) || counted(agents, state)).map((state) => {
      const count = counted(agents, ...(state === "talking" ? ["talking", "reserved"] : [state]));
      return h(`div${count ? "" : ".none"}`, { "data-state": state }, h("b", {}, String(count)), h("small", {}, t(`many_${state}`)));
    }))),
    h("div.panel.tile", {}, h("h2.title", {}, t("live_calls")), h("b", {}, number(live)),
      h("span", {}, live ? ["dialling", "ringing", "answered", "talking", "message"].filter((state) => calls(state)).map((state) => `${calls(state)} ${t(`call_${state}`)}`).join(" · ") : "")),
    tile("dial_rate", number(sum((one) => one.dial_rate) * 60), t("per_minute")),
    tile("abandonment", worst ? percent(worst.abandonment_ratio) : "—", worst ? `${t("of_ceiling", { r: percent(worst.ceiling_ratio) })}${campaigns.length > 1 ? ` · ${worst.name}` : ""}` : "", isOver),
    tile("reach", attempts ? percent(reached / attempts, 0) : "—", attempts ? t("reach_of", { n: number(attempts) }) : ""),
    tile("backlog", isBacklogKnown ? backlog(sum((one) => one.backlog)) : "—", isBacklogKnown ? t("backlog_leads") : t("backlog_unknown")),
  ];
}

const tile = (word, figure, under, mustAct = false) =>
  h(`div.panel.tile${mustAct ? ".act" : ""}`, {}, h("h2.title", {}, t(word)), h("b", {}, figure), h("span", {}, under));

// ---- people and lines

const ORDER = ["lost", "talking", "reserved", "wrap_up", "ready", "calling", "paused", "offline"];
const byUrgency = (one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.since - other.since || one.agent - other.agent;

function agentView(agent) {
  const isLong = now() - agent.since > (LONG_S[agent.state] ?? Infinity);
  const reason = agent.state === "paused" && agent.reason ? known(`reason_${agent.reason}`, agent.reason) : t(`state_${agent.state}`);
  return h(`div.agent${isLong ? ".long" : ""}`, { "data-state": agent.state, title: `${agent.agent} · ${agent.server}` },
    h("b", {}, agent.name || String(agent.agent)), h("small", {}, reason), h("time", { "data-since": agent.since }, duration(now() - agent.since)));
}

function trunkView(trunk) {
  const share = trunk.lines ? Math.min(1, trunk.lines_used / trunk.lines) : 0;
  const kind = trunk.alive ? (share > 0.9 ? ".full" : "") : ".dead";
  return h(`div.trunk${kind}`, {},
    h("p", {}, trunk.name, h("span", {}, `${trunk.lines_used} / ${trunk.lines}`)),
    h("svg", { viewBox: "0 0 100 7", preserveAspectRatio: "none", "aria-hidden": "true" },
      h("rect.bed", { width: 100, height: 7, rx: 2 }), h("rect.used", { width: share * 100, height: 7, rx: 2 })));
}

// ---- what a person must look at

function urgent() {
  const { flags, servers, trunks, campaigns, agents } = picture;
  const lost = agents.filter((one) => one.state === "lost").map((one) => one.name || one.agent);
  return [
    flags.books_away && t("books_away"),
    flags.clock_suspect && t("clock_suspect"),
    flags.draining && t("draining"),
    ...servers.filter((one) => !one.up).map((one) => t("server_down", { name: one.name, why: one.why_down })),
    ...trunks.filter((one) => !one.alive).map((one) => t("trunk_dead", { name: one.name })),
    ...campaigns.filter((one) => one.answered && one.abandonment_ratio > one.ceiling_ratio)
      .map((one) => t("over_ceiling", { name: one.name, now: percent(one.abandonment_ratio), ceiling: percent(one.ceiling_ratio) })),
    lost.length > 0 && t("agents_lost", { names: lost.join(", ") }),
  ].filter(Boolean);
}

function paintAttention() {
  const pressing = urgent();
  const past = picture.alarms.filter((one) => one.at > picture.at - RECENT_ALARM_S);
  byId("attention").classList.toggle("act", pressing.length > 0);
  show(byId("alarms"),
    pressing.map((text) => h("div.alarm.now", {}, h("span", {}, text))),
    past.map((one) => h("div.alarm", {}, h("time", {}, dateTime(one.at).slice(-5)), h("span", {}, known(`alarm_${one.name}`, one.text, one.facts)))),
    !pressing.length && !past.length && h("p.well", {}, t("all_well")));
}

// ---- what the supervisor does

function command(campaign, what) {
  if (what === "stop" && !confirm(t("sure_stop", { name: campaign.name }))) return;
  act("POST", `/api/v1/campaigns/${campaign.id}/${what}`);
}

document.addEventListener("language", paint);
translate(document);
plots = new Plots(byId("plots"));
startTop(me.name, { hasNav: maySteer });
showLinked(true);
new Link("/ws/wallboard", { onMessage, onChange: showLinked });
setInterval(tick, 500);
