"""What the pages are made of: our own files, and what they borrow, built from the lock file."""

from pathlib import Path

import httpx
import pytest

from dialer.api import pages
from tests.api.conftest import House

Headers = dict[str, str]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("agent.js", "text/javascript"), ("uplot.js", "text/javascript"), ("uplot.css", "text/css")],
)
async def test_own_and_borrowed_files_are_served_alike(
    house: House, http: httpx.AsyncClient, admin: Headers, name: str, kind: str
) -> None:
    answer = await http.get(f"/assets/{name}", headers=admin)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    again = await http.get(f"/assets/{name}", headers={**admin, "If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["axe.js", "test", "agent.html", "package.json"])
async def test_nothing_else_is_an_asset(house: House, http: httpx.AsyncClient, admin: Headers, name: str) -> None:
    assert (await http.get(f"/assets/{name}", headers=admin)).status_code == 404


def test_pages_that_were_not_built_say_how_to_build_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pages, "BORROWED", tmp_path / "share")
    pages.assets.cache_clear()
    with pytest.raises(pages.PagesNotBuilt, match="make install"):
        pages.assets()
