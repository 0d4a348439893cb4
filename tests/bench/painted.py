"""Agents' pages in a real Chromium beside the bench's own desks: when is a card on the glass?

A page is the second screen of an agent whom the bench plays. It tells by itself when a card has been painted (`seen`,
two frames after it was drawn): that moment is noted by the page's clock, which counts CLOCK_MONOTONIC from a start of
its own. The start is found by asking the page for its time and looking at ours before and after, the closest of many.
"""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page

from dialer.core.access import Role
from dialer.core.ids import AgentId
from dialer.store.users import Users
from tests.api.browser import chromium
from tests.bench.stage import Stage

PASSWORD = "correct horse battery"
LOOKS = 50
PATIENCE_MS = 300_000
"""Until a page is there, before anything is measured: five hundred desks sign in beside it."""

NOTED = """
window.painted = {};
const say = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  const word = typeof data === "string" && data.startsWith("{") ? JSON.parse(data) : {};
  if (word.type === "seen") window.painted[word.attempt] ??= performance.now();
  return say.call(this, data);
};
"""


@dataclass
class Glass:
    """`painted_at`: CLOCK_MONOTONIC seconds by attempt; `doubt_s`: by how much the worst page's clock may be off."""

    painted_at: dict[str, float] = field(default_factory=dict)
    doubt_s: float = 0.0

    def beside(self, agents: Sequence[int]) -> Callable[[Stage], AbstractAsyncContextManager[None]]:
        """Pages of these agents of the team, for as long as the campaign runs."""

        @asynccontextmanager
        async def open_pages(stage: Stage) -> AsyncIterator[None]:
            async with AsyncExitStack() as stack:
                browser = await stack.enter_async_context(chromium())
                pages = [await page_of(browser, stage, agent) for agent in agents]
                yield
                for page in pages:
                    await self._read(page)

        return open_pages

    async def _read(self, page: Page) -> None:
        start_s, doubt_s = await clock_of(page)
        told: Mapping[str, float] = await page.evaluate("() => window.painted")
        self.painted_at |= {attempt: start_s + at_ms / 1000 for attempt, at_ms in told.items()}
        self.doubt_s = max(self.doubt_s, doubt_s)


async def page_of(browser: Browser, stage: Stage, agent: int, noted: str = NOTED) -> Page:
    """The agent's page, signed in; it notes what this script tells it to."""
    name = f"agent-{agent}"
    await Users(stage.house.database).add(name, Role.AGENT, 0.0, agent=AgentId(agent), password=PASSWORD)
    context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="ru-RU")
    context.set_default_timeout(PATIENCE_MS)
    await context.add_init_script(noted)
    page = await context.new_page()
    await page.goto(stage.house.url)
    await page.fill("input[name=name]", name)
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#strip[data-state=ready]")
    return page


async def clock_of(page: Page) -> tuple[float, float]:
    """When the page's clock started, CLOCK_MONOTONIC seconds, and by how much that may be wrong."""
    looks = []
    for _ in range(LOOKS):
        before = time.monotonic()
        page_ms: float = await page.evaluate("() => performance.now()")
        after = time.monotonic()
        looks.append(((after - before) / 2, (before + after) / 2 - page_ms / 1000))
    doubt_s, start_s = min(looks)
    return start_s, doubt_s
