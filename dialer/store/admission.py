"""Whom a project takes in, in the books; and which numbers came lately."""

from collections.abc import Sequence

from asyncpg import Record

from dialer.core.admission import Admission
from dialer.core.ids import CampaignId, LeadId, ProjectId
from dialer.core.outcome import LeadState
from dialer.store.errors import Unknown
from dialer.store.sql import Conn, load, text_array

_Q = load("admission")


async def of_project(conn: Conn, project: ProjectId) -> Admission:
    """Unknown."""
    return _read(await _Q["of_project"].row(conn, project=project), f"project {project}")


async def of_campaign(conn: Conn, campaign: CampaignId) -> Admission:
    """That of its project; Unknown."""
    return _read(await _Q["of_campaign"].row(conn, campaign=campaign), f"campaign {campaign}")


async def of_list(conn: Conn, list_id: int) -> Admission:
    """That of its project; Unknown."""
    return _read(await _Q["of_list"].row(conn, list=list_id), f"list {list_id}")


async def set_admission(conn: Conn, project: ProjectId, wanted: Admission) -> None:
    """Unknown. What was taken in before stays."""
    served = None if wanted.served is None else sorted(wanted.served)
    if await _Q["set"].value(conn, project=project, served=served, repeat_days=wanted.repeat_days) is None:
        raise Unknown(f"there is no project {project}")


async def came_lately(conn: Conn, project: ProjectId, numbers: Sequence[str]) -> dict[str, LeadId]:
    """Those that came within the project's days, each with the lead that brought it last."""
    rows = await _Q["came_lately"].rows(conn, project=project, numbers=text_array(numbers))
    return {row["number"]: LeadId(row["lead"]) for row in rows}


async def states(conn: Conn, leads: Sequence[str]) -> dict[LeadId, LeadState]:
    """Where these leads stand."""
    rows = await _Q["states"].rows(conn, leads=list(leads))
    return {LeadId(row["lead"]): LeadState(row["state"]) for row in rows}


def _read(row: Record | None, what: str) -> Admission:
    if row is None:
        raise Unknown(f"there is no {what}")
    served = None if row["served_regions"] is None else frozenset(row["served_regions"])
    return Admission(served, row["repeat_days"])
