"""Whatever happens to attempts, in whatever order and however often: the books add up after every step."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from dialer.core.effects import BookProgress
from dialer.core.events import Reservation
from dialer.core.outcome import USES_NO_ATTEMPT, LeadState, LeadStep, Outcome
from dialer.store import campaigns, lists
from tests.store.scene import MOSCOW, NOW, OMSK, Scene, build_scene, lead, phone, settlement

STEPS = 60
STATES = ("dialled", "ringing", "answered", "talking", "wrap_up")


class Life:
    """Two campaigns over the same few numbers, led by chance."""

    def __init__(self, one: Scene, other: Scene, seed: int) -> None:
        self.scenes = (one, other)
        self.chance = random.Random(seed)
        self.now = NOW
        self.live: list[Reservation] = []
        self.settled: list[Reservation] = []
        self.claims = 0

    async def step(self) -> str:
        """Do one thing; its name, for the failure's message."""
        self.now += self.chance.choice((0.0, 1.0, 600.0, 4000.0))
        todo: list[Callable[[], Coroutine[Any, Any, None]]] = [
            self.claim, self.claim, self.claim_at_once, self.progress, self.settle, self.settle, self.settle_again,
            self.add, self.forbid, self.pause,
        ]  # fmt: skip
        act = self.chance.choice(todo)
        await act()
        return act.__name__

    def _scene(self) -> Scene:
        return self.chance.choice(self.scenes)

    def _zones(self) -> tuple[str, ...]:
        return tuple(zone for zone in (MOSCOW, OMSK, "") if self.chance.random() < 0.7)

    async def claim(self) -> None:
        self._took(await self._scene().reserve(self.chance.randint(0, 6), at=self.now, zones=self._zones()))

    async def claim_at_once(self) -> None:
        """Four claims race."""
        claims = [self._scene().reserve(3, at=self.now, zones=self._zones()) for _ in range(4)]
        for answer in await asyncio.gather(*claims):
            self._took(answer)

    def _took(self, answer: Any) -> None:
        self.live += answer.reservations
        self.claims += len(answer.reservations)
        numbers = [one.number for one in self.live]
        assert len(set(numbers)) == len(numbers)

    async def progress(self) -> None:
        told = [
            BookProgress(attempt=one.attempt, state=self.chance.choice(STATES), at=self.now)
            for one in [*self._some(self.live), *self._some(self.settled)]
        ]
        await self.scenes[0].progress(*told)

    async def settle(self) -> None:
        for one in self._some(self.live):
            outcome = self.chance.choice(list(Outcome))
            abandoned = outcome is Outcome.ABANDONED
            told = settlement(one, self._next(outcome), outcome, abandoned=abandoned)
            await asyncio.gather(*(scene.settle(told, at=self.now) for scene in self.scenes))  # twice, racing
            self.live.remove(one)
            self.settled.append(one)

    async def settle_again(self) -> None:
        told = [settlement(one, self._next(Outcome.BUSY)) for one in self._some(self.settled)]
        assert not any(one.is_new for one in await self.scenes[0].settle(*told, at=self.now))

    def _next(self, outcome: Outcome) -> LeadStep:
        state = self.chance.choice((LeadState.WAITING, LeadState.WAITING, LeadState.DONE, LeadState.NEEDS_DECISION))
        return LeadStep(
            state,
            "chance",
            next_call_at=self.now + self.chance.choice((0, 60, 5000)) if state is LeadState.WAITING else None,
            uses_attempt=outcome not in USES_NO_ATTEMPT,
            phone_is_bad=self.chance.random() < 0.15,
            do_not_call=self.chance.random() < 0.05,
        )

    async def add(self) -> None:
        numbers = [self.chance.randrange(25) for _ in range(6)]
        zones = [self.chance.choice((MOSCOW, OMSK, None)) for _ in numbers]
        more = [(phone(number + 100, OMSK),) if number % 3 == 0 else () for number in numbers]
        ends = [self.now + self.chance.choice((100, 50_000)) if number % 4 == 0 else None for number in numbers]
        leads = [lead(*told[:2], *told[2], expires_at=told[3]) for told in zip(numbers, zones, more, ends, strict=True)]
        await self._scene().add(*leads, at=self.now)

    async def forbid(self) -> None:
        number = phone(self.chance.randrange(25)).number
        await self.scenes[0].run("insert into dialer.do_not_call (number, reason) values ($1, '')"
                                 " on conflict do nothing", number)  # fmt: skip

    async def pause(self) -> None:
        scene = self._scene()
        await lists.set_paused(scene.database, scene.list, self.chance.random() < 0.4)

    def _some(self, of: list[Reservation]) -> list[Reservation]:
        return self.chance.sample(of, min(len(of), self.chance.randint(1, 4)))


@pytest.mark.parametrize("seed", range(3))
async def test_the_books_add_up(scene: Scene, seed: int) -> None:
    life = Life(scene, await build_scene(scene.database, "вторая"), seed)
    await life.add()
    done = []
    for _ in range(STEPS):
        done.append(await life.step())
        imbalance = await scene.imbalance()
        assert imbalance.total == 0, f"seed {seed}, after {done}: {imbalance}"
    assert life.claims > 10, f"seed {seed} did nothing worth the name: {done}"
    await _same_at_the_end(life)


async def _same_at_the_end(life: Life) -> None:
    tallies = [await scene.tally() for scene in life.scenes]
    assert sum(sum(tally.values()) for tally in tallies) == life.claims
    assert sum(tally.get("", 0) for tally in tallies) == len(life.live)
    for scene in life.scenes:
        async with scene.database.connection() as conn:
            standing = await campaigns.why(conn, scene.campaign, life.now)
            (kept,) = await lists.lists(conn, scene.campaign)
            wrong = await conn.fetch(
                "select l.id from dialer.lead l where l.attempts <>"
                " (select count(*) from dialer.attempt a where a.lead = l.id and a.uses_attempt)"
            )
        assert sum(line.leads for line in standing) == kept.sums.accepted
        assert wrong == []
    outbox = await life.scenes[0].row("select count(*) from dialer.outbox where kind = 'attempt_settled'")
    assert outbox == {"count": len(life.settled)}
