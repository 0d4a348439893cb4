"""The page of lists in a real browser: a file is tried, taken in, its doubtful numbers settled, by keyboard too."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from dialer.core.wishes import CampaignCommanded
from tests.api.axe import no_serious_finding
from tests.api.conftest import AGENT, PASSWORD, House
from tests.api.live import served
from tests.api.test_lists import ORDERS, lead_of
from tests.api.test_pages import browser, keep, page_of, sign_in

__all__ = ["browser"]

FILE = {"name": "orders.csv", "mimeType": "text/csv", "buffer": ORDERS.encode()}


@pytest_asyncio.fixture(autouse=True)
async def imports(house: House) -> AsyncIterator[None]:
    running = asyncio.ensure_future(house.lists.run())
    yield
    house.lists.close()
    await running


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_supervisor_brings_a_list_and_settles_what_is_in_doubt(
    house: House, browser: Browser, tmp_path: Path, theme: str
) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/lists']")
        await page.set_input_files("#file", FILE)
        await expect(page.locator(".sums b")).to_have_text(["2", "2", "1", "1"])
        await expect(page.locator(".chart rect")).to_have_count(4)
        await expect(page.locator("#look")).to_contain_text("в ячейке нет цифр")
        await expect(page.locator(".columns label.known")).to_have_count(5)
        await keep(page, tmp_path, f"lists-look-{theme}")

        await page.focus("#import")
        await page.keyboard.press("Enter")
        await page.click("text=2 · решить")
        await expect(page.locator("#undecided tbody tr")).to_have_count(2)
        await expect(page.locator("#ahead")).to_contain_text("Из 6 строк можно звонить по 2")
        await keep(page, tmp_path, f"lists-doubt-{theme}")
        await expect(page.locator("#undecided tbody tr").first.locator("button").first).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("#undecided tbody tr")).to_have_count(1)
        assert (await lead_of(house, "A-2"))["number"] == "4952345678"

        await page.fill("#only-text", "никто")
        await page.press("#only-text", "Enter")
        await expect(page.locator("#undecided")).to_contain_text("Таких нет")
        await page.fill("#only-text", "москва")
        await page.press("#only-text", "Enter")
        await expect(page.locator("#undecided tbody tr")).to_have_count(1)

        page.on("dialog", lambda dialog: dialog.accept())
        await page.click("text=Всем: не звонить")
        await expect(page.locator("#doubt")).to_be_hidden()
        assert (await lead_of(house, "A-5"))["state"] == "refused"
        await page.click("#language")
        await expect(page.locator(".all .title")).to_have_text("Lists")


async def test_a_supervisor_says_whom_the_project_takes_in(house: House, browser: Browser) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    context = await browser.new_context(locale="ru-RU")
    page = await context.new_page()
    async with served(house.app) as place:
        await page.goto(f"http://{place}/")
        await sign_in(page, "olga")
        await page.click("nav a[href='/lists']")
        await page.set_input_files("#file", FILE)
        await expect(page.locator(".sums b").first).to_have_text("2")
        await page.fill("#served", "Атлантида")
        await page.click("#admit-save")
        await expect(page.locator(".note")).to_contain_text("Атлантида")
        await page.fill("#served", "калужская обл")
        await page.fill("#repeat-days", "7")
        await page.click("#admit-save")
        await expect(page.locator("#admit-said")).to_contain_text("Сохранено")
        await expect(page.locator("#served")).to_have_value("Калужская область")
        await expect(page.locator(".sums b")).to_have_text(["1", "0", "0", "5"])
        await expect(page.locator("#look")).to_contain_text("регион не обслуживается")
    await context.close()
    assert (await house.ports.admissions.of(house.project)).repeat_days == 7


async def test_a_number_is_forbidden_found_and_allowed_again(house: House, browser: Browser) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/lists']")
        await page.fill("#forbid-phone", "8 (916) 123-45-67")
        await page.press("#forbid-phone", "Enter")
        await expect(page.locator("#forbidden")).to_contain_text("нет")
        await page.fill("#forbid-why", "письмо от 12.11")
        await page.select_option("#forbid-for", "all")
        await page.focus("#forbid-add")
        await page.keyboard.press("Enter")
        await expect(page.locator("#forbidden tbody tr")).to_contain_text("9161234567")
        await expect(page.locator("#forbidden tbody tr")).to_contain_text("письмо от 12.11")
        await no_serious_finding(page)
        found = await house.ports.do_not_call.entries(None, ("", 0), 10)
        assert [(one.number, one.project) for one in found] == [("9161234567", None)]
        await page.click("#forbidden button")
        await expect(page.locator("#forbidden")).to_contain_text("нет")
    assert await house.ports.do_not_call.entries(None, ("", 0), 10) == []


async def test_columns_that_are_not_understood_are_set_by_hand(house: House, browser: Browser) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    context = await browser.new_context(locale="ru-RU")
    page = await context.new_page()
    async with served(house.app) as place:
        await page.goto(f"http://{place}/")
        await sign_in(page, "olga")
        await page.click("nav a[href='/lists']")
        await page.set_input_files("#file", {**FILE, "buffer": "Куда звонить;Имя\n8 916 123-45-67;Анна\n".encode()})
        await expect(page.locator(".problem")).to_contain_text("Куда звонить")
        await expect(page.locator("#import")).to_be_disabled()
        await page.locator("select[data-name='Куда звонить']").select_option("phone")
        await expect(page.locator(".sums b").first).to_have_text("1")
        await expect(page.locator("#import")).to_be_enabled()
    await context.close()


async def test_columns_are_chosen_one_by_one_seen_as_read_remembered_and_the_campaign_started(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    rows = "Телефон;Телефон 2;Город;Кто\n8 916 123-45-67;8 916 765-43-21;Тула;Анна\nнет;;Тула;Борис\n"
    file = {**FILE, "buffer": rows.encode()}
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/lists']")
        await page.set_input_files("#file", file)
        shown = page.locator(".as-read tbody tr")
        await expect(shown.first).to_contain_text("+7 916 123-45-67, +7 916 765-43-21")
        await expect(shown.nth(1)).to_contain_text("в ячейке нет цифр")
        await page.locator("select[data-name='Телефон 2']").select_option("")
        await expect(shown.first).not_to_contain_text("+7 916 765-43-21")
        await page.locator("select[data-name='Кто']").select_option("person")
        await expect(page.locator(".as-read th").nth(5)).to_have_text("Телефон 2")
        await expect(shown.first.locator("td").nth(2)).to_have_text("Анна")
        await no_serious_finding(page)
        await keep(page, tmp_path, "lists-columns")
        await page.click("#import")
        await expect(page.locator("#ahead")).to_contain_text("Из 2 строк можно звонить по 1")
        await page.set_input_files("#file", {**file, "name": "tomorrow.csv"})
        await expect(page.locator("select[data-name='Кто']")).to_have_value("person")
        await expect(page.locator("select[data-name='Телефон 2']")).to_have_value("")

        await page.click("#start")
        await expect(page.locator("#campaign-state")).to_have_text("идёт")
    assert [told.command for told in house.room.told(CampaignCommanded)] == ["start"]


async def test_an_agent_is_led_to_his_own_page(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        await page.goto(f"http://{place}/lists")
        await page.wait_for_url("**/agent")
