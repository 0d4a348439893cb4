"""What reading the manager link costs: our codec and translation beside plain panoramisk, on bridged calls' events.

`python -m tests.bench.ami_parse` prints events per second and the share of a core at 100 bridged calls/s.
"""

import asyncio
import time
from collections.abc import Callable, Iterator

from panoramisk import Manager
from panoramisk.ami_protocol import AMIProtocol

from dialer.ami.codec import Decoder
from dialer.ami.translate import Translator

CALLS = 2_000
EVENTS_A_CALL = 10
CALLS_PER_SECOND = 100
CHUNK_BYTES = 65_536
RUNS = 3

CHANNEL = (
    "Privilege: call,all\r\nChannel: PJSIP/carrier-{n:08x}\r\nChannelState: {state}\r\nChannelStateDesc: {desc}\r\n"
    "CallerIDNum: <unknown>\r\nCallerIDName: <unknown>\r\nConnectedLineNum: <unknown>\r\n"
    "ConnectedLineName: <unknown>\r\nLanguage: en\r\nAccountCode: \r\nContext: dlr-answered\r\nExten: s\r\n"
    "Priority: 1\r\nUniqueid: {id}\r\nLinkedid: {id}\r\n"
)
CALL = (
    "Event: DialState\r\nDestUniqueid: {customer}\r\nDestLinkedid: {customer}\r\n" + CHANNEL + "DialStatus: RINGING",
    "Event: Newstate\r\n" + CHANNEL,
    "Event: Newstate\r\n" + CHANNEL,
    "Event: OriginateResponse\r\nActionID: {customer}\r\nResponse: Success\r\n" + CHANNEL,
    "Event: UserEvent\r\n" + CHANNEL + "UserEvent: DlrAnswered",
    "Event: BridgeEnter\r\nBridgeUniqueid: b{n}\r\nBridgeTechnology: simple_bridge\r\n" + CHANNEL,
    "Event: BridgeEnter\r\nBridgeUniqueid: b{n}\r\nBridgeTechnology: simple_bridge\r\n" + CHANNEL,
    "Event: UserEvent\r\n" + CHANNEL + "UserEvent: DlrAgentBack\r\nAgent: 1001",
    "Event: BridgeEnter\r\nBridgeUniqueid: h{n}\r\nBridgeTechnology: holding_bridge\r\n" + CHANNEL,
    "Event: Hangup\r\n" + CHANNEL + "Cause: 16\r\nCause-txt: Normal Clearing",
)
OF_THE_AGENT = (5, 7, 8)
STATES = {1: ("5", "Ringing")}


def traffic() -> bytes:
    """The filtered events of bridged calls, as they come over the link."""
    blocks = []
    for n in range(CALLS):
        customer, leg = f"dlr-0198e2c4-77aa-7000-8000-{n:012d}", f"dlr-a{1000 + n % 200}-x"
        for at, text in enumerate(CALL):
            state, desc = STATES.get(at, ("6", "Up"))
            channel = leg if at in OF_THE_AGENT else customer
            blocks.append(text.format(n=n, state=state, desc=desc, id=channel, customer=customer).rstrip())
    return ("Asterisk Call Manager/11.0.0\r\n" + "\r\n\r\n".join(blocks) + "\r\n\r\n").encode()


def chunks(wire: bytes) -> Iterator[bytes]:
    return (wire[at : at + CHUNK_BYTES] for at in range(0, len(wire), CHUNK_BYTES))


def plain(wire: bytes) -> int:
    """panoramisk as it comes, events given to one handler that does nothing."""
    protocol, seen = AMIProtocol(), 0

    def count(_manager: Manager, _event: object) -> None:
        nonlocal seen
        seen += 1

    manager = Manager()
    manager.register_event("*", count)
    protocol.connection_made(asyncio.Transport())
    protocol.encoding = "utf8"
    protocol.factory = manager
    for chunk in chunks(wire):
        protocol.data_received(chunk)
    return seen


def decoded(wire: bytes) -> int:
    decoder = Decoder()
    return sum(1 for chunk in chunks(wire) for _ in decoder.feed(chunk))


def translated(wire: bytes) -> int:
    decoder, translator = Decoder(), Translator({})
    seen = told = 0
    for chunk in chunks(wire):
        for headers in decoder.feed(chunk):
            seen += 1
            told += len(translator.read(headers, 0.0))
    assert told >= 5 * CALLS, told
    return seen


def cost_s(reader: Callable[[bytes], int], wire: bytes) -> float:
    """The best of several runs."""
    best = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        assert reader(wire) == CALLS * EVENTS_A_CALL
        best = min(best, time.process_time() - started)
    return best


def main() -> None:
    wire = traffic()
    print(f"{CALLS * EVENTS_A_CALL} events, {len(wire) / CALLS:.0f} bytes a bridged call")
    print(f"{'reader':34}{'events/s':>12}{'µs/event':>10}{'core at 100 calls/s':>22}")
    readers = {"panoramisk 1.4": plain, "our codec": decoded, "our codec and translation": translated}
    for name, reader in readers.items():
        each_s = cost_s(reader, wire) / (CALLS * EVENTS_A_CALL)
        share = each_s * EVENTS_A_CALL * CALLS_PER_SECOND
        print(f"{name:34}{1 / each_s:>12,.0f}{each_s * 1e6:>10.1f}{share:>21.2%}")


if __name__ == "__main__":
    main()
