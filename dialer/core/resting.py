"""Rest between calls: a least gap, and the most of his time that an agent may be at work.

Both are the campaign's whose call he has just had. Work at a share of `max_occupancy` asks for
work x (1 / max_occupancy - 1) of waiting; what he has waited since his last call counts, and some minutes of more are
kept for him. In his rest he is ready, but no call is his; pacing sees him as one whose wrap-up goes on, for to whoever
waits for him it does.
"""

from dialer.core.agent import Agent
from dialer.core.call import Call
from dialer.core.joining import serve
from dialer.core.room import Room
from dialer.core.timer import TimerKind

MOST_OWED_S = 900.0
"""No rest by occupancy is longer: one talk of two hours is no reason to send an agent away for one."""
MOST_IN_ADVANCE_S = 300.0
"""So much waiting is kept for later at most: a quiet morning does not allow an afternoon without rest."""


def begin(room: Room, call: Call) -> float:
    """The agent of this call has written its result: note his rest. How long it is, seconds; 0 for none."""
    agent = room.agents.get(call.agent) if call.agent is not None else None
    campaign = room.campaigns.get(call.campaign)
    if agent is None or agent.attempt != call.attempt or campaign is None or call.bridged_at is None:
        return 0.0
    settings = campaign.settings
    worked_s = room.at - max(agent.at_work_since, call.bridged_at)
    owed_s = agent.owes_s + worked_s * (1.0 / settings.max_occupancy - 1.0) - agent.waited_s
    agent.owes_s, agent.waited_s = min(max(owed_s, -MOST_IN_ADVANCE_S), MOST_OWED_S), 0.0
    by_occupancy_s = agent.owes_s if settings.max_occupancy < 1.0 else 0.0
    rest_s = max(settings.rest_s, by_occupancy_s, 0.0)
    if rest_s > 0.0:
        agent.rests, agent.wrote_since = True, agent.since
        room.set_timer(TimerKind.REST, str(agent.id), rest_s)
    return rest_s


def over(room: Room, agent: Agent) -> None:
    """He has rested: the next call may be his."""
    if agent.rests:
        room.rested(agent)
        serve(room, agent)
