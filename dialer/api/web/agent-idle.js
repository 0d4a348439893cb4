// Between calls: what is going on, what to do next, and the last calls of this page's life.
import { h } from "/assets/dom.js";
import { dateTime } from "/assets/time.js";
import { t } from "/assets/words.js";

export function idleView(main, { state, agent, recent, mayPick, signIn }) {
  const isResting = state.state === "ready" && state.reason === "rest";
  const key = `idle ${state.state} ${isResting} ${mayPick} ${recent.length} ${document.documentElement.lang}`;
  if (main.firstElementChild?.dataset.key === key) return;
  main.replaceChildren(h("div.idle", { "data-key": key },
    h("section.panel.hero", {},
      state.state === "ready" && !isResting && h("div.waves", { "aria-hidden": "true" }, h("i"), h("i"), h("i"), h("i"), h("i")),
      h("h1", {}, t(isResting ? "reason_rest" : `state_${state.state}`)),
      h("p", {}, isResting ? t("hint_rest") : t(agent.phones.length || state.state !== "offline" ? `hint_${state.state}` : "no_phone")),
      mayPick && ["ready", "paused"].includes(state.state) && h("p", {}, t("hint_pick")),
      state.state === "ready" && h("p.keys", {}, t("hint_keys")),
      state.state === "offline" && agent.phones.length > 0 && phoneChoice(agent, signIn)),
    h("section.panel.recent", {},
      h("h2.title", {}, t("recent")),
      recent.length ? h("ul", {}, recent.map(line)) : h("p.empty", {}, t("none_yet")))));
}

function phoneChoice(agent, signIn) {
  const select = h("select", {}, agent.phones.map((phone) => h("option", { value: phone.endpoint }, `${phone.endpoint} · ${phone.browser ? t("phone_here") : phone.server}`)));
  return h("div.row", {},
    h("label", {}, t("phone"), select),
    h("button.button.main", { onclick: () => signIn(select.value) }, t("go_online")));
}

const line = (call) =>
  h("li", {}, h("span.when", {}, dateTime(call.at)), h("span.whom", {}, call.person || t("no_name")), h("span.chip", {}, call.result || t("no_result")));
