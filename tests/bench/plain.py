"""What learning theta by three loops is worth: `python -m tests.bench.plain`.

The plain rule, as the literature has it: one more call is started while its whole risk is at most theta, and theta
follows what is lost by one number, log theta += 0.1 x (aim x answers - abandoned) (Gibbs and Candes, 2021). It has our
forecast here, so that nothing differs but how theta is found. What it starts from is the rule's one setting: one and a
half times the aim, the same everywhere; and, for each cell, the boldest that keeps the ceiling on these very seeds, as
nobody could know it. Ours has one setting. Shifts of four hours in the light world, ceiling 3 %, the same seeds for
all, none of which the pacing bench uses. `--quick`: three cells, four shifts of each. (`make bench-plain`)
"""

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, partial
from math import exp, log
from statistics import fmean

from strategies import load
from strategies.base import Decision, How, Observation, Snapshot
from strategies.forecast import Forecast
from strategies.wanted import tail_of
from tests.bench.cells import CELLS, stress
from tests.bench.light import Light, Result
from tests.bench.tables import interval

CEILING, HOURS = 0.03, 4.0
AIM = 0.95 * CEILING
USUAL = 1.5
"""What theta starts from, as a multiple of the aim."""
TRIED = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15, 1.3, USUAL, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0)
GAIN = 0.1
LEAST_THETA, MOST_THETA = 1e-4, 0.7
MOST_AT_ONCE = 400
FIRST_SEED = 80_001
MANY_AGENTS, FEWER_SEEDS = 20, 4
"""Shifts of large teams are long to work, hear many people and differ little."""
GRID = (
    "3 / 30 % / 90 s",
    "3 / 50 % / 45 s",
    "3 / 70 % / 180 s",
    "5 / 30 % / 90 s",
    "5 / 50 % / 180 s",
    "10 / 15 % / 90 s",
    "10 / 30 % / 45 s",
    "10 / 50 % / 90 s",
    "10 / 30 % / 180 s",
    "20 / 30 % / 90 s",
    "20 / 70 % / 45 s",
    "50 / 15 % / 180 s",
    "50 / 30 % / 90 s",
    "50 / 50 % / 45 s",
    "100 / 30 % / 90 s",
    "300 / 30 % / 90 s",
)
QUICK = ("3 / 30 % / 90 s", "10 / 30 % / 45 s", "20, blocks of 15 / 60 %, 30 min")
OURS = 0.0
"""In place of what the plain rule starts from."""
HEAD = (
    "| cell | plain, 1.5 × aim: occupancy | abandoned | worst shift | worst 30 min "
    "| plain, tuned | occupancy | abandoned | worst shift | worst 30 min "
    "| ours: occupancy | abandoned | worst shift | worst 30 min | ours − tuned, 95 % |\n" + "|---" * 15 + "|"
)

Shifts = Sequence[Result]


@dataclass(slots=True)
class Plain:
    """The plain rule over our forecast; `first_theta` is what it starts from."""

    first_theta: float
    name: str = "plain"
    _forecast: Forecast = field(default_factory=Forecast)
    _log_theta: float = field(init=False)

    def __post_init__(self) -> None:
        self._log_theta = log(self.first_theta)

    def observe(self, observation: Observation) -> None:
        self._forecast.observe(observation)
        if observation.how is How.ANSWERED:
            self._log_theta += GAIN * AIM
        elif observation.how is How.ABANDONED:
            self._log_theta -= GAIN
        self._log_theta = min(max(self._log_theta, log(LEAST_THETA)), log(MOST_THETA))

    def decide(self, snapshot: Snapshot) -> Decision:
        forecast = self._forecast
        forecast.renew(snapshot)
        busy = forecast.busy_rows(snapshot)
        capacity = snapshot.free_agents + len(busy) - snapshot.waiting_calls
        calls = 0
        if capacity > 0:
            tail = tail_of(forecast, busy, forecast.ringing_rows(snapshot), capacity)
            theta, most = exp(self._log_theta), min(MOST_AT_ONCE, snapshot.free_lines)
            while calls < most and tail.risk(forecast.next_call_when).whole <= theta:
                tail.add(forecast.next_call)
                calls += 1
        return Decision(calls_to_start=calls, reason="", strategy=self.name)


def work(cell: str, first: float, seed: int) -> Result:
    """One shift: ours, or the plain rule from this multiple of the aim."""
    strategy = Plain(first * AIM) if first else load("predictive", ceiling_ratio=CEILING)
    return Light(replace(CELLS[cell], hours=HOURS, ceiling=CEILING), strategy, seed).run()


def boldest(of: Callable[[float], Shifts]) -> float:
    """The boldest start that keeps the ceiling, found by halves; the mildest of those tried where none does."""
    mild, bold = 0, len(TRIED)
    while bold - mild > 1:
        middle = (mild + bold) // 2
        mild, bold = (middle, bold) if _share(of(TRIED[middle])) <= CEILING else (mild, middle)
    return TRIED[mild]


def line(cell: str, of: Callable[[float], Shifts]) -> str:
    """Of the table; the last column in points of occupancy."""
    tuned = boldest(of)
    gains = [100 * (mine.occupancy - plain.occupancy) for mine, plain in zip(of(OURS), of(tuned), strict=True)]
    return (
        f"| {cell} | {_figures(of(USUAL))} | {tuned:g} × aim | {_figures(of(tuned))} | {_figures(of(OURS))} "
        f"| {fmean(gains):+.1f} ± {interval(gains):.1f} |"
    )


def _share(shifts: Shifts) -> float:
    return sum(shift.abandoned for shift in shifts) / sum(shift.answered for shift in shifts)


def _figures(shifts: Shifts) -> str:
    return (
        f"{100 * fmean(shift.occupancy for shift in shifts):.1f} | {100 * _share(shifts):.2f} % "
        f"| {100 * max(shift.abandonment for shift in shifts):.2f} % "
        f"| {100 * fmean(shift.worst_window() for shift in shifts):.1f} %"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="three cells, four shifts of each: some minutes")
    parser.add_argument("--cells", default="", help="only cells whose name holds this text, e.g. '20 / 30'")
    parser.add_argument("--seeds", type=int, default=12, help="shifts of each cell; of large teams four")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    given = parser.parse_args()
    print(HEAD)
    with ProcessPoolExecutor(given.jobs) as pool:
        for cell in QUICK if given.quick else (*GRID, *stress()):
            if given.cells in cell:
                few = given.quick or CELLS[cell].team.agents >= MANY_AGENTS
                seeds = range(FIRST_SEED, FIRST_SEED + (FEWER_SEEDS if few else given.seeds))
                of = cache(lambda first, cell=cell, seeds=seeds: list(pool.map(partial(work, cell, first), seeds)))
                print(line(cell, of), flush=True)


if __name__ == "__main__":
    main()
