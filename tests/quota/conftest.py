"""A courier on a port, and how a project asks it."""

from collections.abc import AsyncIterator

import pytest_asyncio

from dialer.core.ids import ProjectId
from dialer.core.slots import Provider, Template
from sim.courier.server import Courier


@pytest_asyncio.fixture
async def courier() -> AsyncIterator[Courier]:
    async with Courier() as opened:
        yield opened


def provider_of(courier: Courier, project: int = 1) -> Provider:
    place = '{"reservation": "{reservation}", "date": "{date}", "interval": "{interval}", "order": "{order}"}'
    return Provider(
        ProjectId(project),
        ask=Template("GET", f"{courier.url}/slots?date={{date}}"),
        reserve=Template("POST", f"{courier.url}/reservations", place),
        release=Template("DELETE", f"{courier.url}/reservations/{{reservation}}"),
        networks=("127.0.0.0/8",),
    )
