"""Persons forgotten: when, what goes, what stays, and that who was forgotten is protected like any other."""

from dataclasses import replace
from typing import Any

import pytest

from dialer.core.feedback import Feedback, FeedbackKind, FeedbackOutcome
from dialer.core.forgetting import DAY_S, Rule, Terms
from dialer.core.goods import OrderData
from dialer.core.ids import LeadId
from dialer.core.intake import LeadChange
from dialer.core.lead import NewPhone
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.pseudonym import Pseudonyms
from dialer.core.webhooks import Webhook, WebhookId
from dialer.store.db import Database
from dialer.store.do_not_call import DoNotCall
from dialer.store.feedback import FeedbackBooks
from dialer.store.forgetting import ForgettingBooks, KeyMissing
from dialer.store.intake import IntakeBooks
from dialer.store.outbox import OutboxBooks, WebhookBooks
from tests.conftest import PATIENCE_S
from tests.store.scene import NOW, Scene, build_scene, lead, phone, settlement

KEYS = Pseudonyms(("first key of thirty-two characters",))
ROTATED = Pseudonyms(("second key of thirty-two characters", *KEYS.keys))
NUMBER = "9000000001"


@pytest.fixture
async def scene(database_dsn: str) -> Any:
    async with await Database.open(database_dsn, command_timeout_s=PATIENCE_S, pseudonyms=KEYS) as database:
        yield await build_scene(database)


async def called(scene: Scene, who: LeadId | None = None, step: LeadStep | None = None) -> None:
    """A call to whoever is due, ended with this step."""
    (taken,) = (await scene.reserve(1)).reservations
    assert who in (None, taken.lead)
    await scene.settle(settlement(taken, step or LeadStep(LeadState.DONE, "agreed"), Outcome.ANSWERED))


async def closed(scene: Scene, lead: LeadId, days_ago: float) -> None:
    """It has been over for so long, and all that was to be told of it is told."""
    await scene.run("update dialer.lead set closed_at = to_timestamp($2) where id = $1", lead, NOW - days_ago * DAY_S)
    await OutboxBooks(scene.database).fan_out(NOW, NOW, 1000)


async def told(scene: Scene, lead: LeadId, kind: FeedbackKind, days_ago: float) -> FeedbackOutcome:
    webhook = await WebhookBooks(scene.database).add(
        Webhook(WebhookId(0), scene.project, "https://c.test/", "s", kinds=("none",)), NOW
    )
    at = NOW - days_ago * DAY_S
    heard = await FeedbackBooks(scene.database).hear(
        Feedback(webhook.id, scene.project, f"{kind}-{days_ago}", kind, at, lead, note="отдали соседу"), at
    )
    assert heard is not None
    return heard.outcome


async def due(scene: Scene) -> dict[LeadId, Rule]:
    window = await ForgettingBooks(scene.database).look(scene.project, NOW)
    return {one.lead: one.rule for one in window.doomed}


async def forgotten(scene: Scene) -> int:
    """Forget whoever is due; how many that were."""
    books = ForgettingBooks(scene.database)
    window = await books.look(scene.project, NOW)
    return sum((await books.forget(window.doomed, "daemon", NOW)).values())


TERMS = Terms(delivered_days=10, closed_days=100)


@pytest.mark.parametrize(
    ("terms", "closed_days", "delivered_days", "rule"),
    [
        (TERMS, 50, 11, Rule.DELIVERED),
        (TERMS, 50, 9, None),
        (TERMS, 50, None, None),
        (TERMS, 101, None, Rule.CLOSED),
        (TERMS, 101, 9, Rule.CLOSED),
        (Terms(), 3000, 2000, None),
        (Terms(delivered_days=10), 3000, None, None),
        (Terms(closed_days=10), 11, 11, Rule.CLOSED),
    ],
)
async def test_a_lead_is_forgotten_when_its_projects_term_is_over(
    scene: Scene, terms: Terms, closed_days: float, delivered_days: float | None, rule: Rule | None
) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, terms)
    one = lead(1, external_id="A-1")
    await scene.add(one)
    await called(scene)
    if delivered_days is not None:
        await told(scene, one.id, FeedbackKind.DELIVERED, delivered_days)
    await closed(scene, one.id, closed_days)
    assert await due(scene) == ({} if rule is None else {one.id: rule})
    assert await forgotten(scene) == (rule is not None)
    assert await forgotten(scene) == 0, "once"


