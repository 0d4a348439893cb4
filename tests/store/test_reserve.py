"""Claims: who is taken, in which order, who is passed over and who is turned away."""

import asyncio
from dataclasses import replace
from itertools import chain

import pytest

from dialer.core.events import Known, Reservation
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.reach import STRATA, HeadStarts, stratum_of
from dialer.store import attempts, lists
from dialer.store.uuid7 import uuid7s
from tests.store.scene import BUSY, DONE, MOSCOW, NOW, OMSK, Scene, build_scene, lead, settlement


async def test_a_claim_books_an_intended_attempt_for_each_lead(scene: Scene) -> None:
    await scene.add(lead(1, person="Анна"), lead(2))
    reserved = await scene.reserve(1)
    (taken,) = reserved.reservations
    assert (taken.number, taken.zone, taken.attempt_no) == ("9000000001", MOSCOW, 1)
    assert (reserved.campaign, reserved.asked) == (scene.campaign, 1)
    assert (reserved.server, reserved.trunk) == ("pbx1", "carrier")
    row = await scene.attempt(taken.attempt)
    assert (row["state"], row["outcome"], row["server"], row["trunk"]) == ("intended", None, "pbx1", "carrier")
    assert str(row["lead"]) == taken.lead
    assert (await scene.lead(taken.lead))["state"] == "claimed"
    assert (await scene.imbalance()).total == 0


async def test_highest_priority_first_then_longest_due(scene: Scene) -> None:
    late, early = lead(1), lead(2)
    urgent = lead(3, OMSK, priority=9)
    await scene.add(late, at=NOW)
    await scene.add(early, at=NOW - 100)
    await scene.add(urgent, at=NOW)
    reserved = await scene.reserve(zones=(MOSCOW, OMSK))
    assert [taken.lead for taken in reserved.reservations] == [urgent.id, early.id, late.id]


async def test_leads_of_one_list_are_dialled_in_the_order_of_the_list(scene: Scene) -> None:
    leads = [lead(number) for number in range(30)]
    await scene.add(*leads)
    got = [*(await scene.reserve(10)).reservations, *(await scene.reserve(20)).reservations]
    assert [taken.lead for taken in got] == [new.id for new in leads]


async def test_queues_that_answer_better_go_first_by_their_head_start_and_no_further(scene: Scene) -> None:
    """Order: due time less head start. Whoever is due so much earlier is never behind."""
    mobile, longest, fixed = lead(1), lead(2), lead(3, OMSK)
    for each, due in ((mobile, NOW - 100), (longest, NOW - 5000), (fixed, NOW - 900)):
        await scene.add(each, at=due)
    await scene.run("update dialer.lead set number = '4' || substr(number, 2) where number = '9000000003'")
    head = dict.fromkeys((MOSCOW, OMSK), (0.0,) * 4 + (2000.0,) * 4)
    assert await taken(scene, head) == [longest.id, fixed.id, mobile.id]
    assert await taken(scene, {OMSK: (0.0,) * 4 + (5000.0,) * 4}) == [fixed.id, longest.id, mobile.id]
    assert await taken(scene, {OMSK: (0.0,) * 4 + (-5000.0,) * 4}) == [longest.id, mobile.id, fixed.id]
    assert await taken(scene, {}) == [longest.id, fixed.id, mobile.id]


async def test_no_head_start_goes_before_priority_or_before_the_lead_is_due(scene: Scene) -> None:
    urgent, early = lead(1, OMSK, priority=6), lead(2, MOSCOW)
    await scene.add(urgent, early)
    await scene.add(lead(3, MOSCOW), at=NOW + 60)
    assert await taken(scene, {MOSCOW: (9000.0,) * 8}) == [urgent.id, early.id]


async def test_urgent_calls_go_in_the_order_of_time_whoever_answers_best(scene: Scene) -> None:
    first, then = lead(1, OMSK), lead(2, MOSCOW)
    await scene.add(first, at=NOW - 60)
    await scene.add(then, at=NOW - 30)
    assert await taken(scene, {MOSCOW: (9000.0,) * 8}) == [then.id, first.id]
    await scene.run("update dialer.lead set priority = 11, own_priority = 5")
    assert await taken(scene, {MOSCOW: (9000.0,) * 8}) == [first.id, then.id]


