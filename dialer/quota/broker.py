"""Asks couriers: live, in time or not at all, and never more than is needed.

An answer is good for some seconds; those who ask the same at once share one request; a courier that fails again and
again is left alone by its circuit breaker. Whatever goes wrong is "unknown", with its reason: it is never guessed.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeAlias

from dialer.core.ids import Instant, ProjectId
from dialer.core.slots import Hold, Order, Provider, SlotDay, Template
from dialer.core.template import filled
from dialer.outside.addresses import networks
from dialer.outside.breaker import Breaker
from dialer.outside.client import Answer, NoAnswer, Request
from dialer.quota.template import intervals_of, values_of

TIMEOUT_S = 1.5
"""An agent waits with a person on the line."""
FRESH_S = 20.0
CACHE_LIMIT = 5000
FAILURES = 5
FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 60.0

LEFT_ALONE = "left_alone"
NO_SECRET = "secret_missing"
NOT_UNDERSTOOD = "answer_not_understood"


Question: TypeAlias = tuple[ProjectId, str, str, str]
"""Project, method, URL and body: all that an answer depends on."""


class Reserved(StrEnum):
    """What a courier said to a reservation."""

    RESERVED = "reserved"
    FULL = "full"
    UNKNOWN = "unknown"


class Clock(Protocol):
    def now(self) -> Instant: ...


class Broker:
    """For every project. `secret` gives the secret of `<project>_<name>`, KeyError where there is none."""

    def __init__(
        self, send: Callable[[Request], Awaitable[Answer]], clock: Clock, secret: Callable[[str], str]
    ) -> None:
        self._send = send
        self._clock = clock
        self._secret = secret
        self._breakers: dict[ProjectId, Breaker] = {}
        self._days: OrderedDict[Question, SlotDay] = OrderedDict()
        self._asking: dict[Question, asyncio.Future[SlotDay]] = {}

    async def day(self, provider: Provider, order: Order, day: date) -> SlotDay:
        """The day as the courier has it, at most FRESH_S old."""
        try:
            wanted = filled(provider.ask, values_of(order, day), self._secret_of(provider))
        except KeyError:
            return SlotDay(day, self._clock.now(), trouble=NO_SECRET)
        key = (provider.project, wanted.method, wanted.url, wanted.body)
        known = self._days.get(key)
        if known is not None and self._clock.now() - known.asked_at < FRESH_S:
            return known
        if key not in self._asking:
            self._asking[key] = asyncio.ensure_future(self._ask(provider, wanted, day))
            self._asking[key].add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(self._asking[key])

    async def reserve(self, provider: Provider, hold: Hold) -> tuple[Reserved, str]:
        """Hold the place; with the reason where it is unknown. Safe to repeat under the same name."""
        if provider.reserve is None:
            return Reserved.UNKNOWN, "cannot_reserve"
        self._forget(provider.project)
        answer = await self._exchange(provider, provider.reserve, hold)
        if isinstance(answer, str):
            return Reserved.UNKNOWN, answer
        if answer.status in provider.full_statuses:
            return Reserved.FULL, ""
        return (Reserved.RESERVED, "") if answer.is_success else (Reserved.UNKNOWN, f"http_{answer.status}")

    async def release(self, provider: Provider, hold: Hold) -> bool:
        """Give the place back; False: to be tried again. A courier that knows nothing of it is content, too."""
        if provider.release is None:
            return True
        self._forget(provider.project)
        answer = await self._exchange(provider, provider.release, hold)
        return not isinstance(answer, str) and (answer.is_success or answer.status in (404, 410))

    # ---- inside

    async def _ask(self, provider: Provider, wanted: Template, day: date) -> SlotDay:
        asked_at = self._clock.now()
        answer = await self._through(provider, wanted)
        if isinstance(answer, str):
            return SlotDay(day, asked_at, trouble=answer)
        if not answer.is_success:
            return SlotDay(day, asked_at, trouble=f"http_{answer.status}")
        try:
            return SlotDay(day, asked_at, intervals_of(provider, answer.body))
        except ValueError:
            return SlotDay(day, asked_at, trouble=NOT_UNDERSTOOD)

    async def _exchange(self, provider: Provider, template: Template, hold: Hold) -> Answer | str:
        values = values_of(hold.order, hold.day, hold.interval, hold.id)
        try:
            return await self._through(provider, filled(template, values, self._secret_of(provider)))
        except KeyError:
            return NO_SECRET

    async def _through(self, provider: Provider, wanted: Template) -> Answer | str:
        """The answer, or why there was none."""
        breaker = self._breakers.setdefault(provider.project, Breaker(FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S))
        if not breaker.room(self._clock.now(), 1):
            return LEFT_ALONE
        breaker.started()
        try:
            answer = await self._send(self._request(provider, wanted))
        except NoAnswer as error:
            breaker.failed(self._clock.now())
            return str(error.trouble)
        finally:
            breaker.let_go()
        if answer.status >= 500:
            breaker.failed(self._clock.now())
        else:
            breaker.succeeded()
        return answer

    def _secret_of(self, provider: Provider) -> Callable[[str], str]:
        """A project's templates reach its own secrets only: whoever may write them must not read another's."""
        return lambda name: self._secret(f"{provider.project}_{name}")

    def _request(self, provider: Provider, wanted: Template) -> Request:
        kind = {"content-type": "application/json"} if wanted.body else {}
        headers = {"accept": "application/json", **kind, **wanted.headers}
        allowed = networks(provider.networks)
        return Request(wanted.method, wanted.url, headers, wanted.body.encode(), allowed, TIMEOUT_S)

    def _keep(self, key: Question, done: "asyncio.Future[SlotDay]") -> None:
        self._asking.pop(key, None)
        if done.cancelled() or done.exception() is not None or done.result().trouble:
            return
        self._days[key] = done.result()
        self._days.move_to_end(key)
        while len(self._days) > CACHE_LIMIT:
            self._days.popitem(last=False)

    def _forget(self, project: ProjectId) -> None:
        """A place was taken or given back: what is known of the project is out of date."""
        for key in [key for key in self._days if key[0] == project]:
            del self._days[key]
