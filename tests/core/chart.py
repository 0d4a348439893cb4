"""docs/machines.md, drawn from the tables themselves: `python -m tests.core.chart > docs/machines.md`."""

from enum import StrEnum
from typing import Any

from dialer.core.agent import AGENT
from dialer.core.call import CALL
from dialer.core.campaign import CAMPAIGN
from dialer.core.line import LINE
from dialer.core.states import AgentState, CallState, CampaignState, LineState
from dialer.core.table import Rule, Table

MACHINES: tuple[tuple[Table[Any, Any], type[StrEnum]], ...] = (
    (CALL, CallState),
    (LINE, LineState),
    (AGENT, AgentState),
    (CAMPAIGN, CampaignState),
)

HEAD = """\
<!-- Written by `python -m tests.core.chart`; change the tables in `dialer/core`, not this file. -->
# The four machines

Drawn from the tables in `dialer/core/call.py`, `line.py` (who hears whom in a talk), `agent.py` and `campaign.py`. The
pictures show what changes the state; the tables have every pair. A cell is the next state and what the Floor does then,
in order; `·` is an event that may truly come then, late or twice, and is ignored; an empty cell raises
`IllegalTransition` and changes nothing. Where an act goes on by itself (`offer` finds an agent, `grant` gives the agent
what he wished for), the state that follows is another line of the same table, or the Floor's own doing.
"""


def events_of(table: Table[Any, Any]) -> list[type]:
    """Every event of the machine, in the order in which the table first names it."""
    return list(dict.fromkeys(event for _, event in table.rules))


def cell(state: StrEnum, rule: Rule[Any, Any] | None) -> str:
    if rule is None:
        return ""
    if rule.state is state and not rule.acts:
        return "·"
    acts = ", ".join(rule.acts)
    moved = f"**{rule.state}**" if rule.state is not state else ""
    return ": ".join(part for part in (moved, acts) if part)


def picture(table: Table[Any, Any]) -> str:
    """A Mermaid diagram: one arrow for each pair of states, with the events that lead along it."""
    arrows: dict[tuple[StrEnum, StrEnum], list[str]] = {}
    for (state, event), rule in table.rules.items():
        if rule.state is not state:
            arrows.setdefault((state, rule.state), []).append(event.__name__)
    lines = [f"    {start} --> {end}: {', '.join(names)}" for (start, end), names in arrows.items()]
    return "\n".join(("```mermaid", "stateDiagram-v2", *lines, "```"))


def grid(table: Table[Any, Any], states: type[StrEnum]) -> str:
    """Rows are events, columns are states."""
    lines = ["| | " + " | ".join(states) + " |", "|---" * (len(states) + 1) + "|"]
    for event in events_of(table):
        cells = (cell(state, table.rules.get((state, event))) for state in states)
        lines.append(f"| {event.__name__} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def markdown() -> str:
    rooms = [f"## The {table.name}\n\n{picture(table)}\n\n{grid(table, states)}\n" for table, states in MACHINES]
    return "\n".join((HEAD, *rooms))


if __name__ == "__main__":
    print(markdown(), end="")
