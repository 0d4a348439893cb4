// The last 24 hours in three plots: people and calls above, dialling and abandonment below. Under the pointer, and
// else at their end, the legends tell the figures.
import uPlot from "/assets/uplot.js";
import { h, setText, show } from "/assets/dom.js";
import { clock, number } from "/assets/time.js";
import { t } from "/assets/words.js";

const SHORTEST_S = 300;
const STEPS_S = [60, 300, 600, 1800, 3600, 7200, 10800, 21600];
const FONT = "12px system-ui, sans-serif";
const PLOTS = [
  [
    { word: "plot_talking", tone: "accent", of: (point) => point.talking, isArea: true },
    { word: "plot_ready", tone: "good", of: (point) => point.ready },
    { word: "plot_live", tone: "calm", of: (point) => point.live_calls },
  ],
  [{ word: "plot_rate", tone: "accent", of: (point) => point.dial_rate * 60, isArea: true, digits: 1 }],
  [
    { word: "plot_abandonment", tone: "warn", of: (point) => point.abandonment * 100, isArea: true, digits: 1 },
    { word: "plot_ceiling", tone: "bad", of: (_, ceiling) => (ceiling < 1 ? ceiling * 100 : null), isDashed: true, digits: 1 },
  ],
];

/** Draws into `place`; `paint` may be called as often as a picture comes, and draws what is new. */
export class Plots {
  #place;
  #plots = [];
  #points = [];
  #ceiling = 1;
  #drawn = "";

  constructor(place) {
    this.#place = place;
    new ResizeObserver(() => this.#fit()).observe(place);
    new MutationObserver(() => this.#build()).observe(document.documentElement, { attributeFilter: ["data-theme", "lang"] });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#build());
    this.#build();
  }

  paint(points, ceiling) {
    const state = `${points.at(-1)?.at} ${ceiling}`;
    if (state === this.#drawn) return;
    this.#drawn = state;
    this.#points = points;
    this.#ceiling = ceiling;
    this.#draw();
  }

  #build() {
    for (const { chart } of this.#plots) chart.destroy();
    this.#plots = PLOTS.map((series) => new Plot(series));
    show(this.#place, this.#plots.map(({ view }) => view));
    for (const plot of this.#plots) plot.start();
    this.#draw();
  }

  #draw() {
    for (const plot of this.#plots) plot.draw(this.#points, this.#ceiling);
  }

  #fit() {
    for (const plot of this.#plots) plot.fit();
  }
}

class Plot {
  #series;
  #box = h("div.box", {});
  #figures;

  constructor(series) {
    this.#series = series;
    this.#figures = series.map(() => h("b", {}));
    const legend = series.map((one, at) => h(`span.tone-${one.tone}`, {}, t(one.word), " ", this.#figures[at]));
    this.view = h("div.plot", { role: "img", "aria-label": series.map((one) => t(one.word)).join(", ") }, h("div.legend", {}, legend), this.#box);
  }

  /** Once the view is in the page: only then its colours and its size are known. */
  start() {
    const colour = (name) => colourOf(this.#box, name);
    const axis = { stroke: colour("faint"), font: FONT, ticks: { show: false } };
    const series = this.#series.map((one) => {
      const stroke = colour(one.tone);
      return { stroke, width: 2, dash: one.isDashed ? [5, 4] : [], fill: one.isArea ? stroke.replace("rgb(", "rgba(").replace(")", ", 0.13)") : undefined, points: { show: false } };
    });
    this.chart = new uPlot({
      ...this.#size(),
      legend: { show: false },
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false }, sync: { key: "day" } },
      scales: { x: { time: false, range: (_, from, to) => [Math.min(from, to - SHORTEST_S), to] }, y: { range: (_, from, to) => [0, Math.max(1, to * 1.12)] } },
      axes: [
        { ...axis, size: 20, gap: 3, space: 60, incrs: STEPS_S, grid: { show: false }, values: (_, instants) => instants.map(clock) },
        { ...axis, size: 34, gap: 4, space: 24, grid: { stroke: colour("line"), width: 1 }, values: (_, values) => values.map((one) => number(one, one % 1 ? 1 : 0)) },
      ],
      series: [{}, ...series],
      hooks: { setCursor: [(chart) => this.#tell(chart.cursor.idx)], setData: [(chart) => this.#tell(chart.cursor.idx)] },
    }, [[]], this.#box);
  }

  draw(points, ceiling) {
    this.chart.setData([points.map((point) => point.at), ...this.#series.map((one) => points.map((point) => one.of(point, ceiling)))]);
  }

  fit() {
    this.chart.setSize(this.#size());
  }

  #size() {
    return { width: Math.max(80, this.#box.clientWidth), height: Math.max(40, this.#box.clientHeight) };
  }

  #tell(at) {
    if (!this.chart) return;
    this.#series.forEach((one, place) => {
      const values = this.chart.data[place + 1] ?? [];
      const value = values[at ?? values.length - 1];
      setText(this.#figures[place], value == null ? "" : number(value, one.digits ?? 0));
    });
  }
}

/** As a canvas wants it: the page's colours are worked out by the browser, for the theme of now. */
function colourOf(place, name) {
  const probe = h("i", {});
  probe.style.color = `var(--${name})`;
  place.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}
