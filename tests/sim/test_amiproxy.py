"""The proxy breaks what it is told to break and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from random import Random

import pytest

from sim.amiproxy import AmiProxy, Framer, Way, is_event
from tests.ami.scripted import ScriptedAsterisk, block, silence

pytestmark = pytest.mark.timeout(30)

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
HELD_BACK_S = 0.2
"""How long a test looks for what a frozen way must not deliver."""


class Dialer:
    """A bare client: what it reads, message by message."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def through(cls, proxy: AmiProxy) -> "Dialer":
        dialer = cls(*await asyncio.open_connection("127.0.0.1", proxy.port))
        assert await dialer.reader.readline() == BANNER
        return dialer

    def send(self, **headers: str) -> None:
        self.writer.write(block(**headers).encode())

    async def read(self) -> bytes:
        async with asyncio.timeout(10):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def names(self, count: int) -> list[str]:
        return [(await self.read()).split(b"\r\n")[0].decode().removeprefix("Event: ") for _ in range(count)]

    def close(self) -> None:
        self.writer.transport.abort()


@pytest.fixture
async def asterisk() -> AsyncIterator[ScriptedAsterisk]:
    async with ScriptedAsterisk() as server:
        yield server


@pytest.fixture
async def proxy(asterisk: ScriptedAsterisk) -> AsyncIterator[AmiProxy]:
    async with AmiProxy("127.0.0.1", asterisk.port, Random(7)) as made:
        yield made


@pytest.fixture
async def dialer(proxy: AmiProxy) -> AsyncIterator[Dialer]:
    made = await Dialer.through(proxy)
    yield made
    made.close()


async def test_a_sound_link_passes_everything_on(asterisk: ScriptedAsterisk, dialer: Dialer) -> None:
    asterisk.replies["Ping"] = lambda action: block(Response="Success", Ping="Pong")
    dialer.send(Action="Ping")
    assert await dialer.read() == block(Response="Success", Ping="Pong").encode()
    assert asterisk.got("Ping") == [{"Action": "Ping"}]


async def test_a_cut_ends_both_sides(asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer) -> None:
    proxy.cut()
    assert await dialer.reader.read() == b""
    await asterisk.until(lambda: asterisk.connected == 0)


async def test_after_a_cut_the_next_connection_works(asterisk: ScriptedAsterisk, proxy: AmiProxy) -> None:
    proxy.cut()
    again = await Dialer.through(proxy)
    again.send(Action="Ping")
    await again.read()
    assert proxy.connections == 1
    again.close()


async def test_an_end_of_asterisk_ends_the_dialers_side_after_its_last_word(
    asterisk: ScriptedAsterisk, dialer: Dialer
) -> None:
    def last_word(action: dict[str, str]) -> str:
        asyncio.get_running_loop().call_soon(asterisk.drop)
        return ""

    asterisk.replies["Bye"] = last_word
    asterisk.send(block(Event="Last"))
    dialer.send(Action="Bye")
    assert await dialer.reader.read() == block(Event="Last").encode()


async def test_a_refusing_proxy_lets_nobody_through(asterisk: ScriptedAsterisk, proxy: AmiProxy) -> None:
    proxy.refusing = True
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await reader.read() == b""
    writer.close()
    assert asterisk.connections == 0


async def test_asterisk_away_is_an_end_of_the_connection(asterisk: ScriptedAsterisk, proxy: AmiProxy) -> None:
    await asterisk.away()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await reader.read() == b""
    writer.close()


async def test_a_frozen_way_back_holds_events_and_keeps_the_connection(
    asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer
) -> None:
    asterisk.replies["Ping"] = silence
    proxy.freeze(Way.TO_DIALER)
    asterisk.send(block(Event="Held"))
    dialer.send(Action="Ping")
    await asterisk.received("Ping")  # the other way is open
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(HELD_BACK_S):
            await dialer.reader.read(1)
    proxy.thaw(Way.TO_DIALER)
    assert await dialer.names(1) == ["Held"]
    assert asterisk.connected == 1


async def test_a_frozen_way_there_holds_actions(asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer) -> None:
    proxy.freeze(Way.TO_ASTERISK)
    dialer.send(Action="Ping")
    asterisk.send(block(Event="Passes"))
    assert await dialer.names(1) == ["Passes"]
    assert asterisk.actions == []
    proxy.thaw()
    await asterisk.received("Ping")


async def test_what_was_held_reaches_asterisk_although_the_dialer_has_given_up(
    asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer
) -> None:
    """The late Originate: nobody waits for it any more, and it is carried out."""
    proxy.freeze()
    dialer.send(Action="Originate")
    await dialer.writer.drain()
    dialer.close()
    proxy.thaw()
    await asterisk.received("Originate")


