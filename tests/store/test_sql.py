"""Named statements: parameters by name, nothing pasted, mistakes loud."""

import json

import pytest

from dialer.store.db import Database
from dialer.store.sql import load, parse, text_array, together

TEXT = """
-- A file's comment.

-- name: first
-- What it is for.
select :b::text, :a, :b -- the same again
from x where y::int > :a;

-- name: second
select array[1:2];
"""


def test_parameters_become_numbers_in_the_order_of_appearance() -> None:
    first, second = parse(TEXT).values()
    assert first.text.startswith("select $1::text, $2, $1")
    assert first.parameters == ("b", "a")
    assert first.bind({"a": 1, "b": 2}) == [2, 1]
    assert second.parameters == ()


@pytest.mark.parametrize("values", [{"a": 1}, {"a": 1, "b": 2, "c": 3}])
def test_a_missing_or_foreign_parameter_is_an_error(values: dict[str, int]) -> None:
    with pytest.raises(TypeError, match="statement first takes"):
        parse(TEXT)["first"].bind(values)


def test_a_name_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        parse("-- name: a\nselect 1;\n-- name: a\nselect 2;")


@pytest.mark.parametrize("name", ["agents", "attempts", "campaigns", "doubts", "lists", "migrate"])
def test_no_literal_holds_what_looks_like_a_parameter(name: str) -> None:
    for statement in load(name).values():
        literals = statement.text.split("'")[1::2]
        assert not any("$" in literal for literal in literals), statement.name


async def test_several_statements_are_one_round_trip(database: Database) -> None:
    asked = parse(
        "-- name: those\n"
        "select g.n, :word::text as word from generate_series(1, :most::integer) as g (n) order by n desc;\n"
        "-- name: none\nselect :most::integer as most where :word::text = 'never';\n"
    )
    both = together({"numbers": asked["those"], "nothing": asked["none"]})
    assert both.parameters == ("word", "most")
    async with database.connection() as conn:
        row = await both.row(conn, word="so", most=2)
    assert row is not None
    assert json.loads(row["numbers"]) == [{"n": 2, "word": "so"}, {"n": 1, "word": "so"}]
    assert row["nothing"] == "[]"


@pytest.mark.parametrize(
    "texts",
    [
        [],
        [""],
        ["a", "b"],
        ["null", "{}", "a,b", " a "],
        ['a"', "b"],
        ['a","b'],
        ["\\", '\\"', "C:\\"],
        ["Ёж\t\n'", '""'],
    ],
)
async def test_an_array_written_as_one_text_is_read_as_it_was(database: Database, texts: list[str]) -> None:
    async with database.connection() as conn:
        assert await conn.fetchval("select $1::text::text[]", text_array(texts)) == texts