async def test_the_books_sort_leads_into_strata_as_the_core_does(scene: Scene) -> None:
    await scene.add(*(lead(place) for place in range(10)))
    await scene.run(
        "update dialer.lead set attempts = right(number, 1)::integer / 2,"
        " number = case when right(number, 1)::integer % 2 = 0 then number else '4' || substr(number, 2) end"
    )
    async with scene.database.connection() as conn:
        rows = await conn.fetch("select number, attempts, stratum from dialer.lead")
    assert {row["stratum"] for row in rows} == set(range(STRATA))
    assert all(row["stratum"] == stratum_of(row["number"], row["attempts"]) for row in rows)


async def test_a_claim_tells_what_is_known_of_the_lead(scene: Scene) -> None:
    new = lead(1, region="Омская область")
    await scene.add(new)
    (first,) = (await scene.reserve()).reservations
    assert first.known is not None
    came_at = (await scene.lead(new.id))["created_at"].timestamp()
    assert first.known == Known(came_at, "Омская область", scene.list, "")
    await scene.settle(settlement(first, BUSY))
    (again,) = (await scene.reserve(at=NOW + 600)).reservations
    assert again.known == Known(came_at, "Омская область", scene.list, "busy")


async def taken(scene: Scene, head_starts: HeadStarts) -> list[str]:
    """Whom a claim takes, in its order; they are put back."""
    async with scene.database.connection() as conn:
        transaction = conn.transaction()
        await transaction.start()
        wish = replace(scene.wish(10, (MOSCOW, OMSK)), head_starts=head_starts)
        reserved = await attempts.reserve(conn, wish, NOW)
        await transaction.rollback()
    return [claim.lead for claim in reserved.reservations]


async def test_only_leads_of_open_zones(scene: Scene) -> None:
    here, unknown = lead(1, MOSCOW), lead(2, None)
    await scene.add(here, unknown, lead(3, OMSK))
    assert [taken.lead for taken in (await scene.reserve()).reservations] == [here.id]
    reserved = await scene.reserve(zones=(MOSCOW, ""))
    assert [(taken.lead, taken.zone) for taken in reserved.reservations] == [(unknown.id, None)]
    assert reserved.unfinished == 3


async def test_a_lead_bound_by_two_zones_is_due_when_both_are_open(scene: Scene) -> None:
    both = lead(1, f"{OMSK}|{MOSCOW}")
    await scene.add(both)
    for closed in ((MOSCOW,), (OMSK,), ("",), ()):
        reserved = await scene.reserve(zones=closed)
        assert (reserved.reservations, reserved.next_due_at, reserved.unfinished) == ((), None, 1), closed
    (taken,) = (await scene.reserve(zones=(MOSCOW, OMSK))).reservations
    assert (taken.lead, taken.zone) == (both.id, f"{OMSK}|{MOSCOW}")


async def test_a_waiting_lead_is_claimed_when_it_is_due_and_not_before(scene: Scene) -> None:
    new = lead(1)
    await scene.add(new)
    await scene.settle(settlement((await scene.reserve()).reservations[0], BUSY))
    early = await scene.reserve(at=NOW + 599.9)
    assert (early.reservations, early.next_due_at, early.unfinished) == ((), NOW + 600, 1)
    (again,) = (await scene.reserve(at=NOW + 600)).reservations
    assert (again.lead, again.attempt_no) == (new.id, 2)


async def test_asked_for_none_it_tells_what_is_left(scene: Scene) -> None:
    await scene.add(lead(1), lead(2))
    nothing = await scene.reserve(0)
    assert (nothing.reservations, nothing.unfinished, nothing.next_due_at) == ((), 2, NOW)


async def test_a_finished_campaign_has_nothing_left(scene: Scene) -> None:
    await scene.add(lead(1))
    await scene.settle(settlement((await scene.reserve()).reservations[0], DONE, Outcome.ANSWERED))
    left = await scene.reserve()
    assert (left.reservations, left.unfinished, left.next_due_at) == ((), 0, None)


