"""Fresh requests in the books: hastened as they age, late ones known; lists are no fresh requests."""

from dataclasses import replace

from dialer.core.hours import Calendar, Window
from dialer.core.ids import LeadId
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.store import campaigns, first_calls, lists
from tests.store.scene import NOW, Scene, lead, settlement

ALL_DAY = Calendar(tuple((Window(0, 24 * 60),) for _ in range(7)))
ALLOWED_S = 1200.0


async def running(scene: Scene) -> tuple[LeadId, LeadId]:
    """A lead of a list, and one that came by itself; both came at NOW."""
    listed, fresh = lead(1, priority=9), lead(2)
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
        await campaigns.update_campaign(conn, replace(settings, calendar=ALL_DAY))
        standing = await lists.standing_list(conn, scene.campaign)
        await conn.execute("update dialer.campaign set state = 'running'")
    await scene.add(listed)
    await lists.ListWriter(scene.database, standing).write([fresh], NOW)
    await scene.run("update dialer.lead set created_at = to_timestamp($1)", NOW)
    return listed.id, fresh.id


async def late(scene: Scene, now: float) -> list[tuple[LeadId, float]]:
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
        return [(one.request.lead, one.waited_s) for one in await first_calls.late(conn, settings, now)]


async def hasten(scene: Scene, now: float) -> None:
    async with scene.database.connection() as conn:
        await first_calls.hasten(conn, now)


async def test_who_has_waited_half_of_his_time_goes_before_the_lists(scene: Scene) -> None:
    listed, fresh = await running(scene)
    await hasten(scene, NOW + ALLOWED_S / 2 - 1)
    assert [(await scene.lead(one))["priority"] for one in (listed, fresh)] == [9, 5]
    await hasten(scene, NOW + ALLOWED_S / 2)
    assert [(await scene.lead(one))["priority"] for one in (listed, fresh)] == [9, 10]
    (taken,) = (await scene.reserve(1, at=NOW + ALLOWED_S / 2)).reservations
    again = LeadStep(LeadState.WAITING, "no_answer", next_call_at=NOW + 9000)
    await scene.settle(settlement(taken, again, Outcome.NO_ANSWER))
    assert (taken.lead, (await scene.lead(fresh))["priority"]) == (fresh, 5)


async def test_a_first_call_that_is_late_or_came_late_is_known(scene: Scene) -> None:
    _, fresh = await running(scene)
    assert await late(scene, NOW + ALLOWED_S) == []
    assert await late(scene, NOW + ALLOWED_S + 60) == [(fresh, ALLOWED_S + 60)]
    taken = next(one for one in (await scene.reserve(at=NOW + 1500)).reservations if one.lead == fresh)
    times = replace(settlement(taken).times, dialled_at=NOW + 1500)
    await scene.settle(settlement(taken, times=times), at=NOW + 1530)
    assert await late(scene, NOW + 9000) == [(fresh, 1500.0)]


async def test_one_that_was_called_in_time_is_not_late(scene: Scene) -> None:
    await running(scene)
    await scene.settle(*(settlement(one) for one in (await scene.reserve()).reservations))
    assert await late(scene, NOW + 9000) == []
