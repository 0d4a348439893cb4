// The call on the screen: script, recipient, information, result. The parts know nothing of one another; this joins them.
import { CardView, orderName } from "/assets/agent-card.js";
import { Draft } from "/assets/agent-draft.js";
import { FormView } from "/assets/agent-form.js";
import { InfoView } from "/assets/agent-info.js";
import { ResultView } from "/assets/agent-result.js";
import { ScriptView } from "/assets/agent-script.js";
import { h, note, setText } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { now } from "/assets/time.js";
import { t } from "/assets/words.js";

export class CallView {
  #agent;
  #path;
  #search;
  #saving = false;
  #saved = null;
  #began = now();
  #forms = new Map(); // by lead
  #parts = null;

  /** `path` is the agent's own in the API; `search` finds project information. */
  constructor(call, { agent, path, search }) {
    this.#agent = agent;
    this.#path = path;
    this.#search = search;
    this.attempt = call.attempt;
    this.kept = h("span.kept");
    this.draft = new Draft(call.attempt, `${path}/form`, (status) => this.#said(status));
    this.element = h("div.call");
    this.call = call;
    this.update(call);
  }

  /** The server's picture again, after a reload or a lost link: what is being typed stays where it is. */
  update(call) {
    const isPreview = call.preview_until !== null;
    const before = this.call;
    const isNew = this.#parts === null || (this.call.card === null) !== (call.card === null) || this.isPreview !== isPreview;
    this.call = call;
    for (const order of call.card?.orders ?? []) order.isCancelled = call.cancelled.includes(order.lead);
    this.isPreview = isPreview;
    this.element.classList.toggle("preview", isPreview);
    this.ended = call.ended;
    this.isWithdrawn = call.withdrawn;
    const changes = this.draft.load(call.entered);
    if (call.disposed !== null) this.#saved = call.disposed;
    if (isNew) this.repaint();
    else {
      this.#renew(before);
      this.#refresh(changes);
    }
    this.draft.flush();
  }

  /** Edits that came from another tab or browser. */
  edited(edits) { this.#refresh(this.draft.apply(edits)); }

  end() { this.ended = true; }
  withdraw() { this.isWithdrawn = true; }

  saved(disposition) {
    this.#saved = disposition;
    this.#saving = false;
    this.#lock();
  }

  summary() {
    const label = this.call.card?.dispositions.find((one) => one.code === this.#saved)?.label;
    return { at: this.call.answered_at ?? this.#began, person: this.call.card?.person, result: label };
  }

  repaint() {
    const { card } = this.call;
    if (card === null) {
      this.#parts = {};
      this.element.replaceChildren(panel("script", {}, h("div.script", {}, h("p.greeting", {}, t("hint_no_card")))));
      return this.element;
    }
    const order = this.#parts?.order ?? card.orders[0];
    const result = new ResultView(card, this.draft, () => this.#chosen());
    const script = new ScriptView(card, this.#agent, this.draft, (code) => result.choose(code));
    this.#forms.clear();
    const middle = h("div.body", { tabindex: 0, role: "region", "aria-label": t("recipient") }); // scrolled by keyboard too
    this.#parts = { order, result, script, middle, info: new InfoView(card.project, this.#search), form: h("div.form-of") };
    this.#layOut(card);
    this.#look(card.orders.find((one) => one.lead === order.lead) ?? card.orders[0]);
    return this.element;
  }

  /** The clocks on the walls. */
  tick() { this.#parts?.card?.tick(); }

  /** How much of the wrap-up is left, in seconds; null where its clock does not run. */
  wrapUp(state) {
    const whole = this.call.card?.wrap_up_s ?? 0;
    if (state.state !== "wrap_up" || whole === 0 || this.#saved !== null) return null;
    return { word: "wrap_up_left", whole, left: Math.max(0, whole - (now() - state.since)) };
  }

  /** How much longer the lead may be looked at before it goes back, in seconds; null where its clock does not run. */
  toLook(state) {
    if (state.state !== "previewing" || !this.isPreview) return null;
    const { preview_until: until } = this.call;
    return { word: "preview_left", whole: until - state.since, left: Math.max(0, until - now()) };
  }

  /** Tells whether the key meant something. `typing`: a field has it, and only what leaves or saves is ours. */
  key(event, typing) {
    const { result, script, info, order } = this.#parts ?? {};
    if (result === undefined) return false;
    if (this.isPreview) return this.#previewKey(event, typing, info);
    const saves = event.code === "Enter" || event.code === "NumpadEnter";
    if (typing) return this.#typingKey(event, saves);
    if (result.key(event) || script.key(event)) return true;
    if (event.code === "KeyF") this.#form(order).focus();
    else if (event.code === "KeyI") info.open();
    else if (event.code === "BracketRight") this.#turn(1);
    else if (event.code === "BracketLeft") this.#turn(-1);
    else if (saves && !event.target.matches("button:not(.choice), summary, a")) this.#submit();
    else return false;
    return true;
  }

  /** Before the call there is no result to give: only what is read. */
  #previewKey(event, typing, info) {
    if (typing && event.code === "Escape") event.target.blur();
    else if (typing) return false;
    else if (event.code === "KeyI") info.open();
    else if (event.code === "BracketRight") this.#turn(1);
    else if (event.code === "BracketLeft") this.#turn(-1);
    else return false;
    return true;
  }

  #typingKey(event, saves) {
    if (event.code === "Escape") event.target.blur();
    else if (saves && (event.ctrlKey || event.target.closest(".details"))) this.#submit();
    else return false;
    return true;
  }

  #layOut(card) {
    const { result, script, info, middle, form } = this.#parts;
    this.foot = h("div.foot");
    this.element.replaceChildren(
      h("div.left", {},
        panel("script", { chip: card.script_version && t("version_n", { n: card.script_version }) }, h("div.body", {}, script.element)),
        info.element),
      panel("recipient", { chip: `${t("attempt_no")} ${card.attempt_no}` }, middle),
      this.isPreview ? panel("before_the_call", { chip: card.project_name }, h("div.body.before", {}, h("p", {}, t("hint_previewing")), h("p.keys", {}, t("hint_preview_keys")))) :
      panel("result", { chip: card.project_name, beside: this.kept }, h("div.body", {}, form, result.choices), result.details, this.foot));
  }

  /** Go to this order of the person: its fields, its form, its result. */
  #look(order) {
    const { card } = this.call;
    Object.assign(this.#parts, { order });
    this.#parts.result.show(order);
    this.#parts.form.replaceChildren(this.#form(order).element);
    this.#paintCard(card, order);
    this.#paintFoot();
    if (this.#saved !== null) this.#lock();
  }

  /** Another order may be changed or cancelled by now. The one looked at stays, and its form open: a key that falls beside
      a field which has just gone would hang up. */
  #renew(before) {
    const { card, cancelled } = this.call;
    if (card === null) return;
    const { result, order: old } = this.#parts;
    const order = card.orders.find(({ lead }) => lead === old.lead) ?? { ...old, isCancelled: true };
    this.#parts.order = order;
    result.renew(card, order);
    this.#paintCard(card, order);
    this.#paintFoot();
    for (const one of card.orders.filter(({ lead }) => cancelled.includes(lead) && !before.cancelled.includes(lead))) {
      note(t("other_order_cancelled"), t("other_order_owes_nothing", { order: orderName(one) }));
    }
  }

  #turn(by) {
    const { orders } = this.call.card;
    const next = orders[orders.findIndex(({ lead }) => lead === this.#parts.order.lead) + by];
    if (next) this.#look(next);
  }

  #form(order) {
    if (!this.#forms.has(order.lead)) this.#forms.set(order.lead, new FormView(this.call.card, order, this.draft, this.#saved === null));
    return this.#forms.get(order.lead);
  }

  #paintCard(card, order) {
    const mark = (one) => one.isCancelled ? t("order_is_cancelled") : this.#parts.result.chosen(one)?.label ?? "";
    this.#parts.card = new CardView(card, { order, mark, choose: (one) => this.#look(one) });
    this.#parts.middle.replaceChildren(this.#parts.card.element);
  }

  #chosen() {
    for (const form of this.#forms.values()) form.clear();
    if (this.call.card.orders.length > 1) this.#paintCard(this.call.card, this.#parts.order);
    this.#paintFoot();
  }

  #refresh(changes) {
    if (this.#parts?.result === undefined) return;
    for (const change of changes) this.#forms.get(change.lead)?.refresh(change);
    if (changes.some(({ field }) => field === ".path")) this.#parts.script.paint();
    if (changes.some(({ field }) => field.startsWith("."))) {
      this.#parts.result.paint();
      this.#chosen();
    }
    if (this.#saved !== null) this.#lock();
  }

  #lock() {
    if (this.#parts?.result === undefined) return;
    if (!this.#parts.result.locked) this.#parts.result.lock();
    for (const form of this.#forms.values()) form.lock();
    this.#paintFoot();
  }

  async #submit() {
    const { result } = this.#parts;
    if (result.chosen(this.call.card.orders[0]) === null || this.#saved !== null || this.#saving) return;
    if (this.#marked(this.#missing())) return;
    this.#saving = true;
    this.#paintFoot();
    try {
      if (!(await this.draft.flush())) throw new Error(t("no_answer_from_server"));
      const errors = this.#refused();
      if (errors.length) throw Object.assign(new Error(t("draft_refused")), { errors });
      const { passed_over: passedOver } = await ask("POST", `${this.#path}/disposition`, { attempt: this.attempt, ...result.body() });
      this.#sayPassedOver(passedOver);
    } catch (error) {
      this.#saving = false;
      this.#paintFoot();
      if (!this.#marked(error.errors ?? [])) note(t("result_incomplete"), error.kind === "not-joined" ? t("not_joined") : error.message);
    }
  }

  #missing() {
    if (this.isWithdrawn) return [];
    const owed = this.#parts.result.judged().filter(({ choice }) => choice.needs_form);
    return owed.flatMap(({ order }) => this.#form(order).missing().map((one) => ({ ...one, lead: order.lead })));
  }

  /** What was typed for orders that take a result and is not in the books. */
  #refused() {
    const taking = new Set(this.call.card.orders.filter((order) => !order.isCancelled).map(({ lead }) => lead));
    return this.draft.refused.filter(({ lead, field }) => taking.has(lead) && !field.startsWith("."))
      .map(({ lead, field }) => ({ lead, where: field, what: "not_kept" }));
  }

  #sayPassedOver(leads) {
    const orders = this.call.card.orders.filter(({ lead }) => leads.includes(lead)).map(orderName).join(", ");
    if (orders) note(t("orders_passed_over"), t("orders_not_open", { orders }));
  }

  /** Show what is wrong where it is; tells whether anything was. */
  #marked(errors) {
    const mine = errors.filter((one) => one.lead !== undefined);
    if (mine.length === 0) return false;
    const order = this.call.card.orders.find(({ lead }) => lead === mine[0].lead);
    if (order !== this.#parts.order) this.#look(order);
    const here = mine.filter(({ lead }) => lead === order.lead);
    const found = this.#form(order).mark(here);
    if (!found && !this.#parts.result.mark(here)) return false;
    this.#paintFoot(`${t("result_incomplete")}. ${t("see_marked")}`);
    return true;
  }

  #paintFoot(trouble = "") {
    const { result } = this.#parts;
    const chosen = result.chosen(this.call.card.orders[0]);
    const word = this.#saved !== null ? "saved" : this.#saving ? "saving" : chosen === null ? "choose_result" : "save_result";
    const left = word === "save_result" ? result.left() : 0;
    this.foot.replaceChildren(...[
      trouble && h("p.trouble", { role: "alert" }, trouble),
      !trouble && left > 0 && h("p.left-open", {}, t("leaves_open", { n: left })),
      h("button.button.main", { disabled: word !== "save_result", onclick: () => this.#submit() },
        t(word), word === "save_result" && h("kbd", {}, "Enter")),
    ].filter(Boolean));
  }

  #said(status) {
    this.kept.dataset.status = status;
    this.kept.setAttribute("aria-live", status === "waiting" || status === "refused" ? "polite" : "off"); // not after every key
    setText(this.kept, t(`draft_${status}`));
    if (status === "refused") for (const form of this.#forms.values()) form.sayRefused();
  }
}

const panel = (word, { chip, beside }, ...body) => h("section.panel", { "aria-label": t(word) },
  h("div.head", {}, h("h2.title", {}, t(word)), beside, chip && h("span.chip", {}, chip)), ...body);
