"""What agents can do, in the books: skills with levels from 1 to 9."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from dialer.core.ids import AgentId
from dialer.core.settings import Skills
from dialer.store.sql import Conn, load

_Q = load("skills")


async def skills_of(conn: Conn, agents: Iterable[AgentId] | None = None) -> Mapping[AgentId, Skills]:
    """By agent, for all or these; whoever has none has the empty tuple."""
    found: defaultdict[AgentId, Skills] = defaultdict(tuple)
    for row in await _Q["skills"].rows(conn, agents=None if agents is None else list(agents)):
        found[AgentId(row["agent"])] += ((row["skill"], row["level"]),)
    return found


async def set_skills(conn: Conn, agent: AgentId, skills: Skills) -> None:
    """These and no others, from his next sign-in on."""
    names, levels = [name for name, _ in skills], [level for _, level in skills]
    await _Q["set_skills"].run(conn, agent=agent, skills=names, levels=levels)
