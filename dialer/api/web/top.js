// The header of every page: who one is, the clock, theme, language, sign-out.
import { byId, setText } from "/assets/dom.js";
import { act } from "/assets/http.js";
import { wallClock } from "/assets/time.js";
import { switchLanguage, t } from "/assets/words.js";

/** `beforeLeaving` is asked first; the session ends only where it went well. */
export function startTop(who, beforeLeaving = () => true) {
  setText(byId("who"), who);
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
