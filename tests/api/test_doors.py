"""Nothing is open but `/healthz` and the sign-in; every route holds to its right, for every role."""

import itertools
import re

import httpx
import pytest
from fastapi.routing import APIRoute

from dialer.api.app import ROUTERS
from dialer.api.gate import OPEN
from dialer.core.access import RIGHTS, Right, Role
from tests.api.conftest import ORIGIN, House

EVERYBODY: frozenset[Right] = frozenset()
"""Routes for whoever has signed in, whatever the role."""

FOR_EVERYBODY = {
    "/",
    "/agent",
    "/wallboard",
    "/lists",
    "/projects",
    "/webhooks",
    "/reports",
    "/callers",
    "/notices",
    "/persons",
    "/users",
    "/audit",
    "/why",
    "/assets/{name}",
    "/api/v1/openapi.json",
} | {
    "/api/v1/me",
    "/api/v1/me/password",
    "/api/v1/session",
}
STRANGERS = {path for _, path in OPEN}


def routes() -> list[tuple[str, str, frozenset[Right]]]:
    """(method, path, rights of which one is needed), as the routes themselves say."""
    found = []
    for route in itertools.chain.from_iterable(router.routes for router in ROUTERS):
        if isinstance(route, APIRoute):
            rights = [right for d in route.dependencies for right in d.dependency.rights]
            found += [(method, route.path, frozenset(rights)) for method in route.methods]
    return found


def concrete(path: str) -> str:
    """The path with something in its holes that need not exist."""
    return re.sub(r"{\w+}", "1001", path.replace("{command}", "start"))


def test_the_list_of_routes_is_whole(house: House) -> None:
    assert len(routes()) > 30
    assert len(house.app.routes) == len(ROUTERS), "routes beside the routers would pass these tests by"


async def test_no_route_answers_a_stranger_but_the_open_ones(house: House, http: httpx.AsyncClient) -> None:
    for method, path, _ in routes():
        answer = await http.request(method, concrete(path))
        if (method, path) in OPEN:
            assert answer.status_code in (200, 422), path
        elif path != "/assets/{name}":
            assert answer.status_code == 401, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/nothing", "/docs", "/openapi.json", "/api/v1/../../etc/passwd", "/assets/agent.js"])
async def test_a_stranger_does_not_even_learn_what_exists(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 401


async def test_a_wrong_token_and_a_wrong_cookie_are_a_stranger(http: httpx.AsyncClient) -> None:
    for headers in (
        {"Authorization": "Bearer dlt_wrong"},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"Cookie": "dialer_session=dls_wrong"},
        {"Cookie": "dialer_session=\u00ff; ;;="},
        {"Authorization": "Bearer ' or 1=1 --"},
    ):
        raw = {name: value.encode("latin-1") for name, value in headers.items()}
        assert (await http.get("/api/v1/me", headers=raw)).status_code == 401


async def test_a_stranger_who_wants_a_page_is_led_to_the_sign_in(http: httpx.AsyncClient) -> None:
    answer = await http.get("/wallboard", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("role", list(Role))
async def test_the_role_matrix(house: House, http: httpx.AsyncClient, role: Role) -> None:
    headers = await house.token(role, projects=(house.project,))
    for method, path, rights in routes():
        if path in STRANGERS | FOR_EVERYBODY:
            continue
        assert rights, f"{path} names no right"
        answer = await http.request(method, concrete(path), headers=headers)
        allowed = bool(rights & RIGHTS[role])
        if allowed:
            assert answer.status_code not in (401, 500), (role, method, path)
            assert "not-allowed" not in answer.text, (role, method, path)
        else:
            assert answer.status_code == 403, (role, method, path)


async def test_a_token_of_another_role_is_told_which_right_it_lacks(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.AGENT)
    answer = await http.post("/api/v1/campaigns", headers=headers, json={})
    assert answer.status_code == 403
    assert "campaigns:write" in answer.json()["detail"]
    assert answer.json()["cure"]


async def test_a_token_has_only_its_scopes(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.ADMIN, Right.METRICS)
    assert (await http.get("/metrics", headers=headers)).status_code == 200
    assert (await http.get("/api/v1/campaigns", headers=headers)).status_code == 403


async def test_every_answer_carries_the_policy(http: httpx.AsyncClient, admin: dict[str, str]) -> None:
    for path, headers in (
        ("/sign-in", {}),
        ("/healthz", {}),
        ("/wallboard", admin),
        ("/nothing", admin),
        ("/metrics", {}),
    ):
        answer = await http.get(path, headers=headers)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy, "no foreign place is allowed"
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_healthz_tells_nothing_but_that_it_lives(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).json() == {"status": "alive"}


async def test_readyz_is_503_and_names_what_is_away(
    house: House, http: httpx.AsyncClient, supervisor: dict[str, str]
) -> None:
    assert (await http.get("/readyz", headers=supervisor)).status_code == 200
    house.trouble["asterisk a"] = "refused"
    answer = await http.get("/readyz", headers=supervisor)
    assert answer.status_code == 503
    assert answer.json()["parts"]["asterisk a"] == "refused"


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [
        (Role.AGENT, "/agent", "/wallboard"),
        (Role.SUPERVISOR, "/wallboard", "/agent"),
        (Role.ADMIN, "/wallboard", "/agent"),
        (Role.CLIENT, "/reports", "/wallboard"),
    ],
)
async def test_each_role_is_led_to_its_own_page(
    house: House, http: httpx.AsyncClient, role: Role, own: str, other: str
) -> None:
    headers = await house.token(role)
    for path in ("/", other):
        answer = await http.get(path, headers=headers)
        assert (answer.status_code, answer.headers["location"]) == (303, own)
    assert (await http.get(own, headers=headers)).status_code == 200


async def test_a_role_without_a_page_is_told_so(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.INTEGRATOR)
    for path in ("/", "/agent", "/wallboard"):
        assert (await http.get(path, headers=headers)).status_code == 403


async def test_a_cookie_from_a_foreign_page_changes_nothing(house: House, http: httpx.AsyncClient) -> None:
    user = await house.users.add("olga", Role.SUPERVISOR, house.clock.now())
    secret = await house.users.open_session(user.id, house.clock.now(), house.clock.now() + 60)
    cookie = {"Cookie": f"dialer_session={secret}"}
    path = f"/api/v1/campaigns/{house.campaign}/start"
    for origin in ({}, {"Origin": "http://evil.test"}, {"Origin": "null"}, {"Origin": "https://dialer.test"}):
        answer = await http.post(path, headers={**cookie, **origin})
        assert answer.status_code == 403, origin
        assert answer.json()["type"].endswith("foreign-origin")
    assert house.room.events == []
    assert (await http.post(path, headers={**cookie, "Origin": ORIGIN})).status_code == 202
    assert (await http.get("/api/v1/me", headers=cookie)).status_code == 200


async def test_a_body_that_is_too_large_is_refused_while_it_is_read(
    http: httpx.AsyncClient, admin: dict[str, str]
) -> None:
    answer = await http.post("/api/v1/leads", headers=admin, content=b"[" + b" " * (9 * 1024 * 1024))
    assert answer.status_code == 413
