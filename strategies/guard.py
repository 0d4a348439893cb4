"""The guard: the limits that no strategy may pass, applied last. Nothing is added or rounded up after it.

It trusts no forecast. What it clips it says in the reason, so that whoever reads the decision sees who had the last
word: the strategy, the lines, the calls per second, or the ceiling.
"""

from dataclasses import replace
from math import floor

from strategies.base import NO_LIMIT, Decision, Limit, Snapshot


def guard(decision: Decision, snapshot: Snapshot) -> Decision:
    """The decision, clipped to what is allowed at this instant; `wished` keeps what the strategy asked for.

    Limits: no call without an agent, free lines, calls per second, and in hard mode the ceiling itself.
    """
    wished = max(0, decision.calls_to_start)
    limit, by = _tightest(snapshot)
    if wished <= limit:
        asked = wished == decision.calls_to_start == decision.wished
        return decision if asked else replace(decision, calls_to_start=wished, wished=wished)
    allowed = max(0, limit)
    reason = f"{decision.reason}; предел: {WORDS[by].format(allowed)} → набрать {allowed}"
    return replace(decision, calls_to_start=allowed, wished=wished, reason=reason, limited_by=by)


WORDS = {
    Limit.LINES: "свободных линий {}",
    Limit.CALLS_PER_SECOND: "вызовов в секунду, сейчас можно {}",
    Limit.NO_AGENTS: "нет операторов",
    Limit.SHARE: "очередь кампании с меньшей долей",
    Limit.NEIGHBOURS_CEILING: "жёсткий потолок потерянных соседней кампании",
    Limit.CEILING: "жёсткий потолок потерянных",
}
"""`{}` stands for the number."""


def _tightest(snapshot: Snapshot) -> tuple[int, Limit]:
    """What may be started at most, and for what reason: of equals the first."""
    most, by = snapshot.free_lines, Limit.LINES
    if snapshot.startable_calls < most:
        most, by = snapshot.startable_calls, Limit.CALLS_PER_SECOND
    if most > 0 and not snapshot.has_agents:
        most, by = 0, Limit.NO_AGENTS
    if snapshot.share_allows < min(most, NO_LIMIT):
        most, by = snapshot.share_allows, Limit.SHARE
    if snapshot.neighbours_allow < min(most, NO_LIMIT):
        most, by = snapshot.neighbours_allow, Limit.NEIGHBOURS_CEILING
    if snapshot.budget.hard and (room := _room_under_ceiling(snapshot)) < most:
        most, by = room, Limit.CEILING
    return most, by


def _room_under_ceiling(snapshot: Snapshot) -> int:
    """Calls that may be started so that the ceiling holds even if every call in flight is answered this instant.

    With F free agents and x calls in flight at most max(0, x - F) are abandoned, in whatever order they are answered,
    so the worst share is (abandoned + x - F) / (answered + x). It stays under the ceiling c while
    x <= (c * answered - abandoned + F) / (1 - c). As many calls as free agents are always allowed: they lose nobody.
    Other campaigns' calls are taken to be answered first: F is what they leave, and x this campaign's own.
    """
    budget = snapshot.budget
    in_flight = len(snapshot.ringing_calls) + snapshot.waiting_calls - snapshot.others_calls
    free_agents = max(0, snapshot.free_agents - snapshot.others_calls)
    slack = budget.ceiling_ratio * budget.answered - budget.abandoned + free_agents
    most = floor(slack / (1.0 - budget.ceiling_ratio) - 1e-9) if budget.ceiling_ratio < 1.0 else 1_000_000
    return max(free_agents, most) - in_flight
