"""A lead of the agent's own choice, through the API and in a real browser: looked for, picked, or not to be had."""

from dataclasses import replace
from pathlib import Path

import httpx
import orjson
import pytest
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from dialer.core.effects import BookAgentState, PickRefused
from dialer.core.hours import Calendar, Window
from dialer.core.ids import LeadId
from dialer.core.lead import NewLead, NewPhone
from dialer.core.states import AgentState, CampaignState
from dialer.core.wishes import LeadPicked
from dialer.store.front import FrontLeads
from tests.api.axe import no_serious_finding
from tests.api.conftest import AGENT, OTHER_AGENT, PASSWORD, House
from tests.api.desk_scene import ZONE
from tests.api.live import served
from tests.api.test_pages import browser, keep, nothing_is_cut, page_of, sign_in

__all__ = ["browser"]  # a fixture

ALL_DAY = Calendar(((Window(0, 1440),),) * 7)
PATH = f"/api/v1/agents/{AGENT}"


async def by_hand(house: House, **changes: object) -> list[LeadId]:
    """The campaign runs in manual mode; three orders wait, the last one until tomorrow."""
    settings = await house.ports.campaigns.campaign(house.campaign)
    assert settings is not None
    terms = {"mode": "manual", "state": CampaignState.RUNNING, "calendar": ALL_DAY} | changes
    await house.ports.campaigns.save(replace(settings, **terms))  # type: ignore[arg-type]
    async with house.database.connection() as conn:
        await conn.execute("update dialer.campaign set state = $2 where id = $1", house.campaign, str(terms["state"]))
    orders = [
        NewLead(LeadId(house.ports.new_id()), (NewPhone(f"912345678{n}", ZONE),), external_id=f"A-{n}", person=person)
        for n, person in enumerate(("Мария Иванова", "Пётр Сидоров", "Олег Петров"))
    ]
    await FrontLeads(house.database).add(house.campaign, orders, house.clock.now())
    async with house.database.connection() as conn:
        await conn.execute("update dialer.lead set next_call_at = now() + interval '1 day' where id = $1", orders[2].id)
    return [order.id for order in orders]


def tell_state(house: House, state: AgentState) -> None:
    house.hub.agent_state(BookAgentState(agent=AGENT, state=state, since=house.clock.now()))


# ---- the API


async def test_what_is_due_is_shown_and_what_is_asked_for_in_any_state(house: House, http: httpx.AsyncClient) -> None:
    first, second, tomorrow = await by_hand(house)
    headers = await house.token(Role.AGENT)

    async def found(q: str = "", limit: int = 9) -> dict[str, object]:
        answer = await http.get(f"{PATH}/picks", headers=headers, params={"q": q, "limit": str(limit)})
        assert answer.status_code == 200
        return dict(answer.json())

    def leads(body: dict[str, object]) -> list[tuple[str, str]]:
        return [(one["lead"], one["reason"]) for one in body["leads"]]  # type: ignore[attr-defined]

    body = await found()
    assert [(one["id"], one["mode"]) for one in body["campaigns"]] == [(house.campaign, "manual")]  # type: ignore[attr-defined]
    assert sorted(leads(body)) == sorted([(first, ""), (second, "")])
    assert leads(await found("A-2")) == [(tomorrow, "later")]
    for phone in ("+7 (912) 345-67-81", "8 912 345 67 81", "9123456781"):
        assert leads(await found(phone)) == [(second, "")]
    assert leads(await found("nothing so called")) == []
    assert leads(await found(limit=1)) == leads(body)[:1]
    assert leads(await found(limit=0)) == []
    found_audit = await http.get(
        "/api/v1/audit", headers=await house.token(Role.ADMIN), params={"action": "lead.look", "subject": tomorrow}
    )
    assert len(found_audit.json()["entries"]) == 1


async def test_a_pick_is_put_before_the_floor(house: House, http: httpx.AsyncClient) -> None:
    first, _, tomorrow = await by_hand(house)
    headers = await house.token(Role.AGENT)
    answer = await http.post(f"{PATH}/pick", headers=headers, json={"lead": first})
    assert (answer.status_code, answer.json()) == (202, {"agent": AGENT, "lead": first})
    [told] = house.room.told(LeadPicked)
    assert (told.agent, told.campaign, told.lead) == (AGENT, house.campaign, first)
    early = await http.post(f"{PATH}/pick", headers=headers, json={"lead": tomorrow})
    assert (early.status_code, "later" in early.json()["detail"]) == (409, True)
    assert len(house.room.events) == 1


