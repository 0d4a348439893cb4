"""Whoever promised a call has it where he is free at the answer, also once anybody may make it."""

import pytest

from dialer.core.effects import Connect
from dialer.core.ids import AgentId
from dialer.core.wishes import AgentPaused
from tests.core.playbook import Play, only

ANNA, BORIS = AgentId(1001), AgentId(1002)


@pytest.mark.parametrize(
    ("promised_by", "away", "taken_by"),
    [(None, None, ANNA), (BORIS, None, BORIS), (BORIS, BORIS, ANNA), (AgentId(1009), None, ANNA)],
)
def test_who_has_the_call(promised_by: AgentId | None, away: AgentId | None, taken_by: AgentId) -> None:
    """Anna has been free for longer."""
    play = Play()
    play.sign_in(ANNA)
    play.after(5).sign_in(BORIS)
    play.start()
    attempt, *_ = play.give_leads(prefers=promised_by)
    if away is not None:
        play.tell(AgentPaused(at=play.at, agent=away, reason="lunch"))
    assert only(Connect, play.after(2).answer(attempt)).agent == taken_by
