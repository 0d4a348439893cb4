"""A lead's place in the order is the claim's own, and the pace is that of the last minutes."""

from dataclasses import replace

import pytest

from dialer.core.hours import Calendar, Window
from dialer.core.ids import LeadId
from dialer.core.turn import Queue
from dialer.store import campaigns
from dialer.store.turns import queue
from tests.store.scene import NOW, Scene, lead


async def asked(scene: Scene, name: LeadId, opens: float = NOW) -> Queue:
    always = Calendar(weekdays=tuple([(Window(0, 1440),)] * 7))
    async with scene.database.connection() as conn:
        settings = replace(await campaigns.campaign(conn, scene.campaign), calendar=always)
        return await queue(conn, name, settings, opens, NOW)


async def test_as_many_go_before_it_as_a_claim_takes_first(scene: Scene) -> None:
    leads = [lead(number) for number in range(6)]
    await scene.add(*leads)
    await scene.run("update dialer.lead set priority = 9 where number = '9000000004'")
    await scene.run("update dialer.lead set next_call_at = to_timestamp($1) where number = '9000000005'", NOW + 600)
    await scene.run("update dialer.lead set held = true where number = '9000000000'")
    before = {place: (await asked(scene, leads[place].id)).ahead for place in (4, 1, 2, 3)}
    assert before == {4: 0, 1: 1, 2: 2, 3: 3}
    assert (await asked(scene, leads[5].id, NOW + 600)).ahead == 4
    taken = (await scene.reserve(4)).reservations
    assert [one.lead for one in taken] == [leads[place].id for place in (4, 1, 2, 3)]


async def test_the_pace_is_counted_from_the_first_call_of_the_last_minutes(scene: Scene) -> None:
    await scene.add(*(lead(number) for number in range(4)), waits := lead(4))
    assert (await asked(scene, waits.id)).calls == 0
    await scene.reserve(4)
    await scene.run("update dialer.attempt set reserved_at = to_timestamp($1)", NOW - 300)
    found = await asked(scene, waits.id)
    assert (found.ahead, found.calls, found.span_s) == (0, 4, pytest.approx(300))
