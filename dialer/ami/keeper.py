"""Keeps one server's link: connect, log in, resynchronise, watch for signs of life, and again after a loss, for ever.

It knows nothing of calls. Messages that come during the resync are held back until it is over, so that its owner
hears first what lives and then what happens. Pauses between attempts grow and are jittered.
"""

import asyncio
from asyncio import timeout
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from dialer.ami.channels import MUTED_VARIABLE
from dialer.ami.client import AmiError, ConnectionLost, HardenedManager, LoginRefused
from dialer.ami.codec import Headers
from dialer.clock import Clock
from dialer.core.ids import Instant

RESYNC_LIMIT_S = 4.0
SAME_BOOT_S = 1.5
"""Uptime comes in whole seconds: two boot times this close are one boot."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the link waits for what, in seconds. A dead peer is noticed within the first two together."""

    ping_every_s: float = 2.0
    ping_answer_s: float = 2.0
    retry_first_s: float = 0.1
    retry_most_s: float = 3.0
    refused_first_s: float = 2.0
    refused_most_s: float = 30.0
    """Between logins that are refused: a site's fail2ban counts them."""
    boot_limit_s: float = 60.0
    """Asterisk lets us in before its modules are loaded; FullyBooted follows."""


class Owner(Protocol):
    """Who is told. None of these may block but `told_down`, which must not return before it is delivered."""

    def came_up(self, booted_at: Instant, statuses: Sequence[Headers]) -> None: ...
    def message(self, headers: Headers) -> None: ...
    async def settled_in(self) -> None: ...
    async def went_down(self, reason: str) -> None: ...


class Keeper:
    """One link's life. `up` is true from the end of the first resync to the loss of the connection."""

    def __init__(
        self,
        connector: Callable[[Callable[[Headers], None], Callable[[str], None]], HardenedManager],
        owner: Owner,
        clock: Clock,
        chance: Random,
        patience: Patience,
    ) -> None:
        self.manager = connector(self._on_message, self._on_lost)
        self.up = False
        self.booted_at: Instant = 0.0
        self._owner = owner
        self._clock = clock
        self._chance = chance
        self._patience = patience
        self._holding_back = True
        self._held_back: list[Headers] = []
        self._fully_booted = False
        self._lost_because = ""
        self._resync_wanted = False
        self._stirred = asyncio.Event()

    async def run(self) -> None:
        """Keep the link until cancelled; no failure of the peer ends it."""
        failures = 0
        try:
            while True:
                started_s = self._clock.monotonic()
                reason, refused = await self._live()
                lived_s = self._clock.monotonic() - started_s
                failures = 0 if lived_s > self._patience.retry_most_s else failures + 1
                await self._owner.went_down(reason)
                await asyncio.sleep(self._pause_s(failures, refused))  # noqa: TID251 - the pause before a reconnect
        finally:
            self.up = False
            self.manager.close()

    def resync(self) -> None:
        """Ask again what lives there, on the same connection; `came_up` follows."""
        self._resync_wanted = True
        self._stirred.set()

    def _pause_s(self, failures: int, refused: bool) -> float:
        patience = self._patience
        first_s = patience.refused_first_s if refused else patience.retry_first_s
        most_s = patience.refused_most_s if refused else patience.retry_most_s
        longest_s = min(most_s, first_s * 2.0 ** min(failures, 16))
        return self._chance.uniform(longest_s / 2, longest_s)

    async def _live(self) -> tuple[str, bool]:
        """One connection, from connect to loss: why it ended, and whether that was a refused login."""
        self._lost_because, self._fully_booted = "", False
        self._holding_back, self._held_back = True, []
        try:
            await self.manager.connect()
            await self._boot()
            while True:
                await self._resync()
                await self._owner.settled_in()
                await self._attend(lambda: self._resync_wanted)
        except LoginRefused as error:
            return str(error), True
        except AmiError as error:
            return self._lost_because or str(error), False
        except OSError as error:
            return self._lost_because or _plain(error), False
        finally:
            self.up = False
            self.manager.close()

    async def _boot(self) -> None:
        limit_s = self._patience.boot_limit_s
        try:
            async with timeout(limit_s):
                await self._attend(lambda: self._fully_booted)
        except TimeoutError:
            raise AmiError(f"no FullyBooted within {limit_s:g} s; the manager user needs read=system") from None

    async def _resync(self) -> None:
        self._holding_back, self._resync_wanted = True, False
        async with timeout(RESYNC_LIMIT_S):
            answer = await self.manager.send_action({"Action": "Status", "Variables": MUTED_VARIABLE}, as_list=True)
        if not answer[0].success:
            raise AmiError(f"Status refused: {answer[0].message}; the manager user needs write=originate,call")
        self._require_connection()
        self.up = True
        self._owner.came_up(self.booted_at, [message for message in answer if message.event == "Status"])
        self._holding_back = False
        held_back, self._held_back = self._held_back, []
        for headers in held_back:
            if self.up:  # an owner who cannot follow has dropped the link
                self._owner.message(headers)

    async def _attend(self, done: Callable[[], bool]) -> None:
        """Until `done`, with pings; ConnectionLost as soon as the connection is lost."""
        while not done():
            self._require_connection()
            self._stirred.clear()
            try:
                async with timeout(self._patience.ping_every_s):
                    await self._stirred.wait()
            except TimeoutError:
                await self.manager.ping(self._patience.ping_answer_s)
        self._require_connection()

    def _require_connection(self) -> None:
        if self._lost_because:
            raise ConnectionLost(self._lost_because)

    def _on_message(self, headers: Headers) -> None:
        if headers["Event"] == "FullyBooted":
            self._note_boot(float(headers.get("Uptime") or 0))
        if self._holding_back:
            self._held_back.append(headers)
        else:
            self._owner.message(headers)

    def _note_boot(self, uptime_s: float) -> None:
        booted_at = self._clock.now() - uptime_s
        if abs(booted_at - self.booted_at) > SAME_BOOT_S:
            self.booted_at = booted_at
        self._fully_booted = True
        self._stirred.set()

    def _on_lost(self, reason: str) -> None:
        self.up = False
        self._lost_because = self._lost_because or reason
        self._stirred.set()


def _plain(error: OSError) -> str:
    """The error in words; asyncio's own time-outs have none."""
    return str(error) or "no answer in time"
