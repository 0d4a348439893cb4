"""One HTTP request to a foreign machine that may be slow, broken or hostile: a bounded answer, or a named failure.

httpcore is used as it is, because its network backend is a documented place to put our own: the name is resolved
here, every address is judged, and the judged address itself is connected to, so a name that answers differently a
moment later (DNS rebinding) gains nothing. TLS is checked against the name. Redirects are answers like others: nobody
follows them. Neither a proxy nor anything else is taken from the environment.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from typing import Any, Self, TypeAlias
from urllib.parse import quote, urlsplit

import httpcore

from dialer.outside.addresses import NOTHING_PRIVATE, Address, Networks, is_allowed, may_reach

TIMEOUT_S = 10.0
ANSWER_LIMIT = 64 * 1024
"""Bytes of an answer that are read; the rest is cut off together with its connection."""
SKIM_S = 1.0
RESOLVERS = 4
"""Threads for names: a name server that hangs must not take the threads of others."""
PATH_SIGNS = "/?%:@!$&'()*+,;=~-._[]"
"""What may stand in a path or a query as it is; a percent sign is taken for one of an escape that is there already."""
KEPT_S = 30.0
KEPT_PER_POOL = 20
CONNECTED = "connection.connect_tcp.complete"
TLS_FAILED = "connection.start_tls.failed"
WRITING = "http11.send_request_headers.started"
"""httpcore's names of steps; the last is the moment before the request's first byte."""

Resolve: TypeAlias = Callable[[str, int], Coroutine[Any, Any, Iterable[Address]]]


class Trouble(StrEnum):
    """Why there was no answer."""

    NAME = "name_not_found"
    REFUSED_ADDRESS = "address_refused"
    """The name leads to a private address that nobody has allowed, or to a public one without TLS."""
    CONNECT = "cannot_connect"
    TLS = "tls_refused"
    TIMEOUT = "timeout"
    GARBAGE = "not_http"
    BAD_URL = "bad_url"


BROKEN = (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException, OSError)
"""What comes in place of the rest of a body."""
NEVER_SENT = frozenset({Trouble.NAME, Trouble.REFUSED_ADDRESS, Trouble.BAD_URL})


class NoAnswer(Exception):
    """The machine gave no HTTP answer; `trouble` is a constant, the message has no data of the request in it.

    `may_have_arrived`: the request was on its way already, and may have been carried out.
    """

    def __init__(self, trouble: Trouble, words: str = "", *, may_have_arrived: bool = True) -> None:
        super().__init__(f"{trouble}: {words}" if words else str(trouble))
        self.trouble = trouble
        self.may_have_arrived = may_have_arrived and trouble not in NEVER_SENT


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    allowed: Networks = NOTHING_PRIVATE
    """Private networks that this request may reach; plain HTTP goes nowhere else."""
    timeout_s: float = TIMEOUT_S
    """For all of it: name, connection, TLS, and the answer's end; of its head where only that matters."""
    only_status: bool = False
    """The answer's body does not matter: one that does not end soon, or as it should, is cut off; the answer stands."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """Names in small letters."""
    body: bytes
    """Its first ANSWER_LIMIT bytes."""
    is_whole: bool = True

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class Client:
    """Sends requests. Use as a context manager; one for a process is enough."""

    def __init__(self, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None) -> None:
        self._threads = ThreadPoolExecutor(RESOLVERS, thread_name_prefix="resolver")
        self._resolve = resolve or self._by_system
        self._tls = tls or _usual_tls()
        self._pools: dict[tuple[Networks, bool], httpcore.AsyncConnectionPool] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        for pool in self._pools.values():
            await pool.aclose()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def send(self, request: Request) -> Answer:
        """The answer, whatever its status; NoAnswer where there was none in time."""
        way = _Way()
        try:
            async with asyncio.timeout(request.timeout_s) as term:
                return await self._send(request, way, term)
        except TimeoutError:
            words = f"nothing whole within {request.timeout_s:g} s"
            raise NoAnswer(Trouble.TIMEOUT, words, may_have_arrived=way.is_begun) from None
        except httpcore.TimeoutException:
            raise NoAnswer(Trouble.TIMEOUT, may_have_arrived=way.is_begun) from None
        except (httpcore.ConnectError, ssl.SSLError) as error:
            raise _not_connected(error, way.is_begun) from None
        except (httpcore.ProtocolError, UnicodeError) as error:
            raise NoAnswer(Trouble.GARBAGE, type(error).__name__, may_have_arrived=way.is_begun) from None
        except (httpcore.NetworkError, OSError) as error:
            raise NoAnswer(Trouble.CONNECT, type(error).__name__, may_have_arrived=way.is_begun) from None

    async def judge(self, url: str, allowed: Networks) -> NoAnswer | None:
        """Why no request may go there, as far as it can be told now; a name that nobody knows yet may come."""
        try:
            parsed = _parsed(url)
            guard = _Guarded(self._resolve, allowed, is_plain=parsed.scheme == b"http")
            await guard.addresses(parsed.host.decode("ascii"), parsed.port or 443)
        except NoAnswer as error:
            return None if error.trouble is Trouble.NAME else error
        return None

    async def _send(self, request: Request, way: "_Way", term: asyncio.Timeout) -> Answer:
        url = _parsed(request.url)
        pool = self._pool(request.allowed, is_plain=url.scheme == b"http")
        headers = {b"host": _host_header(url), b"content-length": str(len(request.body)).encode()}
        headers |= {name.encode(): value.encode() for name, value in request.headers.items()}
        names, told = list(headers.items()), {"trace": way.step}
        async with pool.stream(request.method, url, headers=names, content=request.body, extensions=told) as answer:
            body, is_whole = await (_skim(answer, term) if request.only_status else _read(answer))
            found = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
            return Answer(answer.status, found, body, is_whole)

    def _pool(self, allowed: Networks, is_plain: bool) -> httpcore.AsyncConnectionPool:
        """Its own for each set of permissions: a connection is never lent to whoever may not make it."""
        key = (allowed, is_plain)
        if key not in self._pools:
            self._pools[key] = httpcore.AsyncConnectionPool(
                ssl_context=self._tls,
                max_connections=None,  # whoever sends bounds himself; one slow machine must not stop the others
                max_keepalive_connections=KEPT_PER_POOL,
                keepalive_expiry=KEPT_S,
                network_backend=_Guarded(self._resolve, allowed, is_plain),
            )
        return self._pools[key]

    async def _by_system(self, host: str, port: int) -> Iterable[Address]:
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


class _Way:
    """How far one request has come, as httpcore tells it."""

    def __init__(self) -> None:
        self.is_begun = False
        """Until then it surely has not arrived."""
        self._stream: httpcore.AsyncNetworkStream | None = None

    async def step(self, name: str, told: Mapping[str, Any]) -> None:
        if name == CONNECTED:
            self._stream = told["return_value"]
        elif name == TLS_FAILED and self._stream is not None:
            await self._stream.aclose()  # httpcore leaves it open where the handshake was cancelled by our deadline
        elif name == WRITING:
            self.is_begun = True


@cache
def _usual_tls() -> ssl.SSLContext:
    """The system's authorities; reading them takes 50 ms."""
    return ssl.create_default_context()


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to addresses that may be reached, and to nothing else."""

    def __init__(self, resolve: Resolve, allowed: Networks, is_plain: bool) -> None:
        self._resolve = resolve
        self._allowed = allowed
        self._is_plain = is_plain
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        last: Exception = NoAnswer(Trouble.NAME)
        for address in await self.addresses(host, port):
            try:
                return await self._backend.connect_tcp(str(address), port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                last = error
        raise last

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise NoAnswer(Trouble.REFUSED_ADDRESS, "a socket of this machine")

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)

    async def addresses(self, host: str, port: int) -> list[Address]:
        """Those that may be reached, in the order of the name server; NoAnswer where there are none."""
        try:
            found = list(dict.fromkeys(await self._resolve(host, port)))
        except (OSError, UnicodeError):
            raise NoAnswer(Trouble.NAME) from None
        judge = is_allowed if self._is_plain else may_reach
        usable = [address for address in found if judge(address, self._allowed)]
        if found and not usable:
            public = self._is_plain and any(may_reach(address, self._allowed) for address in found)
            words = "plain HTTP goes to allowed networks only" if public else "a private network that is not allowed"
            raise NoAnswer(Trouble.REFUSED_ADDRESS, words)
        return usable


def _parsed(text: str) -> httpcore.URL:
    """The URL as it is sent: a name in any script by IDNA, a path in any script by percent signs."""
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").encode("idna")
        if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
            raise NoAnswer(Trouble.BAD_URL)
        target = quote(f"{parts.path or '/'}?{parts.query}".removesuffix("?"), safe=PATH_SIGNS)
        return httpcore.URL(scheme=parts.scheme, host=host, port=parts.port, target=target)
    except (ValueError, UnicodeError):
        raise NoAnswer(Trouble.BAD_URL) from None


def _host_header(url: httpcore.URL) -> bytes:
    standard = {b"http": 80, b"https": 443}[url.scheme]
    host = b"[" + url.host + b"]" if b":" in url.host else url.host
    return host if url.port in (None, standard) else host + b":%d" % url.port


async def _read(answer: httpcore.Response) -> tuple[bytes, bool]:
    body = bytearray()
    async for part in answer.aiter_stream():
        body += part
        if len(body) > ANSWER_LIMIT:
            return bytes(body[:ANSWER_LIMIT]), False
    return bytes(body), True


async def _skim(answer: httpcore.Response, term: asyncio.Timeout) -> tuple[bytes, bool]:
    """Read a short body, so that its connection can be used again. Its term is its own: the answer is here already."""
    term.reschedule(None)
    try:
        async with asyncio.timeout(SKIM_S):
            return await _read(answer)
    except (TimeoutError, *BROKEN):
        return b"", False


def _not_connected(error: Exception, is_begun: bool) -> NoAnswer:
    cause = error.__context__
    if isinstance(error, ssl.SSLError) or isinstance(cause, ssl.SSLError) or "SSL" in str(error):
        words = "its certificate or its TLS cannot be trusted"
        return NoAnswer(Trouble.TLS, words, may_have_arrived=is_begun)
    return NoAnswer(Trouble.CONNECT, may_have_arrived=is_begun)
