"""A page that is loaded again in a talk: the customer is held meanwhile, then both hear one another again."""

import pytest

from tests.house.browser.scene import Scene, heard_by, hears_customer, phone_is, state_is

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_page_loaded_again_is_the_phone_again_and_a_talk_outlives_it(scene: Scene) -> None:
    async with scene.context() as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        await page.reload()
        await phone_is(page, "up")
        await state_is(page, "ready")
        call = await scene.called(page, scene.number())
        await hears_customer(page)
        await page.reload()
        await phone_is(page, "up")
        await hears_customer(page)
        await heard_by(call)
        await state_is(page, "talking")
        assert call.live


async def test_a_talk_outlives_a_browser_that_crashes(scene: Scene) -> None:
    """Nothing is said to anybody: Asterisk misses the sound, and the same browser comes back."""
    async with scene.context() as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        call = await scene.called(page, scene.number())
        await page.evaluate("die()")
        scene.relay.cut()
        await page.goto("about:blank")
        scene.relay.mend()
        page = await context.new_page()
        await page.goto(f"{scene.house.url}/agent")
        await phone_is(page, "up")
        await hears_customer(page)
        await heard_by(call)
