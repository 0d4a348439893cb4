"""The courier: believes signed results once, has as many places as its limits say, and misbehaves when told."""

import json
from collections.abc import AsyncIterator
from datetime import date

import httpx
import pytest
import pytest_asyncio

from dialer.clock import Clock
from dialer.core.signing import secret_of, signed
from sim.courier.firm import LIMIT, Slot
from sim.courier.server import Courier

SECRET = secret_of("key", "salt")
DAY = date(2026, 11, 25)
EVENT = {"id": "evt_1", "type": "attempt_settled", "status": "APPROVED", "data": {}}


@pytest_asyncio.fixture
async def courier() -> AsyncIterator[Courier]:
    async with Courier() as opened:
        opened.secrets.append(SECRET)
        yield opened


@pytest_asyncio.fixture
async def http(courier: Courier) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=courier.url) as client:
        yield client


async def tell(http: httpx.AsyncClient, secret: str = SECRET) -> httpx.Response:
    body = json.dumps(EVENT).encode()
    return await http.post("/results", content=body, headers=dict(signed([secret], "evt_1", Clock().wall(), body)))


async def test_a_result_counts_once_and_only_if_signed(courier: Courier, http: httpx.AsyncClient) -> None:
    assert (await tell(http, secret_of("other", "salt"))).status_code == 401
    assert [(await tell(http)).json() for _ in range(2)] == [{"new": True}, {"new": False}]
    assert (courier.firm.copies["evt_1"], dict(courier.firm.statuses())) == (2, {"APPROVED": 1})


async def test_places_are_limited_and_come_back(courier: Courier, http: httpx.AsyncClient) -> None:
    slot = Slot(DAY, "10:00-14:00")
    courier.firm.limits[slot] = 1
    wish = {"reservation": "r1", "date": str(DAY), "interval": slot.interval}
    assert (await http.post("/reservations", json=wish)).status_code == 201
    assert (await http.post("/reservations", json=wish)).status_code == 201, "the same again"
    assert (await http.post("/reservations", json={**wish, "reservation": "r2"})).status_code == 409
    assert (await http.post("/reservations", json={**wish, "interval": "03:00-04:00"})).status_code == 409
    (first, *others) = (await http.get("/slots", params={"date": str(DAY)})).json()["slots"]
    assert (first["free"], {one["free"] for one in others}) == (0, {LIMIT})
    assert (await http.delete("/reservations/r1")).status_code == 204
    assert (await http.post("/reservations", json={**wish, "reservation": "r2"})).status_code == 201


@pytest.mark.parametrize(("fault", "status"), [("is_down", 503), ("error_ratio", 503), ("loss_ratio", 500)])
async def test_it_fails_when_told(courier: Courier, http: httpx.AsyncClient, fault: str, status: int) -> None:
    setattr(courier.faults, fault, 1)
    assert (await tell(http)).status_code == status
    assert len(courier.firm.results) == (fault == "loss_ratio")


async def test_it_says_garbage_when_told(courier: Courier, http: httpx.AsyncClient) -> None:
    courier.faults.says_garbage = True
    with pytest.raises(httpx.RemoteProtocolError):
        await tell(http)