async def test_the_last_word_counts_and_what_is_under_way_is_waited_for(scene: Scene) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    brought_back, unsent, pending, held = (lead(number, external_id=f"A-{number}") for number in range(1, 5))
    await scene.add(brought_back, unsent, pending, held)
    for one in (brought_back, unsent, pending, held):
        await called(scene, one.id)
        await closed(scene, one.id, 101)
    await told(scene, brought_back.id, FeedbackKind.DELIVERED, 50)
    await told(scene, brought_back.id, FeedbackKind.NOT_DELIVERED, 40)
    await closed(scene, brought_back.id, 60)
    await scene.run("update dialer.outbox set sent_at = null where lead = $1", unsent.id)
    await scene.run(
        "insert into dialer.webhook_delivery (webhook, event, lead, next_try_at, give_up_at, created_at) "
        "select 1, id, lead, now(), now(), now() from dialer.outbox where lead = $1",
        pending.id,
    )
    await scene.run(
        "insert into dialer.slot_hold (id, project, attempt, lead, day, interval, state, until, made_at, next_try_at) "
        "select lead, $2, id, lead, '2026-09-12', '10-14', 'held', now(), now(), now() "
        "from dialer.attempt where lead = $1",
        held.id,
        scene.project,
    )
    assert await due(scene) == {}


async def test_what_tells_of_the_person_goes_and_the_ledger_stays(scene: Scene) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    one = lead(
        1, "Europe/Moscow", phone(2), external_id="order of 8 (900) 000-00-01", person="Мария", fields={"town": "Омск"}
    )
    await IntakeBooks(scene.database).put_orders({one.id: OrderData(courier_note="домофон 17")})
    await scene.add(one)
    await called(scene)
    await told(scene, one.id, FeedbackKind.DELIVERED, 20)
    await closed(scene, one.id, 50)
    before = await scene.row("select * from dialer.attempt where lead = $1", one.id)
    assert await forgotten(scene) == 1
    row = await scene.lead(one.id)
    assert (row["person"], row["fields"], row["number"], row["first_number"]) == ("", "{}", None, None)
    assert (row["state"], row["reason"], row["external_id"]) == ("done", "agreed", f"forgotten:{one.id}")
    after = await scene.row("select * from dialer.attempt where lead = $1", one.id)
    assert after == {**before, "number": None}
    (proof,) = await ForgettingBooks(scene.database).proofs(scene.project, None, 10)
    assert (proof.lead, proof.rule, proof.days, proof.by, proof.at) == (one.id, Rule.DELIVERED, 10, "daemon", NOW)
    assert proof.erased == {"attempt": 1, "feedback": 1, "lead": 1, "order_data": 1, "outbox": 1, "phone": 2}
    assert await told(scene, one.id, FeedbackKind.CALL_AGAIN, 0) is FeedbackOutcome.NO_PHONE


async def test_an_orders_own_name_stays_where_it_does_not_hold_the_number(scene: Scene) -> None:
    """So the same order sent again is still a duplicate."""
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    one = lead(1, external_id="A-1")
    await scene.add(one)
    await called(scene)
    await closed(scene, one.id, 101)
    assert await forgotten(scene) == 1
    assert (await scene.add(lead(1, external_id="A-1"))).sums.duplicate == 1


async def erase(scene: Scene) -> None:
    """Every lead is over and forgotten."""
    await scene.run("update dialer.lead set state = 'done' where forgotten_at is null")
    await scene.run("update dialer.lead set closed_at = to_timestamp($1)", NOW - 101 * DAY_S)
    await OutboxBooks(scene.database).fan_out(NOW, NOW, 1000)
    assert await forgotten(scene) > 0


async def test_limits_outlive_the_person_and_come_back_with_the_number(scene: Scene) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    await scene.add(lead(1))
    await called(scene)
    known = await scene.row("select * from dialer.called_number")
    await erase(scene)
    assert (await scene.row("select count(*) from dialer.called_number"))["count"] == 0
    assert (await scene.row("select count(*) from dialer.forgotten_number"))["count"] == 1
    again = lead(1)
    await scene.add(again)
    assert await scene.row("select * from dialer.called_number") == known
    assert (await scene.row("select count(*) from dialer.forgotten_number"))["count"] == 0
    assert (await scene.reserve(at=NOW + 60)).reservations == (), "within the minimum gap of the number"
    assert (await scene.lead(again.id))["reason"] == "number_rests"


@pytest.mark.parametrize("project_only", [True, False])
async def test_who_asked_not_to_be_called_is_not_called_when_the_number_comes_again(
    scene: Scene, project_only: bool
) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    books, project = DoNotCall(scene.database), scene.project if project_only else None
    await scene.add(lead(1))
    await books.forbid([NUMBER], project, "просил Иван Петрович", NOW)
    await erase(scene)
    assert await books.entries(None) == []
    for number in (NewPhone(NUMBER), phone(7)):
        await scene.add(lead(5 if number.number == NUMBER else 6, "Europe/Moscow", number))
    (entry,) = await books.entries(None)
    assert (entry.number, entry.project, entry.reason) == (NUMBER, project, "asked_before")
    again = lead(1)
    await scene.add(again)
    await scene.reserve()
    assert (await scene.lead(again.id))["reason"] == "do_not_call"


