"""Clients' machines at virtual time: they answer well, lose one request in a hundred, are down, or answer garbage."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson

from dialer.outside.client import Answer, NoAnswer, Request, Trouble

OK = Answer(200, {}, b"")


@dataclass
class VirtualClock:
    at: float

    def now(self) -> float:
        return self.at


@dataclass
class Receiver:
    """One client. `mood` says what it does at this instant: None is well."""

    mood: Callable[[], Trouble | int | None] = lambda: None
    got: Counter[str] = field(default_factory=Counter)
    """How often each event was accepted."""
    asked: int = 0
    by_lead: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """Numbers of the events of each lead, as they were first accepted."""
    bodies: list[Mapping[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def hear(self, request: Request) -> Answer:
        self.asked += 1
        mood = self.mood()
        if isinstance(mood, Trouble):
            raise NoAnswer(mood)
        if mood is not None:
            return Answer(mood, {}, b"")
        return self.accept(request)

    def accept(self, request: Request) -> Answer:
        body = orjson.loads(request.body)
        self.bodies.append(body)
        self.headers.append(request.headers)
        self.got[body["id"]] += 1
        if self.got[body["id"]] == 1:
            self.by_lead[body["data"]["lead"]].append(int(body["id"].removeprefix("evt_")))
        return OK


@dataclass
class Lossy(Receiver):
    """Loses a share of requests, and a share of its own answers: those were accepted, and come again."""

    loss: float = 0.01
    chance: Random = field(default_factory=lambda: Random(7))

    def hear(self, request: Request) -> Answer:
        if self.chance.random() < self.loss / 2:
            raise NoAnswer(Trouble.CONNECT)
        answer = super().hear(request)
        if self.chance.random() < self.loss / 2:
            raise NoAnswer(Trouble.TIMEOUT)
        return answer


class World:
    """All clients, by the host in the URL."""

    def __init__(self, **receivers: Receiver) -> None:
        self._receivers = receivers

    async def send(self, request: Request) -> Answer:
        return self._receivers[request.url.split("/")[2]].hear(request)
