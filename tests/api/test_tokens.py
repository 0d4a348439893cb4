"""Tokens by the API: within the role, shown once, revoked at once."""

import httpx

from dialer.core.access import Role
from tests.api.conftest import House

Headers = dict[str, str]


async def test_a_token_is_made_used_listed_without_its_secret_and_revoked(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    await house.users.add("shop", Role.INTEGRATOR, house.clock.now(), projects=(house.project,))
    body = {"scopes": ["leads:read"], "label": "сайт", "days": 30}
    made = await http.post("/api/v1/users/shop/tokens", headers=admin, json=body)
    assert made.status_code == 201, made.text
    secret = made.json()["token"]
    theirs = {"Authorization": f"Bearer {secret}"}
    assert (await http.get("/api/v1/me", headers=theirs)).json()["rights"] == ["leads:read"]

    listed = await http.get("/api/v1/tokens", headers=admin, params={"user": "shop"})
    [token] = listed.json()["tokens"]
    assert (token["label"], token["scopes"], token["is_revoked"]) == ("сайт", ["leads:read"], False)
    assert secret not in listed.text
    assert (await http.delete(f"/api/v1/tokens/{token['id']}", headers=admin)).status_code == 204
    assert (await http.get("/api/v1/me", headers=theirs)).status_code == 401
    assert (await http.delete(f"/api/v1/tokens/{token['id']}", headers=admin)).status_code == 404
    assert [entry.action for entry in await house.users.audited(2)] == ["token.revoke", "token.make"]
    assert secret not in str(await house.users.audited())


async def test_no_token_is_more_than_its_users_role(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    await house.users.add("shop", Role.INTEGRATOR, house.clock.now())
    for scopes, status in ((["users:write"], 409), ([], 422), (["everything"], 422)):
        body = {"scopes": scopes, "label": "x"}
        assert (await http.post("/api/v1/users/shop/tokens", headers=admin, json=body)).status_code == status
    assert await house.users.tokens("shop") == []
    nobody = await http.post(
        "/api/v1/users/nobody/tokens", headers=admin, json={"scopes": ["leads:read"], "label": "x"}
    )
    assert nobody.status_code == 409
