"""Tokens for programs: made with scopes that their user's role has, shown once, revoked at once."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import Field

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import LARGEST_ID, PLAIN, Form
from dialer.api.problems import not_found
from dialer.api.routes.campaigns import conflict
from dialer.api.show import instant
from dialer.core.access import Right
from dialer.core.user import AuditEntry, Token

router = APIRouter(prefix="/api/v1", tags=["users"], dependencies=[Depends(needs(Right.USERS))])

Name = Annotated[str, Path(min_length=1, max_length=64, pattern=PLAIN)]
Number = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class NewToken(Form):
    scopes: Annotated[list[Right], Field(min_length=1, max_length=len(Right))]
    """What it may do: never more than its user's role."""
    label: Annotated[str, Field(min_length=1, max_length=100)]
    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """How long it is good; null: until it is revoked."""


@router.get("/tokens")
async def list_tokens(
    given: Given, user: Annotated[str | None, Query(max_length=64, pattern=PLAIN)] = None
) -> dict[str, Any]:
    """Tokens of everybody, or of one user; never their secrets."""
    return {"tokens": [_body(token) for token in await given.users.tokens(user)]}


@router.post("/users/{name}/tokens", status_code=201)
async def make_token(name: Name, body: NewToken, given: Given, asker: Asker) -> dict[str, Any]:
    """A new token; `token` is told this once. 409 where a scope is beyond the user's role."""
    now = given.clock.now()
    until = None if body.days is None else now + timedelta(days=body.days).total_seconds()
    try:
        secret = await given.users.make_token(name, body.scopes, now, label=body.label, expires_at=until)
    except ValueError as error:
        raise conflict(error) from error
    told = {"scopes": " ".join(sorted(body.scopes)), "label": body.label}
    await given.users.audit(AuditEntry(now, asker.name, "token.make", name, told))
    return {"token": secret}


@router.delete("/tokens/{token}", status_code=204)
async def revoke_token(token: Number, given: Given, asker: Asker) -> None:
    """End it at once."""
    now = given.clock.now()
    try:
        await given.users.revoke_token(token, now)
    except ValueError as error:
        raise not_found("token", token) from error
    await given.users.audit(AuditEntry(now, asker.name, "token.revoke", str(token)))


def _body(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "user": token.user,
        "label": token.label,
        "scopes": list(token.scopes),
        "created_at": instant(token.created_at),
        "expires_at": instant(token.expires_at),
        "is_revoked": token.is_revoked,
    }
