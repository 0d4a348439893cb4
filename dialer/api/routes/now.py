"""How a project's campaigns and lists stand now: the wallboard's part that may be shown to a client."""

from typing import Any

import orjson
from fastapi import APIRouter, Depends

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.forms import Id
from dialer.api.show import list_body
from dialer.core.access import Right
from dialer.core.ids import ProjectId

FIGURES = (
    "live_calls",
    "dial_rate",
    "reach_ratio",
    "answered",
    "abandoned",
    "abandonment_ratio",
    "ceiling_ratio",
    "backlog",
    "attempts",
)
"""What of a campaign's picture concerns whoever ordered it: no agents, no reasons, no trunks."""

router = APIRouter(prefix="/api/v1/projects/{project}", tags=["reports"])


@router.get("/now", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def project_now(project: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """Each campaign of the project: its state, its figures as the wallboard has them (`figures` null while it is not
    under way), and its lists with the sums of their rows."""
    in_sight(asker, ProjectId(project), "project", project)
    on_board = {one["id"]: one for one in orjson.loads(given.board.picture())["campaigns"]}
    return {
        "campaigns": [
            {
                "id": one.id,
                "name": one.name,
                "state": one.state,
                "figures": _figures(on_board[one.id]) if one.id in on_board else None,
                "lists": [list_body(found) for found in await given.lists.of_campaign(one.id)],
            }
            for one in await given.campaigns.all()
            if one.project == project
        ]
    }


def _figures(campaign: dict[str, Any]) -> dict[str, Any]:
    return {name: campaign[name] for name in FIGURES}
