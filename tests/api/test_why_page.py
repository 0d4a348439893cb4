"""Why, list by list, and when a lead's turn will come: the API's figures and the page that shows them."""

from pathlib import Path

import httpx
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from dialer.core.effects import ReserveLeads
from dialer.core.ids import LeadId, ServerName, TrunkName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.states import CampaignState
from dialer.store import attempts
from dialer.store.lists import ListWriter, create_list
from dialer.store.uuid7 import uuid7s
from tests.api.axe import no_serious_finding
from tests.api.conftest import PASSWORD, House
from tests.api.live import served
from tests.api.test_campaigns import set_state
from tests.api.test_pages import browser, keep, page_of, sign_in

__all__ = ["browser"]
MOSCOW = "Europe/Moscow"
MORNING, EVENING, CALLED = 6, 3, 4
DUE_AT = 1_700_000_000.0
"""Long ago, the same for all."""


async def two_lists(house: House) -> None:
    """At any hour, the first of the morning's list are being called."""
    async with house.database.connection() as conn:
        await conn.execute(
            "update dialer.campaign set calendar = jsonb_set(calendar, '{weekdays}', $1::jsonb)",
            str([[[0, 1440]]] * 7),
        )
        lists = [await create_list(conn, house.campaign, name) for name in ("утро", "вечер")]
    ids = iter(uuid7s(house.clock.now(), MORNING + EVENING))  # of one moment, so the order is that of the ids
    for list_id, name, count in zip(lists, "ab", (MORNING, EVENING), strict=True):
        leads = [
            NewLead(LeadId(next(ids)), (NewPhone(f"91234567{ord(name) % 10}{n}", MOSCOW),), external_id=f"{name}-{n}")
            for n in range(count)
        ]
        await ListWriter(house.database, list_id).write(leads, DUE_AT)
    wish = ReserveLeads(
        campaign=house.campaign, server=ServerName("a"), trunk=TrunkName("t"), count=CALLED, open_zones=(MOSCOW,)
    )
    async with house.database.connection() as conn:
        await attempts.reserve(conn, wish, house.clock.now())
    await set_state(house, CampaignState.RUNNING)


async def turn_of(house: House, http: httpx.AsyncClient, headers: dict[str, str], name: str) -> dict[str, object]:
    params = {"project": str(house.project), "external_id": name}
    lead = (await http.get("/api/v1/leads", headers=headers, params=params)).json()["lead"]
    told = (await http.get(f"/api/v1/leads/{lead}/may-dial?turn=true", headers=headers)).json()
    found: dict[str, object] = told["turn"]
    return found


async def test_a_lead_s_turn_is_estimated_from_its_place_and_the_pace(
    house: House, http: httpx.AsyncClient, supervisor: dict[str, str]
) -> None:
    await two_lists(house)
    first, last = [await turn_of(house, http, supervisor, name) for name in ("a-4", "b-2")]
    assert [(one["ahead"], one["calls"], one["span_s"]) for one in (first, last)] == [(0, CALLED, 60), (4, CALLED, 60)]
    assert str(first["earliest"]) < str(last["earliest"]) < str(last["latest"])
    assert await turn_of(house, http, supervisor, "a-0") is None, "it is in a call"
    await set_state(house, CampaignState.PAUSED)
    assert await turn_of(house, http, supervisor, "a-4") is None, "nobody is called"
    path = f"/api/v1/campaigns/{house.campaign}"
    assert (await http.patch(path, headers=supervisor, json={"mode": "manual"})).status_code == 200
    await set_state(house, CampaignState.RUNNING)
    assert await turn_of(house, http, supervisor, "a-4") is None, "agents call whom they choose"


async def test_why_is_told_list_by_list_with_an_estimate_of_a_lead_s_turn(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    await two_lists(house)
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "olga")
        await page.wait_for_url("**/wallboard")
        await page.goto(f"http://{place}/why?campaign={house.campaign}")
        rows = page.locator("#lists tbody tr")
        await expect(rows).to_have_text(["Все списки54000", "утро24000", "вечер30000"])
        await page.get_by_role("button", name="вечер").focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#sum")).to_contain_text("вечер. Всего 3")
        await expect(page.get_by_role("button", name="вечер")).to_be_focused()
        await page.fill("#lead", "b-2")
        await page.keyboard.press("Enter")
        await expect(page.locator(".turn")).to_contain_text("Впереди заказов: 4; за последние 1 мин кампания начала")
        await no_serious_finding(page)
        await keep(page, tmp_path, "why-lists")
        await page.click("#language")
        await expect(page.locator(".turn")).to_contain_text("Leads before it: 4")
        await expect(page.locator("#sum")).to_contain_text("вечер. 3 in all")
