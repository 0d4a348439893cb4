// Campaigns at rest: the floor knows nothing of them, so they are no part of its picture; they are asked for, so that
// one of them can be tuned and started.
import { h } from "/assets/dom.js";
import { ask } from "/assets/http.js";
import { acts } from "/assets/wallboard-campaigns.js";
import { known, t } from "/assets/words.js";

const ASK_MS = 15_000;
const AT_REST = ["draft", "stopped", "done"];

let campaigns = [];

/** Those that are at rest and not in this picture. */
export function resting(picture) {
  const shown = new Set(picture.campaigns.map((one) => one.id));
  return campaigns.filter((one) => AT_REST.includes(one.state) && !shown.has(one.id));
}

export function restingView(campaign, place) {
  return h("article.campaign.resting", { "data-key": `campaign-${campaign.id}`, "data-campaign": campaign.id, tabindex: 0, role: "group", "aria-label": campaign.name },
    h("header", {}, h("span.chip", {}, t(`campaign_${campaign.state}`)), h("b", { title: campaign.name }, campaign.name),
      place <= 9 && h("kbd", {}, String(place)), h("span.mode", {}, known(`mode_${campaign.mode}`, campaign.mode)), acts(campaign)));
}

/** Asks now and then, and calls `changed` when it has an answer. */
export async function startResting(changed) {
  try {
    ({ campaigns } = await ask("GET", "/api/v1/campaigns"));
    changed();
  } catch {
    // the server is away: the link says so, and the next round asks again
  }
  setTimeout(() => startResting(changed), ASK_MS);
}
