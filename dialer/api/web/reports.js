// Reports: a project, its campaigns, days; sheets with their formulas and SQL; the same as files.
import { byId, h, note, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { startNow } from "/assets/reports-now.js";
import { sheetView } from "/assets/reports-sheet.js";
import { startTop } from "/assets/top.js";
import { language, t, translate } from "/assets/words.js";
import "/assets/words-reports.js";

const me = await ask("GET", "/api/v1/me");
let campaigns = [];
let turn = 0;

function address(format) {
  const asked = new URLSearchParams({ format, language: language() === "en" ? "en" : "ru" });
  for (const id of ["campaign", "first", "last"]) if (byId(id).value) asked.set(id, byId(id).value);
  return `/api/v1/projects/${byId("project").value}/report?${asked}`;
}

/** Only the newest question's answer is shown; days that somebody has typed meanwhile stay. */
async function refresh() {
  if (!byId("project").value) return;
  const mine = ++turn;
  show(byId("sheets"), h("p.empty", {}, t("report_counting")));
  try {
    const report = await ask("GET", address("json"));
    if (mine !== turn) return;
    for (const id of ["first", "last"]) byId(id).value ||= report[id];
    show(byId("sheets"), report.sheets.map(sheetView));
  } catch (error) {
    if (mine !== turn) return;
    show(byId("sheets"), h("p.empty", {}, error.message));
    note(t("failed"), error.message);
  }
  link();
}

function link() {
  for (const format of ["csv", "xlsx"]) byId(format).href = address(format);
}

function fillCampaigns() {
  const own = campaigns.filter((one) => String(one.project) === byId("project").value);
  byId("campaign").replaceChildren(h("option", { value: "" }, t("report_every_campaign")), ...own.map((one) => h("option", { value: one.id }, one.name)));
}

async function fill() {
  const [found, { projects }] = await Promise.all([ask("GET", "/api/v1/campaigns"), ask("GET", "/api/v1/projects")]);
  campaigns = found.campaigns;
  byId("project").append(...projects.map((one) => h("option", { value: one.id }, one.name)));
  fillCampaigns();
}

function listen() {
  byId("asked").addEventListener("submit", (event) => { event.preventDefault(); refresh(); });
  byId("project").addEventListener("change", () => { fillCampaigns(); refresh(); lookNow(); });
  for (const id of ["campaign", "first", "last"]) byId(id).addEventListener("change", () => { link(); if (id === "campaign") refresh(); });
  document.addEventListener("language", () => { fillCampaigns(); refresh(); });
}

translate(document);
startTop(me.name, { hasNav: me.rights.includes("wallboard:read") });
await fill();
const lookNow = startNow(() => byId("project").value);
listen();
refresh();
