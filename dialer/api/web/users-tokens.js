// Tokens of a user, for programs; and the dialog that shows a secret once and forgets it when it is closed.
import { byId, h, setText, show } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { dateTime } from "/assets/time.js";
import { t } from "/assets/words.js";

let user = null;

/** A link or a token: on the screen until the dialog is closed, and nowhere else. */
export function showOnce(title, hint, secret) {
  setText(byId("link-title"), title);
  setText(byId("link-hint"), hint);
  byId("link-text").value = secret;
  byId("link-of").showModal();
  byId("link-text").select();
}

export async function openTokens(found, rights) {
  user = found;
  setText(byId("tokens-title"), t("tokens_of", { name: user.name }));
  setText(byId("token-wrong"), "");
  byId("token-form").reset();
  show(byId("token-scopes"), rights.map((right) => h("label.check", {}, h("input", { type: "checkbox", value: right }), right)));
  byId("tokens-of").showModal();
  await load();
}

async function load() {
  const { tokens } = await ask("GET", `/api/v1/tokens?${new URLSearchParams({ user: user.name })}`);
  byId("no-tokens").hidden = tokens.length > 0;
  show(byId("tokens"), tokens.map((token) => h(`tr${token.is_revoked ? ".off" : ""}`, {},
    h("td", {}, token.label || `№ ${token.id}`), h("td", {}, h("small", {}, token.scopes.join(" "))),
    h("td", {}, token.is_revoked ? t("token_revoked") : token.expires_at ? t("token_until", { at: dateTime(Date.parse(token.expires_at) / 1000) }) : ""),
    h("td", {}, !token.is_revoked && h("button.button.small.danger", { type: "button", "data-revoke": token.id, "data-of": token.label }, t("revoke_token"))))));
}

async function make(event) {
  event.preventDefault();
  const scopes = [...byId("token-scopes").querySelectorAll("input:checked")].map((box) => box.value);
  const days = byId("token-days").value ? Number(byId("token-days").value) : null;
  try {
    const { token } = await ask("POST", `/api/v1/users/${encodeURIComponent(user.name)}/tokens`, { scopes, days, label: byId("token-label").value.trim() });
    byId("tokens-of").close();
    showOnce(t("one_token"), t("token_hint"), token);
  } catch (error) {
    setText(byId("token-wrong"), [error.message, ...(error.errors ?? []).map(({ where, what }) => `${where}: ${what}`)].join(" "));
  }
}

async function revoke({ revoke: id, of: label }) {
  if (confirm(t("sure_revoke", { label: label || `№ ${id}` })) && (await act("DELETE", `/api/v1/tokens/${id}`))) await load();
}

export function startTokens() {
  byId("token-form").addEventListener("submit", make);
  byId("tokens").addEventListener("click", ({ target }) => {
    const found = target.closest("[data-revoke]");
    if (found) revoke(found.dataset);
  });
}
