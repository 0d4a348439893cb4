"""The supervisor's page of projects in a real browser: written, seen as agents will see it, kept, approved."""

from pathlib import Path

from playwright.async_api import Browser, expect

from dialer.core.access import Role
from tests.api.axe import no_serious_finding
from tests.api.conftest import AGENT, PASSWORD, House
from tests.api.desk_scene import open_shop
from tests.api.live import served
from tests.api.test_pages import browser, keep, nothing_is_cut, page_of, sign_in

__all__ = ["browser"]  # a fixture


async def test_a_script_is_written_seen_kept_and_approved(house: House, browser: Browser, tmp_path: Path) -> None:
    await open_shop(house)
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        await page.emulate_media(reduced_motion="reduce")
        page.on("dialog", lambda dialog: dialog.accept())
        await sign_in(page, "olga")
        await page.click("nav a[href='/projects']")
        await expect(page.locator(".preview .greeting")).to_contain_text("магазин «Лавка»")
        await expect(page.locator(".version .chip")).to_have_text("в работе")
        await nothing_is_cut(page)
        await keep(page, tmp_path, "projects-script")
        await no_serious_finding(page)

        await page.fill("#text", "{")
        await expect(page.locator("#wrong")).to_contain_text("Не читается")
        await page.fill("#text", '{"greeting": "", "steps": [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}]}')
        await page.click("#save")
        await expect(page.locator("#wrong")).to_contain_text("never reached")
        await page.fill("#text", '{"greeting": "Добрый день, {person}!", "steps": [{"id": "a", "text": "Удобно?"}]}')
        await expect(page.locator(".preview .greeting")).to_contain_text("Добрый день, Мария")
        await page.fill("#note", "короче")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await expect(page.locator(".version")).to_have_count(2)
        await page.click(".version .button")
        await expect(page.locator(".version").first.locator(".chip")).to_have_text("в работе")

        for kind, shown in (
            ("Анкета", "#field-wishes"),
            ("Итоги", ".result"),
            ("Справка", ".preview details"),
        ):
            await page.click(f"#kinds button:has-text('{kind}')")
            await expect(page.locator(shown).first).to_be_visible()
            await no_serious_finding(page)
        await page.click("#kinds button:has-text('Итоги')")
        await page.click("#save")
        await expect(page.locator("#wrong")).to_have_text("")
        await no_serious_finding(page)  # the pointer rests on the button that it has pressed
        await keep(page, tmp_path, "projects-results")
    assert len(await house.ports.contents.dictionary(house.project)) == 14
    assert [one.approved_by for one in await house.ports.contents.versions(house.project, "script")] == ["olga"] * 2


async def test_an_agent_is_led_to_his_own_page(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        await page.goto(f"http://{place}/projects")
        await page.wait_for_url("**/agent")