async def test_a_number_has_one_live_attempt_whatever_the_lead_or_campaign(scene: Scene) -> None:
    other = await build_scene(scene.database, "другая")
    await scene.add(lead(7, external_id="a"), lead(7, external_id="b"), lead(8))
    await other.add(lead(7))
    first = await scene.reserve()
    assert sorted(taken.number for taken in first.reservations) == ["9000000007", "9000000008"]
    assert (first.next_due_at, first.unfinished) == (NOW + attempts.CONTENDED_RETRY_S, 3)
    assert (await other.reserve()).reservations == ()
    seven = next(taken for taken in first.reservations if taken.number == "9000000007")
    unused = LeadStep(LeadState.WAITING, "trunk_down", next_call_at=NOW + 600, uses_attempt=False)
    await scene.settle(settlement(seven, unused, Outcome.TRUNK_DOWN))
    assert [taken.number for taken in (await other.reserve()).reservations] == ["9000000007"]


async def test_a_number_rests_after_a_call_for_another_lead(scene: Scene) -> None:
    other = await build_scene(scene.database, "другая")
    waiting = lead(7)
    await scene.add(lead(7))
    await other.add(waiting)
    await scene.settle(settlement((await scene.reserve()).reservations[0]), at=NOW + 30)
    resting = await other.reserve(at=NOW + 60)
    assert (resting.reservations, resting.next_due_at, resting.unfinished) == ((), NOW + 30 + 1800, 1)
    assert (await other.lead(waiting.id))["reason"] == "number_rests"
    assert len((await other.reserve(at=NOW + 30 + 1800)).reservations) == 1


async def test_a_lead_is_called_back_at_once_where_its_own_step_says_so(scene: Scene) -> None:
    await scene.add(lead(7))
    at_once = LeadStep(LeadState.WAITING, "call_back_now", next_call_at=NOW + 30)
    await scene.settle(settlement((await scene.reserve()).reservations[0], at_once), at=NOW + 30)
    assert len((await scene.reserve(at=NOW + 30)).reservations) == 1


async def test_who_must_not_be_called_is_turned_away_and_his_place_is_filled(scene: Scene) -> None:
    elsewhere = await build_scene(scene.database, "чужой")
    forbidden, expired, tired = lead(1), lead(2, expires_at=NOW - 1), lead(3)
    spared, good = lead(4), lead(5)
    await scene.add(forbidden, expired, tired, spared, good)
    await scene.run("insert into dialer.do_not_call (number, reason) values ('9000000001', 'asked')")
    await scene.run(
        "insert into dialer.do_not_call (number, project, reason) values ('9000000004', $1, 'asked')",
        elsewhere.project,
    )
    await scene.run("update dialer.lead set attempts = 6 where id = $1", tired.id)
    reserved = await scene.reserve(2)
    assert {taken.lead for taken in reserved.reservations} == {spared.id, good.id}
    fates = [await scene.lead(new.id) for new in (forbidden, expired, tired)]
    assert [(row["state"], row["reason"]) for row in fates] == [
        ("refused", "do_not_call"),
        ("expired", "expired"),
        ("done", "attempts_used_up"),
    ]


async def test_many_refusals_at_the_head_of_the_queue_do_not_starve_it(scene: Scene) -> None:
    await scene.add(*(lead(number, expires_at=NOW - 1) for number in range(20)))
    good = lead(99)
    await scene.add(good, at=NOW + 1)
    reserved = await scene.reserve(5, at=NOW + 2)
    assert [taken.lead for taken in reserved.reservations] == [good.id]
    assert reserved.next_due_at is None


async def test_a_thousand_refusals_before_one_call_cost_one_claim(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "CLAIM_TIME_S", 30.0)
    await scene.add(*(lead(number, expires_at=NOW - 1) for number in range(1000)))
    good = lead(5000)
    await scene.add(good, at=NOW + 1)
    assert [taken.lead for taken in (await scene.reserve(1, at=NOW + 2)).reservations] == [good.id]
    assert await scene.row("select count(*) from dialer.lead where state = 'expired'") == {"count": 1000}


