// Scripts, forms, results and information of a project: written as JSON, seen at once as agents will see it, kept as a
// version, approved.
import { FormView } from "/assets/agent-form.js";
import { ScriptView } from "/assets/agent-script.js";
import { byId, h, note, setText } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { dateTime } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { known, t, translate } from "/assets/words.js";
import "/assets/words-desk.js";
import "/assets/words-projects.js";

const KINDS = {
  scripts: { isVersioned: true, blank: { greeting: "", steps: [] }, see: seeScript },
  forms: { isVersioned: true, blank: { fields: [] }, see: seeForm },
  dispositions: { isVersioned: false, blank: { dispositions: [] }, see: seeDispositions },
  info: { isVersioned: false, blank: { entries: [] }, see: seeInfo },
};
const SAMPLE = { "адрес": "г. Екатеринбург, ул. Малышева, д. 51", "сумма": "24 990 ₽", "Сумма": "24 990", "Товар": "Робот-пылесос" };
const ORDER = ["greeting", "steps", "id", "name", "code", "title", "text", "body", "label", "kind", "effect", "next", "disposition", "required", "options", "source"];
const OWN = new Set(["id", "position"]); // what the books add and do not take

let projects = [];
let kind = "scripts";

const project = () => byId("project").value;
const path = (...rest) => ["/api/v1/projects", project(), kind, ...rest].join("/");

// ---- what there is

async function load() {
  const found = await fetchKind();
  byId("note").value = "";
  setText(byId("wrong"), "");
  paintKinds();
  paintVersions(found.versions);
  write(found.content);
}

async function fetchKind() {
  if (kind === "dispositions") {
    const { dispositions } = await ask("GET", `/api/v1/dispositions?project=${project()}`);
    return { versions: [], content: { dispositions: dispositions.map(bare) } };
  }
  const answer = await ask("GET", kind === "info" ? `${path()}?limit=100` : path());
  if (kind === "info") return { versions: [], content: { entries: answer.entries.map(({ id, ...entry }) => entry) } };
  return { versions: answer[kind], content: answer[kind][0]?.body ?? KINDS[kind].blank };
}

const bare = (one) => Object.fromEntries(Object.entries(one).filter(([name]) => !OWN.has(name)));

// ---- what is shown

function paintKinds() {
  byId("kinds").replaceChildren(...Object.keys(KINDS).map((one) => h("button", {
    role: "tab", "aria-selected": String(one === kind), onclick: () => { kind = one; guarded(load); },
  }, t(`kind_${one}`))));
  byId("note").parentElement.hidden = !KINDS[kind].isVersioned;
  setText(byId("save"), t(KINDS[kind].isVersioned ? "save_version" : "replace_all"));
}

function paintVersions(versions) {
  const used = versions.find((one) => one.approved)?.version;
  byId("versions").replaceChildren(...versions.map((one) => h("div.version", {},
    h("button", { onclick: () => write(one.body) }, t("version_n", { n: one.version })),
    one.approved
      ? h(`span.chip${one.version === used ? ".good" : ""}`, {}, t(one.version === used ? "in_use" : "approved"))
      : h("button.button.small", { onclick: () => approve(one.version) }, t("approve")),
    h("small", {}, [one.note, t("by_whom", { by: one.made_by, at: dateTime(Date.parse(one.made_at) / 1000) })].filter(Boolean).join(" · ")))));
}

function write(content) {
  byId("text").value = JSON.stringify(tidy(content), null, 2);
  see();
}

/** In the order in which one writes, without what says nothing. */
function tidy(value) {
  if (Array.isArray(value)) return value.map(tidy);
  if (value === null || typeof value !== "object") return value;
  const told = Object.entries(value).filter(([, one]) => one !== null && one !== "" && one !== false && (!Array.isArray(one) || one.length));
  const place = ([name]) => (ORDER.indexOf(name) + 1 || ORDER.length + 1);
  return Object.fromEntries(told.sort((a, b) => place(a) - place(b)).map(([name, one]) => [name, tidy(one)]));
}

/** As agents will see it; null where it cannot be read. */
function see() {
  try {
    const content = JSON.parse(byId("text").value);
    byId("seen").replaceChildren(...[KINDS[kind].see(content)].flat());
    setText(byId("wrong"), "");
    return content;
  } catch (error) {
    setText(byId("wrong"), t("not_readable", { why: error.message }));
    return null;
  }
}

function seeScript({ greeting = "", steps = [] }) {
  const name = projects.find((one) => String(one.id) === project())?.name;
  const whole = steps.map((step) => ({ answers: [], ...step }));
  const card = { lead: "", guide: { greeting, steps: whole }, fields: SAMPLE, person: t("sample_person"), project_name: name, external_id: "A-17" };
  return new ScriptView(card, { name: t("sample_agent") }, inMemory(), () => {}).element;
}

function seeForm({ fields = [] }) {
  const form = { fields: fields.map((field) => ({ kind: "text", options: [], source: "", ...field })) };
  return new FormView({ form, zone: "Asia/Yekaterinburg" }, { lead: "", fields: SAMPLE }, inMemory(), false).element;
}

function seeDispositions({ dispositions = [] }) {
  return dispositions.map((one) => h("div.result", {},
    h("b", {}, one.label), h(`span.chip${one.is_refusal ? ".bad" : ""}`, {}, known(`effect_${one.effect}`, one.effect)),
    one.needs_form && h("span.chip.accent", {}, t("kind_forms")), one.needs_reason && h("span.chip.warn", {}, t("reason_in_words"))));
}

function seeInfo({ entries = [] }) {
  return entries.map((one) => h("details", {}, h("summary", {}, one.title), h("p", {}, one.body)));
}

/** A draft that nobody keeps. */
function inMemory() {
  const values = new Map();
  return { get: (_, field) => values.get(field) ?? "", has: (_, field) => values.has(field), set: (_, field, value) => values.set(field, value) };
}

// ---- what is done

async function save() {
  const content = see();
  if (content === null) return;
  const { isVersioned } = KINDS[kind];
  try {
    await ask(isVersioned ? "POST" : "PUT", path(), isVersioned ? { ...content, note: byId("note").value } : content);
    await load();
  } catch (error) {
    setText(byId("wrong"), [error.message, ...(error.errors ?? []).map(({ where, what }) => `${where}: ${what}`)].join(" "));
  }
}

async function approve(version) {
  if (!confirm(t("sure_approve", { n: version }))) return;
  if (await act("POST", path(version, "approve"))) await load();
}

async function guarded(work) {
  try { await work(); } catch (error) { note(t("failed"), error.message); }
}

byId("text").addEventListener("input", see);
byId("save").addEventListener("click", save);
byId("project").addEventListener("change", () => guarded(load));
document.addEventListener("language", () => { paintKinds(); see(); });

translate(document);
const me = await ask("GET", "/api/v1/me");
startTop(me.name);
({ projects } = await ask("GET", "/api/v1/projects"));
byId("project").append(...projects.map((one) => h("option", { value: one.id }, one.name)));
if (projects.length) await guarded(load);
else setText(byId("wrong"), t("no_projects"));
