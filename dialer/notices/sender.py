"""Works off the notices that are due: judged once more as they go, sent at most once, and booked.

A lane for each machine, the mail server and every project's gateway: one that is slow holds up nothing but its own.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Protocol

from dialer import metrics
from dialer.core.ids import Instant, ProjectId
from dialer.core.notices import Channel, Drop, Gateway, Go, Later, Notice, NoticeState, judged
from dialer.logs import LogEvent, get_logger, tell_bug
from dialer.notices.mail import AT_ONCE as MAILS_AT_ONCE
from dialer.notices.mail import Mail
from dialer.notices.result import Result, Said
from dialer.notices.sms import SmsGateways

MAIL_SERVER = 0
"""The lane of e-mails. Each project's texts have their own, by its number: they go to its own gateway."""
TEXTS_AT_ONCE = 10
LEASE_S = 120.0
"""Much longer than a request may take: past it the daemon that had the notice in hand is taken for dead."""
POLL_S = 2.0
BREATH_S = 0.05
"""Between two looks, however fast the machines are."""
FIRST_DELAY_S = 60.0
LONGEST_DELAY_S = 3600.0
DOUBLINGS = 8
KEPT_S = 400 * 24 * 3600.0
"""Thirteen months: the sums of a campaign's steps can be held against those of a year ago."""
NO_GATEWAY = "no_gateway"
ERROR_OF_OURS = "error_of_ours"

log = get_logger()


class Books(Protocol):
    """Every method may raise OSError while the database is away."""

    async def lanes(self, now: Instant) -> Sequence[int]: ...

    async def take(self, lane: int, now: Instant, until: Instant, bound: int) -> Sequence[Notice]: ...

    async def wait(self, notice: int, until: Instant, reason: str = "", *, counts: bool = False) -> None: ...

    async def close(self, notice: int, state: NoticeState, reason: str, now: Instant) -> None: ...

    async def close_lost(self, now: Instant) -> int: ...

    async def prune(self, before: Instant) -> int: ...

    async def gateway(self, project: ProjectId) -> Gateway | None: ...


class Clock(Protocol):
    def now(self) -> Instant: ...


class NoticeSender:
    """`run` is a task of the daemon, ended by `stop`; `turn` is one look and its end, for whoever drives it by hand."""

    def __init__(self, books: Books, clock: Clock, sms: SmsGateways, mail: Mail) -> None:
        self._books = books
        self._clock = clock
        self._sms = sms
        self._mail = mail
        self._in_hand = Counter[int]()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End `run` when what is on its way has come through."""
        self._stopping.set()
        self._wake.set()

    async def run(self) -> None:
        with closing(self._mail):
            async with asyncio.TaskGroup() as tasks:
                while not self._stopping.is_set():
                    self._wake.clear()
                    await self._look(tasks)
                    await self._rest()

    async def turn(self) -> int:
        """Send what is due, some of each lane; how many were looked at."""
        async with asyncio.TaskGroup() as tasks:
            return await self._start(tasks)

    async def prune(self) -> None:
        """Forget what was over long ago."""
        await self._books.prune(self._clock.now() - KEPT_S)

    async def _look(self, tasks: asyncio.TaskGroup) -> None:
        try:
            await self._start(tasks)
        except OSError:
            log.warning(LogEvent.NOTICES_WAIT, reason="books_away")
        except Exception as bug:
            tell_bug(bug, "notices")

    async def _start(self, tasks: asyncio.TaskGroup) -> int:
        """What is due goes out in tasks of this group, as far as its lane has room: how many."""
        now, started = self._clock.now(), 0
        await self._books.close_lost(now)
        for lane in await self._books.lanes(now):
            room = _width(lane) - self._in_hand[lane]
            if room <= 0:
                continue
            for notice in await self._books.take(lane, now, now + LEASE_S, room):
                self._in_hand[lane] += 1
                started += 1
                tasks.create_task(self._come_through(lane, notice))
        return started

    async def _rest(self) -> None:
        """Until there is room in a lane again or a look is due; never shorter than a breath."""
        await asyncio.sleep(BREATH_S)  # noqa: TID251 - a bound on how often the books are asked
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_S):
                await self._wake.wait()

    # ---- one notice

    async def _come_through(self, lane: int, notice: Notice) -> None:
        try:
            await self._settle(notice)
        except OSError:
            log.warning(LogEvent.NOTICES_WAIT, reason="books_away")  # in our hand there; it may have gone
        except Exception as bug:
            tell_bug(bug, "notices", notice=notice.id)
        finally:
            self._in_hand[lane] -= 1
            if self._in_hand[lane] <= _width(lane) // 2:
                self._wake.set()

    async def _settle(self, notice: Notice) -> None:
        """No notice takes others with it, nor the daemon that dials."""
        try:
            await self._handle(notice)
        except OSError:
            raise
        except Exception as bug:
            tell_bug(bug, "notices", notice=notice.id, lead=notice.lead, step=notice.step)
            await self._close(notice, NoticeState.FAILED, ERROR_OF_OURS)

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


def _width(lane: int) -> int:
    return MAILS_AT_ONCE if lane == MAIL_SERVER else TEXTS_AT_ONCE
