"""Lists that turn to and fro, far more than the days of `cells`: `python -m tests.bench.swings`.

What rings when a list turns was placed for others. Shifts of a team of twenty in the light world, ceiling 3 %, the same
seeds for each world: whether the share of abandoned calls is held where no forecast can, and what that leaves of
occupancy. `--quick` works two shifts of each, of two hours. (`make bench-swings`)
"""

import sys
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, takewhile
from random import Random
from statistics import fmean

from sim.world import People
from strategies import load
from tests.bench.cells import PeopleAt
from tests.bench.light import Light, Result, cell

AGENTS, TALK_S, CEILING = 20, 90.0, 0.03
SEEDS, HOURS = 8, 4.0
HEAD = "| the list | occupancy | abandoned | in single shifts | worst 30 min |\n|---|---|---|---|---|"


def drops(usual: float, low: float) -> PeopleAt:
    """In the last ten minutes of each half hour few answer."""

    def people_at(at_s: float, _: Random) -> People:
        return People(answer_ratio=low if at_s % 1800.0 >= 1200.0 else usual)

    return people_at


def to_and_fro(low: float, high: float, mean_s: float, seed: int) -> PeopleAt:
    """Now the one, now the other, each for an exponential time."""
    turns = list(takewhile(lambda at_s: at_s < 24 * 3600.0, accumulate(_times(mean_s, Random(seed)))))

    def people_at(at_s: float, _: Random) -> People:
        return People(answer_ratio=(low, high)[bisect(turns, at_s) % 2])

    return people_at


def _times(mean_s: float, random: Random) -> Iterator[float]:
    while True:
        yield random.expovariate(1.0 / mean_s)


def worlds(seed: int) -> dict[str, PeopleAt | None]:
    """By name; None: the list is even."""
    return {
        "50 %, ten minutes in thirty 2 %": drops(0.5, 0.02),
        "50 %, ten minutes in thirty 5 %": drops(0.5, 0.05),
        "10 or 60 %, two minutes each": to_and_fro(0.1, 0.6, 120.0, seed),
        "10 or 60 %, five minutes each": to_and_fro(0.1, 0.6, 300.0, seed),
        "15 or 45 %, ten minutes each": to_and_fro(0.15, 0.45, 600.0, seed),
        "30 %, even": None,
    }


def work(name: str, seed: int, hours: float) -> Result:
    """One shift."""
    shift = replace(cell(AGENTS, 0.3, TALK_S), hours=hours, people_at=worlds(seed)[name], ceiling=CEILING)
    return Light(shift, load("predictive", ceiling_ratio=CEILING), seed).run()


def line(name: str, shifts: Sequence[Result]) -> str:
    """Of the table."""
    shares = [100 * shift.abandonment for shift in shifts]
    together = 100 * sum(shift.abandoned for shift in shifts) / sum(shift.answered for shift in shifts)
    return (
        f"| {name} | {100 * fmean(shift.occupancy for shift in shifts):.1f} % | {together:.2f} % "
        f"| {min(shares):.2f}–{max(shares):.2f} % | {100 * max(shift.worst_window() for shift in shifts):.1f} % |"
    )


def main(arguments: Sequence[str]) -> None:
    seeds, hours = (2, 2.0) if "--quick" in arguments else (SEEDS, HOURS)
    print(HEAD)
    for name in worlds(0):
        print(line(name, [work(name, seed, hours) for seed in range(1, seeds + 1)]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
