"""Requests to machines that behave badly, over real sockets."""

import asyncio
import ssl
from ipaddress import ip_address
from pathlib import Path

import pytest

from dialer.outside.addresses import Address, Networks, networks
from dialer.outside.client import ANSWER_LIMIT, Client, NoAnswer, Request, Trouble
from tests.outside.peers import Behave, dripping, endless, packets_dropped, peer, reset, saying, self_signed, silent

HERE = networks(["127.0.0.0/8"])
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Word: yes\r\n\r\nok"
PROMPT_S = 0.3
SURE_S = 4.0
"""In which a request surely begins, however busy the machine is."""


async def test_a_good_answer_comes_whole() -> None:
    async with peer(saying(GOOD)) as port, Client() as client:
        answer = await client.send(Request("POST", f"http://127.0.0.1:{port}/x", body=b"hello", allowed=HERE))
    assert (answer.status, answer.body, answer.is_whole, answer.headers["x-word"]) == (200, b"ok", True, "yes")


async def test_the_request_is_as_asked() -> None:
    heard = asyncio.Queue[bytes]()

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        heard.put_nowait(head + await reader.readexactly(5))
        writer.write(GOOD)

    async with peer(listening) as port, Client() as client:
        headers = {"webhook-id": "evt_1"}
        await client.send(Request("POST", f"http://127.0.0.1:{port}/a?b=c", headers, b"hello", HERE))
    text = (await heard.get()).decode().lower()
    assert text.startswith("post /a?b=c http/1.1\r\n")
    assert f"host: 127.0.0.1:{port}\r\n" in text
    assert "webhook-id: evt_1\r\n" in text
    assert "content-length: 5\r\n" in text
    assert text.endswith("hello")


