"""STUN and TURN asked as a client asks them (RFC 8489, RFC 8656): how am I seen; would you lend me an address?

One question at a time, over UDP (repeated, as it may be lost), TCP or TLS. An address that was lent is given back at
once. It knows nothing of what goes through such an address afterwards.
"""

import asyncio
import hashlib
import hmac
import ipaddress
import re
import secrets
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, cast

COOKIE = 0x2112A442
HEADER = struct.Struct("!HHI12s")
UDP = 17
PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
URL = re.compile(r"(stuns?|turns?):(\[[0-9A-Fa-f:]+\]|[^:?\[\]]+)(?::(\d+))?(?:\?transport=(udp|tcp))?")
REPEAT_S = 0.5
"""RFC 8489, 6.2.1: the first wait before a request over UDP is sent again; each one after it is twice as long."""


class Method(IntEnum):
    BINDING = 0x001
    ALLOCATE = 0x003
    REFRESH = 0x004


ERROR = 0x110
"""The class of a refusal, as bits of the message type."""


class Attribute(IntEnum):
    USERNAME = 0x0006
    MESSAGE_INTEGRITY = 0x0008
    ERROR_CODE = 0x0009
    LIFETIME = 0x000D
    REALM = 0x0014
    NONCE = 0x0015
    XOR_RELAYED_ADDRESS = 0x0016
    REQUESTED_TRANSPORT = 0x0019
    XOR_MAPPED_ADDRESS = 0x0020


class StunError(Exception):
    """No address: the message says what came instead."""


class TurnRefused(StunError):
    """The server takes neither name nor password, or lends nothing to them."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}".strip())
        self.code = code


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its URL, as in `dialer.toml`. ValueError where it is none."""

    host: str
    port: int
    transport: str
    tls: bool

    @classmethod
    def of(cls, url: str) -> "Server":
        found = URL.fullmatch(url)
        if found is None:
            raise ValueError(f"{url!r} is no address of a STUN or TURN server")
        scheme, host, port, transport = found.groups()
        tls = scheme.endswith("s")
        return cls(host.strip("[]"), int(port or PORTS[scheme]), "tcp" if tls else transport or "udp", tls)


@dataclass(frozen=True, slots=True)
class Message:
    """One request or answer; attributes that are given twice count once, the first."""

    kind: int
    transaction: bytes
    attributes: Mapping[int, bytes]

    def encode(self, key: bytes | None = None) -> bytes:
        """With `key`, signed (MESSAGE-INTEGRITY, RFC 8489, 14.5)."""
        body = b"".join(_attribute(name, value) for name, value in self.attributes.items())
        if key is not None:
            head = HEADER.pack(self.kind, len(body) + 24, COOKIE, self.transaction)
            body += _attribute(Attribute.MESSAGE_INTEGRITY, hmac.digest(key, head + body, "sha1"))
        return HEADER.pack(self.kind, len(body), COOKIE, self.transaction) + body

    @classmethod
    def decode(cls, data: bytes) -> "Message":
        """StunError for anything else than a whole message."""
        try:
            kind, length, cookie, transaction = HEADER.unpack_from(data)
            if cookie != COOKIE or len(data) != HEADER.size + length:
                raise StunError("not a STUN message")
            return cls(kind, transaction, dict(reversed(list(_attributes(data[HEADER.size :])))))
        except struct.error:
            raise StunError("a STUN message that is cut off") from None

    def address(self, name: Attribute) -> str:
        """An XOR address (RFC 8489, 14.2) as host:port; StunError where there is none."""
        value = self.attributes.get(name, b"")
        if len(value) not in (8, 20):
            raise StunError(f"an answer without {name.name}")
        mask = COOKIE.to_bytes(4, "big") + self.transaction
        port = int.from_bytes(value[2:4], "big") ^ (COOKIE >> 16)
        packed = bytes(one ^ other for one, other in zip(value[4:], mask, strict=False))
        return f"{ipaddress.ip_address(packed)}:{port}"

    @property
    def refusal(self) -> TurnRefused | None:
        if self.kind & ERROR != ERROR:
            return None
        value = self.attributes.get(Attribute.ERROR_CODE, bytes(4))
        return TurnRefused((value[2] & 7) * 100 + value[3], value[4:].decode("utf-8", "replace"))


