"""Several open orders of one person are one call: what reached nobody counts for each of them."""

from dataclasses import replace

from dialer.core.ids import AgentId, LeadId
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.talk import OrderResult
from dialer.store.talks import Talks
from tests.store.scene import NOW, Scene, build_scene, lead, settlement

AGAIN = LeadStep(LeadState.WAITING, "no_answer", next_call_at=NOW + 7200)


async def orders(scene: Scene, count: int = 2) -> list[LeadId]:
    """Open orders of one number, made before NOW."""
    made = [lead(1, external_id=f"{scene.campaign}-{place}") for place in range(count)]
    await scene.add(*made)
    await scene.run("update dialer.lead set created_at = to_timestamp($1)", NOW - 60)
    return [one.id for one in made]


async def test_a_call_that_reached_nobody_counts_for_every_order(scene: Scene) -> None:
    await orders(scene)
    (taken,) = (await scene.reserve()).reservations
    await scene.settle(settlement(taken, AGAIN, Outcome.NO_ANSWER))
    rows = [await scene.lead(one) for one in await all_of(scene)]
    assert [(row["tried"], row["state"], row["due"]) for row in rows] == [
        ([f"{int(NOW) + 1} no_answer"], "waiting", NOW + 7200)
    ] * 2
    assert sorted(row["attempts"] for row in rows) == [0, 1]  # rows of the ledger
    assert all(row["first_called_at"] is not None for row in rows)
    assert (await scene.reserve(at=NOW + 3600)).reservations == ()
    assert len((await scene.reserve(at=NOW + 7200)).reservations) == 1  # and the other one waits beside it
    assert (await scene.imbalance()).total == 0


async def test_together_they_are_tried_as_often_as_one(scene: Scene) -> None:
    await orders(scene)
    calls = 0
    for turn in range(20):
        at = NOW + turn * 7200
        taken = (await scene.reserve(at=at)).reservations
        calls += len(taken)
        again = LeadStep(LeadState.WAITING, "no_answer", next_call_at=at + 7200)
        for one in taken:
            times = replace(settlement(one).times, dialled_at=at + 1)
            await scene.settle(settlement(one, again, Outcome.NO_ANSWER, times=times), at=at + 30)
    assert calls == 6
    assert {(await scene.lead(one))["reason"] for one in await all_of(scene)} == {"attempts_used_up"}


async def test_a_talk_is_the_orders_own(scene: Scene) -> None:
    """What the agent says of the others is their result, or nothing is."""
    await orders(scene)
    (taken,) = (await scene.reserve()).reservations
    done = LeadStep(LeadState.DONE, "agreed")
    await scene.settle(settlement(taken, done, Outcome.ANSWERED, agent=None, disposition="agreed"))
    (other,) = [row for one in await all_of(scene) if (row := await scene.lead(one))["state"] != "done"]
    assert (other["attempts"], other["state"]) == (0, "ready")


async def test_who_asks_for_no_calls_about_another_order_is_called_for_none(scene: Scene) -> None:
    await orders(scene)
    await scene.run("insert into dialer.agent (id, name) values (1001, 'Ольга')")
    (taken,) = (await scene.reserve()).reservations
    (other,) = [one for one in await all_of(scene) if one != taken.lead]
    talks = Talks(scene.database)
    result = OrderResult(other, "do_not_call", LeadStep(LeadState.DONE, "do_not_call", do_not_call=True))
    talk = await talks.talk(taken.attempt)
    assert await talks.conclude(talk, AgentId(1001), (), (result,), NOW) == {other}
    await scene.settle(settlement(taken, LeadStep(LeadState.DONE, "agreed"), Outcome.ANSWERED, disposition="agreed"))
    await scene.add(lead(1, external_id="a new one"), at=NOW + 86400)
    assert (await scene.reserve(at=NOW + 86400)).reservations == ()


async def test_other_people_campaigns_and_later_orders_are_left_alone(scene: Scene) -> None:
    elsewhere = await build_scene(scene.database, "другая")
    await orders(scene, 1)
    (foreign,) = await orders(elsewhere, 1)
    somebody, later = lead(2, external_id="x"), lead(1, external_id="later")
    await scene.add(somebody, later)
    await scene.run("update dialer.lead set created_at = to_timestamp($2) where id = $1", later.id, NOW + 10)
    (taken,) = [one for one in (await scene.reserve(1)).reservations if one.number == "9000000001"]
    await scene.settle(settlement(taken, AGAIN, Outcome.NO_ANSWER))
    for one in (foreign, somebody.id, later.id):
        row = await scene.lead(one)
        assert (row["attempts"], row["state"]) == (0, "ready")


async def test_a_promise_of_its_own_is_kept(scene: Scene) -> None:
    promised, _ = await orders(scene)
    await scene.run("update dialer.lead set next_call_at = to_timestamp($2) where id = $1", promised, NOW + 600)
    await scene.run(
        "insert into dialer.callback (lead, attempt, call_at, made_at)"
        " values ($1, gen_random_uuid(), to_timestamp($2), to_timestamp($3))",
        promised,
        NOW + 600,
        NOW,
    )
    (taken,) = (await scene.reserve()).reservations
    await scene.settle(settlement(taken, AGAIN, Outcome.NO_ANSWER))
    row = await scene.lead(promised)
    assert (row["attempts"], row["due"]) == (0, NOW + 600)


async def all_of(scene: Scene) -> list[LeadId]:
    async with scene.database.connection() as conn:
        return [LeadId(str(row["id"])) for row in await conn.fetch("select id from dialer.lead order by id")]
