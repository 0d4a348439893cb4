"""The queries of reports, one a file, with `$1`, `$2`… as parameters."""

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """The text of `queries/<name>.sql`."""
    return (files("dialer.report") / "queries" / f"{name}.sql").read_text("utf-8")
