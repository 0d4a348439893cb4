"""The books at boot: what was not finished is told, as it was."""

import asyncio
from dataclasses import replace

from dialer.clock import Clock
from dialer.core.effects import BookCampaignState, BookProgress
from dialer.core.events import OpenAttempt
from dialer.core.ids import AgentId, Leg, ServerName
from dialer.core.outcome import AttemptRules
from dialer.core.settings import Phone
from dialer.core.states import CampaignState
from dialer.store import agents, campaigns
from dialer.store.books import Books
from tests.store.listener import Listener
from tests.store.scene import NOW, Scene, lead, settlement


async def test_what_was_not_settled_comes_back_as_it_was(scene: Scene) -> None:
    await scene.add(lead(1), lead(2), lead(3))
    settled, talking, intended = (await scene.reserve()).reservations
    await scene.settle(settlement(settled))
    steps = ("dialled", "answered", "talking")
    await scene.progress(
        *(
            BookProgress(attempt=talking.attempt, state=state, at=NOW + second, agent=AgentId(1001))
            for second, state in enumerate(steps)
        )
    )
    await scene.run("update dialer.campaign set state = 'running'")
    async with scene.database.connection() as conn:
        await agents.save_agent(conn, agents.Agent(AgentId(1001), "Ольга"))
        await agents.sign_in(conn, AgentId(1001), Phone(ServerName("pbx1"), "1001"), Leg("dlr-a1001-x"), NOW)
    opened = await Books(scene.database, Clock(), Listener()).recover()
    talking, intended = (replace(claim, known=None) for claim in (talking, intended))
    assert list(opened.attempts) == [
        OpenAttempt(
            talking,
            ServerName("pbx1"),
            trunk=scene.wish(1).trunk,
            state="talking",
            dialled_at=NOW,
            answered_at=NOW + 1,
            bridged_at=NOW + 2,
            agent=AgentId(1001),
        ),
        OpenAttempt(intended, ServerName("pbx1"), trunk=scene.wish(1).trunk, state="intended"),
    ]
    assert [session.agent for session in opened.sessions] == [AgentId(1001)]
    assert [settings.id for settings in opened.campaigns] == [scene.campaign]


async def test_no_lead_is_claimed_before_the_campaign_s_start_is_in_the_books(scene: Scene) -> None:
    """A daemon killed at its first call must find the campaign running when it comes back."""
    await scene.add(lead(1))
    books = Books(scene.database, Clock(), Listener())
    async with asyncio.TaskGroup() as tasks:
        async with scene.database.transaction() as held:
            await held.execute("select from dialer.campaign for no key update")
            tasks.create_task(books.writer.run())
            books.writer.put(BookCampaignState(campaign=scene.campaign, state=CampaignState.RUNNING))
            claim = tasks.create_task(books.reserve(scene.wish(1)))
            await asyncio.wait([claim], timeout=0.3)
            assert not claim.done()
            assert await scene.tally() == {}
        assert len((await claim).reservations) == 1
        books.writer.stop()
    async with scene.database.connection() as conn:
        assert (await campaigns.campaign(conn, scene.campaign)).state is CampaignState.RUNNING


async def test_contradictions_are_counted(scene: Scene) -> None:
    await scene.add(*(lead(number) for number in range(4)))
    one, two, three, _four = (await scene.reserve()).reservations
    books = Books(scene.database, Clock(), Listener())
    assert (await books.imbalance()).total == 0
    await scene.run("delete from dialer.live_attempt where attempt = $1", one.attempt)
    await scene.run("update dialer.lead set state = 'ready' where id = $1", two.lead)
    await scene.run("update dialer.attempt set state = 'settled', outcome = 'lost' where id = $1", three.attempt)
    found = await books.imbalance()
    assert (found.open_without_lock, found.orphans) == (1, 1)
    assert (found.live_without_claim, found.lock_without_open) == (1, 1)
    assert found.total == 4


async def test_a_claim_that_came_true_when_its_daemon_was_dead_is_given_up(scene: Scene) -> None:
    await scene.add(*(lead(number) for number in range(4)))
    known, *strays = (await scene.reserve(3)).reservations
    (young,) = (await scene.reserve(1, at=Clock().now())).reservations
    books = Books(scene.database, Clock(), Listener())
    led = {scene.campaign: AttemptRules(max_attempts=2)}
    assert await books.give_up_strays({}, lambda attempt: False) == [], "nobody else's"
    assert await books.give_up_strays(led, {known.attempt}.__contains__) == [one.attempt for one in strays]
    assert await scene.tally() == {"": 2, "unknown_not_redialled": 2}
    for one, state in ((strays[0], "waiting"), (strays[1], "waiting"), (known, "claimed"), (young, "claimed")):
        assert (await scene.lead(one.lead))["state"] == state
    assert (await scene.imbalance()).total == 0
