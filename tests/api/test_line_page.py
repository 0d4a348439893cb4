"""The line of a talk on the agent's page: keys ask, and what is shown is what Asterisk has said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from dialer.core.access import Role
from dialer.core.effects import LineTold
from dialer.core.ids import ServerName
from dialer.core.line import Trouble
from dialer.core.states import AgentState, LineState
from dialer.core.view import AgentView
from dialer.core.wishes import (
    ColleagueLeft,
    ConferenceAsked,
    ConsultAsked,
    DigitsAsked,
    HoldAsked,
    MuteAsked,
    TakeAsked,
    TransferAsked,
)
from tests.api.axe import no_serious_finding
from tests.api.conftest import AGENT, OTHER_AGENT, PASSWORD, House
from tests.api.desk_scene import called, open_shop
from tests.api.live import served
from tests.api.test_pages import browser, keep, nothing_is_cut, page_of, sign_in

__all__ = ["browser"]  # a fixture


@pytest_asyncio.fixture
async def shop(house: House) -> House:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    await open_shop(house)
    house.room.signed_in.append(AgentView(OTHER_AGENT, AgentState.READY, 0.0, "", ServerName("a"), None))
    return house


class Talk:
    """An agent in talk before his page; `says` is Asterisk's word, through the Floor."""

    def __init__(self, house: House, page: Page, told: LineTold) -> None:
        self.house, self.page, self._told = house, page, told
        self.line = page.locator("#line")

    def says(self, state: LineState, **more) -> None:
        self._told = replace(self._told, state=state, since=self.house.clock.now(), **{"trouble": "", **more})
        self.house.hub.line_told(self._told)

    async def offers(self, *words: str) -> None:
        await expect(self.page.locator(".line-bar button")).to_have_count(len(words))
        shown = await self.page.locator(".line-bar button").evaluate_all("all => all.map((one) => one.dataset.act)")
        assert shown == [f"line_{word}" for word in words]

    async def press(self, key: str, kind: type):
        await self.page.keyboard.press(key)
        return await self.house.room.heard(kind)


