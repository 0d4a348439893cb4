// Questions about a project's information, over the line that is open already: no request, no second look at the session.
// While the line is away they go by HTTP. The newest only: a question that another one follows is never answered.
import { ask } from "/assets/http.js";

const LONGEST = 200;

export class Search {
  #say;
  #n = 0;
  #waits = null;

  /** `say(message)` tells whether it could be sent. */
  constructor(say) { this.#say = say; }

  /** The entries that have all the words of this text. */
  find(project, text) {
    const words = (text.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ").slice(0, LONGEST);
    const n = ++this.#n;
    if (!this.#say({ type: "search", n, project, words })) return byHttp(project, words);
    return new Promise((resolve, reject) => { this.#waits = { n, project, words, resolve, reject }; });
  }

  heard({ n, entries, trouble }) {
    if (this.#waits?.n !== n) return;
    const { resolve, reject } = this.#taken();
    if (trouble === undefined) resolve(entries);
    else reject(new Error(trouble));
  }

  /** The line went, and an answer may have gone with it. */
  lost() {
    if (this.#waits === null) return;
    const { project, words, resolve, reject } = this.#taken();
    byHttp(project, words).then(resolve, reject);
  }

  #taken() {
    const taken = this.#waits;
    this.#waits = null;
    return taken;
  }
}

const byHttp = async (project, words) => (await ask("GET", `/api/v1/projects/${project}/info?q=${encodeURIComponent(words)}`)).entries;
