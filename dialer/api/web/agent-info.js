// Project information: asked of the server as one types, by the beginnings of words. Nothing is asked until it is opened.
import { h } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { t } from "/assets/words.js";

const PAUSE_MS = 80; // of the typing, before it is asked

export class InfoView {
  #project;
  #timer = 0;
  #asked = 0;

  constructor(project) {
    this.#project = project;
    this.input = h("input", {
      type: "search", placeholder: t("search_info"), "aria-label": t("project_info"), "aria-controls": "info-found",
      oninput: () => this.#later(), onfocus: () => this.#ask(), onkeydown: (event) => this.#key(event),
    });
    this.found = h("div.found", { id: "info-found", role: "region", "aria-label": t("project_info"), hidden: true });
    this.element = h("section.panel.info", { "aria-label": t("project_info") },
      this.found, h("div.ask", {}, h("kbd", { "aria-hidden": "true" }, "I"), this.input));
  }

  open() { this.input.focus(); this.input.select(); }

  #key(event) {
    if (event.code !== "Escape") return;
    this.input.value = "";
    this.found.hidden = true;
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  async #ask() {
    const mine = ++this.#asked;
    const query = this.input.value.trim();
    let entries;
    try {
      ({ entries } = await ask("GET", `/api/v1/projects/${this.#project}/info?q=${encodeURIComponent(query)}`));
    } catch (error) {
      if (mine === this.#asked) this.#show([h("p.empty", {}, error.message)]);
      return;
    }
    if (mine !== this.#asked) return; // a later question has been asked since
    this.#show(entries.length ? entries.map((entry, place) => this.#entry(entry, query, place)) : [h("p.empty", {}, t("nothing_found"))]);
  }

  #show(children) {
    this.found.replaceChildren(...children);
    this.found.hidden = false;
    this.found.scrollTop = 0;
  }

  /** Those found first are open, so that most questions need no second key. */
  #entry({ title, body }, query, place) {
    return h("details", { open: query !== "" && place < 3 },
      h("summary", {}, marked(title, query)), h("p", {}, marked(body, query)));
  }
}

const plain = (text) => text.toLowerCase().replaceAll("ё", "е");

/** The words that were asked for stand out. */
function marked(text, query) {
  const words = plain(query).match(/[\p{L}\p{N}]+/gu) ?? [];
  return text.split(/([\p{L}\p{N}]+)/u).map((part) =>
    words.some((word) => plain(part).startsWith(word)) ? h("mark", {}, part) : part);
}
