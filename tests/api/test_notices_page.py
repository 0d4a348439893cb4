"""The page of notices in a real browser: a campaign gets a text and an e-mail as steps, and sees what came of them."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from dialer.core.access import Role
from tests.api.axe import no_serious_finding
from tests.api.conftest import PASSWORD, House
from tests.api.live import served
from tests.api.test_pages import browser, keep, page_of, sign_in

__all__ = ["browser"]

SENT = """
insert into dialer.notice (campaign, project, lead, cycle, step, attempt, channel, state, next_try_at, made_at)
select $1, $2, gen_random_uuid(), 1, 'sms_1', gen_random_uuid(), 'sms', 'sent', now(), now() from generate_series(1, 7)
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_campaign_gets_its_steps(house: House, browser: Browser, tmp_path: Path, theme: str) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with house.database.connection() as conn:
        await conn.execute(SENT, house.campaign, house.project)
    async with served(house.app) as place, page_of(browser, place, theme=theme) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/notices']")
        await expect(page.locator("#save")).to_be_enabled()
        await page.select_option("#campaign", str(house.campaign))
        await expect(page.locator("#sums tbody tr")).to_contain_text("sms_1")
        await expect(page.locator("#sums tbody td").nth(1)).to_have_text("7")
        await expect(page.locator("#add")).to_be_enabled()
        await page.focus("#add")
        await page.keyboard.press("Enter")
        await expect(page.locator("#steps textarea")).to_be_focused()
        await page.keyboard.type("{person}, мы звонили о заказе {order}")
        await page.fill("#steps [data-of=name]", "sms_1")
        await page.focus("#add")
        await page.keyboard.press("Enter")
        await page.select_option("#steps fieldset >> nth=1 >> [data-of=channel]", "email")
        await expect(page.locator("#steps fieldset >> nth=1 >> [data-of=channel]")).to_be_focused()
        await page.fill("#steps [data-of=subject]", "Ваш заказ")
        await page.fill("#steps fieldset >> nth=1 >> textarea", "Мы не дозвонились")
        await page.check("#steps fieldset >> nth=1 >> .checks label >> nth=1 >> input")
        await page.press("#steps [data-of=subject]", "Enter")
        await expect(page.locator("#notes")).to_contain_text("Шаги сохранены")
        await keep(page, tmp_path, f"notices-{theme}")
        await no_serious_finding(page)
    sms, mail = await house.ports.notices.steps(house.campaign)
    assert (sms.name, sms.channel, sms.text) == ("sms_1", "sms", "{person}, мы звонили о заказе {order}")
    assert (mail.channel, mail.subject, sorted(mail.after)) == ("email", "Ваш заказ", ["busy", "no_answer"])


async def test_a_step_without_an_end_and_a_key_that_is_taken_are_told(house: House, browser: Browser) -> None:
    await house.users.add("olga", Role.SUPERVISOR, house.clock.now(), password=PASSWORD)
    async with served(house.app) as place, page_of(browser, place, is_strict=False) as page:
        await sign_in(page, "olga")
        await page.click("nav a[href='/notices']")
        await expect(page.locator("#save")).to_be_enabled()
        for text in ("раз", "два"):
            await page.click("#add")
            await page.fill("#steps fieldset:last-child textarea", text)
        await page.fill("#steps fieldset:last-child [data-of=name]", "step_1")
        await page.click("#save")
        await expect(page.locator("#notes")).to_contain_text("two steps have the same name")
        await expect(page.locator("#steps fieldset")).to_have_count(2)
        await page.uncheck("#steps fieldset:last-child .checks input >> nth=0")
        await page.click("#save")
        await expect(page.locator("#notes")).to_contain_text("отметьте хотя бы один исход")
