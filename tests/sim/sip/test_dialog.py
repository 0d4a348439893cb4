"""The called side's table: every state and event pair, and the dialogues that matter."""

import pytest

from sim.sip.dialog import ALIVE, OVER, TABLE, Action, Event, IllegalTransition, State, step

PEER = {Event.INVITE_AGAIN, Event.ACK, Event.CANCEL, Event.BYE}


def play(*events, state=State.TRYING):
    done = []
    for event in events:
        state, actions = step(state, event)
        done += actions
    return state, done


@pytest.mark.parametrize("state", State)
def test_no_state_is_upset_by_anything_the_peer_may_send_or_by_death(state):
    assert set(TABLE[state]) >= PEER | {Event.VANISH}
    assert step(state, Event.VANISH)[0] is State.GONE


@pytest.mark.parametrize("state", State)
def test_what_a_state_does_not_list_is_illegal(state):
    for event in set(Event) - set(TABLE[state]):
        with pytest.raises(IllegalTransition, match=state):
            step(state, event)


def test_the_dead_say_nothing():
    assert all(actions == () for _, actions in TABLE[State.GONE].values())


def test_nobody_comes_back_to_life():
    for state in set(State) - ALIVE:
        assert all(after not in ALIVE for after, _ in TABLE[state].values())


def test_a_repetition_timer_runs_in_exactly_the_states_that_know_it():
    for state in State:
        for after, actions in TABLE[state].values():
            if Action.START_RESENDING in actions:
                assert {Event.RESEND, Event.GIVE_UP} <= set(TABLE[after])
            elif after in OVER and Event.RESEND in TABLE[state]:
                assert Action.STOP_RESENDING in actions


def test_an_answered_call_that_the_called_side_ends():
    state, done = play(Event.RING, Event.ANSWER, Event.ACK, Event.HANG_UP, Event.BYE_ANSWERED)
    assert state is State.ENDED
    assert done == [
        Action.RINGING,
        Action.OK,
        Action.START_RESENDING,
        Action.STOP_RESENDING,
        Action.BYE,
        Action.START_RESENDING,
        Action.STOP_RESENDING,
    ]


def test_a_hang_up_before_the_ack_waits_for_it():
    state, done = play(Event.ANSWER, Event.HANG_UP)
    assert (state, Action.BYE in done) == (State.LEAVING, False)
    state, done = play(Event.ACK, state=state)
    assert (state, done) == (State.CLOSING, [Action.STOP_RESENDING, Action.BYE, Action.START_RESENDING])


def test_byes_that_cross_are_both_answered():
    state, done = play(Event.ANSWER, Event.ACK, Event.HANG_UP, Event.BYE, Event.BYE_ANSWERED)
    assert state is State.ENDED
    assert Action.ACCEPT_BYE in done


def test_a_cancel_that_meets_the_answer_changes_nothing():
    state, done = play(Event.ANSWER, Event.CANCEL, Event.ACK)
    assert state is State.TALKING
    assert Action.TERMINATED not in done


@pytest.mark.parametrize("before", [(), (Event.RING,), (Event.PROGRESS,), (Event.RING, Event.PROGRESS)])
def test_a_cancel_before_the_answer_gets_its_200_and_the_487(before):
    state, done = play(*before, Event.CANCEL, Event.ACK)
    assert state is State.ENDED
    assert done[len(before) :] == [
        Action.ACCEPT_CANCEL,
        Action.TERMINATED,
        Action.START_RESENDING,
        Action.STOP_RESENDING,
    ]
