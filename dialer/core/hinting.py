"""How far a talk is, as the agent's page shows it by itself: a step of the script, the form opened, a result chosen.

The page already sends every edit as it is typed; what it says of the talk's end is one word. The word stays with the
agent until the call is his no longer, and strategies see it as `BusyAgent.hint`: what it is worth they learn
(`strategies.hints`). Nothing here changes a call.
"""

from collections.abc import Iterable
from json import JSONDecodeError, loads

from dialer.core.card import PATH
from dialer.core.room import Room
from dialer.core.states import AgentState
from dialer.core.wishes import AgentHinted

FORM, RESULT = "form", "result"
LONGEST_STEP = 40
AT_A_CALL = frozenset({AgentState.TALKING, AgentState.WRAP_UP})


def hint_of(edits: Iterable[tuple[str, str]]) -> str:
    """The word for the last of these edits, each a field and its value; empty where they say nothing."""
    words = [_word(field, value) for field, value in edits]
    return next((word for word in reversed(words) if word), "")


def note_hint(room: Room, event: AgentHinted) -> None:
    """Keep the word with the agent while he has this call; about another one it comes too late."""
    agent = room.agents.get(event.agent)
    if agent is None or agent.attempt != event.attempt or agent.state not in AT_A_CALL or agent.hint == event.hint:
        return
    agent.hint = event.hint
    room.reindex_agent(agent)
    room.dirty = True


def _word(field: str, value: str) -> str:
    if field == PATH:
        return _step(value)
    return RESULT if field.startswith(".") else FORM


def _step(path: str) -> str:
    """«step» and the name of the last one gone through, of a JSON list of [step, answer]; nonsense is no hint."""
    try:
        name = loads(path)[-1][0]
    except (JSONDecodeError, IndexError, KeyError, TypeError):
        return ""
    return f"step {name}" if isinstance(name, str) and 0 < len(name) <= LONGEST_STEP else ""
