"""The tables and plots of the pacing bench: the best tuned peer of each cell beside ours, on paired seeds."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from tests.bench.cells import OURS, Row

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
        texts.append(f"Ceiling {ceiling:.0%}, {shifts} paired shifts for each cell. Occupancy in %.\n")
        texts += [*table(cells, ceiling), "", f"![Occupancy and abandonment at {ceiling:.0%}]({picture})", ""]
    docs = DOCS / "pacing.md"
    before, _, rest = docs.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    docs.write_text("\n".join([f"{before}{START}\n", *texts, f"{END}{after}"]), encoding="utf-8")


def plot(cells: Sequence[tuple[str, Sequence[Row]]], ceiling: float, path: Path) -> None:
    """Ours and the best peer by cell: occupancy above, abandonment and the ceiling below."""
    names = [name for name, _ in cells]
    ours = [pooled([row for row in rows if row.dialer == OURS]) for _, rows in cells]
    peers = [pooled(best) if (best := best_peer(rows, ceiling)) else (float("nan"),) * 2 for _, rows in cells]
    pyplot.rcParams["svg.hashsalt"] = "pacing"
    figure, axes = pyplot.subplots(2, 1, sharex=True, figsize=(max(6.0, 0.3 * len(names)), 6.0))
    for axis, which in zip(axes, (0, 1), strict=True):
        axis.plot(names, [100 * each[which] for each in ours], "o", label="ours, one setting")
        axis.plot(names, [100 * each[which] for each in peers], "_", label="best peer, tuned")
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("occupancy, %")
    axes[1].set_ylabel("abandonment, %")
    axes[1].axhline(100 * ceiling, color="red", linewidth=0.8)
    axes[0].legend()
    axes[1].tick_params(axis="x", rotation=90, labelsize=7)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
