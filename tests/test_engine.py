"""The engine drives a real Floor in real time: order, timers, performers, bugs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dialer.clock import Clock
from dialer.core.effects import Alarm, BookCampaignState, Connect, Effect, Originate, ReserveLeads, Settle
from dialer.core.events import Answered, BridgeFailed, LeadsReserved, OriginateFailed, Reservation, ServerUp
from dialer.core.floor import Floor
from dialer.core.ids import AgentId, AttemptId, LeadId
from dialer.core.outcome import LeadEffect, Outcome
from dialer.core.states import CampaignState
from dialer.core.wishes import CampaignChanged, CampaignCommand, CampaignCommanded, Disposed
from dialer.engine import BUGS_LIMIT, LOOK_S, Engine
from tests.core.playbook import CAMPAIGN, SERVER, campaign, site


class Counted:
    """Counts what the engine reports."""

    def __init__(self) -> None:
        self.bugs = 0
        self.lags: list[float] = []
        self.looked = asyncio.Event()

    def loop_lag(self, seconds: float) -> None:
        self.lags.append(seconds)
        self.looked.set()

    def illegal_transition(self) -> None:
        self.bugs += 1


class Recorder:
    """Performs nothing and remembers everything; `until` waits for an effect."""

    def __init__(self) -> None:
        self.seen: list[Effect] = []
        self._news = asyncio.Condition()

    async def __call__(self, effect: Effect) -> None:
        async with self._news:
            self.seen.append(effect)
            self._news.notify_all()

    async def until(self, kind: type, count: int = 1) -> list:
        async with asyncio.timeout(60), self._news:
            await self._news.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    def of(self, kind: type) -> list:
        return [effect for effect in self.seen if isinstance(effect, kind)]


@asynccontextmanager
async def driving() -> AsyncIterator[tuple[Engine, Recorder, Counted, Clock]]:
    clock, recorder, gauges = Clock(), Recorder(), Counted()
    kinds = (ReserveLeads, Originate, Connect, Settle, Alarm, BookCampaignState)
    engine = Engine(Floor(site()), clock, {kind: [recorder] for kind in kinds}, gauges)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(engine.run())
        engine.feed(ServerUp(at=clock.now(), server=SERVER, booted_at=clock.now()))
        engine.feed(CampaignChanged(at=clock.now(), settings=campaign()))
        yield engine, recorder, gauges, clock
        engine.stop()


def sign_in_and_start(engine: Engine, clock: Clock) -> None:
    from dialer.core.events import AgentHeld
    from dialer.core.ids import GroupId, Leg
    from dialer.core.settings import AgentSession, Phone
    from dialer.core.states import AgentState
    from dialer.core.wishes import AgentSignedIn

    agent, leg = AgentId(1001), Leg("dlr-a1001-x")
    session = AgentSession(agent, Phone(SERVER, "agent-1001"), frozenset({GroupId(1)}), leg, AgentState.READY)
    engine.feed(AgentSignedIn(at=clock.now(), session=session))
    engine.feed(AgentHeld(at=clock.now(), agent=agent, leg=leg))
    engine.feed(CampaignCommanded(at=clock.now(), campaign=CAMPAIGN, command=CampaignCommand.START))


def give(engine: Engine, clock: Clock, ask: ReserveLeads, name: str) -> AttemptId:
    attempt = AttemptId(name)
    reservation = Reservation(attempt, LeadId("l"), CAMPAIGN, "9160000001", "Europe/Moscow", 1)
    engine.feed(
        LeadsReserved(
            at=clock.now(),
            campaign=CAMPAIGN,
            server=SERVER,
            trunk=ask.trunk,
            asked=ask.count,
            reservations=(reservation,),
            unfinished=5,
        )
    )
    return attempt


async def test_events_become_effects_in_order() -> None:
    async with driving() as (engine, recorder, _gauges, clock):
        sign_in_and_start(engine, clock)
        (ask,) = await recorder.until(ReserveLeads)
        attempt = give(engine, clock, ask, "a1")
        await recorder.until(Originate)
        engine.feed(Answered(at=clock.now(), attempt=attempt))
        (connect,) = await recorder.until(Connect)
        assert connect.attempt == attempt
        kinds = [type(effect) for effect in recorder.seen]
        assert kinds.index(ReserveLeads) < kinds.index(Originate) < kinds.index(Connect)


async def test_a_timer_comes_back_as_an_event() -> None:
    async with driving() as (engine, recorder, _gauges, clock):
        sign_in_and_start(engine, clock)
        (ask,) = await recorder.until(ReserveLeads)
        attempt = give(engine, clock, ask, "a1")
        engine.feed(OriginateFailed(at=clock.now(), attempt=attempt))
        (settle,) = await recorder.until(Settle)
        assert settle.outcome is Outcome.FAILED_HERE


async def test_a_bug_costs_one_attempt_and_many_stop_the_dialling() -> None:
    async with driving() as (engine, recorder, gauges, clock):
        sign_in_and_start(engine, clock)
        (ask,) = await recorder.until(ReserveLeads)
        attempt = give(engine, clock, ask, "a1")
        await recorder.until(Originate)
        wrong = Disposed(at=clock.now(), agent=AgentId(1001), attempt=attempt, disposition="x", effect=LeadEffect.DONE)
        engine.feed(wrong)
        (settle,) = await recorder.until(Settle)
        assert (settle.outcome, gauges.bugs) == (Outcome.LOST, 1)
        for number in range(2, BUGS_LIMIT + 1):
            asks = await recorder.until(ReserveLeads, number)
            attempt = give(engine, clock, asks[-1], f"a{number}")
            await recorder.until(Originate, number)
            engine.feed(BridgeFailed(at=clock.now(), attempt=attempt, agent=AgentId(1001), result="x"))
            await recorder.until(Settle, number)
        assert [alarm.name for alarm in recorder.of(Alarm)] == ["too_many_bugs"]
        await gauges.looked.wait()
        assert engine.floor.room.draining


async def test_a_loop_that_is_held_counts_for_every_look_that_was_due() -> None:
    async with driving() as (_, _, gauges, _):
        loop = asyncio.get_running_loop()
        await gauges.looked.wait()
        gauges.lags.clear()
        gauges.looked.clear()
        until = loop.time() + 3.5 * LOOK_S
        while loop.time() < until:
            pass  # holding it
        await gauges.looked.wait()
        late = [lag for lag in gauges.lags if lag > LOOK_S / 10]
    assert len(late) >= 3
    assert late == sorted(late, reverse=True)
    assert min(gauges.lags) >= 0
    assert late[0] > 2 * LOOK_S


async def test_a_full_queue_is_told_to_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialer.engine.QUEUE_LIMIT", 0)
    engine = Engine(Floor(site()), Clock(), {}, Counted())
    with pytest.raises(asyncio.QueueFull):
        engine.feed(ServerUp(at=0.0, server=SERVER, booted_at=0.0))


class Scripted:
    """A floor that answers each event with the effects that a test has written down, and paces when it is asked."""

    def __init__(self, *effects: Effect) -> None:
        self.effects = list(effects)
        self.applied: list[object] = []
        self.paced = 0

    def apply(self, event: object) -> list[Effect]:
        self.applied.append(event)
        return self.effects

    def pace(self) -> list[Effect]:
        self.paced += 1
        return []


CONNECT = Connect(attempt=AttemptId("a"), server=SERVER, agent=AgentId(1), endpoint="1", per_call=False)
ALARM = Alarm(name="any", text="any")


@asynccontextmanager
async def scripted(floor: Scripted, performers: dict) -> AsyncIterator[Engine]:
    """An engine that runs and has nothing to do."""
    engine = Engine(floor, Clock(), performers, Counted(), frozenset({Connect}))
    running = asyncio.ensure_future(engine.run())
    await asyncio.sleep(0)
    yield engine
    engine.stop()
    await running


async def test_an_event_that_comes_alone_is_applied_before_feed_returns_and_the_line_is_served_first() -> None:
    performed: list[Effect] = []
    floor = Scripted(ALARM, CONNECT, ALARM)
    async with scripted(floor, {Connect: [performed.append], Alarm: [performed.append]}) as engine:
        engine.feed("answered")
        assert performed == [CONNECT, ALARM, ALARM]
        assert (engine.waiting, floor.paced) == (0, 0)
        await asyncio.sleep(0)
        assert floor.paced == 1


async def test_what_an_effect_brings_about_is_applied_behind_it_and_not_inside_it() -> None:
    seen: list[str] = []
    floor = Scripted(CONNECT, ALARM)

    def connect(effect: Connect) -> None:
        seen.append("connect begins")
        if len(floor.applied) < 3:
            engine.feed("refused")
        seen.append("connect ends")

    async with scripted(floor, {Connect: [connect], Alarm: [lambda effect: seen.append("alarm")]}) as engine:
        engine.feed("answered")
        assert floor.applied == ["answered", "refused", "refused"]
        assert seen == ["connect begins", "connect ends", "alarm"] * 3


async def test_events_behind_others_keep_their_order() -> None:
    floor = Scripted()
    engine = Engine(floor, Clock(), {}, Counted())
    events = list(range(1000))
    for event in events[:500]:
        engine.feed(event)
    running = asyncio.ensure_future(engine.run())
    await asyncio.sleep(0)
    for event in events[500:]:
        engine.feed(event)
    engine.stop()
    await running
    assert floor.applied == events


async def test_a_performer_that_fails_ends_the_engine_and_not_who_fed_the_event() -> None:
    def fails(effect: Connect) -> None:
        raise RuntimeError("the socket is on fire")

    engine = Engine(Scripted(CONNECT), Clock(), {Connect: [fails]}, Counted())
    running = asyncio.ensure_future(engine.run())
    await asyncio.sleep(0)
    engine.feed("answered")
    with pytest.raises(ExceptionGroup) as ended:
        await running
    assert str(ended.value.exceptions[0]) == "the socket is on fire"


async def test_commands_that_have_met_are_no_bug_however_many() -> None:
    """Two people stop and pause at one moment: the second finds another state than he was shown."""
    async with driving() as (engine, recorder, gauges, clock):
        for _ in range(BUGS_LIMIT):
            for command in (CampaignCommand.START, CampaignCommand.STOP, CampaignCommand.PAUSE):
                engine.feed(CampaignCommanded(at=clock.now(), campaign=CAMPAIGN, command=command))
        await recorder.until(BookCampaignState, 3 * BUGS_LIMIT)
        assert gauges.bugs == 0
        assert not engine.floor.room.draining
        assert engine.floor.room.campaigns[CAMPAIGN].state is CampaignState.STOPPED
