"""Questions about project information over a desk's socket: answered as by HTTP, the newest only, and never its end."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection

from dialer.api.lookup import Lookup, Question
from dialer.core.access import RIGHTS, Principal, Right, Role
from dialer.core.content import InfoEntry
from dialer.core.ids import AgentId, ProjectId
from tests.api.conftest import AGENT, House
from tests.api.live import served
from tests.api.test_sockets import HEARD_S, desk, hear

ENTRIES = [InfoEntry(0, "Возврат", "14 дней."), InfoEntry(0, "Оплата", "Картой; возврат за 3 дня.")]


@pytest_asyncio.fixture
async def place(house: House) -> AsyncIterator[str]:
    await house.ports.contents.save_info(house.project, ENTRIES, "olga", house.clock.now())
    async with served(house.app) as found:
        yield found


async def asked(socket: ClientConnection, n: int, project: int, words: str) -> Any:
    await socket.send(json.dumps({"type": "search", "n": n, "project": project, "words": words}))
    return await hear(socket, "found")


async def test_a_desk_is_answered_on_its_own_socket(house: House, place: str) -> None:
    async with desk(place, await house.token(Role.AGENT)) as socket:
        found = await asked(socket, 7, house.project, "возвр")
        assert (found["n"], [one["title"] for one in found["entries"]]) == (7, ["Возврат", "Оплата"])
        assert found["at"] > 0
        assert set(found["entries"][0]) == {"id", "title", "body", "position"}
        assert (await asked(socket, 8, house.project, "слон"))["entries"] == []


async def test_whoever_may_only_steer_agents_looks_nothing_up(house: House, place: str) -> None:
    headers = await house.token(Role.SUPERVISOR, Right.AGENTS_STEER)
    async with desk(place, headers, f"/ws/agent?agent={AGENT}") as socket:
        assert Right.DESK in (await asked(socket, 1, house.project, "возврат"))["trouble"]
        assert (await asked(socket, 2, house.project, "возврат"))["n"] == 2, "the desk goes on"


@pytest.mark.parametrize(
    "word",
    [
        {"type": "search"},
        {"type": "search", "n": -1, "project": 1, "words": ""},
        {"type": "search", "n": 1, "project": 0, "words": ""},
        {"type": "search", "n": 1, "project": 1, "words": "a" * 201},
        {"type": "search", "n": 1, "project": 1, "words": "\x00"},
        {"type": "search", "n": 1, "project": 1, "words": "", "limit": 5},
    ],
)
def test_a_question_is_whole(word: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Question.model_validate(word)


class Slow:
    """Books that answer when they are let, or are away."""

    def __init__(self, away: OSError | None = None) -> None:
        self.begun: asyncio.Queue[str] = asyncio.Queue()
        self.go_on = asyncio.Event()
        self.away = away

    async def search(self, project: ProjectId, words: str, bound: int) -> Sequence[InfoEntry]:
        self.begun.put_nowait(words)
        await self.go_on.wait()
        if self.away is not None:
            raise self.away
        return []


def question(n: int, words: str, project: int = 1) -> Question:
    return Question(type="search", n=n, project=project, words=words)


async def answers(
    house: House, asker: Principal, books: Any, questions: Sequence[Question], count: int, at_once: int = 1
) -> list[Any]:
    """What is said, the first questions being before the books when the others come."""
    said: asyncio.Queue[Any] = asyncio.Queue()

    async def say(text: str) -> None:
        said.put_nowait(json.loads(text))

    lookup = Lookup(replace(house.ports, contents=books), asker, say)
    running = asyncio.gather(*(lookup.run() for _ in range(at_once)))
    try:
        async with asyncio.timeout(HEARD_S):
            first, others = questions[:at_once], questions[at_once:]
            for one in first:
                lookup.ask(one)
                if others:
                    await books.begun.get()
            for one in others:
                lookup.ask(one)
            books.go_on.set()
            return [await said.get() for _ in range(count)]
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


ANNA = Principal(1, "anna", Role.AGENT, RIGHTS[Role.AGENT], agent=AgentId(1001))


@pytest.mark.parametrize(("at_once", "heard"), [(1, [1, 4]), (2, [1, 2, 4])])
async def test_of_questions_that_wait_only_the_newest_is_asked(house: House, at_once: int, heard: list[int]) -> None:
    books = Slow()
    said = await answers(house, ANNA, books, [question(n, f"в{n}") for n in (1, 2, 3, 4)], len(heard), at_once)
    assert sorted(one["n"] for one in said) == heard
    assert books.begun.get_nowait() == "в4"


@pytest.mark.parametrize(
    ("away", "words"), [(OSError(), "database does not answer"), (TimeoutError(), "More comes in than can be")]
)
async def test_books_that_are_away_are_told_in_words(house: House, away: OSError, words: str) -> None:
    [said] = await answers(house, ANNA, Slow(away), [question(1, "возврат")], 1)
    assert words in said["trouble"]


async def test_a_project_out_of_sight_does_not_exist(house: House) -> None:
    confined = replace(ANNA, projects=frozenset({ProjectId(2)}))
    [said] = await answers(house, confined, Slow(), [question(1, "возврат", project=3)], 1)
    assert "no project 3" in said["trouble"]
