"""Works off the outbox: a lane for each webhook, so that one that is slow, broken or hostile holds up nobody else.

At least once: an event is delivered when the receiver has answered 2xx and that is written down. Of one lead only the
earliest undelivered event is ever on its way, so the order is kept. A receiver that is away again and again is left
alone by its circuit breaker, and gets everything that waited for it as soon as a probe finds it. One that answers, and
refuses an event, is there: that event waits by itself, and holds up no other lead's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from dialer import metrics
from dialer.core.ids import Instant
from dialer.core.webhooks import Delivery, Webhook, WebhookId
from dialer.logs import LogEvent, get_logger, tell_bug
from dialer.outbox.message import body_of, headers_of
from dialer.outbox.retry import GIVE_UP_S, next_try
from dialer.outside.addresses import networks
from dialer.outside.breaker import Breaker
from dialer.outside.client import Answer, NoAnswer, Request

AT_ONCE = 8
"""Deliveries to one webhook at the same time."""
LEASE_S = 60.0
"""How long a delivery in hand is left alone by others; much longer than a request may take."""
FAN_OUT_BOUND = 500
POLL_S = 1.0
"""Retries come due without a word from anybody."""
BREATH_S = 0.05
"""Between two looks, however often the books have news."""
GIVE_UP_EVERY_S = 60.0
TOO_MANY_REQUESTS = 429
"""Beside 5xx the one answer that tells of the machine and not of the event; `recovered` in outbox.sql has the same."""
ERROR_OF_OURS = "error_of_ours"

log = get_logger()


class Books(Protocol):
    """The outbox; every method may raise OSError while the database is away."""

    async def fan_out(self, now: Instant, give_up_at: Instant, bound: int) -> int: ...

    async def due(self, now: Instant) -> Sequence[Webhook]: ...

    async def take(self, webhook: WebhookId, count: int, now: Instant, until: Instant) -> Sequence[Delivery]: ...

    async def delivered(self, delivery: int, status: int, now: Instant) -> None: ...

    async def failed(
        self, delivery: int, status: int | None, error: str, now: Instant, next_try_at: Instant
    ) -> bool: ...

    async def recovered(self, webhook: WebhookId, now: Instant) -> None: ...

    async def give_up(self, now: Instant) -> int: ...


class Clock(Protocol):
    def now(self) -> Instant: ...


@dataclass(slots=True)
class _Lane:
    """What goes on with one webhook."""

    breaker: Breaker = field(default_factory=Breaker)
    in_hand: int = 0


class Deliverer:
    """`run` is a task of the daemon; `turn` and `idle` are its steps, for whoever drives it by hand."""

    def __init__(
        self, books: Books, send: Callable[[Request], Awaitable[Answer]], clock: Clock, key: str | None, chance: Random
    ) -> None:
        """`key`: the installation's, from which every secret is derived; without one nothing is sent, and waits."""
        self._books = books
        self._send = send
        self._clock = clock
        self._key = key
        self._chance = chance
        self._lanes: dict[WebhookId, _Lane] = {}
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._on_their_way: set[asyncio.Task[None]] = set()
        self._gave_up_at: Instant = 0.0

    def wake(self) -> None:
        """The books have something new."""
        self._wake.set()

    def stop(self) -> None:
        """End `run` when what is on its way has come through."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping.is_set():
                self._wake.clear()
                try:
                    await self.turn(tasks)
                except OSError:
                    log.warning(LogEvent.WEBHOOKS_WAIT, reason="books_away")
                await self._rest()

    async def turn(self, tasks: asyncio.TaskGroup) -> int:
        """One look at the books; what is due goes out in tasks of this group. How many went."""
        now = self._clock.now()
        while await self._books.fan_out(now, now + GIVE_UP_S, FAN_OUT_BOUND) == FAN_OUT_BOUND:
            pass
        if now - self._gave_up_at >= GIVE_UP_EVERY_S:
            self._gave_up_at = now
            metrics.WEBHOOKS.labels("dead").inc(await self._books.give_up(now))
        if self._key is None:
            return 0
        return sum([await self._start(webhook, now, tasks) for webhook in await self._books.due(now)])

    async def idle(self) -> None:
        """Wait until nothing is on its way."""
        while self._on_their_way:
            await asyncio.wait(self._on_their_way)

    async def _start(self, webhook: Webhook, now: Instant, tasks: asyncio.TaskGroup) -> int:
        lane = self._lanes.setdefault(webhook.id, _Lane())
        room = lane.breaker.room(now, AT_ONCE - lane.in_hand)
        if room <= 0:
            return 0
        taken = await self._books.take(webhook.id, room, now, now + LEASE_S)
        for delivery in taken:
            lane.in_hand += 1
            lane.breaker.started()
            task = tasks.create_task(self._deliver(lane, webhook, delivery))
            self._on_their_way.add(task)
            task.add_done_callback(self._on_their_way.discard)
        return len(taken)

    # ---- one delivery

    async def _deliver(self, lane: _Lane, webhook: Webhook, delivery: Delivery) -> None:
        try:
            await self._come_through(lane, webhook, delivery)
        except OSError:
            pass  # the books are away: it is still in our hand there, and goes again when that time is up
        finally:
            lane.breaker.let_go()
            lane.in_hand -= 1
            if lane.in_hand <= AT_ONCE // 2:
                self._wake.set()

    async def _come_through(self, lane: _Lane, webhook: Webhook, delivery: Delivery) -> None:
        try:
            request = self._request(webhook, delivery)
        except Exception as bug:  # one event that cannot be told is no reason to stop all others, and the daemon
            tell_bug(bug, "webhooks", delivery=delivery.id)
            await self._again(delivery, None, ERROR_OF_OURS)
            return
        try:
            answer = await self._send(request)
        except NoAnswer as error:
            await self._failed(lane, delivery, None, error.trouble)
            return
        if not answer.is_success:
            await self._failed(lane, delivery, answer, f"http_{answer.status}")
            return
        metrics.WEBHOOKS.labels("delivered").inc()
        was_open = lane.breaker.succeeded()
        await self._books.delivered(delivery.id, answer.status, self._clock.now())
        if was_open:
            await self._back(delivery)

    def _request(self, webhook: Webhook, delivery: Delivery) -> Request:
        body = body_of(delivery, webhook)
        assert self._key is not None  # else nothing was taken
        return Request(
            "POST",
            webhook.url,
            headers_of(delivery, webhook, body, self._key, self._clock.now()),
            body,
            networks(webhook.networks),
            only_status=True,
        )

    async def _failed(self, lane: _Lane, delivery: Delivery, answer: Answer | None, error: str) -> None:
        is_back = False
        if answer is None or _is_away(answer):
            self._away(lane, delivery, error)
        else:
            is_back = lane.breaker.succeeded()
        await self._again(delivery, answer, error)
        if is_back:
            await self._back(delivery)

    async def _again(self, delivery: Delivery, answer: Answer | None, error: str) -> None:
        """Later, unless its time is up."""
        now = self._clock.now()
        asked = "" if answer is None else answer.headers.get("retry-after", "")
        again = next_try(delivery.attempt, now, self._chance, asked)
        status = None if answer is None else answer.status
        is_dead = await self._books.failed(delivery.id, status, error, now, again)
        metrics.WEBHOOKS.labels("dead" if is_dead else "failed").inc()
        if is_dead:
            log.warning(LogEvent.WEBHOOK_DEAD, webhook=delivery.webhook, delivery=delivery.id, error=error)

    def _away(self, lane: _Lane, delivery: Delivery, error: str) -> None:
        was_closed = lane.breaker.opens_at is None
        lane.breaker.failed(self._clock.now())
        if was_closed and lane.breaker.opens_at is not None:
            log.warning(LogEvent.WEBHOOK_AWAY, webhook=delivery.webhook, error=error)

    async def _back(self, delivery: Delivery) -> None:
        log.info(LogEvent.WEBHOOK_BACK, webhook=delivery.webhook)
        await self._books.recovered(delivery.webhook, self._clock.now())

    # ---- time

    async def _rest(self) -> None:
        """Until there is news, at most a second; never shorter than a breath."""
        await asyncio.sleep(BREATH_S)  # noqa: TID251 - a bound on how often the books are asked
        try:
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()
        except TimeoutError:
            return


def _is_away(answer: Answer) -> bool:
    """The machine cannot do it now, whatever the event; any other answer is one to this event."""
    return answer.status >= 500 or answer.status == TOO_MANY_REQUESTS
