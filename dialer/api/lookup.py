"""Questions of one desk about its projects' information, over the socket that is open already.

A few at a time and the newest next: whoever types faster than the books answer gets the answer to what he has typed
last, and questions between fall away. What goes wrong is said in words; it never ends the desk's socket.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from dialer.api.asking import in_sight, needs
from dialer.api.forms import LARGEST_ID, Form, Id
from dialer.api.ports import Ports
from dialer.api.problems import Problem, of_books
from dialer.core.access import Principal, Right
from dialer.core.ids import ProjectId

MOST_FOUND = 20
"""More nobody reads while a customer waits."""
may_search = needs(Right.DESK, Right.CAMPAIGNS_READ)
"""The rule of the same question by HTTP."""


class Question(Form):
    """`n` comes back with the answer, so that a page knows which of its questions it is of."""

    type: Literal["search"]
    n: Annotated[int, Field(ge=0, le=LARGEST_ID)]
    project: Id
    words: Annotated[str, Field(max_length=200)]


class Lookup:
    """`asker` sits at the desk, `say` sends it one message; as many questions are asked at once as `run`s run."""

    def __init__(self, given: Ports, asker: Principal, say: Callable[[str], Awaitable[None]]) -> None:
        self._given = given
        self._asker = asker
        self._say = say
        self._newest: Question | None = None
        self._asked = asyncio.Event()

    def ask(self, question: Question) -> None:
        """To be answered by `run`, unless another comes first."""
        self._newest = question
        self._asked.set()

    async def run(self) -> None:
        """Answers one question after another until it is cancelled or `say` raises."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            question, self._newest = self._newest, None
            if question is not None:
                await self._say(orjson.dumps(await self._answer(question)).decode())

    async def _answer(self, question: Question) -> dict[str, Any]:
        head = {"type": "found", "at": self._given.clock.now(), "n": question.n}
        try:
            await may_search(self._asker)
            project = ProjectId(question.project)
            in_sight(self._asker, project, "project", question.project)
            return {**head, "entries": await self._given.contents.search(project, question.words, MOST_FOUND)}
        except Problem as problem:
            return {**head, "trouble": _in_words(problem)}
        except OSError as error:
            return {**head, "trouble": _in_words(of_books(error))}


def _in_words(problem: Problem) -> str:
    return f"{problem.detail} {problem.cure}"
