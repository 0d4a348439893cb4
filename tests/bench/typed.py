"""An agent who searches the project's information in a real Chromium: from the key to the results on the glass.

One desk of the team writes up each call for as long as he may, and in that time types one question after another, each
with one answer among five thousand entries. The clock is the page's own: from the last key's event, as the browser
stamped it, to two frames after the answer was drawn.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count

from playwright.async_api import Error, Page

from dialer.core.content import InfoEntry
from dialer.core.ids import ProjectId
from dialer.store.contents import Contents
from tests.api.browser import chromium
from tests.bench.painted import page_of
from tests.bench.stage import Stage

ENTRIES, ENTRIES_AT_ONCE = 5000, 250
FIRST_ASKED, STEP = 1000, 37
"""Entries of four digits, so that each is the only answer; in no order that a cache would like."""
KEY_EVERY_MS = 40
"""A fast typist."""
ANSWER_MS = 5_000
"""No answer for so long: the call has gone from the page meanwhile."""
BOX = ".info input"

NOTED = """
window.searches = [];
let keyed = 0;
addEventListener("keydown", (event) => { if (event.target.type === "search") keyed = event.timeStamp; }, true);
new MutationObserver(() => {
  const found = document.getElementById("info-found");
  if (!window.wanted || found?.children.length !== 1 || !found.textContent.includes(window.wanted)) return;
  window.wanted = null;
  const since = keyed;
  requestAnimationFrame(() => requestAnimationFrame(() => window.searches.push(performance.now() - since)));
}).observe(document, { childList: true, subtree: true });
"""


@dataclass
class Typist:
    """`searches_s`: from the last key to the painted answer."""

    searches_s: list[float] = field(default_factory=list)

    def beside(self, agent: int) -> Callable[[Stage], AbstractAsyncContextManager[None]]:
        """This agent's page, for as long as the campaign runs."""

        @asynccontextmanager
        async def searching(stage: Stage) -> AsyncIterator[None]:
            await information(stage)
            async with chromium() as browser:
                page = await page_of(browser, stage, agent, NOTED)
                task = asyncio.ensure_future(type_questions(page))
                try:
                    yield
                    self.searches_s = [ms / 1000 for ms in await page.evaluate("() => window.searches")]
                finally:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)

        return searching


async def type_questions(page: Page) -> None:
    """One after another, whenever there is a call on the page; until cancelled."""
    for n in count():
        entry = FIRST_ASKED + n * STEP % (ENTRIES - FIRST_ASKED)
        with suppress(Error):
            await page.wait_for_selector(BOX, timeout=0)
            await page.evaluate("title => { window.wanted = title; }", title(entry))
            await page.fill(BOX, "", timeout=ANSWER_MS)
            await page.locator(BOX).press_sequentially(f"вопр {entry}", delay=KEY_EVERY_MS, timeout=ANSWER_MS)
            await page.wait_for_function("() => window.wanted === null", timeout=ANSWER_MS)


async def information(stage: Stage) -> ProjectId:
    """Five thousand entries in the campaign's project, as autovacuum has left them a minute after they came."""
    async with stage.house.database.connection() as conn:
        project = ProjectId(
            await conn.fetchval("select project from dialer.campaign where id = $1", stage.house.work.campaign)
        )
    text = "Примерка, возврат, оплата и доставка: курьер ждёт пятнадцать минут, деньги возвращаются за три дня. "
    entries = [InfoEntry(0, title(n), f"{text}Ответ {n}.", n) for n in range(ENTRIES)]
    for first in range(0, ENTRIES, ENTRIES_AT_ONCE):
        some = entries[first : first + ENTRIES_AT_ONCE]
        await Contents(stage.house.database).save_info(project, some, "bench", time.time())
    async with stage.house.database.connection() as conn:
        await conn.execute("vacuum analyze dialer.project_info")
    return project


def title(n: int) -> str:
    return f"Вопрос {n}"
