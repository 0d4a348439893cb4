"""How often one number may be called, whatever the lead, the campaign or the daemon: checked inside the claim."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from dialer.core.attempt_rules import DEFAULT_PROGRAMME
from dialer.core.outcome import LeadState, LeadStep, NumberLimits, Outcome, Tried
from dialer.store import campaigns
from tests.store.scene import NOW, Scene, build_scene, lead, phone, settlement

DAY_S = 86400.0
NUMBERS = 12
MOSCOW_S = 3 * 3600


async def limited(scene: Scene, limits: NumberLimits, gap_s: float = 0.0, max_attempts: int = 1000) -> Scene:
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
        rules = replace(
            DEFAULT_PROGRAMME, number_limits=limits, minimum_gap_s=gap_s, max_attempts=max_attempts, day_parts=()
        )
        await campaigns.update_campaign(conn, replace(settings, rules=rules))
    return scene


async def call(scene: Scene, at: float, again_s: float = 60.0) -> int:
    """Claim what is due and let it end unanswered; how many calls that were."""
    taken = (await scene.reserve(at=at)).reservations
    step = LeadStep(LeadState.WAITING, "no_answer", next_call_at=at + again_s)
    await scene.settle(*(settlement(one, step, Outcome.NO_ANSWER) for one in taken), at=at)
    return len(taken)


@pytest.mark.parametrize(
    ("limits", "days_called"),
    [
        (NumberLimits(per_day=1), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (NumberLimits(per_day=1, per_week=2), [0, 1, 7, 8]),
        (NumberLimits(per_week=2), [0, 0, 7, 7]),
        (NumberLimits(ever=3), [0, 0, 0]),
    ],
)
async def test_no_more_calls_than_allowed(scene: Scene, limits: NumberLimits, days_called: list[int]) -> None:
    await limited(scene, limits)
    await scene.add(lead(1))
    days = [day for day in range(10) for _ in range(4) if await call(scene, NOW + day * DAY_S + _ * 600)]
    assert days == days_called


async def test_a_talk_counts_though_its_promise_is_owed_an_attempt(scene: Scene) -> None:
    await limited(scene, NumberLimits(per_day=1), max_attempts=1)
    await scene.add(lead(1))
    (taken,) = (await scene.reserve(at=NOW)).reservations
    promised = LeadStep(LeadState.WAITING, "call_later", next_call_at=NOW + 600, uses_attempt=False)
    talk = settlement(taken, promised, Outcome.ANSWERED)
    await scene.settle(replace(talk, times=replace(talk.times, answered_at=NOW + 5)), at=NOW)
    assert await call(scene, NOW + 3600) == 0
    assert await call(scene, NOW + DAY_S) == 1


async def test_the_limit_counts_calls_of_another_campaign_and_says_when_the_number_is_free(scene: Scene) -> None:
    other = await limited(await build_scene(scene.database, "другая"), NumberLimits(per_day=1))
    waiting = lead(7)
    await scene.add(lead(7))
    await other.add(waiting)
    assert await call(scene, NOW) == 1
    reserved = await other.reserve(at=NOW + 3600)
    midnight = (NOW + MOSCOW_S) // DAY_S * DAY_S + DAY_S - MOSCOW_S
    assert (reserved.reservations, reserved.next_due_at) == ((), midnight)
    assert (await other.lead(waiting.id))["reason"] == "number_rests"


async def test_a_number_that_was_called_as_often_as_ever_allowed_is_done(scene: Scene) -> None:
    await limited(scene, NumberLimits(ever=1))
    new = lead(1)
    await scene.add(new)
    assert [await call(scene, NOW), await call(scene, NOW + 90 * DAY_S)] == [1, 0]
    row = await scene.lead(new.id)
    assert (row["state"], row["reason"]) == ("done", "number_used_up")


async def test_all_phones_of_a_person_count_together_where_the_rule_says_so(scene: Scene) -> None:
    await limited(scene, NumberLimits(per_day=1, per_person=True))
    await scene.add(lead(1, "Europe/Moscow", phone(2)))
    assert [await call(scene, NOW), await call(scene, NOW + 120), await call(scene, NOW + DAY_S)] == [1, 0, 1]


async def test_a_reservation_knows_what_was_tried(scene: Scene) -> None:
    await scene.add(lead(1))
    await call(scene, NOW)
    (again,) = (await scene.reserve(at=NOW + 60)).reservations
    assert again.tried == (Tried(NOW + 1, "no_answer"),)


async def test_racing_daemons_and_campaigns_never_pass_the_limit(scene: Scene) -> None:
    """Calls that last no time at all: a claim may begin before another's call to the number, and end after it."""
    limits = NumberLimits(per_day=3, ever=5)
    other = await limited(await build_scene(scene.database, "соперник"), limits)
    await limited(scene, limits)
    for one in (scene, other):
        await one.add(*(lead(number) for number in range(NUMBERS)))
    calls: Counter[tuple[str, str]] = Counter()

    async def daemon(one: Scene, seed: int) -> None:
        chance = Random(seed)
        for turn in range(24):
            at = NOW + turn // 6 * DAY_S + turn
            for taken in (await one.reserve(chance.randint(1, NUMBERS), at=at)).reservations:
                late = taken.rests_until is not None and taken.rests_until > at
                uses = not late and chance.random() < 0.8  # as the Floor does: a number that must rest is not dialled
                step = LeadStep(LeadState.WAITING, "busy", next_call_at=at, uses_attempt=uses)
                outcome = Outcome.BUSY if uses else Outcome.NOT_SENT
                await one.settle(settlement(taken, step, outcome), at=at)
                calls[taken.number, datetime.fromtimestamp(at + MOSCOW_S, UTC).date().isoformat()] += uses

    await asyncio.gather(*(daemon(one, seed) for seed in range(3) for one in (scene, other)))
    by_number: Counter[str] = Counter()
    for (number, _), made in calls.items():
        by_number[number] += made
    assert max(calls.values()) == 3
    assert max(by_number.values()) == 5, "reached, and never passed"
    assert (await scene.imbalance()).total == 0


