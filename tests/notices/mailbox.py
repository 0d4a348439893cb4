"""A small mail server on a port of this machine: takes messages, refuses, is slow or goes away, as it is told."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Self

from sim.stand.ports import LOOPBACK


@dataclass
class Mailbox:
    """`answers` says what it answers in place of 250, by command; an empty answer closes the connection."""

    messages: list[Message] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    port: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._say(writer, "CONNECT", "220 here"):
            return
        while line := await reader.readline():
            verb = line.split()[0].decode().upper()
            usual = {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 ok")
            if not self._say(writer, verb, usual) or verb == "QUIT":
                return
            if verb == "DATA" and "DATA" not in self.answers:
                text = await reader.readuntil(b"\r\n.\r\n")
                if not self._say(writer, "END", "250 taken"):
                    return
                if self.answers.get("END", "250")[0] == "2":
                    self.messages.append(message_from_bytes(text[:-5], policy=default))

    def _say(self, writer: asyncio.StreamWriter, verb: str, usual: str) -> bool:
        """False where the connection is to be closed instead."""
        said = self.answers.get(verb, usual)
        writer.write(f"{said}\r\n".encode() if said else b"")
        return bool(said)
