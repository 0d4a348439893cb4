// A supervisor on an agent's line, at a phone of his own: hear both, whisper to the agent, barge in. The phone is asked
// for once and kept on this machine; who listens to whom stands on the board for everybody.
import { byId, h, setText, show } from "/assets/dom.js";
import { act } from "/assets/http.js";
import { AGENT_ACTS } from "/assets/wallboard-agent.js";
import { t } from "/assets/words.js";

const KEPT = "dialer.listening_phone";
const MODES = { listen: "L", whisper: "W", barge: "B" };

const phone = () => byId("listen-phone");
const own = (agent, me) => agent.listeners?.find((one) => one.by === me);

/** Beside the agent's name on the board. */
export const earOf = (agent) =>
  agent.listeners?.length > 0 && h("span.ear", { title: t("listened_by", { names: agent.listeners.map((one) => one.by).join(", ") }) }, "◉");

/** In the agent's window: who is on his line. */
export function paintListeners(agent) {
  show(byId("agent-listeners"), (agent.listeners ?? []).map((one) =>
    h("p", {}, h("b", {}, one.by), ` · ${t(`mode_${one.mode}`)} · ${t(one.on ? "phone_is_on" : "phone_rings")}`)));
}

function join(agent, me, mode) {
  const listening = own(agent, me);
  if (listening) return act("PUT", `/api/v1/listening/${listening.spy}`, { mode });
  const endpoint = phone().value.trim();
  if (!endpoint) {
    setText(byId("listen-hint"), t("listen_phone_missing"));
    return phone().focus();
  }
  return act("POST", `/api/v1/agents/${agent.agent}/listen`, { endpoint, mode });
}

/** Adds what this person may do with an agent's line to what is offered in the agent's window. */
export function startListening({ name: me, rights }) {
  byId("listening").hidden = !rights.includes("calls:listen");
  if (byId("listening").hidden) return;
  try { phone().value = localStorage.getItem(KEPT) ?? ""; } catch { /* private window: asked each time */ }
  phone().addEventListener("change", () => {
    setText(byId("listen-hint"), "");
    try { localStorage.setItem(KEPT, phone().value.trim()); } catch { /* for this page only */ }
  });
  AGENT_ACTS.push(
    ...Object.entries(MODES).map(([mode, key]) => ({
      word: `do_${mode}`, key, isFor: (agent) => agent.state !== "offline" && own(agent, me)?.mode !== mode, run: (agent) => join(agent, me, mode),
    })),
    { word: "do_stop_listening", key: "E", isFor: (agent) => Boolean(own(agent, me)), run: (agent) => act("DELETE", `/api/v1/listening/${own(agent, me).spy}`) },
  );
}
