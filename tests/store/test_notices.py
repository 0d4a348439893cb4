"""Notices in the books: made by the settlement that they follow, once a work cycle; in one hand at a time."""

from dataclasses import replace

import orjson
import pytest

from dialer.core.feedback import Feedback, FeedbackKind
from dialer.core.ids import CampaignId
from dialer.core.notices import Channel, Gateway, NoticeState, NoticeStep
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.slots import Template
from dialer.core.webhooks import Webhook, WebhookId
from dialer.store.errors import Unknown
from dialer.store.feedback import FeedbackBooks
from dialer.store.notices import NoticeBooks
from dialer.store.outbox import WebhookBooks
from tests.store.scene import NOW, Scene, lead, settlement

SORRY = NoticeStep("sorry", Channel.SMS, frozenset({Outcome.NO_ANSWER, Outcome.BUSY}), 2, "Не дозвонились, {person}")
SETTLED = NOW + 30
LATER = LeadStep(LeadState.WAITING, "no_answer", next_call_at=NOW)


async def tried(scene: Scene, *outcomes: Outcome, step: LeadStep = LATER, **rest: object) -> None:
    for outcome in outcomes:
        (taken,) = (await scene.reserve(1)).reservations
        await scene.settle(settlement(taken, step, outcome, **rest))
        await scene.run("delete from dialer.called_number")


async def made(scene: Scene) -> int:
    found: int = (await scene.row("select count(*) from dialer.notice"))["count"]
    return found


@pytest.fixture
async def books(scene: Scene) -> NoticeBooks:
    found = NoticeBooks(scene.database)
    await found.set_steps(scene.campaign, [SORRY])
    await scene.add(lead(1, person="Мария", external_id="A-1", fields={"Email": "m@x.y"}))
    return found


async def test_it_is_made_after_so_many_and_once(scene: Scene, books: NoticeBooks) -> None:
    await tried(scene, Outcome.NO_ANSWER)
    assert await made(scene) == 0
    await tried(scene, Outcome.UNAVAILABLE)
    assert await made(scene) == 0, "that is none of its outcomes"
    await tried(scene, Outcome.BUSY, Outcome.BUSY, Outcome.NO_ANSWER)
    assert await made(scene) == 1
    (notice,) = await books.take(scene.project, SETTLED, SETTLED + 60, 10)
    assert (notice.step, notice.tries, notice.numbers, notice.wanted) == ("sorry", 1, ("9000000001",), SORRY)
    assert (notice.values["person"], notice.values["order"], notice.values["email"]) == ("Мария", "A-1", "m@x.y")


async def test_a_new_work_cycle_may_have_it_again(scene: Scene, books: NoticeBooks) -> None:
    await tried(scene, Outcome.BUSY, Outcome.BUSY)
    (row,) = [await scene.row("select id from dialer.lead")]
    await scene.run("update dialer.lead set state = 'done'")
    hook = await WebhookBooks(scene.database).add(Webhook(WebhookId(0), scene.project, "https://c.test", "s"), NOW)
    told = Feedback(hook.id, scene.project, "m", FeedbackKind.CALL_AGAIN, NOW, str(row["id"]))  # type: ignore[arg-type]
    await FeedbackBooks(scene.database).hear(told, NOW)
    await scene.run("update dialer.lead set next_call_at = to_timestamp($1)", NOW)
    await tried(scene, Outcome.BUSY, Outcome.BUSY)
    assert await made(scene) == 2


async def test_what_used_no_attempt_or_was_cancelled_makes_none(scene: Scene, books: NoticeBooks) -> None:
    free = replace(LATER, uses_attempt=False)
    await tried(scene, Outcome.BUSY)
    await tried(scene, Outcome.BUSY, step=free)
    assert await made(scene) == 0
    (taken,) = (await scene.reserve(1)).reservations
    await scene.run("update dialer.lead set withdrawn = 'cancelled'")
    await scene.settle(settlement(taken, LATER, Outcome.BUSY))
    assert await made(scene) == 0


