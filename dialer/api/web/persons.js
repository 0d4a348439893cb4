// A person's demands: all that is held of him, and to be forgotten; for how long a project remembers; the proofs.
import { byId, h, note, setText, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { dateTime, number } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { t, translate } from "/assets/words.js";
import "/assets/words-persons.js";

const TERMS = ["delivered_days", "closed_days"];
const PAGE = 100;

const me = await ask("GET", "/api/v1/me");
let held = null;
let file = null; // the address of the export under way in this page
let done = null;
let proofs = [];
let following = null;

const project = () => byId("project").value;
const path = (what) => `/api/v1/projects/${project()}/${what}`;

// ---- a person

async function look(event) {
  event.preventDefault();
  await told(async () => { held = await ask("POST", "/api/v1/persons/export", { phone: byId("phone").value }); });
  paintHeld();
}

function paintHeld() {
  if (file) URL.revokeObjectURL(file);
  file = null;
  if (held === null) return show(byId("held"));
  const text = JSON.stringify(held, null, 2);
  file = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  show(byId("held"),
    h("p", {}, t("persons_held", { n: number(held.leads.length) }), " ", h("a", { href: file, download: "person.json" }, t("persons_file"))),
    h("details", {}, h("summary", {}, t("persons_all")), h("pre", { tabindex: 0, "aria-label": t("persons_all") }, text)));
}

/** The last four digits typed once more are the confirmation: there is no way back. */
function guard() {
  const digits = byId("phone").value.replace(/\D/g, "");
  byId("forget").disabled = digits.length < 10 || byId("last-four").value !== digits.slice(-4) || !byId("reason").value.trim();
}

async function erase(event) {
  event.preventDefault();
  if (byId("forget").disabled) return;
  byId("forget").disabled = true;
  const body = { phone: byId("phone").value, reason: byId("reason").value.trim(), do_not_call: byId("do-not-call").checked };
  if (!(await told(async () => { done = await ask("POST", "/api/v1/persons/erase", body); }))) return guard();
  held = null;
  byId("look").reset();
  byId("erase").reset();
  paint();
  await refresh();
}

// ---- a project

/** Until a project's terms are known they cannot be saved; an answer about another one comes too late. */
async function refresh() {
  const asked = project();
  byId("save").disabled = true;
  if (!asked) return;
  await told(async () => {
    const [terms, found] = await Promise.all([ask("GET", path("forgetting")), ask("GET", `${path("forgotten")}?newest=true&limit=${PAGE}`)]);
    if (project() !== asked) return;
    for (const name of TERMS) byId(name).value = terms[name] ?? "";
    ({ forgotten: proofs, next: following } = found);
    byId("save").disabled = false;
  });
  paint();
}

async function more() {
  await told(async () => {
    const page = await ask("GET", `${path("forgotten")}?newest=true&limit=${PAGE}&after=${encodeURIComponent(following)}`);
    proofs = [...proofs, ...page.forgotten];
    following = page.next;
  });
  paint();
}

async function save(event) {
  event.preventDefault();
  const body = Object.fromEntries(TERMS.map((name) => [name, byId(name).value ? Number(byId(name).value) : null]));
  if (!confirm(t("persons_sure"))) return;
  if (await told(() => ask("PUT", path("forgetting"), body))) note(t("persons_saved"));
}

function paint() {
  paintHeld();
  setText(byId("done"), done ? t(done.waiting ? "persons_done_waiting" : "persons_done", { n: number(done.forgotten), waiting: number(done.waiting) }) : "");
  byId("more").hidden = following === null;
  const heads = ["when", "rule", "lead", "erased", "by"];
  show(byId("proofs"), proofs.length === 0 ? h("p.empty", {}, t("persons_no_proofs")) : h("table", {},
    h("thead", {}, h("tr", {}, heads.map((name) => h("th", {}, t(`persons_${name}`))))),
    h("tbody", {}, proofs.map(proof))));
}

function proof(one) {
  const rows = Object.entries(one.erased).map(([table, count]) => `${table}: ${number(count)}`).join(", ");
  return h("tr", {},
    h("td", { title: one.at }, dateTime(Date.parse(one.at) / 1000)),
    h("td", {}, t(`persons_rule_${one.rule}`, { days: one.days ?? "" })),
    h("td", {}, one.lead), h("td", {}, rows || "—"), h("td", {}, one.by));
}

/** True where it went well; else what went wrong is shown. */
async function told(request) {
  try {
    await request();
    return true;
  } catch (error) {
    note(t("failed"), error.message);
    return false;
  }
}

// ---- life

translate(document);
startTop(me.name);
byId("look").addEventListener("submit", look);
byId("erase").addEventListener("submit", erase);
byId("terms").addEventListener("submit", save);
byId("more").addEventListener("click", more);
byId("project").addEventListener("change", refresh);
for (const id of ["phone", "last-four", "reason"]) byId(id).addEventListener("input", guard);
document.addEventListener("language", paint);
const { projects } = await ask("GET", "/api/v1/projects");
byId("project").append(...projects.map((one) => h("option", { value: one.id }, one.name)));
await refresh();
