// Small plots of the last hour, drawn as SVG paths: people and calls above, dialling and abandonment below.
import { h } from "/assets/dom.js";
import { number } from "/assets/time.js";
import { t } from "/assets/words.js";

const WIDTH = 600;
const HEIGHT = 100;
const HOUR_S = 3600;
const SHORTEST_S = 300;

export function plotsView(points, ceiling) {
  const people = [
    { word: "plot_talking", tone: "accent", of: (point) => point.talking, isArea: true },
    { word: "plot_ready", tone: "good", of: (point) => point.ready },
    { word: "plot_live", tone: "calm", of: (point) => point.live_calls },
  ];
  const rate = [{ word: "plot_rate", tone: "accent", of: (point) => point.dial_rate * 60, isArea: true }];
  const losses = [{ word: "plot_abandonment", tone: "warn", of: (point) => point.abandonment * 100, isArea: true }];
  return [plot(points, people), plot(points, rate), plot(points, losses, ceiling < 1 ? ceiling * 100 : null)];
}

function plot(points, series, limit = null) {
  const highest = Math.max(...points.flatMap((point) => series.map((one) => one.of(point))), limit ?? 0);
  const top = nice(highest * 1.12);
  const end = points.at(-1)?.at ?? 0;
  const span = Math.min(HOUR_S, Math.max(SHORTEST_S, end - (points[0]?.at ?? end)));
  const x = (point) => (WIDTH * (1 - (end - point.at) / span)).toFixed(1);
  const y = (value) => (HEIGHT - (HEIGHT * value) / top).toFixed(1);
  return h("div.plot", {},
    h("div.legend", {}, series.map((one) => h(`span.tone-${one.tone}`, {}, t(one.word))), h("span.max", {}, number(top, top < 10 && top % 1 ? 1 : 0))),
    h("svg", { viewBox: `0 -2 ${WIDTH} ${HEIGHT + 4}`, preserveAspectRatio: "none", role: "img", "aria-label": series.map((one) => t(one.word)).join(", ") },
      [0, 0.5, 1].map((share) => h("line.base", { x1: 0, x2: WIDTH, y1: HEIGHT * share, y2: HEIGHT * share })),
      series.map((one) => {
        const line = points.map((point) => `${x(point)} ${y(one.of(point))}`).join("L");
        return points.length > 1 && h(`g.tone-${one.tone}`, {},
          one.isArea && h("path.area", { d: `M${x(points[0])} ${HEIGHT}L${line}L${WIDTH} ${HEIGHT}Z` }), h("path.line", { d: `M${line}` }));
      }),
      limit !== null && h("line.limit", { x1: 0, x2: WIDTH, y1: y(limit), y2: y(limit) })));
}

/** The next round figure: 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15… */
function nice(value) {
  const scale = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * scale >= value) * scale;
}
