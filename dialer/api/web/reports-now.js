// How the project's campaigns and lists stand now, above its report: asked every few seconds while the page is looked at.
import { byId, h, show } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { number, percent } from "/assets/time.js";
import { t } from "/assets/words.js";

const EVERY_MS = 5000;
const TONES = { running: "good", paused: "warn", stopping: "warn", done: "accent" };

/** `project()` is the one that is looked at; its campaigns stand in #now. */
export function startNow(project) {
  let turn = 0;

  async function look() {
    if (!project() || document.hidden) return;
    const mine = ++turn;
    try {
      const { campaigns } = await ask("GET", `/api/v1/projects/${project()}/now`);
      if (mine === turn) show(byId("now"), campaigns.map(campaignNow));
    } catch { /* the link is away: what was seen last stays */ }
  }

  setInterval(look, EVERY_MS);
  document.addEventListener("language", look);
  document.addEventListener("visibilitychange", look);
  look();
  return look;
}

function campaignNow({ name, state, figures, lists }) {
  return h("article.panel.now-of", { "aria-label": name },
    h("header", {}, h(`span.chip${state in TONES ? `.${TONES[state]}` : ""}`, {}, t(`campaign_${state}`)), h("b", {}, name)),
    figures && h("dl", {}, [
      [t("now_calls"), number(figures.live_calls)],
      [`${t("dial_rate")}, ${t("per_minute")}`, number(figures.dial_rate * 60)],
      [t("reach"), figures.reach_ratio === null ? "—" : percent(figures.reach_ratio, 0)],
      [t("abandonment"), figures.answered ? `${percent(figures.abandonment_ratio)} ${t("of_ceiling", { r: percent(figures.ceiling_ratio) })}` : "—"],
      [t("backlog"), figures.backlog === null ? "—" : number(figures.backlog)],
    ].map(([what, value]) => h("div", {}, h("dt", {}, what), h("dd", {}, value)))),
    lists.length > 0 && h("table", {},
      h("thead", {}, h("tr", {}, h("th", {}, t("list")), ["accepted", "needs_decision", "duplicate", "rejected"].map((one) => h("th", {}, t(`row_${one}`))))),
      h("tbody", {}, lists.map(({ name: list, sums, state: how }) => h("tr", {}, h("td", {}, list, how === "paused" && h("span.chip.warn", {}, t("list_paused"))),
        [sums.accepted, sums.needs_decision, sums.duplicate, sums.rejected].map((n) => h("td", {}, number(n))))))));
}
