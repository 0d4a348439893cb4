"""What columns of a project's lists were taken for by hand, so that it need not be said again."""

from collections.abc import Mapping

from dialer.core.ids import CampaignId
from dialer.store.sql import Conn, load

_Q = load("column_choices")


async def of_campaign(conn: Conn, campaign: CampaignId) -> dict[str, str]:
    """{header, folded: column; empty for a free field}, of the campaign's project."""
    return {row["header"]: row["meaning"] for row in await _Q["of_campaign"].rows(conn, campaign=campaign)}


async def keep(conn: Conn, campaign: CampaignId, chosen: Mapping[str, str]) -> None:
    """The newest choice of each header stands."""
    await _Q["keep"].run(conn, campaign=campaign, headers=list(chosen), meanings=list(chosen.values()))