async def test_one_hand_at_a_time_and_what_a_dead_hand_held_is_unknown(scene: Scene, books: NoticeBooks) -> None:
    await tried(scene, Outcome.BUSY, Outcome.BUSY)
    (notice,) = await books.take(scene.project, SETTLED, SETTLED + 60, 10)
    assert await books.take(scene.project, SETTLED, SETTLED + 60, 10) == []
    assert await books.close_lost(SETTLED + 59) == 0
    assert await books.close_lost(SETTLED + 61) == 1
    assert await books.take(scene.project, SETTLED + 1000, SETTLED + 2000, 10) == [], "at most once"
    (told,) = await books.of_lead(notice.lead)
    assert (told.state, told.reason) == (NoticeState.UNKNOWN, "daemon_gone")


async def test_the_client_is_told_once_what_became_of_it(scene: Scene, books: NoticeBooks) -> None:
    await tried(scene, Outcome.BUSY, Outcome.BUSY)
    (notice,) = await books.take(scene.project, SETTLED, SETTLED + 60, 10)
    for _ in range(2):
        await books.close(notice.id, NoticeState.SENT, "", SETTLED + 5)
    events = await scene.row(
        "select count(*), max(payload::text) as payload from dialer.outbox where kind = 'notice_settled'"
    )
    told = orjson.loads(events["payload"])
    assert (events["count"], told["step"], told["notice_state"], told["external_id"]) == (1, "sorry", "sent", "A-1")
    assert await books.tally(scene.campaign) == [{"step": "sorry", "channel": "sms", "state": "sent", "notices": 1}]


async def test_waiting_counts_as_a_try_only_where_it_was_one(scene: Scene, books: NoticeBooks) -> None:
    await tried(scene, Outcome.BUSY, Outcome.BUSY)
    tries = []
    for at, counts in ((SETTLED, False), (SETTLED + 100, True), (SETTLED + 200, True)):
        (notice,) = await books.take(scene.project, at, at + 60, 10)
        tries.append(notice.tries)
        await books.wait(notice.id, at + 100, "hours", counts=counts)
    assert tries == [1, 1, 2]


async def test_what_is_long_over_is_forgotten_but_for_a_cycle_that_goes_on(scene: Scene, books: NoticeBooks) -> None:
    for number in (2, 3, 4):
        await tried(scene, Outcome.BUSY, Outcome.BUSY)
        await scene.run("update dialer.lead set next_call_at = to_timestamp($1)", NOW + 86400)
        await scene.add(lead(number, external_id=f"A-{number}"))
    for notice in await books.take(scene.project, SETTLED, SETTLED + 60, 2):
        await books.close(notice.id, NoticeState.SENT, "", SETTLED)
    assert (await made(scene), await books.prune(SETTLED + 1)) == (3, 0), "their leads are still called"
    await scene.run("update dialer.lead set state = 'done'")
    assert await books.prune(SETTLED) == 0
    assert await books.prune(SETTLED + 1) == 2
    assert await made(scene) == 1, "one waits"


async def test_settings_are_kept(scene: Scene, books: NoticeBooks) -> None:
    mail = NoticeStep("mail", Channel.EMAIL, frozenset({Outcome.REJECTED}), 1, "{person}", "Заказ", "почта")
    await books.set_steps(scene.campaign, [mail, SORRY])
    assert await books.steps(scene.campaign) == [mail, SORRY]
    gateway = Gateway(scene.project, Template("POST", "https://sms.test/", '{"t": "{text}"}', {"a": "b"}), "SHOP", True)
    await books.save_gateway(gateway, NOW)
    assert await books.gateway(scene.project) == gateway
    assert await books.drop_gateway(scene.project)
    assert await books.gateway(scene.project) is None
    with pytest.raises(Unknown):
        await books.set_steps(CampaignId(77), [SORRY])
    with pytest.raises(Unknown):
        await books.save_gateway(replace(gateway, project=77), NOW)  # type: ignore[arg-type]
