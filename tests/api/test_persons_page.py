"""The page of persons in a real browser: what is held, to be forgotten by typing, terms and proofs, by keyboard."""

from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from tests.api.axe import no_serious_finding
from tests.api.conftest import PASSWORD, House
from tests.api.live import served
from tests.api.test_pages import browser, keep, nothing_is_cut, page_of, sign_in
from tests.api.test_persons import PHONE, audited, order

__all__ = ["browser"]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_person_is_shown_and_forgotten_and_the_proof_stands_there(
    house: House,
    http: httpx.AsyncClient,
    supervisor: dict[str, str],
    browser: Browser,
    tmp_path: Path,
    theme: str,
) -> None:
    lead = await order(house, http, supervisor, "A-1")
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/persons']")
        await expect(page.locator("#save")).to_be_enabled()
        await nothing_is_cut(page)
        await page.fill("#phone", PHONE)
        await page.keyboard.press("Enter")
        await expect(page.locator("#held")).to_contain_text("Лидов с этим номером: 1")
        await page.click("#held summary")
        await expect(page.locator("#held pre")).to_contain_text(lead)
        async with page.expect_download() as saving:
            await page.click("#held a")
        assert (await saving.value).suggested_filename == "person.json"
        await page.fill("#reason", "письмо 17")
        await page.fill("#last-four", "4568")
        await expect(page.locator("#forget")).to_be_disabled()
        await page.keyboard.press("Enter")
        await page.fill("#last-four", "4567")
        await expect(page.locator("#forget")).to_be_enabled()
        await page.keyboard.press("Enter")
        await expect(page.locator("#done")).to_have_text("Забыто лидов: 1.")
        await expect(page.locator("#proofs tbody tr")).to_contain_text("по требованию человека")
        await expect(page.locator("#held")).to_be_empty()
        await expect(page.locator("#phone")).to_have_value("")
        await keep(page, tmp_path, f"persons-{theme}")
        await no_serious_finding(page)
        await page.click("#language")
        await expect(page.locator("#proofs tbody tr")).to_contain_text("on demand")
    (entry,) = await audited(house, "person.erase")
    assert (entry.by, entry.detail["reason"]) == ("olga", "письмо 17")
    assert len(await audited(house, "person.look")) == 1


async def test_terms_are_set_and_what_is_wrong_is_told(house: House, browser: Browser) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        await sign_in(page, "olga")
        await page.click("nav a[href='/persons']")
        await expect(page.locator("#save")).to_be_enabled()
        await page.fill("#delivered_days", "30")
        await page.keyboard.press("Enter")
        await expect(page.locator("#notes")).to_contain_text("Сроки сохранены")
        await page.reload()
        await expect(page.locator("#delivered_days")).to_have_value("30")
        await expect(page.locator("#closed_days")).to_have_value("")
        await page.fill("#phone", "12")
        await page.keyboard.press("Enter")
        await expect(page.locator("#notes")).to_contain_text("10 digits")
    assert len(await audited(house, "project.forgetting")) == 1