async def test_a_changed_order_brings_the_memory_back_too(scene: Scene) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    await scene.add(lead(1))
    await DoNotCall(scene.database).forbid([NUMBER], None, "asked", NOW)
    await erase(scene)
    other = lead(2)
    await scene.add(other)
    await IntakeBooks(scene.database).change(other.id, lambda booked: LeadChange(phones=(phone(1),)))
    assert [one.number for one in await DoNotCall(scene.database).entries(None)] == [NUMBER]


async def test_a_forgotten_number_may_be_called_again_when_it_is_taken_off_the_list(scene: Scene) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    books = DoNotCall(scene.database)
    await scene.add(lead(1))
    await books.forbid([NUMBER], None, "asked", NOW)
    await erase(scene)
    assert await books.allow([NUMBER], scene.project) == 0
    assert await books.allow([NUMBER], None) == 1
    await scene.add(lead(1))
    assert await books.entries(None) == []


async def test_a_number_that_another_lead_has_is_remembered_in_the_clear(scene: Scene) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    first = lead(1, external_id="A-1")
    await scene.add(first)
    await called(scene)
    await scene.add(lead(1, external_id="A-2"))
    await closed(scene, first.id, 101)
    assert await forgotten(scene) == 1
    assert (await scene.row("select number from dialer.called_number"))["number"] == NUMBER


async def test_an_older_key_still_knows_and_a_missing_one_lets_nobody_in(scene: Scene, database_dsn: str) -> None:
    await ForgettingBooks(scene.database).set_terms(scene.project, TERMS)
    for number in (1, 2):
        await scene.add(lead(number))
        await DoNotCall(scene.database).forbid([phone(number).number], None, "asked", NOW)
    await erase(scene)
    async with (
        await Database.open(database_dsn, pseudonyms=ROTATED) as rotated,
        await Database.open(database_dsn, pseudonyms=Pseudonyms(ROTATED.keys[:1])) as new_only,
        await Database.open(database_dsn) as without,
    ):
        with pytest.raises(KeyMissing, match=KEYS.key_id):
            await replace(scene, database=new_only).add(lead(3))
        with pytest.raises(KeyMissing):
            await replace(scene, database=without).add(lead(3))
        with pytest.raises(KeyMissing):
            await ForgettingBooks(without).forget([], "daemon", NOW)
        turned = replace(scene, database=rotated)
        await turned.add(lead(1))
        assert [one.number for one in await DoNotCall(rotated).entries(None)] == [NUMBER]
        await erase(turned)
        keys = {key.id: key.forbidden for key in await ForgettingBooks(rotated).keys()}
        assert keys == {KEYS.key_id: 1, ROTATED.key_id: 1}, "forgotten again under the new key"
        assert await ForgettingBooks(new_only).drop_key(KEYS.key_id) == (0, 1)
        assert (await replace(scene, database=new_only).add(lead(3))).sums.accepted == 1


async def test_what_nobody_needs_any_longer_goes(scene: Scene) -> None:
    books = ForgettingBooks(scene.database)
    await books.set_terms(scene.project, TERMS)
    await scene.add(lead(1))
    await called(scene)
    await erase(scene)
    await books.prune(NOW + 300 * DAY_S)
    assert (await scene.row("select count(*) from dialer.forgotten_number"))["count"] == 1
    await books.prune(NOW + 400 * DAY_S)
    assert (await scene.row("select count(*) from dialer.forgotten_number"))["count"] == 0


async def test_who_is_called_again_is_not_forgotten(scene: Scene) -> None:
    books = ForgettingBooks(scene.database)
    await books.set_terms(scene.project, TERMS)
    one = lead(1, external_id="A-1")
    await scene.add(one)
    await called(scene)
    await closed(scene, one.id, 101)
    window = await books.look(scene.project, NOW)
    assert await told(scene, one.id, FeedbackKind.CALL_AGAIN, 0) is FeedbackOutcome.REOPENED
    assert await books.forget(window.doomed, "daemon", NOW) == {}
    assert (await scene.lead(one.id))["closed_at"] is None


async def test_overdue_leads_are_counted(scene: Scene) -> None:
    books = ForgettingBooks(scene.database)
    await books.set_terms(scene.project, TERMS)
    one = lead(1)
    await scene.add(one)
    await called(scene)
    for days, count in ((101, 0), (103, 1)):
        await closed(scene, one.id, days)
        assert await books.overdue(NOW) == count