async def test_many_refusals_at_the_head_of_one_queue_let_no_other_go_before_it(scene: Scene) -> None:
    await scene.add(*(lead(number, expires_at=NOW - 1, priority=6) for number in range(20)))
    urgent, early, late = lead(97, priority=6), lead(98), lead(99, OMSK)
    await scene.add(late, at=NOW - 50)
    await scene.add(early, at=NOW - 100)
    await scene.add(urgent, at=NOW + 1)
    order = [(await scene.reserve(1, at=NOW + 2, zones=(MOSCOW, OMSK))).reservations[0].lead for _ in range(3)]
    assert order == [urgent.id, early.id, late.id]


async def test_a_claim_whose_time_is_up_comes_back_short_and_is_to_be_repeated_at_once(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "CLAIM_TIME_S", 0.0)
    await scene.add(*(lead(number, expires_at=NOW - 1) for number in range(1000)))
    await scene.add(lead(5000), at=NOW + 1)
    short = await scene.reserve(1, at=NOW + 2)
    assert (short.reservations, short.next_due_at) == ((), NOW + 2)
    assert (await scene.row("select count(*) from dialer.lead where state = 'expired'"))["count"] < 1000


async def test_two_orders_of_one_person_in_a_claim_leave_nobody_out(scene: Scene) -> None:
    """The id of the order that has to wait is free again; that of the one behind it is not."""
    await scene.add(lead(1), lead(2), lead(2, external_id="second"), *(lead(number) for number in range(3, 25)))
    ids = uuid7s(NOW, 5)
    async with scene.database.connection() as conn:
        reserved = await attempts.reserve(conn, scene.wish(5), NOW, ids)
    assert [taken.number for taken in reserved.reservations] == [f"900000000{number}" for number in range(1, 6)]
    assert sorted(taken.attempt for taken in reserved.reservations) == ids
    assert (await scene.imbalance()).total == 0


async def test_after_an_abandoned_call_only_with_an_agent_reserved_for_72_hours(scene: Scene) -> None:
    await scene.add(lead(1))
    again = LeadStep(LeadState.WAITING, "abandoned", next_call_at=NOW + 60)
    (first,) = (await scene.reserve()).reservations
    assert not first.reserved_agent_only
    await scene.settle(settlement(first, again, Outcome.ABANDONED, abandoned=True), at=NOW)
    (second,) = (await scene.reserve(at=NOW + 60)).reservations
    assert second.reserved_agent_only
    await scene.settle(settlement(second, again), at=NOW + 70)
    (third,) = (await scene.reserve(at=NOW + 72 * 3600 + 1)).reservations
    assert not third.reserved_agent_only


async def test_a_paused_list_is_not_dialled(scene: Scene) -> None:
    await scene.add(lead(1), lead(2))
    (on_call,) = (await scene.reserve(1)).reservations
    await lists.set_paused(scene.database, scene.list, True)
    await scene.settle(settlement(on_call))
    await scene.add(lead(3))
    assert (await scene.reserve(at=NOW + 9000)).reservations == ()
    await lists.set_paused(scene.database, scene.list, False)
    assert len((await scene.reserve(at=NOW + 9000)).reservations) == 3


async def test_racing_claims_share_the_leads_and_every_number_is_claimed_once(scene: Scene) -> None:
    other = await build_scene(scene.database, "соперник")
    await scene.add(*(lead(number) for number in range(200)))
    await other.add(*(lead(number) for number in range(200)))
    workers = [_until_none_is_due(one) for _ in range(4) for one in (scene, other)]
    taken = list(chain.from_iterable(await asyncio.gather(*workers)))
    assert len({one.number for one in taken}) == len(taken) == 200
    assert len({one.attempt for one in taken}) == 200
    assert (await scene.imbalance()).total == 0


async def test_a_claim_that_lost_a_race_asks_to_be_repeated_at_once(scene: Scene) -> None:
    await scene.add(*(lead(number) for number in range(10)))
    async with scene.database.connection() as holder, holder.transaction():
        await holder.fetch("select from dialer.lead for update")
        blocked = await scene.reserve(5)
        assert (blocked.reservations, blocked.next_due_at, blocked.unfinished) == ((), NOW, 10)
    assert len((await scene.reserve(5)).reservations) == 5


async def _until_none_is_due(scene: Scene) -> list[Reservation]:
    taken: list[Reservation] = []
    while True:
        answer = await scene.reserve(7)
        taken += answer.reservations
        if not answer.reservations and answer.next_due_at != NOW:
            return taken
