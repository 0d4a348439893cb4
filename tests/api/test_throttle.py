"""Tries are counted in a sliding window, per key, in bounded memory."""

import pytest

from dialer.api.throttle import KEYS_LIMIT, SignInTries, Throttle


def test_the_window_slides() -> None:
    throttle = Throttle(limit=2, window_s=60.0)
    throttle.count("a", 0.0)
    throttle.count("a", 30.0)
    assert throttle.wait_s("a", 40.0) == pytest.approx(20.0)
    assert throttle.wait_s("b", 40.0) == 0.0
    assert throttle.wait_s("a", 60.0) == 0.0
    throttle.count("a", 60.0)
    assert throttle.wait_s("a", 61.0) == pytest.approx(29.0)


def test_what_is_forgiven_is_forgotten() -> None:
    throttle = Throttle(limit=1, window_s=60.0)
    throttle.count("a", 0.0)
    throttle.forgive("a")
    assert throttle.wait_s("a", 1.0) == 0.0


def test_a_flood_of_names_does_not_eat_the_memory() -> None:
    throttle = Throttle(limit=1, window_s=60.0)
    for number in range(KEYS_LIMIT + 5):
        throttle.count(str(number), 0.0)
    assert len(throttle._tries) == KEYS_LIMIT
    assert throttle.wait_s("0", 1.0) == 0.0
    assert throttle.wait_s(str(KEYS_LIMIT), 1.0) > 0


def test_guessing_from_one_place_does_not_lock_the_user_out_elsewhere() -> None:
    tries = SignInTries()
    for _ in range(5):
        tries.count(0.0, "10.0.0.1", "olga")
    assert tries.wait_s(1.0, "10.0.0.1", "olga") > 0
    assert tries.wait_s(1.0, "10.0.0.1", "boris") == 0
    assert tries.wait_s(1.0, "10.0.0.2", "olga") == 0


def test_a_whole_shift_does_it_right_from_one_address() -> None:
    tries = SignInTries()
    for number in range(100):
        at = number / 10
        tries.count(at, "10.0.0.1", f"agent{number}")
        tries.take_back(at, "10.0.0.1", f"agent{number}")
    assert tries.wait_s(10.0, "10.0.0.1", "agent1") == 0


def test_guessing_from_many_places_and_of_many_names_is_held_up_too() -> None:
    tries = SignInTries()
    for number in range(20):
        tries.count(0.0, f"10.0.0.{number}", "olga")
    assert tries.wait_s(1.0, "10.0.1.1", "olga") > 0
    for number in range(30):
        tries.count(0.0, "10.9.9.9", f"name{number}")
    assert tries.wait_s(1.0, "10.9.9.9") > 0
