"""Who will answer: what knowing it is worth, and whether what is said comes true. `python -m tests.bench.reach`.

A list is dialled for five days at a fixed rate of calls, 9:00-21:00 on each person's own clock, six attempts two hours
apart: once in the order of time, once in the order of the daemon's own code (`dialer.core.reach`), with the claim's
rule: the least of due time less head start first. The people are the same in both. Worlds differ in what their people
differ by; everybody also has a leaning of his own that nobody can know. `--write` renews table and picture of
docs/pacing.md, `--quick` runs one seed.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import pairwise
from math import log
from pathlib import Path
from random import Random
from statistics import fmean, median
from typing import TypeAlias

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from dialer.core.events import Known, Reservation
from dialer.core.hours import Allow, Calendar, open_at
from dialer.core.ids import AttemptId, LeadId
from dialer.core.reach import HeadStarts, forecast_of, head_starts, stratum_of, words_of
from strategies.calibration import logit, sigmoid
from tests.bench.tables import DOCS, interval
from tests.core.playbook import CAMPAIGN, Play

START, END = "<!-- reach: start -->", "<!-- reach: end -->"
PICTURE = "reach.svg"
SEEDS = 12
ZONES = ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk")
MONDAY = 1_788_739_200.0
"""2026-09-07, midnight UTC."""
DAYS, LEADS, CALLS_PER_HOUR = 5, 5000, 240.0
ATTEMPTS, RETRY_S = 6, 7200.0
HOUR_S, DAY_S = 3600.0, 86_400.0
HOURS = Calendar()
RAISES = {"Europe/Moscow": 3, "Asia/Yekaterinburg": 5, "Asia/Omsk": 6, "Asia/Novosibirsk": 7}
"""Hours ahead of UTC."""


@dataclass(frozen=True, slots=True)
class People:
    """By what the people of a world differ, in log-odds; all zero: only by what nobody can know."""

    name: str
    base: float = 0.25
    kind: float = 0.0
    """Mobiles above, landlines below the base."""
    hour: float = 0.0
    """For each hour after 15:00 mobiles answer so much better, and landlines so much worse."""
    region: float = 0.0
    attempt: float = 0.0
    """For each attempt made."""
    own: float = 0.6
    turn_day: int = DAYS
    """From this day on the hours are the other way round."""


WORLDS = (
    People("all alike"),
    People("mobiles and landlines", kind=0.7),
    People("hours", hour=0.2),
    People("attempts", attempt=-0.5),
    People("all of it", kind=0.5, hour=0.15, region=0.4, attempt=-0.3),
    People("all of it, hours turn on day 3", kind=0.5, hour=0.15, region=0.4, attempt=-0.3, turn_day=2),
)


@dataclass(slots=True)
class Lead:
    """One person of the list."""

    place: int
    number: str
    zone: str
    region: str
    own: float
    attempts: int = 0
    last: str = ""


Queue: TypeAlias = list[tuple[float, int, Lead]]
"""(due at, place in the list, lead), as a heap."""
Queues: TypeAlias = dict[tuple[str, int], Queue]
"""By zone and stratum, as the claim's index has them."""


@dataclass(slots=True)
class Outcome:
    """What five days came to."""

    calls: int = 0
    answers: int = 0
    reached_h: list[float] = field(default_factory=list)
    """Hours from the start to the answer, of those who were reached."""
    untouched: int = 0
    """Leads that were never called."""
    said: list[tuple[float, float, bool]] = field(default_factory=list)
    """Of each call: (chance said, base rate so far, answered)."""


def the_list(people: People, seed: int) -> list[Lead]:
    random = Random(f"{seed}/list")
    regions = [random.gauss(0.0, people.region) for _ in range(20)]
    found = []
    for place in range(LEADS):
        region = random.randrange(len(regions))
        number = f"{'9' if random.random() < 0.6 else '4'}{place:09}"
        own = regions[region] + random.gauss(0.0, people.own)
        found.append(Lead(place, number, random.choice(ZONES), f"r{region}", own))
    return found


