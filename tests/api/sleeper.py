"""A tab that can really be put to sleep.

Playwright keeps each of its pages awake, as if it were looked at; so this one is opened beside them, in a browser
context of its own, and spoken to over the browser's own debugging session. Once asleep it stays hidden, also awake.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any

from playwright.async_api import Browser, CDPSession

PATIENCE_S = 60.0


class NoPage(RuntimeError):
    """The tab is between two pages, and what was asked of the one before has no answer."""


class Sleeper:
    """One tab. Everything raises TimeoutError where the browser does not answer."""

    def __init__(self, browser: CDPSession, session: str) -> None:
        self._browser = browser
        self._session = session
        self._ids = count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        browser.on("Target.receivedMessageFromTarget", self._hear)

    def _hear(self, event: dict[str, Any]) -> None:
        answer = json.loads(event["message"])
        if answer.get("id") in self._asked:
            self._asked.pop(answer["id"]).set_result(answer)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol. Raises NoPage."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": params}
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        told = {"sessionId": self._session, "message": json.dumps(message)}
        await self._browser.send("Target.sendMessageToTarget", told)
        async with asyncio.timeout(PATIENCE_S):
            told_back = await answer
        if "error" in told_back:
            raise NoPage(f"{method}: {told_back['error']['message']}")
        result: dict[str, Any] = told_back["result"]
        return result

    async def value(self, expression: str) -> Any:
        """What a script says; a promise is awaited."""
        found = await self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def until(self, expression: str, wanted: object = True) -> None:
        """Wait until the script says so, on whichever page."""
        async with asyncio.timeout(PATIENCE_S):
            while not await self._says(expression, wanted):  # noqa: ASYNC110 - the page is another program
                await asyncio.sleep(0.05)

    async def _says(self, expression: str, wanted: object) -> bool:
        with suppress(NoPage):
            return bool(await self.value(expression) == wanted)
        return False

    async def go(self, path: str) -> None:
        """Another page of the same place; what follows waits for something of it."""
        with suppress(NoPage):
            await self.value(f"location.assign({json.dumps(path)})")

    async def sleep(self) -> None:
        await self.ask("Page.setWebLifecycleState", state="frozen")

    async def show(self) -> None:
        """Before the eyes: what Playwright does to its own pages."""
        await self.ask("Emulation.setFocusEmulationEnabled", enabled=True)

    async def wake(self) -> None:
        await self.ask("Page.setWebLifecycleState", state="active")


@asynccontextmanager
async def sleeper_at(browser: Browser, url: str) -> AsyncIterator[Sleeper]:
    """A tab of its own at this address."""
    session = await browser.new_browser_cdp_session()
    context = (await session.send("Target.createBrowserContext"))["browserContextId"]
    target = (await session.send("Target.createTarget", {"url": url, "browserContextId": context}))["targetId"]
    attached = await session.send("Target.attachToTarget", {"targetId": target, "flatten": False})
    tab = Sleeper(session, attached["sessionId"])
    await tab.until(f"document.readyState === 'complete' && location.href === {json.dumps(url)}")
    try:
        yield tab
    finally:
        await session.send("Target.disposeBrowserContext", {"browserContextId": context})
