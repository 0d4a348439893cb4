// Lists: a file is tried as soon as it is chosen, taken in by one press; below, lists that are in and numbers in doubt.
import { byId, h, note, setText, show } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { aheadView, columnsOf, lookView, problemView } from "/assets/lists-look.js";
import { startAdmission } from "/assets/lists-admit.js";
import { startForbidding } from "/assets/lists-forbid.js";
import { startDoubt } from "/assets/lists-doubt.js";
import { number } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { t, translate } from "/assets/words.js";

const POLL_MS = 500;
const KEPT = "dialer.campaign";

const me = await ask("GET", "/api/v1/me");
let file = null;
let looked = null;
let problem = null;
let chosen = {}; // what columns of this file are taken for, by hand
let isLooking = false;
let lists = [];
let turn = 0;
let timer = 0;

const campaign = () => byId("campaign").value;
const doubt = startDoubt({ changed: refresh });
const admission = startAdmission({ changed: () => look() });
const forbidding = startForbidding({ isConfined: me.projects !== null });
const projects = new Map();

// ---- the file

function form() {
  const body = new FormData();
  body.append("file", file, file.name);
  for (const id of ["name", "ambiguous", "unallocated"]) if (byId(id).value) body.append(id, byId(id).value);
  if (Object.keys(chosen).length) body.append("columns", JSON.stringify(chosen));
  return body;
}

function choose(picked) {
  if (!picked) return;
  file = picked;
  chosen = {};
  looked = problem = null;
  byId("name").value = picked.name.replace(/\.[^.]*$/, "").slice(0, 100);
  paintFile();
  look();
}

function chooseColumn(header, column) {
  chosen[header] = column;
  look();
}

/** Only the newest question's answer is shown. */
async function look() {
  if (!file || !campaign()) return;
  const mine = ++turn;
  isLooking = true;
  paintLook();
  try {
    const found = await ask("POST", `/api/v1/campaigns/${campaign()}/lists/check`, form());
    if (mine === turn) [looked, problem] = [found, null];
  } catch (error) {
    if (mine === turn) [looked, problem] = [null, error];
  }
  if (mine !== turn) return;
  isLooking = false;
  paintLook();
}

async function bring() {
  byId("import").disabled = true;
  try {
    await ask("POST", `/api/v1/campaigns/${campaign()}/lists`, form());
    file = looked = problem = null;
    byId("file").value = byId("name").value = "";
    paintFile();
    paintLook();
    refresh();
  } catch (error) {
    note(t("failed"), error.message);
    paintLook();
  }
}

function paintFile() {
  setText(byId("file-name"), file ? file.name : t("choose_file"));
}

function paintLook() {
  byId("import").disabled = isLooking || looked === null;
  show(byId("look"),
    isLooking ? [h("p.empty", {}, t("looking")), h("progress", {})]
    : problem ? [problemView(problem), columnsOf((problem.columns ?? []).map((one) => ({ ...one, column: chosen[one.name] ?? "" })), chooseColumn)]
    : looked ? lookView(looked, chooseColumn)
    : h("p.empty", {}, t("nothing_chosen")));
}

// ---- lists that are in

async function refresh() {
  clearTimeout(timer);
  const of = campaign();
  if (!of) return;
  const [found, ahead] = await Promise.all([
    ask("GET", `/api/v1/campaigns/${of}/lists`), ask("GET", `/api/v1/campaigns/${of}/dry-run`),
  ]).catch((error) => { note(t("failed"), error.message); return [null, null]; });
  if (found === null || of !== campaign()) return; // another one is looked at by now
  lists = found.lists;
  paintLists();
  show(byId("ahead"), aheadView(ahead));
  doubt.lists(lists);
  if (lists.some((one) => isUnderWay(one))) timer = setTimeout(refresh, POLL_MS);
}

const isUnderWay = (list) => ["waiting", "reading"].includes(list.import?.state);

