"""The written description is that of the routes; the sockets' messages are all in it."""

import re
from pathlib import Path

from dialer.api import docs
from dialer.api.app import ROUTERS
from dialer.core.access import Role

ROOT = Path(__file__).parents[2]


def test_the_page_is_that_of_the_routes() -> None:
    written = (ROOT / "docs" / "api.md").read_text("utf-8")
    assert written == docs.markdown(), "run: python -m dialer.api.docs > docs/api.md"


def test_every_route_of_the_api_is_described() -> None:
    text = docs.markdown()
    paths = {route.path for router in ROUTERS for route in router.routes if getattr(route, "include_in_schema", False)}
    assert len(paths) > 20
    for path in paths:
        assert path in text


def test_every_message_and_role_is_described() -> None:
    text = (ROOT / "docs" / "desk.md").read_text("utf-8")
    sources = list((ROOT / "dialer" / "desk").glob("*.py"))
    kinds = {kind for path in sources for kind in re.findall(r'message\("(\w+)"', path.read_text("utf-8"))}
    assert len(kinds) >= 8
    for word in [*kinds, "beat", "picture", *Role]:
        assert f"`{word}`" in text or f"| {word} |" in text, word
