"""Users, as an administrator keeps them: made without a password, let in by a link that works once, shut out at once.

Nobody shuts himself out or takes his own rights away: the last administrator is always somebody.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import Field

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import PLAIN, Form, Id
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.campaigns import conflict
from dialer.core.access import RIGHTS, Principal, Right, Role
from dialer.core.changes import changes
from dialer.core.ids import AgentId, ProjectId
from dialer.core.user import AuditEntry, User

router = APIRouter(prefix="/api/v1", tags=["users"], dependencies=[Depends(needs(Right.USERS))])

Name = Annotated[str, Path(min_length=1, max_length=64, pattern=PLAIN)]


class UserChange(Form):
    """What is not given stays as it is."""

    role: Role | None = None
    agent: Annotated[int, Field(ge=1000, le=999_999)] | None = None
    """The agent whose desk is the user's own; null: none."""
    projects: Annotated[list[Id], Field(max_length=1000)] | None = None
    """What a client or an integrator sees."""
    is_disabled: bool | None = None


class NewUser(Form):
    name: Annotated[str, Field(min_length=1, max_length=64)]
    """To sign in with: small letters, digits and . _ @ -"""
    role: Role
    agent: Annotated[int, Field(ge=1000, le=999_999)] | None = None
    projects: Annotated[list[Id], Field(max_length=1000)] = Field(default_factory=list)


@router.get("/users")
async def list_users(given: Given) -> dict[str, Any]:
    """Everybody who may come in, or might; `roles`: what each role may do, which is what its tokens may be given."""
    return {
        "users": [_body(user) for user in await given.users.all()],
        "roles": {role: sorted(rights) for role, rights in RIGHTS.items()},
    }


@router.post("/users", status_code=201)
async def make_user(body: NewUser, given: Given, asker: Asker) -> dict[str, Any]:
    """A new user without a password; `link` is the path of a page that lets him in once, within a day, and then asks
    him for a password of his own."""
    now = given.clock.now()
    agent = None if body.agent is None else AgentId(body.agent)
    try:
        made = await given.users.add(body.name, body.role, now, agent=agent, projects=_projects(body.projects))
    except ValueError as error:
        raise conflict(error) from error
    await given.users.audit(AuditEntry(now, asker.name, "user.add", made.name, changes({}, _body(made))))
    return {**_body(made), "link": _path(await given.users.make_link(made.name, now))}


@router.patch("/users/{name}")
async def change_user(name: Name, body: UserChange, given: Given, asker: Asker) -> dict[str, Any]:
    """Change role, desk, projects, or shut the user out; it holds from his next request on."""
    before = await _user(given, name)
    _not_oneself(asker, before, body)
    sent = body.model_fields_set
    agent = before.agent if "agent" not in sent else None if body.agent is None else AgentId(body.agent)
    projects = before.projects if body.projects is None else _projects(body.projects)
    try:
        after = await given.users.change(before.name, body.role or before.role, agent, projects)
    except ValueError as error:
        raise conflict(error) from error
    if body.is_disabled is not None:
        await given.users.disable(before.name, body.is_disabled)
        after = await given.users.user(before.name)
    told = changes(_body(before), _body(after))
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "user.change", after.name, told))
    return _body(after)


@router.post("/users/{name}/reset")
async def reset_user(name: Name, given: Given, asker: Asker) -> dict[str, Any]:
    """Take away password and sessions, and give a new link that lets the user in once, within a day."""
    user = await _user(given, name)
    now = given.clock.now()
    link = await given.users.reset(user.name, now)
    await given.users.audit(AuditEntry(now, asker.name, "user.reset", user.name))
    return {"link": _path(link)}


async def _user(given: Ports, name: str) -> User:
    try:
        return await given.users.user(name)
    except ValueError as error:
        raise not_found("user", name) from error


def _not_oneself(asker: Principal, user: User, body: UserChange) -> None:
    if user.id == asker.user and (body.is_disabled or body.role not in (None, user.role)):
        raise Problem(
            409,
            "not-yourself",
            "Nobody shuts himself out or changes his own role.",
            "Have another administrator do it.",
        )


def _projects(numbers: list[int]) -> frozenset[ProjectId]:
    return frozenset(map(ProjectId, numbers))


def _path(secret: str) -> str:
    """The secret stands behind the #, so that no server or proxy on the way logs it."""
    return f"/sign-in#link={secret}"


def _body(user: User) -> dict[str, Any]:
    return {
        "name": user.name,
        "role": user.role,
        "agent": user.agent,
        "projects": sorted(user.projects),
        "has_password": user.has_password,
        "is_disabled": user.is_disabled,
    }
