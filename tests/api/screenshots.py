"""The README's pictures, from a real run: `make screenshots`.

A whole contact centre is started as by `make run`; a supervisor and an agent look at it in Chromium, in Russian, at
1280 by 720. The agent's browser is a second screen of a simulated one, so that the talk is a real one.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

from playwright.async_api import Browser, Page, ViewportSize, expect

from sim.desks import Desks, Manners
from sim.stand.demo import AGENTS, ORDERS, SEED, House, house_of
from tests.api.browser import chromium

SIZE: ViewportSize = {"width": 1280, "height": 720}
FOLDER = Path(__file__).parents[2] / "docs" / "img"
AGENT = 1001
SECOND = "Возврат покупателей"
PATIENCE_MS = 120_000
TRIES = 10
RUN_S = 45.0
"""Of the campaign, before the wallboard is looked at: its plots have something to show then."""
MANNERS = Manners(wrap_up_s=(4.0, 9.0), dispositions=(("agreed", 0.8), ("call_later", 0.1), ("refused_price", 0.1)))


async def main(folder: Path) -> None:
    async with house_of(ORDERS) as house, chromium() as browser:
        desks = Desks(house.dialer.url, house.token, tuple(AGENTS), Random(SEED), MANNERS)
        async with desks:
            await house.dialer.ask("POST", f"campaigns/{house.campaign}/start")
            async with page_of(browser, await agents_link(house)) as page:
                await a_call(page, folder)
            async with page_of(browser, await link_of(house, "demo")) as page:
                await the_floor(page, folder)
                await second_campaign(house)
                await the_lists(page, folder)
                await the_projects(page, folder)


async def a_call(page: Page, folder: Path) -> None:
    """In the middle of a talk: the script gone through, the form written. A short talk may end before it is: again."""
    for _ in range(TRIES):
        await page.wait_for_selector("#strip:not([data-state=talking])")
        await page.wait_for_selector("#strip[data-state=talking]")
        await write(page)
        await page.screenshot(path=folder / "agent.png")
        if await page.locator("#strip[data-state=talking]").count():
            return
    raise RuntimeError("no talk was long enough for a picture")


async def write(page: Page) -> None:
    await page.keyboard.press("KeyZ")
    await page.keyboard.press("KeyZ")
    await page.fill("#field-address", "ул. Садовая, 18, кв. 45, подъезд 2, домофон 45")
    await page.select_option("#field-date", index=2)
    await page.select_option("#field-interval", "18:00-22:00")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Digit1")
    await expect(page.locator(".kept")).to_have_text("Сохранено")


async def the_floor(page: Page, folder: Path) -> None:
    await page.wait_for_selector(".campaign")
    await page.wait_for_timeout(RUN_S * 1000)
    await page.screenshot(path=folder / "wallboard.png")


async def the_lists(page: Page, folder: Path) -> None:
    """A file as it looks before it is taken in, for a campaign that has not had it yet."""
    await page.goto(page.url.replace("/wallboard", "/lists"))
    await page.select_option("#campaign", label=SECOND)
    await page.set_input_files("input[type=file]", ORDERS)
    await expect(page.locator("#look")).to_contain_text("принято")
    await page.screenshot(path=folder / "lists.png")


async def the_projects(page: Page, folder: Path) -> None:
    """The demo's script in its editor, an answer given in the preview."""
    await page.goto(page.url.replace("/lists", "/projects"))
    await page.click(".as-seen .answers button")
    await page.screenshot(path=folder / "projects.png")


@asynccontextmanager
async def page_of(browser: Browser, link: str) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=SIZE, locale="ru-RU", color_scheme="light")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(link)
    await page.click("#later")
    yield page
    await context.close()


async def agents_link(house: House) -> str:
    """The agent as a user, signed in once by this."""
    await house.dialer.command("user", "add", "anna", "--role", "agent", "--agent", str(AGENT))
    return await link_of(house, "anna")


async def second_campaign(house: House) -> None:
    project = await house.dialer.ask("POST", "projects", {"name": "Василёк"})
    await house.dialer.ask("POST", "campaigns", {"project": project["id"], "name": SECOND})


async def link_of(house: House, user: str) -> str:
    return (await house.dialer.command("user", "link", user)).split()[-1]


if __name__ == "__main__":
    expect.set_options(timeout=PATIENCE_MS)
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
