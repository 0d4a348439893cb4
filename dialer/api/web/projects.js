// A project's script, form, results, information and rules: written by hand, seen at once as agents will see it, kept as
// a version, compared with the one in use, approved. Each kind has an editor of its own; this is what they share.
import { mark } from "/assets/editor.js";
import { byId, h, note, setText } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { diffView } from "/assets/projects-diff.js";
import { formEditor, formFlaws, formLines } from "/assets/projects-form.js";
import { blankEntry, infoEditor, infoFlaws, saveEntry } from "/assets/projects-info.js";
import { linesEditor, linesFlaws, seeLines } from "/assets/projects-lines.js";
import { resultsEditor, resultsFlaws } from "/assets/projects-results.js";
import { rulesEditor } from "/assets/projects-rules.js";
import { scriptEditor, scriptFlaws, scriptLines } from "/assets/projects-script.js";
import { inMemory, sampleOf, seeEntry, seeForm, seeResults, seeRules, seeScript } from "/assets/projects-see.js";
import { dateTime } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { t, translate } from "/assets/words.js";
import "/assets/words-desk.js";
import "/assets/words-projects.js";

const KINDS = {
  scripts: { edit: scriptEditor, flaws: scriptFlaws, lines: scriptLines, see: seeScript, blank: () => ({ greeting: "", steps: [{ id: "step_1", text: "", answers: [] }] }) },
  forms: { edit: formEditor, flaws: formFlaws, lines: formLines, see: seeForm, blank: () => ({ fields: [] }) },
  dispositions: { edit: resultsEditor, flaws: resultsFlaws, see: seeResults },
  info: { edit: infoEditor, flaws: infoFlaws, see: seeEntry },
  desk: { edit: rulesEditor, flaws: () => [], see: seeRules },
  lines: { edit: linesEditor, flaws: linesFlaws, see: seeLines, shown: "lines_hold" },
};

const me = await ask("GET", "/api/v1/me");
let projects = [];
let kind = "scripts";
let content = null;
let editor = null;
let versions = [];
let isUnsaved = false;
let isCompared = false;
let told = { dictionary: [], names: [] };

const project = () => byId("project").value;
const path = (...rest) => ["/api/v1/projects", project(), kind, ...rest].join("/");
const isVersioned = () => "lines" in KINDS[kind];
const inUse = () => versions.find((one) => one.approved);
const mayLeave = () => !isUnsaved || confirm(t("sure_leave"));

// ---- what there is

async function loadProject() {
  const [{ dispositions }, { sample }] = await Promise.all([
    ask("GET", `/api/v1/dispositions?project=${project()}`), ask("GET", `/api/v1/projects/${project()}/sample`)]);
  told = { dictionary: dispositions, names: Object.keys(sample?.fields ?? {}), sample, mayLeave };
  await load();
}

async function load() {
  versions = [];
  if (kind === "dispositions") content = { dispositions: (await ask("GET", `/api/v1/dispositions?project=${project()}`)).dispositions.map(bare) };
  else if (kind === "info") content = { entry: blankEntry() };
  else if (kind === "desk") content = await ask("GET", path());
  else if (kind === "lines") content = { lines_share: (await learned()).lines_share };
  else ({ [kind]: versions } = await ask("GET", path()));
  if (isVersioned()) content = structuredClone(versions[0]?.body ?? KINDS[kind].blank());
  byId("note").value = "";
  isCompared = false;
  paintKinds();
  edit();
}

/** The project as it is now. */
async function learned() {
  ({ projects } = await ask("GET", "/api/v1/projects"));
  return projects.find((one) => String(one.id) === project());
}

const bare = ({ position: _, ...one }) => one;

// ---- what is shown

function edit() {
  told = { ...told, path: path(), memory: inMemory(), projectName: projects.find((one) => String(one.id) === project())?.name };
  editor = KINDS[kind].edit(content, told, changed);
  byId("write").replaceChildren(editor.element);
  byId("write").scrollTop = 0;
  setUnsaved(false);
  setText(byId("wrong"), "");
  paintVersions();
  see();
}

function changed({ isNew = false } = {}) {
  setUnsaved(!isNew);
  mark(byId("write"), []);
  setText(byId("wrong"), "");
  see();
}

function setUnsaved(is) {
  isUnsaved = is;
  byId("unsaved").hidden = !is;
}

