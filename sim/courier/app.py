"""The courier's HTTP interface: `/results` for webhooks, `/slots` and `/reservations` for the form of the agent,
`/messages` as a gateway for text messages."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request, Response
from pydantic import BaseModel

from dialer.core.signing import flaw_of
from sim.courier.faults import Faults
from sim.courier.firm import Firm, Full, Message, Slot

Next = Callable[[Request], Awaitable[Response]]


class Wish(BaseModel):
    """A place for one delivery, under the name that the dialer gives it."""

    reservation: str
    date: date
    interval: str
    order: str = ""


class Text(BaseModel):
    """A text message, under the name that the dialer gives it."""

    id: str
    to: str
    text: str


def create_app(firm: Firm, faults: Faults, now: Callable[[], float], secrets: Callable[[], list[str]]) -> FastAPI:
    """`now` is the wall clock; results signed by none of `secrets` are refused."""
    app = FastAPI(openapi_url=None)

    @app.middleware("http")
    async def misbehave(request: Request, go_on: Next) -> Response:
        if faults.delay_s:
            await asyncio.sleep(faults.delay_s)  # noqa: TID251 - slowness is what is played
        if faults.says_garbage:
            return Response(b"\x00\xff?", headers={"content-length": "99999"})
        if faults.refuses():
            return Response(status_code=503)
        answer = await go_on(request)
        return Response(status_code=500) if faults.loses() else answer

    @app.post("/results")
    async def results(request: Request) -> dict[str, bool]:
        body = await request.body()
        flaw = flaw_of(secrets(), request.headers, body, now())
        if flaw is not None:
            raise HTTPException(401, flaw.value)
        return {"new": firm.take(json.loads(body))}

    @app.get("/slots")
    async def slots(date: Annotated[date, Query()], today: date | None = None) -> dict[str, object]:
        found = firm.day(date, today or date)
        return {"date": date, "slots": [{"interval": name, "free": left} for name, left in found.items()]}

    @app.post("/reservations", status_code=201)
    async def reserve(wish: Wish) -> dict[str, str]:
        try:
            firm.reserve(wish.reservation, Slot(wish.date, wish.interval))
        except Full:
            raise HTTPException(409, "full") from None
        return {"reservation": wish.reservation}

    @app.post("/messages", status_code=202)
    async def message(given: Text) -> dict[str, bool]:
        return {"new": firm.message(given.id, Message(given.to, given.text))}

    @app.delete("/reservations/{name}", status_code=204)
    async def release(name: str) -> None:
        firm.release(name)

    return app
