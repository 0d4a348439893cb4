"""The machines' tables themselves: what is not in them is refused, and changes nothing."""

import pytest

from dialer.core.agent import AGENT
from dialer.core.call import CALL
from dialer.core.events import (
    Disposed,
)
from dialer.core.outcome import LeadEffect
from dialer.core.table import IllegalTransition
from tests.core.playbook import playing


@pytest.mark.parametrize("table", [CALL, AGENT], ids=["call", "agent"])
def test_a_pair_that_no_table_has_is_refused_and_changes_nothing(table) -> None:
    states = {state for state, _ in table.rules}
    events = {event for _, event in table.rules}
    illegal = [(state, event) for state in states for event in events if (state, event) not in table.rules]
    assert illegal, "a table that allows everything says nothing"
    for state, event in illegal:
        with pytest.raises(IllegalTransition, match=event.__name__):
            table.look(state, event)


def test_illegal_events_leave_the_call_as_it_was() -> None:
    play, agent, attempt = playing()
    before = play.floor.room.calls[attempt].state
    with pytest.raises(IllegalTransition):
        play.tell(Disposed(at=play.at, agent=agent, attempt=attempt, disposition="x", effect=LeadEffect.DONE))
    assert play.floor.room.calls[attempt].state is before
