"""From the outbox to the client: signed, in order per lead, at least once, none held up by another."""

import asyncio
from dataclasses import dataclass, field, replace
from random import Random

import orjson
import pytest

from dialer.core.ids import LeadId
from dialer.core.signing import flaw_of, secret_of
from dialer.core.webhooks import DeliveryState, Webhook, WebhookState
from dialer.logs import configure
from dialer.outbox.deliverer import AT_ONCE, LEASE_S
from dialer.outbox.retry import GIVE_UP_S, LONGEST_DELAY_S, next_try
from dialer.outside.breaker import LONGEST_PAUSE_S
from dialer.outside.client import Answer, Request, Trouble
from dialer.store import campaigns
from tests.outbox.conftest import KEY, Post, clients, deliverer_of, lead_id
from tests.outbox.receivers import OK, Lossy, Receiver, World

HOUR_S = 3600.0


@dataclass
class Choosy(Receiver):
    """Refuses the events of some leads."""

    refuses: set[LeadId] = field(default_factory=set)

    def accept(self, request: Request) -> Answer:
        is_refused = orjson.loads(request.body)["data"]["lead"] in self.refuses
        return Answer(422, {}, b"") if is_refused else super().accept(request)


async def test_a_result_arrives_signed_with_the_clients_own_word(post: Post) -> None:
    shop = Receiver()
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop", status_map={"agreed": "APPROVED"})
    event = await post.happen(1, answered_at=post.clock.now())
    await post.turn()
    (body,), (headers,) = shop.bodies, shop.headers
    assert (body["id"], body["type"], body["status"]) == (f"evt_{event}", "attempt_settled", "APPROVED")
    assert body["data"]["disposition"] == "agreed"
    assert body["data"]["answered_at"].endswith("Z")
    assert headers["webhook-attempt"] == "1"
    raw = orjson.dumps(body)
    assert flaw_of([secret_of(KEY, webhook.salt)], headers, raw, post.clock.now()) is None
    assert (await post.backlog()).pending == 0


async def test_a_project_without_a_webhook_is_done_with(post: Post) -> None:
    await post.happen(1)
    await post.turn()
    assert await post.books.fan_out(post.clock.now(), post.clock.now(), 10) == 0
    assert (await post.backlog()).pending == 0


async def test_each_webhook_gets_the_kinds_that_it_wants(post: Post) -> None:
    all_of_it, none_of_it = Receiver(), Receiver()
    clients(post, World(all=all_of_it, none=none_of_it))
    await post.webhook("all")
    await post.webhook("none", kinds=("feedback",))
    await post.happen(1)
    await post.turn()
    assert (len(all_of_it.bodies), len(none_of_it.bodies)) == (1, 0)


async def test_what_fails_comes_again_later_and_later(post: Post) -> None:
    shop = Receiver(mood=lambda: 500)
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop")
    await post.happen(1)
    gaps, before = [], post.clock.now()
    for _ in range(4):
        await post.turn()
        (waiting,) = await post.settings.deliveries(webhook.id, DeliveryState.PENDING)
        assert (waiting.status, waiting.error) == (500, "http_500")
        assert waiting.next_try_at is not None
        gaps.append(waiting.next_try_at - before)
        post.clock.at = before = waiting.next_try_at
    assert gaps == sorted(gaps)
    assert gaps[-1] > 4 * gaps[0]


async def test_of_one_lead_nothing_overtakes_and_other_leads_go_on(post: Post) -> None:
    bad: set[str] = set()

    class Picky(Receiver):
        def hear(self, request: Request) -> Answer:
            return Answer(422, {}, b"") if orjson.loads(request.body)["id"] in bad else self.accept(request)

    shop = Picky()
    clients(post, World(shop=shop))
    await post.webhook("shop")
    first = await post.happen(1)
    bad.add(f"evt_{first}")
    others = [await post.happen(number) for number in (1, 2, 1, 3)]
    await post.run(120)
    assert [body["id"] for body in shop.bodies] == [f"evt_{others[1]}", f"evt_{others[3]}"]
    bad.clear()
    await post.run(HOUR_S)
    assert list(shop.by_lead.values())[2] == [first, others[0], others[2]]
    assert (await post.backlog()).pending == 0


