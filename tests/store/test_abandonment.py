"""The ledger of abandonments in the books: the sums are those of the attempts, and a restart forgets none of it."""

from dataclasses import replace

import pytest

from dialer.clock import Clock
from dialer.core.effects import CallTimes
from dialer.core.events import BooksOpened
from dialer.core.floor import Floor
from dialer.core.ids import CampaignId, ServerName
from dialer.core.ledger import DAY_S, Counted, LedgerWindow, day_of
from dialer.core.outcome import Outcome
from dialer.core.settings import Server, Site
from dialer.core.wishes import CampaignChanged
from dialer.store import abandonment, campaigns
from dialer.store.books import Books
from dialer.store.sql import load
from tests.store.listener import Listener
from tests.store.scene import DONE, MOSCOW, NOW, Scene, lead, settlement
from tests.store.test_plans import generic_plan, nodes

MINUTE = NOW // 60 * 60


async def answered(scene: Scene, number: int, at: float, *, abandoned: bool = False, disposition: str = "") -> None:
    """One call answered at this instant, settled a minute later."""
    await scene.add(lead(number))
    (one,) = (await scene.reserve(1)).reservations
    told = settlement(
        one,
        DONE,
        Outcome.ABANDONED if abandoned else Outcome.ANSWERED,
        abandoned=abandoned,
        disposition=disposition or None,
        times=CallTimes(NOW, NOW, None, at, None if abandoned else at + 1, at + 30),
    )
    await scene.settle(told)
    await scene.settle(told)  # the second time changes nothing, here too


async def past(scene: Scene, now: float) -> list[Counted]:
    async with scene.database.connection() as conn:
        return (await abandonment.past(conn, [scene.campaign], now)).get(scene.campaign, [])


async def test_settlements_keep_the_sums_by_the_minute_of_the_answer(scene: Scene) -> None:
    await answered(scene, 1, MINUTE + 5)
    await answered(scene, 2, MINUTE + 50, abandoned=True)
    await answered(scene, 3, MINUTE + 60)
    await answered(scene, 4, MINUTE + 61, disposition="machine")
    await scene.add(lead(5))
    (busy,) = (await scene.reserve(1)).reservations
    await scene.settle(settlement(busy))
    assert await past(scene, NOW) == [Counted(MINUTE, 2, 1), Counted(MINUTE + 60, 1, 0)]


async def test_each_window_reads_as_far_back_as_it_reaches(scene: Scene) -> None:
    for number, age_s in enumerate((0.0, 20 * 3600.0, 3 * DAY_S, 29 * DAY_S, 31 * DAY_S)):
        await answered(scene, number, MINUTE - age_s)
    assert len(await past(scene, NOW)) == 2
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
        await campaigns.update_campaign(conn, replace(settings, ceiling_window=LedgerWindow.ROLLING_30D))
    assert len(await past(scene, NOW)) == 4


async def test_a_restart_forgets_no_budget(scene: Scene) -> None:
    clock = Clock()
    await answered(scene, 1, clock.now() - 600, abandoned=True)
    await answered(scene, 2, clock.now() - 300)
    await scene.run("update dialer.campaign set state = 'running'")
    await scene.add(lead(3))
    (talking,) = (await scene.reserve(1)).reservations
    await scene.run("update dialer.attempt set state = 'talking', answered_at = now() where id = $1", talking.attempt)
    floor = started(await Books(scene.database, clock, Listener()).recover())
    ledger = floor.room.campaigns[scene.campaign].ledger
    assert (ledger.answered, ledger.abandoned) == (3, 1), "settled ones and the one that is being talked to"


async def test_a_campaign_at_rest_brings_its_ledger_when_it_is_told(scene: Scene) -> None:
    clock = Clock()
    await answered(scene, 1, clock.now() - 600, abandoned=True)
    floor = started(await Books(scene.database, clock, Listener()).recover())
    assert scene.campaign not in floor.room.campaigns
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
    floor.step(CampaignChanged(at=clock.now(), settings=settings, past=await past(scene, clock.now())))
    assert floor.room.campaigns[scene.campaign].ledger.abandoned == 1


async def test_no_campaign_reads_anothers_minutes(scene: Scene) -> None:
    """The plan: by the key, whatever has gathered over the years."""
    await scene.run(
        "insert into dialer.abandonment select $1, to_timestamp($2) - make_interval(mins => g), 3, 1"
        " from generate_series(1, 50000) g",
        scene.campaign,
        MINUTE,
    )
    await scene.run("analyze dialer.abandonment")
    async with scene.database.connection() as conn:
        plan = await generic_plan(conn, load("abandonment")["past"])
        assert await abandonment.past(conn, [CampaignId(0)], NOW) == {}
    reads = [node["Node Type"] for node in nodes(plan) if node.get("Relation Name") == "abandonment"]
    assert reads
    assert "Seq Scan" not in reads


def started(opened: BooksOpened) -> Floor:
    floor = Floor(Site((Server(ServerName("pbx1")),), ()))
    floor.step(opened)
    return floor


async def test_the_proof_of_a_day_adds_up_with_the_books(scene: Scene) -> None:
    """Two days of calls: the day's own lines, with yesterday in the window, against rows and sums of the books."""
    begins, ends = day_of(MOSCOW, NOW)
    for number in range(40):
        at = begins - 7200 + number * 600
        await answered(scene, number, at, abandoned=number % 7 == 3, disposition="machine" if number % 11 == 5 else "")
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
        found = await abandonment.proof_of(conn, settings, begins + 60)
        minutes = (await abandonment.past(conn, [scene.campaign], begins + 3600))[scene.campaign]
    of_day = [minute for minute in minutes if begins <= minute.at < ends]
    assert (found.answered, found.abandoned) == (
        sum(minute.answered for minute in of_day),
        sum(minute.abandoned for minute in of_day),
    )
    assert 0 < len(found.lines) < sum(minute.abandoned for minute in minutes), "yesterday's are not listed"
    for line in found.lines:
        row = await scene.attempt(line.attempt)
        assert row["abandoned"]
        assert row["answered_at"].timestamp() == line.at
        assert line.budget_after == pytest.approx(line.budget_before + settings.ceiling_ratio - 1)
    assert found.lines[-1].abandoned == sum(minute.abandoned for minute in minutes if minute.at <= found.lines[-1].at)
