"""Signing in and out: by name and password, or by a one-time link; and who one is."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from dialer.api.asking import Asker, Given
from dialer.api.forms import Form
from dialer.api.gate import COOKIE
from dialer.api.ports import Ports
from dialer.api.problems import Problem
from dialer.core.access import Principal
from dialer.core.user import MINIMUM_PASSWORD, AuditEntry, User
from dialer.logs import LogEvent, get_logger

router = APIRouter(prefix="/api/v1", tags=["session"])
log = get_logger()

Password = Annotated[str, Field(min_length=MINIMUM_PASSWORD, max_length=256)]


class SignIn(Form):
    name: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class Link(Form):
    link: Annotated[str, Field(min_length=20, max_length=128)]


class NewPassword(Form):
    password: Password
    old: Annotated[str | None, Field(max_length=256)] = None
    """The one until now; not asked of a user who has none yet."""


@router.post("/session", summary="Sign in by name and password")
async def sign_in(form: SignIn, request: Request, response: Response, given: Given) -> dict[str, object]:
    """A session's cookie. Too many wrong tries (`dialer.api.throttle`) are answered 429; those that were checked at the
    same time as the last wrong one too, right or not."""
    name = form.name.strip().lower()
    tries, now = given.sign_in_tries, given.clock.monotonic()
    _not_too_often(tries.wait_s(now, _address(request), name))
    user = await given.users.check_password(name, form.password)
    _not_too_often(tries.wait_s(now, _address(request), name))
    if user is None:
        tries.count(now, _address(request), name)
        log.warning(LogEvent.SIGN_IN_REFUSED, address=_address(request))
        raise Problem(
            401, "wrong-password", "The name or the password is wrong.", "An administrator can give a new link."
        )
    tries.forgive(_address(request), name)
    return await _opened(given, request, response, user, "session.open")


@router.post("/session/link", summary="Sign in by a one-time link")
async def use_link(form: Link, request: Request, response: Response, given: Given) -> dict[str, object]:
    """The link is spent by this, whatever follows."""
    tries, now = given.sign_in_tries, given.clock.monotonic()
    _not_too_often(tries.wait_s(now, _address(request)))
    user = await given.users.use_link(form.link, given.clock.now())
    if user is None:
        tries.count(now, _address(request))
        raise Problem(
            401,
            "spent-link",
            "The link is unknown, already used, or too old.",
            "Make a new one: `dialer user link NAME`.",
        )
    return await _opened(given, request, response, user, "session.link")


@router.delete("/session", status_code=204, summary="Sign out")
async def sign_out(request: Request, response: Response, given: Given, asker: Asker) -> None:
    session = request.state.credentials.session
    if session is not None:
        await given.users.close_session(session)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


@router.get("/me", summary="Who one is and what one may do")
async def me(asker: Asker) -> dict[str, object]:
    return _who(asker)


@router.put("/me/password", status_code=204, summary="Set one's own password")
async def set_password(form: NewPassword, request: Request, given: Given, asker: Asker) -> None:
    """Ends one's other sessions. The old password is asked where there is one; a token cannot do this."""
    session = request.state.credentials.session
    if session is None:
        raise Problem(403, "session-only", "A password is set from a session, not by a token.", "Sign in first.")
    tries, now = given.sign_in_tries, given.clock.monotonic()
    _not_too_often(tries.wait_s(now, _address(request), asker.name))
    tries.count(now, _address(request), asker.name)  # before it is known, for others may be tried meanwhile
    if not await given.users.change_password(asker.user, form.old, form.password, session):
        raise Problem(403, "wrong-password", "The old password is wrong.", "Give the one you signed in with.")
    tries.take_back(now, _address(request), asker.name)
    tries.forgive(_address(request), asker.name)
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "user.password", asker.name))


def _who(asker: Principal) -> dict[str, object]:
    return {
        "name": asker.name,
        "role": asker.role,
        "rights": sorted(asker.rights),
        "agent": asker.agent,
        "projects": None if asker.projects is None else sorted(asker.projects),
        "has_password": asker.has_password,
    }


async def _opened(given: Ports, request: Request, response: Response, user: User, action: str) -> dict[str, object]:
    now = given.clock.now()
    expires_at = now + given.settings.session_s
    secret = await given.users.open_session(user.id, now, expires_at)
    await given.users.audit(AuditEntry(now, user.name, action, user.name))
    log.info(LogEvent.SIGNED_IN, user=user.id, role=user.role)
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(given.settings.session_s),
        path="/",
        secure=_is_secure(given, request),
        httponly=True,
        samesite="strict",
    )
    return {"name": user.name, "role": user.role, "agent": user.agent, "has_password": user.has_password}


def _is_secure(given: Ports, request: Request) -> bool:
    """The cookie is bound to TLS wherever there is TLS, at the reverse proxy or here."""
    origin = given.settings.public_origin
    return request.url.scheme == "https" or (origin is not None and origin.startswith("https:"))


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _not_too_often(wait_s: float) -> None:
    if wait_s > 0:
        raise Problem(
            429,
            "too-many-tries",
            "Too many wrong tries to sign in.",
            f"Wait {wait_s:.0f} s.",
            headers={"Retry-After": str(int(wait_s) + 1)},
        )
