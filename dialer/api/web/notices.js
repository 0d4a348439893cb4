// Text messages and e-mails between attempts: a campaign's steps with their texts, and what became of each.
import { byId, h, note, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { number } from "/assets/time.js";
import { startTop } from "/assets/top.js";
import { t, translate } from "/assets/words.js";
import "/assets/words-notices.js";

const ENDS = ["no_answer", "busy", "rejected", "unavailable", "abandoned"];
const STATES = ["sent", "waiting", "sending", "failed", "unknown", "dropped"];
const MOST = 20;

const me = await ask("GET", "/api/v1/me");
let steps = [];
let sums = [];
let asking = null; // the question whose answer is waited for: until then there is nothing to change

const path = () => `/api/v1/campaigns/${byId("campaign").value}/notices`;

async function refresh() {
  const question = byId("campaign").value ? ask("GET", path()) : null;
  [steps, sums, asking] = [[], [], question];
  paint();
  let found;
  try {
    found = (await question) ?? { steps, sums };
  } catch (error) {
    return note(t("failed"), error.message); // what is not known is not saved over
  }
  if (asking !== question) return; // another campaign was chosen meanwhile
  ({ steps, sums } = found);
  asking = null;
  paint();
}

async function save(event) {
  event.preventDefault();
  const without = steps.find((step) => step.after.length === 0);
  if (without) return note(t("failed"), t("notice_needs_end", { name: without.name }));
  try {
    ({ steps, sums } = await ask("PUT", path(), { steps }));
    note(t("notice_saved"));
  } catch (error) {
    note(t("failed"), error.errors?.[0]?.what ?? error.message);
  }
  paint();
}

// ---- the steps

function add() {
  const taken = new Set(steps.map((step) => step.name));
  let place = steps.length + 1;
  while (taken.has(`step_${place}`)) place += 1;
  steps.push({ name: `step_${place}`, channel: "sms", after: ["no_answer"], times: 2, text: "", subject: "", address: "email" });
  paint();
  byId("steps").lastElementChild.querySelector("textarea").focus();
}

function drop(step) {
  steps = steps.filter((one) => one !== step);
  paint();
  byId("add").focus();
}

function paint() {
  byId("steps").replaceChildren(...(steps.length ? steps.map(row) : [h("p.empty", {}, t("notice_none"))]));
  byId("add").disabled = asking !== null || !byId("campaign").value || steps.length >= MOST;
  byId("save").disabled = asking !== null || !byId("campaign").value;
  const names = [...new Set(sums.map((one) => one.step))];
  const count = (step, state) => sums.filter((one) => one.step === step && one.state === state).reduce((all, one) => all + one.notices, 0);
  show(byId("sums"), names.length === 0 ? h("p.empty", {}, t("notice_none_sent")) : h("table", {},
    h("thead", {}, h("tr", {}, h("th", {}, t("notice_step")), STATES.map((state) => h("th.number", {}, t(`notice_${state}`))))),
    h("tbody", {}, names.map((step) => h("tr", {}, h("td", {}, step), STATES.map((state) => h("td.number", {}, number(count(step, state)))))))));
}

function row(step) {
  const field = (key, kind, properties = {}) => {
    const control = h(kind, { "data-of": key, oninput: () => { step[key] = kind === "input" && properties.type === "number" ? Number(control.value) : control.value; }, ...properties });
    control.value = step[key];
    return h("label.field", {}, h("span", {}, t(`notice_${key}`)), control);
  };
  const isMail = step.channel === "email";
  return h("fieldset.step", {}, h("legend", {}, step.name),
    h("div.cells", {},
      field("name", "input", { required: true, pattern: "[a-z][a-z0-9_]{0,31}", autocomplete: "off", spellcheck: "false" }),
      channel(step),
      field("times", "input", { type: "number", min: 1, max: 100, required: true }),
      isMail && field("address", "input", { required: true, maxlength: 200, autocomplete: "off" })),
    h("div.checks", { role: "group", "aria-label": t("notice_after") }, h("span", {}, t("notice_after")), ENDS.map((end) => check(step, end))),
    isMail && field("subject", "input", { required: true, maxlength: 200, autocomplete: "off" }),
    field("text", "textarea", { required: true, maxlength: 4000, rows: 3 }),
    h("div.acts", {}, h("button.button.small.danger", { type: "button", onclick: () => drop(step) }, t("notice_drop"))));
}

/** The fields of an e-mail come and go with it; the choice keeps the focus. */
function channel(step) {
  const select = h("select", { "data-of": "channel", onchange: () => {
    step.channel = select.value;
    paint();
    byId("steps").children[steps.indexOf(step)].querySelector("select").focus();
  } }, ["sms", "email"].map((one) => h("option", { value: one }, t(`notice_by_${one}`))));
  select.value = step.channel;
  return h("label.field", {}, h("span", {}, t("notice_channel")), select);
}

function check(step, end) {
  const box = h("input", { type: "checkbox", onchange: () => { step.after = ENDS.filter((one) => (one === end ? box.checked : step.after.includes(one))); } });
  box.checked = step.after.includes(end);
  return h("label.check", {}, box, h("span", {}, t(`notice_end_${end}`)));
}

// ---- life

translate(document);
startTop(me.name);
byId("edit").addEventListener("submit", save);
byId("add").addEventListener("click", add);
byId("campaign").addEventListener("change", refresh);
document.addEventListener("language", paint);
const { campaigns } = await ask("GET", "/api/v1/campaigns");
byId("campaign").append(...campaigns.map((one) => h("option", { value: one.id }, one.name)));
await refresh();
