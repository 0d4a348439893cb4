"""People, the audit log and the reasons in a real browser."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from dialer.core.access import Role
from dialer.core.effects import BookDecision
from dialer.core.ids import AgentId, LeadId, ServerName
from dialer.core.lead import NewLead, NewPhone
from dialer.store.front import FrontLeads
from strategies.base import Decision
from tests.api.axe import no_serious_finding
from tests.api.conftest import AGENT, PASSWORD, House
from tests.api.live import served
from tests.api.test_pages import browser, keep, page_of, sign_in
from tests.api.test_sockets import answered

__all__ = ["browser"]


async def leads(house: House, count: int) -> list[NewLead]:
    """Orders in the books, each of its own number."""
    found = [
        NewLead(
            LeadId(house.ports.new_id()),
            (NewPhone(f"912345670{n}", "Europe/Moscow"),),
            external_id=f"A-{n}",
            person="Мария",
        )
        for n in range(count)
    ]
    await FrontLeads(house.database).add(house.campaign, found, house.clock.now())
    return found


async def test_where_leads_stand_adds_up(house: House, http: httpx.AsyncClient, supervisor: dict[str, str]) -> None:
    made = await leads(house, 4)
    await http.delete(f"/api/v1/leads/{made[0].id}", headers=supervisor)
    told = (await http.get(f"/api/v1/campaigns/{house.campaign}/why", headers=supervisor)).json()
    assert (told["leads"], told["campaign_runs"]) == (4, False)
    assert sum(line["leads"] for line in told["lines"]) == 4
    assert [line["leads"] for line in told["lines"] if line["kind"] == "over"] == [1]
    assert (await http.get("/api/v1/campaigns/999/why", headers=supervisor)).status_code == 404


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_why_tells_of_a_campaign_a_lead_and_a_moment(
    house: House, browser: Browser, tmp_path: Path, theme: str
) -> None:
    made = await leads(house, 3)
    await house.ports.leads.withdraw(made[2].id, "cancelled")
    reason = "свободно 2, дозвон 38 % → набрать 3"
    house.ports.reasons.put(  # type: ignore[attr-defined]
        BookDecision(
            campaign=house.campaign,
            server=ServerName("a"),
            at=house.clock.now(),
            decision=Decision(3, reason, "predictive", 4, (("free_agents", 2.0), ("answer_ratio", 0.38))),
        )
    )
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme, is_strict=False) as page:
        await sign_in(page, "olga")
        await page.wait_for_url("**/wallboard")
        await page.goto(f"http://{place}/why?campaign={house.campaign}")
        await expect(page.locator("#sum")).to_contain_text("Всего 3")
        figures = [int(text) for text in await page.locator("#standing tr[data-reason] .number").all_inner_texts()]
        assert sum(figures) == 3
        await expect(page.locator(".decision")).to_contain_text("начато 3хотели 4предиктивный")
        await page.fill("#lead", "A-2")
        await page.keyboard.press("Enter")
        await expect(page.locator("#lead-told .verdict")).to_contain_text("Сам собой звонок не состоится")
        await page.fill("#lead", "A-1")
        await page.keyboard.press("Enter")
        await expect(page.locator("#lead-told .reasons")).to_contain_text("кампания не запущена")
        await no_serious_finding(page)
        await keep(page, tmp_path, f"why-{theme}")
        await page.fill("#lead", "nothing")
        await page.fill("#moment", "2020-01-01T12:00:00")
        await expect(page.locator("#decisions")).to_contain_text("Решений нет")
        await page.click("#language")
        await expect(page.locator("#decisions-title")).to_have_text("The decision in force at that moment")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_audit_log_is_searched_and_saved(house: House, browser: Browser, tmp_path: Path, theme: str) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT)
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    await answered(house)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await page.wait_for_url("**/wallboard")
        change = {"ceiling_ratio": 0.02, "mode": "predictive"}
        answer = await page.request.patch(
            f"http://{place}/api/v1/campaigns/{house.campaign}", data=change, headers={"Origin": f"http://{place}"}
        )
        assert answer.ok
        await page.click("nav a[href='/audit']")
        first = page.locator("#entries tr").first
        await expect(first).to_contain_text("olgaкампания: настройки")
        await expect(first).to_contain_text("ceiling_ratio: 0.03 → 0.02")
        await no_serious_finding(page)
        await keep(page, tmp_path, f"audit-{theme}")
        await page.select_option("#kind", "looks")
        await expect(page.locator("#entries tr")).to_have_count(1)
        await expect(page.locator("#entries tr")).to_contain_text("annaкарточка открыта оператору")
        await page.select_option("#kind", "changes")
        await page.select_option("#action", "session")
        await expect(page.locator("#csv")).to_have_attribute("href", re.compile("kind=changes&action=session"))
        await expect(page.locator("#entries tr")).to_have_count(1)
        async with page.expect_download() as download:
            await page.click("#csv")
        saved = (await (await download.value).path()).read_text("utf-8-sig")
        assert "session.open" in saved
        assert "card.look" not in saved
        await page.fill("#by", "nobody")
        await page.keyboard.press("Enter")
        await expect(page.locator("#none")).to_be_visible()


async def new_user(page: Page, name: str) -> str:
    """Made in the dialog; the link that it shows once."""
    await page.click("#add-user")
    await page.fill("#user-name", name)
    await page.select_option("#user-role", "supervisor")
    await page.keyboard.press("Enter")
    await expect(page.locator("#link-of")).to_be_visible()
    return await page.input_value("#link-text")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_an_administrator_makes_changes_resets_and_shuts_out_users(
    house: House, browser: Browser, tmp_path: Path, theme: str
) -> None:
    await house.users.add("root", Role.ADMIN, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "root")
        await page.click("nav a[href='/users']")
        first = await new_user(page, "vera")
        await no_serious_finding(page)
        await keep(page, tmp_path, f"users-link-{theme}")
        await page.keyboard.press("Escape")
        await expect(page.locator("#users tr", has_text="vera")).to_contain_text("ещё без пароля")
        await no_serious_finding(page)
        await keep(page, tmp_path, f"users-{theme}")

        page.on("dialog", lambda dialog: dialog.accept())
        await page.click("[data-user=vera]")
        await page.click("#user-reset")
        await expect(page.locator("#link-of")).to_be_visible()
        second = await page.input_value("#link-text")
        await page.keyboard.press("Escape")
        assert await house.users.use_link(first.partition("=")[2], house.clock.now()) is None
        assert await house.users.use_link(second.partition("=")[2], house.clock.now()) is not None

        await page.click("[data-user=vera]")
        await page.select_option("#user-role", "client")
        await page.get_by_label("Лавка").check()
        await page.keyboard.press("Enter")
        await expect(page.locator("#users tr", has_text="vera")).to_contain_text("клиент—Лавка")
        await page.click("[data-user=vera]")
        await page.click("#user-disable")
        await expect(page.locator("#users tr", has_text="vera")).to_contain_text("отключён")
        await page.click("[data-user=root]")
        await expect(page.locator("#user-disable")).to_be_hidden()
    assert (await house.users.user("vera")).is_disabled


async def test_a_token_is_made_and_revoked_on_the_page(house: House, browser: Browser, tmp_path: Path) -> None:
    await house.users.add("root", Role.ADMIN, house.clock.now(), password=PASSWORD)
    await house.users.add("shop", Role.INTEGRATOR, house.clock.now(), projects=(house.project,))
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "root")
        await page.click("nav a[href='/users']")
        await page.click("[data-user=shop]")
        await page.click("#user-tokens")
        await page.get_by_label("leads:write").check()
        await page.fill("#token-label", "сайт")
        await page.keyboard.press("Enter")
        await expect(page.locator("#link-text")).to_have_value(re.compile("^dlt_"))
        secret = await page.input_value("#link-text")
        assert await house.users.by_token(secret, house.clock.now()) is not None
        await page.keyboard.press("Escape")
        page.on("dialog", lambda dialog: dialog.accept())
        await page.click("[data-user=shop]")
        await page.click("#user-tokens")
        await no_serious_finding(page)
        await keep(page, tmp_path, "users-tokens")
        await page.click("[data-revoke]")
        await expect(page.locator("#tokens")).to_contain_text("отозван")
        assert await house.users.by_token(secret, house.clock.now()) is None
        await expect(page.locator("#link-text")).to_have_value("")


async def test_a_supervisor_keeps_agents_and_sees_no_users(house: House, browser: Browser, tmp_path: Path) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/users']")
        await expect(page.locator("#agents tr")).to_have_count(2)
        await expect(page.locator("#users-panel")).to_be_hidden()
        await page.click("#add-agent")
        await page.fill("#agent-number", "1003")
        await page.fill("#agent-name", "Вера")
        await page.get_by_label("заказы").check()
        await page.click("#add-phone")
        await page.keyboard.type("phone1003")
        await no_serious_finding(page)
        await keep(page, tmp_path, "users-agent")
        await page.keyboard.press("Enter")
        await expect(page.locator("#agents tr", has_text="Вера")).to_contain_text("a/phone1003")
    record = await house.ports.agents.agent(AgentId(1003))
    assert record is not None
    assert record.groups == (house.group,)
    assert record.phones[0].endpoint == "phone1003"


async def test_a_one_page_link_of_anothers_role_leads_home(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_url("**/agent")
        for path in ("users", "audit", "why"):
            await page.goto(f"http://{place}/{path}")
            assert page.url.endswith("/agent")
