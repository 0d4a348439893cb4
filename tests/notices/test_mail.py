"""A mail server that takes its time: it has threads of its own, and a message has a term, whatever bytes drip in."""

import asyncio
import time

import pytest

from dialer.notices.mail import AT_ONCE, Mail, MailServer
from dialer.notices.result import Result, Said
from sim.stand.ports import LOOPBACK
from tests.outside.peers import Behave, peer, silent

DEADLINE_S = 5.0
"""Much longer than a busy machine needs for what comes before the server falls silent."""
AT_ONCE_S = 10.0
"""Far below what a thread would wait that is taken."""


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialer.notices.mail.DEADLINE_S", DEADLINE_S)


def dripping(verb: str) -> Behave:
    """Answers well, and this command by a line now and then, which is never the last."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        said = ""
        while said != verb:
            said = (await reader.readline()).split()[0].decode().upper()
            if said == "DATA" and verb == "END":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                break
            if said != verb:
                writer.write(b"354 go on\r\n" if said == "DATA" else b"250 ok\r\n")
            if said == "DATA" and verb == "QUIT":
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")
        while True:
            writer.write(b"250-still here\r\n")
            await asyncio.sleep(DEADLINE_S / 5)

    return behave


async def sent(mail: Mail) -> Result:
    return await mail.send(1, "maria@shop.example", "Заказ", "Здравствуйте!")


def to(port: int) -> Mail:
    return Mail(MailServer(LOOPBACK, port, "none", "Лавка <shop@shop.example>"))


@pytest.mark.parametrize(
    ("verb", "said"),
    [("EHLO", Said.NOT_NOW), ("RCPT", Said.NOT_NOW), ("END", Said.UNKNOWN)],
)
async def test_a_server_that_drips_has_a_term(verb: str, said: Said) -> None:
    async with peer(dripping(verb)) as port:
        mail = to(port)
        async with asyncio.timeout(30):
            assert await sent(mail) == Result(said, "smtp_timeout")
        mail.close()


async def test_what_was_taken_is_taken_however_long_the_farewell() -> None:
    async with peer(dripping("QUIT")) as port:
        mail = to(port)
        assert await sent(mail) == Result(Said.TAKEN)
        mail.close()


async def test_a_server_that_is_silent_takes_no_threads_of_others() -> None:
    """Messages behind those that hang have not been begun: they go again."""
    async with peer(silent) as port, asyncio.TaskGroup() as tasks:
        mail = to(port)
        asked = [tasks.create_task(sent(mail)) for _ in range(10 * AT_ONCE)]
        await asyncio.sleep(0)
        began = time.perf_counter()
        await asyncio.to_thread(int)
        assert time.perf_counter() - began < AT_ONCE_S
        assert {await one for one in asked} == {Result(Said.NOT_NOW, "smtp_timeout")}
        mail.close()


async def test_what_was_given_up_is_not_handed_over_later() -> None:
    heard = list[bytes]()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * DEADLINE_S)
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            heard.append(line.split()[0])
            writer.write(b"250 ok\r\n")

    async with peer(slow) as port:
        mail = to(port)
        assert (await sent(mail)).said is Said.NOT_NOW
        async with asyncio.timeout(30):
            while b"quit" not in heard:  # noqa: ASYNC110 - the server is another machine
                await asyncio.sleep(0.01)
        mail.close()
    assert heard == [b"ehlo", b"mail", b"rcpt", b"quit"], "all but the text"
