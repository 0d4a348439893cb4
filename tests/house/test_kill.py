"""SIGKILL at every step of an attempt: the books and the carrier's record agree, talks go on, agents stay in hold.

A proxy before the manager port sees each step on the wire; at the named one it holds the message back (so that the step
was never taken, or never seen) or lets it pass, and the daemon is killed in the same instant. Steps in the books are
held by a lock of the test's own: the daemon dies while PostgreSQL has its statement and has not committed it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from dialer.store.sql import Conn
from sim.amiproxy import AmiProxy, Way
from sim.desks import Desks, Manners
from sim.sip.behaviour import answers
from sim.sip.carrier import Carrier, ten_digits
from sim.sip.phones import Phones
from sim.sip.record import EndedBy
from tests.conftest import Switch
from tests.house.books import balanced
from tests.house.house import WAIT_S, House, house_of

TEAM = [1001, 1002]
NUMBERS = ["9160000001", "9160000002", "9160000003"]
MANNERS = Manners(wrap_up_s=(0.3, 0.5), dispositions=(("agreed", 1.0),))


@dataclass(frozen=True)
class Point:
    """A step of an attempt on the wire: the first message on this way that has all these words."""

    way: Way
    words: tuple[bytes, ...]
    held: bool
    """Held back for ever; else delivered, and the daemon dies just after."""

    def is_reached(self, way: Way, message: bytes) -> bool:
        return way is self.way and all(word in message for word in self.words)


CUSTOMER = b"Uniqueid: dlr-0"  # an attempt's id begins with 0 (UUIDv7), an agent's leg with a
POINTS = {
    "claimed, originate never delivered": Point(Way.TO_ASTERISK, (b"Action: Originate", b"dlr-answered"), True),
    "originate delivered": Point(Way.TO_ASTERISK, (b"Action: Originate", b"dlr-answered"), False),
    "ringing, never seen": Point(Way.TO_DIALER, (b"Event: Newstate", b"StateDesc: Ringing", CUSTOMER), True),
    "ringing seen": Point(Way.TO_DIALER, (b"Event: Newstate", b"StateDesc: Ringing", CUSTOMER), False),
    "answered, never seen": Point(Way.TO_DIALER, (b"Event: Newstate", b"StateDesc: Up", CUSTOMER), True),
    "join never delivered": Point(Way.TO_ASTERISK, (b"Action: Redirect",), True),
    "join delivered": Point(Way.TO_ASTERISK, (b"Action: Redirect",), False),
    "joined, never seen": Point(Way.TO_DIALER, (b"Event: BridgeEnter", CUSTOMER), True),
    "talking": Point(Way.TO_DIALER, (b"Event: BridgeEnter", CUSTOMER), False),
    "hang-up, never seen": Point(Way.TO_DIALER, (b"Event: Hangup\r\n", CUSTOMER), True),
    "wrap-up": Point(Way.TO_DIALER, (b"Event: Hangup\r\n", CUSTOMER), False),
}
MESSAGE_POINTS = {
    "message begins, never seen": Point(Way.TO_DIALER, (b"UserEvent: DlrAbandon", CUSTOMER), True),
    "message plays": Point(Way.TO_DIALER, (b"UserEvent: DlrAbandon", CUSTOMER), False),
}

CLAIM, SETTLEMENT = "with campaign as", "with told as materialized"
"""How the statements begin: PostgreSQL shows no more of them than their first kilobyte."""
HOLD_THE_CLAIM = """
    insert into dialer.live_attempt (number, attempt, lead, campaign)
    select number, gen_random_uuid(), id, campaign from dialer.lead order by id limit 1
"""
"""Another session is about to dial the number: the claim must wait for what becomes of it."""
HOLD_THE_SETTLEMENT = "select from dialer.live_attempt for update"
WAITS = """
    select count(*) > 0 from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like $1 || '%'
