// One user: made without a password, let in by a link that works once; role, desk and projects; shut out and let in.
import { byId, h, setText, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { openTokens, showOnce } from "/assets/users-tokens.js";
import { t } from "/assets/words.js";

const ROLES = ["admin", "supervisor", "agent", "client", "integrator"];
const CONFINED = ["client", "integrator"];

let known = null;
let me = null;
let changed = () => {};
let user = null;

const dialog = () => byId("user");

export function openUser(found) {
  user = found;
  setText(byId("user-title"), found ? t("change_user", { name: found.name }) : t("add_user"));
  setText(byId("user-wrong"), "");
  byId("user-name").value = found?.name ?? "";
  byId("user-name").readOnly = found !== null;
  show(byId("user-role"), ROLES.map((role) => h("option", { value: role }, t(`role_${role}`))));
  byId("user-role").value = found?.role ?? "agent";
  show(byId("user-agent"), h("option", { value: "" }, t("no_desk")), known.agents.map((one) => h("option", { value: one.id }, `${one.id} ${one.name}`)));
  byId("user-agent").value = found?.agent ?? "";
  show(byId("user-projects"), known.projects.map((one) => h("label.check", {}, h("input", { type: "checkbox", value: one.id, checked: found?.projects.includes(one.id) }), one.name)));
  byId("user-tokens").hidden = found === null;
  byId("user-reset").hidden = byId("user-disable").hidden = found === null || found.name === me.name;
  setText(byId("user-disable"), t(found?.is_disabled ? "enable_user" : "disable_user"));
  follow();
  dialog().showModal();
}

function follow() {
  const role = byId("user-role").value;
  setText(byId("role-hint"), t(`role_hint_${role}`));
  byId("user-agent-of").hidden = CONFINED.includes(role);
  byId("user-projects-of").hidden = !CONFINED.includes(role);
}

/** What goes wrong is said in the dialog, which then stays open. */
async function guarded(work) {
  try {
    await work();
    await changed();
  } catch (error) {
    setText(byId("user-wrong"), [error.message, ...(error.errors ?? []).map(({ where, what }) => `${where}: ${what}`)].join(" "));
  }
}

function save(event) {
  event.preventDefault();
  const role = byId("user-role").value;
  const agent = CONFINED.includes(role) || !byId("user-agent").value ? null : Number(byId("user-agent").value);
  const projects = CONFINED.includes(role) ? [...byId("user-projects").querySelectorAll("input:checked")].map((box) => Number(box.value)) : [];
  guarded(async () => {
    if (user) {
      await ask("PATCH", path(), { role, agent, projects });
      dialog().close();
    } else {
      const made = await ask("POST", "/api/v1/users", { name: byId("user-name").value.trim(), role, agent, projects });
      dialog().close();
      reveal(made.name, made.link);
    }
  });
}

const path = (...rest) => ["/api/v1/users", encodeURIComponent(user.name), ...rest].join("/");

function reset() {
  if (!confirm(t("sure_reset", { name: user.name }))) return;
  guarded(async () => {
    const { link } = await ask("POST", path("reset"));
    dialog().close();
    reveal(user.name, link);
  });
}

function disable() {
  if (!user.is_disabled && !confirm(t("sure_disable", { name: user.name }))) return;
  guarded(async () => {
    await ask("PATCH", path(), { is_disabled: !user.is_disabled });
    dialog().close();
  });
}

const reveal = (name, link) => showOnce(t("one_time_link"), t("link_hint", { name }), `${location.origin}${link}`);

export function startUser(books, principal, reload) {
  [known, me, changed] = [books, principal, reload];
  byId("user-form").addEventListener("submit", save);
  byId("user-role").addEventListener("change", follow);
  byId("user-reset").addEventListener("click", reset);
  byId("user-disable").addEventListener("click", disable);
  byId("user-tokens").addEventListener("click", () => { dialog().close(); openTokens(user, known.roles[user.role]); });
  byId("link-copy").addEventListener("click", () => navigator.clipboard.writeText(byId("link-text").value));
  byId("link-of").addEventListener("close", () => { byId("link-text").value = ""; });
  for (const sheet of document.querySelectorAll("dialog")) {
    sheet.addEventListener("click", ({ target }) => { if (target.closest("[data-close]")) sheet.close(); });
  }
}
