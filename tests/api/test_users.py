"""Users by the API: made without a password, let in by a link once, changed, reset, shut out; never oneself."""

import httpx
import pytest

from dialer.core.access import Role
from tests.api.conftest import AGENT, ORIGIN, PASSWORD, House

Headers = dict[str, str]


async def enter(http: httpx.AsyncClient, link: str) -> httpx.Response:
    secret = link.removeprefix("/sign-in#link=")
    return await http.post("/api/v1/session/link", json={"link": secret}, headers={"Origin": ORIGIN})


async def password_is(http: httpx.AsyncClient, password: str) -> httpx.Response:
    return await http.put("/api/v1/me/password", json={"password": password}, headers={"Origin": ORIGIN})


async def test_a_new_user_has_no_password_and_comes_in_by_a_link_once(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    body = {"name": "anna", "role": "agent", "agent": AGENT}
    made = await http.post("/api/v1/users", headers=admin, json=body)
    assert made.status_code == 201, made.text
    user = made.json()
    assert (user["has_password"], user["agent"], user["is_disabled"]) == (False, AGENT, False)
    assert (await enter(http, user["link"])).status_code == 200
    assert (await password_is(http, PASSWORD)).status_code == 204
    assert (await enter(http, user["link"])).status_code == 401
    newest = next(entry for entry in await house.users.audited() if entry.action == "user.add")
    assert (newest.subject, newest.detail["role"]) == ("anna", "— → agent")
    assert user["link"] not in str(await house.users.audited())


async def test_a_reset_ends_everything_the_user_holds(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    signed = await http.post("/api/v1/session", json={"name": "olga", "password": PASSWORD}, headers={"Origin": ORIGIN})
    assert signed.status_code == 200
    stale = await house.users.make_link("olga", house.clock.now())
    link = (await http.post("/api/v1/users/olga/reset", headers=admin)).json()["link"]
    assert (await http.get("/api/v1/me")).status_code == 401
    assert await house.users.check_password("olga", PASSWORD) is None
    assert (await enter(http, f"/sign-in#link={stale}")).status_code == 401
    assert (await enter(http, link)).status_code == 200


async def test_role_desk_and_projects_are_changed_and_audited(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    await house.users.add("shop", Role.CLIENT, house.clock.now())
    changed = await http.patch("/api/v1/users/shop", headers=admin, json={"projects": [house.project]})
    assert changed.json()["projects"] == [house.project]
    assert (await house.users.audited(1))[0].detail == {"projects": f"[] → {house.project}"}
    agent = await http.patch("/api/v1/users/shop", headers=admin, json={"role": "agent", "agent": AGENT})
    assert (agent.json()["role"], agent.json()["agent"], agent.json()["projects"]) == ("agent", AGENT, [house.project])
    nobody = await http.patch("/api/v1/users/shop", headers=admin, json={"agent": None})
    assert nobody.status_code == 409
    assert "agent's number" in nobody.json()["detail"]


async def test_a_disabled_user_is_out_at_once_and_comes_back(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    theirs = await house.token(Role.SUPERVISOR)
    name = (await http.get("/api/v1/me", headers=theirs)).json()["name"]
    for is_disabled, status in ((True, 401), (False, 200)):
        answer = await http.patch(f"/api/v1/users/{name}", headers=admin, json={"is_disabled": is_disabled})
        assert answer.json()["is_disabled"] is is_disabled
        assert (await http.get("/api/v1/me", headers=theirs)).status_code == status


@pytest.mark.parametrize("change", [{"is_disabled": True}, {"role": "supervisor"}])
async def test_nobody_shuts_himself_out(http: httpx.AsyncClient, admin: Headers, change: dict[str, object]) -> None:
    own = (await http.get("/api/v1/me", headers=admin)).json()["name"]
    answer = await http.patch(f"/api/v1/users/{own}", headers=admin, json=change)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("not-yourself")
    assert (await http.get("/api/v1/me", headers=admin)).json()["role"] == "admin"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "Olga Ivanova", "role": "supervisor"}, 409),
        ({"name": "vera", "role": "agent"}, 409),
        ({"name": "vera", "role": "agent", "agent": 9999}, 409),
        ({"name": "vera", "role": "client", "projects": [9999]}, 409),
        ({"name": "vera", "role": "king"}, 422),
        ({"name": "vera", "role": "admin", "password": "secret password"}, 422),
    ],
)
async def test_what_cannot_be_a_user_is_refused_in_words(
    house: House, http: httpx.AsyncClient, admin: Headers, body: dict[str, object], status: int
) -> None:
    before = len(await house.users.all())
    answer = await http.post("/api/v1/users", headers=admin, json=body)
    assert (answer.status_code, bool(answer.json()["detail"])) == (status, True), answer.text
    assert len(await house.users.all()) == before


async def test_an_unknown_user_is_404(http: httpx.AsyncClient, admin: Headers) -> None:
    assert (await http.patch("/api/v1/users/nobody", headers=admin, json={})).status_code == 404
    assert (await http.post("/api/v1/users/nobody/reset", headers=admin)).status_code == 404