@pytest.mark.parametrize(
    "behave",
    [
        saying(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        saying(b""),
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"),
        saying(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000),
    ],
)
async def test_what_is_no_answer_is_garbage(behave: Behave) -> None:
    async with peer(behave) as port, Client() as client:
        with pytest.raises(NoAnswer) as caught:
            await client.send(Request("GET", f"http://127.0.0.1:{port}/", allowed=HERE))
    assert caught.value.trouble is Trouble.GARBAGE


@pytest.mark.parametrize("behave", [silent, dripping])
async def test_a_peer_that_takes_too_long_is_a_timeout(behave: Behave) -> None:
    async with peer(behave) as port, Client() as client:
        with pytest.raises(NoAnswer) as caught:
            await client.send(Request("GET", f"http://127.0.0.1:{port}/", allowed=HERE, timeout_s=PROMPT_S))
    assert caught.value.trouble is Trouble.TIMEOUT


@pytest.mark.parametrize("behave", [silent, saying(b""), saying(b"SSH-2.0\r\n\r\n"), dripping])
async def test_a_request_that_was_begun_may_have_arrived(behave: Behave) -> None:
    async with peer(behave) as port, Client() as client:
        with pytest.raises(NoAnswer) as caught:
            await client.send(Request("POST", f"http://127.0.0.1:{port}/", allowed=HERE, timeout_s=SURE_S))
    assert caught.value.may_have_arrived


async def test_a_request_on_a_connection_that_was_kept_may_have_arrived() -> None:
    async def answering_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(GOOD)
        await reader.readuntil(b"\r\n\r\n")

    async with peer(answering_once) as port, Client() as client:
        request = Request("GET", f"http://127.0.0.1:{port}/", allowed=HERE, timeout_s=SURE_S)
        assert (await client.send(request)).is_success
        with pytest.raises(NoAnswer) as caught:
            await client.send(request)
    assert caught.value.may_have_arrived


async def test_a_machine_that_drops_packets_has_got_nothing() -> None:
    with packets_dropped() as port:
        async with Client() as client:
            with pytest.raises(NoAnswer) as caught:
                await client.send(Request("POST", f"http://127.0.0.1:{port}/", allowed=HERE, timeout_s=PROMPT_S))
    assert (caught.value.trouble, caught.value.may_have_arrived) == (Trouble.TIMEOUT, False)


async def test_a_name_server_and_a_tls_that_hang_have_got_nothing() -> None:
    async def hang(host: str, port: int) -> list[Address]:
        await asyncio.Event().wait()
        return []

    async with peer(silent) as port, Client(hang) as lost, Client() as client:
        for sender, host in ((lost, "shop.example"), (client, "127.0.0.1")):
            with pytest.raises(NoAnswer) as caught:
                await sender.send(Request("POST", f"https://{host}:{port}/", allowed=HERE, timeout_s=PROMPT_S))
            assert (caught.value.trouble, caught.value.may_have_arrived) == (Trouble.TIMEOUT, False)


async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A good status when some of the request's time is gone, and then nothing more."""
    await asyncio.sleep(SURE_S / 8)
    await dripping(reader, writer)


@pytest.mark.parametrize(
    "behave",
    [
        dripping,
        endless,
        late,
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"),
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"),
        reset,
    ],
)
async def test_where_only_the_status_matters_the_answer_stands_however_its_body_ends(behave: Behave) -> None:
    async with peer(behave) as port, Client() as client:
        request = Request("POST", f"http://127.0.0.1:{port}/", allowed=HERE, only_status=True, timeout_s=SURE_S)
        answer = await client.send(request)
    assert answer.is_success
    assert not answer.is_whole


async def test_a_huge_body_is_read_to_its_limit() -> None:
    async with peer(endless) as port, Client() as client:
        answer = await client.send(Request("GET", f"http://127.0.0.1:{port}/", allowed=HERE))
    assert (len(answer.body), answer.is_whole) == (ANSWER_LIMIT, False)


async def test_a_redirect_is_an_answer_and_nobody_follows() -> None:
    redirect = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
    async with peer(saying(redirect)) as port, Client() as client:
        answer = await client.send(Request("GET", f"http://127.0.0.1:{port}/", allowed=HERE))
    assert (answer.status, answer.is_success) == (302, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1"])
async def test_a_private_address_is_refused_however_it_is_written(host: str) -> None:
    async with peer(saying(GOOD)) as port, Client() as client:
        with pytest.raises(NoAnswer) as caught:
            await client.send(Request("POST", f"https://{host}:{port}/"))
    assert caught.value.trouble is Trouble.REFUSED_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "ftp://shop.example/",
        "file:///etc/passwd",
        "http://",
        "//x",
        "http://a:99999999/",
        "https://u@x/",
        "https://\ud800/",
    ],
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    async with Client() as client:
        with pytest.raises(NoAnswer) as caught:
            await client.send(Request("GET", url))
    assert caught.value.trouble in (Trouble.BAD_URL, Trouble.NAME, Trouble.CONNECT)


async def test_a_name_and_a_path_in_russian_are_sent_as_the_web_has_them() -> None:
    asked, heard = list[str](), asyncio.Queue[bytes]()

    async def resolve(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [ip_address("127.0.0.1")]

    async def listening(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.put_nowait(await reader.readuntil(b"\r\n\r\n"))
        writer.write(GOOD)

    async with peer(listening) as port, Client(resolve) as client:
        await client.send(Request("GET", f"http://магазин.рф:{port}/итоги?день=1&a=%20", allowed=HERE))
    assert asked == ["xn--80aairftm.xn--p1ai"]
    path = "/%D0%B8%D1%82%D0%BE%D0%B3%D0%B8?%D0%B4%D0%B5%D0%BD%D1%8C=1&a=%20"
    assert (await heard.get()).startswith(f"GET {path} HTTP/1.1\r\n".encode())


async def test_a_name_that_changes_its_address_gains_nothing() -> None:
    """The address that was judged is the one that is connected to; the next connection is judged again."""
    answers = [ip_address("203.0.113.9"), ip_address("127.0.0.1")]
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [answers[min(len(asked), len(answers)) - 1]]

    async with peer(saying(GOOD)) as port, Client(resolve) as client:
        for _ in range(2):
            with pytest.raises(NoAnswer) as caught:
                await client.send(Request("POST", f"https://rebind.example:{port}/"))
            assert caught.value.trouble is Trouble.REFUSED_ADDRESS
    assert asked == ["rebind.example", "rebind.example"]


async def test_plain_http_goes_to_allowed_networks_only() -> None:
    async def resolve(host: str, port: int) -> list[Address]:
        return [ip_address("8.8.8.8")]

    async with Client(resolve) as client:
        with pytest.raises(NoAnswer, match="plain HTTP"):
            await client.send(Request("POST", "http://shop.example/", allowed=HERE))


async def test_one_projects_connection_is_not_lent_to_another() -> None:
    async def lasting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(GOOD)

    async with peer(lasting) as port, Client() as client:
        url = f"http://127.0.0.1:{port}/"
        assert (await client.send(Request("GET", url, allowed=HERE))).is_success
        with pytest.raises(NoAnswer) as caught:
            await client.send(Request("GET", url))
    assert caught.value.trouble is Trouble.REFUSED_ADDRESS


@pytest.mark.parametrize(
    ("knows", "host", "is_well"), [(False, "localhost", False), (True, "localhost", True), (True, "127.0.0.1", False)]
)
async def test_a_certificate_must_be_trusted_and_of_that_name(
    tmp_path: Path, knows: bool, host: str, is_well: bool
) -> None:
    server = self_signed(tmp_path)
    ours = ssl.create_default_context(cafile=str(tmp_path / "cert.pem") if knows else None)
    allowed: Networks = HERE | networks(["::1"])
    async with peer(saying(GOOD), server) as port, Client(tls=ours) as client:
        request = Request("GET", f"https://{host}:{port}/", allowed=allowed)
        if is_well:
            assert (await client.send(request)).is_success
            return
        with pytest.raises(NoAnswer) as caught:
            await client.send(request)
    assert (caught.value.trouble, caught.value.may_have_arrived) == (Trouble.TLS, False)


async def test_nobody_listens() -> None:
    async with peer(saying(GOOD)) as port:
        pass
    async with Client() as client:
        with pytest.raises(NoAnswer) as caught:
            await client.send(Request("GET", f"http://127.0.0.1:{port}/", allowed=HERE))
    assert (caught.value.trouble, caught.value.may_have_arrived) == (Trouble.CONNECT, False)
