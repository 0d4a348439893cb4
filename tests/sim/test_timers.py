"""Timers fire once, at the time they were set to last, however far ahead that was."""

from collections.abc import Callable

import pytest

from dialer.core.timer import Timer, TimerKind
from sim.heap import Future
from sim.timers import LOOK_EVERY_S, Timers

RING, JOIN = Timer(TimerKind.RING, "a"), Timer(TimerKind.JOIN, "a")
FAR_S = 10.5 * LOOK_EVERY_S
END_S = 2000.0


@pytest.mark.parametrize(
    ("told", "fired"),
    [
        (lambda timers: timers.set(RING, 3.0), [(3.0, RING)]),
        (lambda timers: timers.set(RING, FAR_S), [(FAR_S, RING)]),
        (lambda timers: timers.set(RING, 20.0 * LOOK_EVERY_S), [(20.0 * LOOK_EVERY_S, RING)]),
        (lambda timers: (timers.set(RING, 3.0), timers.set(RING, FAR_S)), [(FAR_S, RING)]),
        (lambda timers: (timers.set(RING, FAR_S), timers.set(RING, 3.0)), [(3.0, RING)]),
        (lambda timers: (timers.set(RING, 3.0), timers.set(RING, 3.0)), [(3.0, RING)]),
        (lambda timers: (timers.set(RING, FAR_S), timers.set(JOIN, FAR_S)), [(FAR_S, RING), (FAR_S, JOIN)]),
        (lambda timers: (timers.set(RING, 3.0), timers.set(JOIN, 4.0), timers.cancel(RING)), [(4.0, JOIN)]),
        (lambda timers: (timers.set(RING, FAR_S), timers.cancel(RING)), []),
        (lambda timers: timers.cancel(RING), []),
    ],
)
def test_a_timer_fires_when_it_was_set_to(told: Callable[[Timers], object], fired: list[tuple[float, Timer]]) -> None:
    future, seen = Future(0.0), []
    timers = Timers(future, lambda timer: seen.append((future.now, timer)))
    told(timers)
    while future.next_at < END_S:
        future.run_next()
    assert seen == fired


def test_one_set_while_another_fires_is_seen() -> None:
    future, seen = Future(0.0), []

    def fire(timer: Timer) -> None:
        seen.append(future.now)
        if future.now < 1.5 * FAR_S:
            timers.set(timer, future.now + FAR_S)

    timers = Timers(future, fire)
    timers.set(RING, FAR_S)
    while future.next_at < END_S:
        future.run_next()
    assert seen == [FAR_S, 2.0 * FAR_S]
