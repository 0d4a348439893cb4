"""The few lines of SDP that one audio stream of G.711 needs (RFC 4566, RFC 3264), no IO."""

from dataclasses import dataclass

from sim.sip.message import Address, is_ipv4

PCMU, PCMA = 0, 8
_NAMES = {PCMU: "PCMU/8000", PCMA: "PCMA/8000"}


@dataclass(frozen=True, slots=True)
class Media:
    """Where the peer wants its audio and what it understands; `events` is its telephone-event payload type."""

    address: Address
    payload: int
    events: int | None = None


def read(body: bytes) -> Media | None:
    """The audio stream of an offer or an answer with the first G.711 law it names; None where there is none."""
    host, port, payloads, events = "", "", list[str](), ""
    for line in body.decode("ascii", "replace").splitlines():
        if line.startswith("c=IN IP4 "):
            host = line[9:].strip()
        elif line.startswith("m=audio "):
            port, *payloads = line[8:].split() or [""]
        elif line.startswith("a=rtpmap:") and "telephone-event/8000" in line:
            events = line[9:].partition(" ")[0]
    law = next((int(payload) for payload in payloads if payload in ("0", "8")), None)
    if law is None or not is_ipv4(host) or not port.isdecimal() or not 0 < int(port) < 65_536:
        return None
    return Media((host, int(port)), law, int(events) if events.isdecimal() else None)


def write(host: str, port: int, payload: int, events: int | None = None, session: int = 1) -> bytes:
    """Our side of the stream: an answer with one law, 20 ms packets, both ways."""
    lines = [
        "v=0",
        f"o=- {session} {session} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {payload}" + ("" if events is None else f" {events}"),
        f"a=rtpmap:{payload} {_NAMES[payload]}",
        *([] if events is None else [f"a=rtpmap:{events} telephone-event/8000"]),
        "a=ptime:20",
        "a=sendrecv",
        "",
    ]
    return "\r\n".join(lines).encode()
