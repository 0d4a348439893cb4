"""The phone in a browser behind a NAT that lets sound out by way of a TURN server only: real coturn, real Chromium."""

import pytest

from tests.house.browser.scene import Scene, heard_by, hears_customer, way_is

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_behind_a_symmetric_nat_both_hear_one_another(scene: Scene) -> None:
    async with scene.context(behind_nat=True) as context:
        page = await scene.signed_in(context)
        await scene.ready(page)
        call = await scene.called(page, scene.number())
        await hears_customer(page)
        await heard_by(call)
        await way_is(page, "relayed")
    assert scene.turn.allocations > 0
