"""Signing in and out: cookies that scripts cannot read, links that work once, few tries."""

import asyncio
from dataclasses import replace
from http.cookies import SimpleCookie

import httpx
import pytest

from dialer.api.app import create_app
from dialer.api.ports import ApiSettings
from dialer.core.access import Role
from dialer.core.user import User
from dialer.store import passwords
from dialer.store.db import Database
from dialer.store.users import Users
from tests.api.conftest import ORIGIN, PASSWORD, House


@pytest.fixture(autouse=True)
async def olga(house: House) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)


async def sign_in(http: httpx.AsyncClient, password: str = PASSWORD, name: str = "olga") -> httpx.Response:
    return await http.post("/api/v1/session", json={"name": name, "password": password}, headers={"Origin": ORIGIN})


async def test_a_session_lasts_from_sign_in_to_sign_out(http: httpx.AsyncClient) -> None:
    assert (await sign_in(http, name=" Olga ")).json()["role"] == "supervisor"
    me = await http.get("/api/v1/me")
    assert me.json()["name"] == "olga"
    assert "campaigns:write" in me.json()["rights"]
    kept = {"Cookie": f"dialer_session={http.cookies['dialer_session']}"}
    assert (await http.delete("/api/v1/session", headers={"Origin": ORIGIN})).status_code == 204
    assert (await http.get("/api/v1/me", headers=kept)).status_code == 401


async def test_the_cookie_is_for_this_site_and_not_for_scripts(http: httpx.AsyncClient, house: House) -> None:
    cookie = SimpleCookie((await sign_in(http)).headers["set-cookie"])["dialer_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "strict", "/")
    assert not cookie["secure"], "plain HTTP on loopback"


async def test_behind_tls_the_cookie_is_bound_to_it(house: House) -> None:
    ports = replace(house.ports, settings=ApiSettings(public_origin="https://dialer.example"))
    transport = httpx.ASGITransport(app=create_app(ports))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        headers = {"Origin": "https://dialer.example"}
        answer = await client.post("/api/v1/session", json={"name": "olga", "password": PASSWORD}, headers=headers)
        assert SimpleCookie(answer.headers["set-cookie"])["dialer_session"]["secure"]


async def test_a_foreign_page_cannot_sign_anybody_in(http: httpx.AsyncClient) -> None:
    answer = await http.post(
        "/api/v1/session", json={"name": "olga", "password": PASSWORD}, headers={"Origin": "http://evil.test"}
    )
    assert answer.status_code == 403


async def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(http: httpx.AsyncClient) -> None:
    wrong = await sign_in(http, "wrong")
    unknown = await sign_in(http, name="nobody")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert "set-cookie" not in wrong.headers


async def test_the_sixth_wrong_try_waits_even_with_the_right_password(http: httpx.AsyncClient) -> None:
    for _ in range(5):
        assert (await sign_in(http, "wrong")).status_code == 401
    refused = await sign_in(http)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 61


async def test_tries_at_the_same_moment_are_counted_too(
    http: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right one is checked last, whatever order the books answer in: a guess that was right is not told from one
    that was wrong."""
    check, told = house.users.check_password, asyncio.Event()

    async def right_is_last(name: str, password: str) -> User | None:
        if password == PASSWORD:
            await told.wait()
        return await check(name, password)

    monkeypatch.setattr(house.users, "check_password", right_is_last)
    right = asyncio.create_task(sign_in(http))
    answers = [answer.status_code for answer in await asyncio.gather(*(sign_in(http, "wrong") for _ in range(15)))]
    told.set()
    assert (answers.count(401), answers.count(429)) == (5, 10)
    assert (await right).status_code == 429


async def test_a_link_signs_in_once(house: House, http: httpx.AsyncClient) -> None:
    link = await house.users.make_link("olga", house.clock.now())
    assert (await http.post("/api/v1/session/link", json={"link": link})).json()["name"] == "olga"
    assert (await http.get("/api/v1/me")).status_code == 200
    again = await http.post("/api/v1/session/link", json={"link": link})
    assert again.status_code == 401
    assert "dialer user link" in again.json()["cure"]


async def test_a_new_password_asks_for_the_old_one(http: httpx.AsyncClient) -> None:
    await sign_in(http)
    headers = {"Origin": ORIGIN}
    short = await http.put("/api/v1/me/password", json={"old": PASSWORD, "password": "short"}, headers=headers)
    assert short.status_code == 422
    wrong = await http.put("/api/v1/me/password", json={"password": "another long one"}, headers=headers)
    assert wrong.status_code == 403
    right = await http.put(
        "/api/v1/me/password", json={"old": PASSWORD, "password": "another long one"}, headers=headers
    )
    assert right.status_code == 204
    assert (await sign_in(http, "another long one")).status_code == 200


async def test_guesses_at_the_old_password_are_counted_at_the_same_moment(http: httpx.AsyncClient) -> None:
    await sign_in(http)
    guesses = [
        http.put(
            "/api/v1/me/password",
            json={"old": f"guess {number}", "password": "another long one"},
            headers={"Origin": ORIGIN},
        )
        for number in range(8)
    ]
    answers = [answer.status_code for answer in await asyncio.gather(*guesses)]
    assert (answers.count(403), answers.count(429)) == (5, 3)


async def test_a_token_cannot_set_a_password(house: House, http: httpx.AsyncClient, admin: dict[str, str]) -> None:
    answer = await http.put("/api/v1/me/password", json={"password": "another long one"}, headers=admin)
    assert answer.status_code == 403


async def test_no_secret_of_a_sign_in_is_in_the_audit_log(house: House, http: httpx.AsyncClient) -> None:
    await sign_in(http)
    entries = await house.users.audited()
    assert [entry.action for entry in entries] == ["session.open"]
    assert PASSWORD not in str(entries)


async def test_a_whole_shift_signs_in_at_the_same_moment(
    http: httpx.AsyncClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashed cheaply here: a minute of scrypt is not what is tested, but 200 who want the books at once."""
    monkeypatch.setattr(passwords, "SCRYPT_N", 16)
    await house.users.set_password("olga", PASSWORD)
    answers = await asyncio.gather(*(sign_in(http) for _ in range(200)))
    assert [answer.status_code for answer in answers] == [200] * 200


async def test_books_that_are_busy_are_not_called_away(house: House, database_dsn: str) -> None:
    async with await Database.open(database_dsn, size=1, queue_s=0.2, pseudonyms=house.database.pseudonyms) as narrow:
        transport = httpx.ASGITransport(app=create_app(replace(house.ports, users=Users(narrow))))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
            assert (await sign_in(http)).status_code == 200
            async with narrow.connection():
                answers = await asyncio.gather(sign_in(http), http.get("/api/v1/me"))
    for answer in answers:
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
        assert answer.json()["type"].endswith("overloaded")
