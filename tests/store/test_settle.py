"""Settlements and progress: what is written when, once, whatever comes twice or late."""

import asyncio
from dataclasses import replace

import orjson
import pytest

from dialer.core.effects import BookProgress, CallTimes
from dialer.core.ids import AgentId, AttemptId
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.store.uuid7 import uuid7
from tests.store.scene import BUSY, DONE, MOSCOW, NOW, OMSK, Scene, lead, phone, settlement

WRONG_NUMBER = LeadStep(LeadState.REFUSED, "wrong_number", phone_is_bad=True)


async def outbox(scene: Scene) -> list[dict[str, object]]:
    async with scene.database.connection() as conn:
        rows = await conn.fetch("select payload::text from dialer.outbox order by id")
    return [orjson.loads(row["payload"]) for row in rows]


async def test_a_settlement_writes_outcome_lead_and_outbox_together(scene: Scene) -> None:
    await scene.add(lead(1, external_id="З-17"))
    (taken,) = (await scene.reserve()).reservations
    (settled,) = await scene.settle(settlement(taken))
    assert (settled.attempt, settled.is_new, settled.lead_state) == (taken.attempt, True, "waiting")
    row = await scene.attempt(taken.attempt)
    assert (row["state"], row["outcome"], row["cause"], row["tech_cause"], row["rang"]) == (
        "settled",
        "busy",
        17,
        486,
        True,
    )
    assert row["ended_at"].timestamp() == NOW + 20
    after = await scene.lead(taken.lead)
    assert (after["state"], after["reason"], after["due"], after["attempts"]) == ("waiting", "busy", NOW + 600, 1)
    (told,) = await outbox(scene)
    assert (told["attempt"], told["external_id"], told["outcome"], told["lead_state"]) == (
        taken.attempt,
        "З-17",
        "busy",
        "waiting",
    )
    assert "9000000001" not in str(told)
    assert (await scene.imbalance()).total == 0


async def test_a_doubled_settlement_changes_nothing_and_says_so(scene: Scene) -> None:
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    first, second = settlement(taken), settlement(taken, DONE, Outcome.ANSWERED)
    assert [one.is_new for one in await scene.settle(first)] == [True]
    assert [one.is_new for one in await scene.settle(second)] == [False]
    assert (await scene.lead(taken.lead))["state"] == "waiting"
    assert await scene.tally() == {"busy": 1}
    assert len(await outbox(scene)) == 1


async def test_twice_in_one_batch_the_first_word_counts(scene: Scene) -> None:
    await scene.add(lead(1), lead(2))
    one, other = (await scene.reserve()).reservations
    await scene.settle(settlement(one), settlement(other), settlement(one, DONE, Outcome.ANSWERED))
    assert await scene.tally() == {"busy": 2}


async def test_an_unknown_attempt_settles_nothing(scene: Scene) -> None:
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    (settled,) = await scene.settle(settlement(taken, attempt=AttemptId(uuid7(NOW))))
    assert not settled.is_new
    assert await scene.tally() == {"": 1}


async def test_racing_settlements_of_one_attempt_settle_it_once(scene: Scene) -> None:
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    answers = await asyncio.gather(*(scene.settle(settlement(taken)) for _ in range(6)))
    assert sorted(answer[0].is_new for answer in answers) == [False] * 5 + [True]
    assert (await scene.lead(taken.lead))["attempts"] == 1


async def test_what_was_not_sent_uses_no_attempt(scene: Scene) -> None:
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    back = LeadStep(LeadState.WAITING, "hours_closed", next_call_at=NOW + 5, uses_attempt=False)
    await scene.settle(settlement(taken, back, Outcome.NOT_SENT, clearing=None, times=CallTimes(NOW)))
    (again,) = (await scene.reserve(at=NOW + 5)).reservations
    assert (again.attempt_no, again.attempt != taken.attempt) == (1, True)
    assert await scene.tally() == {"not_sent": 1, "": 1}


async def test_a_bad_phone_gives_way_to_the_next_and_the_last_one_refuses_the_lead(scene: Scene) -> None:
    await scene.add(lead(1, MOSCOW, phone(2, OMSK)))
    (first,) = (await scene.reserve()).reservations
    (settled,) = await scene.settle(settlement(first, WRONG_NUMBER, Outcome.INVALID))
    assert settled.lead_state == "waiting"
    assert (await scene.reserve(at=NOW + 60)).reservations == ()
    (second,) = (await scene.reserve(at=NOW + 60, zones=(OMSK,))).reservations
    assert (second.number, second.zone, second.lead) == ("9000000002", OMSK, first.lead)
    (settled,) = await scene.settle(settlement(second, WRONG_NUMBER, Outcome.INVALID))
    assert settled.lead_state == "refused"
    assert (await scene.reserve(at=NOW + 9000, zones=(MOSCOW, OMSK))).unfinished == 0


