// The phone's chip in the strip, and behind it (or the key S) its sound: microphone, headset, both to be tried.
import { h, setText } from "/assets/dom.js";
import { choose, chosen, devices, meter, testTone } from "/assets/phone-sound.js";
import { t } from "/assets/words.js";

const TONES = { on: "good", up: "good", starting: "warn", away: "bad", tab: "warn", elsewhere: "warn", deaf: "bad", refused: "bad", unheard: "bad" };
const NOT_HERE = new Set(["tab", "elsewhere"]);
const BROKEN = new Set(["deaf", "refused", "unheard"]);

export class PhonePanel {
  #word = h("span");
  #chip = h("button.chip.big.phone", { id: "phone", "aria-keyshortcuts": "S", onclick: () => this.open(), hidden: true }, this.#word, h("kbd", {}, "S"));
  #dialog = h("dialog.panel.phone-panel", { id: "phone-panel", onclose: () => this.#listen() });
  #stopMeter = () => {};

  /** `strip` is where the chip goes. */
  constructor(phone, strip) {
    this.phone = phone;
    strip.before(this.#chip);
    document.body.append(this.#dialog);
    this.#dialog.addEventListener("keydown", (event) => event.stopPropagation());
    addEventListener("keydown", (event) => {
      const typing = event.target.matches("input, textarea, select") || document.querySelector("dialog[open]");
      if (event.code !== "KeyS" || typing || event.ctrlKey || event.metaKey || event.altKey || this.#chip.hidden) return;
      event.preventDefault();
      this.open();
    });
  }

  paint() {
    const { state, isBlocked } = this.phone;
    this.#chip.hidden = state === "off";
    this.#chip.dataset.tone = isBlocked ? "bad" : TONES[state];
    this.#chip.dataset.state = state;
    const isWell = TONES[state] === "good" && !isBlocked;
    const words = t(isBlocked ? "phone_blocked" : `phone_state_${state}`);
    setText(this.#word, isWell ? t("phone") : words);
    this.#chip.setAttribute("aria-label", words);
    this.#chip.title = words;
    if (this.#dialog.open && this.#dialog.dataset.shown !== this.#shown) this.#fill();
  }

  async open() {
    if (this.phone.isBlocked) {
      this.phone.unblock();
      return;
    }
    await this.#fill();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#listen();
  }

  // ---- inside

  get #shown() { return `${this.phone.state} ${this.phone.way?.wasFound ?? ""}`; }

  async #fill() {
    const { state } = this.phone;
    this.#dialog.dataset.shown = this.#shown;
    const body = NOT_HERE.has(state) ? this.#elsewhere() : await this.#sound();
    this.#dialog.setAttribute("aria-label", t("phone_sound"));
    const parts = [
      h("p.title", {}, t(`phone_state_${state}`)),
      BROKEN.has(state) && h("p", { id: "phone-why" }, this.phone.why),
      ...body,
      h("div.row", {},
        BROKEN.has(state) && h("button.button.main", { onclick: () => this.phone.take() }, t("phone_try_again")),
        h("button.button", { onclick: () => this.#dialog.close() }, t("phone_close"))),
    ];
    this.#dialog.replaceChildren(...parts.filter(Boolean));
    this.#listen();
  }

  /** The level moves while the panel is open: one meter at a time. */
  #listen() {
    this.#stopMeter();
    const level = this.#dialog.querySelector("meter");
    const isOpen = this.#dialog.open && level !== null && this.phone.track !== null;
    this.#stopMeter = isOpen ? meter(this.phone.track, (loudness) => { level.value = loudness; }) : () => {};
  }

  #elsewhere() {
    return [
      h("p", {}, t(this.phone.isInCall ? "phone_not_in_call" : "phone_take_hint")),
      h("button.button.main", { disabled: this.phone.isInCall, onclick: () => this.phone.take() }, t("phone_take")),
    ];
  }

  async #sound() {
    const { microphones, headsets } = await devices();
    const level = h("meter", { min: 0, max: 1, low: 0.35, "aria-label": t("phone_level") });
    return [
      choice("microphone", microphones, () => this.#changed()),
      h("label", {}, t("phone_level"), level),
      h("p.hint", {}, t("phone_level_hint")),
      choice("headset", headsets, () => this.#changed()),
      h("button.button", { onclick: tone }, t("phone_tone")),
      ...(await this.#way()),
    ];
  }

  /** How the sound goes, and what is wrong with the TURN server even where it goes without. */
  async #way() {
    const kind = await this.phone.way?.kind();
    const trouble = this.phone.way?.trouble;
    return [
      kind && h("p.hint", { id: "phone-way", "data-kind": kind }, t(`phone_way_${kind}`)),
      kind && trouble && h("p.hint.warn", { id: "phone-turn" }, t(`phone_turn_${trouble}`)),
    ];
  }

  async #changed() {
    await this.phone.changeSound();
    await this.#fill();
  }
}

function choice(name, found, changed) {
  const now = chosen()[name] ?? "";
  const usual = { id: "", name: t("phone_usual") };
  const options = [usual, ...found.filter((one) => one.id !== "default")];
  const select = h("select", { id: `phone-${name}` }, options.map((one) => h("option", { value: one.id, selected: one.id === now }, one.name)));
  select.addEventListener("change", () => {
    choose({ [name]: select.value });
    changed();
  });
  return h("label", {}, t(`phone_${name}`), select);
}

async function tone(event) {
  const button = event.currentTarget;
  button.disabled = true;
  await testTone().finally(() => { button.disabled = false; });
}
