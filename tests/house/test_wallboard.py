"""A supervisor in a real browser over the real daemon and the real Asterisk: a campaign is started, too many calls are
asked for, abandonment is seen to rise, and what was tuned stands in the audit."""

import re
from pathlib import Path
from random import Random

from playwright.async_api import Browser, expect

from dialer.core.access import Role
from sim.desks import Desks
from sim.sip.behaviour import answers
from sim.sip.carrier import Carrier
from tests.api.conftest import PASSWORD
from tests.api.test_pages import browser, keep, page_of
from tests.house.house import House

__all__ = ["browser"]

LEADS = 60
SOON_MS = 30_000
"""What is tuned holds in the running daemon within so long; ten seconds, were it not for busy machines."""
SEEN_MS = 60_000


async def test_a_supervisor_starts_a_campaign_tunes_it_and_sees_abandonment_rise(
    house: House, carrier: Carrier, browser: Browser, tmp_path: Path
) -> None:
    await house.prepare([1001])
    numbers = [f"91600000{n:02}" for n in range(LEADS)]
    for number in numbers:
        carrier.on(number, answers(ring_s=0.3, talk_s=1.0))
    await house.add(*numbers)
    await house.start()
    async with house.http() as http:
        link = (await http.post("/api/v1/users", json={"name": "olga", "role": Role.SUPERVISOR})).json()["link"]
    place = house.url.removeprefix("http://")
    async with (
        Desks(house.url, house.work.token, [1001], Random(1)) as team,
        page_of(browser, place, link) as page,
    ):
        await team.desks[1001].until_state("ready")
        await page.fill("#set-password input[type=password]", PASSWORD)
        await page.keyboard.press("Enter")
        campaign = page.locator(".campaign")
        await expect(campaign).to_contain_text("черновик")
        await page.keyboard.press("Digit1")
        await page.keyboard.press("KeyP")
        await expect(campaign).to_contain_text("идёт", timeout=SEEN_MS)
        await expect(campaign.locator(".mode")).to_have_text("прогрессивный")

        await page.keyboard.press("Digit1")
        await page.keyboard.press("KeyT")
        await page.select_option("#tune-mode", "power")
        await page.fill("#tune-power_ratio", "4")
        await page.keyboard.press("Control+Enter")
        await expect(campaign.locator(".mode")).to_have_text("с запасом", timeout=SOON_MS)

        await expect(campaign.locator(".figures > div").last).to_have_class("over", timeout=SEEN_MS)
        await expect(page.locator("#alarms")).to_contain_text("выше предела 3,0 %")
        await keep(page, tmp_path, "board-abandonment")
        risen = await campaign.locator(".figures > div").last.locator("b").inner_text()
        assert float(re.sub(r"[^\d,]", "", risen).replace(",", ".")) > 3.0

        await page.keyboard.press("Digit1")
        await page.keyboard.press("KeyP")
        await expect(campaign).to_contain_text("пауза", timeout=SOON_MS)
        await page.click("nav a[href='/audit']")
        await page.select_option("#action", "campaign")
        rows = page.locator("#entries tr")
        await expect(rows).to_have_count(3)
        await expect(rows.nth(0)).to_contain_text("кампания приостановлена")
        await expect(rows.nth(1)).to_contain_text("mode: progressive → power")
        await expect(rows.nth(1)).to_contain_text("power_ratio: 1.0 → 4.0")
        await expect(rows.nth(2)).to_contain_text("state: draft → running")
        await page.click("nav a[href='/why']")
        await expect(page.locator("#sum")).to_contain_text(f"Всего {LEADS}")
        await expect(page.locator(".decision").first).to_be_visible()
    assert (await house.imbalance()).total == 0
