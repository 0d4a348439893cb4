"""Preview through the API and in a real browser: the card before the call, a key that calls, a key that skips."""

import asyncio
from pathlib import Path

import httpx
import orjson
import pytest
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from dialer.core.audit import AuditAsked
from dialer.core.effects import BookAgentState, PreviewOver, PreviewShown, ReserveLeads, ScreenPop
from dialer.core.ids import AgentId, ServerName, TrunkName
from dialer.core.previewing import UNTOUCHED, SkipReason
from dialer.core.states import AgentState
from dialer.core.wishes import AgentHungUp, AgentPaused, DialAsked, SkipAsked
from dialer.store import attempts
from dialer.store.front import FrontLeads
from tests.api.axe import no_serious_finding
from tests.api.conftest import AGENT, OTHER_AGENT, PASSWORD, House
from tests.api.desk_scene import ORDERS, ZONE, called, open_shop, order
from tests.api.live import served
from tests.api.test_pages import browser, keep, nothing_is_cut, page_of, sign_in

__all__ = ["browser"]  # a fixture


async def offered(house: House) -> PreviewShown:
    """A lead is claimed for the agent to look at, and on his screen."""
    await FrontLeads(house.database).add(house.campaign, [order(house, *ORDERS[0])], house.clock.now())
    wish = ReserveLeads(
        campaign=house.campaign,
        server=ServerName("a"),
        trunk=TrunkName("t"),
        count=1,
        open_zones=(ZONE,),
        previewer=AGENT,
    )
    async with house.database.connection() as conn:
        [claim] = (await attempts.reserve(conn, wish, house.clock.now())).reservations
    at = house.clock.now()
    tell_state(house, AgentState.PREVIEWING, claim.attempt)
    shown = PreviewShown(agent=AGENT, attempt=claim.attempt, lead=claim.lead, campaign=house.campaign, until=at + 120.0)
    await house.hub.preview_shown(shown)
    return shown


def tell_state(house: House, state: AgentState, attempt: str | None = None, reason: str = "") -> None:
    at = house.clock.now()
    house.hub.agent_state(
        BookAgentState(agent=AGENT, state=state, since=at, attempt=attempt, reason=reason)  # type: ignore[arg-type]
    )


def body_of(shown: PreviewShown, what: str) -> dict[str, str]:
    return {"attempt": shown.attempt} | ({"reason": "unclear"} if what == "skip" else {})


# ---- the API


@pytest.mark.parametrize(("what", "kind"), [("dial", DialAsked), ("skip", SkipAsked)])
async def test_a_wish_about_the_lead_on_the_screen_is_put_before_the_floor(
    house: House, http: httpx.AsyncClient, what: str, kind: type
) -> None:
    headers, path = await house.token(Role.AGENT), f"/api/v1/agents/{AGENT}/{what}"
    shown = await offered(house)
    stale = await http.post(path, headers=headers, json=body_of(shown, what) | {"attempt": "another"})
    assert (stale.status_code, house.room.events) == (409, [])
    answer = await http.post(path, headers=headers, json=body_of(shown, what))
    assert answer.status_code == 202
    [told] = house.room.told(kind)
    assert (told.agent, told.attempt) == (AGENT, shown.attempt)
    other = await http.post(f"/api/v1/agents/{OTHER_AGENT}/{what}", headers=headers, json=body_of(shown, what))
    assert other.status_code == 403


async def test_a_skip_needs_a_reason_from_the_list(house: House, http: httpx.AsyncClient) -> None:
    headers, path = await house.token(Role.AGENT), f"/api/v1/agents/{AGENT}/skip"
    shown = await offered(house)
    for wrong in ({}, {"reason": "tea"}):
        assert (await http.post(path, headers=headers, json={"attempt": shown.attempt} | wrong)).status_code == 422
    for reason in SkipReason:
        good = await http.post(path, headers=headers, json={"attempt": shown.attempt, "reason": reason})
        assert good.status_code == 202
    assert [told.reason for told in house.room.told(SkipAsked)] == list(SkipReason)


async def test_a_talk_is_no_preview_and_a_preview_has_no_result(house: House, http: httpx.AsyncClient) -> None:
    headers = await house.token(Role.AGENT)
    shown = await offered(house)
    result = {"attempt": shown.attempt, "disposition": "agreed"}
    early = await http.post(f"/api/v1/agents/{AGENT}/disposition", headers=headers, json=result)
    assert early.status_code == 409
    await house.hub.screen_pop(
        ScreenPop(
            agent=AGENT,
            attempt=shown.attempt,
            lead=shown.lead,
            campaign=house.campaign,
            answered_at=house.clock.now(),
        )
    )
    late = await http.post(f"/api/v1/agents/{AGENT}/dial", headers=headers, json=body_of(shown, "dial"))
    assert (late.status_code, house.room.events) == (409, [])


async def test_looking_at_a_lead_is_a_look_at_a_person_s_data(house: House) -> None:
    shown = await offered(house)
    found = await house.ports.audit.find(AuditAsked(action="card.look"))
    assert [(entry.by, entry.subject) for entry in found] == [(f"agent:{AGENT}", shown.lead)]


