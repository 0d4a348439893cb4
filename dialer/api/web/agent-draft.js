// What the agent types, on its way into the books: each edit with its moment, kept in this browser until the server has
// it. A page that is loaded again, a browser that crashed and a link that was lost send what is still here.
import { ask } from "/assets/http.js";
import { now } from "/assets/time.js";

const PAUSE_MS = 300; // of the typing, before an edit is sent
const RETRY_MS = 2000;
const KEY = "dialer.draft.";
const NEVER = new Set([403, 404, 422]); // the server will not take it, however often it is asked
const NOT_YOURS = 409; // of a call on the screen: not yet again, after a restart; of one that is over: never

export class Draft {
  #values = new Map(); // "lead field" → { value, at }
  #unsent;
  #timer = 0;
  #sending = null;
  #path;
  #isOver;

  /** `isOver`: the call is not on the screen any more. `changed(status)` is told `kept`, `sending` or `waiting`. */
  constructor(attempt, path, changed, isOver = false) {
    this.attempt = attempt;
    this.#isOver = isOver;
    this.#path = path;
    this.changed = changed;
    this.#unsent = kept(attempt);
    for (const edit of this.#unsent) this.#put(edit);
    if (this.#unsent.length) this.#later(0);
  }

  /** The forms as the server has them; what was typed here since is newer and stands. */
  load(entered) {
    const changes = [];
    for (const [lead, fields] of Object.entries(entered ?? {})) {
      for (const [field, { value, at }] of Object.entries(fields)) {
        if (this.#put({ lead, field, value, at })) changes.push({ lead, field, value });
      }
    }
    return changes;
  }

  /** Edits of another tab; returns those that are news here. */
  apply(edits) { return edits.filter((edit) => this.#put(edit)); }

  get(lead, field) { return this.#values.get(`${lead} ${field}`)?.value ?? ""; }
  has(lead, field) { return this.#values.has(`${lead} ${field}`); }

  set(lead, field, value) {
    if (this.has(lead, field) && this.get(lead, field) === value) return;
    const before = this.#values.get(`${lead} ${field}`)?.at ?? 0;
    const edit = { lead, field, value, at: Math.max(now(), before + 0.001) };
    this.#put(edit);
    this.#unsent = this.#unsent.filter((one) => one.lead !== lead || one.field !== field || one.sent).concat(edit);
    keep(this.attempt, this.#unsent);
    this.changed("sending");
    this.#later(PAUSE_MS);
  }

  /** All that was typed is in the books; false where the server cannot be reached. */
  async flush() {
    clearTimeout(this.#timer);
    while (this.#unsent.length) {
      this.#sending ??= this.#send();
      const went = await this.#sending;
      if (!went) return false;
    }
    return true;
  }

  async #send() {
    const edits = this.#unsent.slice(0, 100);
    for (const edit of edits) edit.sent = true;
    try {
      await ask("POST", this.#path, { attempt: this.attempt, edits: edits.map(({ sent, ...edit }) => edit) });
      this.#done(edits);
      return true;
    } catch (error) {
      const isLost = NEVER.has(error.status) || (error.status === NOT_YOURS && this.#isOver);
      if (isLost) this.#done(edits);
      else this.#failed(edits);
      return isLost;
    } finally {
      this.#sending = null;
    }
  }

  #done(edits) {
    this.#unsent = this.#unsent.filter((edit) => !edits.includes(edit));
    keep(this.attempt, this.#unsent);
    if (this.#unsent.length) this.#later(0);
    else this.changed("kept");
  }

  #failed(edits) {
    for (const edit of edits) edit.sent = false;
    this.changed("waiting");
    this.#later(RETRY_MS);
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.#sending ??= this.#send(); }, ms);
  }

  #put({ lead, field, value, at }) {
    const key = `${lead} ${field}`;
    const there = this.#values.get(key);
    if (there !== undefined && there.at >= at) return false;
    this.#values.set(key, { value, at });
    return there?.value !== value;
  }
}

/** Drafts of calls that are over, which a lost link has left in this browser. */
export function sendLeftovers(path, current) {
  for (const attempt of leftovers()) {
    if (attempt !== current) new Draft(attempt, path, () => {}, true);
  }
}

function leftovers() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(KEY)).map((key) => key.slice(KEY.length));
  } catch {
    return [];
  }
}

function kept(attempt) {
  try {
    return JSON.parse(localStorage.getItem(KEY + attempt) ?? "[]").map((edit) => ({ ...edit, sent: false }));
  } catch {
    return [];
  }
}

function keep(attempt, unsent) {
  try {
    if (unsent.length) localStorage.setItem(KEY + attempt, JSON.stringify(unsent));
    else localStorage.removeItem(KEY + attempt);
  } catch { /* private window: the server still gets it */ }
}
