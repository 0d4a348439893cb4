"""Hold, consultation, conference and transfer through the whole house: API, daemon, Asterisk, as people hear it.

In the middle of each the daemon is killed (SIGKILL): nobody on the line notices, and the next one goes on from there.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from dialer.core.access import Role
from dialer.core.ids import AgentId
from dialer.store.users import Users
from sim.desks import Desks, Manners
from sim.sip.carrier import Carrier
from sim.sip.phones import Phones
from sim.sip.record import EndedBy
from tests.api.browser import chromium
from tests.asterisk.hearing import People
from tests.house.books import balanced
from tests.house.house import House

TEAM = [1001, 1002]
NUMBER = "9160000077"
PASSWORD = "correct horse battery"
PATIENCE_MS = 60_000
"""A browser, an Asterisk and a daemon share what the machine has."""
MANNERS = Manners(wrap_up_s=(0.1, 0.2), dispositions=(("agreed", 1.0),))


@dataclass
class Talk:
    """A customer and his agent who talk, a colleague who is ready."""

    house: House
    people: People
    desks: Desks
    agent: int
    colleague: int

    async def ask(self, what: str, agent: int | None = None, **body: Any) -> None:
        async with self.house.http() as http:
            answer = await http.post(f"/api/v1/agents/{agent or self.agent}/{what}", json=body or None)
            assert answer.status_code == 202, answer.text

    async def line_is(self, state: str, agent: int | None = None) -> None:
        """The wallboard shows this line of the agent."""

        async def holds() -> bool:
            line = (await self.shown(agent or self.agent))["line"]
            return line is not None and line["state"] == state

        await self.house.until(holds, f"line {state}")

    async def agent_is(self, state: str, agent: int | None = None) -> None:
        async def holds() -> bool:
            return bool((await self.shown(agent or self.agent))["state"] == state)

        await self.house.until(holds, f"agent {state}")

    async def turned(self, mode: str) -> None:
        """The supervisor's phone is in this mode."""
        [listener] = (await self.shown(self.agent))["listeners"]
        async with self.house.http() as http:
            await http.put(f"/api/v1/listening/{listener['spy']}", json={"mode": mode})
        await self.listened(mode)

    async def listened(self, mode: str) -> None:
        async def holds() -> bool:
            return [(one["mode"], one["on"]) for one in (await self.shown(self.agent))["listeners"]] == [(mode, True)]

        await self.house.until(holds, f"a supervisor is on the line: {mode}")

    async def shown(self, agent: int) -> dict[str, Any]:
        agents = (await self.house.wallboard())["agents"]
        return next((one for one in agents if one["agent"] == agent), {"state": None, "line": None})

    async def killed_and_started(self) -> None:
        await self.house.kill()
        await self.house.start()
        await self.house.until_servers_up()

    async def settled_by(self, agent: int) -> None:
        """The one attempt has its result from this agent, on its own lead."""
        [attempt] = await self.house.until_settled(1)
        assert (attempt["agent"], attempt["disposition"], attempt["outcome"]) == (agent, "agreed", "answered")
        [lead] = await self.house.leads()
        assert (attempt["lead"], lead["state"]) == (lead["id"], "done")
        for one in TEAM:
            await self.agent_is("ready", one)


@pytest_asyncio.fixture
async def talk(house: House, carrier: Carrier, phones: Phones) -> AsyncIterator[Talk]:
    people = People(carrier, phones, NUMBER)
    await house.prepare(TEAM)
    await house.add(NUMBER)
    await house.start()
    async with begun(house, people) as opened:
        yield opened
    await balanced(house, carrier)
    for agent in TEAM:
        calls = [record for record in phones.records if record.number == str(agent)]
        assert len(calls) == 1, "a phone was called again"
        assert calls[0].ended_by is not EndedBy.CALLED


@asynccontextmanager
async def begun(house: House, people: People) -> AsyncIterator[Talk]:
    async with Desks(house.url, house.work.token, TEAM, Random(1), MANNERS) as desks:
        for desk in desks.desks.values():
            await desk.until_state("ready")
        await house.command("start")

        async def talking() -> list[int]:
            return [one["agent"] for one in (await house.wallboard())["agents"] if one["state"] == "talking"]

        await house.until(talking, "somebody talks")
        [agent] = await talking()
        [colleague] = set(TEAM) - {agent}
        await people.hears("C", str(agent))
        yield Talk(house, people, desks, agent, colleague)


async def test_a_hold_outlives_the_daemon(talk: Talk) -> None:
    await talk.ask("hold")
    await talk.line_is("held")
    await talk.people.hears_beeps()
    await talk.killed_and_started()
    await talk.line_is("held")
    await talk.people.hears_beeps()
    await talk.agent_is("talking")
    await talk.ask("take")
    await talk.line_is("talk")
    await talk.people.hears("C", str(talk.agent))
    await talk.ask("digits", digits="7#")
    await talk.people.presses("7#")
    await talk.ask("hang-up")
    await talk.settled_by(talk.agent)


