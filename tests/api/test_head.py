"""The head that every page shares, and what a page names as its own."""

from importlib.resources import files

import pytest

from dialer.api.head import framed
from dialer.api.pages import assets


def test_a_page_is_the_shared_head_with_what_is_its_own() -> None:
    page = framed("why.html", '<!--head sheets.css why.js-->\n<body class="steering">\n<main></main>\n</body>\n')
    assert page.startswith('<!doctype html>\n<html lang="ru">\n<head>\n')
    links = [line for line in page.splitlines() if "/assets/" in line]
    assert links == [
        '<script src="/assets/theme.js"></script>',
        '<link rel="stylesheet" href="/assets/base.css">',
        '<link rel="stylesheet" href="/assets/sheets.css">',
        '<script type="module" src="/assets/why.js"></script>',
    ]
    assert page.endswith('</head>\n<body class="steering">\n<main></main>\n</body>\n</html>\n')


@pytest.mark.parametrize(
    "text", ["", "<!doctype html>\n<html></html>", "<!--head a.js--><body>", '<!--head "x".js-->\n']
)
def test_a_page_that_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"why\.html begins with"):
        framed("why.html", text)


PAGES = sorted(one.name for one in (files("dialer.api") / "web").iterdir() if one.name.endswith(".html"))


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_names_is_there(name: str) -> None:
    found = assets()[name].body.decode()
    named = [part.split('"')[0] for part in found.split("/assets/")[1:]]
    assert named[:2] == ["theme.js", "base.css"]
    assert set(named) <= assets().keys()
    assert "<style" not in found