async def test_after_a_call_that_reached_nobody_the_next_phone_takes_its_turn(scene: Scene) -> None:
    """Each is a full attempt; a bad one is passed over from then on, and the last goes round to the first."""
    await scene.add(lead(1, MOSCOW, phone(2, OMSK), phone(3)))
    dialled, steps = [], [BUSY, BUSY, WRONG_NUMBER, BUSY, BUSY]
    for turn, step in enumerate(steps):
        (taken,) = (await scene.reserve(at=NOW + 600 * turn, zones=(MOSCOW, OMSK))).reservations
        dialled.append((taken.number[-1], taken.zone, taken.attempt_no))
        told = replace(step, next_call_at=NOW + 600 * (turn + 1))
        await scene.settle(settlement(taken, told, Outcome.INVALID if step.phone_is_bad else Outcome.NO_ANSWER))
    assert [number for number, _, _ in dialled] == ["1", "2", "3", "1", "2"]
    assert dialled[1] == ("2", OMSK, 2)
    assert await scene.tally() == {"no_answer": 4, "invalid": 1}


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        (Outcome.ANSWERED, BUSY),
        (Outcome.CONGESTION, replace(BUSY, uses_attempt=False)),
        (Outcome.ABANDONED, BUSY),
    ],
    ids=["talked", "not-the-phones-fault", "a-person-was-there"],
)
async def test_a_phone_that_was_answered_or_not_reached_keeps_its_turn(
    scene: Scene, outcome: Outcome, step: LeadStep
) -> None:
    await scene.add(lead(1, MOSCOW, phone(2)))
    (taken,) = (await scene.reserve()).reservations
    await scene.settle(settlement(taken, step, outcome))
    assert (await scene.lead(taken.lead))["number"] == "9000000001"


async def test_a_lead_is_told_by_its_first_number_whoever_has_the_turn(scene: Scene) -> None:
    await scene.add(lead(1, MOSCOW, phone(2)))
    (taken,) = (await scene.reserve()).reservations
    await scene.settle(settlement(taken, BUSY, Outcome.NO_ANSWER))
    assert (await scene.lead(taken.lead))["number"] == "9000000002"
    assert (await scene.add(lead(1))).sums.duplicate == 1
    assert (await scene.add(lead(2))).sums.accepted == 1


async def test_do_not_call_holds_for_every_lead_of_the_project_with_this_number(scene: Scene) -> None:
    other = lead(1, external_id="второй заказ")
    await scene.add(lead(1, external_id="первый заказ"), other)
    (taken,) = (await scene.reserve()).reservations
    step = LeadStep(LeadState.DONE, "do_not_call", do_not_call=True)
    await scene.settle(settlement(taken, step, Outcome.ANSWERED, disposition="do_not_call"))
    assert (await scene.reserve(at=NOW + 60)).reservations == ()
    assert (await scene.lead(other.id))["reason"] == "do_not_call"


async def test_a_lead_whose_order_was_withdrawn_in_the_call_is_not_called_again(scene: Scene) -> None:
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    await scene.run("update dialer.lead set withdrawn = 'cancelled'")
    (settled,) = await scene.settle(settlement(taken, BUSY))
    assert settled.lead_state == "refused"
    assert (await scene.lead(taken.lead))["reason"] == "cancelled"


async def test_a_lead_that_expires_before_its_next_call_is_expired(scene: Scene) -> None:
    await scene.add(lead(1, expires_at=NOW + 600))
    (taken,) = (await scene.reserve()).reservations
    (settled,) = await scene.settle(settlement(taken, BUSY))
    assert settled.lead_state == "expired"


async def test_progress_is_written_with_its_times_and_never_goes_back(scene: Scene) -> None:
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    steps = [
        BookProgress(attempt=taken.attempt, state=state, at=NOW + second, agent=agent)
        for second, (state, agent) in enumerate(
            [("dialled", None), ("ringing", None), ("answered", None), ("talking", AgentId(1001)), ("wrap_up", None)]
        )
    ]
    await scene.progress(*steps[:3])
    assert (await scene.lead(taken.lead))["state"] == "in_call"
    await scene.progress(*steps[3:])
    await scene.progress(*steps[:2])
    row = await scene.attempt(taken.attempt)
    assert (row["state"], row["agent"]) == ("wrap_up", 1001)
    names = ("dialled_at", "ringing_at", "answered_at", "bridged_at", "ended_at")
    assert [row[name].timestamp() for name in names] == [NOW + second for second in range(5)]


@pytest.mark.parametrize("state", ["ringing", "wrap_up"])
async def test_progress_after_the_settlement_is_ignored(scene: Scene, state: str) -> None:
    await scene.add(lead(1))
    (taken,) = (await scene.reserve()).reservations
    await scene.settle(settlement(taken))
    await scene.progress(BookProgress(attempt=taken.attempt, state=state, at=NOW + 99))
    row = await scene.attempt(taken.attempt)
    assert (row["state"], row["ringing_at"]) == ("settled", None)
    assert (await scene.lead(taken.lead))["state"] == "waiting"


async def test_an_attempt_lands_in_the_partition_of_its_month(scene: Scene) -> None:
    await scene.add(lead(1), lead(2))
    october = NOW + 20 * 86400
    here, there = (await scene.reserve(1)).reservations[0], (await scene.reserve(1, at=october)).reservations[0]
    assert await scene.settle(settlement(here), settlement(there), at=october)
    where = "select tableoid::regclass::text as name from dialer.attempt where id = $1"
    tables = [(await scene.row(where, one.attempt))["name"] for one in (here, there)]
    assert [name.removeprefix("dialer.") for name in tables] == ["attempt_2026_09", "attempt_2026_10"]
