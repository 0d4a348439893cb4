"""A lead that is over without a call at that moment is told to the client, once."""

from collections.abc import Awaitable, Callable

import orjson
import pytest

from dialer.core.ids import LeadId
from dialer.core.pseudonym import Pseudonyms
from dialer.store import undecided
from dialer.store.do_not_call import DoNotCall
from dialer.store.front import FrontLeads
from dialer.store.outbox import OutboxBooks
from dialer.store.persons import Persons
from dialer.store.undecided import Choice
from tests.store.scene import NOW, Scene, lead, settlement

End = Callable[[Scene, LeadId], Awaitable[object]]


async def cancelled(scene: Scene, one: LeadId) -> None:
    await FrontLeads(scene.database).withdraw(one, "sold out")


async def forbidden(scene: Scene, one: LeadId) -> None:
    await DoNotCall(scene.database).forbid(["9000000001"], None, "asked", NOW)


async def erased(scene: Scene, one: LeadId) -> None:
    scene.database.pseudonyms = Pseudonyms(("a key of more than thirty-two characters",))
    await Persons(scene.database).erase("9000000001", "anna", NOW)


async def expired(scene: Scene, one: LeadId) -> None:
    await scene.run("update dialer.lead set expires_at = to_timestamp($1)", NOW)
    await scene.reserve(at=NOW + 1)


async def used_up(scene: Scene, one: LeadId) -> None:
    await scene.run("update dialer.lead set attempts = 99")
    await scene.reserve()


async def refused_by_a_person(scene: Scene, one: LeadId) -> None:
    await scene.run("update dialer.lead set state = 'needs_decision' where state = 'ready'")
    async with scene.database.transaction() as conn:
        await undecided.settle(conn, [Choice(one)], NOW)


@pytest.mark.parametrize(
    ("end", "state", "reason"),
    [
        (cancelled, "refused", "sold out"),
        (forbidden, "refused", "do_not_call"),
        (erased, "refused", "erased"),
        (expired, "expired", "expired"),
        (used_up, "done", "attempts_used_up"),
        (refused_by_a_person, "refused", "refused_by_person"),
    ],
)
async def test_it_is_told_once(scene: Scene, end: End, state: str, reason: str) -> None:
    one = lead(1, external_id="A-1")
    await scene.add(one)
    for _ in range(2):
        await end(scene, one.id)
    row = await scene.row("select kind, payload::text from dialer.outbox")
    told = orjson.loads(row["payload"])
    assert row["kind"] == "lead_closed"
    assert (told["lead"], told["external_id"], told["lead_state"], told["reason"]) == (one.id, "A-1", state, reason)
    assert told["closed_at"] > 0
    assert await OutboxBooks(scene.database).fan_out(NOW, NOW, 10) == 1


async def test_one_on_a_call_is_told_by_its_call_and_one_that_waits_by_nothing(scene: Scene) -> None:
    calling = lead(1)
    await scene.add(calling)
    (taken,) = (await scene.reserve(1)).reservations
    await forbidden(scene, calling.id)
    assert (await scene.row("select count(*) from dialer.outbox"))["count"] == 0
    await scene.settle(settlement(taken))
    await DoNotCall(scene.database).allow(["9000000001"], None)
    other = lead(1, external_id="A-2")
    await scene.add(other)
    await scene.reserve(at=NOW + 60)
    assert (await scene.lead(other.id))["reason"] == "number_rests"
    assert (await scene.row("select string_agg(kind, ' ') as kinds from dialer.outbox"))["kinds"] == "attempt_settled"
