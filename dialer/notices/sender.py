"""Works off the notices that are due: judged once more as they go, sent at most once, and booked."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from dialer import metrics
from dialer.core.ids import Instant, ProjectId
from dialer.core.notices import Channel, Drop, Gateway, Go, Later, Notice, NoticeState, judged
from dialer.logs import LogEvent, get_logger
from dialer.notices.mail import Mail
from dialer.notices.result import Result, Said
from dialer.notices.sms import SmsGateways

AT_ONCE = 20
LEASE_S = 120.0
"""Much longer than a request may take: past it the daemon that had the notice in hand is taken for dead."""
POLL_S = 2.0
FIRST_DELAY_S = 60.0
LONGEST_DELAY_S = 3600.0
DOUBLINGS = 8
NO_GATEWAY = "no_gateway"

log = get_logger()


class Books(Protocol):
    """Every method may raise OSError while the database is away."""

    async def take(self, now: Instant, until: Instant, bound: int) -> Sequence[Notice]: ...

    async def wait(self, notice: int, until: Instant, reason: str = "", *, counts: bool = False) -> None: ...

    async def close(self, notice: int, state: NoticeState, reason: str, now: Instant) -> None: ...

    async def close_lost(self, now: Instant) -> int: ...

    async def gateway(self, project: ProjectId) -> Gateway | None: ...


class Clock(Protocol):
    def now(self) -> Instant: ...


class NoticeSender:
    """`run` is a task of the daemon, ended by `stop`; `turn` is one look."""

    def __init__(self, books: Books, clock: Clock, sms: SmsGateways, mail: Mail) -> None:
        self._books = books
        self._clock = clock
        self._sms = sms
        self._mail = mail
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End `run` when what is on its way has come through."""
        self._stopping.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                while await self.turn() == AT_ONCE and not self._stopping.is_set():
                    pass
            except OSError:
                log.warning(LogEvent.NOTICES_WAIT, reason="books_away")
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._stopping.wait()

    async def turn(self) -> int:
        """Send what is due, some at once; how many were looked at."""
        now = self._clock.now()
        await self._books.close_lost(now)
        taken = await self._books.take(now, now + LEASE_S, AT_ONCE)
        for came_to in await asyncio.gather(*map(self._handle, taken), return_exceptions=True):
            if isinstance(came_to, BaseException):
                raise came_to
        return len(taken)

    async def _handle(self, notice: Notice) -> None:
        match judged(notice, self._clock.now()):
            case Drop(state, reason):
                await self._close(notice, state, reason)
            case Later(until):
                await self._books.wait(notice.id, until, "hours")
            case Go() as go:
                await self._book(notice, await self._send(notice, go))

    async def _send(self, notice: Notice, go: Go) -> Result:
        assert notice.wanted is not None
        if notice.wanted.channel is Channel.EMAIL:
            return await self._mail.send(notice.id, go.address, go.subject, go.text)
        gateway = await self._books.gateway(notice.project)
        if gateway is None:
            return Result(Said.NOT_NOW, NO_GATEWAY)
        return await self._sms.send(gateway, notice.id, go.address, go.text)

    async def _book(self, notice: Notice, result: Result) -> None:
        match result.said:
            case Said.TAKEN:
                await self._close(notice, NoticeState.SENT, "")
            case Said.REFUSED:
                await self._close(notice, NoticeState.FAILED, result.reason)
            case Said.UNKNOWN:
                await self._close(notice, NoticeState.UNKNOWN, result.reason)
            case Said.NOT_NOW:
                delay_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2.0 ** min(notice.tries - 1, DOUBLINGS))
                await self._books.wait(notice.id, self._clock.now() + delay_s, result.reason, counts=True)
                metrics.NOTICES.labels("retried").inc()

    async def _close(self, notice: Notice, state: NoticeState, reason: str) -> None:
        await self._books.close(notice.id, state, reason, self._clock.now())
        metrics.NOTICES.labels(state.value).inc()
        log.info(
            LogEvent.NOTICE, notice=notice.id, lead=notice.lead, step=notice.step, state=state.value, reason=reason
        )
