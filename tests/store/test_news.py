"""Word from other processes: what a running daemon hears of a command beside it."""

import asyncio
from contextlib import suppress

from dialer.core.ids import CampaignId, LeadId
from dialer.store.do_not_call import DoNotCall
from dialer.store.news import LeadsNews, announce_leads
from tests.store.scene import NOW, Scene, lead


async def test_leads_added_and_a_lead_in_a_call_that_is_forbidden_are_heard(scene: Scene, database_dsn: str) -> None:
    heard = asyncio.Queue[CampaignId | LeadId]()
    news = LeadsNews(database_dsn, heard.put_nowait, heard.put_nowait)
    listening = asyncio.ensure_future(news.run())
    try:
        assert await heard_after(scene, heard) == scene.campaign
        calling, waiting = lead(1), lead(2)
        await scene.add(calling)
        await scene.reserve(1)
        await scene.add(waiting)
        await DoNotCall(scene.database).forbid(["9000000001", "9000000002"], None, "asked", NOW)
        assert await asyncio.wait_for(next_lead(heard), 60) == calling.id
        assert heard.empty()
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


async def heard_after(scene: Scene, heard: asyncio.Queue[CampaignId | LeadId]) -> CampaignId | LeadId:
    """Said again until it is heard: nobody knows when the listener began."""
    async with asyncio.timeout(60):
        while heard.empty():
            async with scene.database.connection() as conn:
                await announce_leads(conn, scene.campaign)
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    return await heard.get()
    return heard.get_nowait()


async def next_lead(heard: asyncio.Queue[CampaignId | LeadId]) -> LeadId:
    while not isinstance(found := await heard.get(), str):
        pass
    return found
