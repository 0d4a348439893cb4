"""A lead that an agent picks: claimed by its name under the gates of any claim; and what he may choose from."""

from dataclasses import replace
from random import Random

import pytest

from dialer.core.events import LeadsReserved
from dialer.core.hours import Allow, open_zones
from dialer.core.ids import AgentId, LeadId
from dialer.core.permit import may_dial
from dialer.store import attempts, campaigns, picks
from dialer.store.callees import callee
from tests.store.scene import MOSCOW, NOW, OMSK, Scene, lead, phone, settlement
from tests.store.test_permit import CALLED, FORBIDDEN, HISTORY, OPEN_IN_SOME, WAIVE_S, of_all_kinds, under
from tests.store.test_promises import ANNA, BORIS, CALL_AT, SHARED_AFTER_S, promised


class UndoneError(Exception):
    """The claim is taken back."""


async def picked(scene: Scene, wanted: LeadId, agent: AgentId = ANNA, at: float = NOW) -> LeadsReserved:
    wish = replace(scene.wish(1), lead=wanted, agents=(agent,), previewer=agent)
    return await scene.reserve_wish(wish, at=at)


async def test_the_lead_of_his_choice_is_claimed_though_others_go_before_it(scene: Scene) -> None:
    urgent, wanted = lead(1, priority=9), lead(2)
    await scene.add(urgent, wanted)
    told = await picked(scene, wanted.id)
    [claim] = told.reservations
    assert (claim.lead, told.previewer, told.lead) == (wanted.id, ANNA, wanted.id)
    row = await scene.attempt(claim.attempt)
    assert (row["state"], row["previewer"]) == ("previewing", ANNA)
    again = await picked(scene, wanted.id, BORIS)
    assert (again.reservations, again.lead) == ((), wanted.id)
    assert (await scene.lead(urgent.id))["state"] == "ready"


@pytest.mark.parametrize("law", ["ru_service", "ru_ads", "ru_collection"])
async def test_a_pick_is_claimed_where_the_gate_allows_the_call_and_nowhere_else(scene: Scene, law: str) -> None:
    settings = await under(scene, law, OPEN_IN_SOME)
    await scene.add(*of_all_kinds(Random(law)))
    span_s = None if law == "ru_collection" else NOW - WAIVE_S
    wish = replace(scene.wish(1, open_zones(settings.calendar, NOW)), asked_since=span_s, previewer=ANNA)
    async with scene.database.connection() as conn:
        await conn.execute("select setseed(0.5)")
        await conn.execute(HISTORY, NOW)
        await conn.execute(FORBIDDEN)
        await conn.execute(CALLED, NOW)
        claimed, allowed = set(), set()
        for row in await conn.fetch("select id from dialer.lead"):
            one = LeadId(str(row["id"]))
            found = await callee(conn, one)
            assert found is not None
            if isinstance(may_dial(settings, found[1], NOW), Allow):
                allowed.add(one)
            try:
                async with conn.transaction():
                    told = await attempts.reserve(conn, replace(wish, lead=one), NOW)
                    raise UndoneError
            except UndoneError:
                claimed |= {claim.lead for claim in told.reservations}
    assert claimed == allowed
    assert allowed


async def test_a_call_that_another_agent_promised_is_his_until_his_time_is_over(scene: Scene) -> None:
    wanted = await promised(scene, ANNA)
    assert (await picked(scene, wanted, BORIS, CALL_AT)).reservations == ()
    async with scene.database.connection() as conn:
        shown = await picks.pick(conn, wanted, CALL_AT)
        later = await picks.pick(conn, wanted, CALL_AT + SHARED_AFTER_S)
    assert shown is not None
    assert later is not None
    assert (shown.promised_by, later.promised_by) == (ANNA, None)
    [claim] = (await picked(scene, wanted, ANNA, CALL_AT)).reservations
    assert claim.promised_by == ANNA


async def due(scene: Scene, agent: AgentId, at: float = NOW, bound: int = 9) -> list[LeadId]:
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
        open_now = replace(settings, calendar=OPEN_IN_SOME)
        return [pick.lead for pick in await picks.due(conn, [open_now], agent, at, bound)]


async def test_what_is_due_is_shown_with_his_own_promises_first_and_without_those_of_others(scene: Scene) -> None:
    wanted = await promised(scene, ANNA)
    assert wanted not in await due(scene, ANNA, CALL_AT - 1)
    assert (await due(scene, ANNA, CALL_AT))[0] == wanted
    assert wanted not in await due(scene, BORIS, CALL_AT)
    assert wanted in await due(scene, BORIS, CALL_AT + SHARED_AFTER_S)


async def test_the_list_is_in_the_order_of_a_claim_and_no_longer_than_asked(scene: Scene) -> None:
    plain, urgent, asleep, tomorrow = lead(1), lead(2, priority=9), lead(3, "Asia/Vladivostok"), lead(4)
    await scene.add(plain, urgent, asleep, tomorrow)
    await scene.run("update dialer.lead set next_call_at = to_timestamp($2) where id = $1", tomorrow.id, NOW + 86400)
    assert await due(scene, ANNA) == [urgent.id, plain.id]
    assert await due(scene, ANNA, bound=1) == [urgent.id]
    await picked(scene, urgent.id)
    assert await due(scene, ANNA) == [plain.id], "whose number is in a call is not offered"


async def test_an_order_is_found_by_its_number_and_by_any_phone_in_any_state(scene: Scene) -> None:
    first, second = lead(1, MOSCOW, phone(7, OMSK), external_id="A-17"), lead(7, external_id="A-18")
    await scene.add(first, second, lead(9, external_id="A-19"))
    [taken] = (await picked(scene, second.id)).reservations
    await scene.settle(settlement(taken, replace(settlement(taken).step, next_call_at=NOW + 900)))

    async def found(external_id: str, *numbers: str) -> list[LeadId]:
        async with scene.database.connection() as conn:
            settings = await campaigns.campaign(conn, scene.campaign)
            return [pick.lead for pick in await picks.called_so(conn, [settings], external_id, numbers, NOW, 9)]

    assert await found("A-17") == [first.id]
    assert sorted(await found("", "9000000007")) == sorted([first.id, second.id])
    assert await found("A-17", "9000000001") == [first.id]
    assert await found("a-17") == []


@pytest.mark.parametrize("is_masked", [False, True])
async def test_a_desk_that_is_sent_no_numbers_is_sent_none_here(scene: Scene, is_masked: bool) -> None:
    one = lead(1, external_id="A-1 8 912 345-67-11", person="Мария 8 912 345-67-11")
    await scene.add(one)
    await scene.run("update dialer.project set masks_numbers = $1", is_masked)
    async with scene.database.connection() as conn:
        shown = await picks.pick(conn, one.id, NOW)
    assert shown is not None
    masked = ("A-1 +7 9** ***-**-11", "Мария +7 9** ***-**-11")
    assert (shown.external_id, shown.person) == (masked if is_masked else (one.external_id, one.person))
