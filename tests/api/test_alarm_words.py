"""Every alarm that the program raises has words in both languages, made of facts that come with it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "dialer"
WORDS = (ROOT / "api/web/words.js").read_text("utf-8")
NO_FACTS = {"name", "text", "call", "attempt", "facts"}


def alarms() -> Iterator[tuple[str, frozenset[str]]]:
    """Each alarm's name and the facts with which it is raised, out of the sources."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in (
                "alarm",
                "Alarm",
            ):
                for name in names(node):
                    yield name, facts(node)


def called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return str(getattr(call.func, "attr", getattr(call.func, "id", "")))


def names(call: ast.Call) -> list[str]:
    """The constants that may stand for the name."""
    given = [keyword.value for keyword in call.keywords if keyword.arg == "name"] or call.args[:1]
    texts = [one.value for value in given for one in ast.walk(value) if isinstance(one, ast.Constant)]
    return [text for text in texts if isinstance(text, str)]


def facts(call: ast.Call) -> frozenset[str]:
    named = {keyword.arg for keyword in call.keywords if keyword.arg} - NO_FACTS
    for keyword in call.keywords:
        if keyword.arg == "facts" and isinstance(keyword.value, ast.Dict):
            named |= {str(key.value) for key in keyword.value.keys if isinstance(key, ast.Constant)}
    return frozenset(named)


def words(name: str) -> tuple[str, str]:
    found = re.search(rf'^  alarm_{name}: \["([^"]*)", "([^"]*)"\]', WORDS, re.MULTILINE)
    assert found is not None, f"words.js has no alarm_{name}"
    return found[1], found[2]


@pytest.mark.parametrize(("name", "given"), sorted(set(alarms())), ids=str)
def test_an_alarm_has_words_and_their_facts(name: str, given: frozenset[str]) -> None:
    russian, english = words(name)
    assert re.search("[а-я]", russian)
    assert not re.search("[а-я]", english)
    wanted = [set(re.findall(r"\{(\w+)\}", text)) for text in (russian, english)]
    assert wanted[0] == wanted[1] <= given


def test_the_sources_are_read_as_they_are_written() -> None:
    known = {"server_down", "trunk_dead", "trunk_unreachable", "books_back", "pop_unseen", "settlement_refused"}
    assert {name for name, _ in alarms()} >= known
