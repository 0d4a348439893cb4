"""An agent whose phone is the browser: real Chromium with a fake microphone, real Asterisk, the daemon, a carrier."""

import asyncio
import secrets
import wave
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from asterisk_conf.settings import Phone as SipPhone
from asterisk_conf.settings import Trunk
from dialer.core.access import Role
from dialer.core.ids import AgentId
from dialer.core.settings import Phone
from dialer.core.staff import AgentRecord
from dialer.store.front import FrontAgents
from dialer.store.users import Users
from sim.sip.audio import pitch_of, tone
from sim.sip.behaviour import answers
from sim.sip.carrier import Carrier
from sim.sip.g711 import decode
from sim.sip.record import CallRecord
from sim.sip.rtp import Listen
from sim.sip.sdp import PCMA
from sim.stand.asterisk import running_asterisk
from sim.stand.ports import LOOPBACK, free_udp_port
from sim.stand.turn import Turn, running_turn
from tests.api.browser import chromium
from tests.conftest import Switch
from tests.house.house import SERVER, House, house_of
from tests.house.relay import Relay

AGENT = AgentId(1001)
NAME, PASSWORD = "anna", "correct horse battery"
G711 = SipPhone("1001-web", browser=True)
OPUS = SipPhone("1001-opus", browser=True, codecs=("opus", "alaw"))
PHONES = (G711, OPUS)
PATIENCE_MS = 60_000
"""A browser, an Asterisk and a daemon share what the machine has."""

MIC_HZ, CUSTOMER_HZ = 1_250, 700
RATE_HZ = 48_000
HEARD_BYTES = 16_000
"""Two seconds of G.711."""

EAR = """
const streams = [], lines = [];
const Line = RTCPeerConnection;
window.RTCPeerConnection = function (config, ...more) {
  const made = new Line(window.relayOnly ? { ...config, iceTransportPolicy: "relay" } : config, ...more);
  lines.push(made);
  return made;
};
window.die = () => lines.forEach((line) => line.close());
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
  await new Promise((heard) => setTimeout(heard, 1100 * analyser.fftSize / context.sampleRate));
  analyser.getFloatFrequencyData(bins);
  const peak = bins.indexOf(Math.max(...bins));
  await context.close();
  return bins[peak] > -60 ? peak * context.sampleRate / analyser.fftSize : 0;
};
"""
"""What the page plays is looked at, wherever it plays it; `die` ends the sound both ways, as a lost network would."""

BEHIND_NAT = "window.relayOnly = true;"
"""Relayed addresses only: what is left to an agent behind a symmetric NAT, or whose network lets no UDP out."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Agent 1001 may be on line at either phone. `relay` stands between his browser and Asterisk's WebSocket, `turn` is
    there for his sound where it finds no other way."""

    house: House
    carrier: Carrier
    browser: Browser
    relay: Relay
    turn: Turn
    _numbers: Iterator[int] = field(default_factory=lambda: count(9161234500))

    @asynccontextmanager
    async def context(self, *permissions: str, behind_nat: bool = False) -> AsyncIterator[BrowserContext]:
        """A browser of its own: cookies, storage and locks. The agent is off line at the end."""
        context = await self.browser.new_context(
            viewport={"width": 1280, "height": 720}, locale="ru-RU", permissions=permissions or ("microphone",)
        )
        context.set_default_timeout(PATIENCE_MS)
        await context.add_init_script(EAR)
        if behind_nat:
            await context.add_init_script(BEHIND_NAT)
        try:
            yield context
        finally:
            self.relay.mend()
            await context.close()
            await self._off_line()

    async def signed_in(self, context: BrowserContext) -> Page:
        """The agent's page."""
        page = await context.new_page()
        await page.goto(self.house.url)
        await page.fill("input[name=name]", NAME)
        await page.fill("input[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#strip[data-state]")
        return page

    async def on_line(self, page: Page, phone: SipPhone = G711) -> None:
        """The sign-in at the phone in this browser is asked for; what becomes of it is not waited for."""
        await page.select_option(".hero select", phone.endpoint)
        await page.click(".hero .button.main")

    async def ready(self, page: Page, phone: SipPhone = G711) -> None:
        """On line at the phone in this browser, taking calls."""
        await self.on_line(page, phone)
        await state_is(page, "paused")
        await phone_is(page, "up")
        await page.keyboard.press("KeyR")
        await state_is(page, "ready")

    def number(self) -> str:
        """Of a person whom nobody has called yet."""
        return str(next(self._numbers))

    async def called(self, page: Page, number: str) -> CallRecord:
        """A person of this number has answered, and speaks with the agent."""
        self.carrier.on(number, answers(ring_s=0.1, says=tone(CUSTOMER_HZ), listen=Listen.KEEP))
        await self.house.add(number)
        await self.house.command("start")
        await state_is(page, "talking")
        return self.carrier.calls_to(number)[-1]

    async def _off_line(self) -> None:
        async def gone() -> bool:
            return not (await self.house.wallboard())["agents"]

        async with self.house.http() as http:
            await http.post(f"/api/v1/agents/{AGENT}/hang-up")
            await http.post(f"/api/v1/agents/{AGENT}/sign-out")
        await self.house.until(gone, "the agent is off line")


