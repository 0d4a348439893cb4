"""What a route says at its head: who may ask (`needs`), and the ports it works with (`Given`).

Every route names one right. The gate has already turned strangers away, so here a principal is certain. All of these
are coroutines although they wait for nothing: FastAPI sends plain functions through a thread, at every request.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.core.access import Principal, Right
from dialer.core.ids import AgentId, ProjectId


async def ports(connection: HTTPConnection) -> Ports:
    found: Ports = connection.app.state.ports
    return found


async def principal(connection: HTTPConnection) -> Principal:
    found: Principal | None = connection.state.principal
    if found is None:
        raise Problem(401, "not-signed-in", "This needs a session or a token.", "Sign in first.")
    return found


Given = Annotated[Ports, Depends(ports)]
Asker = Annotated[Principal, Depends(principal)]


def needs(*rights: Right) -> Callable[[Principal], Awaitable[Principal]]:
    """A dependency that lets through whoever has any one of these rights; the route's own `needs` is its rule."""

    async def check(asker: Asker) -> Principal:
        if not any(asker.may(right) for right in rights):
            raise lacks(asker, rights[0])
        return asker

    check.__dict__["rights"] = rights
    return check


def lacks(asker: Principal, right: Right) -> Problem:
    what = "token" if asker.by_token else "role"
    return Problem(
        403,
        "not-allowed",
        f"This needs the right {right}, which your {what} ({asker.role}) does not have.",
        "Ask an administrator for another role, or for a token with this scope.",
    )


def own_desk(asker: Principal, agent: AgentId) -> None:
    """An agent acts for himself; who steers agents, for all. Raises 403 otherwise."""
    if not asker.may_act_for(agent):
        raise Problem(
            403,
            "not-your-desk",
            f"You may not act for agent {agent}.",
            f"It needs the right {Right.AGENTS_STEER}, or to be that agent.",
        )


def in_sight(asker: Principal, project: ProjectId, what: str, name: object) -> None:
    """A project that the asker may not see does not exist for him."""
    if not asker.sees(project):
        raise not_found(what, name)
