"""The agent's desk in a real browser: a whole talk by keyboard, and what happens to it when things break."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from dialer.api.app import create_app
from dialer.core.access import Role
from dialer.core.effects import BookAgentState, ScreenPop
from dialer.core.ids import LeadId
from dialer.core.states import REST, AgentState
from dialer.core.wishes import AgentPaused, Disposed
from dialer.desk.hub import Hub
from sim.courier.firm import Slot
from sim.courier.server import Courier
from tests.api import desk_scene
from tests.api.axe import no_serious_finding
from tests.api.conftest import AGENT, PASSWORD, House
from tests.api.desk_scene import ADDRESS, called, open_shop
from tests.api.live import served
from tests.api.test_pages import PATIENCE_MS, SIZE, browser, keep, nothing_is_cut, page_of, sign_in
from tests.api.test_slots import EVENING, MORNING, courier
from tests.api.test_sockets import settlement

__all__ = ["browser", "courier"]  # fixtures


@pytest_asyncio.fixture
async def shop(house: House) -> House:
    """With an agent who may sign in, and a project as a shop has it."""
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    await open_shop(house)
    return house


async def in_the_books(house: House, pop: ScreenPop, check: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    """The form of the order that is called for, as soon as it holds what is awaited."""
    async with asyncio.timeout(60):
        while True:
            entered = (await house.ports.talks.entered(pop.attempt)).get(pop.lead, {})
            values = {name: entry.value for name, entry in entered.items()}
            if check(values):
                return values
            await asyncio.sleep(0.05)


@asynccontextmanager
async def several_pages(browser: Browser, place: str) -> AsyncIterator[tuple[BrowserContext, Page]]:
    """A signed-in browser whose pages may lose the network: errors of that are no failure."""
    context = await browser.new_context(viewport=SIZE, locale="ru-RU")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(f"http://{place}/")
    await sign_in(page, "anna")
    await page.wait_for_selector(".hero, .call")
    yield context, page
    await context.close()


async def test_a_whole_talk_by_keyboard(shop: House, browser: Browser, tmp_path: Path) -> None:
    async with served(shop.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        pop = await called(shop, orders=1)
        await expect(page.locator(".greeting")).to_contain_text("Меня зовут Анна, магазин «Лавка»")
        await expect(page.locator("#field-address")).to_have_value(ADDRESS)

        for key in ("KeyZ", "KeyX", "KeyZ"):  # convenient, another address, agreed
            await page.keyboard.press(key)
        await expect(page.locator(".now")).to_contain_text("24 990 ₽")
        await expect(page.locator(".choice[aria-checked=true]")).to_contain_text("Согласовано")

        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.keyboard.press("KeyI")
        await page.keyboard.type("возвр")
        await expect(page.locator(".found details[open] mark").first).to_have_text("Возврат")
        assert not any("/info" in one for one in asked), "the open socket is not used"
        await page.keyboard.press("Escape")
        await expect(page.locator(".found")).to_be_hidden()

        await page.keyboard.press("Enter")
        await expect(page.locator(".field:has(#field-date) .wrong")).to_have_text("Заполните")
        await expect(page.locator("#field-date")).to_be_focused()
        await nothing_is_cut(page)
        await keep(page, tmp_path, "agent-missing")
        assert shop.room.told(Disposed) == []

        for _ in range(2):  # behind «выберите»: today, tomorrow
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Tab")
        await page.keyboard.type("18")
        await page.keyboard.press("Tab")
        await page.keyboard.type("1930")
        await page.keyboard.press("Tab")
        await page.keyboard.type("домофон не работает")
        await page.keyboard.press("Control+Enter")
        told = await shop.room.heard(Disposed)
        assert (told.attempt, told.disposition) == (pop.attempt, "agreed")
        values = await in_the_books(shop, pop, lambda found: "wishes" in found)
        assert (values["interval"], values["time"], values["wishes"]) == ("18:00-22:00", "19:30", "домофон не работает")
        assert json.loads(values[".path"]) == [["start", 0], ["address", 1], ["day", 0]]

        shop.hub.settled(replace(settlement(shop, pop), disposition="agreed"))
        await expect(page.locator(".foot .button")).to_have_text("Сохранено")
        await expect(page.locator("#field-wishes")).to_be_disabled()


async def test_every_view_is_accessible_in_both_themes_and_languages(
    shop: House, browser: Browser, tmp_path: Path
) -> None:
    async with served(shop.app) as place, page_of(browser, place) as page:
        await page.emulate_media(reduced_motion="reduce")  # no colour is looked at while it changes
        await no_serious_finding(page)
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        await no_serious_finding(page)
        await called(shop)
        await page.wait_for_selector(".person")
        await page.keyboard.press("Digit2")
        await page.keyboard.press("KeyI")
        await page.wait_for_selector(".found summary")
        await no_serious_finding(page)
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        await no_serious_finding(page)
        await keep(page, tmp_path, "agent-information-dark")
        await page.click("#language")
        await expect(page.locator(".call .title").first).to_have_text("Script")
        await expect(page.locator(".detail .what")).to_have_text("Call back")
        await no_serious_finding(page)


async def test_a_promised_call_is_two_keys_and_another_order_its_own_result(
    shop: House, browser: Browser, tmp_path: Path
) -> None:
    async with served(shop.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        pop = await called(shop)
        await expect(page.locator(".orders button")).to_have_count(2)
        await page.keyboard.press("BracketRight")
        await expect(page.locator(".fields")).to_contain_text("Мешки для пылесоса")
        await page.keyboard.press("Shift+Digit1")
        await page.keyboard.press("BracketLeft")
        await page.keyboard.press("Digit2")
        await expect(page.locator(".detail select").first).to_be_visible()
        await nothing_is_cut(page)
        await keep(page, tmp_path, "agent-callback")
        await page.keyboard.press("Enter")
        told = await shop.room.heard(Disposed)
        assert told.disposition == "call_later"
        assert told.call_at is not None
        async with shop.database.connection() as conn:
            other = await conn.fetchrow("select state, reason from dialer.lead where external_id = 'SHOP-20502'")
            promised = await conn.fetchval("select extract(epoch from call_at)::float8 from dialer.callback")
        assert (other["state"], other["reason"], promised) == ("done", "changed_mind", told.call_at)
        assert pop.attempt == told.attempt


async def other_order(house: House, pop: ScreenPop) -> LeadId:
    card = await house.cards.card(pop.attempt)
    assert card is not None
    return card.orders[1].lead


async def test_another_order_that_is_cancelled_is_marked_and_keeps_no_result_back(
    shop: House, browser: Browser, http: httpx.AsyncClient, admin: dict[str, str], tmp_path: Path
) -> None:
    async with served(shop.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        pop = await called(shop)
        await page.wait_for_selector(".choice")
        await page.keyboard.press("BracketRight")
        await page.keyboard.press("Shift+Digit1")
        await page.fill("#field-wishes", "дом")
        path = f"/api/v1/leads/{await other_order(shop, pop)}"
        await http.patch(path, headers=admin, json={"fields": {"товар": "Мешки, 8 шт."}})
        await expect(page.locator(".fields")).to_contain_text("Мешки, 8 шт.")
        await http.delete(path, headers=admin)
        await expect(page.locator("#notes")).to_contain_text("SHOP-20502: итог по нему не нужен")
        await expect(page.locator(".recipient .trouble")).to_have_text("Этот заказ отменён. Итог по нему не нужен.")
        await page.keyboard.type("офон")  # nothing is taken from under his hands
        await expect(page.locator("#field-wishes")).to_have_value("домофон")
        await expect(page.locator(".choice").first).to_be_disabled()
        await nothing_is_cut(page)
        await keep(page, tmp_path, "agent-order-cancelled")

        await page.reload()
        await expect(page.locator(".orders button").nth(1)).to_have_text("SHOP-20502отменён")
        await page.keyboard.press("BracketRight")
        await page.click("#language")
        await expect(page.locator(".recipient .trouble")).to_have_text("This order was cancelled. It needs no result.")
        await no_serious_finding(page)
        await page.keyboard.press("BracketLeft")
        await expect(page.locator(".recipient .trouble")).to_have_count(0)
        await page.locator(".choice").nth(1).click()
        await page.locator(".foot .button").click()
        told = await shop.room.heard(Disposed)
        assert (told.attempt, told.disposition) == (pop.attempt, "call_later")


async def test_an_order_that_went_unseen_is_named_when_the_result_is_given(shop: House, browser: Browser) -> None:
    async with served(shop.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        pop = await called(shop)
        await page.wait_for_selector(".choice")
        await shop.ports.leads.withdraw(await other_order(shop, pop), "cancelled")  # and the desk does not hear of it
        await page.keyboard.press("Digit4")
        await page.keyboard.press("Enter")
        await expect(page.locator("#notes")).to_contain_text("Уже не в работе: SHOP-20502")
        assert shop.room.told(Disposed)[0].disposition == "wrong_number"


@pytest.mark.parametrize(
    ("told", "shown"),
    [("Екатеринбург,\x0bМира 5", "Екатеринбург, Мира 5"), ("🏠" * 5000, "🏠" * 4000)],
    ids=["control", "long"],
)
async def test_what_a_list_holds_beside_text_keeps_no_field_from_being_saved(
    shop: House, browser: Browser, monkeypatch: pytest.MonkeyPatch, told: str, shown: str
) -> None:
    monkeypatch.setattr(desk_scene, "ORDERS", (("SHOP-1", {"адрес": told}),))
    async with served(shop.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        pop = await called(shop, orders=1)
        await page.fill("#field-wishes", "домофон 17")
        values = await in_the_books(shop, pop, lambda found: len(found) == 2)
        assert values == {"address": shown, "wishes": "домофон 17"}
        await expect(page.locator(".kept")).to_have_text("Сохранено")
        await page.reload()
        await expect(page.locator("#field-address")).to_have_value(shown)
        await expect(page.locator("#field-wishes")).to_have_value("домофон 17")


async def test_one_edit_that_is_refused_takes_no_other_with_it_and_is_said_at_its_field(
    shop: House, browser: Browser, tmp_path: Path
) -> None:
    async with served(shop.app) as place, page_of(browser, place, is_strict=False) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        pop = await called(shop, orders=1)
        await expect(page.locator(".kept")).to_have_text("Сохранено")
        at = shop.clock.now()
        left = [
            {"lead": pop.lead, "field": field, "value": value, "at": at}
            for field, value in (("wishes", "домофон 17"), ("time", "18\x0b15"), (".choice", "wrong_number"))
        ]
        keep_it = "([attempt, left]) => localStorage.setItem(`dialer.draft.${attempt}`, JSON.stringify(left))"
        await page.evaluate(keep_it, [pop.attempt, left])  # as an older page has left it
        await page.reload()
        values = await in_the_books(shop, pop, lambda found: ".choice" in found)
        assert (values["wishes"], "time" in values) == ("домофон 17", False)
        await expect(page.locator(".kept")).to_have_text("Не всё сохранено")
        wrong = page.locator(".field:has(#field-time) .wrong")
        await expect(wrong).to_have_text("Не сохранено")

        await page.keyboard.press("Enter")
        await expect(page.locator("#field-time")).to_be_focused()
        await expect(wrong).to_have_text("Не сохранено")
        await keep(page, tmp_path, "agent-refused-field")
        assert shop.room.told(Disposed) == []
        await page.fill("#field-time", "18:15")
        await expect(page.locator(".kept")).to_have_text("Сохранено")
        await expect(wrong).to_have_text("")
        await page.keyboard.press("Control+Enter")
        assert (await shop.room.heard(Disposed)).disposition == "wrong_number"
        assert (await in_the_books(shop, pop, lambda found: "time" in found))["time"] == "18:15"


async def test_nothing_typed_is_lost_by_a_crash_or_a_lost_network(shop: House, browser: Browser) -> None:
    async with served(shop.app) as place, several_pages(browser, place) as (context, page):
        pop = await called(shop, orders=1)
        await page.fill("#field-wishes", "звонить за час")
        await in_the_books(shop, pop, lambda found: found.get("wishes") == "звонить за час")

        await context.set_offline(True)
        await page.fill("#field-wishes", "звонить за два часа")
        await expect(page.locator(".kept")).to_have_text("Ждёт связи")
        await page.keyboard.press("Escape")
        await page.keyboard.press("Digit4")
        await page.keyboard.press("Enter")
        await expect(page.locator("#notes")).to_contain_text("Сервер не отвечает")
        await page.close()  # the browser crashes with the network still away

        await context.set_offline(False)
        page = await context.new_page()
        await page.goto(f"http://{place}/")
        await expect(page.locator("#field-wishes")).to_have_value("звонить за два часа")
        await in_the_books(shop, pop, lambda found: found.get("wishes") == "звонить за два часа")
        await expect(page.locator(".choice[aria-checked=true]")).to_contain_text("Не тот номер")
        await page.wait_for_function("localStorage.length === 0")
        assert shop.room.told(Disposed) == []


async def test_two_tabs_and_a_second_browser_show_the_same(shop: House, browser: Browser) -> None:
    async with (
        served(shop.app) as place,
        several_pages(browser, place) as (context, one),
        several_pages(browser, place) as (_, elsewhere),
    ):
        two = await context.new_page()
        await two.goto(f"http://{place}/")
        await two.wait_for_selector(".hero")
        pop = await called(shop, orders=1)
        await one.fill("#field-wishes", "без звонка в дверь")
        for page in (two, elsewhere):
            await expect(page.locator("#field-wishes")).to_have_value("без звонка в дверь")
        await two.keyboard.press("KeyZ")
        await two.keyboard.press("Shift+Digit2")
        for page in (one, elsewhere):
            await expect(page.locator(".choice[aria-checked=true]")).to_contain_text("Не устроила цена")
            await expect(page.locator(".past-step")).to_contain_text("Да, удобно")
        shop.hub.settled(replace(settlement(shop, pop), disposition="refused_price"))
        for page in (one, two, elsewhere):
            await expect(page.locator(".foot .button")).to_have_text("Сохранено")


async def test_after_a_restart_of_the_daemon_the_same_call_has_the_same_form(shop: House, browser: Browser) -> None:
    state: list[BookAgentState] = []
    again = Hub(
        shop.cards,
        feed=shop.room.feed,
        now=shop.clock.now,
        monotonic=shop.clock.monotonic,
        recall=lambda agent: state[0],
    )
    async with AsyncExitStack() as before:
        place = await before.enter_async_context(served(shop.app))
        async with several_pages(browser, place) as (_, page):
            pop = await called(shop, orders=1)
            await page.fill("#field-wishes", "оставить у консьержа")
            await in_the_books(shop, pop, lambda found: "wishes" in found)
            at = shop.clock.now()
            state.append(BookAgentState(agent=AGENT, state=AgentState.TALKING, since=at, attempt=pop.attempt))
            shop.hub.close()
            await before.aclose()
            await expect(page.locator("#link-away")).to_be_visible()
            await page.fill("#field-time", "18:15")
            await page.keyboard.press("Tab")
            async with served(create_app(replace(shop.ports, desk=again)), int(place.rpartition(":")[2])):
                await expect(page.locator("#link-away")).to_be_hidden()
                await expect(page.locator("#state")).to_have_text("Разговор")
                await expect(page.locator("#field-wishes")).to_have_value("оставить у консьержа")
                await in_the_books(shop, pop, lambda found: found.get("time") == "18:15")
                again.close()


async def test_a_tab_that_hangs_gets_no_second_call_and_wakes_up_to_the_truth(shop: House, browser: Browser) -> None:
    async with served(shop.app) as place, several_pages(browser, place) as (_, page):
        async with page.expect_event("dialog") as asked:
            await page.evaluate("setTimeout(() => alert('nothing goes on behind a dialogue'))")
        dialogue = await asked.value
        pop = await called(shop, orders=1)
        watch = asyncio.ensure_future(shop.hub.run())
        assert (await shop.room.heard(AgentPaused)).reason == "screen_lost"
        shop.hub.close()
        await watch
        await dialogue.accept()
        await expect(page.locator("#state")).to_have_text("Разговор")
        await expect(page.locator(".person")).to_contain_text("Мария")
        assert pop.attempt == shop.hub.attempt_of(AGENT)


async def test_delivery_slots_are_shown_as_the_courier_says(shop: House, browser: Browser, courier: Courier) -> None:
    async with served(shop.app) as place, page_of(browser, place, is_strict=False) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        await called(shop, orders=1)
        await page.wait_for_selector("#field-date")
        day = await page.locator("#field-date option").nth(3).get_attribute("value")
        assert day is not None
        courier.firm.limits[Slot(date.fromisoformat(day), MORNING)] = 0
        await page.select_option("#field-date", day)
        morning, evening = (page.locator(f"#field-interval option[value='{one}']") for one in (MORNING, EVENING))
        await expect(morning).to_contain_text("мест нет")
        await expect(morning).to_be_disabled()
        await expect(evening).to_contain_text("свободно")

        courier.firm.limits[Slot(date.fromisoformat(day), EVENING)] = 0  # somebody else was faster
        await page.select_option("#field-interval", EVENING)
        await page.keyboard.press("Escape")
        await page.keyboard.press("Digit1")
        await page.keyboard.press("Enter")
        await expect(page.locator(".field:has(#field-interval) .wrong")).to_have_text("Мест уже нет")
        assert shop.room.told(Disposed) == []

        courier.faults.is_down = True
        await page.select_option("#field-date", index=5)
        await expect(page.locator("#field-interval option[value='14:00-18:00']")).to_contain_text("неизвестно")


LOST_AT_A_QUESTION = """
const say = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if (data.includes('"search"')) this.close();
  else say.call(this, data);
};
"""


async def test_a_question_that_went_with_the_line_is_answered(shop: House, browser: Browser) -> None:
    async with served(shop.app) as place, several_pages(browser, place) as (context, _):
        await context.add_init_script(LOST_AT_A_QUESTION)
        page = await context.new_page()
        await page.goto(f"http://{place}/agent")
        await page.wait_for_selector(".hero")
        await called(shop)
        await page.wait_for_selector(".person")
        await page.fill(".info input", "возвр")
        await expect(page.locator(".found details[open] mark").first).to_have_text("Возврат")


async def test_rest_between_calls_is_named_and_ends_by_itself(shop: House, browser: Browser) -> None:
    async with served(shop.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        now = shop.clock.now()
        shop.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.READY, since=now, reason=REST))
        await expect(page.locator(".hero h1")).to_have_text("Отдых между звонками")
        await expect(page.locator("#state")).to_have_text("Готов")
        await expect(page.locator("#state-reason")).to_have_text("Отдых между звонками")
        await no_serious_finding(page)
        shop.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.READY, since=now + 10.0))
        await expect(page.locator(".hero h1")).to_have_text("Готов")
        await expect(page.locator("#state-reason")).to_have_text("")
