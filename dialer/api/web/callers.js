// The numbers that a project shows: labels and their terms, regions, trunks, reach; and corrections to the calendar.
import { byId, h, note, setText, show } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { number } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { t, translate } from "/assets/words.js";
import "/assets/words-callers.js";

const TEXTS = ["number", "name", "label", "contract"];
const DATES = ["label_from", "label_until"];
const LISTS = ["regions", "trunks"];

const me = await ask("GET", "/api/v1/me");
let callers = [];
let reach = new Map();
let days = [];
let edited = null;

const project = () => byId("project").value;

// ---- the tables

async function refresh() {
  if (project()) {
    const path = `/api/v1/projects/${project()}/callers`;
    callers = (await ask("GET", path)).callers;
    reach = new Map((await ask("GET", `${path}/reach?days=7`)).callers.map((one) => [one.name, one]));
  }
  days = (await ask("GET", "/api/v1/work-days")).corrections;
  paint();
}

function paint() {
  const heads = ["caller_number", "caller_name", "caller_head_regions", "caller_head_label", "caller_head_until"];
  const counts = ["caller_dialled", "caller_reach", "caller_blocked"];
  show(byId("all"), callers.length === 0 ? h("p.empty", {}, t("caller_none")) : h("table", {},
    h("thead", {}, h("tr", {}, heads.map((name) => h("th", {}, t(name))), counts.map((name) => h("th.number", {}, t(name))), h("th", {}, ""))),
    h("tbody", {}, callers.map(row))));
  show(byId("days"), days.length === 0 ? h("p.empty", {}, t("work_none")) : h("table", {},
    h("thead", {}, h("tr", {}, ["work_day", "work_kind", "work_reason", "work_by"].map((name) => h("th", {}, t(name))), h("th", {}, ""))),
    h("tbody", {}, days.map(dayRow))));
  setText(byId("edit-title"), edited ? t("caller_change", { name: edited.name }) : t("caller_new"));
  byId("anew").hidden = !edited;
}

function row(one) {
  const found = reach.get(one.name);
  return h(one.is_active ? "tr" : "tr.away", {},
    h("td", {}, one.number), h("td", {}, one.name), h("td", {}, one.regions.join(", ") || t("caller_any")),
    h("td", { title: one.contract }, one.label, " ", one.label_flaw && h("span.chip.warn", {}, t(`caller_${one.label_flaw}`))),
    h("td", {}, one.label_until ?? "—"),
    h("td.number", {}, number(found?.dialled ?? 0)),
    h("td.number", {}, found?.reach == null ? "—" : `${Math.round(found.reach * 100)} %`),
    h("td.number", {}, number(found?.blocked ?? 0)),
    h("td", {}, h("div.acts", {},
      h("button.button.small", { onclick: () => open(one) }, t("caller_edit")),
      h("button.button.small", { onclick: () => put(one) }, t(one.is_active ? "caller_out" : "caller_in")))));
}

function dayRow(one) {
  return h("tr", {},
    h("td", {}, one.day), h("td", {}, t(one.works ? "work_on" : "work_off")), h("td", {}, one.reason), h("td", {}, one.by),
    h("td", {}, h("div.acts", {}, h("button.button.small", { onclick: () => drop(one) }, t("work_drop")))));
}

// ---- what is done

function open(one) {
  edited = one;
  for (const name of [...TEXTS, ...DATES]) byId(name).value = one?.[name] ?? "";
  for (const name of LISTS) byId(name).value = one?.[name].join(", ") ?? "";
  paint();
  byId("number").focus();
}

async function save(event) {
  event.preventDefault();
  const body = Object.fromEntries([
    ...TEXTS.map((name) => [name, byId(name).value.trim()]),
    ...DATES.map((name) => [name, byId(name).value || null]),
    ...LISTS.map((name) => [name, byId(name).value.split(",").map((part) => part.trim()).filter(Boolean)]),
  ]);
  const where = edited ? ["PATCH", `/api/v1/callers/${edited.id}`] : ["POST", `/api/v1/projects/${project()}/callers`];
  if (!(await act(...where, body))) return;
  await refresh();
  open(null);
}

async function put(one) {
  if (await act("PATCH", `/api/v1/callers/${one.id}`, { is_active: !one.is_active })) await refresh();
}

async function correct(event) {
  event.preventDefault();
  const body = { works: byId("works").value === "work", reason: byId("reason").value.trim() };
  if (await tellLooser(() => ask("PUT", `/api/v1/work-days/${byId("day").value}`, body))) byId("correct").reset();
  await refresh();
}

async function drop(one) {
  await tellLooser(() => ask("DELETE", `/api/v1/work-days/${one.day}`));
  await refresh();
}

/** Do it, and name the campaigns that are now open too long; true where it was done. */
async function tellLooser(request) {
  try {
    const { looser } = await request();
    if (looser.length) note(t("work_days"), t("work_looser", { campaigns: looser.join(", ") }));
    return true;
  } catch (error) {
    note(t("failed"), error.message);
    return false;
  }
}

// ---- life

translate(document);
startTop(me.name);
byId("edit").addEventListener("submit", save);
byId("anew").addEventListener("click", () => open(null));
byId("correct").addEventListener("submit", correct);
byId("project").addEventListener("change", () => { open(null); refresh(); });
document.addEventListener("language", paint);
const { projects } = await ask("GET", "/api/v1/projects");
byId("project").append(...projects.map((one) => h("option", { value: one.id }, one.name)));
await refresh();
byId("save").disabled = projects.length === 0;
