// A WebSocket that comes back by itself. The server speaks at least every ten seconds; a line that is silent for longer
// is taken for dead. A closed session leads to the sign-in.

const SILENT_MS = 25_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
const SIGNED_OUT = 4401;

export class Link {
  #socket = null;
  #wait = FIRST_WAIT_MS;
  #silent = 0;
  #timer = 0;
  #heardAt = Date.now();

  /** `onMessage(message)` for each message, `onChange(isLinked)` when the line goes and comes. */
  constructor(path, { onMessage, onChange }) {
    this.path = path;
    this.onMessage = onMessage;
    this.onChange = onChange;
    addEventListener("online", () => this.#wake());
    document.addEventListener("resume", () => this.#wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
    this.#open();
  }

  /** Tells whether it could be sent. */
  say(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #open() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${this.path}`);
    this.#socket = socket;
    this.#watch();
    socket.onmessage = (event) => {
      this.#wait = FIRST_WAIT_MS;
      this.#heardAt = Date.now();
      this.#watch();
      this.onChange(true);
      this.onMessage(JSON.parse(event.data));
    };
    socket.onclose = (event) => this.#gone(socket, event.code);
  }

  #gone(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#silent);
    if (code === SIGNED_OUT) location.replace("/sign-in");
    this.onChange(false);
    this.#timer = setTimeout(() => this.#now(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    if (code === 1006) this.#checkSession();
  }

  /** A page that slept had its timers asleep too: a line that was silent for so long is given up at once. */
  #wake() {
    if (this.#socket !== null && Date.now() - this.#heardAt > SILENT_MS) this.#giveUp();
    this.#now();
  }

  #now() {
    if (this.#socket !== null) return;
    clearTimeout(this.#timer);
    this.#open();
  }

  #watch() {
    clearTimeout(this.#silent);
    this.#silent = setTimeout(() => this.#giveUp(), SILENT_MS);
  }

  #giveUp() {
    const socket = this.#socket;
    socket.onclose = null;
    socket.onmessage = null; // what was on its way is older than what comes after it
    socket.close();
    this.#gone(socket, 4000);
  }

  /** A handshake that is refused looks like a lost network; asking tells them apart. */
  async #checkSession() {
    const answer = await fetch("/api/v1/me").catch(() => null);
    if (answer?.status === 401) location.replace("/sign-in");
  }
}
