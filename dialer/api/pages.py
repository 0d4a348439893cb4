"""The pages and their assets: read once at start, served from memory with an entity tag, never by a path of the caller.

Our own stand in `web/`, scripts and styles as they are, pages without the head that they share (`head`); what they
borrow from npm is built into the environment by packaging/pages.py.
`/sign-in` and its assets are open (see `gate`); everything else needs a session.
"""

import hashlib
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dialer.api.asking import Asker, Given
from dialer.api.gate import content_security_policy
from dialer.api.head import framed
from dialer.api.problems import Problem, not_found
from dialer.core.access import Principal, Right, Role

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}

BORROWED = Path(sys.prefix) / "share" / "dialer" / "pages"
"""Where packaging/pages.py puts what it built for this environment."""

router = APIRouter(include_in_schema=False)


class PagesNotBuilt(Exception):
    """What the pages borrow is not there; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    content_type: str
    tag: str


@cache
def assets() -> dict[str, Asset]:
    """Every file of `web/` and everything borrowed, by name. Raises PagesNotBuilt."""
    if not BORROWED.is_dir():
        raise PagesNotBuilt(
            f"{BORROWED} is missing: run `make install`, or `{sys.executable} packaging/pages.py` in the source"
        )
    return {**_read((files("dialer.api") / "web").iterdir()), **_read(BORROWED.iterdir())}


def _read(entries: Iterable[Traversable]) -> dict[str, Asset]:
    found = {}
    for entry in entries:
        suffix = "." + entry.name.rpartition(".")[2]
        if suffix in CONTENT_TYPES:
            body = entry.read_bytes()
            if suffix == ".html":
                body = framed(entry.name, body.decode()).encode()
            tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            found[entry.name] = Asset(body, CONTENT_TYPES[suffix], tag)
    return found


@router.get("/")
async def start(asker: Asker) -> Response:
    """Each role to its own page."""
    return RedirectResponse(own_page(asker), 303)


@router.get("/sign-in")
async def sign_in(request: Request) -> Response:
    return _answer(request, assets()["sign-in.html"])


@router.get("/agent")
async def agent(request: Request, asker: Asker, given: Given) -> Response:
    """The one page that may connect elsewhere: to the WebSockets of phones in browsers, where there are any."""
    if asker.agent is None:
        return RedirectResponse(own_page(asker), 303)
    answer = _answer(request, assets()["agent.html"])
    answer.headers["Content-Security-Policy"] = content_security_policy(given.phones.addresses())
    return answer


@router.get("/wallboard")
async def wallboard(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.WALLBOARD, "wallboard.html")


@router.get("/webhooks")
async def webhooks(request: Request, asker: Asker) -> Response:
    if not asker.may(Right.WEBHOOKS) or not asker.may(Right.WALLBOARD):
        return RedirectResponse(own_page(asker), 303)
    return _answer(request, assets()["webhooks.html"])


@router.get("/callers")
async def callers(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.CAMPAIGNS_WRITE, "callers.html")


@router.get("/notices")
async def notices(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.CAMPAIGNS_WRITE, "notices.html")


@router.get("/persons")
async def persons(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.PERSONS, "persons.html")


@router.get("/lists")
async def lists(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.CAMPAIGNS_WRITE, "lists.html")


@router.get("/projects")
async def projects(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.CAMPAIGNS_WRITE, "projects.html")


@router.get("/reports")
async def reports(request: Request, asker: Asker) -> Response:
    if not _reads_reports(asker):
        return RedirectResponse(own_page(asker), 303)
    return _answer(request, assets()["reports.html"])


@router.get("/users")
async def users(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.AGENTS_STEER, "users.html")


@router.get("/audit")
async def audit(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.AUDIT, "audit.html")


@router.get("/why")
async def why(request: Request, asker: Asker) -> Response:
    return _page(request, asker, Right.CAMPAIGNS_WRITE, "why.html")


def _page(request: Request, asker: Principal, right: Right, name: str) -> Response:
    """The page, for who has the right to what it asks for; anybody else is led to his own."""
    return _answer(request, assets()[name]) if asker.may(right) else RedirectResponse(own_page(asker), 303)


def own_page(asker: Principal) -> str:
    """Where this user belongs; raises 403 for one who has no page yet."""
    if asker.may(Right.WALLBOARD):
        return "/wallboard"
    if asker.agent is not None:
        return "/agent"
    if _reads_reports(asker):
        return "/reports"
    raise Problem(403, "no-page", f"There is no page for the role {asker.role}.", "Use the API, with a token.")


def _reads_reports(asker: Principal) -> bool:
    """A client comes to read; an integrator is a program."""
    return asker.may(Right.CAMPAIGNS_READ) and asker.role is not Role.INTEGRATOR


@router.get("/assets/{name}")
async def asset(name: str, request: Request) -> Response:
    found = assets().get(name)
    if found is None or name.endswith(".html"):
        raise not_found("asset", name)
    return _answer(request, found)


def _answer(request: Request, found: Asset) -> Response:
    """Revalidated each time: a new version of the daemon must never run beside an old page's script."""
    headers = {"ETag": found.tag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == found.tag:
        return Response(status_code=304, headers=headers)
    return Response(found.body, headers=headers, media_type=found.content_type)
