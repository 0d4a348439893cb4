"""What knowing who answers is worth in a day: `python -m tests.bench.known`.

Days of the daemon's own Floor (`sim.run`) with people of four regions who answer differently. The same people, told to
the dialer in four ways: not at all; as a region of the number, one fact among others, from which `dialer.core.reach`
must learn; as a segment of the list, which is followed by itself; and by the exact chance of each number, which nobody
can know. Seeds are paired. `--write` renews table and picture of docs/pacing.md, `--quick` lives two short days.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from dialer.core.effects import Effect, Originate, Settle
from dialer.core.events import Event
from dialer.core.outcome import Outcome
from sim.run import Day
from sim.scenario import Scenario
from sim.world import Segment, Team, Told
from tests.bench.reach import brier_of, groups
from tests.bench.tables import DOCS, interval

START, END = "<!-- known: start -->", "<!-- known: end -->"
PICTURE = "reach-day.svg"
SEEDS, HOURS, AGENTS = 12, 2.0, 20
ANSWERS = (0.08, 0.2, 0.4, 0.7)
REGIONS = tuple(Segment(f"r{place}", 0.25, {"answer_ratio": ratio}) for place, ratio in enumerate(ANSWERS))
BASE = Scenario(name="four regions", hours=HOURS, team=Team(agents=AGENTS), segments=REGIONS)
CAME = frozenset({Outcome.ANSWERED, Outcome.ABANDONED})


@dataclass(slots=True)
class Said:
    """A journal that holds what was said of each call against what came."""

    day: Day
    calls: list[tuple[float, float, bool]] = field(default_factory=list)
    """(chance said, base rate so far, answered)."""
    _open: dict[str, float] = field(default_factory=dict)
    _ended: int = 0
    _answered: int = 0

    def __call__(self, event: Event, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Originate):
                chance = self.day.floor.room.calls[effect.attempt].reservation.answer_ratio
                if chance is not None:
                    self._open[effect.attempt] = chance
            elif isinstance(effect, Settle):
                self._settled(effect)

    def _settled(self, effect: Settle) -> None:
        came = effect.outcome in CAME
        chance = self._open.pop(effect.attempt, None)
        if chance is not None:
            self.calls.append((chance, self._answered / max(1, self._ended), came))
        self._ended += 1
        self._answered += came


@dataclass(frozen=True, slots=True)
class Lived:
    occupancy: float
    answered: int
    abandoned: int
    said: list[tuple[float, float, bool]]


def live(told: Told, seed: int, hours: float) -> Lived:
    """One day."""
    day = Day(replace(BASE, segments_told=told, seed=seed, hours=hours))
    day.journal = said = Said(day)
    figures = day.run().figures()
    return Lived(figures["occupancy"], figures["answered"], figures["abandoned"], said.calls)


HEAD = (
    "| the region is told | occupancy | gain, 95 % | answers an hour | abandonment | Brier, base rate → ours |",
    "|---|---|---|---|---|---|",
)
NAMES = {
    Told.NOTHING: "not at all",
    Told.REGION: "as a fact, to be learned",
    Told.SEGMENT: "as a segment",
    Told.CHANCE: "by the exact chance, as nobody can",
}


def row(told: Told, days: Sequence[Lived], without: Sequence[Lived], hours: float) -> str:
    """One line of the table."""
    gains = [one.occupancy - other.occupancy for one, other in zip(days, without, strict=True)]
    answered, abandoned = sum(day.answered for day in days), sum(day.abandoned for day in days)
    said = [call for day in days for call in day.said]
    ours, base = brier_of(said) if said else (0.0, 0.0)
    return (
        f"| {NAMES[told]} | {100 * fmean(day.occupancy for day in days):.1f} % "
        f"| {f'{100 * fmean(gains):+.1f} ± {100 * interval(gains):.1f}' if days is not without else '–'} "
        f"| {answered / len(days) / hours:.0f} | {100 * abandoned / answered:.2f} % "
        f"| {f'{base:.4f} → {ours:.4f}' if said else '–'} |"
    )


def plot(days: Sequence[Lived]) -> None:
    """The reliability diagram of the days in which regions were told as a fact."""
    pyplot.rcParams["svg.hashsalt"] = "known"
    figure, axis = pyplot.subplots(figsize=(4.5, 4.5))
    axis.plot([0.0, 0.8], [0.0, 0.8], color="grey", linewidth=0.8)
    points = groups([call for day in days for call in day.said], count=12)
    axis.plot([p for p, _, _ in points], [came for _, came, _ in points], "o-", markersize=4)
    axis.set_xlabel("said: chance that a person answers")
    axis.set_ylabel("came: share answered by a person")
    axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(DOCS / PICTURE, metadata={"Date": None})
    pyplot.close(figure)


def main(arguments: Sequence[str]) -> None:
    seeds, hours = (2, 0.5) if "--quick" in arguments else (SEEDS, HOURS)
    lines, without, known = list(HEAD), list[Lived](), list[Lived]()
    for told in NAMES:
        days = [live(told, seed, hours) for seed in range(1, seeds + 1)]
        without = without or days
        known = days if told is Told.REGION else known
        lines.append(row(told, days, without, hours))
        print(lines[-1], flush=True)
    if "--write" in arguments:
        plot(known)
        docs = DOCS / "pacing.md"
        before, _, rest = docs.read_text(encoding="utf-8").partition(START)
        _, _, after = rest.partition(END)
        text = "\n".join([*lines, "", f"![What was said in a day against what came]({PICTURE})"])
        docs.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
