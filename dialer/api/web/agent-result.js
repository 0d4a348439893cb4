// The result: a choice is one key, saving it is another. What it needs beside (a reason, when to call back) appears with it.
import { CallbackView } from "/assets/agent-callback.js";
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

export const CHOICE = ".choice";
const REASON = ".reason";
const CALL_AT = ".call_at";
const PERSONAL = ".personal";
const FOR_THE_PERSON = new Set(["call_back", "wrong_number", "retry"]); // holds for every order of the person

export class ResultView {
  #card;
  #draft;
  #chosen;
  #detail = null;
  #detailOf = "";

  /** `chosen()` is told that the choice of the order looked at has changed. */
  constructor(card, draft, chosen) {
    this.#card = card;
    this.#draft = draft;
    this.#chosen = chosen;
    this.order = card.orders[0];
    this.choices = h("div.choices", { role: "radiogroup", "aria-label": t("results") });
    this.details = h("div.details");
    this.paint();
  }

  /** Digits choose, Shift and a digit choose a refusal. */
  key(event) {
    const place = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    if (!place) return false;
    const group = this.#card.dispositions.filter((one) => one.is_refusal === event.shiftKey);
    if (group[place - 1] === undefined) return false;
    this.choose(group[place - 1].code);
    return true;
  }

  choose(code) {
    if (this.#isClosed) return;
    this.#draft.set(this.order.lead, CHOICE, code);
    this.paint();
    if (this.#of(code)?.needs_reason) this.details.querySelector("input")?.focus();
    this.#chosen();
  }

  show(order) {
    this.order = order;
    this.paint();
  }

  /** The card as it is now, and the order looked at in it. */
  renew(card, order) {
    this.#card = card;
    this.show(order);
  }

  lock() {
    this.locked = true;
    this.paint();
  }

  /** The disposition chosen for this order, or null. */
  chosen(order = this.order) { return this.#of(this.#draft.get(order.lead, CHOICE)) ?? null; }

  /** Open orders that this result does not settle. */
  left() { return this.#others().filter(({ choice }) => choice === null).length; }

  /** What is sent, and the orders whose forms it needs. */
  body() {
    const [own] = this.#card.orders;
    const orders = this.#others().filter(({ choice }) => choice !== null).map(({ order, choice, said }) => ({ lead: order.lead, ...this.#said(said, choice) }));
    return { ...this.#said(own, this.chosen(own)), personal: this.#draft.get(own.lead, PERSONAL) === "yes", orders };
  }

  judged() {
    const [own] = this.#card.orders;
    return [{ order: own, choice: this.chosen(own) }, ...this.#others()].filter(({ choice }) => choice !== null);
  }

  mark(errors) {
    const here = errors.some(({ where }) => where === REASON || where === CALL_AT);
    if (here) this.details.querySelector("input, select")?.focus();
    return here;
  }

  /** A cancelled order takes no result. */
  get #isClosed() { return this.locked || this.order.isCancelled; }

  /** The other orders that are open: as chosen for them, or as the first one's result goes for the person as a whole. That he
      wants no more calls is told of a cancelled one too. */
  #others() {
    const [own, ...others] = this.#card.orders;
    const general = FOR_THE_PERSON.has(this.chosen(own)?.effect) ? this.chosen(own) : null;
    return others.filter((order) => !order.isCancelled || this.chosen(order)?.effect === "do_not_call").map((order) => {
      const choice = this.chosen(order);
      return { order, choice: choice ?? general, said: choice ? order : own };
    });
  }

  #said(order, choice) {
    const said = { disposition: choice.code };
    const at = Number(this.#draft.get(order.lead, CALL_AT));
    if (choice.needs_reason) said.reason = this.#draft.get(order.lead, REASON);
    if (choice.effect === "call_back" && at) said.call_at = new Date(at * 1000).toISOString();
    return said;
  }

  #of(code) { return this.#card.dispositions.find((one) => one.code === code); }

  paint() {
    const code = this.#draft.get(this.order.lead, CHOICE);
    const column = (title, refusals) => {
      const group = this.#card.dispositions.filter((one) => one.is_refusal === refusals);
      return group.length > 0 && h("div.column", {}, h("h3.title", {}, title), group.map((one, place) => this.#choice(one, code, place)));
    };
    const focused = this.choices.contains(document.activeElement) ? document.activeElement.dataset.code : null;
    this.choices.replaceChildren(...[column(t("results"), false), column(t("refusals"), true)].filter(Boolean));
    if (focused) this.choices.querySelector(`[data-code="${focused}"]`)?.focus();
    this.#paintDetail();
  }

  #choice(one, code, place) {
    const isChosen = one.code === code;
    return h("button.choice", {
      role: "radio", "aria-checked": String(isChosen), "data-code": one.code, disabled: this.#isClosed, title: one.label,
      onclick: () => this.choose(one.code),
    }, place < 9 && h("kbd", {}, `${one.is_refusal ? "⇧" : ""}${place + 1}`), h("span", {}, one.label));
  }

  #paintDetail() {
    const choice = this.chosen();
    const key = choice && `${this.order.lead} ${choice.code} ${document.documentElement.lang}`;
    if (key === this.#detailOf && !this.locked) return;
    this.#detailOf = key;
    this.#detail = choice && !this.#isClosed ? this.#detailFor(choice) : null;
    this.details.replaceChildren(...[this.#detail].filter(Boolean));
  }

  #detailFor(choice) {
    const { lead } = this.order;
    if (choice.effect === "call_back") {
      const keep = (at, personal) => {
        this.#draft.set(lead, CALL_AT, at);
        this.#draft.set(lead, PERSONAL, personal ? "yes" : "");
      };
      const view = new CallbackView(this.#card, this.#draft.get(lead, CALL_AT), this.#draft.get(lead, PERSONAL) === "yes", keep);
      if (view.value) this.#draft.set(lead, CALL_AT, view.value);
      return view.element;
    }
    if (!choice.needs_reason) return null;
    const input = h("input", { type: "text", maxlength: 1000, placeholder: t("reason_in_words"), "aria-label": t("reason_in_words"), oninput: () => this.#draft.set(lead, REASON, input.value) });
    input.value = this.#draft.get(lead, REASON);
    return h("div.detail", {}, input);
  }
}
