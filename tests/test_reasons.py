"""The ring of decisions: the latest, and what was in force when."""

from dialer.core.effects import BookDecision
from dialer.core.ids import CampaignId, ServerName
from dialer.reasons import KEPT, Reasons
from strategies.base import Decision

ORDERS = CampaignId(1)


def made(at: float, calls: int, server: str = "a") -> BookDecision:
    return BookDecision(campaign=ORDERS, server=ServerName(server), at=at, decision=Decision(calls, "…"))


def test_in_force_is_the_last_of_each_server() -> None:
    reasons = Reasons()
    for effect in (made(10, 1), made(11, 2, "b"), made(20, 3)):
        reasons.put(effect)
    assert reasons.in_force(ORDERS, 9.9) is None
    assert reasons.in_force(ORDERS, 10) == [made(10, 1)]
    assert reasons.in_force(ORDERS, 19.9) == [made(10, 1), made(11, 2, "b")]
    assert reasons.in_force(ORDERS, 99) == [made(20, 3), made(11, 2, "b")]
    assert reasons.latest(ORDERS, 2) == [made(20, 3), made(11, 2, "b")]
    assert reasons.latest(CampaignId(2), 2) == []
    assert reasons.in_force(CampaignId(2), 99) is None


def test_the_ring_does_not_grow_for_ever() -> None:
    reasons = Reasons()
    for at in range(KEPT + 10):
        reasons.put(made(at, 1))
    assert len(reasons.latest(ORDERS, 2 * KEPT)) == KEPT
    assert reasons.in_force(ORDERS, 5) is None