async def test_a_screen_that_comes_back_is_at_the_same_lead_and_one_that_has_lost_it_is_told_why(house: House) -> None:
    shown = await offered(house)
    box = await house.hub.join(AGENT)
    hello = orjson.loads(await box.get() or b"")
    assert (hello["call"]["attempt"], hello["call"]["preview_until"]) == (shown.attempt, shown.until)
    house.hub.preview_over(PreviewOver(agent=AGENT, attempt=shown.attempt, reason="withdrawn"))
    over = orjson.loads(await box.get() or b"")
    assert (over["type"], over["attempt"], over["reason"]) == ("preview_over", shown.attempt, "withdrawn")
    assert house.hub.attempt_of(AGENT) is None


async def test_a_new_daemon_s_desk_knows_a_ringing_call_from_a_talk(house: House) -> None:
    shown = await offered(house)
    house.hub._screens.clear()
    house.hub._recall = lambda agent: BookAgentState(
        agent=agent, state=AgentState.RESERVED, since=house.clock.now(), attempt=shown.attempt
    )
    await house.hub.join(AGENT)
    assert house.hub.previews(AGENT)
    tell_state(house, AgentState.TALKING, shown.attempt)
    assert not house.hub.previews(AGENT)
    assert not house.hub.previews(AgentId(1002))


# ---- the page


async def test_a_lead_is_looked_at_called_and_joined_by_keyboard(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    await open_shop(house)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        shown = await offered(house)
        await expect(page.locator(".person")).to_have_text("Мария Викторовна Иванова")
        await expect(page.locator(".greeting")).to_contain_text("Меня зовут Анна, магазин «Лавка»")
        await expect(page.locator("#state")).to_have_text("Просмотр")
        await expect(page.locator("#left-word")).to_have_text("До возврата")
        await expect(page.locator(".choices")).to_have_count(0)
        await no_serious_finding(page)
        await nothing_is_cut(page)
        await keep(page, tmp_path, "agent-preview")

        for key in ("Digit1", "Enter"):  # there is no result to give before the call
            await page.keyboard.press(key)
        await page.keyboard.press("KeyG")
        assert (await house.room.heard(DialAsked)).attempt == shown.attempt
        tell_state(house, AgentState.RESERVED, shown.attempt)
        await expect(page.locator("#acts")).to_contain_text("Положить трубку")
        await page.keyboard.press("KeyH")
        assert (await house.room.heard(AgentHungUp)).agent == AGENT

        at = house.clock.now()
        tell_state(house, AgentState.TALKING, shown.attempt)
        await house.hub.screen_pop(
            ScreenPop(agent=AGENT, attempt=shown.attempt, lead=shown.lead, campaign=house.campaign, answered_at=at)
        )
        await expect(page.locator(".choices .choice").first).to_be_visible()
        await asyncio.wait_for(house.seen.get(), 60)


async def test_a_lead_is_skipped_by_keyboard_and_one_that_goes_says_why(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        shown = await offered(house)
        await expect(page.locator("#acts")).to_contain_text("Пропустить")
        await page.keyboard.press("KeyL")
        await expect(page.locator("#reasons")).to_contain_text("Данные непонятны")
        await page.keyboard.press("Digit3")
        assert (await house.room.heard(SkipAsked)).reason == SkipReason.UNCLEAR
        house.hub.preview_over(PreviewOver(agent=AGENT, attempt=shown.attempt, reason="skipped_unclear"))
        tell_state(house, AgentState.READY)
        await expect(page.locator(".hero h1")).to_have_text("Готов")
        await expect(page.locator(".note")).to_have_count(0)

        tell_state(house, AgentState.PREVIEWING, shown.attempt)
        await expect(page.locator("#state")).to_have_text("Просмотр")
        await expect(page.locator("#acts")).not_to_contain_text("Позвонить")  # nobody is on the screen yet
        await house.hub.preview_shown(shown)
        await expect(page.locator("#acts")).to_contain_text("Позвонить")
        await page.keyboard.press("KeyL")
        await expect(page.locator("#reasons")).to_be_visible()
        house.hub.preview_over(PreviewOver(agent=AGENT, attempt=shown.attempt, reason=UNTOUCHED))
        tell_state(house, AgentState.PAUSED, reason=UNTOUCHED)
        await expect(page.locator("#reasons")).to_be_hidden()
        await expect(page.locator(".note")).to_contain_text("его никто не тронул")
        await expect(page.locator("#state-reason")).to_have_text("Заказ никто не тронул")


async def test_the_keys_of_a_talk_are_those_of_a_talk_as_before(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        await called(house)
        await expect(page.locator(".choices .choice").first).to_be_visible()
        for key in ("KeyG", "KeyL"):
            await page.keyboard.press(key)
        await page.keyboard.press("KeyP")
        await expect(page.locator("#reasons")).to_contain_text("Обед")
        await page.keyboard.press("Digit2")
        await house.room.heard(AgentPaused)
        assert house.room.told(DialAsked) == house.room.told(SkipAsked) == []
