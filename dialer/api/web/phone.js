// The phone in this browser as the agent sees it: one tab of one browser is the phone; it says how it is, comes back by
// itself, and has itself rung again where its line was lost. Which phone the agent is signed in at, the server knows.
import { note } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { Line } from "/assets/phone-line.js";
import { Headset, isPossible, microphone } from "/assets/phone-sound.js";
import { Turn } from "/assets/phone-turn.js";
import { t } from "/assets/words.js";
import "/assets/words-phone.js";

/** That this browser is the phone, so that a page which is loaded again goes on; another browser asks first. */
const HERE = "dialer.phone";
const RING_EVERY_MS = 15_000;
const RING_TRIES = 3;
/** A line that stood for so long worked: its loss is worth new tries. */
const WORKED_MS = 10_000;
/** In a talk the dialer rings once by itself: by then its ring has come, or found nobody. */
const RECALLED_MS = 1_000;
/** Asterisk waits longer for sound (rtp_timeout, in seconds) before it hangs up. */
const BRIEF_MS = 1_000;
const FREE = new Set(["offline", "calling", "ready", "paused", "lost", "wrap_up"]);
/** States in which Asterisk would find the phone, and in which there is no call. */
const WAITING = new Set(["on", "unheard"]);
const NO_MICROPHONE = { NotAllowedError: "phone_denied", NotFoundError: "phone_no_device", NotReadableError: "phone_busy_device" };

export class BrowserPhone {
  /** off | starting | on | up | away | tab | elsewhere | deaf | refused | unheard */
  state = "off";
  /** The browser plays nothing before a click. */
  isBlocked = false;
  /** In words, what to do about a state that is broken. */
  why = "";
  track = null;
  #path;
  #endpoint = null;
  #agent = "offline";
  #line = null;
  #upSince = 0;
  #rungAt = -Infinity;
  #tries = 0;
  #turn = new Turn("dialer-phone", () => this.#stolen());
  #headset = new Headset(() => this.#change(this.state, true));

