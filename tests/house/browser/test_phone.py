"""The phone in the browser, end to end: who hears whom, also when links, pages and tabs come and go."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.api.axe import no_serious_finding
from tests.house.browser.scene import OPUS, Scene, heard_by, hears_customer, phone_is, state_is

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def meter_moves(page: Page) -> None:
    meter = page.locator("#phone-panel meter")
    async with asyncio.timeout(60):
        while await meter.evaluate("meter => meter.value") < 0.3:  # noqa: ASYNC110 - a picture has no event
            await asyncio.sleep(0.05)


async def bring_here(page: Page) -> None:
    await page.keyboard.press("KeyS")
    await page.click("#phone-panel .button.main")


async def test_agent_and_customer_hear_one_another_in_opus(scene: Scene) -> None:
    """In G.711 they do so below."""
    async with scene.context() as context:
        page = await scene.signed_in(context)
        await scene.ready(page, OPUS)
        call = await scene.called(page, scene.number())
        await hears_customer(page)
        await heard_by(call)


async def test_a_cut_socket_cuts_no_talk_and_comes_back(scene: Scene) -> None:
    async with scene.context() as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        call = await scene.called(page, scene.number())
        scene.relay.cut()
        await phone_is(page, "away")
        await hears_customer(page)
        await heard_by(call)
        await state_is(page, "talking")
        scene.relay.mend()
        await phone_is(page, "up")
        await page.keyboard.press("KeyH")
        await state_is(page, "ready")  # after a wrap-up of a second
        await scene.called(page, scene.number())
        await hears_customer(page)


async def test_a_lost_network_loses_the_phone_and_brings_it_back(scene: Scene) -> None:
    async with scene.context() as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        scene.relay.cut()
        await page.evaluate("die()")
        await state_is(page, "lost")  # Asterisk's BYE did not get here
        scene.relay.mend()
        await phone_is(page, "up")
        await state_is(page, "ready")
        await scene.called(page, scene.number())
        await hears_customer(page)


async def test_a_restart_of_the_daemon_leaves_the_line_alone(scene: Scene) -> None:
    async with scene.context() as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        call = await scene.called(page, scene.number())
        await scene.house.kill()
        await heard_by(call)
        await scene.house.start()
        await scene.house.until_servers_up()
        await expect(page.locator("#link-away")).to_be_hidden()
        await state_is(page, "talking")
        await phone_is(page, "up")
        await hears_customer(page)


async def test_one_tab_is_the_phone(scene: Scene) -> None:
    async with scene.context() as context:
        first = await scene.signed_in(context)
        await scene.ready(first)
        second = await context.new_page()
        await second.goto(f"{scene.house.url}/agent")
        await phone_is(second, "tab")
        await bring_here(second)
        await phone_is(second, "up")
        await phone_is(first, "tab")
        await state_is(first, "ready")
        await scene.called(second, scene.number())
        await hears_customer(second)
        await second.close()
        await phone_is(first, "up")


async def test_another_browser_asks_before_it_takes_the_phone(scene: Scene) -> None:
    async with scene.context() as here, scene.context() as there:
        first, second = await scene.signed_in(here), await scene.signed_in(there)
        await scene.ready(first)
        await second.reload()
        await phone_is(second, "elsewhere")
        await phone_is(first, "up")
        await bring_here(second)
        await phone_is(second, "up")
        await phone_is(first, "elsewhere")
        await state_is(second, "ready")
        await scene.called(second, scene.number())
        await hears_customer(second)


async def test_sound_is_tried_and_chosen_in_the_call_too(scene: Scene) -> None:
    async with scene.context() as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        call = await scene.called(page, scene.number())
        await page.keyboard.press("KeyS")
        await meter_moves(page)
        await no_serious_finding(page)
        await page.select_option("#phone-microphone", index=1)
        await page.click("text=Проверить наушники")
        await expect(page.locator("text=Проверить наушники")).to_be_enabled()
        await page.keyboard.press("Escape")
        await heard_by(call)
        await state_is(page, "talking")


async def test_without_a_microphone_nobody_goes_on_line(scene: Scene) -> None:
    async with scene.context("notifications") as context:
        page = await scene.signed_in(context)
        await page.click(".hero .button.main")
        await phone_is(page, "deaf")
        await expect(page.locator(".note")).to_contain_text("Разрешите его в настройках сайта")
        await state_is(page, "offline")


async def test_off_line_the_phone_is_gone(scene: Scene) -> None:
    async with scene.context() as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        await page.keyboard.press("KeyO")
        await state_is(page, "offline")
        await expect(page.locator("#phone")).to_be_hidden()
        assert await page.evaluate("localStorage.getItem('dialer.phone')") is None
