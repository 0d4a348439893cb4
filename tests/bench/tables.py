"""The tables and plots of the pacing bench: the best tuned peer of each cell beside ours, on paired seeds."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot
from matplotlib.axes import Axes

from tests.bench.cells import CELLS, OURS, Row

DOCS = Path(__file__).parents[2] / "docs"
START, END = "<!-- bench: start -->", "<!-- bench: end -->"
STUDENT_95 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36, 9: 2.31, 10: 2.26, 11: 2.23, 12: 2.20}
HEAD = (
    "| agents / answer / talk | best peer, tuned | its occupancy | ours | ours − peer, 95 % | our abandonment, 95 % "
    "| worst shift | worst 30 min | answers |",
    "|---|---|---|---|---|---|---|---|---|",
)


def pooled(rows: Sequence[Row]) -> tuple[float, float]:
    """(mean occupancy, abandoned / answered over all)."""
    return fmean(row.occupancy for row in rows), sum(r.abandoned for r in rows) / max(1, sum(r.answered for r in rows))


def best_peer(rows: Sequence[Row], ceiling: float) -> list[Row]:
    """The shifts of the peer and setting with the highest occupancy among those that keep the ceiling; [] of none.

    What was given up after a few seeds is not among them.
    """
    best: list[Row] = []
    seeds = max(Counter((row.dialer, row.setting) for row in rows).values(), default=0)
    for dialer, setting in dict.fromkeys((row.dialer, row.setting) for row in rows if row.dialer != OURS):
        tried = [row for row in rows if (row.dialer, row.setting) == (dialer, setting)]
        if len(tried) == seeds and pooled(tried)[1] <= ceiling and (not best or pooled(tried)[0] > pooled(best)[0]):
            best = tried
    return sorted(best, key=lambda row: row.seed)


def interval(values: Sequence[float]) -> float:
    """Half of the 95 % interval of the mean."""
    if len(values) < 2:
        return float("nan")
    return STUDENT_95.get(len(values), 2.0) * stdev(values) / sqrt(len(values))


def table(cells: Sequence[tuple[str, Sequence[Row]]], ceiling: float) -> list[str]:
    """The table in Markdown, a line for each cell that was run."""
    return [*HEAD, *(_line(name, rows, ceiling) for name, rows in cells)]


def _line(name: str, rows: Sequence[Row], ceiling: float) -> str:
    ours = sorted((row for row in rows if row.dialer == OURS), key=lambda row: row.seed)
    best = best_peer(rows, ceiling)
    occupancy, abandonment = pooled(ours)
    gains = [mine.occupancy - theirs.occupancy for mine, theirs in zip(ours, best, strict=False)]
    peer = f"{best[0].dialer} {best[0].setting:g} | {100 * pooled(best)[0]:.1f}" if best else "not run | –"
    gain = f"{100 * fmean(gains):+.1f} ± {100 * interval(gains):.1f}" if gains else "–"
    shares = [row.abandoned / max(1, row.answered) for row in ours]
    worst, answers = max(row.worst for row in ours), sum(row.answered for row in ours)
    return (
        f"| {name} | {peer} | {100 * occupancy:.1f} | {gain} "
        f"| {100 * abandonment:.2f} ± {100 * interval(shares):.2f} % "
        f"| {100 * max(shares):.2f} % | {100 * worst:.1f} % | {answers} |"
    ).replace("nan", "–")


def write(tables: Sequence[tuple[float, Sequence[tuple[str, Sequence[Row]]]]]) -> None:
    """Put the tables between the marks of docs/pacing.md, and a plot of each beside it."""
    texts = []
    for ceiling, cells in tables:
        picture = f"pacing-{100 * ceiling:g}.svg"
        plot(cells, ceiling, DOCS / picture)
        shifts = max(len({row.seed for row in rows}) for _, rows in cells)
        texts.append(f"Ceiling {100 * ceiling:g} %, {shifts} paired shifts for each cell. Occupancy in %.\n")
        texts += [*table(cells, ceiling), "", f"![Occupancy and abandonment at {100 * ceiling:g} %]({picture})", ""]
    docs = DOCS / "pacing.md"
    before, _, rest = docs.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    docs.write_text("\n".join([f"{before}{START}\n", *texts, f"{END}{after}"]), encoding="utf-8")


def plot(cells: Sequence[tuple[str, Sequence[Row]]], ceiling: float, path: Path) -> None:
    """Ours and the best peer: occupancy by agents, a panel for each answer ratio and talk of the grid; below them the
    abandonment of every cell, with its interval, and the ceiling."""
    in_grid = {name: CELLS[name] for name, _ in cells if CELLS[name].in_grid}
    answers = sorted({shift.people.answer_ratio for shift in in_grid.values()})
    talks = sorted({shift.team.talk_s for shift in in_grid.values()})
    pyplot.rcParams |= {"svg.hashsalt": "pacing", "svg.fonttype": "none"}
    figure = pyplot.figure(figsize=(12.0, 3.0 + 2.4 * len(talks)), layout="constrained")
    places = figure.add_gridspec(len(talks) + 1, max(1, len(answers)))
    known = dict(cells)
    for row, talk in enumerate(talks):
        for column, answer in enumerate(answers):
            panel = figure.add_subplot(places[row, column])
            alike = [n for n, at in in_grid.items() if (at.team.talk_s, at.people.answer_ratio) == (talk, answer)]
            _plot_occupancy(panel, [(in_grid[name].team.agents, known[name]) for name in alike], ceiling)
            panel.set_title(f"{100 * answer:.0f} % answer, talks of {talk:.0f} s", fontsize=8)
    _plot_abandonment(figure.add_subplot(places[len(talks), :]), cells, ceiling)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _plot_occupancy(panel: Axes, teams: Sequence[tuple[int, Sequence[Row]]], ceiling: float) -> None:
    agents = [size for size, _ in teams]
    ours = [100 * pooled([row for row in rows if row.dialer == OURS])[0] for _, rows in teams]
    peers = [100 * pooled(best)[0] if (best := best_peer(rows, ceiling)) else float("nan") for _, rows in teams]
    panel.semilogx(agents, ours, "o-", markersize=3, label="ours, one setting")
    panel.semilogx(agents, peers, "x--", markersize=4, label="best peer, tuned for each cell")
    panel.set_xticks(agents, [str(size) for size in agents], minor=False)
    panel.minorticks_off()
    panel.set_xlabel("agents", fontsize=7)
    panel.set_ylabel("occupancy, %", fontsize=7)
    panel.tick_params(labelsize=7)
    panel.grid(alpha=0.3)
    panel.legend(fontsize=6)


def _plot_abandonment(panel: Axes, cells: Sequence[tuple[str, Sequence[Row]]], ceiling: float) -> None:
    ours = [[row for row in rows if row.dialer == OURS] for _, rows in cells]
    shares = [100 * pooled(rows)[1] for rows in ours]
    errors = [100 * interval([row.abandoned / max(1, row.answered) for row in rows]) for rows in ours]
    panel.errorbar(range(len(cells)), shares, yerr=errors, fmt="o", markersize=3, linewidth=0.8)
    panel.axhline(100 * ceiling, color="red", linewidth=0.8)
    panel.set_ylim(bottom=0.0)
    panel.set_xticks([])
    panel.set_xlabel("cells, in the order of the table", fontsize=7)
    panel.set_ylabel("our abandonment, %", fontsize=7)
    panel.tick_params(labelsize=7)
    panel.grid(alpha=0.3)
