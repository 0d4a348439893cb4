"""The writer: order, group commit, nothing lost, nothing written twice, one bad effect does not stop the rest."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from dialer.clock import Clock
from dialer.core.effects import BookAgentState, BookCampaignState, BookDecision, BookProgress
from dialer.core.events import AttemptSettled, BooksAway, BooksBack
from dialer.core.ids import AgentId, AttemptId, Leg, ServerName
from dialer.core.outcome import Clearing, Outcome
from dialer.core.settings import Phone
from dialer.core.states import AgentState, CampaignState
from dialer.store import agents, campaigns
from dialer.store.db import Database
from dialer.store.writer import BATCH, BookEffect, BooksWriter
from strategies.base import Decision
from tests.store.listener import Listener
from tests.store.scene import DONE, NOW, Scene, lead, settlement


@pytest.fixture
def heard() -> Listener:
    return Listener()


@pytest.fixture
def put_aside() -> list[BookEffect]:
    return []


@pytest_asyncio.fixture
async def writer(scene: Scene, heard: Listener, put_aside: list[BookEffect]) -> AsyncIterator[BooksWriter]:
    one = BooksWriter(scene.database, Clock(), heard, put_aside.append)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(one.run())
        yield one
        one.stop()


async def test_settlements_are_reported_when_they_are_committed(
    scene: Scene, writer: BooksWriter, heard: Listener
) -> None:
    await scene.add(*(lead(number) for number in range(5)))
    taken = (await scene.reserve()).reservations
    for one in taken:
        writer.put(BookProgress(attempt=one.attempt, state="dialled", at=NOW))
        writer.put(settlement(one))
    told = await heard.heard(AttemptSettled, 5)
    assert [event.attempt for event in told] == [one.attempt for one in taken]
    assert {event.campaign for event in told} == {scene.campaign}
    assert await scene.tally() == {"busy": 5}
    assert (await scene.imbalance()).total == 0


async def test_more_than_one_batch_keeps_its_order(scene: Scene, writer: BooksWriter, heard: Listener) -> None:
    count = BATCH // 2 + 20
    await scene.add(*(lead(number) for number in range(count)))
    taken = (await scene.reserve(count)).reservations
    for one in taken:
        writer.put(BookProgress(attempt=one.attempt, state="ringing", at=NOW))
        writer.put(settlement(one))
    told = await heard.heard(AttemptSettled, count)
    assert [event.attempt for event in told] == [one.attempt for one in taken]
    assert await scene.row("select count(*) from dialer.attempt where ringing_at is not null") == {"count": count}


async def test_a_settlement_told_twice_is_reported_twice_and_written_once(
    scene: Scene, writer: BooksWriter, heard: Listener
) -> None:
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    writer.put(settlement(taken))
    await heard.heard(AttemptSettled, 1)
    writer.put(settlement(taken))
    await heard.heard(AttemptSettled, 2)
    assert await scene.tally() == {"busy": 1}


@pytest.mark.parametrize(
    "strange",
    [
        {"reason": "\0"},  # which PostgreSQL has no text for
        {"agent": 2**40},  # which is no integer of its
        {"clearing": Clearing(2**20, 486, rang=True, progress=False, answered=False)},
    ],
    ids=lambda strange: next(iter(strange)),
)
async def test_a_settlement_that_the_schema_refuses_is_put_aside_and_costs_nobody_else(
    scene: Scene, writer: BooksWriter, heard: Listener, put_aside: list[BookEffect], strange: dict[str, Any]
) -> None:
    await scene.add(lead(1), lead(2), lead(3))
    one, bad, other = (await scene.reserve()).reservations
    refused = settlement(bad, **strange)
    for told in (settlement(one), refused, settlement(other)):
        writer.put(told)
    settled = await heard.heard(AttemptSettled, 3)
    assert [event.attempt for event in settled] == [one.attempt, bad.attempt, other.attempt], "nobody waits for it"
    assert put_aside == [refused]
    assert (writer.refused, writer.backlog, writer.away) == (1, 0, False)
    assert await scene.tally() == {"busy": 2, "lost": 1}
    assert (await scene.lead(bad.lead))["state"] == "needs_decision", "a supervisor sees it"
    assert (await scene.imbalance()).total == 0


async def test_a_settlement_of_an_attempt_that_is_not_in_the_books_holds_up_nobody(
    scene: Scene, writer: BooksWriter, heard: Listener, put_aside: list[BookEffect]
) -> None:
    await scene.add(lead(1))
    (one,) = (await scene.reserve()).reservations
    writer.put(settlement(replace(one, attempt=AttemptId("no id at all"))))
    writer.put(settlement(one))
    await heard.heard(AttemptSettled, 2)
    assert (len(put_aside), writer.backlog) == (1, 0)
    assert await scene.tally() == {"busy": 1}


async def test_what_the_books_cannot_take_as_they_are_stays_until_they_can_and_the_rest_is_written(
    scene: Scene, writer: BooksWriter, heard: Listener, put_aside: list[BookEffect]
) -> None:
    """Another program's schema, say: it is no fault of the result, which may not be lost for it."""
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    await scene.run("alter table dialer.attempt rename column disposition to word")
    writer.put(settlement(taken, DONE, Outcome.ANSWERED, disposition="agreed"))
    writer.put(BookCampaignState(campaign=scene.campaign, state=CampaignState.RUNNING))
    await heard.heard(BooksAway)
    async with asyncio.timeout(60):
        while writer.backlog > 1:  # noqa: ASYNC110 - of a campaign's state nobody is told
            await asyncio.sleep(0.01)
    assert (heard.all(AttemptSettled), writer.away) == ([], True)
    async with scene.database.connection() as conn:
        assert (await campaigns.campaign(conn, scene.campaign)).state is CampaignState.RUNNING
    await scene.run("alter table dialer.attempt rename column word to disposition")
    await heard.heard(BooksBack)
    assert (put_aside, writer.backlog, len(heard.all(AttemptSettled))) == ([], 0, 1)
    assert (await scene.attempt(taken.attempt))["disposition"] == "agreed"


