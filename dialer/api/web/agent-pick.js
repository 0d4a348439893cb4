// A lead of the agent's own choice: those that are due, or the one that he asks for by its number or phone.
import { h } from "/assets/dom.js";
import { act, ask } from "/assets/http.js";
import { dateTime } from "/assets/time.js";
import { known, t } from "/assets/words.js";

const ASKS_EVERY_S = 60;

export class Picker {
  #path;
  #onChange;
  #campaigns = []; // running, of his, in which agents start the calls
  #askedAt = -Infinity;
  #n = 0; // the newest question: what another one has followed is not shown
  #input = h("input", { type: "text", maxlength: 200, autocomplete: "off" });
  #list = h("ul.picks", {});
  #title = h("p.title", {});
  #status = h("p.empty", { role: "status" });
  #dialog;

  /** `path` is the agent's own in the API; `onChange()` when the choice comes or goes. */
  constructor(path, onChange) {
    this.#path = path;
    this.#onChange = onChange;
    this.#dialog = h("dialog.panel.reasons.pick", { id: "pick", onkeydown: (event) => this.#key(event) },
      h("form", { onsubmit: (event) => { event.preventDefault(); this.#find(); } }, this.#title, this.#input), this.#status, this.#list);
    document.body.append(this.#dialog);
  }

  get isOpen() { return this.#dialog.open; }

  /** Whether there is a campaign of his to choose from. */
  get isUseful() { return this.#campaigns.length > 0; }

  /** He waits: is there anything to choose from now? Asked once a minute at most. */
  async look() {
    if (performance.now() / 1000 - this.#askedAt < ASKS_EVERY_S) return;
    this.#askedAt = performance.now() / 1000;
    const before = this.isUseful;
    try {
      this.#campaigns = (await ask("GET", `${this.#path}/picks?limit=0`)).campaigns;
    } catch { return; } // the next look will tell
    if (this.isUseful !== before) this.#onChange();
  }

  open() {
    this.#dialog.setAttribute("aria-label", t("pick"));
    this.#title.textContent = t("pick");
    this.#input.setAttribute("aria-label", t("pick_asked"));
    this.#input.placeholder = t("pick_asked");
    this.#input.value = "";
    this.#dialog.showModal();
    this.#input.focus();
    this.#find();
  }

  close() { this.#dialog.close(); }

  async #find() {
    const n = ++this.#n;
    const words = this.#input.value.trim();
    this.#show([], t("pick_looking"));
    try {
      const { leads } = await ask("GET", `${this.#path}/picks?q=${encodeURIComponent(words)}`);
      if (n === this.#n) this.#show(leads, leads.length ? t(words ? "pick_found" : "pick_due") : t(words ? "pick_nothing" : "pick_none_due"));
    } catch (error) {
      if (n === this.#n) this.#show([], error.message);
    }
  }

  #show(leads, status) {
    this.#status.textContent = status;
    this.#list.replaceChildren(...leads.map((lead) => h("li", {}, this.#button(lead))));
  }

  #button(lead) {
    const last = lead.attempts ? t("pick_attempts", { n: lead.attempts }) : t("pick_new");
    return h("button.button.plain.lead", { type: "button", disabled: lead.reason !== "", "data-lead": lead.lead, onclick: () => this.#pick(lead.lead) },
      h("b", {}, lead.external_id || t("no_order_number")), h("span", {}, lead.person || t("no_name")),
      h("small", {}, lead.reason ? why(lead) : last));
  }

  async #pick(lead) {
    if (await act("POST", `${this.#path}/pick`, { lead })) this.close();
    else this.#find();
  }

  /** Down from the field into the list and up again: nothing here needs a mouse. */
  #key(event) {
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    const places = [this.#input, ...this.#list.querySelectorAll("button:not(:disabled)")];
    const at = places.indexOf(document.activeElement);
    places[Math.min(places.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
  }
}

function why({ reason, opens_at: opens }) {
  const words = known(`preview_over_${reason}`, known(`refused_${reason}`, t("pick_closed")));
  return opens === null ? words : `${words} · ${t("pick_from", { at: dateTime(Date.parse(opens) / 1000) })}`;
}
