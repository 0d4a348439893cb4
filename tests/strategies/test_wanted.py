"""The law of the sum: where small sums pass into large ones, and where doubt grows, risk changes by little."""

from itertools import pairwise

import pytest

from strategies.base import BusyAgent, Phase, RingingCall, Snapshot
from strategies.chances import EXACT_TERMS
from strategies.forecast import Forecast
from strategies.wanted import DOUBTFUL, FEW, doubt_that_counts, tail_of

BUSY, AGENTS = 20, 34


class Doubting(Forecast):
    """A forecast that is as unsure of today's answers as a test wants."""

    told: float = 0.0

    @property
    def doubt(self) -> float:
        return self.told


def risk(doubt: float, ringing: int, capacity: int = AGENTS) -> float:
    """Of the next call, with so many in flight and 20 agents in talk."""
    forecast = Doubting()
    forecast.told = doubt
    busy = [BusyAgent(Phase.TALK, 5.0 * place) for place in range(BUSY)]
    forecast.renew(Snapshot(100.0, AGENTS - BUSY, busy))
    snapshot = Snapshot(100.0, AGENTS - BUSY, busy, [RingingCall(5.0)] * ringing)
    tail = tail_of(forecast, forecast.busy_rows(snapshot), forecast.ringing_rows(snapshot), capacity)
    return tail.risk(forecast.next_call_when).judged


@pytest.mark.parametrize("doubt", [0.0, 0.1, 0.24])
def test_one_more_call_at_the_end_of_exact_sums_is_one_more_call(doubt: float) -> None:
    """By each the risk grows by a smaller part than by the one before, whether the sum is still exact or not."""
    risks = [risk(doubt, ringing) for ringing in range(EXACT_TERMS - BUSY - 4, EXACT_TERMS - BUSY + 5)]
    growth = [after / before for before, after in pairwise(risks)]
    assert growth == sorted(growth, reverse=True)


def test_doubt_comes_into_the_law_little_by_little() -> None:
    by_doubt = [risk(doubt / 100.0, 30) for doubt in range(20, 41)]
    assert by_doubt == sorted(by_doubt)
    assert max(after / before for before, after in pairwise(by_doubt)) < 1.25


@pytest.mark.parametrize(
    ("doubt", "terms", "counts"),
    [
        (0.2, 20, 0.0),
        (0.2, EXACT_TERMS, 0.0),
        (0.2, EXACT_TERMS * 3 // 2, 0.1),
        (0.2, EXACT_TERMS * 2, 0.2),
        (0.2, EXACT_TERMS * 9, 0.2),
        (sum(DOUBTFUL) / 2.0, 20, sum(DOUBTFUL) / 4.0),
        (0.5, 20, 0.5),
    ],
)
def test_how_much_of_the_doubt_counts(doubt: float, terms: int, counts: float) -> None:
    assert doubt_that_counts(doubt, terms) == pytest.approx(counts)


def test_a_few_agents_are_paced_by_the_exact_law_whatever_is_doubted() -> None:
    assert risk(0.9, 3, FEW) == risk(0.0, 3, FEW)
