// The SIP side of the phone in this browser (JsSIP over a WebSocket): registers, answers whatever the dialer calls it
// with, comes back by itself after a lost socket. Knows nothing of agents and pages.
import { Way } from "/assets/phone-way.js";

const REGISTER_S = 120;
const RETRY_S = { min: 1, max: 5 };
/** Sound that the browser has missed for seconds already, and for so long again: Asterisk has hung up (rtp_timeout). */
const BROKEN_MS = 2_000;
/**
 * A call whose sound has found no way by then never will. Asterisk mostly misses it sooner (rtp_timeout), but takes an
 * answer without any candidate for a phone on hold, and would let it look free for ever.
 */
const NO_WAY_MS = 8_000;
const REFUSED = new Set([401, 403, 404, 407]);

export class Line {
  #ua;
  #socket;
  #session = null;
  #track;
  #pass;

  #way;

  /**
   * `pass` is the server's (POST …/phone), `track` the microphone's. `tell(word, …)` hears "registered", "away",
   * "refused", "up" with the sound to be played, "through" when it gets through, "down", and "unheard" with the TURN server's trouble (`Way`) for a call
   * that ended before any sound had found a way.
   */
  constructor(pass, track, tell) {
    this.#pass = pass;
    this.#track = track;
    this.tell = tell;
  }

  async start() {
    const { default: JsSIP } = await import("/assets/jssip.js");
    this.#socket = new JsSIP.WebSocketInterface(this.#pass.url);
    this.#ua = new JsSIP.UA({
      sockets: [this.#socket],
      uri: `sip:${this.#pass.endpoint}@dialer.invalid`,
      authorization_user: this.#pass.endpoint,
      password: this.#pass.secret,
      register_expires: REGISTER_S,
      session_timers: false,
      connection_recovery_min_interval: RETRY_S.min,
      connection_recovery_max_interval: RETRY_S.max,
    });
    this.#ua.on("registered", () => this.tell("registered"));
    this.#ua.on("disconnected", () => this.tell("away"));
    this.#ua.on("registrationFailed", ({ response }) => this.#notRegistered(response?.status_code));
    this.#ua.on("newRTCSession", ({ originator, session }) => originator === "remote" && this.#take(session));
    this.#ua.start();
  }

  /** Hang up and leave. What can be said is said before the page is gone. */
  stop() {
    this.#session = null;
    this.#ua?.stop();
  }

  /** Asterisk has hung up and its BYE did not get here. */
  drop() {
    const session = this.#session;
    if (session !== null && !session.isEnded()) session.terminate();
  }

  get isUp() { return this.#session?.isEstablished() ?? false; }

  /** A call stands, or comes. */
  get isCalled() { return this.#session !== null; }

  /** How the sound goes (`Way`); null where there is no call. */
  get way() { return this.#session === null ? null : this.#way; }

  /** Ask Asterisk whether we are still its phone. */
  register() { this.#ua?.isConnected() ? this.#ua.register() : this.#reconnect(); }

  /** Another microphone, in the middle of a call too. */
  async speakFrom(track) {
    this.#track = track;
    const senders = this.#session?.connection?.getSenders() ?? [];
    await Promise.all(senders.map((sender) => sender.replaceTrack(track)));
  }

  #notRegistered(code) {
    if (REFUSED.has(code)) this.tell("refused");
    else this.#reconnect();
  }

  /** JsSIP comes back by itself from a socket that it believes closed. */
  #reconnect() {
    if (!this.#socket?.isConnected()) return;
    this.#socket.disconnect();
    this.#socket.ondisconnect(true, 4000, "silent");
  }

  /** The newest call counts: an earlier one that still stands here has ended on the other side. */
  #take(session) {
    const earlier = this.#session;
    this.#session = session;
    if (earlier !== null && !earlier.isEnded()) earlier.terminate();
    const way = this.#way = new Way(this.#pass.ice_servers);
    const over = () => {
      if (this.#session !== session) return;
      this.#session = null;
      if (!way.wasFound) this.tell("unheard", way.trouble);
      this.tell("down");
    };
    session.on("ended", over);
    session.on("failed", over);
    session.on("accepted", () => setTimeout(() => way.wasFound || session.isEnded() || session.terminate(), NO_WAY_MS));
    session.on("icecandidate", ({ candidate, ready }) => setTimeout(ready, way.patienceAfter(candidate)));
    session.on("peerconnection", ({ peerconnection }) => {
      way.follow(peerconnection, () => this.#session === session && this.tell("through"));
      this.#watch(session, peerconnection);
    });
    session.answer({ mediaStream: new MediaStream([this.#track]), pcConfig: { iceServers: way.servers } });
  }

  /** The socket is likely dead too, and says nothing of it. */
  #broken() {
    this.drop();
    this.#reconnect();
  }

  #watch(session, connection) {
    let broken = 0;
    connection.addEventListener("track", ({ track }) => this.tell("up", new MediaStream([track])));
    connection.addEventListener("connectionstatechange", () => {
      clearTimeout(broken);
      if (connection.connectionState === "disconnected" || connection.connectionState === "failed") {
        broken = setTimeout(() => this.#session === session && this.#broken(), BROKEN_MS);
      }
    });
  }
}
