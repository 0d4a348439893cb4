"""Promised calls: before all others at their time, by who promised first, known where they were missed."""

from dataclasses import replace

import pytest
from asyncpg import Record

from dialer.core.callback import MISSED_AFTER_S
from dialer.core.events import LeadsReserved, Reservation
from dialer.core.ids import AgentId, LeadId
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.store import agents, attempts, promises
from dialer.store.sql import load
from tests.store.scene import NOW, Scene, lead, settlement

ANNA, BORIS = AgentId(1001), AgentId(1002)
CALL_AT = NOW + 3600
SHARED_AFTER_S = 300.0


async def promise(scene: Scene, taken: Reservation, agent: AgentId | None) -> None:
    """As the desk books it, just before the attempt is settled."""
    async with scene.database.connection() as conn:
        for one in (ANNA, BORIS):
            await agents.save_agent(conn, agents.Agent(one, f"Агент {one}", frozenset({scene.group}), True))
        await load("desk")["promise"].run(
            conn, attempt=taken.attempt, now=NOW, leads=[taken.lead], call_at=[CALL_AT], agents=[agent]
        )
    step = LeadStep(LeadState.WAITING, "call_later", next_call_at=CALL_AT)
    await scene.settle(settlement(taken, step, Outcome.ANSWERED))


async def claim(scene: Scene, at: float, *free: AgentId, count: int = 1) -> LeadsReserved:
    async with scene.database.connection() as conn:
        return await attempts.reserve(conn, replace(scene.wish(count), agents=free), at)


async def late(scene: Scene, at: float) -> list[LeadId]:
    async with scene.database.connection() as conn:
        return [one.lead for one in await promises.missed(conn, at)]


async def row(scene: Scene, lead_id: LeadId) -> Record:
    async with scene.database.connection() as conn:
        found = await conn.fetchrow("select priority, own_priority from dialer.lead where id = $1", lead_id)
    assert found is not None
    return found


async def promised(scene: Scene, agent: AgentId | None) -> LeadId:
    """One lead with a promise, and others that are due before it at the sender's highest priority."""
    first = lead(1)
    await scene.add(first)
    await promise(scene, (await claim(scene, NOW)).reservations[0], agent)
    await scene.add(*(lead(number, priority=9) for number in range(2, 12)), at=NOW + 60)
    return first.id


async def test_at_its_time_a_promised_call_goes_before_all_others(scene: Scene) -> None:
    wanted = await promised(scene, None)
    (early,) = (await claim(scene, CALL_AT - 1)).reservations
    (taken,) = (await claim(scene, CALL_AT)).reservations
    assert (early.lead == wanted, taken.lead, taken.promised_by) == (False, wanted, None)


@pytest.mark.parametrize(
    ("free", "after_s", "who"),
    [
        ((ANNA, BORIS), 0.0, ANNA),
        ((BORIS,), 0.0, "another lead"),
        ((BORIS,), SHARED_AFTER_S - 1, "another lead"),
        ((BORIS,), SHARED_AFTER_S, None),
        ((), SHARED_AFTER_S, None),
    ],
)
async def test_who_promised_makes_the_call_and_then_anybody(
    scene: Scene, free: tuple[AgentId, ...], after_s: float, who: AgentId | str | None
) -> None:
    wanted = await promised(scene, ANNA)
    (taken,) = (await claim(scene, CALL_AT + after_s, *free)).reservations
    assert (taken.promised_by if taken.lead == wanted else "another lead") == who
    assert taken.prefers == (ANNA if taken.lead == wanted else None), "also once anybody may make it"


async def test_a_kept_promise_makes_the_lead_an_ordinary_one_again(scene: Scene) -> None:
    wanted = await promised(scene, None)
    assert tuple(await row(scene, wanted)) == (11, 5)
    (taken,) = (await claim(scene, CALL_AT)).reservations
    again = LeadStep(LeadState.WAITING, "no_answer", next_call_at=CALL_AT + 7200)
    times = replace(settlement(taken).times, dialled_at=CALL_AT + 1)
    await scene.settle(settlement(taken, again, Outcome.NO_ANSWER, times=times), at=CALL_AT + 30)
    assert tuple(await row(scene, wanted)) == (5, None)
    assert await late(scene, CALL_AT + 86400) == []


async def test_what_was_not_dialled_is_still_promised_and_known_when_it_is_late(scene: Scene) -> None:
    wanted = await promised(scene, None)
    (taken,) = (await claim(scene, CALL_AT)).reservations
    unsent = LeadStep(LeadState.WAITING, "trunk_away", next_call_at=CALL_AT + 5, uses_attempt=False)
    times = replace(settlement(taken).times, dialled_at=None, ended_at=None)
    await scene.settle(settlement(taken, unsent, Outcome.NOT_SENT, times=times), at=CALL_AT)
    assert await late(scene, CALL_AT + MISSED_AFTER_S - 1) == []
    assert await late(scene, CALL_AT + MISSED_AFTER_S) == [wanted]
    assert (await claim(scene, CALL_AT + 5)).reservations[0].lead == wanted
