"""The page of reports in a real browser: figures, the curve, tooltips, SQL, files; a client's view of it."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from dialer.core.ids import ProjectId
from tests.api.axe import no_serious_finding
from tests.api.conftest import PASSWORD, House
from tests.api.live import served
from tests.api.test_pages import browser, keep, page_of, sign_in
from tests.report import books

__all__ = ["browser"]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_supervisor_reads_a_report(house: House, browser: Browser, tmp_path: Path, theme: str) -> None:
    async with house.database.connection() as conn:
        made = await books.fill(conn)
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/reports']")
        await page.select_option("#project", str(made["project"]))
        await page.fill("#first", "2026-09-10")
        await page.fill("#last", "2026-09-11")
        await page.press("#last", "Enter")
        totals = page.locator("[data-sheet=totals]")
        conversion = page.locator("abbr:text-is('конверсия')")
        await expect(totals.locator(".figures div", has=conversion).locator("b")).to_have_text("50,0 %")
        await expect(totals.locator(conversion)).to_have_attribute("title", "согласовано / контакты")
        await expect(page.locator(".curve .steps")).to_have_text("1: 50,0 %2: 83,3 %")
        await expect(page.locator("[data-sheet=agents] tbody")).to_contain_text("Ольга")
        await page.locator("[data-sheet=reach] summary").click()
        await expect(page.locator("[data-sheet=reach] pre")).to_contain_text("from dialer.attempt")
        await no_serious_finding(page)
        await keep(page, tmp_path, f"reports-{theme}")
        async with page.expect_download() as download:
            await page.click("#csv")
        assert (await download.value).suggested_filename.endswith("-2026-09-10-2026-09-11.csv")
        await page.click("#language")
        await expect(totals.locator("h2")).to_have_text("Totals")


async def test_a_client_comes_straight_to_his_report(house: House, browser: Browser) -> None:
    async with house.database.connection() as conn:
        made = await books.fill(conn)
    own = (ProjectId(made["project"]),)
    await house.users.add("shop", Role.CLIENT, house.clock.now(), projects=own, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "shop")
        await expect(page.locator("[data-sheet=totals]")).to_be_visible()
        await expect(page.locator("#project option")).to_have_count(1)
        await expect(page.locator("[data-sheet=agents]")).to_have_count(0)
        await expect(page.locator("#nav")).to_be_hidden()