async def test_a_delay_keeps_order_and_overlaps(asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer) -> None:
    loop = asyncio.get_running_loop()
    proxy.delay(0.2, Way.TO_DIALER)
    started_s = loop.time()
    asterisk.send(*(block(Event=str(number)) for number in range(50)))
    assert await dialer.names(50) == [str(number) for number in range(50)]
    assert 0.2 <= loop.time() - started_s < 5


async def test_a_split_link_delivers_every_byte_by_itself(
    asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer
) -> None:
    proxy.split()
    wire = block(Event="Split", Name="Ёлка").encode()
    asterisk.send(wire.decode())
    first = await dialer.reader.read(65536)
    assert len(first) < len(wire)
    assert first + await dialer.reader.readexactly(len(wire) - len(first)) == wire
    dialer.send(Action="Ping")
    await asterisk.received("Ping")


async def test_doubled_events_come_twice_and_answers_once(
    asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer
) -> None:
    proxy.double_ratio = 1.0
    asterisk.send(block(Event="A"), block(Event="B"), block(Response="Success"), block(Event="C"))
    assert await dialer.names(7) == ["A", "A", "B", "B", "Response: Success", "C", "C"]


async def test_swapped_events_change_places_and_answers_do_not(
    asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer
) -> None:
    proxy.swap_ratio = 1.0
    asterisk.send(block(Event="A"), block(Event="B"), block(Event="C"), block(Event="D"))
    assert await dialer.names(4) == ["B", "A", "D", "C"]
    asterisk.send(block(Event="A"), block(Response="Success"), block(Event="B"))
    assert await dialer.names(3) == ["Response: Success", "B", "A"]


async def test_a_held_back_event_goes_on_alone(asterisk: ScriptedAsterisk, proxy: AmiProxy, dialer: Dialer) -> None:
    proxy.swap_ratio = 1.0
    asterisk.send(block(Event="Alone"))
    assert await dialer.names(1) == ["Alone"]


async def test_the_same_seed_breaks_the_same_events(asterisk: ScriptedAsterisk) -> None:
    async def run() -> list[str]:
        async with AmiProxy("127.0.0.1", asterisk.port, Random(3)) as proxy:
            proxy.double_ratio = proxy.swap_ratio = 0.3
            dialer = await Dialer.through(proxy)
            asterisk.send(*(block(Event=str(number)) for number in range(100)), block(Event="End"))
            seen: list[str] = []
            while "End" not in seen or len(set(seen)) < 101:
                seen += await dialer.names(1)
            dialer.close()
            await asterisk.until(lambda: asterisk.connected == 0)
            return seen

    first, second = await run(), await run()
    assert first == second
    assert first != [*map(str, range(100)), "End"]


async def test_a_spy_sees_both_ways_and_may_cut_in_time(asterisk: ScriptedAsterisk) -> None:
    seen: list[tuple[Way, bytes]] = []

    def cut_at_originate(way: Way, message: bytes) -> None:
        seen.append((way, message.split(b"\r\n")[0]))
        if b"Originate" in message:
            proxy.cut()

    async with AmiProxy("127.0.0.1", asterisk.port, Random(1), cut_at_originate) as proxy:
        dialer = await Dialer.through(proxy)
        dialer.send(Action="Originate")
        assert await dialer.reader.read() == b""
        dialer.close()
        await asterisk.until(lambda: asterisk.connected == 0)
    assert seen == [(Way.TO_DIALER, BANNER.strip()), (Way.TO_ASTERISK, b"Action: Originate")]
    assert asterisk.actions == []


# ---- messages


def test_messages_are_told_apart_wherever_they_are_cut() -> None:
    wire = BANNER + b"Response: Success\r\n\r\nEvent: A\r\nName: x\r\n\r\n"
    whole = [BANNER, b"Response: Success\r\n\r\n", b"Event: A\r\nName: x\r\n\r\n"]
    for cut in range(len(wire)):
        framer = Framer()
        assert [*framer.feed(wire[:cut]), *framer.feed(wire[cut:])] == whole


@pytest.mark.parametrize(
    ("message", "stands_alone"),
    [
        (b"Event: Hangup\r\nUniqueid: 1\r\n\r\n", True),
        (b"Event: OriginateResponse\r\nActionID: 1\r\n\r\n", True),
        (b"Event: Status\r\nActionID: 1\r\n\r\n", False),
        (b"Response: Success\r\n\r\n", False),
        (BANNER, False),
    ],
)
def test_only_events_that_stand_alone_are_doubled_and_swapped(message: bytes, stands_alone: bool) -> None:
    assert is_event(message) is stands_alone
