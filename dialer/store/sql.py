"""Named SQL statements: `queries/*.sql` read once, parameters by name.

A statement begins with `-- name: <name>` and takes parameters as `:name`; PostgreSQL gets `$1`, `$2`… Values are only
ever parameters: nothing is pasted into the text. (A colon inside a quoted literal would be taken for a parameter:
the files hold none.)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, TypeAlias

from asyncpg import Connection, Record
from asyncpg.pool import PoolConnectionProxy

Conn: TypeAlias = "Connection[Record] | PoolConnectionProxy[Record]"
Queries: TypeAlias = "dict[str, Statement]"

_NAME = re.compile(r"^-- name: *(\w+) *$", re.MULTILINE)
_ESCAPED = re.compile(r'["\\]')
_PLACE = re.compile(r"\$(\d+)")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. The methods take its parameters by name; a missing or a foreign one is a TypeError."""

    name: str
    text: str
    parameters: tuple[str, ...]

    def bind(self, values: dict[str, Any]) -> list[Any]:
        """The values in the order of `$1`, `$2`…"""
        if values.keys() != set(self.parameters):
            raise TypeError(f"statement {self.name} takes {sorted(self.parameters)}, not {sorted(values)}")
        return [values[name] for name in self.parameters]

    async def rows(self, conn: Conn, **values: Any) -> list[Record]:
        return await conn.fetch(self.text, *self.bind(values))

    async def row(self, conn: Conn, **values: Any) -> Record | None:
        return await conn.fetchrow(self.text, *self.bind(values))

    async def value(self, conn: Conn, **values: Any) -> Any:
        """The first column of the first row."""
        return await conn.fetchval(self.text, *self.bind(values))

    async def run(self, conn: Conn, **values: Any) -> None:
        await conn.fetchval(self.text, *self.bind(values))


def text_array(texts: Sequence[str]) -> str:
    """For a parameter `:name::text::text[]`: asyncpg needs five times as long for a list of some thousand."""
    if not texts:
        return "{}"
    literal = '","'.join(texts)
    if "\\" in literal or literal.count('"') > 2 * (len(texts) - 1):
        literal = '","'.join([_ESCAPED.sub(r"\\\g<0>", text) for text in texts])
    return f'{{"{literal}"}}'


def together(statements: Mapping[str, Statement]) -> Statement:
    """Several that only read as one round trip: a row with a JSON array of rows for each, under its name here.

    Parameters of one name are one parameter. None of them may write: a part of a `select` cannot.
    """
    names = tuple(dict.fromkeys(name for statement in statements.values() for name in statement.parameters))
    parts = [
        f"(select coalesce(json_agg(r), '[]') from ({_renumbered(statement, names)}) r)::text as {name}"
        for name, statement in statements.items()
    ]
    return Statement(" + ".join(statements), "select " + ",\n".join(parts), names)


def _renumbered(statement: Statement, names: Sequence[str]) -> str:
    """Its text with `$1`, `$2`… for these names."""
    own = statement.parameters
    return _PLACE.sub(lambda found: f"${names.index(own[int(found[1]) - 1]) + 1}", statement.text.rstrip("; \n"))


def load(name: str) -> Queries:
    """The statements of `queries/<name>.sql` by their names."""
    return parse((files("dialer.store") / "queries" / f"{name}.sql").read_text("utf-8"))


def parse(text: str) -> Queries:
    """The statements in a text; what stands before the first name is a comment."""
    parts = _NAME.split(text)[1:]
    found = [_statement(name, body) for name, body in zip(parts[::2], parts[1::2], strict=True)]
    if len({statement.name for statement in found}) != len(found):
        raise ValueError(f"a statement's name stands twice among {[statement.name for statement in found]}")
    return {statement.name: statement for statement in found}


def _statement(name: str, body: str) -> Statement:
    lines = [line for line in body.splitlines() if not line.lstrip().startswith("--")]
    text = "\n".join(lines).strip()
    names = tuple(dict.fromkeys(_PARAMETER.findall(text)))
    return Statement(name, _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", text), names)
