"""A picture of a page of a running daemon, by its one-time link:

python -m tests.api.screenshot 'http://127.0.0.1:8080/sign-in#link=…' docs/img/wallboard.png [dark] [SECONDS]
"""

import asyncio
import sys
from pathlib import Path
from typing import Literal

from playwright.async_api import ViewportSize

from tests.api.browser import chromium

SIZE: ViewportSize = {"width": 1280, "height": 720}
SETTLE_S = 5.0
"""A few pictures of the floor, so that rates and plots have something to show."""


async def main(link: str, target: Path, theme: Literal["dark", "light"], seconds: float) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    async with chromium() as browser:
        context = await browser.new_context(viewport=SIZE, color_scheme=theme, device_scale_factor=2)
        page = await context.new_page()
        await page.goto(link)
        await page.click("#later")
        await page.wait_for_selector("main")
        await page.wait_for_timeout(seconds * 1000)
        await page.screenshot(path=target)


if __name__ == "__main__":
    link, target, *rest = sys.argv[1:]
    theme: Literal["dark", "light"] = "dark" if "dark" in rest else "light"
    seconds = next((float(word) for word in rest if word.replace(".", "").isdigit()), SETTLE_S)
    asyncio.run(main(link, Path(target), theme, seconds))
