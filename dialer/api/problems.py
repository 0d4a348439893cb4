"""Errors as answers: `application/problem+json` (RFC 9457) that names what is wrong and how to mend it.

Routes raise `Problem`; everything else that can go wrong with a request is turned into one here, so that a caller
never meets a bare text, a stack trace or a database's words.
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from dialer.logs import LogEvent, get_logger

MEDIA_TYPE = "application/problem+json"
BOOKS_AWAY_RETRY_S = 5
OVERLOADED_RETRY_S = 2

log = get_logger()


class Problem(HTTPException):
    """`kind` is a constant slug for programs; `detail` and `cure` are for people.

    An HTTPException of FastAPI, because what else comes up while it reads a body it takes for broken JSON.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        cure: str = "",
        *,
        headers: dict[str, str] | None = None,
        errors: Sequence[dict[str, str]] = (),
    ) -> None:
        super().__init__(status, detail, headers)
        self.kind = kind
        self.cure = cure
        self.errors = errors

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": f"urn:dialer:problem:{self.kind}",
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "detail": self.detail,
        }
        if self.cure:
            body["cure"] = self.cure
        if self.errors:
            body["errors"] = list(self.errors)
        return body

    def response(self) -> JSONResponse:
        return JSONResponse(self.body(), self.status_code, self.headers, media_type=MEDIA_TYPE)


def not_found(what: str, name: object) -> Problem:
    return Problem(404, "not-found", f"There is no {what} {name}.", f"Ask for the list of {what}s.")


def books_away() -> Problem:
    return Problem(
        503,
        "books-away",
        "The database does not answer; nothing was written.",
        "Send the same request again: it is safe to repeat.",
        headers={"Retry-After": str(BOOKS_AWAY_RETRY_S)},
    )


def overloaded() -> Problem:
    """A queue is full or too slow; what the books have taken is there and will be found."""
    return Problem(
        429,
        "overloaded",
        "More comes in than can be worked off just now.",
        "Send the same request again later: it is safe to repeat.",
        headers={"Retry-After": str(OVERLOADED_RETRY_S)},
    )


def of_books(error: OSError) -> Problem:
    """What the books' failure is for who asks: a TimeoutError is their connections being all in use."""
    return overloaded() if isinstance(error, TimeoutError) else books_away()


def install(app: FastAPI) -> None:
    """Every error of the application becomes a problem."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StarletteHTTPException, _http)
    app.add_exception_handler(OSError, _away)
    app.add_exception_handler(asyncio.QueueFull, _overloaded)
    app.add_exception_handler(Exception, _failed)


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return error.response()


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"where": ".".join(str(part) for part in one["loc"]), "what": str(one["msg"])} for one in error.errors()]
    return Problem(
        422,
        "invalid-request",
        "The request does not have the expected form; nothing was written.",
        "Mend the fields named in `errors`; /api/v1/openapi.json describes them.",
        errors=errors,
    ).response()


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StarletteHTTPException)
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return Problem(error.status_code, kind, str(error.detail), headers=dict(error.headers or {})).response()


async def _overloaded(request: Request, error: Exception) -> JSONResponse:
    return overloaded().response()


async def _failed(request: Request, error: Exception) -> JSONResponse:
    """A bug of ours. The path's pattern is logged, not the path: it may hold what should not be logged."""
    route = request.scope.get("route")
    log.error(LogEvent.REQUEST_FAILED, route=getattr(route, "path", ""), error=type(error).__name__)
    return Problem(
        500, "our-bug", "The request could not be served; this is our error.", "Report it with the time of day."
    ).response()


async def _away(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, OSError)
    return of_books(error).response()
