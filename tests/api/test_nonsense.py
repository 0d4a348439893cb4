"""Every route is thrown nonsense in every place: it may refuse in any way but by an error of ours."""

import itertools
import json
import re

import httpx
import pytest

from dialer.api import docs
from dialer.api.app import bare_app
from tests.api.conftest import House
from tests.api.test_doors import routes

BIG = 10**30
HOLES = ["0", "-1", str(BIG), "1e5", "'; drop table dialer.lead; --", "..%2f..%2fetc%2fpasswd", "%00", "ъ", "9" * 500]
VALUES: list[object] = [
    None,
    -1,
    BIG,
    1e308,
    "' or 1=1 --",
    "a\u0000b",
    "\ud800",
    "🙂" * 300,
    [[[]]],
    {"$ref": "#"},
    ["x"] * 2000,
]


def forms() -> list[tuple[str, str, list[str]]]:
    """(method, path, fields) of every route that reads a body."""
    described = bare_app("0").openapi()
    found = []
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if "requestBody" in operation:
                schema = next(iter(operation["requestBody"]["content"].values()))["schema"]
                names = [described["components"]["schemas"][name]["properties"] for name in docs._names(schema)]
                found.append((method.upper(), path, sorted(set(itertools.chain.from_iterable(names)))))
    return found


async def test_nonsense_in_the_path(house: House, http: httpx.AsyncClient, admin: dict[str, str]) -> None:
    for (method, path, _), hole in itertools.product(routes(), HOLES):
        if "{" in path and path != "/assets/{name}":
            answer = await http.request(method, re.sub(r"{\w+}", hole, path), headers=admin)
            assert 400 <= answer.status_code < 500, (method, path, hole)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
async def test_nonsense_in_the_body(
    house: House, http: httpx.AsyncClient, admin: dict[str, str], value: object
) -> None:
    headers = {**admin, "Content-Type": "application/json"}
    assert len(forms()) > 10
    for method, path, fields in forms():
        target = path.replace("{command}", "start").replace("{campaign}", "1").replace("{agent}", "1001")
        for body in (value, dict.fromkeys(fields, value), *({field: value} for field in fields)):
            answer = await http.request(method, target, headers=headers, content=json.dumps(body))
            assert answer.status_code < 500, (method, path, body)


async def test_nonsense_in_the_query(house: House, http: httpx.AsyncClient, admin: dict[str, str]) -> None:
    for value in HOLES:
        query = f"project={value}&external_id={value}"
        for path in ("/api/v1/leads", "/api/v1/dispositions"):
            answer = await http.get(f"{path}?{query}", headers=admin)
            assert answer.status_code < 500, (path, value)
        for path in ("audit?by", "audit?action", "audit?subject", "audit?since", "audit?zone", "tokens?user"):
            answer = await http.get(f"/api/v1/{path}={value}", headers=admin)
            assert answer.status_code < 500, (path, value)
