"""AMI on the wire: bytes to messages and messages to bytes. No IO.

A message is a block of `Name: value` lines ended by an empty line. Bytes are decoded only once a block is whole, so a
character cut in two by the network stays whole. What we send is refused if a value could end its line: a caller ID
with a line break in it would be read by Asterisk as one more action.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

Headers: TypeAlias = dict[str, str]
"""One message, names as Asterisk writes them; a header that comes several times is joined by line feeds."""

BANNER = b"Asterisk Call Manager/"
EOL = b"\r\n"
END = b"\r\n\r\n"
MESSAGE_LIMIT_BYTES = 1 << 20
"""The largest message of our rights is a few kB; a megabyte without an end is not AMI."""
ACTION_LIMIT_BYTES = 8192
"""Asterisk reads an action line into 1 kB and gives up at 128 lines; ours are below 1 kB altogether."""


class ProtocolError(Exception):
    """The peer does not speak AMI: the link must be dropped."""


class UnsafeAction(ValueError):
    """The action was not sent: a value could break out of its line, or is larger than any action of ours."""


class Decoder:
    """Collects bytes as they come and gives each message once it is whole."""

    def __init__(self) -> None:
        self.version: str | None = None
        """What the banner said, e.g. `11.0.0`; None until it has come."""
        self._pending = bytearray()
        self._searched = 0

    def feed(self, chunk: bytes) -> Iterator[Headers]:
        """The messages completed by `chunk`, in their order. ProtocolError where the peer is not Asterisk."""
        self._pending += chunk
        if self.version is None:
            self._read_banner()
        while (end := self._pending.find(END, self._searched)) >= 0:
            block = bytes(self._pending[:end])
            del self._pending[: end + len(END)]
            self._searched = 0
            if headers := parse(block):
                yield headers
        self._searched = max(0, len(self._pending) - len(END) + 1)
        if len(self._pending) > MESSAGE_LIMIT_BYTES:
            raise ProtocolError(f"a message of more than {MESSAGE_LIMIT_BYTES} bytes")

    def _read_banner(self) -> None:
        end = self._pending.find(EOL)
        seen = bytes(self._pending[: end if end >= 0 else None])
        if not (seen.startswith(BANNER) or (end < 0 and BANNER.startswith(seen[: len(BANNER)]))):
            raise ProtocolError("the peer is not an Asterisk manager port; check host and port")
        if end >= 0:
            self.version = seen[len(BANNER) :].decode("ascii", "replace").strip()
            del self._pending[: end + len(EOL)]
            self._searched = 0


def parse(block: bytes) -> Headers:
    """One block without its final empty line; lines that are no header are passed over."""
    lines = block.decode("utf-8", "replace").split("\r\n")
    try:
        headers = dict([line.split(": ", 1) for line in lines])
    except ValueError:  # a line without a value, or no header at all
        return _parse_odd(lines)
    return headers if len(headers) == len(lines) else _parse_odd(lines)


def _parse_odd(lines: list[str]) -> Headers:
    """The rare message that has a header twice, an empty line in front, or a line that is no header."""
    headers: Headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            continue
        value = value[1:] if value.startswith(" ") else value
        headers[name] = f"{headers[name]}\n{value}" if name in headers else value
    return headers


def encode(headers: Mapping[str, object]) -> bytes:
    """An action as bytes; UnsafeAction names the header that could break out of its line, never its value."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    for name, line in zip(headers, lines, strict=True):
        if any(breaker in line for breaker in "\r\n\0"):
            raise UnsafeAction(f"header {name!r} holds a line break or NUL")
    data = "\r\n".join([*lines, "", ""]).encode()
    if len(data) > ACTION_LIMIT_BYTES:
        raise UnsafeAction(f"an action of {len(data)} bytes; the limit is {ACTION_LIMIT_BYTES}")
    return data
