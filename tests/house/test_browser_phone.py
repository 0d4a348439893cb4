"""The phone in the browser, end to end: the customer's tone is heard by the agent, the agent's by the customer."""

from pathlib import Path

import pytest

from sim.sip.audio import tone
from sim.sip.behaviour import answers
from sim.sip.rtp import Listen
from tests.house.browser_phone import CUSTOMER_HZ, MIC_HZ, pitch_heard, scene_of, state_is

NUMBER = "9161234567"


@pytest.mark.parametrize("endpoint", ["1001-web", "1002-web"], ids=["alaw", "opus"])
async def test_agent_and_customer_hear_one_another(database_dsn: str, tmp_path: Path, endpoint: str) -> None:
    async with scene_of(database_dsn, tmp_path, endpoint) as scene:
        page = await scene.signed_in(await scene.context())
        scene.carrier.on(NUMBER, answers(ring_s=0.1, says=tone(CUSTOMER_HZ), listen=Listen.KEEP))
        await scene.house.add(NUMBER)
        await scene.ready(page)
        await scene.house.command("start")
        await state_is(page, "talking")
        heard = await page.evaluate("pitch()")
        assert heard["hertz"] == pytest.approx(CUSTOMER_HZ, abs=3)
        [call] = scene.carrier.calls_to(NUMBER)
        assert pitch_heard(call.heard.audio) == pytest.approx(MIC_HZ, abs=3)
