"""The door: nobody comes in without a session or a token, whatever route is asked for.

It stands before the router, so a route that forgets to ask is closed, not open, and an unknown path tells a stranger
nothing. Open are `/healthz` and the sign-in (its page, that page's assets, its two endpoints). A request that carries
the session's cookie and changes something, and every such WebSocket, must come from our own origin (CSRF).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dialer.api.problems import Problem, of_books
from dialer.api.user_ports import Users
from dialer.core.access import Principal

COOKIE = "dialer_session"
SIGN_IN_PAGE = "/sign-in"
SIGN_IN_ASSETS = ("sign-in.js", "sign-in.css", "base.css", "theme.js", "words.js")
"""What the sign-in's page is drawn with: texts and colours, no data."""

OPEN = frozenset(
    {
        ("GET", "/healthz"),
        ("GET", SIGN_IN_PAGE),
        *(("GET", f"/assets/{name}") for name in SIGN_IN_ASSETS),
        ("POST", "/api/v1/session"),
        ("POST", "/api/v1/session/link"),
        ("POST", "/api/v1/feedback"),  # proven by its signature
    }
)
"""All that answers a stranger."""

SAFE_METHODS = frozenset({"GET", "HEAD"})


def content_security_policy(connect: Sequence[str] = ()) -> str:
    """Nothing but our own origin; a page may be let connect to these addresses too."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            " ".join(("connect-src 'self'", *connect)),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )


SECURITY_HEADERS = {
    "Content-Security-Policy": content_security_policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(self)",
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request brought along: the session's cookie or a bearer token."""

    session: str | None = None
    token: str | None = None


def credentials(headers: Headers) -> Credentials:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return Credentials(token=token.strip())
    return Credentials(session=cookie(headers))


def cookie(headers: Headers) -> str | None:
    """The session's secret, where the request carries our cookie and it can be read."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return morsel.value or None if morsel is not None else None


async def identify(users: Users, brought: Credentials, at: float) -> Principal | None:
    """Who brought these credentials; None for nobody that we know."""
    if brought.token is not None:
        return await users.by_token(brought.token, at)
    if brought.session is not None:
        return await users.by_session(brought.session, at)
    return None


def same_origin(headers: Headers, scheme: str, public_origin: str | None) -> bool:
    """Whether the page that sent this is ours: its Origin is our public one, or else that of the Host asked."""
    origin = urlsplit(headers.get("origin", ""))
    if public_origin is not None:
        ours = urlsplit(public_origin)
        return (origin.scheme, origin.netloc) == (ours.scheme, ours.netloc)
    return (origin.scheme, origin.netloc) == (scheme, headers.get("host", ""))


class Gate:
    """ASGI middleware; leaves the principal in `scope["state"]["principal"]` (None for the open paths)."""

    def __init__(
        self,
        app: ASGIApp,
        users: Users,
        now: Callable[[], float],
        public_origin: str | None = None,
    ) -> None:
        self._app = app
        self._users = users
        self._now = now
        self._public_origin = public_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        guarded = with_security_headers(scope, send)
        if refusal is None:
            await self._app(scope, receive, guarded)
        elif scope["type"] == "http":
            await refusal(scope, receive, guarded)
        else:
            await refuse_websocket(refusal, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """None: come in."""
        scope.setdefault("state", {})["principal"] = None
        headers = Headers(scope=scope)
        method = scope.get("method", "GET")
        if (("GET" if method == "HEAD" else method), scope["path"]) in OPEN:
            return self._foreign(scope, headers, method) if "origin" in headers else None
        brought = credentials(headers)
        try:
            principal = await identify(self._users, brought, self._now())
        except OSError as error:
            return of_books(error).response()
        if principal is None:
            return stranger(scope, headers)
        scope["state"]["principal"] = principal
        scope["state"]["credentials"] = brought
        return None if principal.by_token else self._foreign(scope, headers, method)

    def _foreign(self, scope: Scope, headers: Headers, method: str) -> Response | None:
        websocket = scope["type"] == "websocket"
        if method in SAFE_METHODS and not websocket:
            return None
        scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
        if same_origin(headers, scheme, self._public_origin):
            return None
        return Problem(
            403,
            "foreign-origin",
            "The request carries a session's cookie and does not come from our own pages.",
            "Programs use a token; behind a reverse proxy set the public origin in the configuration.",
        ).response()


def stranger(scope: Scope, headers: Headers) -> Response:
    """A person who asks for a page is led to the sign-in; anything else is told 401."""
    wants_page = scope["type"] == "http" and "text/html" in headers.get("accept", "")
    if wants_page and scope["method"] in SAFE_METHODS:
        return RedirectResponse(SIGN_IN_PAGE, 303)
    return Problem(
        401,
        "not-signed-in",
        "This needs a session or a token, and none was brought, or it is no longer valid.",
        "Sign in, or send `Authorization: Bearer <token>` (made by `dialer user token`).",
        headers={"WWW-Authenticate": "Bearer"},
    ).response()


async def refuse_websocket(refusal: Response, send: Send) -> None:
    """The handshake is answered with the refusal's own status and text."""
    await send(
        {
            "type": "websocket.http.response.start",
            "status": refusal.status_code,
            "headers": refusal.raw_headers,
        }
    )
    await send({"type": "websocket.http.response.body", "body": bytes(refusal.body)})


def with_security_headers(scope: Scope, send: Send) -> Callable[[Message], Awaitable[None]]:
    """Every answer carries the policy; what is not an asset is never kept by a cache."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return guarded