function paintLists() {
  show(byId("all"), lists.length === 0 ? h("p.empty", {}, t("no_lists")) : h("table", {},
    h("thead", {}, h("tr", {}, h("th", {}, t("list")), h("th.number", {}, t("rows")),
      ["accepted", "duplicate", "needs_decision", "rejected"].map((kind) => h("th.number", {}, t(`row_${kind}`))),
      h("th.number", {}, t("left_undecided")), h("th", {}, ""))),
    h("tbody", {}, lists.map(listRow))));
}

function listRow(list) {
  const { sums } = list;
  return h("tr", {},
    h("td", {}, h("b", {}, list.name), " ", list.state === "paused" && h("span.chip.warn", {}, t("list_paused")), " ", progressView(list)),
    h("td.number", {}, number(sums.rows)),
    ["accepted", "duplicate", "needs_decision", "rejected"].map((kind) => h("td.number", {}, number(sums[kind]))),
    h("td.number", {}, list.undecided ? h("button.button.small", { onclick: () => doubt.open(list) }, `${number(list.undecided)} · ${t("decide")}`) : "0"),
    h("td", {}, h("div.acts", {}, h("button.button.small", { onclick: () => pause(list) }, t(list.state === "paused" ? "resume_list" : "pause_list")))));
}

function progressView({ import: job }) {
  if (job?.state === "reading") return [h("progress", { value: job.rows, max: Math.max(job.expected, 1) }), ` ${number(job.rows)} / ${number(job.expected)}`];
  if (job?.state === "waiting") return h("span.chip", {}, t("import_waiting"));
  if (job?.state === "failed") return h("span.chip.bad", { title: job.problem }, t("import_failed"));
  return null;
}

async function pause(list) {
  await act("POST", `/api/v1/lists/${list.id}/${list.state === "paused" ? "resume" : "pause"}`);
  refresh();
}

// ---- life

function listen() {
  const drop = byId("drop");
  byId("file").addEventListener("change", () => choose(byId("file").files[0]));
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.remove("over"); });
  drop.addEventListener("drop", (event) => choose(event.dataTransfer.files[0]));
  for (const id of ["ambiguous", "unallocated", "name"]) byId(id).addEventListener("change", () => look());
  byId("import").addEventListener("click", bring);
  byId("campaign").addEventListener("change", () => {
    try { localStorage.setItem(KEPT, campaign()); } catch { /* private window */ }
    refresh();
    look();
    admit();
    paintCampaign();
  });
  document.addEventListener("language", () => { paintFile(); paintLook(); refresh(); paintCampaign(); });
}

// ---- the campaign

/** Its state, and what may be done with it from here. */
function paintState(state) {
  const command = state === "paused" ? "resume" : ["running", "stopping"].includes(state) ? null : "start";
  show(byId("campaign-state"), h(`span.chip${state === "running" ? ".good" : ""}`, {}, t(`campaign_${state}`)),
    command && h("button.button.small", { id: "start" }, t(command)));
  byId("start")?.addEventListener("click", () => steer(command), { once: true });
}

async function paintCampaign() {
  const of = campaign();
  if (!of) return;
  const { state } = await ask("GET", `/api/v1/campaigns/${of}`);
  if (of === campaign()) paintState(state);
}

async function steer(command) {
  try {
    paintState((await ask("POST", `/api/v1/campaigns/${campaign()}/${command}`)).state);
  } catch (error) {
    note(t("failed"), error.message);
    paintCampaign();
  }
}

function admit() {
  const project = projects.get(campaign()) ?? null;
  admission.show(project);
  forbidding.show(me.rights.includes("do-not-call:write") ? project : null);
}

async function fillCampaigns() {
  const { campaigns } = await ask("GET", "/api/v1/campaigns");
  let kept = null;
  try { kept = localStorage.getItem(KEPT); } catch { /* private window */ }
  for (const one of campaigns) projects.set(String(one.id), one.project);
  byId("campaign").append(...campaigns.map((one) => h("option", { value: one.id, selected: String(one.id) === kept }, one.name)));
}

translate(document);
startTop(me.name);
listen();
paintFile();
paintLook();
await fillCampaigns();
admit();
paintCampaign();
choose(byId("file").files[0]); // one that was chosen while the page was still loading
refresh();
