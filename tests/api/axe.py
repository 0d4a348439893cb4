"""Accessibility of a page as axe-core sees it, run in the page itself; the library is built beside the pages' own."""

from playwright.async_api import Page

from dialer.api.pages import BORROWED

SERIOUS = ("serious", "critical")


async def no_serious_finding(page: Page) -> None:
    """Fails with the rule, the words and the elements of each serious finding."""
    await page.evaluate((BORROWED / "test" / "axe.js").read_text("utf-8"))
    told = await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    found = [
        f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes']]}"
        for one in told["violations"]
        if one["impact"] in SERIOUS
    ]
    assert not found, "\n".join(found)