async def test_a_settlement_that_cannot_even_be_given_up_stays(
    scene: Scene, writer: BooksWriter, heard: Listener, put_aside: list[BookEffect]
) -> None:
    await scene.add(lead(1), lead(2), lead(3))
    one, bad, other = (await scene.reserve()).reservations
    await scene.run(
        f"alter table dialer.attempt add constraint no_way check (outcome is null or id <> '{bad.attempt}')"
    )
    for taken in (one, bad, other):
        writer.put(settlement(taken, DONE, Outcome.ANSWERED, disposition="agreed"))
    await heard.heard(BooksAway)
    told = await heard.heard(AttemptSettled, 2)
    assert [event.attempt for event in told] == [one.attempt, other.attempt]
    assert (writer.backlog, await scene.tally()) == (1, {"answered": 2, "": 1})
    await scene.run("alter table dialer.attempt drop constraint no_way")
    await heard.heard(BooksBack)
    assert (put_aside, await scene.tally()) == ([], {"answered": 3})


async def test_stop_does_not_wait_for_what_the_books_refuse(scene: Scene, heard: Listener) -> None:
    writer = BooksWriter(scene.database, Clock(), heard)
    writer.put(settlement(await _one(scene)))
    await scene.run("alter table dialer.attempt rename column disposition to word")
    writer.stop()
    await asyncio.wait_for(writer.run(), 60)
    assert (writer.backlog, writer.away) == (1, True)


async def test_a_lock_that_is_not_got_in_time_is_an_absence(
    scene: Scene, database_dsn: str, heard: Listener, put_aside: list[BookEffect]
) -> None:
    told = settlement(await _one(scene), DONE, Outcome.ANSWERED, disposition="agreed")
    async with await Database.open(database_dsn, settings={"lock_timeout": "50ms"}) as hurried:
        writer = BooksWriter(hurried, Clock(), heard, put_aside.append)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(writer.run())
            async with scene.database.transaction() as holder:
                await holder.execute("lock table dialer.live_attempt")
                writer.put(told)
                await heard.heard(BooksAway)
            await heard.heard(BooksBack)
            writer.stop()
    assert (put_aside, await scene.tally()) == ([], {"answered": 1})


