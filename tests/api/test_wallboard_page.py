"""The wallboard in a real browser: a campaign is tuned, agents are steered, all of it by keyboard; nothing is lost to
the pictures that come twice a second."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from dialer.core.access import Role
from dialer.core.board import AgentDay, FreshDay
from dialer.core.ids import AgentId, SpyId
from dialer.core.states import CampaignState, SpyMode
from dialer.core.view import Listener
from dialer.core.wishes import (
    AgentPaused,
    AgentSignedOut,
    CampaignChanged,
    CampaignCommanded,
    SpyAsked,
    SpyStopped,
    SpyTurned,
)
from tests.api.axe import no_serious_finding
from tests.api.conftest import PASSWORD, House
from tests.api.live import served
from tests.api.scene import busy_floor
from tests.api.test_campaigns import set_state
from tests.api.test_pages import browser, keep, nothing_is_cut, page_of, sign_in

__all__ = ["browser"]


async def a_busy_day(house: House) -> None:
    """The scene's floor with what only the books would know of it."""
    house.scene.append(busy_floor)
    await house.board.ask_books()
    house.board._agent_days = {
        AgentId(1001 + n): AgentDay(10 + n, 8 + n, 3 + n % 4, 1500.0 + 60 * n) for n in range(12)
    }
    house.board._fresh = {house.campaign: FreshDay(1200.0, came=41, late=3, late_now=2)}
    house.board._days_at = float("inf")
    await set_state(house, CampaignState.RUNNING)
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)


async def opened(page: Page) -> None:
    await sign_in(page, "olga")
    await expect(page.locator(".campaign")).to_have_count(2)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_all_that_is_live_stands_on_the_board(house: House, browser: Browser, tmp_path: Path, theme: str) -> None:
    await a_busy_day(house)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await opened(page)
        await page.keyboard.press("Digit2")
        first = page.locator(".campaign").first
        await expect(first).to_contain_text("запас 8,0 · худшие 30 мин 4,1 %")
        await expect(first).to_contain_text("1-й за 20 мин")
        await expect(first).to_contain_text("линии 19 из 40")
        await expect(page.locator("#alarms")).to_contain_text("новые заявки без первого звонка дольше 20 мин: 2")
        await expect(page.locator("[data-agent='1001'] .day")).to_have_text("10 · 25:00 · 38 %")
        await expect(page.locator("[data-agent='1009'] small")).to_have_text("Готов")
        await expect(page.locator("[data-agent='1010'] small")).to_have_text("Отдых между звонками")
        await nothing_is_cut(page)
        await no_serious_finding(page)
        await keep(page, tmp_path, f"board-{theme}")
        await page.click("#language")
        await expect(first).to_contain_text("free 2, 2 come free within 11 s")


