"""Asking couriers: live and fresh, shared among those who ask at once, honest where nothing is known."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date

import pytest

from dialer.core.ids import AttemptId, LeadId, ProjectId
from dialer.core.slots import Hold, HoldId, Order, SlotState, Template
from dialer.outside.client import Answer, Client, Request
from dialer.quota.broker import FAILURES, FIRST_PAUSE_S, FRESH_S, LEFT_ALONE, NO_SECRET, Broker, Reserved
from sim.courier.firm import LIMIT, Slot
from sim.courier.server import Courier
from tests.outbox.receivers import VirtualClock
from tests.quota.conftest import provider_of

DAY = date(2026, 11, 25)
ORDER = Order(AttemptId("a"), LeadId("l"), ProjectId(1), "Z-1")
MORNING = Slot(DAY, "10:00-14:00")


class Counting:
    """A client that counts what it sends."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.sent = 0

    async def send(self, request: Request) -> Answer:
        self.sent += 1
        return await self._client.send(request)


@asynccontextmanager
async def asking(clock: VirtualClock) -> AsyncIterator[tuple[Broker, Counting]]:
    async with Client() as client:
        counting = Counting(client)
        yield Broker(counting.send, clock, {"2_other": "t"}.__getitem__), counting


def hold(name: str = "h1") -> Hold:
    return Hold(HoldId(name), ORDER, DAY, MORNING.interval, until=900)


async def test_what_the_courier_says_is_told_and_kept_for_some_seconds(courier: Courier) -> None:
    clock, provider = VirtualClock(0), provider_of(courier)
    courier.firm.limits[MORNING] = 0
    async with asking(clock) as (broker, counting):
        first = await broker.day(provider, ORDER, DAY)
        assert [one.state for one in first.intervals] == [SlotState.FULL, SlotState.FREE, SlotState.FREE]
        assert [one.left for one in first.intervals] == [0, LIMIT, LIMIT]
        courier.firm.limits[MORNING] = 5
        clock.at = FRESH_S - 1
        assert await broker.day(provider, ORDER, DAY) == first
        clock.at = FRESH_S
        assert (await broker.day(provider, ORDER, DAY)).intervals[0].left == 5
    assert counting.sent == 2


async def test_those_who_ask_at_once_share_one_request(courier: Courier) -> None:
    async with asking(VirtualClock(0)) as (broker, counting):
        days = await asyncio.gather(*(broker.day(provider_of(courier), ORDER, DAY) for _ in range(20)))
    assert (len(set(days)), counting.sent) == (1, 1)


def slow(courier: Courier) -> None:
    courier.faults.delay_s = 30


def down(courier: Courier) -> None:
    courier.faults.is_down = True


def garbage(courier: Courier) -> None:
    courier.faults.says_garbage = True


@pytest.mark.parametrize(("spoil", "trouble"), [(slow, "timeout"), (down, "http_503"), (garbage, "not_http")])
async def test_what_is_not_known_is_told_as_unknown(
    courier: Courier, spoil: Callable[[Courier], None], trouble: str
) -> None:
    spoil(courier)
    async with asking(VirtualClock(0)) as (broker, _):
        day = await broker.day(provider_of(courier), ORDER, DAY)
        assert (day.intervals, day.trouble) == ((), trouble)
        assert await broker.reserve(provider_of(courier), hold()) == (Reserved.UNKNOWN, trouble)


async def test_a_courier_that_fails_is_left_alone_and_asked_again_later(courier: Courier) -> None:
    clock, provider = VirtualClock(0), provider_of(courier)
    courier.faults.is_down = True
    async with asking(clock) as (broker, counting):
        for _ in range(FAILURES + 3):
            day = await broker.day(provider, ORDER, DAY)
        assert (counting.sent, day.trouble) == (FAILURES, LEFT_ALONE)
        courier.faults.is_down = False
        clock.at = FIRST_PAUSE_S
        assert not (await broker.day(provider, ORDER, DAY)).trouble


async def test_places_are_taken_and_given_back_and_the_picture_follows(courier: Courier) -> None:
    provider = provider_of(courier)
    courier.firm.limits[MORNING] = 1
    async with asking(VirtualClock(0)) as (broker, _):
        assert (await broker.day(provider, ORDER, DAY)).intervals[0].left == 1
        assert await broker.reserve(provider, hold()) == (Reserved.RESERVED, "")
        assert (await broker.day(provider, ORDER, DAY)).intervals[0].left == 0
        assert await broker.reserve(provider, hold("h2")) == (Reserved.FULL, "")
        assert await broker.release(provider, hold())
        assert (await broker.day(provider, ORDER, DAY)).intervals[0].left == 1
        assert await broker.release(provider, hold("never heard of"))
        courier.faults.is_down = True
        assert not await broker.release(provider, hold())


async def test_another_projects_secret_is_not_there_which_is_said_and_nothing_is_sent(courier: Courier) -> None:
    ask = Template("GET", f"{courier.url}/slots?date={{date}}", headers={"X-Key": "{secret:other}"})
    async with asking(VirtualClock(0)) as (broker, counting):
        day = await broker.day(replace(provider_of(courier), ask=ask), ORDER, DAY)
    assert (day.trouble, counting.sent) == (NO_SECRET, 0)


async def test_a_projects_own_secret_goes_along(courier: Courier) -> None:
    heard: list[Request] = []

    async def send(request: Request) -> Answer:
        heard.append(request)
        return Answer(200, {}, b'{"slots": []}')

    ask = Template("GET", f"{courier.url}/slots", headers={"X-Key": "{secret:token}"})
    broker = Broker(send, VirtualClock(0), {"1_token": "t0"}.__getitem__)
    assert not (await broker.day(replace(provider_of(courier), ask=ask), ORDER, DAY)).trouble
    assert heard[0].headers["X-Key"] == "t0"