async def test_a_consultation_outlives_the_daemon_and_becomes_a_transfer(talk: Talk) -> None:
    await talk.ask("consult", colleague=talk.colleague)
    await talk.line_is("consult")
    await talk.people.hears(str(talk.colleague), str(talk.agent))
    await talk.killed_and_started()
    await talk.line_is("consult")
    await talk.line_is("consult", talk.colleague)
    await talk.people.hears(str(talk.agent), str(talk.colleague))
    await talk.ask("transfer")
    await talk.people.hears("C", str(talk.colleague))
    await talk.agent_is("ready")
    await talk.line_is("talk", talk.colleague)
    talk.people.hang_up()
    await talk.settled_by(talk.colleague)


async def test_a_conference_outlives_the_daemon_and_the_agent_leaves_it(talk: Talk) -> None:
    await talk.ask("consult", colleague=talk.colleague)
    await talk.line_is("consult")
    await talk.ask("conference")
    await talk.line_is("conference")
    await talk.people.hears("C", str(talk.agent), str(talk.colleague))
    await talk.people.hears(str(talk.colleague), "C", str(talk.agent))
    await talk.killed_and_started()
    await talk.line_is("conference")
    await talk.ask("transfer")
    await talk.people.hears("C", str(talk.colleague))
    await talk.agent_is("ready")
    talk.people.hang_up()
    await talk.settled_by(talk.colleague)


async def test_mute_is_asterisk_s_and_ends_with_the_hold_in_which_the_customer_hangs_up(talk: Talk) -> None:
    async def muted() -> bool:
        return bool((await talk.shown(talk.agent))["line"]["muted"])

    async def heard() -> bool:
        return not await muted()

    await talk.ask("mute", muted=True)
    await talk.house.until(muted, "muted")
    await talk.people.hears(str(talk.agent), "C")
    await talk.killed_and_started()
    await talk.house.until(muted, "muted still")
    await talk.ask("hold")
    await talk.line_is("held")
    await talk.house.until(heard, "heard again")
    talk.people.hang_up()
    await talk.settled_by(talk.agent)


async def test_a_supervisor_listens_whispers_and_barges_in(talk: Talk) -> None:
    """Who listens when the daemon dies is hung up by the next one: a line that is heard is always one that is shown."""
    chief, agent = "1010", str(talk.agent)
    await talk.ask("listen", endpoint=chief)
    await talk.listened("listen")
    await talk.people.hears(chief, "C", agent)
    await talk.people.hears(agent, "C")
    await talk.turned("whisper")
    await talk.people.hears(agent, "C", chief)
    await talk.people.hears("C", agent)
    await talk.turned("barge")
    await talk.people.hears("C", agent, chief)
    await talk.killed_and_started()
    await talk.people.hears("C", agent)
    assert (await talk.shown(talk.agent))["listeners"] == []
    talk.people.hang_up()
    await talk.settled_by(talk.agent)


async def test_by_keys_of_a_real_browser_over_a_real_switch(talk: Talk) -> None:
    """Hold, back, consult, hand over: four keys and a digit."""
    agent, colleague = str(talk.agent), str(talk.colleague)
    async with chromium() as browser:
        page = await desk_of(talk, browser)
        line = page.locator("#line")
        await page.keyboard.press("KeyW")
        await expect(line).to_contain_text("На удержании", timeout=PATIENCE_MS)
        await talk.people.hears_beeps()
        await page.keyboard.press("KeyW")
        await expect(line).to_be_hidden(timeout=PATIENCE_MS)
        await talk.people.hears("C", agent)
        await page.keyboard.press("KeyK")
        await page.wait_for_selector("[data-consult='1']")
        await page.keyboard.press("Digit1")
        await expect(line).to_contain_text("С коллегой", timeout=PATIENCE_MS)
        await talk.people.hears(colleague, agent)
        await page.keyboard.press("KeyT")
        await expect(page.locator("#strip")).to_have_attribute("data-state", "ready", timeout=PATIENCE_MS)
        await talk.people.hears("C", colleague)
    talk.people.hang_up()
    await talk.settled_by(talk.colleague)


async def desk_of(talk: Talk, browser: Browser) -> Page:
    """The agent's own page, in his talk."""
    users = Users(talk.house.database)
    await users.add("anna", Role.AGENT, 0.0, agent=AgentId(talk.agent), password=PASSWORD)
    context = await browser.new_context(locale="ru-RU")
    context.set_default_timeout(PATIENCE_MS)
    page = await context.new_page()
    await page.goto(talk.house.url)
    await page.fill("input[name=name]", "anna")
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-act=line_hold]")
    return page
