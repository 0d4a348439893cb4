"""A supervisor on an agent's line by the keys of the wallboard in a real Chromium, over the real Asterisk: who hears
whom is read out of the sound."""

from playwright.async_api import Browser, Page, expect

from dialer.core.access import Role
from dialer.store.users import Users
from tests.api.browser import chromium
from tests.house.test_line import PASSWORD, PATIENCE_MS, Talk, talk

__all__ = ["talk"]  # a fixture
CHIEF = "1010"
"""The supervisor's phone."""


async def test_a_supervisor_listens_whispers_barges_in_and_leaves_by_keys(talk: Talk) -> None:
    agent = str(talk.agent)
    async with chromium() as browser:
        page = await window_of(talk, browser)
        await page.keyboard.press("KeyL")
        await expect(page.locator("#listen-phone")).to_be_focused()
        await page.keyboard.type(CHIEF)
        await page.keyboard.press("Tab")
        await page.keyboard.press("KeyL")
        await listener_is(page, "слушает")
        await talk.people.hears(CHIEF, "C", agent)
        await talk.people.hears(agent, "C")
        await talk.people.hears("C", agent)

        await page.keyboard.press("KeyW")
        await listener_is(page, "подсказывает")
        await talk.people.hears(agent, "C", CHIEF)
        await talk.people.hears("C", agent)

        await page.keyboard.press("KeyB")
        await listener_is(page, "участвует")
        await talk.people.hears("C", agent, CHIEF)
        await talk.people.hears(agent, "C", CHIEF)

        await page.keyboard.press("KeyE")
        await expect(page.locator("#agent-listeners")).to_be_empty(timeout=PATIENCE_MS)
        await talk.people.hears("C", agent)
        await talk.people.hears(agent, "C")
    talk.people.hang_up()
    await talk.settled_by(talk.agent)


async def window_of(talk: Talk, browser: Browser) -> Page:
    """The agent's window on a supervisor's wallboard."""
    await Users(talk.house.database).add("olga", Role.SUPERVISOR, 0.0, password=PASSWORD)
    context = await browser.new_context(locale="ru-RU")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(talk.house.url)
    await page.fill("input[name=name]", "olga")
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.click(f"[data-agent='{talk.agent}']")
    await expect(page.locator("#agent")).to_be_visible()
    return page


async def listener_is(page: Page, mode: str) -> None:
    await expect(page.locator("#agent-listeners")).to_have_text(f"olga · {mode} · на связи", timeout=PATIENCE_MS)
