// The header of every page, made as soon as the page asks for it: who one is, where else to go, the clock, theme,
// language, sign-out.
import { byId, h, setText } from "/assets/dom.js";
import { act } from "/assets/http.js";
import { wallClock } from "/assets/time.js";
import { switchLanguage, t } from "/assets/words.js";

const PAGES = ["wallboard", "lists", "projects", "webhooks", "callers", "notices", "persons", "reports", "why", "users", "audit"];

const pulse = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2.2", "stroke-linecap": "round", "aria-hidden": "true" };
const button = (id, properties, text = "") => h("button.button.plain.small", { id, ...properties }, text);

document.querySelector("header.top").append(
  h("span.brand", {}, h("svg", pulse, h("path", { d: "M3 12h3l3-8 4 16 3-8h5" })), "Dialer"),
  h("span.who", { id: "who" }),
  h("nav", { id: "nav", hidden: true }, PAGES.map((page) => h("a", { href: `/${page}`, "data-t": page, "aria-current": location.pathname === `/${page}` && "page" }))),
  h("span.space"),
  h("span.clock", { id: "moscow" }),
  h("span.link", { id: "link", role: "status", hidden: true }),
  button("theme", { "data-label": "theme" }, "◐"),
  button("language", { "data-t": "other_language" }),
  button("leave", { "data-t": "leave" }),
);

/** `hasNav`: the supervisor's pages are for this person. `beforeLeaving` is asked before the session is ended. */
export function startTop(who, { hasNav = true, beforeLeaving = () => true } = {}) {
  setText(byId("who"), who);
  byId("nav").hidden = !hasNav;
  byId("theme").addEventListener("click", switchTheme);
  byId("language").addEventListener("click", switchLanguage);
  byId("leave").addEventListener("click", async () => {
    if ((await beforeLeaving()) && (await act("DELETE", "/api/v1/session"))) location.replace("/sign-in");
  });
  const tick = () => setText(byId("moscow"), `${t("moscow")} ${wallClock("Europe/Moscow")}`);
  setInterval(tick, 1000);
  tick();
}

export function showLinked(isLinked) {
  const link = byId("link");
  link.hidden = false;
  link.classList.toggle("away", !isLinked);
  setText(link, t(isLinked ? "linked" : "link_away"));
  byId("link-away").hidden = isLinked;
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  try { localStorage.setItem("dialer.theme", root.dataset.theme); } catch { /* private window: for this page only */ }
}