@pytest.mark.parametrize(
    "changes", [{"mode": "progressive"}, {"state": CampaignState.PAUSED}, {"skill": "furniture", "skill_level": 3}]
)
async def test_a_campaign_that_is_not_his_to_choose_from_shows_nothing(
    house: House, http: httpx.AsyncClient, changes: dict[str, object]
) -> None:
    [first, *_] = await by_hand(house, **changes)
    headers = await house.token(Role.AGENT)
    assert (await http.get(f"{PATH}/picks", headers=headers)).json() == {"campaigns": [], "leads": []}
    answer = await http.post(f"{PATH}/pick", headers=headers, json={"lead": first})
    assert (answer.status_code, house.room.events) == (404, [])


async def test_nobody_chooses_at_another_one_s_desk(house: House, http: httpx.AsyncClient) -> None:
    [first, *_] = await by_hand(house)
    headers = await house.token(Role.AGENT)
    other = f"/api/v1/agents/{OTHER_AGENT}"
    assert (await http.get(f"{other}/picks", headers=headers)).status_code == 403
    assert (await http.post(f"{other}/pick", headers=headers, json={"lead": first})).status_code == 403
    supervisor = await house.token(Role.SUPERVISOR)
    assert (await http.post(f"{PATH}/pick", headers=supervisor, json={"lead": first})).status_code == 202
    found = await http.get(
        "/api/v1/audit", headers=await house.token(Role.ADMIN), params={"action": "agent.pick", "subject": str(AGENT)}
    )
    assert [entry["detail"] for entry in found.json()["entries"]] == [{"lead": first}]


async def test_words_that_are_no_lead_are_refused(house: House, http: httpx.AsyncClient) -> None:
    await by_hand(house)
    headers = await house.token(Role.AGENT)
    for wrong in ("x" * 36, str(LeadId(house.ports.new_id()))):
        assert (await http.post(f"{PATH}/pick", headers=headers, json={"lead": wrong})).status_code == 404
    assert (await http.post(f"{PATH}/pick", headers=headers, json={"lead": ""})).status_code == 422


async def test_why_a_pick_came_to_nothing_is_told_to_the_desk(house: House) -> None:
    box = await house.hub.join(AGENT)
    await box.get()
    house.hub.pick_refused(PickRefused(agent=AGENT, lead=LeadId("x"), reason="not_claimed"))
    told = orjson.loads(await box.get() or b"")
    assert (told["type"], told["lead"], told["reason"]) == ("pick_refused", "x", "not_claimed")


# ---- the page


async def test_a_lead_is_found_and_picked_by_keyboard(house: House, browser: Browser, tmp_path: Path) -> None:
    _, second, _ = await by_hand(house)
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        tell_state(house, AgentState.READY)
        await expect(page.locator("#acts")).to_contain_text("Выбрать заказ")
        await expect(page.locator(".hero")).to_contain_text("выбрать самому")
        await page.keyboard.press("KeyA")
        await expect(page.locator("#pick .lead")).to_have_count(2)
        await expect(page.locator("#pick")).to_contain_text("Мария Иванова")
        await no_serious_finding(page)
        await nothing_is_cut(page)
        await keep(page, tmp_path, "agent-pick")

        await page.keyboard.type("A-2")  # the digits of the page mean nothing in here
        await page.keyboard.press("Enter")
        await expect(page.locator("#pick .lead")).to_contain_text("Ещё не время")
        await expect(page.locator("#pick .lead")).to_be_disabled()

        await page.locator("#pick input").fill("+7 912 345-67-81")
        await page.keyboard.press("Enter")
        await expect(page.locator("#pick .lead")).to_contain_text("Пётр Сидоров")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        told = await house.room.heard(LeadPicked)
        assert (told.agent, told.lead) == (AGENT, second)
        await expect(page.locator("#pick")).to_be_hidden()

        house.hub.pick_refused(PickRefused(agent=AGENT, lead=second, reason="calls_coming"))
        await expect(page.locator(".note")).to_contain_text("Сначала пауза")
        await page.keyboard.press("KeyA")
        await expect(page.locator("#pick")).to_be_visible()
        tell_state(house, AgentState.TALKING)
        await expect(page.locator("#pick")).to_be_hidden()


async def test_where_there_is_nothing_to_choose_from_there_is_no_key(house: House, browser: Browser) -> None:
    await by_hand(house, mode="predictive")
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        asked = page.wait_for_event("response", lambda answer: "/picks" in answer.url)
        tell_state(house, AgentState.READY)
        await asked
        await expect(page.locator("#acts")).to_contain_text("Пауза")
        await expect(page.locator("#acts")).not_to_contain_text("Выбрать заказ")
        await expect(page.locator(".hero")).not_to_contain_text("выбрать самому")
        await page.keyboard.press("KeyA")
        await expect(page.locator("#pick")).to_be_hidden()
