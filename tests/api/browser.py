"""Debian's Chromium: the machine's own where it has one, else fetched without root and run with its own libraries."""

import os
import platform
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from sim.stand.debs import Archive

FALLBACK_SUITE = "bookworm"


@asynccontextmanager
async def chromium(*arguments: str) -> AsyncIterator[Browser]:
    """A headless browser, with these arguments more, for the length of the block."""
    program, env = await _program()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, env=env, args=["--no-sandbox", *arguments])
        try:
            yield browser
        finally:
            await browser.close()


async def _program() -> tuple[str, dict[str, str]]:
    own = shutil.which("chromium")
    if own is not None:
        return own, dict(os.environ)
    # Its libraries are of the machine's own release, so that they fit the machine's libc: Chromium starts itself
    # again by /proc/self/exe, which another release's loader would not survive.
    suite = platform.freedesktop_os_release().get("VERSION_CODENAME", FALLBACK_SUITE)
    root = await Archive(suite, print).fetch("chromium", "fonts-inter")
    env = {
        **os.environ,
        "LD_LIBRARY_PATH": root.library_path,
        "XDG_DATA_HOME": str(root.file("usr/share")),  # its fonts are found there
    }
    return str(root.file("usr/lib/chromium/chromium")), env
