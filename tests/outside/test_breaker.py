"""The circuit breaker: five failures, a pause, one probe."""

from dialer.outside.breaker import Breaker


def broken(at: float = 0.0) -> Breaker:
    breaker = Breaker(failures_limit=3, first_pause_s=10, longest_pause_s=30)
    for _ in range(3):
        breaker.started()
        breaker.failed(at)
    return breaker


def test_it_opens_after_failures_in_a_row() -> None:
    breaker = Breaker(failures_limit=3, first_pause_s=10)
    breaker.failed(0)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(0)
    breaker.failed(0)
    assert breaker.room(0, 8) == 8
    breaker.failed(0)
    assert breaker.room(9.9, 8) == 0


def test_one_probe_goes_after_the_pause() -> None:
    breaker = broken()
    assert breaker.room(10, 8) == 1
    breaker.started()
    assert breaker.room(10, 8) == 0


def test_a_good_probe_closes_it() -> None:
    breaker = broken()
    breaker.started()
    assert breaker.succeeded()
    assert breaker.room(10, 8) == 8
    assert not breaker.succeeded()


def test_each_bad_probe_doubles_the_pause_up_to_the_limit() -> None:
    breaker, at, pauses = broken(), 0.0, []
    for _ in range(4):
        assert breaker.opens_at is not None
        pauses.append(breaker.opens_at - at)
        at = breaker.opens_at
        breaker.started()
        breaker.failed(at)
    assert pauses == [10, 20, 30, 30]


def test_a_late_failure_of_before_does_not_lengthen_the_pause() -> None:
    breaker = broken()
    breaker.failed(5)
    assert breaker.opens_at == 10


def test_a_cancelled_probe_makes_room_for_the_next() -> None:
    breaker = broken()
    breaker.started()
    breaker.let_go()
    assert breaker.room(10, 8) == 1
