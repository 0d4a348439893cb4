"""From what load on first calls come too late: the same day lived under more and more requests an hour."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, inf

from sim.run import Day
from sim.scenario import Scenario

IN_TIME_LEAST = 0.95
"""Of the requests; a limit of the scenario's own goes over it."""
STEP = 1.6
"""Between two loads while the limit is looked for from below."""
CLOSE_ENOUGH = 1.03
"""Between the highest load that holds and the lowest that does not."""
MOST_DAYS = 24
MOST_PER_HOUR = 1_000_000.0
LEAST_TERMS = 3.0
"""So many times the term of a first call a day must last for its load to say anything: within one nobody is late."""


@dataclass(frozen=True, slots=True)
class Load:
    """A day under so many requests an hour."""

    per_hour: float
    in_time: float
    first_call_p95_s: float
    overdue: int
    """Requests that were due for some call when the day ended: what the team falls behind by."""
    occupancy: float
    abandonment: float
    holds: bool


def least_hours(day: Scenario) -> float:
    """A shorter day tells nothing of what load it holds."""
    return LEAST_TERMS * day.requests.first_call_s / 3600.0


def loads(day: Scenario) -> Iterator[Load]:
    """Days under the loads that close in on the limit, from the scenario's own load upwards or downwards."""
    holds, fails = 0.0, inf
    per_hour: float | None = day.requests.per_hour
    for _ in range(MOST_DAYS):
        if per_hour is None:
            return
        found = _under(day, per_hour)
        yield found
        holds, fails = (per_hour, fails) if found.holds else (holds, per_hour)
        per_hour = next_load(holds, fails)


def next_load(holds: float, fails: float) -> float | None:
    """The load to try next, between the highest that is known to hold and the lowest that fails; None: close enough."""
    if fails <= holds * CLOSE_ENOUGH + 1.0:
        return None
    if fails == inf:
        return min(float(ceil(holds * STEP)), MOST_PER_HOUR) if holds < MOST_PER_HOUR else None
    return (holds + fails) / 2.0 if holds else fails / STEP


def _under(day: Scenario, per_hour: float) -> Load:
    lived = Day(replace(day, requests=replace(day.requests, per_hour=per_hour)))
    lived.books.keeps = False
    lived.run()
    figures = lived.figures()
    least = day.limits.first_calls_in_time_least
    return Load(
        per_hour=per_hour,
        in_time=figures["first_calls_in_time"],
        first_call_p95_s=figures["first_call_p95_s"],
        overdue=figures["overdue_requests"],
        occupancy=figures["occupancy"],
        abandonment=figures["abandonment"],
        holds=figures["first_calls_in_time"] >= (IN_TIME_LEAST if least is None else least),
    )