function see() {
  const sample = sampleOf(told.sample);
  const canCompare = isVersioned() && inUse() !== undefined;
  byId("compare").hidden = !canCompare;
  setText(byId("compare"), t(isCompared ? "as_agents_see" : "compare"));
  setText(byId("shown"), isCompared ? t("changes_to", { n: inUse().version }) : t(KINDS[kind].shown ?? "as_agents_see"));
  setText(byId("sample"), isVersioned() && !isCompared ? t(sample.is_made_up ? "sample_made_up" : "sample_order", { order: sample.external_id || sample.person }) : "");
  const shown = isCompared ? diffView(...[inUse().body, content].map((one) => KINDS[kind].lines(one, told))) : KINDS[kind].see(content, { ...told, sample });
  byId("seen").replaceChildren(...[shown].flat(Infinity).filter(Boolean));
}

function paintKinds() {
  byId("kinds").replaceChildren(...Object.keys(KINDS).map((one) => h("button", {
    role: "tab", "data-kind": one, "aria-selected": String(one === kind), onclick: () => { if (mayLeave()) { kind = one; guarded(load); } },
  }, t(`kind_${one}`))));
  setText(byId("title"), t(`kind_${kind}`));
  byId("note").parentElement.hidden = !isVersioned();
  setText(byId("save"), t(isVersioned() ? "save_version" : "save"));
}

function paintVersions() {
  byId("versions").replaceChildren(...versions.map((one) => h("div.version", {},
    h("button", { title: t("open_version"), onclick: () => { if (mayLeave()) { content = structuredClone(one.body); edit(); } } }, t("version_n", { n: one.version })),
    one.approved ? h(`span.chip${one === inUse() ? ".good" : ""}`, {}, t(one === inUse() ? "in_use" : "approved")) : approval(one),
    h("small", {}, [one.note, t("by_whom", { by: one.made_by, at: dateTime(Date.parse(one.made_at) / 1000) }), one.approved && t("approved_by", { by: one.approved_by })].filter(Boolean).join(" · ")))));
}

/** Where the project's rule asks for a second person, whoever wrote it is told so instead of a button. */
const approval = (one) => (one.needs_another && one.made_by === me.name
  ? h("span.chip.warn", {}, t("waits_for_another")) : h("button.button.small", { onclick: () => approve(one.version) }, t("approve")));

// ---- what is done

async function save() {
  const flaws = mark(byId("write"), KINDS[kind].flaws(content));
  const first = byId("write").querySelector("[aria-invalid]");
  if (flaws.length || first) return refuse(flaws.map(({ what }) => what).join(" ") || t("mend_marked"), first);
  try {
    if (kind === "info") await saveEntry(path(), content.entry);
    else await ask(isVersioned() ? "POST" : "PUT", path(), isVersioned() ? { ...content, note: byId("note").value } : content);
    if (kind === "dispositions") told.dictionary = content.dispositions;
    await load();
    note(t("saved"), isVersioned() ? t("saved_version") : "");
  } catch (error) {
    const left = mark(byId("write"), (error.errors ?? []).map(({ where, what }) => ({ at: where.replace(/^body\./, ""), what })));
    refuse([error.message, ...left.map(({ at, what }) => `${at}: ${what}`)].join(" "), byId("write").querySelector("[aria-invalid]"));
  }
}

function refuse(why, control) {
  setText(byId("wrong"), why);
  const details = control?.closest("details");
  if (details) details.open = true;
  control?.focus();
}

async function approve(version) {
  if (!confirm(t("sure_approve", { n: version }))) return;
  if (await act("POST", path(version, "approve"))) await load();
}

async function guarded(work) {
  try { await work(); } catch (error) { note(t("failed"), error.message); }
}

let shownProject = "";
async function changeProject() {
  if (!mayLeave()) { byId("project").value = shownProject; return; }
  shownProject = project();
  await guarded(loadProject);
}

byId("save").addEventListener("click", save);
byId("compare").addEventListener("click", () => { isCompared = !isCompared; see(); });
byId("project").addEventListener("change", changeProject);
document.addEventListener("keydown", (event) => { if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") { event.preventDefault(); save(); } });
document.addEventListener("language", () => { paintKinds(); editor?.paint(); paintVersions(); see(); });
window.addEventListener("beforeunload", (event) => { if (isUnsaved) event.preventDefault(); });

translate(document);
startTop(me.name);
({ projects } = await ask("GET", "/api/v1/projects"));
byId("project").append(...projects.map((one) => h("option", { value: one.id }, one.name)));
shownProject = project();
if (projects.length) await guarded(loadProject);
else setText(byId("wrong"), t("no_projects"));
