"""The page of callers' numbers in a real browser: one is labelled and taken out, a day is corrected, by keyboard."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from tests.api.axe import no_serious_finding
from tests.api.conftest import PASSWORD, House
from tests.api.live import served
from tests.api.test_pages import browser, keep, page_of, sign_in

__all__ = ["browser"]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_number_gets_its_label_and_a_day_its_correction(
    house: House, browser: Browser, tmp_path: Path, theme: str
) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/callers']")
        await expect(page.locator("#save")).to_be_enabled()
        await page.fill("#number", "74951000001")
        await page.fill("#name", "moscow")
        await page.keyboard.press("Enter")
        await expect(page.locator("#all tbody tr")).to_have_count(1)
        await expect(page.locator("#all .chip")).to_have_text("нет подписи")
        await page.click("#all button >> nth=0")
        await expect(page.locator("#number")).to_be_focused()
        await page.fill("#label", "Магазин «Ромашка»")
        await page.fill("#contract", "№ 7")
        await page.fill("#label_until", "2099-12-31")
        await page.press("#contract", "Enter")
        await expect(page.locator("#all .chip")).to_have_count(0)
        await page.fill("#day", "2027-05-12")
        await page.fill("#reason", "Закон области № 5")
        await page.keyboard.press("Enter")
        await expect(page.locator("#days tbody tr")).to_contain_text("Закон области")
        await keep(page, tmp_path, f"callers-{theme}")
        await no_serious_finding(page)
        await page.click("#all button >> nth=1")
        await expect(page.locator("#all tr.away")).to_have_count(1)
        await page.click("#days button")
        await expect(page.locator("#days tbody tr")).to_have_count(0)


async def test_what_is_wrong_is_told(house: House, browser: Browser) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/callers']")
        await expect(page.locator("#save")).to_be_enabled()
        await page.fill("#number", "74951000001")
        await page.fill("#name", "moscow")
        await page.fill("#label", "Без договора")
        await page.keyboard.press("Enter")
        await expect(page.locator("#notes")).to_contain_text("contract")
        await expect(page.locator("#all tbody tr")).to_have_count(0)
