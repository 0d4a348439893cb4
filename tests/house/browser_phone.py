"""An agent whose phone is the browser: real Chromium with a fake microphone, real Asterisk, the daemon, a carrier."""

import wave
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from playwright.async_api import Browser, BrowserContext, Page, expect

from asterisk_conf.settings import Phone as SipPhone
from asterisk_conf.settings import Trunk
from dialer.core.access import Role
from dialer.core.ids import AgentId
from dialer.core.settings import Phone
from dialer.core.staff import AgentRecord
from dialer.store.front import FrontAgents
from dialer.store.users import Users
from sim.sip.audio import pitch_of
from sim.sip.carrier import Carrier
from sim.sip.g711 import decode
from sim.sip.sdp import PCMA
from sim.stand.asterisk import running_asterisk
from sim.stand.ports import LOOPBACK, free_udp_port
from tests.api.browser import chromium
from tests.conftest import Switch
from tests.house.house import SERVER, House, house_of

AGENT = AgentId(1001)
NAME, PASSWORD = "anna", "correct horse battery"
PHONES = (SipPhone("1001-web", browser=True), SipPhone("1002-web", browser=True, codecs=("opus", "alaw")))
PATIENCE_MS = 60_000
"""A browser, an Asterisk and a daemon share what the machine has."""

MIC_HZ, CUSTOMER_HZ = 1_250, 700
RATE_HZ = 48_000

EAR = """
const streams = [];
const found = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "srcObject");
Object.defineProperty(HTMLMediaElement.prototype, "srcObject", {
  ...found, set(stream) { streams.push(stream); found.set.call(this, stream); },
});
window.pitch = async () => {
  const context = new AudioContext();
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 32768, smoothingTimeConstant: 0 });
  new MediaStreamAudioSourceNode(context, { mediaStream: streams.at(-1) }).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  await new Promise((heard) => setTimeout(heard, 1500));
  analyser.getFloatFrequencyData(bins);
  const peak = bins.indexOf(Math.max(...bins));
  const found = { hertz: peak * context.sampleRate / analyser.fftSize, decibel: bins[peak] };
  await context.close();
  return found;
};
"""
"""What the page plays is looked at, wherever it plays it."""


@dataclass(frozen=True, slots=True)
class Scene:
    house: House
    carrier: Carrier
    browser: Browser

    async def context(self) -> BrowserContext:
        """A browser of its own: cookies, storage and locks."""
        context = await self.browser.new_context(
            viewport={"width": 1280, "height": 720}, locale="ru-RU", permissions=["microphone"]
        )
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(EAR)
        return context

    async def signed_in(self, context: BrowserContext) -> Page:
        """The agent's page, before he is on line."""
        page = await context.new_page()
        await page.goto(self.house.url)
        await page.fill("input[name=name]", NAME)
        await page.fill("input[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".hero")
        return page

    async def ready(self, page: Page) -> None:
        """On line at the phone in this browser, taking calls."""
        await page.click(".hero .button.main")
        await state_is(page, "paused")
        await phone_is(page, "up")
        await page.keyboard.press("KeyR")
        await state_is(page, "ready")


async def state_is(page: Page, state: str) -> None:
    await expect(page.locator("#strip")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)


async def phone_is(page: Page, state: str) -> None:
    await expect(page.locator("#phone")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)


@asynccontextmanager
async def scene_of(dsn: str, folder: Path, endpoint: str = "1001-web") -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        at = (LOOPBACK, free_udp_port())
        asterisk = await stack.enter_async_context(running_asterisk([Trunk("carrier", *at, qualify_s=1)], PHONES))
        carrier = await stack.enter_async_context(Carrier(bind=at))
        house = await stack.enter_async_context(house_of(Switch(asterisk, at, at, at), dsn, folder))
        work = await house.prepare(())
        phone = Phone(SERVER, endpoint, browser=True)
        await FrontAgents(house.database).save(AgentRecord(AGENT, "Анна", (work.group,), (phone,)))
        await Users(house.database).add(NAME, Role.AGENT, 0.0, agent=AGENT, password=PASSWORD)
        await house.start()
        await house.until_servers_up()
        browser = await stack.enter_async_context(
            chromium(
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={tone_file(folder)}",
                # Loopback is no ICE candidate otherwise, and a machine may have no other network.
                "--allow-loopback-in-peer-connection",
            )
        )
        yield Scene(house, carrier, browser)


def tone_file(folder: Path) -> Path:
    """What the microphone hears, again and again: a tone in pulses, as a steady one is taken for noise and removed."""
    at_s = np.arange(2 * RATE_HZ) / RATE_HZ
    pulses = np.sin(2 * np.pi * MIC_HZ * at_s) * (at_s % 0.5 < 0.35)
    path = folder / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, len(at_s), "NONE", ""))
        file.writeframes((12_000 * pulses).astype("<i2").tobytes())
    return path


def pitch_heard(audio: bytearray) -> float:
    """The pitch of the last two seconds of what a person heard, Hz."""
    return pitch_of(decode(bytes(audio[-16_000:]), PCMA))
