"""SIP messages: bytes to values and back, no IO (RFC 3261 §7; SIP over UDP only, one message a datagram).

Header values are kept as they came, so that a response echoes Via, From, To, Call-ID and CSeq byte for byte.
Names are lower-case long forms; compact forms are widened while reading.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Address
from typing import TypeAlias

Address: TypeAlias = tuple[str, int]
"""Host and port."""

Headers: TypeAlias = dict[str, list[str]]

_COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
    "k": "supported",
    "s": "subject",
    "e": "content-encoding",
}

REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    302: "Moved Temporarily",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    410: "Gone",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    484: "Address Incomplete",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}


class MalformedMessage(ValueError):
    """A datagram that is no SIP message, or one that lacks what every message must have."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    uri: str
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    code: int
    headers: Headers
    body: bytes = b""
    reason: str = field(default="", compare=False)


Message: TypeAlias = Request | Response


def parse(datagram: bytes) -> Message:
    """One message. Raises MalformedMessage naming what is wrong; what follows Content-Length is cut off."""
    head, _, body = datagram.partition(b"\r\n\r\n")
    start, *lines = head.decode("utf-8", "replace").split("\r\n")
    headers = _headers(lines)
    for needed in ("via", "from", "to", "call-id", "cseq"):
        if needed not in headers:
            raise MalformedMessage(f"no {needed} header")
    length = headers.get("content-length", [""])[0]
    if length.isdecimal():
        body = body[: int(length)]
    return _start(start, headers, body)


def _start(line: str, headers: Headers, body: bytes) -> Message:
    first, _, rest = line.partition(" ")
    if first == "SIP/2.0":
        code, _, reason = rest.partition(" ")
        if not (code.isdecimal() and len(code) == 3):
            raise MalformedMessage(f"status {code!r} is not three digits")
        return Response(int(code), headers, body, reason)
    uri, _, version = rest.rpartition(" ")
    if version != "SIP/2.0" or not uri:
        raise MalformedMessage("neither a request line nor a status line")
    return Request(first, uri, headers, body)


def _headers(lines: list[str]) -> Headers:
    headers: Headers = {}
    name = ""
    for line in lines:
        if line[:1] in (" ", "\t") and name:
            headers[name][-1] += " " + line.strip()
            continue
        raw, colon, value = line.partition(":")
        if not colon:
            raise MalformedMessage("a header line without a colon")
        name = _name(raw)
        if name in headers:
            headers[name].append(value.strip())
        else:
            headers[name] = [value.strip()]
    return headers


@lru_cache(maxsize=256)
def _name(raw: str) -> str:
    """The same few spellings come in every message."""
    name = raw.strip().lower()
    return _COMPACT.get(name, name)


def build(start: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> bytes:
    """The bytes of a message; Content-Length is added here."""
    lines = [start, *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def respond(
    request: Request, code: int, tag: str = "", extra: Iterable[tuple[str, str]] = (), body: bytes = b""
) -> bytes:
    """The response to `request`: its identity echoed, our tag on To where it has none."""
    asked = request.headers
    headers = [("Via", via) for via in asked["via"]]
    headers += [("Record-Route", route) for route in asked.get("record-route", ())]
    to = asked["to"][0]
    if tag and not parameter(to, "tag"):
        to = f"{to};tag={tag}"
    headers += [("From", asked["from"][0]), ("To", to), ("Call-ID", asked["call-id"][0]), ("CSeq", asked["cseq"][0])]
    headers += extra
    return build(f"SIP/2.0 {code} {REASONS.get(code, 'Unknown')}", headers, body)


def one(message: Message, name: str, default: str = "") -> str:
    """The first value of a header, or `default`."""
    values = message.headers.get(name)
    return values[0] if values else default


def cseq(message: Message) -> tuple[int, str]:
    """Number and method of CSeq. Raises MalformedMessage."""
    number, _, method = one(message, "cseq").partition(" ")
    if not number.isdecimal():
        raise MalformedMessage("CSeq without a number")
    return int(number), method.strip()


def parameter(value: str, name: str) -> str:
    """A parameter after the address or the Via sent-by: `<sip:a@b>;tag=x`, `SIP/2.0/UDP h;branch=x`."""
    _, _, outside = value.rpartition(">")
    for part in outside.split(";")[1:]:
        key, _, content = part.partition("=")
        if key.strip().lower() == name:
            return content.strip()
    return ""


def uri_of(value: str) -> str:
    """The address inside From, To, Contact or Route: with or without a display name and angle brackets."""
    _, opened, rest = value.partition("<")
    return rest.partition(">")[0] if opened else value.partition(";")[0].strip()


def user_of(uri: str) -> str:
    """The user part of a SIP address, without its parameters; empty where there is none."""
    scheme, _, rest = uri.partition(":")
    user, at, _ = rest.partition("@")
    return user.partition(";")[0].partition(":")[0] if at and scheme.startswith("sip") else ""


def address_of(uri: str) -> Address:
    """Host and port of a SIP address; the port is 5060 where none is said. Raises MalformedMessage.

    The host is an IPv4 address: looking up a name would hold up every other call.
    """
    host_port = uri.partition(":")[2].rpartition("@")[2].partition(";")[0].partition("?")[0]
    host, _, port = host_port.partition(":")
    if not is_ipv4(host) or not (port or "5060").isdecimal() or int(port or 5060) > 65_535:
        raise MalformedMessage(f"no IPv4 address and port in {uri!r}")
    return host, int(port or 5060)


def is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True
