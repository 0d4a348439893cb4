// The recipient: who, what time it is there, every open order, and what was said before.
import { h, setText } from "/assets/dom.js";
import { dateTime, duration, wallClock } from "/assets/time.js";
import { known, t } from "/assets/words.js";

export class CardView {
  #card;

  /** `order` is the one that is looked at; `choose(order)` goes to another; `mark(order)` is what its tab says. */
  constructor(card, { order, choose, mark }) {
    this.#card = card;
    this.localClock = h("b");
    this.moscowClock = h("b");
    this.element = h("div.recipient", {},
      h("p.person", {}, card.person || t("no_name")),
      h("div.line", {}, h("span.number", {}, telephone(card.number)), this.#times()),
      card.orders.length > 1 && this.#tabs(order, choose, mark),
      order.isCancelled && h("p.trouble", {}, t("this_order_cancelled")),
      this.#fields(order),
      this.#history());
    this.tick();
  }

  /** The clocks on the walls. */
  tick() {
    setText(this.localClock, this.#card.zone ? wallClock(this.#card.zone) : "—");
    setText(this.moscowClock, wallClock("Europe/Moscow"));
  }

  #times() {
    const where = this.#card.zone ? `${t("local_time")} · ${this.#card.region || this.#card.zone}` : t("zone_unknown");
    return h("div.times", {},
      h("div", { title: where }, this.localClock, h("small", {}, where)),
      h("div", {}, this.moscowClock, h("small", {}, t("moscow"))));
  }

  #tabs(chosen, choose, mark) {
    return h("div.orders", { role: "tablist", "aria-label": t("orders_of_person") }, this.#card.orders.map((order) =>
      h("button", { role: "tab", "aria-selected": String(order === chosen), onclick: () => choose(order) },
        orderName(order), mark(order) && h("small", {}, mark(order)))));
  }

  #fields(order) {
    return h("dl.fields", {},
      order.external_id && [h("dt", {}, t("order")), h("dd", {}, order.external_id)],
      Object.entries(order.fields).map(([name, value]) => [h("dt", {}, known(`column_${name}`, name)), h("dd", {}, value)]));
  }

  #history() {
    const { history } = this.#card;
    return h("div.past", {}, h("h3.title", {}, t("history")),
      history.length ? h("ul", {}, history.map((one) => this.#past(one))) : h("p.none", {}, t("no_history")));
  }

  #past(one) {
    const said = [known(one.outcome, one.outcome), this.#label(one.disposition), one.agent_name,
      one.talk_s >= 1 && t("talked_for", { d: duration(one.talk_s) })].filter(Boolean).join(" · ");
    const values = Object.entries(one.values).map(([name, value]) => `${this.#fieldLabel(name)}: ${value}`).join("; ");
    return h("li", {}, h("span.when", {}, dateTime(one.at)),
      h("span", {}, one.external_id && one.external_id !== this.#card.external_id && h("b", {}, `${one.external_id} `), said,
        values && h("small", {}, values)));
  }

  #fieldLabel(name) { return this.#card.form.fields.find((field) => field.name === name)?.label ?? name; }
  #label(code) { return this.#card.dispositions.find((one) => one.code === code)?.label ?? code; }
}

export const orderName = (order) => order.external_id || t("no_order_number");

/** `+7 912 345-67-89`. */
function telephone(digits) {
  const parts = /^(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits);
  return parts ? `+7 ${parts[1]} ${parts[2]}-${parts[3]}-${parts[4]}` : digits;
}
