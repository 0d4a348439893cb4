// The audit log: asked by who, what and when; a page at a time, the newest first; the same as a file.
import { byId, h, note, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { dayOf, now } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { known, language, t, translate } from "/assets/words.js";
import "/assets/words-steering.js";

const KINDS = ["all", "looks", "changes"];
const NOUNS = ["campaign", "lead", "card", "call", "list", "agent", "user", "session", "number", "project", "scripts", "forms", "webhook", "person"];
const PAGE = 100;
const DAY_MS = 86_400_000;

let entries = [];
let turn = 0;
let campaigns = [];

/** Days as this machine's calendar has them. */
const midnight = (day, after = 0) => new Date(new Date(`${day}T00:00:00`).getTime() + after * DAY_MS).toISOString();

function asked(more = {}) {
  const query = new URLSearchParams({ kind: byId("kind").value });
  for (const id of ["by", "action", "subject"]) if (byId(id).value.trim()) query.set(id, byId(id).value.trim());
  if (byId("first").value) query.set("since", midnight(byId("first").value));
  if (byId("last").value) query.set("before", midnight(byId("last").value, 1));
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  return `/api/v1/audit?${query}`;
}

async function load(before) {
  const mine = ++turn;
  try {
    const found = (await ask("GET", asked({ bound: PAGE, ...(before && { before }) }))).entries;
    if (mine !== turn) return;
    entries = before ? [...entries, ...found] : found;
    byId("more").hidden = found.length < PAGE;
    paint();
  } catch (error) {
    note(t("failed"), error.message);
  }
}

function paint() {
  byId("csv").href = asked({ format: "csv", zone: Intl.DateTimeFormat().resolvedOptions().timeZone });
  byId("none").hidden = entries.length > 0;
  show(byId("entries"), entries.map(rowOf));
  show(byId("known-names"), [...new Set(entries.map((one) => one.by))].sort().map((name) => h("option", { value: name })));
}

function rowOf(entry) {
  const detail = Object.entries(entry.detail);
  return h("tr", {},
    h("td", {}, h("time", { datetime: entry.at }, moment(entry.at))),
    h("td", {}, entry.by),
    h("td", { title: entry.action }, known(`did_${entry.action.replace(".", "_")}`, entry.action)),
    h("td", {}, subjectOf(entry)),
    h("td", {}, detail.map(([name, value], place) => [place > 0 && h("br"), h("small", {}, `${name}: `), value])));
}

/** A campaign's name stands beside its number; other subjects are names already, or ids. */
function subjectOf({ action, subject }) {
  const name = action.startsWith("campaign.") && campaigns.find((one) => String(one.id) === subject)?.name;
  return name ? `${subject} ${name}` : subject;
}

function moment(at) {
  const form = { day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "ru-RU", form).format(Date.parse(at));
}

function fill() {
  const keep = { kind: byId("kind").value || "all", action: byId("action").value };
  show(byId("kind"), KINDS.map((kind) => h("option", { value: kind }, t(`audit_${kind}`))));
  show(byId("action"), h("option", { value: "" }, t("audit_anything")), NOUNS.map((noun) => h("option", { value: noun }, t(`noun_${noun}`))));
  for (const [id, value] of Object.entries(keep)) byId(id).value = value;
}

const me = await ask("GET", "/api/v1/me");
({ campaigns } = await ask("GET", "/api/v1/campaigns"));
translate(document);
startTop(me.name);
fill();
byId("first").value = dayOf(now() - 6 * 86_400);
byId("last").value = dayOf(now());
byId("asked").addEventListener("submit", (event) => { event.preventDefault(); load(); });
for (const id of ["kind", "action", "first", "last"]) byId(id).addEventListener("change", () => load());
byId("more").addEventListener("click", () => load(entries.at(-1).at));
document.addEventListener("language", () => { fill(); paint(); });
await load();
