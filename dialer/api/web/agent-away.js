// A call that comes while nobody sees this page: the tab's title says so, two tones sound again and again, and where the
// agent has allowed it the browser shows a notification, whose click brings the tab forward. It ends when he looks here,
// or at another of his tabs. Nothing of a person is in it.
import { known, t } from "/assets/words.js";

const EVERY_MS = 1_500;
const LONGEST_MS = 30_000;
const OTHER_TABS_MS = 400; // one of them may be before his eyes
const TONES_HZ = [880, 1175];
const TONE_S = 0.16;
const LOUDNESS = 0.2;

export class Summons {
  #seen = new BroadcastChannel("dialer.seen");
  #audio = null;
  #attempt = null;
  #plain = "";
  #timer = 0;
  #notice = null;
  #until = 0;

  constructor() {
    this.#seen.onmessage = ({ data }) => { if (data === this.#attempt) this.stop(); };
    document.addEventListener("visibilitychange", () => document.hidden || this.stop());
    // A page may sound once somebody has pressed something in it.
    for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => { this.#audio ??= new AudioContext(); }, { once: true });
  }

  /** Ask for leave to notify: only in answer to something that the agent does. */
  askLeave() {
    if (globalThis.Notification?.permission === "default") Notification.requestPermission();
  }

  /** This call is painted here: no other tab of his calls him to it. */
  seen(attempt) {
    this.#seen.postMessage(attempt);
    this.stop();
  }

  start(attempt) {
    if (this.#attempt === attempt) return;
    this.stop();
    this.#attempt = attempt;
    this.#plain = document.title;
    this.#until = Date.now() + LONGEST_MS;
    this.#timer = setTimeout(() => this.#call(), OTHER_TABS_MS);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#notice?.close();
    if (this.#attempt !== null) document.title = this.#plain;
    this.#attempt = this.#notice = null;
  }

  #call() {
    if (Date.now() > this.#until) return this.stop();
    const text = t("call_elsewhere");
    if (document.title !== text) this.#plain = document.title;
    document.title = document.title === text ? this.#plain : text;
    this.#sound();
    if (this.#notice === null && globalThis.Notification?.permission === "granted") this.#notify(text);
    this.#timer = setTimeout(() => this.#call(), EVERY_MS);
  }

  #notify(text) {
    this.#notice = new Notification(text, { body: known("call_elsewhere_body", ""), tag: "dialer.call", requireInteraction: true });
    this.#notice.onclick = () => { window.focus(); this.stop(); };
  }

  #sound() {
    if (this.#audio?.state !== "running") return;
    TONES_HZ.forEach((frequency, place) => {
      const from = this.#audio.currentTime + place * TONE_S;
      const tone = new OscillatorNode(this.#audio, { frequency });
      tone.connect(new GainNode(this.#audio, { gain: LOUDNESS })).connect(this.#audio.destination);
      tone.start(from);
      tone.stop(from + TONE_S);
    });
  }
}