def chance(people: People, lead: Lead, at: float) -> float:
    """The truth."""
    hour = (at / HOUR_S + RAISES[lead.zone]) % 24 - 15.0
    turned = -1.0 if (at - MONDAY) // DAY_S >= people.turn_day else 1.0
    side = 1.0 if lead.number.startswith("9") else -1.0
    own = lead.own + people.attempt * lead.attempts
    return sigmoid(logit(people.base) + side * (people.kind + turned * people.hour * hour) + own)


def dial(people: People, seed: int, *, ordered: bool) -> Outcome:
    """Five days. What happens at a lead's nth call depends on his chance then, never on the order."""
    play = Play()
    room, campaign, outcome = play.floor.room, play.floor.room.campaigns[CAMPAIGN], Outcome()
    queues: Queues = {}
    for lead in the_list(people, seed):
        _queue(queues, lead).append((MONDAY, lead.place, lead))
    for queue in queues.values():
        heapify(queue)
    for at in _moments():
        room.at = at
        zones = tuple(zone for zone in ZONES if isinstance(open_at(HOURS, zone, at), Allow))
        starts = head_starts(room, campaign, zones) if ordered else {}
        first = _first(queues, zones, starts, at)
        if first is None:
            continue
        lead = heappop(first)[2]
        claim = _claim(lead)
        words, model = words_of(claim, at, ZONES[0]), forecast_of(room, campaign).model
        answered = Random(f"{seed}/{lead.place}/{lead.attempts}").random() < chance(people, lead, at)
        outcome.said.append((model.chance(words), (outcome.answers + 3.6) / (outcome.calls + 10.0), answered))
        model.learn(words, at, answered=answered)
        _count(outcome, lead, at, answered=answered)
        if not answered and lead.attempts < ATTEMPTS:
            heappush(_queue(queues, lead), (at + RETRY_S, lead.place, lead))
    outcome.untouched = sum(not each[2].attempts for queue in queues.values() for each in queue)
    return outcome


def _moments() -> Iterator[float]:
    at = MONDAY
    while at < MONDAY + DAYS * DAY_S:
        yield at
        at += HOUR_S / CALLS_PER_HOUR


def _queue(queues: Queues, lead: Lead) -> Queue:
    return queues.setdefault((lead.zone, stratum_of(lead.number, lead.attempts)), [])


def _first(queues: Queues, zones: Sequence[str], starts: HeadStarts, at: float) -> Queue | None:
    """The queue whose first is claimed: as `reserve` orders them."""
    best: tuple[float, float, int] = (float("inf"), 0.0, 0)
    found: Queue | None = None
    for (zone, stratum), queue in queues.items():
        if not queue or zone not in zones or queue[0][0] > at:
            continue
        start = starts[zone][stratum] if zone in starts else 0.0
        place = (queue[0][0] - start, queue[0][0], queue[0][1])
        if place < best:
            best, found = place, queue
    return found


def _claim(lead: Lead) -> Reservation:
    known = Known(MONDAY, lead.region, 1, lead.last)
    return Reservation(AttemptId("a"), LeadId("l"), CAMPAIGN, lead.number, lead.zone, lead.attempts + 1, known=known)


def _count(outcome: Outcome, lead: Lead, at: float, *, answered: bool) -> None:
    lead.attempts += 1
    lead.last = "no_answer"
    outcome.calls += 1
    outcome.answers += answered
    if answered:
        outcome.reached_h.append((at - MONDAY) / HOUR_S)


