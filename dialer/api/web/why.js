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
let turn = 0;

const seconds = (text) => Date.parse(text) / 1000;
const reasonOf = (code) => known(`gate_${code}`, known(code, code));

async function refresh() {
  const mine = ++turn;
  const campaign = byId("campaign").value;
  if (!campaign) return;
  try {
    const [standing, made, lead] = await Promise.all([
      ask("GET", `/api/v1/campaigns/${campaign}/why`), ask("GET", `/api/v1/campaigns/${campaign}/decisions?${decisionsAsked()}`), askLead(),
    ]);
    if (mine !== turn) return;
    paintStanding(standing);
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
    return { lead, gate: await ask("GET", `/api/v1/leads/${lead.lead}/may-dial`) };
  } catch (error) {
    if (error.status === 404) return t("lead_not_found", { what: name });
    throw error;
  }
}

// ---- where leads stand

function paintStanding({ leads, lines, campaign_runs: runs }) {
  show(byId("sum"), t("why_sum", { n: number(leads) }), !runs && h("span.chip.warn", {}, t("why_not_running")));
  show(byId("standing"), KINDS.flatMap((kind) => {
    const own = lines.filter((one) => one.kind === kind);
    const all = own.reduce((sum, one) => sum + one.leads, 0);
    return own.length ? [h("tr.kind", {}, h("td", {}, t(`kind_${kind}`)), h("td.number", {}, number(all))), ...own.map(lineView)] : [];
  }));
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
    h("p.past", {}, t("past_attempts", { n: lead.attempts.length })),
    lead.attempts.map((one) => h("p.past", {}, `${dateTime(seconds(one.at))} · ${[one.outcome && known(one.outcome, one.outcome), one.disposition].filter(Boolean).join(" · ") || one.state}`)),
  ];
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
document.addEventListener("language", refresh);
await refresh();
