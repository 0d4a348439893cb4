// The call on the screen: script, recipient, result. A choice is one key, saving it is another.
import { h, setText } from "/assets/dom.js";
import { dateTime, now, wallClock } from "/assets/time.js";
import { known, t } from "/assets/words.js";

export class CallView {
  #agent;
  #save;
  #chosen = null;
  #saving = false;
  #saved = null;
  #began = now();

  constructor(call, { agent, save }) {
    this.#agent = agent;
    this.#save = save;
    this.attempt = call.attempt;
    this.update(call);
  }

  update(call) {
    this.call = call;
    this.ended = call.ended;
    this.isWithdrawn = call.withdrawn;
    this.#saved = call.disposed ?? this.#saved;
    this.repaint();
  }

  end() { this.ended = true; this.#paintFoot(); }
  withdraw() { this.isWithdrawn = true; }
  saved(disposition) { this.#saved = disposition; this.#saving = false; this.#chosen = disposition; this.#paintChoices(); this.#paintFoot(); }

  summary() {
    return { at: this.call.answered_at ?? this.#began, person: this.call.card?.person, result: this.#choices().find((one) => one.code === this.#saved)?.label };
  }

  repaint() {
    const card = this.call.card;
    this.choices = h("div.choices", { role: "radiogroup", "aria-label": t("result") });
    this.foot = h("div.foot");
    this.element = h("div.call", {},
      panel("script", null, h("div.script", {}, card ? script(card, this.#agent) : h("p", {}, t("hint_no_card")))),
      panel("recipient", card && `${t("attempt_no")} ${card.attempt_no}`, card && this.#recipient(card)),
      panel("result", card?.project_name, this.choices, this.foot));
    this.#paintChoices();
    this.#paintFoot();
    return this.element;
  }

  /** The clocks on the walls. */
  tick() {
    const card = this.call.card;
    if (card && this.localClock) setText(this.localClock, card.zone ? wallClock(card.zone) : "—");
    if (this.moscowClock) setText(this.moscowClock, wallClock("Europe/Moscow"));
  }

  /** How much of the wrap-up is left, in seconds; null where its clock does not run. */
  wrapUp(state) {
    const whole = this.call.card?.wrap_up_s ?? 0;
    if (state.state !== "wrap_up" || whole === 0 || this.#saved !== null) return null;
    return { whole, left: Math.max(0, whole - (now() - state.since)) };
  }

  /** Digits choose, Shift and a digit choose a refusal, Enter saves. Tells whether the key meant something. */
  key(event) {
    const place = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    if (place) {
      const group = this.#choices().filter((one) => one.is_refusal === event.shiftKey);
      return group[place - 1] !== undefined && this.#choose(group[place - 1].code);
    }
    return event.code === "Enter" && !event.target.matches("button:not(.choice)") && this.#submit();
  }

  #choices() { return this.call.card?.dispositions ?? []; }

  #choose(code) {
    if (this.#saved !== null || this.#saving) return true;
    this.#chosen = code;
    this.#paintChoices();
    this.#paintFoot();
    return true;
  }

  #submit() {
    if (this.#chosen === null || this.#saved !== null || this.#saving) return true;
    this.#saving = true;
    this.#paintFoot();
    this.#save(this.#chosen).then((went) => {
      if (went) return;
      this.#saving = false;
      this.#paintFoot();
    });
    return true;
  }

  #paintChoices() {
    const button = (one, place, shift) => h("button.choice", {
      role: "radio", "aria-checked": String(one.code === this.#chosen), disabled: this.#saved !== null,
      onclick: () => this.#choose(one.code), ondblclick: () => this.#submit(),
    }, place < 9 ? h("kbd", {}, `${shift ? "⇧" : ""}${place + 1}`) : null, one.label);
    const usual = this.#choices().filter((one) => !one.is_refusal);
    const refusals = this.#choices().filter((one) => one.is_refusal);
    this.choices.replaceChildren(
      ...usual.map((one, place) => button(one, place, false)),
      ...(refusals.length ? [h("p.title", {}, t("refusals"))] : []),
      ...refusals.map((one, place) => button(one, place, true)));
  }

  #paintFoot() {
    const word = this.#saved !== null ? "saved" : this.#saving ? "saving" : this.#chosen === null ? "choose_result" : "save_result";
    this.foot.replaceChildren(h("button.button.main", {
      disabled: word !== "save_result", onclick: () => this.#submit(),
    }, t(word), word === "save_result" ? h("kbd", {}, "Enter") : null));
  }

  #recipient(card) {
    this.localClock = h("b");
    this.moscowClock = h("b");
    return [
      h("p.person", {}, card.person || t("no_name")),
      h("p.number", {}, telephone(card.number)),
      h("div.times", {},
        h("div", {}, this.localClock, h("small", {}, card.zone ? `${t("local_time")} · ${card.region || card.zone}` : t("zone_unknown"))),
        h("div", {}, this.moscowClock, h("small", {}, t("moscow")))),
      h("dl.fields", {},
        card.external_id && [h("dt", {}, t("order")), h("dd", {}, card.external_id)],
        Object.entries(card.fields).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
      h("div.past", {}, h("h3.title", {}, t("history")),
        card.history.length
          ? h("ul", {}, card.history.map((one) => h("li", {}, h("span.when", {}, dateTime(one.at)),
            h("span", {}, [known(one.outcome, one.outcome), this.#label(one.disposition), one.agent_name].filter(Boolean).join(" · ")))))
          : h("p.number", {}, t("no_history"))),
    ];
  }

  #label(code) {
    return this.#choices().find((one) => one.code === code)?.label ?? code;
  }
}

const panel = (word, chip, ...body) => {
  const foot = body.find((one) => one?.className === "foot");
  return h("section.panel", { "aria-label": t(word) },
    h("div.head", {}, h("h2.title", {}, t(word)), chip && h("span.chip", {}, chip)),
    h("div.body", {}, body.filter((one) => one !== foot)), foot);
};

/** `+7 912 345-67-89`. */
function telephone(digits) {
  const parts = /^(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(digits);
  return parts ? `+7 ${parts[1]} ${parts[2]}-${parts[3]}-${parts[4]}` : digits;
}

/** Greeting and script with {person}, {agent}, {project} and any field of the order filled in. */
function script(card, agent) {
  const values = { ...card.fields, person: card.person, agent: agent.name, project: card.project_name, order: card.external_id };
  const fill = (text) => text.split(/(\{[^{}]+\})/).map((part) => {
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    return name !== undefined && values[name] ? h("span.filled", {}, values[name]) : part;
  });
  return [
    card.greeting && h("p.greeting", {}, fill(card.greeting)),
    ...card.script.split(/\n{2,}/).filter(Boolean).map((part) => h("p", {}, fill(part))),
  ];
}
