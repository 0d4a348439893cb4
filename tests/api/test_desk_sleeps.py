"""A desk whose tab sleeps, or whose network is silent for half a minute: the agent's state stays right and says so."""

import asyncio
import json
from dataclasses import replace

from playwright.async_api import Browser, expect

from dialer.core.effects import BookAgentState, CallEnded
from dialer.core.states import AgentState
from dialer.core.wishes import AgentPaused
from tests.api.conftest import AGENT, PASSWORD, House
from tests.api.desk_scene import called
from tests.api.line import line_to
from tests.api.live import served
from tests.api.sleeper import PATIENCE_S, Sleeper, sleeper_at
from tests.api.test_desk_page import in_the_books, several_pages, shop
from tests.api.test_pages import browser
from tests.api.test_sockets import settlement

__all__ = ["browser", "shop"]  # fixtures
AWAY_MS = 30_000


def text_of(selector: str) -> str:
    return f"document.querySelector('{selector}')?.textContent ?? ''"


async def signed_in(tab: Sleeper) -> None:
    """The agent's page, with no call."""
    name = json.dumps({"name": "anna", "password": PASSWORD})
    headers = "{ 'Content-Type': 'application/json' }"
    asked = f"fetch('/api/v1/session', {{ method: 'POST', headers: {headers}, body: {json.dumps(name)} }})"
    assert await tab.value(f"{asked}.then((answer) => answer.ok)")
    await tab.go("/agent")
    await tab.until("document.querySelector('.hero') !== null")


async def test_a_page_that_nobody_sees_calls_its_agent_to_the_call(shop: House, browser: Browser) -> None:
    """Hidden, not asleep: the pop is delivered and nobody is held back; looked at, it is seen."""
    async with served(shop.app) as place, sleeper_at(browser, f"http://{place}/sign-in") as tab:
        await signed_in(tab)
        await tab.sleep()
        await tab.wake()
        assert await tab.value("document.hidden")
        await called(shop, orders=1)
        await tab.until("document.title.includes('Клиент на линии')")
        pop = shop.hub._screens[AGENT].pop
        assert pop is not None
        assert (pop.hidden, pop.seen, pop.held_back) == (True, False, False)
        await shop.hub.tick()
        assert shop.room.told(AgentPaused) == []

        await tab.show()
        async with asyncio.timeout(PATIENCE_S):
            while not pop.seen:  # noqa: ASYNC110 - the page is another program
                await asyncio.sleep(0.05)
        assert shop.seen.empty(), "how long he took to look is no figure of ours"
        await tab.until("document.title", "Разговор · Dialer")


async def test_a_frozen_tab_gets_no_second_call_and_thaws_into_the_truth(shop: House, browser: Browser) -> None:
    async with served(shop.app) as place, sleeper_at(browser, f"http://{place}/sign-in") as tab:
        await signed_in(tab)
        await tab.sleep()
        pop = await called(shop, orders=1)
        watch = asyncio.ensure_future(shop.hub.run())
        assert (await shop.room.heard(AgentPaused)).reason == "screen_lost"
        assert shop.seen.empty(), "a page that sleeps has painted nothing"
        at = shop.clock.now()
        shop.hub.call_ended(CallEnded(agent=AGENT, attempt=pop.attempt))
        shop.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.WRAP_UP, since=at, attempt=pop.attempt))

        await tab.wake()
        await tab.until(text_of("#state"), "Обработка")
        await tab.until(f"({text_of('.person')}).includes('Мария')")
        shop.hub.settled(replace(settlement(shop, pop), disposition="agreed"))
        await tab.until(text_of(".foot .button"), "Сохранено")
        shop.hub.close()
        await watch


async def test_half_a_minute_without_a_network_loses_neither_the_state_nor_what_is_typed(
    shop: House, browser: Browser
) -> None:
    async with (
        served(shop.app) as place,
        line_to(place) as (line, through),
        several_pages(browser, through) as (_, page),
    ):
        await page.clock.install()
        await page.reload()
        await page.wait_for_selector(".hero")
        pop = await called(shop, orders=1)
        await page.fill("#field-wishes", "у подъезда")
        await in_the_books(shop, pop, lambda found: found.get("wishes") == "у подъезда")

        line.lose()
        at = shop.clock.now()
        shop.hub.call_ended(CallEnded(agent=AGENT, attempt=pop.attempt))
        shop.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.WRAP_UP, since=at, attempt=pop.attempt))
        await page.clock.fast_forward(AWAY_MS)
        await expect(page.locator("#link-away")).to_be_visible()
        await expect(page.locator("#state")).to_have_text("Разговор")  # what was known last, and said to be old
        await page.fill("#field-wishes", "у подъезда, второй этаж")

        line.mend()
        await expect(page.locator("#link-away")).to_be_hidden()
        await expect(page.locator("#state")).to_have_text("Обработка")
        await expect(page.locator("#field-wishes")).to_have_value("у подъезда, второй этаж")
        await in_the_books(shop, pop, lambda found: found.get("wishes") == "у подъезда, второй этаж")
