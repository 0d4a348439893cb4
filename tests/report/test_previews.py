"""The sheet of leads that were looked at before the call: every one of them is in one column."""

from datetime import UTC, datetime, timedelta

from dialer.core.kpi import Asked
from dialer.report.book import kpi_report
from dialer.report.kpis import PREVIEWS
from dialer.store.db import Database
from tests.report.books import fill

NOON = datetime(2026, 9, 10, 12, tzinfo=UTC)
ENDS = (
    ("answered", "", NOON),
    ("busy", "", NOON),
    ("not_sent", "skipped_not_now", None),
    ("not_sent", "skipped_unclear", None),
    ("not_sent", "preview_untouched", None),
    ("not_sent", "withdrawn", None),
)


async def test_every_lead_that_was_shown_is_called_skipped_untouched_or_given_back(database: Database) -> None:
    async with database.connection() as conn:
        await fill(conn)
        [agent] = await conn.fetchrow("select id from dialer.agent order by id limit 1")
        ids = await conn.fetch(
            "select id from dialer.attempt where campaign = 1 and outcome is not null order by id limit $1", len(ENDS)
        )
        for row, (outcome, reason, dialled_at) in zip(ids, ENDS, strict=True):
            await conn.execute(
                "update dialer.attempt set previewer = $2, outcome = $3, reason = $4, dialled_at = $5, "
                "reserved_at = $6 where id = $1",
                row["id"], agent, outcome, reason, dialled_at, NOON,
            )  # fmt: skip
        day = NOON.date()
        report = await kpi_report(conn, Asked((1,), day, day), (PREVIEWS,))
        [row] = report.sheets[0].rows
        told = dict(zip([column.key for column in PREVIEWS.columns], row, strict=True))
        assert (told["agent"], told["shown"], told["called"], told["called_share"]) == (agent, 6, 2, 2 / 6)
        assert (told["skipped_not_now"], told["skipped_unclear"], told["untouched"], told["gone"]) == (1, 1, 1, 1)
        assert await conn.fetch(report.sheets[0].sql), "the SQL that is shown gives the same"
        past = day - timedelta(days=1)
        assert (await kpi_report(conn, Asked((1,), past, past), (PREVIEWS,))).sheets[0].rows == ()
