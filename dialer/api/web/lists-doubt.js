// Numbers in doubt: each with its candidates, settled by a press, or all at once by a rule.
import { byId, h, setText, show } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { t } from "/assets/words.js";

const RULES = ["first", "try", "refuse"];
const PAGE = 50;

/** `changed` is called after each decision. */
export function startDoubt({ changed }) {
  let list = null;
  let leads = [];
  const only = { question: "", text: "" };

  async function open(chosen) {
    list = chosen;
    only.question = byId("only-question").value = only.text = byId("only-text").value = "";
    await load();
    byId("undecided").querySelector("button")?.focus();
  }

  async function load() {
    if (list === null) return;
    leads = (await ask("GET", `/api/v1/lists/${list.id}/undecided?${new URLSearchParams({ limit: PAGE, ...meant() })}`)).leads;
    if (!leads.length && !isFiltered()) list = null;
    paint();
  }

  const meant = () => Object.fromEntries(Object.entries(only).filter(([, value]) => value));
  const isFiltered = () => Object.keys(meant()).length > 0;

  function filter() {
    only.question = byId("only-question").value;
    only.text = byId("only-text").value.trim();
    load();
  }

  async function decide(lead, body) {
    if (!(await act("POST", `/api/v1/leads/${lead.lead}/decision`, body))) return;
    leads = leads.filter((one) => one.lead !== lead.lead);
    paint();
    byId("undecided").querySelector("button")?.focus();
    if (!leads.length) await load();
    changed();
  }

  async function decideAll(rule) {
    if (!confirm(t(isFiltered() ? "sure_rule_filtered" : `sure_rule_${rule}`, { name: list.name, rule: t(`rule_${rule}`) }))) return;
    await act("POST", `/api/v1/lists/${list.id}/decisions`, { rule, ...meant() });
    await load();
    changed();
  }

  function paint() {
    byId("doubt").hidden = list === null;
    if (list === null) return;
    setText(byId("doubt-of"), list.name);
    show(byId("rules"), RULES.map((rule) => h("button.button.small", { onclick: () => decideAll(rule) }, t(`rule_${rule}`))));
    show(byId("undecided"), leads.length === 0 ? h("p.empty", {}, t("none_of_them")) : h("table", {},
      h("thead", {}, h("tr", {}, h("th", {}, t("order")), h("th", {}, t("person")), h("th", {}, t("place")), h("th", {}, t("question")), h("th", {}, t("candidates")))),
      h("tbody", {}, leads.map(leadRow))));
  }

  function leadRow(lead) {
    return h("tr", {},
      h("td", {}, lead.external_id ?? "—"), h("td", {}, lead.person),
      h("td", {}, [lead.fields.postcode, lead.fields.town, lead.region].filter(Boolean).join(", ")),
      h("td", {}, t(`question_${lead.question}`)),
      h("td", {}, h("div.candidates", {},
        lead.candidates.map((one) => h("button.button.small", { title: one.zone, onclick: () => decide(lead, { number: one.number }) }, shown(one.number), h("small", {}, one.place || one.region))),
        h("button.button.small.danger", { onclick: () => decide(lead, { refuse: true }) }, t("call_nobody")))));
  }

  document.addEventListener("language", paint);
  byId("only-question").addEventListener("change", filter);
  byId("only-text").addEventListener("change", filter);
  return {
    open,
    /** The lists as they now are: one that has nothing left to decide is closed. */
    lists(found) {
      if (list !== null && !found.some((one) => one.id === list.id && one.undecided)) { list = null; paint(); }
    },
  };
}

/** `+7 495 234-56-78` */
const shown = (ten) => `+7 ${ten.slice(0, 3)} ${ten.slice(3, 6)}-${ten.slice(6, 8)}-${ten.slice(8)}`;
