"""Ours beside the reference rule in another's simulator: `python -m tests.bench.stranger`.

Neither world (`tests/bench/elsewhere.py`) nor rule (`tests/bench/reference.py`) shares code with what is measured, and
nothing of ours was ever chosen by them. Shifts of four hours, ceiling 3 %, the same people for both rules; one setting
of each for all. Twelve shifts of each cell, of fifty agents and more three. `--quick`: three cells, four shifts of
each. (`make bench-stranger`)
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from statistics import fmean

from strategies import load
from tests.bench.elsewhere import Day, Elsewhere, Place
from tests.bench.reference import Reference
from tests.bench.tables import interval

CEILING = 0.03
MANY_AGENTS, FEWER_SEEDS = 50, 3
"""Shifts of large teams are long to work, hear many people and differ little."""
TWENTY = Place(20)


def _turned(at_s: float) -> float:
    return 0.6 if 4800.0 <= at_s < 9600.0 else 0.2


def _in_turn(at_s: float) -> float:
    return 0.6 if at_s // 1800.0 % 2 else 0.15


def _long_talks(at_s: float) -> float:
    return 3.0 if 4800.0 <= at_s < 9600.0 else 1.0


PLACES = {
    f"{agents} / {ratio * 100:.0f} % / {work_s:.0f} s": Place(agents, ratio, work_s)
    for agents, ratio, work_s in (
        (3, 0.3, 90.0),
        (3, 0.5, 45.0),
        (3, 0.7, 180.0),
        (5, 0.3, 90.0),
        (5, 0.5, 180.0),
        (10, 0.15, 90.0),
        (10, 0.3, 45.0),
        (10, 0.5, 90.0),
        (10, 0.3, 180.0),
        (20, 0.3, 90.0),
        (20, 0.7, 45.0),
        (50, 0.15, 180.0),
        (50, 0.3, 90.0),
        (50, 0.5, 45.0),
        (100, 0.3, 90.0),
        (300, 0.3, 90.0),
    )
} | {
    "20, answers 20 → 60 → 20 %": replace(TWENTY, answers=_turned),
    "20, blocks of 15 / 60 %, 30 min": replace(TWENTY, answers=_in_turn),
    "20, talks × 3 for 80 min": replace(TWENTY, talks=_long_talks),
    "20, half signs out": replace(TWENTY, half_leaves_at_s=7200.0),
    "20, ringing 20 s": replace(TWENTY, ring_s=20.0),
    "20, machines leak 30 %": replace(TWENTY, machines_leak=0.3),
}
QUICK = ("3 / 30 % / 90 s", "10 / 30 % / 45 s", "20, blocks of 15 / 60 %, 30 min")
HEAD = (
    "| cell | one call for each free agent | reference: occupancy | abandoned | worst shift | worst 30 min "
    "| ours: occupancy | abandoned | worst shift | worst 30 min | ours − reference, 95 % |\n" + "|---" * 11 + "|"
)


def work(cell: str, rule: str, seed: int) -> Day:
    """One shift of this cell."""
    strategy = Reference(CEILING) if rule == "reference" else load(rule, ceiling_ratio=CEILING)
    return Elsewhere(PLACES[cell], strategy, seed, CEILING).work()


def line(cell: str, plain: list[Day], reference: list[Day], ours: list[Day]) -> str:
    """Of the table; the last column in points of occupancy."""
    gains = [100.0 * (mine.occupancy - its.occupancy) for mine, its in zip(ours, reference, strict=True)]
    return (
        f"| {cell} | {100 * fmean(day.occupancy for day in plain):.1f} | {_figures(reference)} | {_figures(ours)} "
        f"| {fmean(gains):+.1f} ± {interval(gains):.1f} |"
    )


def _figures(days: list[Day]) -> str:
    share = sum(len(day.lost) for day in days) / sum(len(day.answered) for day in days)
    return (
        f"{100 * fmean(day.occupancy for day in days):.1f} | {100 * share:.2f} % "
        f"| {100 * max(day.abandonment for day in days):.2f} % "
        f"| {100 * fmean(day.worst_half_hour() for day in days):.1f} %"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three cells, four shifts of each: two minutes")
    parser.add_argument("--cells", default="", help="only cells whose name holds this text, e.g. '20 / 30'")
    parser.add_argument("--seeds", type=int, default=12, help="shifts of each cell; of large teams three")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    given = parser.parse_args()
    print(HEAD)
    with ProcessPoolExecutor(given.jobs) as pool:
        for cell in QUICK if given.quick else PLACES:
            if given.cells in cell:
                few = PLACES[cell].agents >= MANY_AGENTS
                seeds = range(FEWER_SEEDS if few else 4 if given.quick else given.seeds)
                rules = ("progressive", "reference", "predictive")
                print(line(cell, *(list(pool.map(partial(work, cell, rule), seeds)) for rule in rules)), flush=True)


if __name__ == "__main__":
    main()
