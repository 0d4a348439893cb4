"""The form as it is typed and the result that ends a talk, through the API over the real books."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio

from dialer.api.routes import talk
from dialer.core.access import Role
from dialer.core.effects import BookAgentState, ScreenPop
from dialer.core.form import FieldKind, Form, FormField
from dialer.core.ids import LeadId
from dialer.core.lead import NewLead, NewPhone
from dialer.core.states import AgentState
from dialer.core.wishes import AgentHinted, Disposed
from dialer.store.front import FrontLeads
from tests.api.conftest import AGENT, OTHER_AGENT, House
from tests.api.test_sockets import answered

Headers = dict[str, str]
FORM = Form(
    (FormField("address", "Адрес", FieldKind.ADDRESS, required=True), FormField("date", "Дата", FieldKind.DATE))
)
ZONE = "Asia/Yekaterinburg"


@pytest_asyncio.fixture
async def agent(house: House) -> Headers:
    return await house.token(Role.AGENT)


async def approved_form(house: House) -> None:
    now = house.clock.now()
    version = await house.ports.contents.add(house.project, FORM, "", "olga", now)
    await house.ports.contents.approve(house.project, "form", version, "olga", now)


async def type_in(
    house: House, http: httpx.AsyncClient, agent: Headers, pop: ScreenPop, **values: str
) -> httpx.Response:
    edits = [{"lead": pop.lead, "field": f, "value": v, "at": house.clock.now()} for f, v in values.items()]
    return await http.post(f"/api/v1/agents/{AGENT}/form", headers=agent, json={"attempt": pop.attempt, "edits": edits})


async def dispose(http: httpx.AsyncClient, agent: Headers, pop: ScreenPop, code: str, **more: Any) -> httpx.Response:
    body = {"attempt": pop.attempt, "disposition": code, **more}
    return await http.post(f"/api/v1/agents/{AGENT}/disposition", headers=agent, json=body)


async def second_order(house: House, name: str = "A-18") -> LeadId:
    lead = LeadId(house.ports.new_id())
    phones = (NewPhone("9123456789", ZONE),)
    order = NewLead(id=lead, phones=phones, external_id=name, person="Мария", fields={"товар": "Чайник"})
    await FrontLeads(house.database).add(house.campaign, [order], house.clock.now())
    return lead


async def second_order_of_somebody_else(house: House) -> LeadId:
    lead = LeadId(house.ports.new_id())
    order = NewLead(id=lead, phones=(NewPhone("9035555555", ZONE),), external_id="B-1", person="Иван")
    await FrontLeads(house.database).add(house.campaign, [order], house.clock.now())
    return lead


async def row_of(house: House, lead: str) -> Any:
    async with house.database.connection() as conn:
        return await conn.fetchrow("select * from dialer.lead where id = $1::text::uuid", lead)


async def test_what_is_typed_tells_the_floor_how_far_the_talk_is(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    pop = await answered(house)
    for field, value, hint in (("address", "Екат", "form"), (".choice", "agreed", "result")):
        assert (await type_in(house, http, agent, pop, **{field: value})).status_code == 204
        told = house.room.told(AgentHinted)[-1]
        assert (told.agent, told.attempt, told.hint) == (AGENT, pop.attempt, hint)


async def test_what_is_typed_is_kept_edit_by_edit_and_shown_again(
    house: House, http: httpx.AsyncClient, agent: Headers, supervisor: Headers
) -> None:
    pop = await answered(house)
    for address in ("Екат", "Екатеринбург", "Екатеринбург, Мира 1"):
        assert (await type_in(house, http, agent, pop, address=address)).status_code == 204
    card = await house.cards.card(pop.attempt)
    assert card is not None
    assert card.entered[pop.lead]["address"].value == "Екатеринбург, Мира 1"
    told = (await http.get(f"/api/v1/attempts/{pop.attempt}/form", headers=supervisor)).json()
    assert [one["value"] for one in told["edits"]] == ["Екат", "Екатеринбург", "Екатеринбург, Мира 1"]
    assert told["edits"][0]["at"] <= told["edits"][2]["at"]


async def test_the_same_edit_sent_twice_is_one(house: House, http: httpx.AsyncClient, agent: Headers) -> None:
    pop = await answered(house)
    body = {
        "attempt": pop.attempt,
        "edits": [{"lead": pop.lead, "field": "wishes", "value": "звонить за час", "at": house.clock.now()}],
    }
    for _ in range(2):
        assert (await http.post(f"/api/v1/agents/{AGENT}/form", headers=agent, json=body)).status_code == 204
    assert len(await house.ports.talks.edits(pop.attempt)) == 1


@pytest.mark.parametrize(
    "edit",
    [
        {"field": "Address"},
        {"field": "x" * 40},
        {"value": "я" * 4001},
        {"value": "a\x00b"},
        {"lead": "no lead"},
        {"at": -1},
    ],
)
async def test_nonsense_is_refused_and_nothing_is_kept(
    house: House, http: httpx.AsyncClient, agent: Headers, edit: dict[str, Any]
) -> None:
    pop = await answered(house)
    whole = {"lead": pop.lead, "field": "address", "value": "x", "at": house.clock.now(), **edit}
    body = {"attempt": pop.attempt, "edits": [whole]}
    assert (await http.post(f"/api/v1/agents/{AGENT}/form", headers=agent, json=body)).status_code == 422
    assert await house.ports.talks.edits(pop.attempt) == []


async def test_nobody_writes_into_anothers_call(house: House, http: httpx.AsyncClient, agent: Headers) -> None:
    pop = await answered(house)
    edits = [{"lead": pop.lead, "field": "address", "value": "x", "at": 0.0}]
    body = {"attempt": pop.attempt, "edits": edits}
    answer = await http.post(f"/api/v1/agents/{OTHER_AGENT}/form", headers=agent, json=body)
    assert answer.status_code == 403
    other = {**body, "attempt": house.ports.new_id()}
    assert (await http.post(f"/api/v1/agents/{AGENT}/form", headers=agent, json=other)).status_code == 409


async def test_a_result_without_its_required_fields_is_refused_by_name(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    await approved_form(house)
    pop = await answered(house)
    await type_in(house, http, agent, pop, date="вчера")
    answer = await dispose(http, agent, pop, "agreed")
    assert answer.status_code == 422
    found = {one["where"]: one["what"] for one in answer.json()["errors"]}
    assert found == {"address": "missing", "date": "not_a_date"}
    assert house.room.told(Disposed) == []

    await type_in(house, http, agent, pop, address="Мира 1", date="2099-01-01")
    assert (await dispose(http, agent, pop, "agreed")).status_code == 202
    assert [one.disposition for one in house.room.told(Disposed)] == ["agreed"]


async def test_a_result_that_needs_no_form_and_a_cancelled_order_owe_none(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    await approved_form(house)
    pop = await answered(house)
    assert (await dispose(http, agent, pop, "wrong_number")).status_code == 202
    await house.ports.leads.withdraw(LeadId(pop.lead), "cancelled")
    assert (await dispose(http, agent, pop, "agreed")).status_code == 202


async def test_no_result_before_the_customer_is_heard(house: House, http: httpx.AsyncClient, agent: Headers) -> None:
    """The card is there while the agent's own phone still rings."""
    pop = await answered(house)
    rings = BookAgentState(agent=AGENT, state=AgentState.RESERVED, since=house.clock.now(), attempt=pop.attempt)
    house.hub.agent_state(rings)
    answer = await dispose(http, agent, pop, "wrong_number")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:dialer:problem:not-joined")
    assert house.room.told(Disposed) == []
    house.hub.agent_state(replace(rings, state=AgentState.TALKING))
    assert (await dispose(http, agent, pop, "wrong_number")).status_code == 202