"""


class Killer:
    """Kills the daemon once, when the point is reached."""

    def __init__(self) -> None:
        self.point: Point | None = None
        self.struck = asyncio.Event()
        self.house: House
        self.proxy: AmiProxy

    def spy(self, way: Way, message: bytes) -> None:
        if self.point is None or not self.point.is_reached(way, message):
            return
        held, self.point = self.point.held, None
        if held:
            self.proxy.freeze(way)
            self._strike()
        else:
            asyncio.get_running_loop().call_later(0.02, self._strike)

    def _strike(self) -> None:
        self.house.process.kill()
        self.struck.set()


@pytest_asyncio.fixture
async def killer(
    switch: Switch, carrier: Carrier, phones: Phones, database_dsn: str, tmp_path: Path
) -> AsyncIterator[Killer]:
    manager = switch.asterisk.settings.manager
    killer = Killer()
    async with (
        AmiProxy(manager.host, manager.port, Random(1), killer.spy) as killer.proxy,
        house_of(switch, database_dsn, tmp_path, killer.proxy.port) as killer.house,
    ):
        yield killer
    await switch.asterisk.cli("channel request hangup all")


async def killed_and_restarted(killer: Killer, point: Point | None) -> None:
    """Dial until the point is reached, die there, come back."""
    await killer.house.command("start")
    killer.point = point
    async with asyncio.timeout(WAIT_S):
        await killer.struck.wait()
    await killer.house.ended()
    killer.proxy.cut()
    killer.proxy.thaw()
    await killer.house.start()


@asynccontextmanager
async def at_work(house: House, carrier: Carrier, team: Sequence[int] = TEAM, **settings: Any) -> AsyncIterator[None]:
    """A team in hold, three people who will answer, a daemon that has not been told to dial yet."""
    await house.prepare(team, **settings)
    for number in NUMBERS:
        carrier.on(number, answers(ring_s=0.5, talk_s=5.0))
    await house.add(*NUMBERS)
    await house.start()
    async with Desks(house.url, house.work.token, team, Random(1), MANNERS) as desks:
        for desk in desks.desks.values():
            await desk.until_state("ready")
        yield


async def nothing_lost(house: House, carrier: Carrier, phones: Phones) -> None:
    """Books and carrier agree; no agent was called again and no talk was cut."""
    await balanced(house, carrier)
    for user in {record.number for record in phones.records}:
        assert len([record for record in phones.records if record.number == user]) == 1, "an agent was called again"
    joined = {row["number"] for row in await house.attempts() if row["bridged_at"] is not None}
    for record in carrier.records:
        if ten_digits(record.number) in joined:
            assert record.ended_by is EndedBy.CALLED, "a talk was cut"


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
async def test_a_kill_at_this_step_loses_nothing(
    killer: Killer, carrier: Carrier, phones: Phones, point: Point
) -> None:
    async with at_work(killer.house, carrier):
        await killed_and_restarted(killer, point)
        await killer.house.until(lambda: all_done(killer.house), "every lead is done or decided", 90.0)
    await nothing_lost(killer.house, carrier, phones)


@pytest.mark.parametrize("point", MESSAGE_POINTS.values(), ids=MESSAGE_POINTS.keys())
async def test_a_kill_during_the_message_cuts_it_for_nobody(
    killer: Killer, carrier: Carrier, phones: Phones, point: Point
) -> None:
    """The dialplan plays it to its end, daemon or not, and ends the call."""
    house = killer.house
    async with at_work(house, carrier, TEAM[:1], mode="power", power_ratio=3.0):
        await killed_and_restarted(killer, point)
        await house.until(lambda: all_done(house), "every lead is done or decided", 90.0)
    await nothing_lost(house, carrier, phones)
    assert all(record.first_sound_at is not None for record in carrier.records), "each heard the agent or the message"
    left = [row["outcome"] for row in await house.attempts() if row["bridged_at"] is None]
    assert len(left) == 2
    assert set(left) <= {"abandoned", "unknown_not_redialled"}


async def test_a_kill_between_a_claim_and_its_commit_loses_nothing(
    killer: Killer, carrier: Carrier, phones: Phones
) -> None:
    """PostgreSQL finishes the claim of a daemon that is dead: the next one finds it and gives it up."""
    house = killer.house
    async with at_work(house, carrier):
        async with held(house, HOLD_THE_CLAIM) as books:
            await house.command("start")
            await killed_while_it_waits(house, books, CLAIM)
        await house.start()
        await house.until(lambda: all_done(house), "every lead is done or decided", 90.0)
    await nothing_lost(house, carrier, phones)


async def test_a_kill_between_a_disposition_and_its_commit_asks_the_agent_again(
    killer: Killer, carrier: Carrier, phones: Phones
) -> None:
    house = killer.house
    async with at_work(house, carrier):
        await house.command("start")
        await house.until(lambda: talks(house), "somebody talks")
        async with held(house, HOLD_THE_SETTLEMENT) as books:
            await killed_while_it_waits(house, books, SETTLEMENT)
        assert {row["disposition"] for row in await house.attempts()} == {None}
        await house.start()
        await house.until(lambda: all_done(house), "every lead is done or decided", 90.0)
    await nothing_lost(house, carrier, phones)
    joined = [row["disposition"] for row in await house.attempts() if row["bridged_at"] is not None]
    assert joined
    assert set(joined) == {"agreed"}, "what the agent said is not lost"


@asynccontextmanager
async def held(house: House, statement: str) -> AsyncIterator[Conn]:
    """What this statement locks stays locked, and is then as if it had never been; gives a connection beside it."""
    async with house.database.connection() as locking, house.database.connection() as beside:
        transaction = locking.transaction()
        await transaction.start()
        await locking.execute(statement)
        yield beside
        await transaction.rollback()
        while await beside.fetchval(WAITS, "with"):  # noqa: ASYNC110 - another process of the server
            await asyncio.sleep(0.01)


async def killed_while_it_waits(house: House, books: Conn, statement: str) -> None:
    """Kill the daemon as soon as PostgreSQL has such a statement of it and cannot go on with it."""
    async with asyncio.timeout(WAIT_S):
        while not await books.fetchval(WAITS, statement):  # noqa: ASYNC110 - another process of the server
            await asyncio.sleep(0.01)
    await house.kill()


async def test_kills_at_random_moments_under_load_lose_nothing(
    killer: Killer, carrier: Carrier, phones: Phones
) -> None:
    house, chance = killer.house, Random(20261121)
    team = [1001, 1002, 1003, 1004]
    numbers = [f"91600009{n:02}" for n in range(24)]
    await house.prepare(team)
    carrier.on_ending("", answers(ring_s=0.4, talk_s=1.0))
    await house.add(*numbers)
    await house.start()
    async with Desks(house.url, house.work.token, team, Random(1), MANNERS) as desks:
        for desk in desks.desks.values():
            await desk.until_state("ready")
        await house.command("start")
        for _ in range(5):
            await asyncio.sleep(chance.uniform(0.3, 3.0))
            await house.kill()
            await house.start()
        await house.until(lambda: all_done(house), "every lead is done or decided", 90.0)
    await balanced(house, carrier)
    assert all(len([r for r in phones.records if r.number == str(agent)]) == 1 for agent in team)


async def talks(house: House) -> bool:
    return any(row["state"] == "talking" for row in await house.attempts())


async def all_done(house: House) -> bool:
    """No lead is in work any more."""
    return all(row["state"] in ("done", "refused", "needs_decision", "waiting") for row in await house.leads()) and all(
        row["settled_at"] is not None for row in await house.attempts()
    )
