"""Numbers shown, in the books: kept with the lead and the attempt, counted by what became of their calls."""

from dataclasses import replace
from datetime import date

import pytest

from dialer.core.callers import Caller, CallerReach
from dialer.core.ids import TrunkName
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.store import campaigns
from dialer.store.callers import FrontCallers
from dialer.store.errors import NameTaken
from tests.store.scene import BUSY, NOW, Scene, lead, settlement

AGAIN = LeadStep(LeadState.WAITING, "busy", next_call_at=NOW + 60)


def caller(scene: Scene, number: str = "74951000001", name: str = "one") -> Caller:
    return Caller(0, scene.project, number, name)


async def test_a_campaign_is_read_with_its_projects_active_numbers(scene: Scene) -> None:
    books = FrontCallers(scene.database)
    labelled = replace(
        caller(scene),
        label="Магазин",
        contract="№ 7",
        label_until=date(2027, 1, 1),
        regions=frozenset({"Омская область"}),
    )
    kept = await books.save(labelled)
    gone = await books.save(caller(scene, "74951000002", "two"))
    await books.save(replace(gone, is_active=False))
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
    assert settings.callers == (kept,)
    assert [one.name for one in await books.of(scene.project)] == ["one", "two"]
    with pytest.raises(NameTaken):
        await books.save(caller(scene, "74951000003", "one"))


async def test_the_next_call_knows_the_number_that_was_shown(scene: Scene) -> None:
    await scene.add(lead(1))
    (first,) = (await scene.reserve()).reservations
    assert first.kept_caller is None
    await scene.settle(settlement(first, AGAIN, caller="74951000001", trunk=TrunkName("second")))
    row = await scene.attempt(first.attempt)
    assert (row["caller"], row["trunk"]) == ("74951000001", "second")
    (again,) = (await scene.reserve(at=NOW + 61)).reservations
    assert again.kept_caller == "74951000001"


async def test_a_call_that_was_never_sent_shows_nothing(scene: Scene) -> None:
    await scene.add(lead(1))
    (first,) = (await scene.reserve()).reservations
    unsent = replace(settlement(first).times, dialled_at=None)
    await scene.settle(settlement(first, AGAIN, Outcome.NOT_SENT, caller="74951000001", times=unsent))
    assert (await scene.lead(first.lead))["caller"] is None


async def test_reach_counts_what_became_of_calls_under_each_number(scene: Scene) -> None:
    books = FrontCallers(scene.database)
    one = await books.save(caller(scene))
    await scene.add(*(lead(number) for number in range(5)))
    taken = (await scene.reserve()).reservations
    outcomes = (Outcome.ANSWERED, Outcome.BLOCKED, Outcome.REJECTED, Outcome.NO_ANSWER)
    for claim, outcome in zip(taken, outcomes, strict=False):
        times = replace(settlement(claim).times, answered_at=NOW + 5 if outcome is Outcome.ANSWERED else None)
        await scene.settle(settlement(claim, BUSY, outcome, caller=one.number, times=times))
    await scene.settle(settlement(taken[-1]))
    found = await books.reach(scene.project, NOW - 60, NOW + 3600)
    assert list(found) == [CallerReach("one", 4, 1, 1, 1, 1), CallerReach("", 1, 0, 0, 0, 0)]
    assert found[0].reach == 0.25
