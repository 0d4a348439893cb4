// The line of the talk: hold, mute, keys, a colleague. What is shown is what Asterisk said last (`line`), never what was pressed.
import { h, note, setText } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { duration, now } from "/assets/time.js";
import { known, t } from "/assets/words.js";
import "/assets/words-line.js";

const ON_HOLD = new Set(["held", "calling", "consult", "alone"]);
const KEYS = /^[0-9*#]$/;

export class LineBar {
  #path;
  #asked = Promise.resolve(); // the last request: the next one leaves when it is answered
  #line = null; // the last `line` of the server, null between talks
  #names = new Map(); // colleagues, by number
  #chip = h("span.chip.big", { id: "line", role: "status", hidden: true });
  #buttons = h("div.acts");
  #bar = h("div.line-bar", { role: "toolbar", hidden: true }, this.#chip, this.#buttons);
  #dialog = h("dialog.panel.reasons.line-panel", { id: "line-panel" });

  /** `path` is the agent's own in the API; the bar goes under `strip`. */
  constructor(path, strip) {
    this.#path = path;
    strip.after(this.#bar);
    document.body.append(this.#dialog);
    this.#dialog.addEventListener("keydown", (event) => this.#dialogKey(event));
  }

  /** A `line` message, the one inside `hello`, or null. */
  heard(line) {
    if (line?.trouble) note(t("line_trouble"), known(`line_${line.trouble}`, line.trouble));
    this.#line = line === null || line.line === "over" ? null : line;
    if (this.#line === null && this.#dialog.open) this.#dialog.close();
    if (this.#line?.colleague && !this.#names.has(this.#line.colleague)) this.#learn();
    this.paint();
  }

  /** Tells whether the key meant something. */
  key(event) {
    const found = this.#acts().find((one) => one.code === event.code);
    found?.run();
    if (found) event.preventDefault();
    return found !== undefined;
  }

  paint() {
    const acts = this.#acts();
    const key = acts.map((one) => one.word).join() + document.documentElement.lang;
    this.#bar.hidden = this.#line === null;
    this.#bar.setAttribute("aria-label", t("line"));
    if (this.#buttons.dataset.key !== key) {
      this.#buttons.dataset.key = key;
      this.#buttons.replaceChildren(...acts.map(({ word, code, kind, run }) =>
        h(`button.button${kind ? `.${kind}` : ""}`, { onclick: run, "data-act": word, "aria-keyshortcuts": code.slice(3) }, t(word), h("kbd", {}, code.slice(3)))));
    }
    this.tick();
  }

  tick() {
    const line = this.#line;
    this.#chip.hidden = line === null || (line.line === "talk" && !line.muted);
    if (this.#chip.hidden) return;
    const talks = line.line === "talk";
    this.#chip.dataset.tone = ON_HOLD.has(line.line) ? "warn" : line.muted ? "bad" : "good";
    this.#chip.dataset.line = line.line;
    setText(this.#chip, [
      !talks && t(line.guest ? `line_guest_${line.line}` : `line_${line.line}`),
      line.colleague && (this.#names.get(line.colleague) ?? line.colleague),
      line.muted && t("line_muted"),
      !talks && duration(now() - line.since),
    ].filter(Boolean).join(" · "));
  }

  // ---- inside

  /** What would do something now, in the order of the buttons. */
  #acts() {
    if (this.#line === null) return [];
    const { line, guest, muted } = this.#line;
    const own = (...lines) => !guest && lines.includes(line);
    return [
      own("talk") && { word: "line_hold", code: "KeyW", run: () => this.#ask("hold") },
      own("held", "calling", "consult") && { word: "line_take", code: "KeyW", kind: "main", run: () => this.#ask("take") },
      own("talk", "held") && { word: "line_colleague", code: "KeyK", run: () => this.#openColleagues() },
      own("consult") && { word: "line_join", code: "KeyJ", run: () => this.#ask("conference") },
      own("consult", "conference") && { word: "line_hand_over", code: "KeyT", run: () => this.#ask("transfer") },
      own("calling", "consult", "conference") && { word: "line_let_go", code: "KeyK", run: () => this.#ask("end-consult") },
      guest && { word: "line_leave", code: "KeyK", run: () => this.#ask("end-consult") },
      own("talk", "conference") && { word: "line_keys", code: "KeyD", run: () => this.#openKeys() },
      muted
        ? { word: "line_unmute", code: "KeyM", kind: "main", run: () => this.#ask("mute", { muted: false }) }
        : { word: "line_mute", code: "KeyM", run: () => this.#ask("mute", { muted: true }) },
    ].filter(Boolean);
  }

  /** In the order of the keys: requests that are on their way together may overtake one another. */
  #ask(what, body) { this.#asked = this.#asked.then(() => act("POST", `${this.#path}/${what}`, body)); }

  async #learn() {
    const { colleagues } = await ask("GET", `${this.#path}/colleagues`);
    for (const { agent, name } of colleagues) this.#names.set(agent, name || String(agent));
    this.tick();
    return colleagues;
  }

  async #openColleagues() {
    const everybody = await this.#learn();
    const free = everybody.filter((one) => one.free).slice(0, 9);
    this.#open("line_colleague",
      free.length === 0 && h("p.empty", {}, t("line_nobody_free")),
      free.map((one, place) => h("div.row.colleague", {},
        h("button.button.plain", { "data-consult": place + 1, onclick: () => this.#choose("consult", one.agent) },
          h("kbd", {}, String(place + 1)), `${one.name} · ${one.agent}`),
        h("button.button.plain", { "data-transfer": place + 1, onclick: () => this.#choose("transfer", one.agent) },
          h("kbd", {}, `Shift ${place + 1}`), t("line_transfer")))),
      everybody.filter((one) => !one.free).map((one) => h("p.row.colleague.away", { "data-why": one.why },
        h("span", {}, `${one.name} · ${one.agent}`), h("small", {}, t(one.why === "busy" ? `state_${one.state}` : `line_colleague_${one.why}`)))),
      h("p.keys", {}, t("line_colleague_hint")));
  }

  #choose(what, colleague) {
    this.#dialog.close();
    this.#ask(what, { colleague });
  }

  #openKeys() {
    const pressed = h("output.pressed", { "aria-live": "polite" });
    this.#open("line_keys", pressed,
      h("div.keypad", {}, [..."123456789*0#"].map((key) => h("button.button", { "data-key": key, onclick: () => this.#press(key) }, key))),
      h("p.keys", {}, t("line_keys_hint")));
  }

  #press(key) {
    const pressed = this.#dialog.querySelector(".pressed");
    setText(pressed, (pressed.textContent + key).slice(-16));
    this.#ask("digits", { digits: key });
  }

  #open(word, ...body) {
    this.#dialog.setAttribute("aria-label", t(word));
    this.#dialog.replaceChildren(h("p.title", {}, t(word)), ...body.flat().filter(Boolean),
      h("div.row", {}, h("button.button", { onclick: () => this.#dialog.close() }, t("line_close"), h("kbd", {}, "Esc"))));
    this.#dialog.showModal();
  }

  /** Everything typed into an open panel is for it alone. */
  #dialogKey(event) {
    event.stopPropagation();
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const keypad = this.#dialog.querySelector(".keypad") !== null;
    const place = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
    if (keypad && KEYS.test(event.key)) this.#press(event.key);
    else if (!keypad && place) this.#dialog.querySelector(`[data-${event.shiftKey ? "transfer" : "consult"}="${place}"]`)?.click();
    else return;
    event.preventDefault();
  }
}
