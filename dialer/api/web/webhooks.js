// Webhooks: where a project's results go; their secrets, shown once; what did not arrive, sent again by a press.
import { byId, h, note, setText, show } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { number } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { t, translate } from "/assets/words.js";
import "/assets/words-webhooks.js";

const POLL_MS = 5000;
const PAGE = 100;

const me = await ask("GET", "/api/v1/me");
let webhooks = [];
let shown = null;
let dead = [];
let timer = 0;

const project = () => byId("project").value;

// ---- the list

async function refresh() {
  clearTimeout(timer);
  timer = setTimeout(refresh, POLL_MS);
  if (!project()) return;
  try {
    webhooks = (await ask("GET", `/api/v1/projects/${project()}/webhooks`)).webhooks;
    if (shown !== null) dead = (await ask("GET", `/api/v1/webhooks/${shown}/deliveries?state=dead&limit=${PAGE}`)).deliveries;
  } catch (error) {
    note(t("failed"), error.message);
  }
  paint();
}

function paint() {
  show(byId("all"), webhooks.length === 0 ? h("p.empty", {}, t("webhook_none")) : h("table", {},
    h("thead", {}, h("tr", {}, h("th", {}, t("webhook_url")), h("th.number", {}, t("webhook_pending")), h("th.number", {}, t("webhook_dead_count")), h("th", {}, ""))),
    h("tbody", {}, webhooks.map(row))));
  byId("letters").hidden = shown === null;
  byId("replay-all").disabled = dead.length === 0;
  show(byId("dead"), dead.length === 0 ? h("p.empty", {}, "—") : h("table", {},
    h("thead", {}, h("tr", {}, ["event", "lead", "tries", "error"].map((name) => h("th", {}, t(`webhook_${name}`))), h("th", {}, ""))),
    h("tbody", {}, dead.map(letter))));
}

function row(one) {
  const isPaused = one.state === "paused";
  const words = Object.entries(one.status_map).map(([ours, theirs]) => `${ours}=${theirs}`).join(", ");
  return h("tr", {},
    h("td", { title: words }, one.url, " ", isPaused && h("span.chip.warn", {}, t("webhook_paused"))),
    h("td.number", {}, number(one.pending)),
    h("td.number", {}, one.dead ? h("button.button.small.danger", { onclick: () => open(one.id) }, number(one.dead)) : "0"),
    h("td", {}, h("div.acts", {},
      h("button.button.small", { onclick: () => change(one, isPaused ? "active" : "paused") }, t(isPaused ? "webhook_resume" : "webhook_pause")),
      h("button.button.small", { onclick: () => rotate(one) }, t("webhook_rotate")),
      h("button.button.small.danger", { onclick: () => remove(one) }, t("webhook_remove")))));
}

function letter(one) {
  return h("tr", {},
    h("td", { title: one.created_at }, `${one.event} ${one.type}`), h("td", {}, one.lead ?? "—"), h("td", {}, number(one.tries)), h("td", {}, one.error),
    h("td", {}, h("div.acts", {}, h("button.button.small", { onclick: () => replay([one.id]) }, t("webhook_replay")))));
}

// ---- what is done

async function open(id) {
  shown = id;
  await refresh();
  byId("replay-all").focus();
}

async function replay(deliveries) {
  if (await act("POST", `/api/v1/webhooks/${shown}/replay`, deliveries === null ? {} : { deliveries })) await refresh();
}

async function change(one, state) {
  if (await act("PATCH", `/api/v1/webhooks/${one.id}`, { state })) await refresh();
}

async function remove(one) {
  if (!confirm(t("webhook_sure_remove", { url: one.url })) || !(await act("DELETE", `/api/v1/webhooks/${one.id}`))) return;
  shown = shown === one.id ? null : shown;
  await refresh();
}

async function rotate(one) {
  if (confirm(t("webhook_sure_rotate"))) await reveal(() => ask("POST", `/api/v1/webhooks/${one.id}/secret`));
}

async function add(event) {
  event.preventDefault();
  const words = wordsOf(byId("map").value);
  if (words !== null && (await reveal(() => ask("POST", `/api/v1/projects/${project()}/webhooks`, { url: byId("url").value, status_map: words })))) byId("url").value = byId("map").value = "";
  await refresh();
}

/** `agreed=APPROVED, *=OTHER` as a map; null where a part is no pair, which is told. */
function wordsOf(text) {
  const pairs = text.split(",").map((pair) => pair.trim()).filter(Boolean).map((pair) => [pair, ...pair.split("=").map((word) => word.trim())]);
  const wrong = pairs.find(([, ours, ...theirs]) => !ours || theirs.length !== 1);
  if (wrong) note(t("failed"), t("webhook_map_wrong", { pair: wrong[0] }));
  return wrong ? null : Object.fromEntries(pairs.map(([, ours, theirs]) => [ours, theirs]));
}

/** Show the secret of the answer; true where there was one. */
async function reveal(request) {
  try {
    setText(byId("secret-text"), (await request()).secret);
  } catch (error) {
    note(t("failed"), error.message);
    return false;
  }
  byId("secret").hidden = false;
  byId("secret-text").focus();
  return true;
}

// ---- life

translate(document);
startTop(me.name);
byId("add").addEventListener("submit", add);
byId("replay-all").addEventListener("click", () => replay(null));
byId("project").addEventListener("change", () => { shown = null; dead = []; byId("secret").hidden = true; refresh(); });
document.addEventListener("language", paint);
const { projects } = await ask("GET", "/api/v1/projects");
byId("project").append(...projects.map((one) => h("option", { value: one.id }, one.name)));
await refresh();
byId("go").disabled = false;
