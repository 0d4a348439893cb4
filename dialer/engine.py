"""The one owner of the Floor: it applies events in order of arrival, keeps the timers, and hands effects out.

An event that comes while nothing else waits is applied where it is fed, before `feed` returns: from the line on the
manager link that says «answered» to the Redirect on the same link nothing else gets its turn. What comes meanwhile, or
behind others, stands in the queue. New calls are thought of by the engine's task, when everybody has been served.

Performers are handed in as a table, effect type to callables. One that returns a coroutine is run as a task of the
engine's own group; one that returns nothing is done at once, in order (a write to a socket, a line in a queue).
What comes of an effect arrives as an event by `feed`. A bug of ours (IllegalTransition) costs that one attempt, never a
talk in progress; bugs in a row stop the placing of new calls.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from dialer.clock import Clock
from dialer.core.effects import Alarm, CancelTimer, Effect, SetTimer
from dialer.core.events import Beat, CallEvent, ClockSuspect, Event, TimerFired
from dialer.core.floor import Floor
from dialer.core.ids import AttemptId
from dialer.core.table import IllegalTransition
from dialer.core.timer import Timer
from dialer.core.wishes import Disposed, Draining
from dialer.logs import LogEvent, get_logger

QUEUE_LIMIT = 50_000
"""Events; a burst of a whole busy minute. Fuller than this, the sender is told (asyncio.QueueFull)."""
BATCH = 200
"""Events applied before other tasks get their turn."""
AT_ONCE = 20
"""Events applied where one is fed: those that its own effects have brought about."""
BEAT_S = 0.5
LOOK_S = 0.1
"""Between two looks at the lag of the loop: six hundred a minute make a 99th percentile."""
BUGS_LIMIT = 10
"""Illegal transitions after which no new call is placed until a person has looked."""

Performer: TypeAlias = Callable[[Any], Coroutine[Any, Any, None] | None]

log = get_logger()


class Gauges(Protocol):
    """What the engine reports of itself."""

    def loop_lag(self, seconds: float) -> None: ...

    def illegal_transition(self) -> None: ...


class Engine:
    """Drives a Floor in real time. `run` is a task of the daemon's TaskGroup; all else may be called at any time."""

    def __init__(
        self,
        floor: Floor,
        clock: Clock,
        performers: Mapping[type[Effect], Sequence[Performer]],
        gauges: Gauges,
        first: frozenset[type[Effect]] = frozenset(),
    ) -> None:
        """`first`: effects for which somebody waits on a line: of one event's, they are performed before the rest."""
        self.floor = floor
        self._clock = clock
        self._performers = performers
        self._gauges = gauges
        self._first = first
        self._running = False
        self._applying = False
        self._failure: Exception | None = None
        self._queue: deque[Event] = deque()
        self._wake = asyncio.Event()
        self._timers: dict[Timer, asyncio.TimerHandle] = {}
        self._beat_handle: asyncio.TimerHandle
        self._look_handle: asyncio.TimerHandle
        self._tasks: asyncio.TaskGroup | None = None
        self._bugs = 0
        self._suspect = False
        self._stopping = False

    def feed(self, event: Event) -> None:
        """Apply it now, or put it behind the others. Raises asyncio.QueueFull where the engine cannot keep up."""
        if len(self._queue) >= QUEUE_LIMIT:
            raise asyncio.QueueFull
        at_once = self._running and not self._applying and not self._queue
        self._queue.append(event)
        self._wake.set()
        if at_once:
            self._apply_waiting(AT_ONCE)

    @property
    def waiting(self) -> int:
        """Events not yet applied."""
        return len(self._queue)

    def stop(self) -> None:
        """End `run` once the queue is empty."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Apply events until `stop`; an error of a performer ends it, and with it the daemon."""
        loop = asyncio.get_running_loop()
        self._beat_handle = loop.call_later(BEAT_S, self._beat, loop.time() + BEAT_S)
        self._look_handle = loop.call_later(LOOK_S, self._look_at_lag, loop.time() + LOOK_S)
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks, self._running = tasks, True
                while not self._stopping or self._queue:
                    await self._wake.wait()
                    self._wake.clear()
                    self._drain()
                    while self._queue:
                        await asyncio.sleep(0)  # noqa: TID251 - give the other tasks their turn
                        self._drain()
                self._running = False
        finally:
            self._tasks, self._running = None, False
            self._beat_handle.cancel()
            self._look_handle.cancel()
            for handle in self._timers.values():
                handle.cancel()

    def _drain(self) -> None:
        """What waits, event by event; new calls are thought of when everybody on the line has been served."""
        self._apply_waiting(BATCH)
        if self._failure is not None:
            raise self._failure
        self._applying = True
        try:
            for effect in self.floor.pace():
                self._perform(effect)
        finally:
            self._applying = False

    def _apply_waiting(self, most: int) -> None:
        """Apply up to so many; a performer's error is kept for `run`, whoever has fed the event has no part in it."""
        self._applying = True
        try:
            while self._queue and most > 0:
                most -= 1
                self._apply(self._queue.popleft())
        except Exception as error:  # raised again by `run`
            self._failure, self._running = error, False
        finally:
            self._applying = False

    def _apply(self, event: Event) -> None:
        try:
            effects = self.floor.apply(event)
        except IllegalTransition as bug:
            self._illegal(event, bug)
            return
        for effect in effects:
            if type(effect) in self._first:
                self._perform(effect)
        for effect in effects:
            if type(effect) not in self._first:
                self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        if isinstance(effect, SetTimer):
            self._set_timer(effect)
        elif isinstance(effect, CancelTimer):
            self._cancel_timer(effect.timer)
        for perform in self._performers.get(type(effect), ()):
            coroutine = perform(effect)
            if coroutine is not None and self._tasks is not None:
                self._tasks.create_task(coroutine)

    # ---- bugs

    def _illegal(self, event: Event, bug: IllegalTransition) -> None:
        self._bugs += 1
        self._gauges.illegal_transition()
        attempt: AttemptId | None = event.attempt if isinstance(event, CallEvent | Disposed) else None
        log.error(LogEvent.BUG, error=str(bug), attempt=attempt)
        if attempt is not None:
            for effect in self.floor.lose(attempt, "illegal_transition"):
                self._perform(effect)
        if self._bugs == BUGS_LIMIT:
            text = f"{BUGS_LIMIT} illegal transitions: no new calls; talks go on. Keep the log, restart the daemon"
            self._perform(Alarm(name="too_many_bugs", text=text, facts={"bugs": BUGS_LIMIT}))
            self.feed(Draining(at=self._clock.now()))

    # ---- time

    def _set_timer(self, effect: SetTimer) -> None:
        self._cancel_timer(effect.timer)
        delay_s = max(0.0, effect.at - self._clock.now())
        loop = asyncio.get_running_loop()
        self._timers[effect.timer] = loop.call_later(delay_s, self._fire, effect.timer)

    def _cancel_timer(self, timer: Timer) -> None:
        handle = self._timers.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def _fire(self, timer: Timer) -> None:
        self._timers.pop(timer, None)
        self.feed(TimerFired(at=self._clock.now(), timer=timer))

    def _beat(self, due: float) -> None:
        loop = asyncio.get_running_loop()
        now = self._clock.now()
        self._look_at_clock(now)
        self.feed(Beat(at=now))
        following = max(due + BEAT_S, loop.time())
        self._beat_handle = loop.call_at(following, self._beat, following)

    def _look_at_lag(self, due: float) -> None:
        """How late the loop is; a long wait counts for each look that was due in it, not as a single one."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        while due <= now:
            self._gauges.loop_lag(now - due)
            due += LOOK_S
        self._look_handle = loop.call_at(due, self._look_at_lag, due)

    def _look_at_clock(self, now: float) -> None:
        """While wall and event time disagree no call is started; event time is led to the wall, at most by slewing."""
        suspect = self._clock.is_suspect()
        if suspect:
            self._clock.reanchor()
        if suspect != self._suspect:
            self._suspect = suspect
            self.feed(ClockSuspect(at=now, suspect=suspect))
