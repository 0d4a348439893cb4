// Project information: asked for as one types, by the beginnings of words. Nothing is asked until it is opened; what is
// shown is the answer to what stands in the field.
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

export class InfoView {
  #project;
  #search;
  #asked = 0;

  constructor(project, search) {
    this.#project = project;
    this.#search = search;
    this.input = h("input", {
      type: "search", placeholder: t("search_info"), "aria-label": t("project_info"), "aria-controls": "info-found",
      oninput: () => this.#ask(), onfocus: () => this.#ask(), onkeydown: (event) => this.#key(event),
    });
    this.found = h("div.found", { id: "info-found", role: "region", "aria-label": t("project_info"), hidden: true });
    this.element = h("section.panel.info", { "aria-label": t("project_info") },
      this.found, h("div.ask", {}, h("kbd", { "aria-hidden": "true" }, "I"), this.input));
  }

  open() { this.input.focus(); this.input.select(); }

  #key(event) {
    if (event.code !== "Escape") return;
    this.#asked += 1; // what is on its way is not shown any more
    this.input.value = "";
    this.found.hidden = true;
  }

  async #ask() {
    const query = this.input.value.trim();
    const asked = ++this.#asked;
    const answer = await this.#answer(query);
    if (asked === this.#asked) this.#show(answer);
  }

  async #answer(query) {
    try {
      const entries = await this.#search.find(this.#project, query);
      return entries.length ? entries.map((entry, place) => this.#entry(entry, query, place)) : [h("p.empty", {}, t("nothing_found"))];
    } catch (error) {
      return [h("p.empty", {}, error.message)];
    }
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