async def test_of_two_leads_of_one_person_that_a_claim_takes_together_one_is_called(scene: Scene) -> None:
    await limited(scene, NumberLimits(per_day=1, per_person=True))
    first, second = lead(1, "Europe/Moscow", phone(2)), lead(2, "Europe/Moscow", phone(1), external_id="again")
    await scene.add(first, second)
    taken = (await scene.reserve()).reservations
    assert {one.lead: one.rests_until is None for one in taken} == {first.id: True, second.id: False}


async def test_a_debtor_of_two_phones_and_two_campaigns_is_called_once_a_day_by_racing_daemons(scene: Scene) -> None:
    """Each campaign begins with another phone of his: no number is claimed twice, and yet it would be two calls."""
    limits = NumberLimits(per_day=1, per_week=2, per_month=8, per_person=True)
    other = await limited(await build_scene(scene.database, "соперник"), limits)
    await limited(scene, limits)
    for person in range(NUMBERS):
        first, second = phone(person), phone(100 + person)
        await scene.add(lead(first.number, first.zone, second, external_id=str(person)))
        await other.add(lead(second.number, second.zone, first, external_id=str(person)))
    calls: Counter[tuple[int, str]] = Counter()

    async def daemon(one: Scene) -> None:
        for turn in range(20):
            at = NOW + turn // 4 * DAY_S + turn
            for taken in (await one.reserve(3, at=at)).reservations:
                uses = taken.rests_until is None or taken.rests_until <= at
                day = datetime.fromtimestamp(at + MOSCOW_S, UTC).date().isoformat()
                calls[int(taken.number) % 100, day] += uses
                step = LeadStep(LeadState.WAITING, "busy", next_call_at=at, uses_attempt=uses)
                outcome = Outcome.BUSY if uses else Outcome.NOT_SENT
                await one.settle(settlement(taken, step, outcome), at=at)

    await asyncio.gather(*(daemon(one) for _ in range(3) for one in (scene, other)))
    weeks = Counter(person for (person, _), made in calls.items() for _ in range(made))
    assert max(calls.values()) == 1
    assert max(weeks.values()) == 2, "in the five days: reached, and never passed"
    assert (await scene.imbalance()).total == 0


async def test_a_call_that_was_settled_while_the_claim_ran_is_seen_by_its_second_look(scene: Scene) -> None:
    await limited(scene, NumberLimits(per_day=1))
    await scene.add(lead(1))
    async with scene.database.connection() as other:
        async with other.transaction():
            await other.execute(
                "insert into dialer.live_attempt values ('9000000001', gen_random_uuid(), gen_random_uuid(), 0)"
            )
            claim = asyncio.create_task(scene.reserve())
            await until_it_waits(scene)
            await other.execute("delete from dialer.live_attempt")
            await other.execute(
                "insert into dialer.called_number (number, lead, called_at, calls, calls_ever) "
                "select '9000000001', gen_random_uuid(), t, array[t], 1 from to_timestamp($1) as t",
                NOW,
            )
        (taken,) = (await claim).reservations
    assert taken.rests_until is not None
    assert taken.rests_until > NOW


async def until_it_waits(scene: Scene) -> None:
    """Until some statement waits for another's lock."""
    async with asyncio.timeout(60), scene.database.connection() as conn:
        while not await conn.fetchval("select count(*) from pg_locks where not granted"):
            pass  # the question itself takes its time
