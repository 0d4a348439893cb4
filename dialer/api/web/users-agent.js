// One agent: number, name, groups, the phones where he may sign in.
import { byId, h, setText, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { t } from "/assets/words.js";

let known = null;
let changed = () => {};
let kinds = new Map(); // of phones that are there already: the page does not change them

export function openAgent(found) {
  setText(byId("agent-title"), found ? t("change_agent", { n: found.id }) : t("add_agent"));
  setText(byId("agent-wrong"), "");
  byId("agent-number").value = found?.id ?? Math.max(1000, ...known.agents.map((one) => one.id)) + 1;
  byId("agent-number").readOnly = found !== null;
  byId("agent-name").value = found?.name ?? "";
  byId("agent-active").checked = found?.is_active ?? true;
  show(byId("agent-groups"), known.groups.map((one) => h("label.check", {}, h("input", { type: "checkbox", value: one.id, checked: found?.groups.includes(one.id) }), one.name)));
  kinds = new Map((found?.phones ?? []).map((phone) => [`${phone.server}/${phone.endpoint}`, phone.kind]));
  byId("agent-phones").replaceChildren(...(found?.phones ?? []).map(phoneView));
  byId("agent").showModal();
  byId("agent-name").focus();
}

function phoneView(phone) {
  const server = known.agents.flatMap((one) => one.phones)[0]?.server ?? "main";
  return h("div.phone", {},
    h("input", { "aria-label": t("phone_server"), placeholder: t("phone_server"), value: phone?.server ?? server, required: true, pattern: "[a-z0-9][a-z0-9_\\-]{0,31}" }),
    h("input", { "aria-label": t("phone_endpoint"), placeholder: t("phone_endpoint"), value: phone?.endpoint ?? "", required: true, pattern: "[A-Za-z0-9][A-Za-z0-9_.\\-]{0,79}" }),
    h("label.check", {}, h("input", { type: "checkbox", checked: phone?.browser ?? false }), t("phone_browser")),
    h("button.button.small.plain", { type: "button", "aria-label": t("remove_phone"), title: t("remove_phone"), "data-remove": "" }, "✕"));
}

function written() {
  return [...byId("agent-phones").children].map((row) => {
    const [server, endpoint, browser] = row.querySelectorAll("input");
    const kind = kinds.get(`${server.value}/${endpoint.value}`) ?? "nailed_up";
    return { server: server.value.trim(), endpoint: endpoint.value.trim(), kind, browser: browser.checked };
  });
}

async function save(event) {
  event.preventDefault();
  const groups = [...byId("agent-groups").querySelectorAll("input:checked")].map((box) => Number(box.value));
  const body = { name: byId("agent-name").value.trim(), groups, phones: written(), is_active: byId("agent-active").checked };
  try {
    await ask("PUT", `/api/v1/agents/${byId("agent-number").value}`, body);
    byId("agent").close();
    await changed();
  } catch (error) {
    setText(byId("agent-wrong"), [error.message, ...(error.errors ?? []).map(({ where, what }) => `${where}: ${what}`)].join(" "));
  }
}

export function startAgent(books, reload) {
  [known, changed] = [books, reload];
  byId("agent-form").addEventListener("submit", save);
  byId("add-phone").addEventListener("click", () => {
    byId("agent-phones").append(phoneView());
    byId("agent-phones").lastChild.querySelectorAll("input")[1].focus();
  });
  byId("agent-phones").addEventListener("click", ({ target }) => target.closest("[data-remove]")?.parentElement.remove());
}