@asynccontextmanager
async def talking(shop: House, browser: Browser) -> AsyncIterator[Talk]:
    async with served(shop.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        pop = await called(shop, orders=1)
        await page.wait_for_selector(".call .greeting")
        talk = Talk(shop, page, LineTold(agent=AGENT, attempt=pop.attempt, state=LineState.TALK, since=0.0))
        talk.says(LineState.TALK)
        await talk.offers("hold", "colleague", "keys", "mute")
        yield talk


async def test_hold_by_one_key_and_back_by_the_same(shop: House, browser: Browser, tmp_path: Path) -> None:
    async with talking(shop, browser) as talk:
        await expect(talk.line).to_be_hidden()
        await talk.press("KeyW", HoldAsked)
        await expect(talk.line).to_be_hidden()  # asked is not done
        talk.says(LineState.HELD)
        await expect(talk.line).to_contain_text("На удержании")
        await talk.offers("take", "colleague", "mute")
        await nothing_is_cut(talk.page)
        await no_serious_finding(talk.page)
        await keep(talk.page, tmp_path, "agent-line-held")
        await talk.press("KeyW", TakeAsked)
        talk.says(LineState.TALK)
        await expect(talk.line).to_be_hidden()


async def test_a_reloaded_page_is_on_hold_still(shop: House, browser: Browser) -> None:
    async with talking(shop, browser) as talk:
        talk.says(LineState.HELD, muted=True)
        await talk.page.reload()
        await expect(talk.line).to_contain_text("На удержании · Вас не слышно")


async def test_consult_conference_and_handing_over_by_keys(shop: House, browser: Browser) -> None:
    async with talking(shop, browser) as talk:
        page = talk.page
        await page.keyboard.press("KeyK")
        await expect(page.locator("#line-panel")).to_contain_text(str(OTHER_AGENT))
        await no_serious_finding(page)
        assert (await talk.press("Digit1", ConsultAsked)).colleague == OTHER_AGENT
        talk.says(LineState.CONSULT, colleague=OTHER_AGENT)
        await expect(talk.line).to_contain_text("С коллегой")
        await talk.offers("take", "join", "hand_over", "let_go", "mute")
        await nothing_is_cut(page)
        await talk.press("KeyJ", ConferenceAsked)
        talk.says(LineState.CONFERENCE)
        await talk.offers("hand_over", "let_go", "keys", "mute")
        await talk.press("KeyK", ColleagueLeft)
        assert (await talk.press("KeyT", TransferAsked)).colleague is None


async def test_who_cannot_be_asked_is_shown_with_his_state_and_has_no_digit(shop: House, browser: Browser) -> None:
    shop.room.signed_in[:] = [replace(shop.room.signed_in[0], state=AgentState.PAUSED)]
    async with talking(shop, browser) as talk:
        await talk.page.keyboard.press("KeyK")
        away = talk.page.locator("#line-panel .away")
        await expect(away).to_contain_text(f"{OTHER_AGENT}Пауза")
        await no_serious_finding(talk.page)
        await expect(talk.page.locator("[data-consult]")).to_have_count(0)


async def test_a_transfer_at_once_is_shift_and_a_digit(shop: House, browser: Browser) -> None:
    async with talking(shop, browser) as talk:
        await talk.page.keyboard.press("KeyK")
        await talk.page.wait_for_selector("[data-transfer='1']")
        assert (await talk.press("Shift+Digit1", TransferAsked)).colleague == OTHER_AGENT


async def test_keys_for_a_machine_are_typed_into_the_panel_and_nowhere_else(shop: House, browser: Browser) -> None:
    async with talking(shop, browser) as talk:
        await talk.page.keyboard.press("KeyD")
        await talk.page.wait_for_selector(".keypad")
        typed = asyncio.Event()

        async def slow_at_first(route: Route) -> None:
            await typed.wait()
            await route.continue_()

        await talk.page.route("**/digits", slow_at_first, times=1)
        await talk.page.keyboard.type("1*5#")
        await expect(talk.page.locator(".pressed")).to_have_text("1*5#")
        typed.set()
        async with asyncio.timeout(60):
            while [one.digits for one in shop.room.told(DigitsAsked)] != [*"1*5#"]:
                shop.room.news.clear()
                await shop.room.news.wait()
        await no_serious_finding(talk.page)
        await talk.page.keyboard.press("Escape")
        assert await talk.page.locator(".choice[aria-checked=true]").count() == 0


async def test_mute_is_a_toggle_that_shows_asterisk_s_word(shop: House, browser: Browser) -> None:
    async with talking(shop, browser) as talk:
        assert (await talk.press("KeyM", MuteAsked)).muted
        talk.says(LineState.TALK, muted=True)
        await expect(talk.line).to_have_text("Вас не слышно")
        shop.room.events.clear()
        assert not (await talk.press("KeyM", MuteAsked)).muted


async def test_what_did_not_happen_is_said(shop: House, browser: Browser) -> None:
    async with talking(shop, browser) as talk:
        talk.says(LineState.HELD, trouble=Trouble.COLLEAGUE_NOT_THERE)
        await expect(talk.page.locator(".note")).to_contain_text("Коллега не отвечает")


async def test_a_colleague_sees_who_asks_him_and_may_leave(shop: House, browser: Browser) -> None:
    async with talking(shop, browser) as talk:
        talk.says(LineState.CONSULT, guest=True, colleague=OTHER_AGENT)
        await expect(talk.line).to_contain_text("Вас спрашивает коллега")
        await talk.offers("leave", "mute")
        await talk.press("KeyK", ColleagueLeft)
        talk.says(LineState.OVER)
        await expect(talk.page.locator(".line-bar")).to_be_hidden()


def test_every_trouble_has_its_words_in_both_languages() -> None:
    words = (Path(__file__).parents[2] / "dialer/api/web/words-line.js").read_text(encoding="utf-8")
    states = [one for one in LineState if one not in (LineState.TALK, LineState.OVER)]
    for name in [*Trouble, *states]:
        assert f"  line_{name}: [" in words, name
