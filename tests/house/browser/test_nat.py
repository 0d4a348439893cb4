"""The phone in a browser behind a NAT that lets sound out by way of a TURN server only: real coturn, real Chromium."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest
from playwright.async_api import Page, Route, expect

from dialer.phones import turn_password
from tests.house.browser.scene import AGENT, PATIENCE_MS, Scene, heard_by, hears_customer, phone_is, state_is, way_is

pytestmark = pytest.mark.asyncio(loop_scope="session")

Fault: TypeAlias = Callable[[Scene, Page], AbstractAsyncContextManager[None]]
LONG_AGO = 1_000_000_000


@asynccontextmanager
async def another_key(scene: Scene, page: Page) -> AsyncIterator[None]:
    """The TURN server was given another key than the daemon."""
    turn, right = scene.turn, scene.turn.key
    turn.key = "not-the-one-in-dialer-toml"
    await turn.restart()
    try:
        yield
    finally:
        turn.key = right
        await turn.restart()


@asynccontextmanager
async def expired(scene: Scene, page: Page) -> AsyncIterator[None]:
    """The password was good for a time that is over."""

    async def aged(route: Route) -> None:
        answer = await route.fetch()
        told = await answer.json()
        name = f"{LONG_AGO}:{AGENT}"
        told["ice_servers"][0] |= {"username": name, "credential": turn_password(scene.turn.key, name)}
        await route.fulfill(response=answer, body=json.dumps(told))

    await page.route("**/phone", aged)
    yield
    await page.unroute("**/phone")


async def test_behind_a_symmetric_nat_both_hear_one_another(scene: Scene) -> None:
    async with scene.context(behind_nat=True) as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        call = await scene.called(page, scene.number())
        await hears_customer(page)
        await heard_by(call)
        await way_is(page, "relayed")
    assert scene.turn.allocations > 0


@pytest.mark.parametrize("fault", [another_key, expired])
async def test_a_password_that_the_turn_server_refuses_is_said_with_what_to_do(scene: Scene, fault: Fault) -> None:
    async with scene.context(behind_nat=True) as context:
        page = await scene.signed_in(context)
        async with fault(scene, page):
            await scene.on_line(page)
            await phone_is(page, "unheard")
            await expect(page.locator(".note")).to_contain_text("TURN-сервер не принял пароль")
            await page.keyboard.press("KeyS")
            await expect(page.locator("#phone-why")).to_contain_text("Нажмите «Подключить заново»")
        await page.click("#phone-panel .button.main")
        await phone_is(page, "up")
        await state_is(page, "paused")
        await expect(page.locator("#phone-way")).to_have_attribute("data-kind", "relayed", timeout=PATIENCE_MS)


async def test_a_turn_server_that_is_away_is_said_where_sound_goes_without_it(scene: Scene) -> None:
    await scene.turn.stop()
    try:
        async with scene.context() as context:
            page = await scene.signed_in(context)
            await scene.ready(page)
            await scene.called(page, scene.number())
            await hears_customer(page)
            await page.keyboard.press("KeyS")
            await expect(page.locator("#phone-way")).to_have_attribute("data-kind", "direct", timeout=PATIENCE_MS)
            await expect(page.locator("#phone-turn")).to_contain_text("TURN-сервер не отвечает")
    finally:
        await scene.turn.start()