async def test_events_that_are_refused_hold_up_no_others(post: Post) -> None:
    """A shop that no longer knows some orders answers: whatever it has not refused comes at once."""
    shop = Choosy()
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop")
    shop.refuses = {lead_id(number) for number in range(100)}
    for number in range(100):
        await post.happen(number)
    await post.run(600, step_s=5)
    for number in range(100, 110):
        await post.happen(number)
        await post.run(60, step_s=5)
        assert len(shop.got) == number - 99
    tries = {one.tries for one in await post.settings.deliveries(webhook.id, DeliveryState.PENDING)}
    assert tries <= {6, 7, 8, 9, 10}, "each waits longer and longer by itself"


async def test_an_event_that_cannot_be_told_holds_up_no_others(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    configure(as_json=True)
    shop = Receiver()
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop")
    await post.happen(1, answered_at=1e300)  # no year is so far off
    await post.happen(2)
    await post.turn()
    assert [body["data"]["lead"] for body in shop.bodies] == [lead_id(2)]
    (waiting,) = await post.settings.deliveries(webhook.id, DeliveryState.PENDING)
    assert (waiting.status, waiting.error) == (None, "error_of_ours")
    (bug,) = [line for line in map(orjson.loads, capsys.readouterr().err.splitlines()) if line["event"] == "bug"]
    assert (bug["where"], bug["error"], bug["delivery"]) == ("webhooks", "OverflowError", waiting.id)


async def test_who_comes_back_gets_what_waited_for_him_and_not_what_he_refused(post: Post) -> None:
    shop = Choosy(refuses={lead_id(1)})
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop")
    first, follower = await post.happen(1), await post.happen(1)
    await post.turn()
    (refused,) = [one for one in await post.settings.deliveries(webhook.id, DeliveryState.PENDING) if one.tries]
    await post.books.failed(refused.id, 422, "http_422", post.clock.now(), post.clock.now() + HOUR_S)
    shop.mood = lambda: 503
    for number in range(2, 12):
        await post.happen(number)
    await post.run(600)
    shop.mood = lambda: None
    await post.run(LONGEST_PAUSE_S)
    assert len(shop.got) == 10
    found = await post.settings.deliveries(webhook.id, DeliveryState.PENDING)
    assert {one.event: one.next_try_at for one in found} == dict.fromkeys(
        (first, follower), refused.created_at + HOUR_S
    )


async def test_a_probe_that_is_refused_has_found_the_receiver(post: Post) -> None:
    shop = Choosy(mood=lambda: Trouble.CONNECT, refuses={lead_id(1)})
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop")
    for number in range(1, 21):
        await post.happen(number)
    await post.run(HOUR_S)
    asked = shop.asked
    await post.run(HOUR_S)
    assert shop.asked - asked <= 12, "left alone, but for probes"
    shop.mood = lambda: None
    await post.run(LONGEST_PAUSE_S)
    assert len(shop.got) == 19
    (waiting,) = await post.settings.deliveries(webhook.id, DeliveryState.PENDING)
    assert waiting.status == 422


@pytest.mark.parametrize("mood", [Trouble.TIMEOUT, 500, 503, 429])
async def test_who_is_away_is_left_alone(post: Post, mood: Trouble | int) -> None:
    shop = Receiver(mood=lambda: mood)
    clients(post, World(shop=shop))
    await post.webhook("shop")
    for number in range(100):
        await post.happen(number)
    await post.run(HOUR_S, step_s=5)
    assert shop.asked < 40


async def test_a_day_with_errors_an_hour_down_and_a_client_who_answers_garbage(post: Post) -> None:
    """24 hours: who is well or comes back has everything, once or more, in order; the counts of both sides agree."""
    start = post.clock.at
    good, down = Lossy(), Receiver()
    down.mood = lambda: Trouble.CONNECT if 8 * HOUR_S <= post.clock.at - start < 9 * HOUR_S else None
    garbage = Receiver(mood=lambda: Trouble.GARBAGE)
    clients(post, World(good=good, down=down, garbage=garbage))
    hosts = [await post.webhook(host) for host in ("good", "down", "garbage")]
    chance, made = Random(11), 0
    while post.clock.at < start + 24 * HOUR_S:
        for _ in range(chance.randrange(4)):
            await post.happen(chance.randrange(100))
            made += 1
        await post.run(300, step_s=300)
    await post.run(2 * HOUR_S, step_s=300)
    for receiver, webhook in zip((good, down), hosts, strict=False):
        delivered = await post.settings.deliveries(webhook.id, DeliveryState.DELIVERED, bound=10_000)
        assert {f"evt_{one.event}" for one in delivered} == set(receiver.got)
        assert len(receiver.got) == made
        assert all(events == sorted(events) for events in receiver.by_lead.values())
    assert sum(good.got.values()) > made, "answers were lost, so some came twice"
    waiting = await post.settings.deliveries(hosts[2].id, DeliveryState.PENDING, bound=10_000)
    assert len(waiting) == made
    assert not garbage.got
    assert garbage.asked < 24 * 60, "left alone, but for probes"
    garbage.mood = lambda: None
    await post.run(HOUR_S, step_s=300)
    assert len(garbage.got) == made
    assert (await post.backlog()).pending == 0


async def test_after_three_days_it_is_dead_and_a_replay_brings_it(post: Post) -> None:
    shop = Receiver(mood=lambda: 503)
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop")
    await post.happen(1)
    await post.happen(1)
    await post.run(GIVE_UP_S - HOUR_S, step_s=HOUR_S)
    assert (await post.backlog()).dead == 0
    await post.run(2 * HOUR_S, step_s=600)
    backlog = await post.backlog()
    assert (backlog.pending, backlog.dead) == (0, 2)
    dead = await post.settings.deliveries(webhook.id, DeliveryState.DEAD)
    assert {one.error for one in dead} == {"http_503", "never_sent"}
    shop.mood = lambda: None
    now = post.clock.now()
    assert await post.settings.replay(webhook.id, [dead[0].id], now, now + GIVE_UP_S) == 1
    assert await post.settings.replay(webhook.id, None, now, now + GIVE_UP_S) == 1
    await post.run(2 * HOUR_S)
    assert sorted(shop.got.values()) == [1, 1]
    assert await post.settings.replay(webhook.id, None, now, now + GIVE_UP_S) == 0


async def test_one_who_never_answers_holds_up_nobody(post: Post) -> None:
    """Its lane is full of requests that hang; the other's events go through."""
    hung, shop = asyncio.Event(), Receiver()

    class Hanging(World):
        async def send(self, request: Request) -> Answer:
            if "slow" in request.url:
                await hung.wait()
                return OK
            return await super().send(request)

    clients(post, Hanging(shop=shop))
    await post.webhook("slow")
    await post.webhook("shop")
    async with asyncio.TaskGroup() as tasks:
        for number in range(3 * AT_ONCE):
            await post.happen(number)
            await post.deliverer.turn(tasks)
        async with asyncio.timeout(60):
            while len(shop.got) < 3 * AT_ONCE:
                await asyncio.sleep(0)
                await post.deliverer.turn(tasks)
        hung.set()


async def test_a_daemon_that_dies_costs_a_second_delivery_and_no_event(post: Post) -> None:
    shop = Receiver()

    class Dying(World):
        async def send(self, request: Request) -> Answer:
            await super().send(request)
            raise asyncio.CancelledError

    clients(post, Dying(shop=shop))
    await post.webhook("shop")
    await post.happen(1)
    await post.turn()
    post.deliverer = deliverer_of(post.database, post.clock, World(shop=shop))
    await post.turn()
    assert sum(shop.got.values()) == 1, "the other one may still be at it"
    await post.run(LEASE_S + 1)
    assert list(shop.got.values()) == [2]
    assert shop.headers[-1]["webhook-attempt"] == "2"


async def test_two_daemons_send_each_event_once(post: Post) -> None:
    shop = Receiver()
    await post.webhook("shop")
    pair = [deliverer_of(post.database, post.clock, World(shop=shop)) for _ in range(2)]
    for number in range(60):
        await post.happen(number % 20)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(20):
            await asyncio.gather(*(one.turn(tasks) for one in pair))
            await asyncio.gather(*(one.idle() for one in pair))
    assert (len(shop.got), set(shop.got.values())) == (60, {1})
    assert all(events == sorted(events) for events in shop.by_lead.values())


async def test_a_paused_webhook_waits_and_a_removed_one_gives_up(post: Post) -> None:
    shop = Receiver()
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop")
    for state, arrived in (("paused", 0), ("active", 1)):
        await post.settings.change(with_state(webhook, state), post.clock.now())
        if state == "paused":
            await post.happen(1)
        await post.run(60)
        assert len(shop.got) == arrived
    await post.settings.change(with_state(webhook, "paused"), post.clock.now())
    await post.happen(2)
    await post.turn()
    await post.settings.change(with_state(webhook, "removed"), post.clock.now())
    assert (await post.backlog()).dead == 1


async def test_retry_after_is_heeded(post: Post) -> None:
    class Busy(Receiver):
        def hear(self, request: Request) -> Answer:
            return Answer(429, {"retry-after": "900"}, b"")

    clients(post, World(shop=Busy()))
    webhook = await post.webhook("shop")
    await post.happen(1)
    await post.turn()
    (waiting,) = await post.settings.deliveries(webhook.id, DeliveryState.PENDING)
    assert waiting.next_try_at == post.clock.now() + 900


async def test_a_replaced_secret_is_good_for_a_while(post: Post) -> None:
    shop = Receiver()
    clients(post, World(shop=shop))
    webhook = await post.webhook("shop")
    await post.settings.rotate(webhook.id, "new salt", post.clock.now() + HOUR_S)
    old, new = secret_of(KEY, webhook.salt), secret_of(KEY, "new salt")
    for number, good_old in ((1, True), (2, False)):
        await post.happen(number)
        await post.turn()
        raw, headers = orjson.dumps(shop.bodies[-1]), shop.headers[-1]
        assert flaw_of([new], headers, raw, post.clock.now()) is None
        assert (flaw_of([old], headers, raw, post.clock.now()) is None) is good_old
        post.clock.at += HOUR_S


async def test_projects_do_not_see_each_others_results(post: Post) -> None:
    ours, theirs = Receiver(), Receiver()
    clients(post, World(ours=ours, theirs=theirs))
    async with post.database.connection() as conn:
        other = await campaigns.create_project(conn, "Лютик")
    await post.webhook("ours")
    await post.webhook("theirs", other)
    await post.happen(1)
    await post.happen(2, other)
    await post.turn()
    assert (len(ours.got), len(theirs.got)) == (1, 1)
    assert set(ours.got).isdisjoint(theirs.got)


async def test_old_deliveries_are_forgotten_and_what_waits_is_not(post: Post) -> None:
    shop = Receiver()
    clients(post, World(shop=shop))
    await post.webhook("shop")
    await post.happen(1)
    await post.run(60)
    shop.mood = lambda: 500
    await post.happen(2)
    await post.run(60)
    assert await post.books.prune(post.clock.now() + 1, post.clock.now() + 1) == 2
    assert (await post.backlog()).pending == 1


async def test_what_was_given_up_is_kept_longer_and_not_for_ever(post: Post) -> None:
    clients(post, World(shop=Receiver(mood=lambda: 500)))
    webhook = await post.webhook("shop")
    await post.happen(1)
    await post.turn()
    post.clock.at += GIVE_UP_S + HOUR_S
    await post.turn()
    now = post.clock.now()
    assert await post.books.prune(now + 1, now) == 0
    assert await post.settings.replay(webhook.id, None, now, now) == 1, "it can be sent again as long"
    await post.turn()
    assert await post.books.prune(now + 1, now + 1) == 2, "the delivery, and the event"
    assert (await post.backlog()).dead == 0


async def test_what_was_made_for_a_webhook_goes_with_it(post: Post) -> None:
    shop = Receiver()
    clients(post, World(shop=shop, other=Receiver()))
    webhook = await post.webhook("shop")
    other = await post.webhook("other", kinds=("attempt_settled",))
    await post.happen(1)
    await post.turn()
    shop.mood = lambda: 500
    await post.happen(2)
    await post.turn()
    await post.settings.change(with_state(webhook, "removed"), post.clock.now())
    assert await post.books.prune(0, 0) == 2
    assert await post.settings.deliveries(webhook.id, DeliveryState.DEAD) == []
    assert len(await post.settings.deliveries(other.id, DeliveryState.DELIVERED)) == 2


@pytest.mark.parametrize("attempt", [1, 5, 11, 80, 10_000])
def test_the_next_try_is_later_and_never_later_than_an_hour(attempt: int) -> None:
    for seed in range(20):
        assert 0 < next_try(attempt, 0.0, Random(seed)) <= LONGEST_DELAY_S


def with_state(webhook: Webhook, state: str) -> Webhook:
    return replace(webhook, state=WebhookState(state))
