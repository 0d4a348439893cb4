"""The queries of reports, one a file, with `$1`, `$2`… as parameters."""

from functools import cache
from importlib.resources import files
from typing import TypeAlias

from asyncpg import Connection, Record
from asyncpg.pool import PoolConnectionProxy

Conn: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"


@cache
def statement(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (files("dialer.report") / "queries" / f"{name}.sql").read_text("utf-8")
