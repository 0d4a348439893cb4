"""The supervisor's page of projects in a real browser: written without a line of JSON, compared, kept, approved."""

from pathlib import Path

from playwright.async_api import Browser, Page, expect

from dialer.core.access import Role
from dialer.core.content import DeskRules
from tests.api.axe import no_serious_finding
from tests.api.conftest import AGENT, PASSWORD, House
from tests.api.desk_scene import called, open_shop
from tests.api.live import served
from tests.api.test_pages import browser, keep, nothing_is_cut, page_of, sign_in

__all__ = ["browser"]  # a fixture


async def at_projects(house: House, page: Page, name: str = "olga") -> None:
    await house.users.add(name, Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    await page.emulate_media(reduced_motion="reduce")
    await sign_in(page, name)
    await page.click("nav a[href='/projects']")
    await page.wait_for_selector(".as-seen .greeting")


async def test_a_script_is_written_seen_compared_kept_and_approved(
    house: House, browser: Browser, tmp_path: Path
) -> None:
    await open_shop(house)
    await called(house, 1)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        await at_projects(house, page)
        await expect(page.locator("#sample")).to_have_text("На примере заказа SHOP-20481")
        await expect(page.locator(".as-seen .greeting")).to_contain_text("Мария Викторовна Иванова")
        await expect(page.locator(".version .chip")).to_have_text("в работе")
        await nothing_is_cut(page)
        await no_serious_finding(page)
        await keep(page, tmp_path, "projects-script")

        await page.fill("[data-at='greeting']", "Добрый день! ")
        await page.focus("[data-at='greeting']")
        await page.keyboard.press("End")
        await page.click(".blanks button:has-text('товар')")
        await expect(page.locator(".as-seen .greeting")).to_have_text("Добрый день! Робот-пылесос S7, белый")

        await page.click("[data-at='steps.3.answers.add']")
        await page.keyboard.type("Есть вопрос")
        await page.select_option("[data-at='steps.3.answers.0.next']", "+")
        await page.click("#save")
        await expect(page.locator("[data-at='steps.4.text'] + .wrong")).to_have_text("Напишите, что говорить")
        await page.keyboard.type("Расскажите, какой.")  # the focus was led to what is wrong
        await page.keyboard.press("Alt+ArrowUp")
        await expect(page.locator("[data-at='steps.3.text']")).to_have_value("Расскажите, какой.")
        await expect(page.locator("[data-at='steps.3.text']")).to_be_focused()
        await page.keyboard.press("Alt+ArrowDown")
        await page.click("#compare")
        await expect(page.locator(".diff ins")).to_contain_text(
            ["Приветствие: Добрый день! {товар}", "4 · Есть вопрос → Шаг 5", "5. Расскажите, какой."]
        )
        await expect(page.locator(".diff del")).to_contain_text(["Приветствие: Здравствуйте, {person}!"])
        await no_serious_finding(page)
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        await no_serious_finding(page)
        await keep(page, tmp_path, "projects-compared-dark")
        await page.fill("#note", "короче")
        await page.keyboard.press("Control+s")
        await expect(page.locator(".version")).to_have_count(2)
        await page.click(".version .button")
        await expect(page.locator(".version").first.locator(".chip")).to_have_text("в работе")
    newest = (await house.ports.contents.versions(house.project, "script"))[0]
    assert newest.approved_by == "olga"
    assert newest.body["steps"][3]["answers"] == [{"label": "Есть вопрос", "next": "step_5", "disposition": None}]


async def test_a_form_is_made_of_fields_that_move(house: House, browser: Browser, tmp_path: Path) -> None:
    await open_shop(house)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        await at_projects(house, page)
        await page.click("[data-kind='forms']")
        await expect(page.locator("#field-wishes")).to_be_visible()
        await page.click("[data-at='fields.add']")
        await page.keyboard.type("Способ оплаты")
        await page.select_option("[data-at='fields.5.kind']", "choice")
        await page.check("[data-at='fields.5.required']")
        await page.click("#save")
        await expect(page.locator("[data-at='fields.5.options'] + .wrong")).to_have_text("Напишите варианты")
        await page.keyboard.type("Карта\nНаличные")
        await page.click("[data-at='fields.5.up']")
        await page.keyboard.press("Enter")  # the focus went along with the row
        await expect(page.locator("[data-at='fields.3.label']")).to_have_value("Способ оплаты")
        await expect(page.locator("#field-sposob_oplaty option")).to_have_text(["выберите", "Карта", "Наличные"])
        await no_serious_finding(page)
        await keep(page, tmp_path, "projects-form")
        await page.click("#save")
        await expect(page.locator(".version")).to_have_count(2)
        await expect(page.locator("#unsaved")).to_be_hidden()
    field = (await house.ports.contents.versions(house.project, "form"))[0].body["fields"][3]
    assert (field["name"], field["options"], field["required"]) == ("sposob_oplaty", ["Карта", "Наличные"], True)


async def test_results_have_the_keys_of_their_order(house: House, browser: Browser, tmp_path: Path) -> None:
    await open_shop(house)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        await at_projects(house, page)
        await page.click("[data-kind='dispositions']")
        await expect(page.locator(".result-of")).to_have_count(14)
        await page.focus("[data-at='dispositions.1.label']")
        await page.keyboard.press("Alt+ArrowUp")
        await expect(page.locator("[data-at='dispositions.0.label']")).to_be_focused()
        await expect(page.locator(".as-seen .result").first).to_contain_text("1Перезвонить позже")
        await page.click("[data-at='dispositions.add']")
        await page.keyboard.type("Заберёт сам")
        await page.check("[data-at='dispositions.14.needs_reason']")
        await no_serious_finding(page)
        await keep(page, tmp_path, "projects-results")
        await page.click("#save")
        await expect(page.locator("#unsaved")).to_be_hidden()
        await page.click("#language")
        await expect(page.locator("#save")).to_have_text("Save")
        await no_serious_finding(page)
    found = await house.ports.contents.dictionary(house.project)
    assert [one.code for one in found][:2] == ["call_later", "agreed"]
    assert (found[-1].code, found[-1].label, found[-1].needs_reason) == ("zaberet_sam", "Заберёт сам", True)


async def test_information_is_found_changed_and_removed(house: House, browser: Browser, tmp_path: Path) -> None:
    await open_shop(house)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        await at_projects(house, page)
        await page.click("[data-kind='info']")
        await expect(page.locator(".entries button")).to_have_count(4)
        await page.fill("[data-at='search']", "наличн")
        await expect(page.locator(".entries button")).to_have_text(["Оплата"])
        await page.click(".entries button")
        await page.fill("[data-at='title']", "Оплата и чек")
        await expect(page.locator(".as-seen summary")).to_have_text("Оплата и чек")
        await no_serious_finding(page)
        await keep(page, tmp_path, "projects-info")
        await page.click("#save")
        await expect(page.locator(".entries button")).to_contain_text(["Оплата и чек"])
        await page.click("[data-at='new']")
        await page.fill("[data-at='title']", "Выкуп")
        await page.fill("[data-at='body']", "По-другому.")
        await page.click("#save")
        await expect(page.locator("#unsaved")).to_be_hidden()
        await page.click(".entries button:has-text('Возврат')")
        await page.click("[data-at='remove']")
        await expect(page.locator(".entries button")).to_have_count(3)
    found = {one.title: one.body for one in await house.ports.contents.search(house.project, "", 10)}
    assert sorted(found) == ["Выкуп", "Оплата и чек", "Примерка"]
    assert found["Выкуп"] == "По-другому."


async def test_a_second_person_approves_where_the_rule_says_so(house: House, browser: Browser, tmp_path: Path) -> None:
    await open_shop(house)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        await at_projects(house, page, "boris")
        await page.click("[data-kind='desk']")
        await page.check("[data-at='needs_second_person']")
        await page.check("[data-at='masks_numbers']")
        await expect(page.locator(".sample-number")).to_have_text("+7 9** ***-**-89")
        await no_serious_finding(page)
        await keep(page, tmp_path, "projects-rules")
        await page.click("#save")
        await expect(page.locator("#unsaved")).to_be_hidden()
        await page.click("[data-kind='scripts']")
        await page.click("#save")
        await expect(page.locator(".version").first.locator(".chip")).to_have_text("одобрит другой")
        await page.click("#leave")
        await page.wait_for_url("**/sign-in")
        await at_projects(house, page, "vera")
        await page.click(".version .button")
        await expect(page.locator(".version").first.locator("small")).to_contain_text("одобрил(а) vera")
    assert await house.ports.contents.rules(house.project) == DeskRules(masks_numbers=True, needs_second_person=True)


async def test_a_project_s_share_of_all_lines_is_set_in_percent(house: House, browser: Browser, tmp_path: Path) -> None:
    async def share() -> float | None:
        return next(one.lines_share for one in await house.ports.campaigns.projects() if one.id == house.project)

    await open_shop(house)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        await at_projects(house, page, "boris")
        await page.click("[data-kind='lines']")
        field = page.locator("[data-at='lines_share']")
        await expect(field).to_have_value("")
        await expect(page.locator(".sample-number")).to_have_text("все линии")
        await expect(page.locator("#shown")).to_have_text("Что будет действовать")
        await field.fill("37,5")
        await expect(page.locator(".sample-number")).to_have_text("не больше 37.5 % линий")
        await no_serious_finding(page)
        await keep(page, tmp_path, "projects-lines")
        await page.keyboard.press("Control+KeyS")
        await expect(page.locator("#unsaved")).to_be_hidden()
        assert await share() == 0.375
        for wrong in ("0", "101", "много"):
            await field.fill(wrong)
            await page.click("#save")
            await expect(field).to_have_attribute("aria-invalid", "true")
            await expect(page.locator("small.wrong")).to_contain_text("не больше 100")
        assert await share() == 0.375
        await field.fill("")
        await page.click("#save")
        await expect(page.locator("#unsaved")).to_be_hidden()
    assert await share() is None


async def test_an_agent_is_led_to_his_own_page(house: House, browser: Browser) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT, password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place) as page:
        await sign_in(page, "anna")
        await page.wait_for_selector(".hero")
        await page.goto(f"http://{place}/projects")
        await page.wait_for_url("**/agent")
