"""What panoramisk 1.4 does wrong, and that ours does not: each test runs on both and tells what each is seen to do.

A defect that a later panoramisk mends makes its test fail on `Plain`: then our override may go.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from dialer.ami.client import ConnectionLost, LoginRefused, NotConnected
from dialer.ami.codec import UnsafeAction
from tests.ami.peers import Ours, Peer, Plain
from tests.ami.scripted import ScriptedAsterisk, block, refusal, silence, success

pytestmark = pytest.mark.timeout(60)

NEVER_S = 0.5
"""How long something is awaited that must not come; ours reconnects within 0.05 s where it does."""


@asynccontextmanager
async def started(peer: Peer) -> AsyncIterator[Peer]:
    await peer.start()
    try:
        yield peer
    finally:
        await peer.stop()


async def lose_and_return(asterisk: ScriptedAsterisk, peer: Peer) -> None:
    """Reset the connection and wait until the next one is logged in and answers."""
    logins = len(asterisk.got("Login"))
    asterisk.drop()
    await asterisk.until(lambda: len(asterisk.got("Login")) > logins and asterisk.connected == 1)
    await answered_again(asterisk, peer)


async def answered_again(asterisk: ScriptedAsterisk, peer: Peer) -> None:
    """Two round trips: whatever a reconnect sends by itself has been read by then."""
    while True:
        try:
            async with asyncio.timeout(1):
                await peer.send(Action="Ping")
                await peer.send(Action="Ping")
                return
        except (ConnectionLost, NotConnected, TimeoutError):
            await asterisk.until(lambda: asterisk.connected == 1)


@pytest.mark.parametrize(("kind", "originates"), [(Plain, 2), (Ours, 1)])
async def test_1_an_originate_without_answer_is_sent_again_after_a_reconnect(
    asterisk: ScriptedAsterisk, kind: type[Peer], originates: int
) -> None:
    asterisk.replies["Originate"] = silence
    async with started(kind(asterisk.port)) as peer:
        peer.send(Action="Originate", Channel="PJSIP/1@t")
        await asterisk.received("Originate")
        await lose_and_return(asterisk, peer)
        assert len(asterisk.got("Originate")) == originates


@pytest.mark.parametrize(("kind", "told"), [(Plain, False), (Ours, True)])
async def test_2_who_waits_for_an_answer_is_not_told_of_the_loss(
    asterisk: ScriptedAsterisk, kind: type[Peer], told: bool
) -> None:
    asterisk.replies["Queues"] = lambda action: success(action, Message="will follow") if kind is Plain else ""
    async with started(kind(asterisk.port)) as peer:
        waiting = peer.send(Action="Queues")
        await asterisk.received("Queues")
        await peer.send(Action="Ping")  # the first Response of the list has been read by now
        await lose_and_return(asterisk, peer)
        assert waiting.done() is told
        if told:
            assert isinstance(waiting.exception(), ConnectionLost)


@pytest.mark.parametrize(("kind", "refused"), [(Plain, False), (Ours, True)])
async def test_3_an_action_while_disconnected_is_taken_and_sent_at_some_later_time(
    asterisk: ScriptedAsterisk, kind: type[Peer], refused: bool
) -> None:
    async with started(kind(asterisk.port)) as peer:
        protocol = peer.manager.protocol
        await asterisk.away()
        await noticed_by(protocol)
        if refused:
            with pytest.raises(NotConnected):
                peer.send(Action="Originate")
        else:
            peer.send(Action="Originate")
        await asterisk.listen()
        await asterisk.received("Login", 2)
        await answered_again(asterisk, peer)
        assert len(asterisk.got("Originate")) == (0 if refused else 1)


@pytest.mark.parametrize(("kind", "error"), [(Plain, AttributeError), (Ours, NotConnected)])
async def test_3_an_action_before_the_first_connect_fails_by_accident(kind: type[Peer], error: type[Exception]) -> None:
    with pytest.raises(error):
        kind(1).send(Action="Ping")


@pytest.mark.parametrize(("kind", "delivered", "connections"), [(Plain, [], 2), (Ours, ["Second"], 1)])
async def test_4_a_bug_in_a_handler_kills_the_link(
    asterisk: ScriptedAsterisk, kind: type[Peer], delivered: list[str], connections: int
) -> None:
    async with started(kind(asterisk.port)) as peer:
        await peer.send(Action="Ping")
        seen: list[str] = []

        def handler(name: str) -> None:
            if name == "First":
                raise ZeroDivisionError
            if name != "FullyBooted":
                seen.append(name)

        peer.on_event = handler
        asterisk.send(block(Event="First"), block(Event="Second"))
        await asterisk.received("Login", connections)
        await answered_again(asterisk, peer)
        assert (seen, asterisk.connections) == (delivered, connections)


@pytest.mark.parametrize(("kind", "noticed"), [(Plain, False), (Ours, True)])
async def test_5_a_peer_that_answers_no_ping_is_kept(
    asterisk: ScriptedAsterisk, kind: type[Peer], noticed: bool
) -> None:
    async with started(kind(asterisk.port)) as peer:
        asterisk.replies["Ping"] = silence
        if noticed:
            await asterisk.until(lambda: asterisk.connections > 1)
            return
        await asterisk.received("Ping", 2)
        assert (asterisk.connections, asterisk.connected) == (1, 1)
        assert len(peer.manager.protocol.responses) >= 2


@pytest.mark.parametrize(("kind", "done_at_response", "delivered"), [(Plain, False, False), (Ours, True, True)])
async def test_6_an_originate_is_answered_only_by_its_last_event_which_nobody_else_gets(
    asterisk: ScriptedAsterisk, kind: type[Peer], done_at_response: bool, delivered: bool
) -> None:
    asterisk.replies["Originate"] = lambda action: success(action, Message="Originate successfully queued")
    async with started(kind(asterisk.port)) as peer:
        answer = peer.send(Action="Originate", ActionID="dlr-1", Async="true")
        await peer.send(Action="Ping")
        assert answer.done() is done_at_response
        asterisk.send(block(Event="OriginateResponse", ActionID="dlr-1", Response="Failure", Reason="3"))
        await peer.send(Action="Ping")
        assert answer.done()
        assert ("OriginateResponse" in peer.events) is delivered


@pytest.mark.parametrize(("kind", "kept", "delivered"), [(Plain, True, False), (Ours, False, True)])
async def test_7_an_answer_nobody_waits_for_any_more_is_kept_and_swallows_events(
    asterisk: ScriptedAsterisk, kind: type[Peer], kept: bool, delivered: bool
) -> None:
    asterisk.replies["Originate"] = silence
    async with started(kind(asterisk.port)) as peer:
        waiting = peer.send(Action="Originate", ActionID="dlr-1")
        waiting.cancel()
        await peer.send(Action="Ping")
        assert ("dlr-1" in peer.manager.protocol.responses) is kept
        asterisk.send(block(Event="OriginateResponse", ActionID="dlr-1", Response="Failure"))
        await peer.send(Action="Ping")
        assert ("OriginateResponse" in peer.events) is delivered


@pytest.mark.parametrize(("kind", "seen"), [(Plain, ["Originate", "Command"]), (Ours, [])])
@pytest.mark.parametrize("breaker", ["\r\n\r\n", "\n\n"])
async def test_8_a_value_with_a_line_break_is_one_more_action(
    asterisk: ScriptedAsterisk, kind: type[Peer], seen: list[str], breaker: str
) -> None:
    caller = f"1{breaker}Action: Command\r\nCommand: core stop now"
    async with started(kind(asterisk.port)) as peer:
        if seen:
            peer.send(Action="Originate", CallerID=caller)
        else:
            with pytest.raises(UnsafeAction, match="CallerID"):
                peer.send(Action="Originate", CallerID=caller)
        await peer.send(Action="Ping")
        wire = [action["Action"] for action in asterisk.actions]
        assert [name for name in wire if name in ("Originate", "Command")] == seen


@pytest.mark.parametrize(("kind", "name"), [(Plain, "Zo"), (Ours, "Zoé")])
async def test_9_a_character_cut_in_two_by_the_network_is_lost(
    asterisk: ScriptedAsterisk, kind: type[Peer], name: str
) -> None:
    asterisk.replies["Getvar"] = silence
    async with started(kind(asterisk.port)) as peer:
        waiting = peer.send(Action="Getvar", ActionID="1")
        wire = block(Response="Success", ActionID="1", Value="Zoé").encode()
        middle = wire.index("é".encode()) + 1
        peer.manager.protocol.data_received(wire[:middle])
        peer.manager.protocol.data_received(wire[middle:])
        assert (await waiting).value == name


async def noticed_by(protocol: Any) -> None:
    while not protocol.closed:  # noqa: ASYNC110 - plain panoramisk has no event for it
        await asyncio.sleep(0)


async def outcome_of_connect(peer: Peer) -> str:
    """What `connect` tells its caller."""
    try:
        await peer.manager.connect()
    except Exception as error:
        return type(error).__name__
    return "nothing"


@pytest.mark.parametrize(("kind", "told"), [(Plain, "nothing"), (Ours, LoginRefused.__name__)])
async def test_10_a_refused_login_is_not_told(asterisk: ScriptedAsterisk, kind: type[Peer], told: str) -> None:
    asterisk.replies["Login"] = refusal("Authentication failed")
    peer = kind(asterisk.port)
    assert await outcome_of_connect(peer) == told
    await peer.stop()


@pytest.mark.parametrize(("kind", "told"), [(Plain, "nothing"), (Ours, ConnectionLost.__name__)])
async def test_10_a_loss_before_the_login_is_answered_is_not_told(
    asterisk: ScriptedAsterisk, kind: type[Peer], told: str
) -> None:
    def hang_up(action: dict[str, str]) -> str:
        asterisk.drop()
        return ""

    asterisk.replies["Login"] = hang_up
    peer = kind(asterisk.port)
    assert await outcome_of_connect(peer) == told
    await peer.stop()


@pytest.mark.parametrize(("kind", "connections"), [(Plain, 2), (Ours, 1)])
async def test_11_a_closed_client_connects_again(
    asterisk: ScriptedAsterisk, kind: type[Peer], connections: int
) -> None:
    peer: Any = Plain(asterisk.port, reconnect_s=1) if kind is Plain else Ours(asterisk.port)
    await peer.start()
    protocol = peer.manager.protocol
    asterisk.drop()
    await noticed_by(protocol)
    if kind is Plain:
        peer.manager.close()
        await asterisk.until(lambda: asterisk.connections == connections)
        await peer.stop()
        return
    await peer.stop()
    with pytest.raises(TimeoutError):
        await asterisk.until(lambda: asterisk.connections > connections, NEVER_S)


@pytest.mark.parametrize(("kind", "connections"), [(Plain, 1), (Ours, 0)])
async def test_12_a_connect_that_has_failed_goes_on_in_the_background(kind: type[Peer], connections: int) -> None:
    asterisk = ScriptedAsterisk()
    async with asterisk:
        pass
    peer: Any = Plain(asterisk.port, reconnect_s=1) if kind is Plain else Ours(asterisk.port)
    assert await outcome_of_connect(peer) == "ConnectionRefusedError"
    async with asterisk:
        if connections:
            await asterisk.until(lambda: asterisk.connections == connections)
        else:
            with pytest.raises(TimeoutError):
                await asterisk.until(lambda: asterisk.connections > 0, NEVER_S)
        await peer.stop()
