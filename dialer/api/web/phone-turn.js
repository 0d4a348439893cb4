// Whose turn it is: of all tabs of this browser one holds it, by the browser's own locks. A tab that dies leaves it to the
// next that waits; a tab may also take it away from another.

export class Turn {
  #name;
  #release = null;
  #queue = null;

  /** `stolen()`: another tab has taken it. */
  constructor(name, stolen) {
    this.#name = name;
    this.stolen = stolen;
  }

  get isQueued() { return this.#queue !== null; }

  /** Resolves once this tab has the turn: at once with `steal`, else when every tab before it has passed it on. */
  take(steal) {
    this.#queue?.abort();
    this.#queue = null;
    if (this.#release !== null) return Promise.resolve();
    const queue = steal ? null : new AbortController();
    this.#queue = queue;
    return new Promise((mine) => {
      let held = null;
      const until = () => new Promise((release) => {
        this.#release = held = release;
        this.#queue = null;
        mine();
      });
      navigator.locks.request(this.#name, steal ? { steal } : { signal: queue.signal }, until).catch(() => {
        if (held === null || this.#release !== held) return; // given up while it waited, or passed on
        this.#release = null;
        this.stolen();
      });
    });
  }

  pass() {
    this.#queue?.abort();
    this.#queue = null;
    const release = this.#release;
    this.#release = null;
    release?.();
  }
}