def _attribute(name: int, value: bytes) -> bytes:
    return struct.pack("!HH", name, len(value)) + value + bytes(-len(value) % 4)


def _attributes(body: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(body):
        name, length = struct.unpack_from("!HH", body, at)
        found.append((name, body[at + 4 : at + 4 + length]))
        at += 4 + length + -length % 4
    return found


# ---- on the wire


class Wire(Protocol):
    async def ask(self, request: bytes) -> bytes: ...


class _Datagrams(asyncio.DatagramProtocol):
    """Answers of one server, in order of arrival."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes | Exception] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.came.put_nowait(data)

    def error_received(self, exc: Exception) -> None:
        self.came.put_nowait(exc)

    async def ask(self, request: bytes) -> bytes:
        wait_s = REPEAT_S
        while True:
            self.transport.sendto(request)
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    came = await self.came.get()
                    if isinstance(came, Exception):
                        raise came
                    return came
            wait_s *= 2


@dataclass(frozen=True, slots=True)
class _Stream:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> bytes:
        self.writer.write(request)
        head = await self.reader.readexactly(HEADER.size)
        return head + await self.reader.readexactly(int.from_bytes(head[2:4], "big"))


@asynccontextmanager
async def _wire(server: Server) -> AsyncIterator[Wire]:
    if server.transport == "udp":
        loop = asyncio.get_running_loop()
        transport, datagrams = await loop.create_datagram_endpoint(_Datagrams, remote_addr=(server.host, server.port))
        try:
            yield datagrams
        finally:
            transport.close()
        return
    reader, writer = await asyncio.open_connection(server.host, server.port, ssl=server.tls or None)
    try:
        yield _Stream(reader, writer)
    finally:
        writer.close()


async def _answer(wire: Wire, method: Method, attributes: Mapping[int, bytes], key: bytes | None = None) -> Message:
    request = Message(method, secrets.token_bytes(12), attributes)
    while True:
        answer = Message.decode(await wire.ask(request.encode(key)))
        if answer.transaction == request.transaction:
            return answer


# ---- the questions


async def seen_as(url: str, within_s: float) -> str:
    """Our address and port as this STUN server sees them. StunError, OSError, TimeoutError."""
    async with asyncio.timeout(within_s), _wire(Server.of(url)) as wire:
        answer = await _answer(wire, Method.BINDING, {})
    if answer.refusal is not None:
        raise answer.refusal
    return answer.address(Attribute.XOR_MAPPED_ADDRESS)


async def lent(url: str, name: str, password: str, within_s: float) -> str:
    """The address that this TURN server lends (RFC 8656, 7) under this name; given back at once.

    TurnRefused: it does not take name or password, or lends nothing; StunError, OSError, TimeoutError.
    """
    wanted: dict[int, bytes] = {Attribute.REQUESTED_TRANSPORT: struct.pack("!B3x", UDP)}
    async with asyncio.timeout(within_s), _wire(Server.of(url)) as wire:
        challenge = await _answer(wire, Method.ALLOCATE, wanted)
        realm = challenge.attributes.get(Attribute.REALM, b"")
        known: dict[int, bytes] = {
            Attribute.USERNAME: name.encode(),
            Attribute.REALM: realm,
            Attribute.NONCE: challenge.attributes.get(Attribute.NONCE, b""),
        }
        key = hashlib.md5(b":".join((name.encode(), realm, password.encode())), usedforsecurity=False).digest()
        answer = await _answer(wire, Method.ALLOCATE, {**wanted, **known}, key)
        if answer.refusal is not None:
            raise answer.refusal
        await _answer(wire, Method.REFRESH, {Attribute.LIFETIME: bytes(4), **known}, key)
    return answer.address(Attribute.XOR_RELAYED_ADDRESS)