async def test_a_refusal_for_another_reason_says_which(house: House, http: httpx.AsyncClient, agent: Headers) -> None:
    pop = await answered(house)
    assert (await dispose(http, agent, pop, "refused_other")).json()["errors"][0]["where"] == ".reason"
    assert (await dispose(http, agent, pop, "refused_other", reason="купил рядом")).status_code == 202


async def test_a_promised_call_lies_in_the_persons_own_hours(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    pop = await answered(house)
    wanted = tomorrow_at_noon(house)
    at_night = wanted.replace(hour=22, minute=0)  # 03:00 in Yekaterinburg
    for when in (at_night, wanted - timedelta(days=30), wanted + timedelta(days=60)):
        answer = await dispose(http, agent, pop, "call_later", call_at=when.isoformat())
        assert answer.json()["errors"][0]["what"] == "call_not_permitted"
    answer = await dispose(http, agent, pop, "call_later", call_at=wanted.isoformat(), personal=True)
    assert answer.status_code == 202
    [told] = house.room.told(Disposed)
    assert told.call_at == wanted.timestamp()
    async with house.database.connection() as conn:
        promised = await conn.fetchrow("select lead::text, agent, call_at from dialer.callback")
    assert (promised["lead"], promised["agent"], promised["call_at"]) == (pop.lead, AGENT, wanted)


async def test_a_call_back_at_once_is_promised_by_whoever_was_talking(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    pop = await answered(house)
    assert (await dispose(http, agent, pop, "call_back_now")).status_code == 202
    async with house.database.connection() as conn:
        promised = await conn.fetchrow("select lead::text, agent, call_at <= now() as is_due from dialer.callback")
    assert (promised["lead"], promised["agent"], promised["is_due"]) == (pop.lead, AGENT, True)


async def test_the_persons_other_order_is_on_the_card_and_gets_its_own_result(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    await approved_form(house)
    pop = await answered(house)
    other = await second_order(house)
    await second_order_of_somebody_else(house)
    card = await house.cards.card(pop.attempt)
    assert card is not None
    assert [order.lead for order in card.orders] == [pop.lead, other]

    orders = [{"lead": other, "disposition": "agreed"}]
    answer = await dispose(http, agent, pop, "wrong_number", orders=orders)
    assert [(one["lead"], one["where"]) for one in answer.json()["errors"]] == [(other, "address")]
    orders = [{"lead": other, "disposition": "changed_mind"}]
    assert (await dispose(http, agent, pop, "wrong_number", orders=orders)).status_code == 202
    row = await row_of(house, other)
    assert (row["state"], row["reason"], row["attempts"]) == ("done", "changed_mind", 0)
    async with house.database.connection() as conn:
        told = await conn.fetchval("select payload::text from dialer.outbox where kind = 'order_disposed'")
    assert '"changed_mind"' in told


async def test_a_number_that_is_wrong_is_wrong_for_every_order(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    pop = await answered(house)
    other = await second_order(house)
    orders = [{"lead": other, "disposition": "wrong_number"}]
    assert (await dispose(http, agent, pop, "wrong_number", orders=orders)).status_code == 202
    assert (await row_of(house, other))["state"] == "refused"


async def test_an_order_of_somebody_else_cannot_be_settled(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    pop = await answered(house)
    foreign = await second_order_of_somebody_else(house)
    answer = await dispose(http, agent, pop, "agreed", orders=[{"lead": foreign, "disposition": "agreed"}])
    assert answer.status_code == 422
    assert (await row_of(house, foreign))["state"] == "ready"
    assert house.room.told(Disposed) == []


async def promised_for(house: House) -> set[str]:
    async with house.database.connection() as conn:
        return {row["lead"] for row in await conn.fetch("select lead::text from dialer.callback")}


def tomorrow_at_noon(house: House) -> datetime:
    """An instant at which the person may be called."""
    here = datetime.fromtimestamp(house.clock.now(), ZoneInfo(ZONE)) + timedelta(days=1)
    return here.replace(hour=12, minute=0, second=0, microsecond=0).astimezone(UTC)


def tomorrow(house: House) -> str:
    return tomorrow_at_noon(house).isoformat()


async def test_an_order_that_was_cancelled_meanwhile_is_passed_over_and_the_rest_is_booked(
    house: House, http: httpx.AsyncClient, agent: Headers, admin: Headers
) -> None:
    pop = await answered(house)
    cancelled, open_one = await second_order(house), await second_order(house, "A-19")
    await http.delete(f"/api/v1/leads/{cancelled}", headers=admin)
    said = {"disposition": "call_later", "call_at": tomorrow(house)}
    orders = [{"lead": lead, **said} for lead in (cancelled, open_one)]
    answer = await dispose(http, agent, pop, "call_later", call_at=said["call_at"], orders=orders)
    assert answer.status_code == 202
    assert answer.json()["passed_over"] == [cancelled]
    assert [one.disposition for one in house.room.told(Disposed)] == ["call_later"]
    assert await promised_for(house) == {pop.lead, open_one}
    assert (await row_of(house, open_one))["state"] == "waiting"
    assert (await row_of(house, cancelled))["reason"] == "cancelled"


async def test_the_same_result_sent_again_passes_over_no_order_that_has_its_own(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    """The first answer was lost on its way to the page."""
    pop = await answered(house)
    other = await second_order(house)
    for _ in range(2):
        answer = await dispose(http, agent, pop, "agreed", orders=[{"lead": other, "disposition": "refused_price"}])
        assert (answer.status_code, answer.json()["passed_over"]) == (202, [])


async def test_a_call_that_is_promised_for_an_order_twice_in_one_talk_is_told_once_unless_the_result_is_another(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    pop = await answered(house)
    other = await second_order(house)
    later, sooner = tomorrow_at_noon(house) + timedelta(hours=1), tomorrow_at_noon(house)
    for orders in (
        [{"lead": other, "disposition": "call_later", "call_at": later.isoformat()}],
        [{"lead": other, "disposition": "call_later", "call_at": sooner.isoformat()}],
        [{"lead": other, "disposition": "refused_price"}],
    ):
        assert (await dispose(http, agent, pop, "agreed", orders=orders)).json()["passed_over"] == []
        if "call_at" in orders[0]:
            promised = datetime.fromisoformat(orders[0]["call_at"])
            assert (await row_of(house, other))["next_call_at"] == promised
    async with house.database.connection() as conn:
        told = await conn.fetch(
            "select payload->>'disposition' as said from dialer.outbox where kind = 'order_disposed'"
        )
        booked = await conn.fetchval("select disposition from dialer.order_result")
    assert [one["said"] for one in told] == ["call_later", "refused_price"]
    assert booked == "refused_price"


async def test_who_wants_no_more_calls_is_heard_though_his_order_was_cancelled_meanwhile(
    house: House, http: httpx.AsyncClient, agent: Headers
) -> None:
    pop = await answered(house)
    other = await second_order(house)
    await house.ports.leads.withdraw(other, "cancelled")
    answer = await dispose(http, agent, pop, "agreed", orders=[{"lead": other, "disposition": "do_not_call"}])
    assert (answer.status_code, answer.json()["passed_over"]) == (202, [other])
    assert (await row_of(house, other))["reason"] == "cancelled"
    async with house.database.connection() as conn:
        assert await conn.fetchval("select number from dialer.do_not_call") == "9123456789"


async def test_an_order_that_is_cancelled_while_the_courier_is_asked_is_passed_over_too(
    house: House, http: httpx.AsyncClient, agent: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    pop = await answered(house)
    other = await second_order(house)

    async def asked(*_: object) -> None:
        await house.ports.leads.withdraw(other, "cancelled")

    monkeypatch.setattr(talk, "reserve_first", asked)
    orders = [{"lead": other, "disposition": "call_later", "call_at": tomorrow(house)}]
    answer = await dispose(http, agent, pop, "agreed", orders=orders)
    assert (answer.status_code, answer.json()["passed_over"]) == (202, [other])
    assert await promised_for(house) == set()
