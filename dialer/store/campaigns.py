"""Projects and campaigns: made, changed, listed; and why a campaign's leads stand where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass

from asyncpg.exceptions import ForeignKeyViolationError, UniqueViolationError

from dialer.core.card import DispositionChoice
from dialer.core.effects import BookCampaignState, BookDecision
from dialer.core.ids import CampaignId, Instant, ProjectId
from dialer.core.outcome import LeadEffect
from dialer.core.settings import CampaignSettings
from dialer.core.staff import ProjectRecord
from dialer.core.states import CampaignState
from dialer.store.campaign_rows import from_row, to_row
from dialer.store.decisions import decision_rows
from dialer.store.errors import NameTaken, Unknown
from dialer.store.sql import Conn, load

IDLE = (CampaignState.DRAFT, CampaignState.DONE)
"""States in which a campaign is nothing to the Floor until it is commanded."""

_Q = load("campaigns")


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the answer to "why is it not dialled": so many leads in this state for this reason."""

    state: str
    reason: str
    leads: int


async def create_project(
    conn: Conn, name: str, *, zone: str = "Europe/Moscow", greeting: str = "", script: str = ""
) -> ProjectId:
    """A new project with the default dictionary of dispositions; NameTaken."""
    try:
        made = await _Q["create_project"].value(conn, name=name, zone=zone, greeting=greeting, script=script)
    except UniqueViolationError as error:
        raise NameTaken(f"there is a project {name!r} already") from error
    return ProjectId(made)


async def set_lines_share(conn: Conn, project: ProjectId, lines_share: float | None) -> None:
    """How large a part of all lines its calls may take, ratio over 0 to 1; None: all of them. Unknown."""
    told = None if lines_share is None else repr(lines_share)
    if await _Q["set_lines_share"].value(conn, project=project, lines_share=told) is None:
        raise Unknown(f"there is no project {project}")


async def projects(conn: Conn) -> list[ProjectRecord]:
    return [ProjectRecord(**dict(row)) for row in await _Q["projects"].rows(conn)]


async def dispositions(conn: Conn, project: ProjectId, *, everything: bool = False) -> list[DispositionChoice]:
    """What an agent of this project may answer, in order; `everything`: also what only the program gives."""
    rows = await _Q["dispositions"].rows(conn, project=project, all=everything)
    return [DispositionChoice(**{**row, "effect": LeadEffect(row["effect"])}) for row in rows]


async def create_campaign(conn: Conn, settings: CampaignSettings) -> CampaignId:
    """A new campaign, in draft; `settings.id` and `.state` are not read. NameTaken, Unknown (project or group)."""
    try:
        async with conn.transaction():
            made = CampaignId(await _Q["create_campaign"].value(conn, **to_row(settings)))
            await _Q["set_groups"].run(conn, campaign=made, groups=sorted(settings.groups))
    except UniqueViolationError as error:
        raise NameTaken(f"the project has a campaign {settings.name!r} already") from error
    except ForeignKeyViolationError as error:
        raise Unknown("there is no such project or group") from error
    return made


async def update_campaign(conn: Conn, settings: CampaignSettings) -> None:
    """Change everything but the state; Unknown, NameTaken."""
    try:
        async with conn.transaction():
            if await _Q["update_campaign"].value(conn, id=settings.id, **to_row(settings)) is None:
                raise Unknown(f"there is no campaign {settings.id} in project {settings.project}")
            await _Q["set_groups"].run(conn, campaign=settings.id, groups=sorted(settings.groups))
    except UniqueViolationError as error:
        raise NameTaken(f"the project has a campaign {settings.name!r} already") from error
    except ForeignKeyViolationError as error:
        raise Unknown("there is no such group") from error


async def campaigns(conn: Conn, *, without: Sequence[CampaignState] = ()) -> list[CampaignSettings]:
    """All campaigns but those in the states `without`, by id."""
    rows = await _Q["campaigns"].rows(conn, ids=None, without=[state.value for state in without])
    return [from_row(row) for row in rows]


async def campaign(conn: Conn, wanted: CampaignId) -> CampaignSettings:
    """One campaign; Unknown."""
    rows = await _Q["campaigns"].rows(conn, ids=[wanted], without=[])
    if not rows:
        raise Unknown(f"there is no campaign {wanted}")
    return from_row(rows[0])


async def why(conn: Conn, wanted: CampaignId, now: Instant, list_id: int | None = None) -> list[Standing]:
    """Leads by state and reason, of a campaign or of one of its lists: they add up to all of its leads."""
    rows = await _Q["why"].rows(conn, campaign=wanted, list=list_id, now=now)
    return [Standing(**dict(row)) for row in rows]


async def book_states(conn: Conn, told: Sequence[tuple[BookCampaignState, Instant]]) -> None:
    """Write campaigns' states, each with the instant at which it was told; the newest stands."""
    newest = {effect.campaign: (effect, at) for effect, at in told}.values()
    await _Q["book_states"].run(
        conn,
        campaigns=[effect.campaign for effect, _ in newest],
        states=[effect.state.value for effect, _ in newest],
        reasons=[effect.reason for effect, _ in newest],
        at=[at for _, at in newest],
    )


async def book_decisions(conn: Conn, told: Sequence[BookDecision]) -> None:
    """Append to the pacing log; a decision that is there already is left alone."""
    await _Q["book_decisions"].run(conn, **decision_rows(told))
