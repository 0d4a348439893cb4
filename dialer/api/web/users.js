// People: who may come in (an administrator's), and agents with their groups and phones.
import { byId, h, note, show } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { startTop } from "/assets/top.js";
import { openAgent, startAgent } from "/assets/users-agent.js";
import { startTokens } from "/assets/users-tokens.js";
import { openUser, startUser } from "/assets/users-user.js";
import { t, translate } from "/assets/words.js";
import "/assets/words-steering.js";

const me = await ask("GET", "/api/v1/me");
const mayKeepUsers = me.rights.includes("users:write");
const known = { roles: {}, users: [], agents: [], groups: [], projects: [] };

async function load() {
  const asks = [ask("GET", "/api/v1/agents"), ask("GET", "/api/v1/groups"), ask("GET", "/api/v1/projects"), mayKeepUsers && ask("GET", "/api/v1/users")];
  try {
    Object.assign(known, ...(await Promise.all(asks)));
    paint();
  } catch (error) {
    note(t("failed"), error.message);
  }
}

function paint() {
  show(byId("users"), known.users.map(userRow));
  show(byId("agents"), known.agents.map(agentRow));
  byId("no-agents").hidden = known.agents.length > 0;
}

function userRow(user) {
  const agent = known.agents.find((one) => one.id === user.agent);
  const own = known.projects.filter((one) => user.projects.includes(one.id)).map((one) => one.name);
  const isConfined = ["client", "integrator"].includes(user.role);
  return h(`tr${user.is_disabled ? ".off" : ""}`, {},
    h("td", {}, h("button.row-button", { type: "button", "data-user": user.name }, user.name)),
    h("td", {}, t(`role_${user.role}`)),
    h("td", {}, agent ? `${agent.id} ${agent.name}` : "—"),
    h("td", {}, isConfined ? own.join(", ") || "—" : t("every_project")),
    h("td", {}, h(`span.chip${user.is_disabled ? "" : user.has_password ? ".good" : ".warn"}`, {}, t(user.is_disabled ? "user_disabled" : user.has_password ? "user_works" : "user_no_password"))));
}

function agentRow(agent) {
  const groups = known.groups.filter((one) => agent.groups.includes(one.id)).map((one) => one.name);
  return h(`tr${agent.is_active ? "" : ".off"}`, {},
    h("td", {}, String(agent.id)),
    h("td", {}, h("button.row-button", { type: "button", "data-agent": agent.id }, agent.name)),
    h("td", {}, groups.join(", ") || "—"),
    h("td", {}, agent.phones.map((phone) => `${phone.server}/${phone.endpoint}`).join(", ") || "—"),
    h("td", {}, h(`span.chip${agent.is_active ? ".good" : ""}`, {}, t(agent.is_active ? "agent_works" : "agent_off"))));
}

async function addGroup() {
  const name = prompt(t("group_name"))?.trim();
  if (name && (await act("POST", "/api/v1/groups", { name }))) await load();
}

translate(document);
startTop(me.name);
byId("users-panel").hidden = !mayKeepUsers;
startUser(known, me, load);
startAgent(known, load);
startTokens();
byId("add-user").addEventListener("click", () => openUser(null));
byId("add-agent").addEventListener("click", () => openAgent(null));
byId("add-group").addEventListener("click", addGroup);
byId("users").addEventListener("click", ({ target }) => {
  const name = target.closest("[data-user]")?.dataset.user;
  if (name) openUser(known.users.find((one) => one.name === name));
});
byId("agents").addEventListener("click", ({ target }) => {
  const number = target.closest("[data-agent]")?.dataset.agent;
  if (number) openAgent(known.agents.find((one) => String(one.id) === number));
});
document.addEventListener("language", paint);
await load();
