// The script: the greeting, the steps gone through with what was answered, the step now. An answer is one key.
import { h } from "/assets/dom.js";
import { t } from "/assets/words.js";

export const ANSWER_KEYS = ["KeyZ", "KeyX", "KeyC", "KeyV", "KeyB", "KeyN"];
const PATH = ".path";

export class ScriptView {
  #guide;
  #values;
  #draft;
  #lead;
  #suggest;

  /** `suggest(code)` is told of the disposition that an answer points at. */
  constructor(card, agent, draft, suggest) {
    this.#guide = card.guide;
    this.#values = { ...card.fields, person: card.person, agent: agent.name, project: card.project_name, order: card.external_id };
    this.#draft = draft;
    this.#lead = card.lead;
    this.#suggest = suggest;
    this.element = h("div.script");
    this.paint();
  }

  paint() {
    const { greeting, steps } = this.#guide;
    const path = this.#path();
    const now = this.#step(path);
    this.element.replaceChildren(...[
      greeting && h("p.greeting", {}, this.#fill(greeting)),
      path.length > 0 && h("ol.gone", {}, path.map(([id, answer], place) => this.#gone(id, answer, place))),
      now && h("div.now", { "aria-live": "polite" }, paragraphs(now.text).map((text) => h("p", {}, this.#fill(text))),
        now.answers.length > 0 && h("div.answers", {}, now.answers.map((answer, place) => this.#answer(answer, place)))),
      !now && steps.length > 0 && h("p.over", {}, t("script_ends")),
    ].filter(Boolean));
    this.element.querySelector(".now")?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const place = ANSWER_KEYS.indexOf(event.code);
    const answer = this.#step(this.#path())?.answers[place];
    if (answer) this.#choose(place);
    else if (event.code === "Backspace" && this.#path().length) this.#back();
    else return false;
    return true;
  }

  #path() {
    try {
      const path = JSON.parse(this.#draft.get(this.#lead, PATH) || "[]");
      return path.filter(([id, place]) => this.#byId(id)?.answers[place] !== undefined);
    } catch {
      return [];
    }
  }

  /** The step where the path has led; undefined behind the last one. */
  #step(path) {
    if (path.length === 0) return this.#guide.steps[0];
    const [id, place] = path.at(-1);
    return this.#byId(this.#byId(id).answers[place].next);
  }

  #byId(id) { return this.#guide.steps.find((step) => step.id === id); }

  #choose(place) {
    const step = this.#step(this.#path());
    this.#go([...this.#path(), [step.id, place]]);
    if (step.answers[place].disposition) this.#suggest(step.answers[place].disposition);
  }

  #back() { this.#go(this.#path().slice(0, -1)); }

  #go(path) {
    this.#draft.set(this.#lead, PATH, JSON.stringify(path));
    this.paint();
  }

  #gone(id, place, at) {
    const step = this.#byId(id);
    return h("li", {}, h("button.past-step", { title: t("step_back"), onclick: () => this.#go(this.#path().slice(0, at)) },
      h("span", {}, this.#fill(paragraphs(step.text)[0] ?? "")), h("b", {}, step.answers[place].label)));
  }

  #answer(answer, place) {
    const key = ANSWER_KEYS[place].slice(3);
    return h("button.button.answer", { onclick: () => this.#choose(place), "aria-keyshortcuts": key }, h("kbd", {}, key), answer.label);
  }

  /** {person}, {agent}, {project}, {order} and any field of the order; what the order does not tell is seen to be missing. */
  #fill(text) {
    return text.split(/(\{[^{}]+\})/).map((part) => {
      const name = /^\{(.+)\}$/.exec(part)?.[1];
      if (name === undefined) return part;
      const value = this.#values[name];
      return value ? h("span.filled", {}, value) : h("span.unfilled", { title: t("not_filled") }, name);
    });
  }
}

const paragraphs = (text) => text.split(/\n{2,}/).filter((part) => part.trim());