  /** `path` is the agent's in the API; `onChange()` after every change of what is shown. */
  constructor(path, onChange) {
    this.#path = path;
    this.onChange = onChange;
    addEventListener("pagehide", () => this.#line?.stop());
    addEventListener("online", () => this.#line?.register());
    addEventListener("beforeunload", (event) => this.state === "up" && this.isInCall && event.preventDefault());
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#plugged());
    setInterval(() => this.#ringIfGone(), RING_EVERY_MS / 3);
  }

  get isInCall() { return !FREE.has(this.#agent); }

  /** How the sound goes (`Way`); null where the line is not up. */
  get way() { return this.#line?.way ?? null; }

  // ---- what the agent wants

  /** Before the sign-in at this phone: this tab becomes it. False, with words on the screen, where it cannot. */
  async use(endpoint) {
    this.#endpoint = endpoint;
    return this.#begin({ steal: true });
  }

  /** This tab takes the phone over from another tab or browser, or tries again. */
  async take() {
    const isMoved = this.state === "tab" || this.state === "elsewhere";
    if (isMoved && this.isInCall) note(t("phone_take"), t("phone_not_in_call"));
    else if (await this.#begin({ steal: true })) this.#ring();
  }

  /** The chosen microphone and headset, from now on. */
  async changeSound() {
    await this.#headset.follow();
    if (this.#line !== null) await this.#open();
  }

  unblock() {
    this.#headset.unblock();
    this.#change(this.state, false);
  }

  // ---- what the server says

  /** A page that was loaded (again): go on where the agent is signed in at a phone in a browser. */
  async resume() {
    if (this.#line !== null || this.state === "starting" || this.#turn.isQueued) return;
    const at = await ask("GET", `${this.#path}/phone`).catch(() => null); // the server's next hello asks again
    if (!at?.browser) return;
    this.#endpoint = at.endpoint;
    const isHere = kept() === at.endpoint;
    this.#change(isHere ? "tab" : "elsewhere");
    if (isHere && (await this.#begin({}))) this.#ring();
  }

  /** The agent's state, at every word of the server's. */
  heard(state) {
    const before = this.#agent;
    this.#agent = state;
    if (state === "offline" && before !== "offline") this.#end("off");
    if (state === "lost") this.#line?.drop();
    if (state !== before) this.#ringIfGone();
  }

  #plugged() {
    this.#headset.follow();
    if (this.state === "deaf" && this.#line !== null) this.#open();
  }

  // ---- becoming the phone

  async #begin({ steal = false }) {
    if (!isPossible()) return this.#fail("refused", t("phone_needs_tls"));
    await this.#turn.take(steal);
    keep(this.#endpoint);
    this.#rungAt = performance.now(); // whoever begins sees to the first ring himself: two at once undo one another
    this.#change("starting");
    if (!(await this.#open())) return false;
    try {
      const pass = await ask("POST", `${this.#path}/phone`, { endpoint: this.#endpoint });
      return await this.#register(pass);
    } catch (error) {
      return this.#fail("refused", error.message);
    }
  }

  #stolen() {
    this.#end("tab");
    this.resume();
  }

  /** Open the chosen microphone, or change to it. */
  async #open() {
    try {
      const track = await microphone();
      this.track?.stop();
      this.track = track;
      track.addEventListener("ended", () => this.track === track && this.#open()); // unplugged: the usual one
      await this.#line?.speakFrom(track);
      if (this.state === "deaf" && this.#line !== null) this.#change(this.#line.isUp ? "up" : "on");
      return true;
    } catch (error) {
      return this.#fail("deaf", t(NO_MICROPHONE[error.name] ?? "phone_no_device"));
    }
  }

  #register(pass) {
    this.#line?.stop();
    return new Promise((done) => {
      const line = new Line(pass, this.track, (word, ...told) => {
        if (this.#line !== line) return;
        if (word === "registered" || word === "refused") done(word === "registered");
        this.#words[word](...told);
      });
      this.#line = line;
      line.start();
    });
  }

  // ---- on the line

  #words = {
    registered: () => {
      if (this.state !== "deaf" && this.state !== "unheard") this.#change(this.#line.isUp ? "up" : "on");
      setTimeout(() => this.#ringIfGone(), this.isInCall ? RECALLED_MS : 0);
    },
    away: () => this.#change("away"),
    up: (stream) => {
      this.#upSince = performance.now();
      this.#headset.play(stream);
      this.#change("up");
    },
    through: () => this.onChange(),
    /** Ended from the other side: signed out, silent for too long, or taken over; Asterisk is asked which. */
    down: () => {
      if (performance.now() - this.#upSince > WORKED_MS) this.#tries = 0;
      if (this.state !== "up") return;
      this.#change("on");
      this.#line.register();
    },
    /** The call stood, and no sound got through: `trouble` is the TURN server's, or null. */
    unheard: (trouble) => {
      const wasBrief = performance.now() - this.#upSince < BRIEF_MS; // given up for another, before sound was due
      if (this.state === "up" && !wasBrief) this.#fail("unheard", t(`phone_unheard_${trouble ?? "blocked"}`));
    },
    /** Our secret is good no longer: another browser has the phone. Or it never was: Asterisk is not set up for it. */
    refused: () => {
      const wasPhone = this.#upSince > 0;
      this.#end(wasPhone ? "elsewhere" : "refused");
      keep(null);
      if (!wasPhone) this.#fail("refused", t("phone_not_let_in"));
    },
  };

  /** In a talk too: the customer is held meanwhile. */
  #ringIfGone() {
    const isMissed = this.#agent === "lost" || this.isInCall;
    if (!isMissed || !WAITING.has(this.state) || this.#line.isCalled || this.#tries >= RING_TRIES) return;
    if (performance.now() - this.#rungAt < RING_EVERY_MS) return;
    this.#tries += 1;
    this.#ring();
  }

  #ring() {
    this.#rungAt = performance.now();
    act("POST", `${this.#path}/phone/ring`);
  }

  // ---- the end

  #end(state) {
    const line = this.#line;
    this.#line = null;
    line?.stop();
    this.track?.stop();
    this.track = null;
    this.#turn.pass();
    this.#upSince = this.#tries = 0;
    if (state === "off") keep(null);
    this.#change(state);
  }

  #fail(state, text) {
    this.why = text;
    this.#change(state);
    note(t(`phone_state_${state}`), text);
    return false;
  }

  #change(state, isBlocked = this.isBlocked) {
    if (state === this.state && isBlocked === this.isBlocked) return;
    this.state = state;
    this.isBlocked = isBlocked;
    this.onChange();
  }
}

function kept() {
  try { return localStorage.getItem(HERE); } catch { return null; }
}

function keep(endpoint) {
  try { endpoint === null ? localStorage.removeItem(HERE) : localStorage.setItem(HERE, endpoint); } catch { /* private window */ }
}
