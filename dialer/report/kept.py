"""What the kept sums hold of a campaign's period, and the rest of it, gathered out of the ledger.

The sums are by day of the project, up to the watermark. So the rest is what was not summed yet, and days of which the
period holds a part only.
"""

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from dialer.report.statements import Conn, statement

EVER = datetime(2000, 1, 1, tzinfo=UTC)
"""Before all attempts."""
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
SETTINGS = "set local work_mem = '64MB'; set local jit = off"
"""Sorts and hashes of one report fit into memory (there is one report at a time); to compile its queries takes longer
than they do."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The days whose sums are of the period, both included; the last before the first: none."""

    first_day: date
    last_day: date
    zone: str
    summed_until: datetime
    """The watermark: the sums hold what was reserved before, all of it and once."""
    opens: datetime
    closes: datetime
    """The instants between which all of it is."""

    @property
    def days(self) -> tuple[date, date]:
        return self.first_day, self.last_day


async def split(conn: Conn, campaign: int, since: datetime | None, until: datetime | None) -> Kept:
    """The campaign's attempts reserved in [since, until), None: open; the campaign exists.

    Those that the sums do not hold are in a table `unsummed` until the end of the transaction.
    """
    await conn.execute(SETTINGS)
    row = await conn.fetchrow(statement("stretch"), campaign, since, until, EVER, FOR_EVER)
    assert row is not None
    kept = Kept(**{field.name: row[field.name] for field in fields(Kept)})
    rest = (row["since"], kept.opens, kept.closes, row["until"])
    period = (campaign, since, until, *kept.days, kept.zone, kept.summed_until)
    query = statement("unsummed")
    await conn.execute(f"create temp table unsummed on commit drop as {_empty(query)}")
    await conn.execute(f"insert into unsummed {query}", *period, *rest)
    await conn.execute("analyze unsummed")
    return kept


def _empty(query: str) -> str:
    """Its columns, and no row: a table cannot be made by a query with parameters."""
    columns, _, _ = query.partition("\nwhere")
    return f"{columns}\nwhere false"
