"""SIGKILL at every step of an attempt: the books and the carrier's record agree, talks go on, agents stay in hold.

A proxy before the manager port sees each step on the wire; at the named one it holds the message back (so that the step
was never taken, or never seen) or lets it pass, and the daemon is killed in the same instant.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
import pytest_asyncio

from sim.amiproxy import AmiProxy, Way
from sim.desks import Desks, Manners
from sim.sip.behaviour import answers
from sim.sip.carrier import Carrier, ten_digits
from sim.sip.phones import Phones
from sim.sip.record import EndedBy
from tests.conftest import Switch
from tests.house.books import balanced
from tests.house.house import House, house_of

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
    async with asyncio.timeout(30):
        await killer.struck.wait()
    await killer.house.ended()
    killer.proxy.cut()
    killer.proxy.thaw()
    await killer.house.start()


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS.keys())
async def test_a_kill_at_this_step_loses_nothing(
    killer: Killer, carrier: Carrier, phones: Phones, point: Point
) -> None:
    house = killer.house
    await house.prepare(TEAM)
    for number in NUMBERS:
        carrier.on(number, answers(ring_s=0.5, talk_s=5.0))
    await house.add(*NUMBERS)
    await house.start()
    async with Desks(house.url, house.work.token, TEAM, Random(1), MANNERS) as team:
        for desk in team.desks.values():
            await desk.until_state("ready")
        await killed_and_restarted(killer, point)
        await house.until(lambda: all_done(house), "every lead is done or decided", 90.0)
    await balanced(house, carrier)
    for user in ("1001", "1002"):
        assert len([record for record in phones.records if record.number == user]) == 1, "an agent was called again"
    joined = {row["number"] for row in await house.attempts() if row["bridged_at"] is not None}
    for record in carrier.records:
        if ten_digits(record.number) in joined:
            assert record.ended_by is EndedBy.CALLED, "a talk was cut"


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


async def all_done(house: House) -> bool:
    """No lead is in work any more."""
    return all(row["state"] in ("done", "refused", "needs_decision", "waiting") for row in await house.leads()) and all(
        row["settled_at"] is not None for row in await house.attempts()
    )
