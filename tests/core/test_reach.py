"""Who will answer: words of a lead, its chance while it rings, what is learned at its end, and the order of queues."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.core.campaign import Campaign
from dialer.core.events import Known, Reservation
from dialer.core.ids import AttemptId, LeadId
from dialer.core.memory import Memory, memories_of
from dialer.core.reach import (
    ANY_SERVER,
    FARTHEST_AHEAD_S,
    NAME,
    STRATA,
    forecast_of,
    head_start_s,
    head_starts,
    stratum_of,
    words_of,
)
from strategies.reach import Reach
from tests.core.playbook import CAMPAIGN, T0, Play

NO_ANSWER, ANSWERED_BY_NOBODY = 19, 480
MOSCOW, OMSK = "Europe/Moscow", "Asia/Omsk"
HOUR_IN_MOSCOW = 14
"""Of T0, a Wednesday."""
CLAIM = Reservation(
    AttemptId("a"), LeadId("l"), CAMPAIGN, "9160000001", MOSCOW, 1, known=Known(T0 - 7200.0, "Омская область", 7)
)


def taught() -> Reach:
    """Mobiles answer, others do not."""
    model, random = Reach(), Random(1)
    for place in range(800):
        kind = random.choice(["mobile", "fixed"])
        model.learn((kind,), T0 - 1000 + place, answered=random.random() < (0.6 if kind == "mobile" else 0.1))
    return model


def knowing(play: Play) -> Campaign:
    campaign = play.floor.room.campaigns[CAMPAIGN]
    forecast_of(play.floor.room, campaign).model = taught()
    return campaign


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, {"mobile", f"hour {HOUR_IN_MOSCOW}", "weekday", "attempt 1", "after ", "list 7", "age 1"}),
        ({"zone": OMSK}, {f"hour {HOUR_IN_MOSCOW + 3}"}),
        ({"zone": f"{OMSK}|{MOSCOW}"}, {f"hour {HOUR_IN_MOSCOW + 3}"}),
        ({"zone": None}, {f"hour {HOUR_IN_MOSCOW}"}),
        ({"number": "4950000001"}, {"fixed", f"fixed {HOUR_IN_MOSCOW}"}),
        ({"attempt_no": 9}, {"attempt 4"}),
        ({"known": Known(T0 - 9e5, "Тува", 7, "busy")}, {"age 4", "region Тува", "after busy"}),
    ],
)
def test_what_is_known_of_a_lead_stands_in_words_on_the_persons_own_clock(
    changes: dict[str, object], words: set[str]
) -> None:
    found = words_of(replace(CLAIM, **changes), T0, MOSCOW)  # type: ignore[arg-type]
    assert words <= set(found)
    assert len(found) == len(set(found)) == len(words_of(CLAIM, T0, MOSCOW))


def test_every_stratum_is_a_queue_of_its_own() -> None:
    assert {stratum_of(number, made) for number in ("916", "495") for made in range(9)} == set(range(STRATA))


def test_a_call_rings_with_its_chance_and_what_came_is_learned() -> None:
    play = Play()
    campaign = knowing(play)
    play.sign_in()
    play.start()
    (attempt,) = play.give_leads(known=CLAIM.known)  # type: ignore[arg-type]
    (ringing,) = play.floor.room.pictures[play.floor.room.calls[attempt].server].calls({CAMPAIGN})
    assert ringing.answer_ratio == pytest.approx(0.6, abs=0.1)
    play.after(20).hang_up(attempt, NO_ANSWER, ANSWERED_BY_NOBODY)
    assert campaign.forecast is not None
    assert (campaign.forecast.calls, campaign.forecast.answers) == (1, 0)
    assert campaign.forecast.answers_expected == pytest.approx(ringing.answer_ratio)


def test_a_claim_that_knows_nothing_of_its_lead_teaches_nothing() -> None:
    play = Play()
    campaign = knowing(play)
    play.sign_in()
    play.start()
    (attempt,) = play.give_leads()
    assert play.floor.room.calls[attempt].reservation.answer_ratio is None
    play.after(20).hang_up(attempt, NO_ANSWER, ANSWERED_BY_NOBODY)
    assert campaign.forecast is not None
    assert campaign.forecast.calls == 0


def test_the_claim_is_told_which_queues_answer_best_just_now() -> None:
    play = Play()
    play.sign_in()
    play.start()
    (novice,) = play.asked()
    assert novice.head_starts == {}, "nothing is known yet: in the order of time"
    campaign = knowing(play)
    starts = head_starts(play.floor.room, campaign, (MOSCOW, ""))
    assert set(starts) == {MOSCOW, ""}
    assert min(starts[MOSCOW][:4]) > 0.0 > max(starts[MOSCOW][4:])


@given(st.floats(-50.0, 50.0), st.floats(-50.0, 50.0), st.floats(0.0, 1e6))
def test_nobody_is_overtaken_by_one_who_fell_due_long_after_him(poor: float, good: float, later_s: float) -> None:
    """The claim takes the least of (due − head start): whoever is due so much earlier is never behind."""
    due_s, other_due_s = 0.0, FARTHEST_AHEAD_S + later_s
    assert due_s - head_start_s(poor) <= other_due_s - head_start_s(good)


def test_what_was_learned_goes_over_a_restart_and_what_cannot_be_read_is_said() -> None:
    play = Play()
    campaign = knowing(play)
    assert campaign.forecast is not None
    assert memories_of(play.floor.room, play.at) == [], "nothing was called"
    campaign.forecast.calls = 1
    (memory,) = memories_of(play.floor.room, play.at)
    assert (memory.server, memory.strategy) == (ANY_SERVER, NAME)

    spoilt = {**memory.learned, "weights": 3}
    for learned, is_known in ((memory.learned, True), ({}, False), (spoilt, False), ([], False)):
        later = Play()
        again = later.floor.room.campaigns[CAMPAIGN]
        again.memories[ANY_SERVER] = Memory(CAMPAIGN, ANY_SERVER, NAME, 0.0, learned)  # type: ignore[arg-type]
        model = forecast_of(later.floor.room, again).model
        assert model.tells_apart == is_known
        assert bool([e for e in later.floor.room.out if getattr(e, "name", "") == "reach_refused"]) != is_known
