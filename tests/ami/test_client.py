"""The hardened manager by itself: what a connection tells its user, beyond the twelve defects."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from dialer.ami import client
from dialer.ami.client import ConnectionLost, HardenedManager, NotConnected
from dialer.ami.codec import Headers, UnsafeAction
from tests.ami.scripted import ScriptedAsterisk, block, refusal, silence, status_list

pytestmark = pytest.mark.timeout(30)

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Heard:
    def __init__(self) -> None:
        self.events: list[str] = []
        self.lost: list[str] = []

    def event(self, headers: Headers) -> None:
        self.events.append(headers["Event"])


def manager_of(port: int, heard: Heard) -> HardenedManager:
    return HardenedManager("127.0.0.1", port, "dialer", "s", heard.event, heard.lost.append)


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[HardenedManager, Heard]]:
    heard = Heard()
    manager = manager_of(port, heard)
    await manager.connect()
    yield manager, heard
    manager.close()


@asynccontextmanager
async def peer(serve: Serve) -> AsyncIterator[int]:
    """Somebody else on a port; ends when its last connection has ended."""
    idle = asyncio.Event()

    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.transport.abort()
            idle.set()

    async with await asyncio.start_server(serve_one, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        await idle.wait()


async def test_another_service_on_the_port_is_named(asterisk: ScriptedAsterisk) -> None:
    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await reader.read()

    async with peer(ssh) as port:
        with pytest.raises(ConnectionLost, match="check host and port"):
            await manager_of(port, Heard()).connect()


async def test_a_peer_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LOGIN_LIMIT_S", 0.1)

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with peer(mute) as port:
        heard = Heard()
        with pytest.raises(TimeoutError):
            await manager_of(port, heard).connect()
        assert heard.lost == ["closed by us"]


async def test_nothing_is_entrusted_to_a_peer_that_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "UNSENT_LIMIT_BYTES", 10_000)
    done = asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        login = (await reader.readuntil(b"\r\n\r\n")).decode()
        action_id = login.split("ActionID: ")[1].split("\r\n")[0]
        writer.write(b"Asterisk Call Manager/11.0.0\r\n" + block(Response="Success", ActionID=action_id).encode())
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await done.wait()

    def send_for_ever(manager: HardenedManager) -> None:
        while True:
            manager.send_action({"Action": "Ping", "Filler": "x" * 4000})

    async with peer(deaf) as port, connected(port) as (manager, _):
        with pytest.raises(NotConnected, match="does not read"):
            send_for_ever(manager)
        done.set()


async def test_two_actions_of_one_id_are_not_both_sent(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Originate"] = silence
    async with connected(asterisk.port) as (manager, _):
        manager.send_action({"Action": "Originate", "ActionID": "dlr-1"})
        with pytest.raises(UnsafeAction, match="unanswered"):
            manager.send_action({"Action": "Originate", "ActionID": "dlr-1"})
        await manager.send_action({"Action": "Ping"})
        assert len(asterisk.got("Originate")) == 1


async def test_a_list_is_collected_and_what_comes_between_is_not_part_of_it(asterisk: ScriptedAsterisk) -> None:
    listing = status_list({"Uniqueid": "1"}, {"Uniqueid": "2"})
    asterisk.replies["Status"] = lambda action: listing(action).replace(
        "Event: StatusComplete", block(Event="Hangup", Uniqueid="3") + "Event: StatusComplete"
    )
    async with connected(asterisk.port) as (manager, heard):
        answer = await manager.send_action({"Action": "Status"}, as_list=True)
        assert [message.uniqueid for message in answer if message.event == "Status"] == ["1", "2"]
        assert heard.events == ["FullyBooted", "Hangup"]


async def test_a_list_that_is_refused_is_answered(asterisk: ScriptedAsterisk) -> None:
    """Plain panoramisk waits for ever for the rest of it."""
    asterisk.replies["Status"] = refusal("Permission denied")
    async with connected(asterisk.port) as (manager, _):
        answer = await manager.send_action({"Action": "Status"}, as_list=True)
        assert [(bool(message.success), message.message) for message in answer] == [(False, "Permission denied")]


async def test_a_loss_is_told_once_with_its_first_reason(asterisk: ScriptedAsterisk) -> None:
    async with connected(asterisk.port) as (manager, heard):
        manager.lose("first")
        manager.lose("second")
        manager.close()
        assert heard.lost == ["first"]
        with pytest.raises(NotConnected):
            manager.send_action({"Action": "Ping"})


async def test_events_after_the_loss_in_the_same_read_are_not_told(asterisk: ScriptedAsterisk) -> None:
    async with connected(asterisk.port) as (manager, heard):
        manager.protocol.data_received((block(Event="Shutdown") + block(Event="Late")).encode())
        assert "Shutdown" in heard.events
        assert "Late" not in heard.events
        assert heard.lost == ["Asterisk is shutting down"]


async def test_a_failure_that_nobody_waits_for_makes_no_noise(
    asterisk: ScriptedAsterisk, caplog: pytest.LogCaptureFixture
) -> None:
    asterisk.replies["Originate"] = silence
    async with connected(asterisk.port) as (manager, _):
        manager.send_action({"Action": "Originate"})
        manager.lose("gone")
        await asyncio.sleep(0)
    assert "never retrieved" not in caplog.text