async def test_a_refused_state_of_an_agent_holds_up_nobody(
    scene: Scene, writer: BooksWriter, heard: Listener, put_aside: list[BookEffect]
) -> None:
    writer.put(BookAgentState(agent=AgentId(1001), state=AgentState.READY, since=NOW, reason="\0"))
    writer.put(settlement(await _one(scene)))
    await heard.heard(AttemptSettled, 1)
    assert len(put_aside) == writer.refused == 1


async def test_agents_states_reach_the_log_and_the_open_session(
    scene: Scene, writer: BooksWriter, heard: Listener
) -> None:
    agent = AgentId(1001)
    async with scene.database.connection() as conn:
        await agents.save_agent(conn, agents.Agent(agent, "Ольга", frozenset({scene.group})))
        await agents.sign_in(conn, agent, Phone(ServerName("pbx1"), "1001"), Leg("dlr-a1001-x"), NOW)
    for second, state in enumerate((AgentState.CALLING, AgentState.READY, AgentState.PAUSED)):
        writer.put(BookAgentState(agent=agent, state=state, since=NOW + second, reason="обед"))
    writer.put(settlement(await _one(scene)))
    await heard.heard(AttemptSettled)
    async with scene.database.connection() as conn:
        (session,) = await agents.sessions(conn)
        logged = await conn.fetch("select state from dialer.agent_state_log order by since")
    assert (session.state, session.since, session.reason) == (AgentState.PAUSED, NOW + 2, "обед")
    assert [row["state"] for row in logged] == ["calling", "ready", "paused"]
    writer.put(BookAgentState(agent=agent, state=AgentState.OFFLINE, since=NOW + 9))
    writer.put(settlement(await _one(scene)))
    await heard.heard(AttemptSettled, 2)
    async with scene.database.connection() as conn:
        assert await agents.sessions(conn) == []


async def test_campaign_states_and_pacing_decisions_are_booked(
    scene: Scene, writer: BooksWriter, heard: Listener
) -> None:
    writer.put(BookCampaignState(campaign=scene.campaign, state=CampaignState.RUNNING))
    writer.put(BookCampaignState(campaign=scene.campaign, state=CampaignState.PAUSED, reason="supervisor"))
    for beat in range(10):
        writer.put(_decision(scene, NOW + beat, starts=0, reason=f"no free agents, {beat} busy"))
    writer.put(_decision(scene, NOW + 11, starts=3, reason="3 free agents"))
    writer.put(settlement(await _one(scene)))
    await heard.heard(AttemptSettled)
    async with scene.database.connection() as conn:
        assert (await campaigns.campaign(conn, scene.campaign)).state is CampaignState.PAUSED
        rows = await conn.fetch("select calls_to_start, reason, inputs::text from dialer.decision order by at")
    assert [(row["calls_to_start"], row["reason"]) for row in rows] == [
        (0, "no free agents, 0 busy"),
        (3, "3 free agents"),
    ]
    assert rows[1]["inputs"] == '{"free_agents": 3.0}'


async def test_it_writes_what_it_has_before_it_stops(scene: Scene, heard: Listener) -> None:
    writer = BooksWriter(scene.database, Clock(), heard)
    writer.put(settlement(await _one(scene)))
    writer.stop()
    await writer.run()
    assert (writer.backlog, await scene.tally()) == (0, {"busy": 1})


async def _one(scene: Scene):
    await scene.add(lead(1, external_id=f"{id(object())}", at=NOW - 1))
    return (await scene.reserve(1, at=NOW + 10_000)).reservations[0]


def _decision(scene: Scene, at: float, starts: int, reason: str) -> BookDecision:
    decision = Decision(starts, reason, "progressive", starts, (("free_agents", float(starts)),))
    return BookDecision(campaign=scene.campaign, server=ServerName("pbx1"), at=at, decision=decision)
