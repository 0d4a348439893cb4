"""Orders in, the rest of it: repeated requests, floods, changes of what waits, goods and sums."""

import asyncio
from typing import Any

import httpx
import pytest

from dialer.api.turnstile import Turnstile
from dialer.core.events import LeadsAdded
from dialer.store.outbox import OutboxBooks, WebhookBooks
from tests.api.conftest import House
from tests.api.test_leads import leave, order, woken
from tests.api.test_sockets import answered

Headers = dict[str, str]
GOODS = {
    "items": [{"name": "Чайник", "quantity": 2, "price_kopecks": 199900}],
    "cash_on_delivery_kopecks": 399800,
    "handover": "pickup_point",
    "point": "Мира, 5",
    "partial_refusal": True,
    "courier_note": "домофон 17",
}


async def add(http: httpx.AsyncClient, headers: Headers, body: dict[str, Any], key: str = "") -> httpx.Response:
    named = {"Idempotency-Key": key} if key else {}
    return await http.post("/api/v1/leads", headers={**headers, **named}, json=body)


async def test_the_same_request_under_a_key_gets_the_same_answer(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    body = order(house, order={"cash_on_delivery_kopecks": 100})
    first, second = [await add(http, admin, body, "k-1") for _ in range(2)]
    assert (first.status_code, first.json()["status"]) == (201, "added")
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(house.room.told(LeadsAdded)) == 1
    other = await add(http, admin, order(house, "A-2"), "k-1")
    assert (other.status_code, other.json()["type"]) == (422, "urn:dialer:problem:key-reused")
    unkeyed = await add(http, admin, body)
    assert (unkeyed.status_code, unkeyed.json()["status"]) == (200, "duplicate")


async def test_keys_are_each_senders_own_and_a_refused_request_may_be_mended(
    house: House, http: httpx.AsyncClient, admin: Headers, supervisor: Headers
) -> None:
    assert (await add(http, admin, order(house, phones=["нет"]), "k")).status_code == 422
    assert (await add(http, admin, order(house), "k")).status_code == 201
    assert (await add(http, supervisor, order(house, "A-2"), "k")).json()["status"] == "added"


async def test_requests_racing_under_one_key_are_answered_alike(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    answers = await asyncio.gather(*(add(http, admin, order(house), "k") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {answers[0].status_code}
    assert len({answer.text for answer in answers}) == 1


@pytest.mark.parametrize("key", ["я".encode(), b" ", b"x" * 201])
async def test_what_is_no_key_is_refused(house: House, http: httpx.AsyncClient, admin: Headers, key: bytes) -> None:
    raw = [(b"Idempotency-Key", key), *((name.encode(), value.encode()) for name, value in admin.items())]
    answer = await http.post("/api/v1/leads", headers=raw, json=order(house))
    assert answer.status_code == 422


async def test_a_flood_is_told_when_to_come_again() -> None:
    stile, inside, go = Turnstile(at_once=1, waiting=1, retry_after_s=3), asyncio.Event(), asyncio.Event()

    async def pass_through() -> str:
        async with stile.passed():
            inside.set()
            await go.wait()
            return "passed"

    first = asyncio.ensure_future(pass_through())
    await inside.wait()
    second = asyncio.ensure_future(pass_through())
    await asyncio.sleep(0)
    third = await asyncio.gather(pass_through(), return_exceptions=True)
    assert (getattr(third[0], "status_code", 0), getattr(third[0], "headers", {})) == (429, {"Retry-After": "3"})
    go.set()
    assert await asyncio.gather(first, second, pass_through()) == ["passed"] * 3


async def test_goods_go_through_card_and_result(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    made = (await add(http, admin, order(house, order=GOODS))).json()
    fields = (await http.get(f"/api/v1/leads/{made['lead']}", headers=admin)).json()["fields"]
    assert (fields["Пункт выдачи"], fields["Частичный отказ"], fields["сумма"]) == ("Мира, 5", "можно", "4 990 ₽")
    now, settings = house.clock.now(), WebhookBooks(house.database)
    hook = (
        await http.post(f"/api/v1/projects/{house.project}/webhooks", headers=admin, json={"url": "https://8.8.8.8/"})
    ).json()
    await settings.post(house.project, "attempt_settled", {"lead": made["lead"]}, now, made["lead"])
    books = OutboxBooks(house.database)
    await books.fan_out(now, now + 100, 10)
    (delivery,) = await books.take(hook["id"], 1, now, now + 60)
    assert delivery.payload["order"]["cash_on_delivery_kopecks"] == 399800
    assert delivery.payload["order"]["items"][0]["name"] == "Чайник"


@pytest.mark.parametrize("sums", [{"prepaid_kopecks": 4990.5}, {"prepaid_kopecks": "4990"}, {"prepaid_kopecks": -1}])
async def test_a_sum_that_is_no_whole_number_of_kopecks_is_refused(
    house: House, http: httpx.AsyncClient, admin: Headers, sums: dict[str, Any]
) -> None:
    assert (await add(http, admin, order(house, order=sums))).status_code == 422


async def test_what_waits_is_changed(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    made = (await add(http, admin, order(house, order=GOODS))).json()
    path = f"/api/v1/leads/{made['lead']}"
    change = {
        "person": "Пётр",
        "phones": ["8 916 555-01-01", "8 916 555-01-02"],
        "fields": {"сумма": None, "цвет": "синий"},
        "order": {**GOODS, "point": "Ленина, 7"},
        "not_before": "2031-01-01T10:00:00+03:00",
        "priority": 9,
    }
    changed = await http.patch(path, headers=admin, json=change)
    assert changed.status_code == 200, changed.text
    body = changed.json()
    assert (body["person"], body["numbers"]) == ("Пётр", ["9165550101", "9165550102"])
    assert ("сумма" in body["fields"], body["fields"]["цвет"]) == (False, "синий")
    assert body["fields"]["Пункт выдачи"] == "Ленина, 7"
    assert body["next_call_at"].startswith("2031-01-01T07:00")
    async with house.database.connection() as conn:
        row = await conn.fetchrow("select number, priority from dialer.lead where id = $1::text::uuid", made["lead"])
    assert (row["number"], row["priority"]) == ("9165550101", 9)
    assert (await http.patch(path, headers=admin, json={"phones": ["нет"]})).status_code == 422
    assert (await http.patch(path, headers=admin, json={"fields": {"цвет": None}})).status_code == 200


async def bound(house: House, lead: str) -> tuple[str, str, list[str]]:
    """The lead's region, its zone, and the zones of its phones."""
    async with house.database.connection() as conn:
        row = await conn.fetchrow(
            "select l.region, z.name, array(select y.name from dialer.phone h join dialer.zone y on y.id = h.zone"
            " where h.lead = l.id order by h.position) from dialer.lead l join dialer.zone z on z.id = l.zone"
            " where l.id = $1::text::uuid",
            lead,
        )
    return tuple(row)


BOTH = "Asia/Vladivostok|Europe/Moscow"


@pytest.mark.parametrize(
    ("address", "change", "region"),
    [
        (
            {"town": "Москва"},
            {"town": "Владивосток", "postcode": "690000", "region": "Приморский край"},
            "Приморский край",
        ),
        ({"town": "Москва"}, {"town": "Владивосток"}, "Приморский край"),
        ({"region": "Москва"}, {"postcode": "690000"}, "Приморский край"),
        ({"town": "Москва"}, {"region": "Приморский край", "fields": {"town": None}}, "Приморский край"),
        ({"town": "Москва"}, {"fields": {"town": "г. Владивосток"}}, "Приморский край"),
        ({"town": "Владивосток"}, {"phones": ["8 916 123-45-68"]}, "Приморский край"),
        ({"region": "Приморский край"}, {"phones": ["8 916 123-45-68"]}, "Приморский край"),
        ({"region": "Приморский край"}, {"town": "пос. Нигде"}, "Приморский край"),
    ],
)
async def test_a_change_binds_the_phones_to_the_whole_address(
    house: House,
    http: httpx.AsyncClient,
    admin: Headers,
    address: dict[str, Any],
    change: dict[str, Any],
    region: str,
) -> None:
    made = (await add(http, admin, order(house, phones=["8 916 123-45-67"], **address))).json()
    answer = await http.patch(f"/api/v1/leads/{made['lead']}", headers=admin, json=change)
    assert answer.status_code == 200, answer.text
    assert await bound(house, made["lead"]) == (region, BOTH, [BOTH])


async def test_where_old_and_new_address_contradict_both_hold(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    body = order(house, phones=["8 423 212-34-56"], postcode="101000", town="Москва")
    made = (await add(http, admin, body)).json()
    path = f"/api/v1/leads/{made['lead']}"
    for change in ({"town": "Владивосток"}, {"phones": ["8 423 212-34-57"]}, {"phones": ["8 916 123-45-67"]}):
        assert (await http.patch(path, headers=admin, json=change)).status_code == 200
        assert (await bound(house, made["lead"]))[1:] == (BOTH, [BOTH])


async def test_a_federal_city_drops_no_hours_of_the_booked_postcode(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    body = order(house, phones=["8 916 123-45-67"], postcode="690000", town="Владивосток")
    made = (await add(http, admin, body)).json()
    answer = await http.patch(f"/api/v1/leads/{made['lead']}", headers=admin, json={"town": "Москва"})
    assert answer.status_code == 200, answer.text
    _, lead, phones = await bound(house, made["lead"])
    assert {frozenset(zone.split("|")) for zone in (lead, *phones)} == {frozenset(BOTH.split("|"))}


async def test_a_local_number_is_restored_from_the_town_that_is_booked(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    made = (await add(http, admin, order(house, phones=["49-68-98"], town="Кострома"))).json()
    path = f"/api/v1/leads/{made['lead']}"
    answer = await http.patch(path, headers=admin, json={"phones": ["49-68-99"]})
    assert (answer.status_code, answer.json()["numbers"]) == (200, ["4942496899"])
    assert (await http.patch(path, headers=admin, json={"phones": ["нет"]})).status_code == 422
    assert (await http.get(path, headers=admin)).json()["numbers"] == ["4942496899"]


async def test_another_address_takes_nothing_from_the_phones(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    phones = ["8 916 123-45-67", "8 4942 49-68-98 доб. 5"]
    made = (await add(http, admin, order(house, phones=phones, town="Кострома"))).json()
    async with house.database.connection() as conn:
        await conn.execute("update dialer.phone set is_bad = true where position = 1")
        await conn.execute(
            "update dialer.lead set state = 'waiting', reason = 'busy', attempts = 2, tried = '{1 busy}',"
            " number = '4942496898', phone = 2, first_number = '9161234567'"
        )
        look = (
            "select to_jsonb(l) - 'zone' - 'region' - 'fields' || jsonb_build_object('phones', (select jsonb_agg("
            "to_jsonb(h) - 'zone' order by h.position) from dialer.phone h where h.lead = l.id)) from dialer.lead l"
        )
        before = await conn.fetchval(look)
        path = f"/api/v1/leads/{made['lead']}"
        assert (await http.patch(path, headers=admin, json={"town": "Владивосток"})).status_code == 200
        assert await conn.fetchval(look) == before
    assert await bound(house, made["lead"]) == ("Приморский край", BOTH, [BOTH, BOTH])


async def test_changes_at_the_same_time_bind_the_phones_to_what_both_said(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    made = (await add(http, admin, order(house, phones=["8 916 123-45-67"], town="Москва"))).json()
    path = f"/api/v1/leads/{made['lead']}"
    changes: list[dict[str, Any]] = [{"town": "Владивосток"}, {"phones": ["8 916 123-45-68"]}]
    answers = await asyncio.gather(*(http.patch(path, headers=admin, json=one) for one in changes * 3))
    assert {answer.status_code for answer in answers} == {200}
    assert await bound(house, made["lead"]) == ("Приморский край", BOTH, [BOTH])


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_phone_for_a_doubtful_order_is_dialled_where_the_campaign_was_done(
    house: House, http: httpx.AsyncClient, admin: Headers, is_done: bool
) -> None:
    made = (await add(http, admin, order(house, phones=["792-34-86"], town="Москва"))).json()
    assert made["status"] == "needs_decision"
    await leave(house, "done" if is_done else "running")
    path = f"/api/v1/leads/{made['lead']}"
    assert (await http.patch(path, headers=admin, json={"person": "Пётр"})).json()["state"] == "needs_decision"
    assert house.room.events == [], "nobody is to be dialled yet"
    assert (await http.patch(path, headers=admin, json={"phones": ["84957923486"]})).json()["state"] == "ready"
    assert woken(house) == is_done


async def test_what_is_in_a_call_or_over_is_not_changed(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    pop = await answered(house)
    refused = await http.patch(f"/api/v1/leads/{pop.lead}", headers=admin, json={"person": "Пётр"})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:dialer:problem:not-waiting")
    made = (await add(http, admin, order(house, "A-2", phones=["89165550102"]))).json()
    await http.delete(f"/api/v1/leads/{made['lead']}", headers=admin)
    assert (await http.patch(f"/api/v1/leads/{made['lead']}", headers=admin, json={"person": "П"})).status_code == 409
    assert (await http.patch("/api/v1/leads/nothing", headers=admin, json={})).status_code == 404