async def test_a_supervisor_tunes_a_campaign_by_keyboard_and_finds_it_in_the_books(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    await a_busy_day(house)
    async with served(house.app) as place, page_of(browser, place) as page:
        await opened(page)
        await page.keyboard.press("Digit1")
        await page.keyboard.press("KeyT")
        await expect(page.locator("#tune-mode")).to_be_focused()
        await page.select_option("#tune-mode", "power")
        await expect(page.locator("#tune-power_ratio")).to_be_visible()
        await page.fill("#tune-ceiling_ratio", "2")
        await page.fill("#tune-max_lines", "30")
        await page.fill("#tune-calls_per_second", "1.5")
        await page.fill("#tune-max_occupancy", "85")
        await page.fill("#hours-6", "11:00-18:00")
        await page.fill("#hours-dates", "2027-01-01")
        await expect(page.locator("#tune-told")).to_contain_text("Предел потерь, %: 3 → 2")
        await no_serious_finding(page)
        await keep(page, tmp_path, "board-tuning")
        await page.keyboard.press("Control+Enter")
        told = (await house.room.heard(CampaignChanged)).settings
        await expect(page.locator("#tune")).to_be_hidden()
    assert (told.mode, told.ceiling_ratio, told.max_lines, told.calls_per_second) == ("power", 0.02, 30, 1.5)
    assert told.max_occupancy == 0.85
    assert told.calendar.dates == {"2027-01-01": ()}
    detail = (await house.users.audited(1))[0].detail
    assert detail["ceiling_ratio"] == "0.03 → 0.02"
    assert detail["mode"] == "progressive → power"


async def test_what_the_server_refuses_is_said_in_the_dialog(house: House, browser: Browser) -> None:
    await a_busy_day(house)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        await opened(page)
        await page.locator(".campaign").first.get_by_role("button", name="Настроить").click()
        await page.fill("#hours-dates", "tomorrow")
        await expect(page.locator("#tune-wrong")).to_have_text("Не понятно: tomorrow")
        await expect(page.locator("#tune-save")).to_be_disabled()
        await page.fill("#hours-dates", "")
        await page.fill("#hours-0", "21:00-09:00")
        await page.click("#tune-save")
        await expect(page.locator("#tune-wrong")).to_contain_text("closes before it opens")
        assert house.room.told(CampaignChanged) == []


async def test_a_campaign_is_paused_and_stopped_by_keys_and_stopping_is_asked_twice(
    house: House, browser: Browser
) -> None:
    await a_busy_day(house)
    asked: list[str] = []
    async with served(house.app) as place, page_of(browser, place) as page:
        await opened(page)
        page.once("dialog", lambda dialog: asked.append(dialog.message) or dialog.dismiss())
        await page.keyboard.press("Digit1")
        await page.keyboard.press("KeyX")
        await page.keyboard.press("KeyP")
        assert (await house.room.heard(CampaignCommanded)).command == "pause"
    assert asked == ["Остановить кампанию «Заказы ноября»? Идущие разговоры закончатся сами."]


async def test_focus_and_a_pressed_button_survive_every_picture(house: House, browser: Browser) -> None:
    await a_busy_day(house)
    async with served(house.app) as place, page_of(browser, place) as page:
        await opened(page)
        button = page.locator(".campaign").first.get_by_role("button", name="Приостановить")
        await button.hover()
        await page.mouse.down()
        before = await page.locator(".campaign").first.inner_text()
        house.scene.append(lambda at: busy_floor(at + 3600))
        await house.board.tick()
        await expect(page.locator("[data-agent='1001'] time")).to_contain_text("0:4")
        await page.mouse.up()
        assert (await house.room.heard(CampaignCommanded)).command == "pause", before
        await page.keyboard.press("KeyA")
        focused = await page.evaluate("document.activeElement.dataset.agent")
        await house.board.tick()
        await page.keyboard.press("ArrowRight")
        assert await page.evaluate("document.activeElement.dataset.agent") not in (None, focused)


async def test_a_supervisor_is_on_an_agents_line_by_keys(house: House, browser: Browser, tmp_path: Path) -> None:
    await a_busy_day(house)
    first = busy_floor(house.clock.now()).agents[0]
    listener = Listener(SpyId("dlr-s1001-n1"), "olga", "1010", SpyMode.LISTEN, 0.0, on=True)
    house.room.signed_in.append(first)
    async with served(house.app) as place, page_of(browser, place) as page:
        await opened(page)
        await page.click("[data-agent='1001']")
        await page.keyboard.press("KeyL")
        await expect(page.locator("#listen-phone")).to_be_focused()
        await page.keyboard.type("1010")
        await page.keyboard.press("Tab")
        await page.keyboard.press("KeyL")
        asked = await house.room.heard(SpyAsked)
        assert (asked.agent, asked.endpoint, asked.mode, asked.by) == (1001, "1010", "listen", "olga")

        listened = replace(first, listeners=(listener,))
        house.room.signed_in[:] = [listened]
        house.scene.append(lambda at: replace(busy_floor(at), agents=(listened, *busy_floor(at).agents[1:])))
        await house.board.tick()
        await expect(page.locator("#agent-listeners")).to_have_text("olga · слушает · на связи")
        await expect(page.locator("[data-agent='1001'] .ear")).to_have_text("◉")
        await no_serious_finding(page)
        await keep(page, tmp_path, "board-listening")
        await page.evaluate("document.activeElement.blur()")
        await page.keyboard.press("KeyW")
        assert (await house.room.heard(SpyTurned)).mode == "whisper"
        await page.keyboard.press("KeyE")
        assert (await house.room.heard(SpyStopped)).spy == listener.spy


async def test_an_agent_is_paused_regrouped_and_taken_off_the_line(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    await a_busy_day(house)
    second = await house.ports.agents.add_group("возвраты")
    async with served(house.app) as place, page_of(browser, place) as page:
        await opened(page)
        await page.click("[data-agent='1001']")
        await expect(page.locator("#agent-name")).to_have_text("Анна")
        await page.get_by_label("возвраты").check()
        await no_serious_finding(page)
        await keep(page, tmp_path, "board-agent")
        await page.keyboard.press("KeyP")
        assert (await house.room.heard(AgentPaused)).reason == "supervisor"
        page.once("dialog", lambda dialog: dialog.accept())
        await page.keyboard.press("KeyO")
        assert (await house.room.heard(AgentSignedOut)).agent == 1001
        await page.keyboard.press("Escape")
        await expect(page.locator("#agent")).to_be_hidden()
    record = await house.ports.agents.agent(AgentId(1001))
    assert record is not None
    assert set(record.groups) == {house.group, second}
