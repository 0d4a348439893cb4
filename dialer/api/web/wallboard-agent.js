// One agent: his state and day, his groups, and what a supervisor may do with him. Other files add to AGENT_ACTS.
import { byId, h, note, setText, show } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { patch } from "/assets/patch.js";
import { duration, now, percent } from "/assets/time.js";
import { nameOf, stateOf } from "/assets/wallboard-agents.js";
import { t } from "/assets/words.js";

/** What may be done: a word, a key while his dialog is open, when it makes sense, and the doing. */
export const AGENT_ACTS = [
  {
    word: "agent_pause", key: "P", isFor: (agent) => !["paused", "offline"].includes(agent.state),
    run: (agent) => act("POST", `/api/v1/agents/${agent.agent}/pause`, { reason: "supervisor" }),
  },
  {
    word: "agent_sign_out", key: "O", isDanger: true, isFor: (agent) => agent.state !== "offline",
    run: (agent) => confirm(t("sure_sign_out", { name: nameOf(agent) })) && act("POST", `/api/v1/agents/${agent.agent}/sign-out`),
  },
];

let agent = null;
let paintMore = () => {};

const dialog = () => byId("agent");

export async function openAgent(found) {
  agent = found;
  paintAgent(found);
  show(byId("agent-groups"));
  dialog().showModal();
  try {
    await fillGroups(found.agent);
  } catch (error) {
    note(t("failed"), error.message);
  }
}

/** A new picture: the open dialog follows it. */
export function followAgent(agents) {
  if (!dialog().open || agent === null) return;
  const found = agents.find((one) => one.agent === agent.agent) ?? { ...agent, state: "offline", reason: "" };
  agent = found;
  paintAgent(found);
}

function paintAgent(one) {
  setText(byId("agent-name"), nameOf(one));
  setText(byId("agent-number"), t("agent_number", { n: one.agent, server: one.server }));
  const figure = (value, word) => h("div", {}, h("b", {}, value), h("small", {}, t(word)));
  show(byId("agent-now"), h("span.chip", { "data-state": one.state }, stateOf(one)), h("time", { "data-since": one.since }, duration(now() - one.since)));
  show(byId("agent-figures"), figure(String(one.calls), "agent_talks"), figure(duration(one.talk_s), "agent_talk_time"),
    figure(one.conversion === null ? "—" : percent(one.conversion, 0), "agent_conversion"));
  paintMore(one);
  patch(byId("agent-acts"), AGENT_ACTS.filter((each) => each.isFor(one)).map((each) =>
    h(`button.button${each.isDanger ? ".danger" : ""}`, { type: "button", "data-key": each.word, "data-do": each.word }, t(each.word), h("kbd", {}, each.key))));
}

async function fillGroups(number) {
  const [record, { groups }] = await Promise.all([ask("GET", `/api/v1/agents/${number}`), ask("GET", "/api/v1/groups")]);
  show(byId("agent-groups"), groups.map((group) => h("label.check", {},
    h("input", { type: "checkbox", value: group.id, checked: record.groups.includes(group.id) }), group.name)));
  byId("agent-groups").onchange = () => regroup(record);
}

function regroup(record) {
  const groups = [...byId("agent-groups").querySelectorAll("input:checked")].map((box) => Number(box.value));
  return act("PUT", `/api/v1/agents/${record.id}`, { name: record.name, phones: record.phones, groups });
}

function run(each) {
  if (each?.isFor(agent)) each.run(agent);
}

/** `more`: paints what another file adds to the window. */
export function startAgent(more) {
  paintMore = more;
  dialog().addEventListener("click", ({ target }) => {
    const word = target.closest("[data-do]")?.dataset.do;
    if (word) run(AGENT_ACTS.find((each) => each.word === word));
    if (target === dialog() || target.closest("[data-close]")) dialog().close();
  });
  // On the document: a button that went away under the focus leaves it to the body, and the keys must still work.
  document.addEventListener("keydown", (event) => {
    if (!dialog().open || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.target.matches("input:not([type=checkbox])")) return;
    const each = AGENT_ACTS.find(({ key }) => event.code === `Key${key}`);
    if (!each) return;
    event.preventDefault();
    run(each);
  });
}
