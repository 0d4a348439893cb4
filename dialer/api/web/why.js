// Why: where a campaign's leads stand, why one of them is not dialled, why so many calls were started at a moment.
import { byId, h, note, setText, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { dateTime, number } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { known, language, t, translate } from "/assets/words.js";
import "/assets/words-steering.js";

const KINDS = ["now", "in_call", "waits", "person", "over"];
const LATEST = 30;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

let campaigns = [];
let standing = null; // as it was told last
let list = 0; // whose leads are shown; 0: of all lists
let turn = 0;

const seconds = (text) => Date.parse(text) / 1000;
const reasonOf = (code) => known(`gate_${code}`, known(code, code));

async function refresh() {
  const mine = ++turn;
  const campaign = byId("campaign").value;
  if (!campaign) return;
  try {
    const [told, made, lead] = await Promise.all([
      ask("GET", `/api/v1/campaigns/${campaign}/why`), ask("GET", `/api/v1/campaigns/${campaign}/decisions?${decisionsAsked()}`), askLead(),
    ]);
    if (mine !== turn) return;
    standing = told;
    paintStanding();
    paintDecisions(made.decisions);
    paintLead(lead);
  } catch (error) {
    if (mine === turn) note(t("failed"), error.message);
  }
}

function decisionsAsked() {
  const asked = new URLSearchParams({ language: language() === "en" ? "en" : "ru", last: LATEST });
  if (byId("moment").value) asked.set("at", new Date(byId("moment").value).toISOString());
  return asked;
}

/** The lead that is asked for, with the gate's answer; null where none is, a text where there is none of this name. */
async function askLead() {
  const name = byId("lead").value.trim();
  if (!name) return null;
  const project = campaigns.find((one) => String(one.id) === byId("campaign").value)?.project;
  try {
    const lead = await ask("GET", ID.test(name) ? `/api/v1/leads/${name}` : `/api/v1/leads?${new URLSearchParams({ project, external_id: name })}`);
    return { lead, gate: await ask("GET", `/api/v1/leads/${lead.lead}/may-dial?turn=true`) };
  } catch (error) {
    if (error.status === 404) return t("lead_not_found", { what: name });
    throw error;
  }
}

// ---- where leads stand

function paintStanding() {
  const { leads, lines, name } = standing.lists.find((one) => one.list === list) ?? standing;
  show(byId("sum"), name && h("b", {}, `${name}. `), t("why_sum", { n: number(leads) }), !standing.campaign_runs && h("span.chip.warn", {}, t("why_not_running")));
  paintLists();
  show(byId("standing"), KINDS.flatMap((kind) => {
    const own = lines.filter((one) => one.kind === kind);
    return own.length ? [h("tr.kind", {}, h("td", {}, t(`kind_${kind}`)), h("td.number", {}, number(leadsOf(own)))), ...own.map(lineView)] : [];
  }));
}

/** A row a list, where there are several; its name shows the lines of it alone. */
function paintLists() {
  byId("lists").hidden = standing.lists.length < 2;
  const rows = [{ ...standing, list: 0, name: t("why_all_lists") }, ...standing.lists];
  show(byId("lists").tHead, h("tr", {}, h("th", {}, t("why_list")), KINDS.map((kind) => h("th.number", {}, t(`kind_${kind}`)))));
  show(byId("lists").tBodies[0], rows.map((one) => h("tr", { "data-list": one.list }, h("td", {}, listButton(one)),
    KINDS.map((kind) => h("td.number", {}, number(leadsOf(one.lines.filter((line) => line.kind === kind))))))));
}

const listButton = (one) => h("button.row-button", { type: "button", "aria-pressed": String(one.list === list), onclick: () => choose(one.list) }, one.name);
const leadsOf = (lines) => lines.reduce((sum, one) => sum + one.leads, 0);

function choose(wanted) {
  list = wanted;
  paintStanding();
  byId("lists").querySelector(`[data-list="${wanted}"] button`).focus();
}

function lineView(line) {
  const when = line.kind === "waits" && line.opens_at ? t("first_at", { at: dateTime(seconds(line.opens_at)) }) : "";
  const after = line.after ? t("after_what", { what: reasonOf(line.after) }) : "";
  return h("tr", { "data-reason": line.reason }, h("td", {}, reasonOf(line.reason), " ", h("small", {}, [after, when].filter(Boolean).join(" · "))), h("td.number", {}, number(line.leads)));
}

// ---- one lead

function paintLead(found) {
  byId("lead-panel").hidden = found === null;
  if (found === null) return;
  show(byId("lead-told"), typeof found === "string" ? h("p.empty", {}, found) : leadView(found));
}

function leadView({ lead, gate }) {
  const reasons = [...gate.reasons.map(reasonOf), !gate.campaign_runs && t("lead_in_campaign_not_running")].filter(Boolean);
  const verdict = gate.may_dial ? t(gate.waived ? "lead_waived" : "lead_may")
    : gate.opens_at ? t("lead_opens", { at: dateTime(seconds(gate.opens_at)) }) : t("lead_never");
  return [
    h("p.verdict", {}, h(`span.chip${gate.may_dial ? ".good" : ".warn"}`, {}, lead.external_id || lead.lead), verdict),
    reasons.length > 0 && h("ul.reasons", {}, reasons.map((reason) => h("li", {}, reason))),
    gate.turn && h("p.turn", {}, turnText(gate.turn)),
    h("p.past", {}, t("past_attempts", { n: lead.attempts.length })),
    lead.attempts.map((one) => h("p.past", {}, `${dateTime(seconds(one.at))} · ${[one.outcome && known(one.outcome, one.outcome), one.disposition].filter(Boolean).join(" · ") || one.state}`)),
  ];
}

/** An estimate and said to be one: the range, and what it was made of. */
function turnText({ ahead, calls, span_s: span, earliest, latest }) {
  const [from, to] = [earliest, latest].map((at) => at && dateTime(seconds(at)));
  const when = !from ? "turn_unknown" : !to ? "turn_not_before" : from === to ? "turn_at" : "turn_between";
  return [t(when, { from, to }), t("turn_made_of", { ahead: number(ahead), calls: number(calls), minutes: Math.max(1, Math.round(span / 60)) })].join(" ");
}

// ---- one moment

function paintDecisions(decisions) {
  setText(byId("decisions-title"), t(byId("moment").value ? "why_then" : "why_latest"));
  show(byId("decisions"), decisions.length ? decisions.map(decisionView) : h("p.empty", {}, t("why_no_decision")));
}

function decisionView(one) {
  return h("div.decision", {},
    h("p", {}, one.reason),
    h("p.meta", {}, h("time", {}, new Date(one.at).toLocaleTimeString(language() === "en" ? "en-GB" : "ru-RU")), h("b", {}, t("started_n", { n: one.calls_to_start })),
      one.wished !== one.calls_to_start && h("span", {}, t("wished_n", { n: one.wished })), h("span", {}, known(`mode_${one.strategy}`, one.strategy)), h("span", {}, one.server)));
}

const me = await ask("GET", "/api/v1/me");
translate(document);
startTop(me.name);
({ campaigns } = await ask("GET", "/api/v1/campaigns"));
byId("campaign").append(...campaigns.map((one) => h("option", { value: one.id }, one.name)));
const asked = new URLSearchParams(location.search);
if (asked.has("campaign")) byId("campaign").value = asked.get("campaign");
byId("asked").addEventListener("submit", (event) => { event.preventDefault(); refresh(); });
for (const id of ["campaign", "moment"]) byId(id).addEventListener("change", refresh);
byId("campaign").addEventListener("change", () => { list = 0; });
document.addEventListener("language", refresh);
await refresh();
