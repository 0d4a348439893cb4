"""The deliverer over real HTTP to the simulated courier, beside clients that would hold up a lesser one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

from dialer.clock import Clock
from dialer.core.signing import secret_of
from dialer.core.webhooks import DeliveryState, Webhook, WebhookId
from dialer.outbox.deliverer import Deliverer
from dialer.outside.client import Client
from sim.courier.server import Courier
from tests.outbox.conftest import KEY, Post
from tests.outside.peers import peer, saying, silent

EVENTS = 60
LONGEST_S = 60
REDIRECT = b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"


@asynccontextmanager
async def running(post: Post) -> AsyncIterator[Deliverer]:
    """A deliverer at work, in real time."""
    async with Client() as client, asyncio.TaskGroup() as tasks:
        deliverer = Deliverer(post.books, client.send, Clock(), KEY, Random(1))
        tasks.create_task(deliverer.run())
        yield deliverer
        deliverer.stop()


async def hook(post: Post, url: str) -> Webhook:
    wanted = Webhook(WebhookId(0), post.project, url, salt="the salt")
    return await post.settings.add(wanted, Clock().now())


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONGEST_S):
        while not reached():  # noqa: ASYNC110 - the courier is another machine
            await asyncio.sleep(0.01)


async def begin(post: Post) -> None:
    post.clock.at = Clock().now()
    await post.settings.allow(post.project, "127.0.0.0/8", "a test", post.clock.now())


async def test_everything_arrives_beside_clients_that_are_poison(post: Post) -> None:
    await begin(post)
    garbage, redirect = peer(saying(b"\x00\x01\x02 nonsense")), peer(saying(REDIRECT))
    async with Courier() as courier, garbage as first, redirect as second, peer(silent) as third:
        courier.secrets.append(secret_of(KEY, "the salt"))
        courier.faults.error_ratio = 0.02
        await hook(post, f"{courier.url}/results")
        for port in (first, second, third):
            await hook(post, f"http://127.0.0.1:{port}/x")
        async with running(post) as deliverer:
            made = {f"evt_{await post.happen(number % 25)}" for number in range(EVENTS)}
            deliverer.wake()
            async with asyncio.timeout(LONGEST_S):
                # What is not yet shared out is in no backlog: it passes through this figure on its way up, too.
                while len(courier.firm.results) < EVENTS or (await post.backlog()).pending != 3 * EVENTS:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            for task in deliverer._on_their_way:
                task.cancel()  # those which the silent one would hold for ten seconds
    assert set(courier.firm.results) == made
    assert (await post.backlog()).dead == 0
    orders: dict[str, list[int]] = {}
    for name, event in courier.firm.results.items():
        orders.setdefault(event["data"]["lead"], []).append(int(name.removeprefix("evt_")))
    assert all(events == sorted(events) for events in orders.values())


async def test_a_good_answer_with_a_body_that_is_cut_short_has_arrived(post: Post) -> None:
    await begin(post)
    async with peer(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort")) as port:
        webhook = await hook(post, f"http://127.0.0.1:{port}/x")
        await post.happen(1)
        async with running(post) as deliverer:
            deliverer.wake()
            await until(lambda: deliverer._lanes.get(webhook.id) is not None)
            await deliverer.idle()
    (arrived,) = await post.settings.deliveries(webhook.id, DeliveryState.DELIVERED)
    assert (arrived.status, arrived.tries) == (200, 1)


async def test_a_network_that_is_no_longer_allowed_is_not_reached(post: Post) -> None:
    await begin(post)
    async with Courier() as courier:
        courier.secrets.append(secret_of(KEY, "the salt"))
        webhook = await hook(post, f"{courier.url}/results")
        await post.settings.forbid(post.project, "127.0.0.0/8")
        async with running(post) as deliverer:
            await post.happen(1)
            deliverer.wake()
            await until(lambda: deliverer._lanes.get(webhook.id) is not None)
            await deliverer.idle()
    assert not courier.firm.results
    (waiting,) = await post.settings.deliveries(webhook.id, DeliveryState.PENDING)
    assert waiting.error == "address_refused"
