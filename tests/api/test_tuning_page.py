"""Every setting of a campaign that may change while it runs is in the tuning window: rules, limits, the calendar."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from dialer.api.show import campaign_body
from dialer.core.access import Role
from dialer.core.settings import CampaignSettings
from dialer.core.wishes import CampaignChanged
from tests.api.axe import no_serious_finding
from tests.api.conftest import PASSWORD, House
from tests.api.live import served
from tests.api.test_pages import browser, keep, page_of, sign_in

__all__ = ["browser"]
DONE_ELSEWHERE = {"id", "project", "state", "loopback_only"}
"""What a campaign is from its beginning, and what its commands do."""


async def tuned(house: House) -> CampaignSettings:
    found: CampaignSettings = (await house.room.heard(CampaignChanged)).settings
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_rules_limits_and_the_calendar_are_tuned_by_keyboard(
    house: House, browser: Browser, tmp_path: Path, theme: str
) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await expect(page.locator(".campaign")).to_have_count(1)
        await page.keyboard.press("Digit1")
        await page.keyboard.press("KeyT")
        await expect(page.locator("#tune-mode")).to_be_focused()
        await expect(page.locator("#tune-told")).to_have_text("Изменений нет")
        for group in ("attempts", "retries", "numbers", "others"):
            await page.locator(f"[data-group={group}] summary").focus()
            await page.keyboard.press("Enter")
        await page.fill("#tune-waive_hours_s", "20")
        await page.fill("#tune-attempts_per_day", "")
        await page.fill("#tune-day_parts", "early 09:00-12:00\nlate 12:00-21:00")
        await page.fill("#tune-retry_busy", "15")
        await page.fill("#tune-number_per_day", "2")
        await page.check("#tune-needs_label")
        await page.fill("#tune-caller", "74951234567")
        year = page.locator("#hours-years input").first
        await year.check()
        told = page.locator("#tune-told")
        await expect(told).to_contain_text("часы не мешают, мин: только в часы → 20")
        await expect(told).to_contain_text("занято: 10 → 15")
        await no_serious_finding(page)
        await keep(page, tmp_path, f"board-tuning-rules-{theme}")
        followed = int(await year.get_attribute("value") or 0)
        await page.keyboard.press("Control+Enter")
        settings = await tuned(house)
        await expect(page.locator("#tune")).to_be_hidden()
    rules = settings.rules
    assert (rules.waive_hours_s, rules.attempts_per_day, rules.number_limits.per_day) == (1200.0, None, 2)
    assert [part.name for part in rules.day_parts] == ["early", "late"]
    retries = {str(outcome): delay_s for outcome, delay_s in rules.retry_s}
    assert (retries["busy"], retries["no_answer"]) == (900.0, 7200.0)
    assert (settings.needs_label, settings.caller, settings.calendar.years) == (True, "74951234567", (followed,))


async def test_a_correction_of_the_production_calendar_holds_at_once(house: House, browser: Browser) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "olga")
        await page.locator(".campaign").first.get_by_role("button", name="Настроить").click()
        await page.locator("summary[data-t=work_days]").click()
        await page.fill("#work-day", "2026-12-31")
        await page.fill("#work-day-reason", "Указ о переносе")
        await page.keyboard.press("Enter")
        await expect(page.locator("#work-days")).to_contain_text("2026-12-31выходнойУказ о переносе · olga")
        await expect(page.locator("#work-days-told")).to_contain_text("Поправка действует")
        assert [(str(one.day), one.works) for one in await house.ports.work_days.all()] == [("2026-12-31", False)]
        await page.get_by_role("button", name="Убрать 2026-12-31").click()
        await expect(page.locator("#work-days b")).to_have_count(0)
        await expect(page.locator("#tune")).to_be_visible()
    assert await house.ports.work_days.all() == []


async def test_no_setting_of_the_api_is_missing_in_the_window(house: House, browser: Browser) -> None:
    settings = await house.ports.campaigns.campaign(house.campaign)
    assert settings is not None
    body = campaign_body(settings)
    rules = body.pop("rules")
    limits = rules.pop("number_limits")
    rules.pop("outcome_limits")  # by outcome, as below
    by_hand = {"hours": "hours-0", "groups": "tune-groups", "retry_s": "tune-retry_busy"}
    ids = {by_hand.get(name, f"tune-{name}") for name in (body.keys() - DONE_ELSEWHERE) | rules.keys()}
    ids |= {f"tune-number_{name}" for name in limits} | {"tune-ending_busy"}
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "olga")
        await page.locator(".campaign").first.get_by_role("button", name="Настроить").click()
        await expect(page.locator("#tune")).to_be_visible()
        found = set(await page.evaluate("() => [...document.querySelectorAll('#tune [id]')].map((one) => one.id)"))
    assert ids - found == set()