async def state_is(page: Page, state: str) -> None:
    await expect(page.locator("#strip")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)


async def phone_is(page: Page, state: str) -> None:
    await expect(page.locator("#phone")).to_have_attribute("data-state", state, timeout=PATIENCE_MS)


async def way_is(page: Page, kind: str) -> None:
    """As the panel behind the key S says it; which is closed again."""
    await page.keyboard.press("KeyS")
    await expect(page.locator("#phone-way")).to_have_attribute("data-kind", kind, timeout=PATIENCE_MS)
    await page.keyboard.press("Escape")


async def hears_customer(page: Page) -> None:
    heard = list[float]()
    try:
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while not heard or heard[-1] != pytest.approx(CUSTOMER_HZ, abs=3):
                heard.append(await page.evaluate("pitch()"))  # takes as long as the sound that it is about
    except TimeoutError:
        raise AssertionError(f"heard by the agent, Hz: {heard}") from None


async def heard_by(call: CallRecord) -> None:
    """The customer hears the agent's microphone, from now on; a packet that came late spoils what it is heard with."""
    heard = list[float]()
    try:
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while not heard or heard[-1] != pytest.approx(MIC_HZ, abs=3):
                call.heard.audio.clear()
                while len(call.heard.audio) < HEARD_BYTES:  # noqa: ASYNC110 - the record has no event of its own
                    await asyncio.sleep(0.05)
                heard.append(pitch_of(decode(bytes(call.heard.audio[:HEARD_BYTES]), PCMA)))
    except TimeoutError:
        raise AssertionError(f"heard by the customer, Hz: {heard}") from None


@asynccontextmanager
async def scene_of(dsn: str, folder: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        at = (LOOPBACK, free_udp_port())
        asterisk = await stack.enter_async_context(running_asterisk([Trunk("carrier", *at, qualify_s=1)], PHONES))
        carrier = await stack.enter_async_context(Carrier(bind=at))
        relay = await stack.enter_async_context(Relay(asterisk.settings.web_port))
        address = f"ws://{LOOPBACK}:{relay.port}/ws"
        switch = Switch(asterisk, at, at, at)
        turn = await stack.enter_async_context(running_turn(secrets.token_urlsafe(24), print))
        house = await stack.enter_async_context(house_of(switch, dsn, folder, phone_url=address, turn=turn))
        work = await house.prepare((), wrap_up_s=1.0)
        phones = tuple(Phone(SERVER, one.endpoint, browser=True) for one in PHONES)
        await FrontAgents(house.database).save(AgentRecord(AGENT, "Анна", (work.group,), phones))
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
        yield Scene(house, carrier, browser, relay, turn)


def tone_file(folder: Path) -> Path:
    """What the microphone hears, again and again: a tone in pulses, as a steady one is taken for noise and removed."""
    at_s = np.arange(2 * RATE_HZ) / RATE_HZ
    pulses = np.sin(2 * np.pi * MIC_HZ * at_s) * (at_s % 0.5 < 0.35)
    path = folder / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, len(at_s), "NONE", ""))
        file.writeframes((12_000 * pulses).astype("<i2").tobytes())
    return path
