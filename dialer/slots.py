"""Delivery slots for the API: the broker that asks couriers, the books that remember what is held, and the sweeper."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

from dialer import metrics
from dialer.clock import Clock
from dialer.config import CREDENTIALS_VARIABLE
from dialer.core.ids import Instant
from dialer.core.slots import Hold, HoldId, HoldState, Order, Provider, SlotDay
from dialer.outside.client import Client
from dialer.quota.broker import Broker, Reserved
from dialer.quota.sweeper import Sweeper
from dialer.store.db import Database
from dialer.store.slots import SlotBooks
from dialer.store.uuid7 import uuid7

LEASE_S = 900.0
"""How long a place is held without a result; who is still on the line reserves it again, which renews it."""
SECRET_VARIABLE = "DIALER_SECRET_"
SECRET_CREDENTIAL = "secret_"


class Slots:
    """Slots of every project. `sweeper.run` is a task of the daemon."""

    def __init__(self, database: Database, clock: Clock, outside: Client) -> None:
        self.books = SlotBooks(database)
        self._broker = Broker(outside.send, clock, secret_named)
        self._clock = clock
        self.sweeper = Sweeper(self.books, self._broker.release, clock.now)
        self.order = self.books.order
        self.provider = self.books.provider
        self.drop_provider = self.books.drop_provider
        self.held_for = self.books.open_hold

    async def save_provider(self, provider: Provider) -> None:
        """Raises ValueError for an unknown project."""
        await self.books.save_provider(provider, self._clock.now())

    async def day(self, provider: Provider, order: Order, day: date) -> SlotDay:
        """The day as the courier has it, or why it is not known; at most some seconds old."""
        found = await self._broker.day(provider, order, day)
        metrics.SLOT_ASKS.labels("unknown" if found.trouble else "known").inc()
        return found

    async def reserve(self, provider: Provider, order: Order, day: date, interval: str) -> tuple[Reserved, str, Hold]:
        """Hold the place for this order. What it held before goes back, unless it is the same: that is renewed."""
        now: Instant = self._clock.now()
        hold = await self.books.open_hold(order)
        is_same = hold is not None and (hold.day, hold.interval) == (day, interval)
        if hold is not None and is_same and await self.books.renew(hold.id, now + LEASE_S):
            return Reserved.RESERVED, "", replace(hold, until=now + LEASE_S)
        hold = Hold(HoldId(uuid7(now)), order, day, interval, now + LEASE_S)
        await self.books.begin(hold, now)
        said, why = await self._broker.reserve(provider, hold)
        metrics.SLOT_ASKS.labels(said.value).inc()
        if said is Reserved.RESERVED and await self.books.held(hold.id):
            return said, "", hold
        left = HoldState.RELEASED if said is Reserved.FULL else HoldState.RELEASING
        await self.books.end(hold.id, left, self._clock.now())
        return (said, why, hold) if said is not Reserved.RESERVED else (Reserved.UNKNOWN, "given_up", hold)

    async def give_back(self, order: Order) -> bool:
        """What is held for this order goes back; False where nothing is."""
        hold = await self.books.open_hold(order)
        return hold is not None and await self.books.end(hold.id, HoldState.RELEASING, self._clock.now())


def secret_named(name: str) -> str:
    """The secret of this name out of the environment or a systemd credential; KeyError where there is none."""
    if (found := os.environ.get(f"{SECRET_VARIABLE}{name.upper()}")) is not None:
        return found
    folder = os.environ.get(CREDENTIALS_VARIABLE)
    path = Path(folder) / f"{SECRET_CREDENTIAL}{name}" if folder else None
    if path is None or not path.is_file():
        raise KeyError(name)
    return path.read_text(encoding="utf-8").strip()
