"""Webhooks over HTTP: made with a secret shown once, looked at, changed, replayed; private addresses are refused."""

from dataclasses import replace

import httpx
import pytest

from dialer.core.access import Role
from dialer.core.ids import ProjectId
from dialer.core.signing import secret_of
from dialer.core.staff import ProjectRecord
from dialer.core.webhooks import EventKind
from dialer.store.front import FrontCampaigns
from dialer.store.outbox import OutboxBooks, WebhookBooks
from tests.api.conftest import KEY, House

Headers = dict[str, str]
SHOP = "https://8.8.8.8/results"


async def add(house: House, http: httpx.AsyncClient, headers: Headers, **more: object) -> httpx.Response:
    body = {"url": SHOP, "status_map": {"agreed": "APPROVED"}, **more}
    return await http.post(f"/api/v1/projects/{house.project}/webhooks", headers=headers, json=body)


async def give_up_one(house: House) -> None:
    """One event that was given up."""
    now, books = house.clock.now(), OutboxBooks(house.database)
    await WebhookBooks(house.database).post(house.project, "attempt_settled", {"outcome": "busy"}, now)
    await books.fan_out(now, now - 1, 10)
    assert await books.give_up(now) == 1


async def test_its_secret_is_shown_once(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    made = await add(house, http, admin)
    assert made.status_code == 201, made.text
    saved = await WebhookBooks(house.database).one(made.json()["id"])
    assert saved is not None
    assert made.json()["secret"] == secret_of(KEY, saved.salt)
    listed = await http.get(f"/api/v1/projects/{house.project}/webhooks", headers=admin)
    (one,) = listed.json()["webhooks"]
    assert (one["url"], one["status_map"], one["pending"], one["dead"]) == (SHOP, {"agreed": "APPROVED"}, 0, 0)
    assert "whsec_" not in listed.text
    assert saved.salt not in listed.text


async def test_a_new_secret_leaves_the_old_one_good_for_a_day(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    made = (await add(house, http, admin)).json()
    renewed = (await http.post(f"/api/v1/webhooks/{made['id']}/secret", headers=admin)).json()
    assert renewed["secret"] != made["secret"]
    saved = await WebhookBooks(house.database).one(made["id"])
    assert saved is not None
    now = house.clock.now()
    assert [secret_of(KEY, salt) for salt in saved.salts(now)] == [renewed["secret"], made["secret"]]
    assert len(saved.salts(now + 25 * 3600)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://[::1]:8443/x",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.8/x",
        "http://8.8.8.8/x",
    ],
)
async def test_a_private_address_or_plain_http_is_refused_with_the_cure(
    house: House, http: httpx.AsyncClient, admin: Headers, url: str
) -> None:
    answer = await add(house, http, admin, url=url)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:dialer:problem:url-refused")
    assert "dialer webhooks allow" in answer.json()["cure"]


async def test_a_kind_that_does_not_exist_is_refused_and_the_known_ones_are_named(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    """It would get nothing, for ever, and nobody would know why."""
    made = await add(house, http, admin, kinds=["lead_closed", "notice_settled"])
    assert made.json()["kinds"] == ["lead_closed", "notice_settled"]
    at = f"/api/v1/webhooks/{made.json()['id']}"
    for answer in (
        await add(house, http, admin, kinds=["lead_closed", "atempt_settled"]),
        await http.patch(at, headers=admin, json={"kinds": ["lead_closed", "atempt_settled"]}),
    ):
        assert answer.status_code == 422
        (flaw,) = answer.json()["errors"]
        assert flaw["where"] == "body.kinds.1"
        assert all(f"'{kind}'" in flaw["what"] for kind in EventKind)
    changed = await http.patch(at, headers=admin, json={"kinds": ["order_disposed"]})
    assert changed.json()["kinds"] == ["order_disposed"]


@pytest.mark.parametrize("url", ["", "shop.example", "ftp://shop.example/", "https://u:p@shop.example/", "https://a /"])
async def test_what_is_no_url_is_refused(house: House, http: httpx.AsyncClient, admin: Headers, url: str) -> None:
    assert (await add(house, http, admin, url=url)).status_code == 422


async def test_an_allowed_network_may_be_named(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    await WebhookBooks(house.database).allow(house.project, "127.0.0.0/8", "a test", house.clock.now())
    assert (await add(house, http, admin, url="http://127.0.0.1:9000/x")).status_code == 201
    assert (await add(house, http, admin, url="https://10.0.0.8/x")).status_code == 422


async def test_it_is_changed_paused_and_removed(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    path = f"/api/v1/webhooks/{(await add(house, http, admin)).json()['id']}"
    changed = await http.patch(path, headers=admin, json={"state": "paused", "status_map": {"*": "X"}})
    body = changed.json()
    assert (body["state"], body["status_map"], body["url"]) == ("paused", {"*": "X"}, SHOP)
    assert (await http.patch(path, headers=admin, json={"url": "https://127.0.0.1/"})).status_code == 422
    assert (await http.delete(path, headers=admin)).json()["state"] == "removed"
    assert (await http.patch(path, headers=admin, json={"state": "active"})).status_code == 404


async def test_the_dead_are_looked_at_and_replayed(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    made = (await add(house, http, admin)).json()
    path = f"/api/v1/webhooks/{made['id']}"
    await give_up_one(house)
    (dead,) = (await http.get(f"{path}/deliveries", headers=admin)).json()["deliveries"]
    assert (dead["state"], dead["type"], dead["error"]) == ("dead", "attempt_settled", "never_sent")
    assert (await http.get(f"{path}/deliveries?before={dead['id']}", headers=admin)).json()["deliveries"] == []
    again = await http.post(f"{path}/replay", headers=admin, json={"deliveries": [dead["id"]]})
    assert (again.status_code, again.json()) == (202, {"replayed": 1})
    assert (await http.post(f"{path}/replay", headers=admin)).json() == {"replayed": 0}
    (waiting,) = (await http.get(f"{path}/deliveries?state=pending", headers=admin)).json()["deliveries"]
    assert waiting["id"] == dead["id"]


async def test_an_integrator_has_his_own_projects_and_no_others(house: House, http: httpx.AsyncClient) -> None:
    his = await house.token(Role.INTEGRATOR, projects=(house.project,))
    other = await FrontCampaigns(house.database).save_project(ProjectRecord(ProjectId(0), "Лютик"))
    strange = await house.token(Role.INTEGRATOR, projects=(other.id,))
    made = await add(house, http, his)
    assert made.status_code == 201
    assert (await add(house, http, strange)).status_code == 404
    for method, tail in (("GET", "/deliveries"), ("POST", "/replay"), ("POST", "/secret"), ("DELETE", "")):
        answer = await http.request(method, f"/api/v1/webhooks/{made.json()['id']}{tail}", headers=strange)
        assert answer.status_code == 404, tail


async def test_without_a_key_no_webhook_can_be_made(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    house.app.state.ports = replace(house.ports, integration=replace(house.ports.integration, secret_of=None))
    answer = await add(house, http, admin)
    assert (answer.status_code, "key_file" in answer.json()["cure"]) == (409, True)
