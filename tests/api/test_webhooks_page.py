"""The page of webhooks in a real browser: one is added, its secret is shown once, the dead are sent again."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from dialer.core.webhooks import DeliveryState, WebhookId
from dialer.store.outbox import WebhookBooks
from tests.api.conftest import PASSWORD, House
from tests.api.live import served
from tests.api.test_pages import browser, keep, page_of, sign_in
from tests.api.test_webhooks import SHOP, give_up_one

__all__ = ["browser"]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_supervisor_adds_a_webhook_and_sends_the_dead_again(
    house: House, browser: Browser, tmp_path: Path, theme: str
) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/webhooks']")
        await expect(page.locator("#go")).to_be_enabled()
        await page.fill("#url", SHOP)
        await page.fill("#map", "agreed=APPROVED, *=OTHER")
        await page.keyboard.press("Enter")
        await expect(page.locator("#secret-text")).to_contain_text("whsec_")
        await expect(page.locator("#all tbody tr")).to_have_count(1)
        await give_up_one(house)
        await page.reload()
        await expect(page.locator("#secret")).to_be_hidden()
        await page.click("#all .danger >> nth=0")
        await expect(page.locator("#dead")).to_contain_text("never_sent")
        await keep(page, tmp_path, f"webhooks-{theme}")
        await expect(page.locator("#replay-all")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#dead tbody tr")).to_have_count(0)
        found = await WebhookBooks(house.database).deliveries(WebhookId(1), DeliveryState.PENDING)
        assert len(found) == 1
        await page.click("text=Пауза")
        await expect(page.locator("#all .chip")).to_have_text("На паузе")


async def test_what_is_wrong_is_told(house: House, browser: Browser) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/webhooks']")
        await expect(page.locator("#go")).to_be_enabled()
        await page.fill("#url", SHOP)
        await page.fill("#map", "agreed")
        await page.keyboard.press("Enter")
        await expect(page.locator("#notes")).to_contain_text("agreed")
        await page.fill("#map", "")
        await page.fill("#url", "https://127.0.0.1/")
        await page.press("#url", "Enter")
        await expect(page.locator("#notes")).to_contain_text("dialer webhooks allow")
        await expect(page.locator("#all tbody tr")).to_have_count(0)
