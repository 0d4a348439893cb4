"""A look ahead counts every lead once, and by the gate: as many are callable as a claim would take."""

from dataclasses import replace

from dialer.core.dry_run import dry_run
from dialer.core.outcome import AttemptRules, NumberLimits
from dialer.store import campaigns
from dialer.store.stock import stock
from tests.store.scene import MOSCOW, NOW, Scene, lead


async def test_what_the_gate_says_of_each_lead(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
        rules = AttemptRules(max_attempts=3, number_limits=NumberLimits(per_day=1, ever=5))
        await campaigns.update_campaign(conn, settings := replace(settings, rules=rules))
    await scene.add(*(lead(number) for number in range(9)), lead(9, expires_at=NOW - 60))
    await scene.run("update dialer.lead set attempts = 3 where number = '9000000001'")
    await scene.run("update dialer.lead set held = true where number = '9000000002'")
    await scene.run("update dialer.lead set state = 'done', reason = 'agreed' where number = '9000000003'")
    await scene.run("update dialer.lead set next_call_at = to_timestamp($1) where number = '9000000004'", NOW + 600)
    await scene.run("insert into dialer.do_not_call (number, reason) values ('9000000005', 'asked')")
    await scene.run(
        "insert into dialer.called_number (number, lead, called_at, calls, calls_ever)"
        " select number, id, to_timestamp($1), array[to_timestamp($1)], right(number, 1)::integer - 2 from dialer.lead"
        " where number in ('9000000006', '9000000007')",
        NOW - 60,
    )
    async with scene.database.connection() as conn:
        found = dry_run(await stock(conn, scene.campaign, NOW), {}, settings, NOW)
    assert dict(found.reasons) == {
        "attempts_used_up": 1, "list_paused": 1, "agreed": 1, "do_not_call": 1, "number_used_up": 1, "expired": 1,
    }  # fmt: skip
    assert [(line.zone, line.leads, line.is_open) for line in found.zones] == [(MOSCOW, 4, True)]
    assert (found.rows, found.callable) == (10, 4)
    assert len((await scene.reserve(10)).reservations) == 2  # of the others one is due later, and one's number rests