@dataclass(frozen=True, slots=True)
class Row:
    """One world: pairs of (in the order of time, by reach) for each seed."""

    people: People
    pairs: Sequence[tuple[Outcome, Outcome]]

    def text(self) -> str:
        by_time, by_reach = ([pair[side] for pair in self.pairs] for side in (0, 1))
        gains = [per_100(after) - per_100(before) for before, after in self.pairs]
        sooner = [fmean(day_one(one) for one in each) for each in (by_time, by_reach)]
        half = [fmean(median(one.reached_h) for one in each) for each in (by_time, by_reach)]
        said = [call for one in by_reach for call in one.said[len(one.said) // 5 :]]
        brier, brier_base = brier_of(said)
        loss, loss_base = log_loss_of(said)
        return (
            f"| {self.people.name} | {fmean(map(per_100, by_time)):.1f} | {fmean(map(per_100, by_reach)):.1f} "
            f"| {fmean(gains):+.1f} ± {interval(gains):.1f} | {sooner[0]:.0f} → {sooner[1]:.0f} "
            f"| {half[0]:.0f} → {half[1]:.0f} | {brier_base:.4f} → {brier:.4f} | {loss_base:.4f} → {loss:.4f} |"
        ).replace("nan", "–")


def per_100(outcome: Outcome) -> float:
    return 100.0 * outcome.answers / outcome.calls


def day_one(outcome: Outcome) -> int:
    """People reached on the first day."""
    return sum(hours < 24.0 for hours in outcome.reached_h)


def brier_of(said: Sequence[tuple[float, float, bool]]) -> tuple[float, float]:
    """(ours, of the base rate so far): the mean of (said − came)²."""
    return fmean((p - came) ** 2 for p, _, came in said), fmean((b - came) ** 2 for _, b, came in said)


def log_loss_of(said: Sequence[tuple[float, float, bool]]) -> tuple[float, float]:
    """(ours, of the base rate so far), in nats."""
    return (
        -fmean(log(p if came else 1.0 - p) for p, _, came in said),
        -fmean(log(b if came else 1.0 - b) for _, b, came in said),
    )


def groups(said: Sequence[tuple[float, float, bool]], count: int = 10) -> list[tuple[float, float, int]]:
    """Calls by what was said of them, in groups of one size: (mean said, share that answered, calls)."""
    ranked = sorted((p, came) for p, _, came in said)
    cuts = [len(ranked) * place // count for place in range(count + 1)]
    parts = [ranked[low:high] for low, high in pairwise(cuts)]
    return [(fmean(p for p, _ in part), fmean(came for _, came in part), len(part)) for part in parts]


def plot(rows: Sequence[Row], path: Path) -> None:
    """The reliability diagram: what was said against what came, the first day left out."""
    pyplot.rcParams["svg.hashsalt"] = "reach"
    figure, axis = pyplot.subplots(figsize=(5.0, 5.0))
    axis.plot([0.0, 0.7], [0.0, 0.7], color="grey", linewidth=0.8)
    for row in rows:
        said = [call for _, one in row.pairs for call in one.said[len(one.said) // 5 :]]
        points = groups(said)
        axis.plot([p for p, _, _ in points], [came for _, came, _ in points], "o-", markersize=3, label=row.people.name)
    axis.set_xlabel("said: chance that a person answers")
    axis.set_ylabel("came: share answered by a person")
    axis.legend(fontsize=7)
    axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


HEAD = (
    "| people differ by | answers per 100 attempts, in the order of time | by reach | gain, 95 % | reached on day 1 "
    "| half of the reached after, h | Brier, base rate → ours | log-loss, base rate → ours |",
    "|---|---|---|---|---|---|---|---|",
)


def main(arguments: Sequence[str]) -> None:
    seeds = 1 if "--quick" in arguments else SEEDS
    rows = []
    print(*HEAD, sep="\n")
    for people in WORLDS:
        pairs = [(dial(people, seed, ordered=False), dial(people, seed, ordered=True)) for seed in range(seeds)]
        rows.append(Row(people, pairs))
        print(rows[-1].text(), flush=True)
    if "--write" in arguments:
        write(rows)


def write(rows: Sequence[Row]) -> None:
    """Table and picture, between the marks of docs/pacing.md."""
    plot(rows, DOCS / PICTURE)
    docs = DOCS / "pacing.md"
    before, _, rest = docs.read_text(encoding="utf-8").partition(START)
    _, _, after = rest.partition(END)
    text = "\n".join([*HEAD, *(row.text() for row in rows), "", f"![What was said against what came]({PICTURE})"])
    docs.write_text(f"{before}{START}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
