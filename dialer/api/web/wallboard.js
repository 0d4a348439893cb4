// The wallboard: each picture from the server is drawn into what is there; clocks run on between two pictures.
import { byId, h, setText } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { Link } from "/assets/link.js";
import { patch } from "/assets/patch.js";
import { Plots } from "/assets/plots.js";
import { dateTime, duration, heard, now, percent } from "/assets/time.js";
import { showLinked, startTop } from "/assets/top.js";
import { followAgent, openAgent, startAgent } from "/assets/wallboard-agent.js";
import { agentView, byUrgency, moveAmong, nameOf } from "/assets/wallboard-agents.js";
import { COMMANDS, campaignView } from "/assets/wallboard-campaigns.js";
import { paintListeners, startListening } from "/assets/wallboard-listen.js";
import { resting, restingView, startResting } from "/assets/wallboard-rest.js";
import { tiles } from "/assets/wallboard-tiles.js";
import { openTuning, startTuning } from "/assets/wallboard-tune.js";
import { known, t, translate } from "/assets/words.js";
import "/assets/words-wallboard.js";

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
  const { agents, campaigns, trunks } = picture;
  patch(byId("tiles"), tiles(picture));
  const rest = resting(picture);
  patch(byId("campaigns"), campaigns.map((one, place) => campaignView(one, place + 1, maySteer)),
    rest.map((one, place) => restingView(one, campaigns.length + place + 1)), campaigns.length + rest.length === 0 && h("p.empty", {}, t("no_campaigns")));
  patch(byId("agents"), agents.length ? agents.toSorted(byUrgency).map(agentView) : h("p.empty", {}, t("no_agents")));
  patch(byId("trunks"), trunks.map(trunkView));
  plots.paint(points, Math.min(...campaigns.map((one) => one.ceiling_ratio), 1));
  paintAttention();
  followAgent(agents);
  tick();
}

function tick() {
  for (const clock of document.querySelectorAll("time[data-since]")) setText(clock, duration(now() - clock.dataset.since));
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
  const lost = agents.filter((one) => one.state === "lost").map(nameOf);
  return [
    flags.books_away && t("books_away"),
    flags.clock_suspect && t("clock_suspect"),
    flags.draining && t("draining"),
    ...servers.filter((one) => !one.up).map((one) => t("server_down", { name: one.name, why: one.why_down })),
    ...trunks.filter((one) => !one.alive).map((one) => t("trunk_dead", { name: one.name })),
    ...campaigns.flatMap(urgentOf),
    lost.length > 0 && t("agents_lost", { names: lost.join(", ") }),
  ].filter(Boolean);
}

function urgentOf(one) {
  const isOver = one.answered > 0 && one.abandonment_ratio > one.ceiling_ratio;
  return [
    isOver && t("over_ceiling", { name: one.name, now: percent(one.abandonment_ratio), ceiling: percent(one.ceiling_ratio) }),
    one.fresh?.late_now > 0 && t("fresh_late", { name: one.name, n: one.fresh.late_now, m: one.fresh.first_call_s / 60 }),
    one.state === "running" && one.agents === 0 && t("nobody_serves", { name: one.name }),
  ];
}

function paintAttention() {
  const pressing = urgent();
  const past = picture.alarms.filter((one) => one.at > picture.at - RECENT_ALARM_S);
  byId("attention").classList.toggle("act", pressing.length > 0);
  patch(byId("alarms"),
    pressing.map((text) => h("div.alarm.now", {}, h("span", {}, text))),
    past.map((one) => h("div.alarm", {}, h("time", {}, dateTime(one.at).slice(-5)), h("span", {}, known(`alarm_${one.name}`, one.text, one.facts)))),
    !pressing.length && !past.length && h("p.well", {}, t("all_well")));
}

// ---- what the supervisor does

function steer(campaign, what) {
  if (what === "tune") return openTuning(campaign.id);
  if (what === "why") return location.assign(`/why?campaign=${campaign.id}`);
  if (what === "stop" && !confirm(t("sure_stop", { name: campaign.name }))) return;
  act("POST", `/api/v1/campaigns/${campaign.id}/${what}`);
}

const campaignOf = (element) => picture && [...picture.campaigns, ...resting(picture)].find((one) => String(one.id) === element?.closest("[data-campaign]")?.dataset.campaign);
const agentOf = (element) => picture?.agents.find((one) => String(one.agent) === element?.closest("[data-agent]")?.dataset.agent);

/** P does what the state allows: pause, resume or start. */
function byKey(campaign, code) {
  const [first, ...others] = COMMANDS[campaign.state];
  return { KeyP: first, KeyX: others.includes("stop") && "stop", KeyT: "tune", KeyW: "why" }[code];
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || document.querySelector("dialog[open]")) return;
  if (moveAmong(byId("agents"), event)) return event.preventDefault();
  const campaign = campaignOf(document.activeElement);
  const what = maySteer && campaign && byKey(campaign, event.code);
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (what) steer(campaign, what);
  else if (digit) byId("campaigns").children[digit - 1]?.focus();
  else if (event.code === "KeyA") byId("agents").querySelector(".agent")?.focus();
  else return;
  event.preventDefault();
}

byId("campaigns").addEventListener("click", ({ target }) => {
  const what = target.closest("[data-act]")?.dataset.act;
  if (what) steer(campaignOf(target), what);
});
byId("agents").addEventListener("click", ({ target }) => {
  const agent = maySteer && agentOf(target);
  if (agent) openAgent(agent);
});
document.addEventListener("keydown", onKey);
document.addEventListener("language", paint);
translate(document);
plots = new Plots(byId("plots"));
startTop(me.name, { hasNav: maySteer });
if (maySteer) {
  startTuning();
  startResting(paint);
  startAgent(paintListeners);
  startListening(me);
}
showLinked(true);
new Link("/ws/wallboard", { onMessage, onChange: showLinked });
setInterval(tick, 500);
