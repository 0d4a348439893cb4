// People on the wallboard: the most urgent first, each with state, time in it, and the day's talks and conversion.
import { h } from "/assets/dom.js";
import { duration, now, percent } from "/assets/time.js";
import { earOf } from "/assets/wallboard-listen.js";
import { known, t } from "/assets/words.js";

const LONG_S = { wrap_up: 120, calling: 30, lost: 0, paused: 1800, reserved: 10 };
const ORDER = ["lost", "talking", "reserved", "wrap_up", "previewing", "ready", "calling", "paused", "offline"];

export const byUrgency = (one, other) =>
  ORDER.indexOf(one.state) - ORDER.indexOf(other.state) || one.since - other.since || one.agent - other.agent;

export const nameOf = (agent) => agent.name || String(agent.agent);

export const stateOf = (agent) =>
  agent.reason ? known(`reason_${agent.reason}`, agent.reason) : t(`state_${agent.state}`);

const share = (agent) => (agent.conversion === null ? "—" : percent(agent.conversion, 0));

export function agentView(agent) {
  const isLong = now() - agent.since > (LONG_S[agent.state] ?? Infinity);
  const day = { calls: agent.calls, talk: duration(agent.talk_s), share: share(agent) };
  return h(`button.agent${isLong ? ".long" : ""}`, { type: "button", "data-key": `agent-${agent.agent}`, "data-agent": agent.agent, "data-state": agent.state, title: agent.calls ? t("agent_day_title", day) : `${agent.agent} · ${agent.server}` },
    h("b", {}, nameOf(agent), earOf(agent)), h("small", {}, stateOf(agent)), h("time", { "data-since": agent.since }, duration(now() - agent.since)),
    agent.calls > 0 && h("span.day", {}, t("agent_day", day)));
}

/** The arrow keys among the agents' cards; true where one was used. */
export function moveAmong(place, event) {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(place), ArrowDown: columns(place) }[event.code];
  const cards = [...place.children];
  const from = cards.indexOf(document.activeElement);
  if (step === undefined || from < 0) return false;
  cards[Math.min(cards.length - 1, Math.max(0, from + step))].focus();
  return true;
}

function columns(place) {
  const cards = [...place.children];
  return Math.max(1, cards.findIndex((card) => card.offsetTop > cards[0].offsetTop));
}
