// What the agent types, on its way into the books: each edit with its moment, kept in this browser until the server has
// it. A page that is loaded again, a browser that crashed and a link that was lost send what is still here.
import { ask } from "/assets/http.js";
import { now } from "/assets/time.js";

const PAUSE_MS = 300; // of the typing, before an edit is sent
const RETRY_MS = 2000;
const KEY = "dialer.draft.";
const MOST = 100; // edits at once
const WRONG = 422; // one of the edits is not to be taken, and so none of them was
const NEVER = new Set([403, 404, WRONG]); // the server will not take it, however often it is asked
const NOT_YOURS = 409; // of a call on the screen: not yet again, after a restart; of one that is over: never
const UNFIT = /[\0-\x08\v\f\x0e-\x1f\p{Cs}]/gu; // signs that the server takes in no text; lists and pasted texts hold them

export const LONGEST = 4000; // signs in a value

export class Draft {
  #values = new Map(); // "lead field" → { value, at }
  #unsent;
  #apart = new WeakSet(); // edits at the head of the unsent that were refused together: they go one by one
  #refused = new Set(); // "lead field" of what the server would not take
  #timer = 0;
  #sending = null;
  #path;
  #isOver;

  /** `isOver`: the call is not on the screen any more. `changed(status)` is told `kept`, `sending`, `waiting` or `refused`. */
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
  isRefused(lead, field) { return this.#refused.has(`${lead} ${field}`); }

  /** Fields whose value the server would not take and that nobody has changed since. */
  get refused() { return [...this.#refused].map((key) => key.split(" ")).map(([lead, field]) => ({ lead, field })); }

  set(lead, field, text) {
    const value = plain(text);
    if (this.has(lead, field) && this.get(lead, field) === value) return;
    const before = this.#values.get(`${lead} ${field}`)?.at ?? 0;
    const edit = { lead, field, value, at: Math.max(now(), before + 0.001) };
    this.#put(edit);
    this.#unsent = this.#unsent.filter((one) => one.lead !== lead || one.field !== field || one.sent).concat(edit);
    keep(this.attempt, this.#unsent);
    this.changed("sending");
    this.#later(PAUSE_MS);
  }

  /** All that was typed is in the books, but for what was refused; false where the server cannot be reached. */
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
    const edits = this.#next();
    for (const edit of edits) edit.sent = true;
    try {
      await ask("POST", this.#path, { attempt: this.attempt, edits: edits.map(({ sent, ...edit }) => edit) });
      this.#done(edits);
      return true;
    } catch (error) {
      return this.#notTaken(edits, error.status);
    } finally {
      this.#sending = null;
    }
  }

  #next() { return this.#apart.has(this.#unsent[0]) ? [this.#unsent[0]] : this.#unsent.slice(0, MOST); }

  /** False: the same is to be sent again later. */
  #notTaken(edits, status) {
    if (status === WRONG && edits.length > 1) return this.#part(edits);
    const isLost = NEVER.has(status) || (status === NOT_YOURS && this.#isOver);
    if (isLost) this.#lose(edits);
    else this.#failed(edits);
    return isLost;
  }

  #part(edits) {
    for (const edit of edits) {
      edit.sent = false;
      this.#apart.add(edit);
    }
    this.#later(0);
    return true;
  }

  /** What has been typed anew since is not lost. */
  #lose(edits) {
    for (const { lead, field, at } of edits) {
      const key = `${lead} ${field}`;
      if (this.#values.get(key).at === at) this.#refused.add(key);
    }
    this.#done(edits);
  }

  #done(edits) {
    this.#unsent = this.#unsent.filter((edit) => !edits.includes(edit));
    keep(this.attempt, this.#unsent);
    if (this.#unsent.length) this.#later(0);
    else this.changed(this.#refused.size ? "refused" : "kept");
  }

  #failed(edits) {
    for (const edit of edits) edit.sent = false;
    this.changed("waiting");
    this.#later(RETRY_MS);
  }

  #later(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { if (this.#unsent.length) this.#sending ??= this.#send(); }, ms);
  }

  #put({ lead, field, value, at }) {
    const key = `${lead} ${field}`;
    const there = this.#values.get(key);
    if (there !== undefined && there.at >= at) return false;
    this.#values.set(key, { value, at });
    this.#refused.delete(key);
    return there?.value !== value;
  }
}

/** Drafts of calls that are over, which a lost link has left in this browser. */
export function sendLeftovers(path, current) {
  for (const attempt of leftovers()) {
    if (attempt !== current) new Draft(attempt, path, () => {}, true);
  }
}

const plain = (text) => [...text.replace(UNFIT, " ")].slice(0, LONGEST).join("");

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
