"""The pages in a real browser: a supervisor sees the floor and steers it, an agent takes a call by keyboard alone.

Screenshots of both themes are kept where `DIALER_SCREENSHOTS` says, else with the test's temporary files.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from dialer.core.access import Role
from dialer.core.effects import BookAgentState, CallEnded, ScreenPop
from dialer.core.ids import LeadId
from dialer.core.states import AgentState, CampaignState
from dialer.core.wishes import AgentPaused, CampaignCommanded, Disposed
from tests.api.browser import chromium
from tests.api.conftest import AGENT, PASSWORD, House
from tests.api.live import served
from tests.api.scene import busy_floor
from tests.api.test_campaigns import set_state
from tests.api.test_sockets import answered, settlement

SIZE = {"width": 1280, "height": 720}
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as found:
        yield found


@asynccontextmanager
async def page_of(
    browser: Browser, place: str, path: str = "/", theme: str = "light", *, is_strict: bool = True
) -> AsyncIterator[Page]:
    """A page on which an error of a script or of the policy fails the test; `is_strict`: so does a refused request."""
    context = await browser.new_context(viewport=SIZE, color_scheme=theme, locale="ru-RU")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    if is_strict:
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    await page.goto(f"http://{place}{path}")
    yield page
    await context.close()
    assert wrong == []


async def sign_in(page: Page, name: str) -> None:
    await page.fill("input[name=name]", name)
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")


async def keep(page: Page, folder: Path, name: str) -> None:
    place = Path(os.environ.get("DIALER_SCREENSHOTS", folder))
    await page.screenshot(path=place / f"{name}.png")


async def nothing_is_cut(page: Page) -> None:
    """The page itself does not scroll at 1280 by 720, in neither direction."""
    sizes = await page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight, innerWidth, innerHeight]"
    )
    assert sizes[0] <= sizes[2]
    assert sizes[1] <= sizes[3]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_supervisor_sees_the_floor_and_steers_it(
    house: House, browser: Browser, tmp_path: Path, theme: str
) -> None:
    house.scene.append(busy_floor)
    await set_state(house, CampaignState.RUNNING)
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await expect(page.locator(".campaign")).to_have_count(2)
        await expect(page.locator(".agent")).to_have_count(14)
        await expect(page.locator("#attention")).to_have_class("panel attention act")
        await expect(page.locator(".campaign .why").first).to_contain_text("Набираем 3")
        await expect(page.locator("#plots .uplot canvas")).to_have_count(3)
        await house.board.tick()
        await expect(page.locator("#plots .legend b").last).to_have_text("3,0")
        await nothing_is_cut(page)
        await keep(page, tmp_path, f"wallboard-{theme}")
        await page.click("text=Приостановить")
        assert (await house.room.heard(CampaignCommanded)).command == "pause"
        await page.click("#language")
        await expect(page.locator(".campaigns .title")).to_have_text("Campaigns")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_an_agent_takes_a_call_by_keyboard(house: House, browser: Browser, tmp_path: Path, theme: str) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "anna")
        await expect(page.locator("#state")).to_have_text("Не на линии")
        house.hub.agent_state(BookAgentState(agent=AGENT, state=AgentState.READY, since=house.clock.now()))
        await expect(page.locator("#state")).to_have_text("Готов")
        await keep(page, tmp_path, f"agent-ready-{theme}")

        pop = await answered(house)
        await expect(page.locator(".person")).to_have_text("Мария")
        await expect(page.locator(".number").first).to_have_text("+7 912 345-67-89")
        await expect(page.locator(".greeting")).to_have_text("Здравствуйте, Мария!")
        async with asyncio.timeout(60):
            assert await house.seen.get() >= 0

        state(house, AgentState.TALKING, pop)
        await page.keyboard.press("Digit4")
        await expect(page.locator(".choice[aria-checked=true]")).to_contain_text("Не тот номер")
        await nothing_is_cut(page)
        await keep(page, tmp_path, f"agent-call-{theme}")
        await page.keyboard.press("Enter")
        await expect(page.locator(".foot .button")).to_have_text("Сохраняем…")
        told = await house.room.heard(Disposed)
        assert (told.attempt, told.disposition) == (pop.attempt, "wrong_number")
        house.hub.settled(settlement(house, pop))
        await expect(page.locator(".foot .button")).to_have_text("Сохранено")

        state(house, AgentState.READY)
        await expect(page.locator(".recent")).to_contain_text("Не тот номер")


async def test_a_reloaded_page_is_in_the_same_call_and_pauses_after_it(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        pop = await answered(house)
        await page.wait_for_selector(".call")
        house.hub.call_ended(CallEnded(agent=AGENT, attempt=pop.attempt))
        state(house, AgentState.WRAP_UP, pop)
        await page.reload()
        await expect(page.locator(".person")).to_have_text("Мария")
        await expect(page.locator("#state")).to_have_text("Обработка")
        await expect(page.locator("#left")).to_be_visible()

        await page.keyboard.press("KeyP")
        await page.keyboard.press("Digit2")
        await expect(page.locator("#wish")).to_have_text("После звонка: пауза · Обед")
        assert (await house.room.heard(AgentPaused)).reason == "lunch"
        house.hub.withdrawn(LeadId(pop.lead))
        await expect(page.locator("#withdrawn")).to_be_visible()


async def test_a_lost_link_is_said_and_comes_back_by_itself(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place:
        context = await browser.new_context(viewport=SIZE)
        page = await context.new_page()
        await page.goto(f"http://{place}/")
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        await context.set_offline(True)
        for screen in house.hub._screens.values():
            for box in list(screen.boxes):
                box.close()
        await expect(page.locator("#link-away")).to_be_visible()
        await context.set_offline(False)
        await expect(page.locator("#link-away")).to_be_hidden()
        await context.close()


async def test_a_one_time_link_leads_to_a_password_and_in(house: House, browser: Browser, tmp_path: Path) -> None:
    await house.users.add("root", Role.ADMIN, house.clock.now())
    link = await house.users.make_link("root", house.clock.now())
    async with served(house.app) as place, page_of(browser, place, f"/sign-in#link={link}") as page:
        await page.wait_for_selector("#set-password:not([hidden])")
        assert link not in page.url
        await keep(page, tmp_path, "sign-in-link")
        await page.fill("#set-password input[type=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/wallboard")
    assert await house.users.check_password("root", PASSWORD) is not None


async def test_a_wrong_password_is_said_in_russian(house: House, browser: Browser) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    async with served(house.app) as place:
        await page.goto(f"http://{place}/wallboard")
        await sign_in(page, "nobody")
        await expect(page.locator("#sign-in .error")).to_have_text("Неверное имя или пароль")
    await context.close()


async def test_what_comes_from_a_list_is_never_html(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    nasty = "<img src=x onerror=alert(1)><b>bold</b>"
    async with house.database.connection() as conn:
        await conn.execute("update dialer.project set script = $1, name = $1", nasty)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        await answered(house)
        await expect(page.locator(".now p")).to_have_text(nasty)
        assert await page.locator(".script img").count() == 0


def state(house: House, wanted: AgentState, pop: ScreenPop | None = None) -> None:
    attempt = None if pop is None else pop.attempt
    house.hub.agent_state(BookAgentState(agent=AGENT, state=wanted, since=house.clock.now(), attempt=attempt))
