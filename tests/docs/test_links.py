"""README and docs: links lead somewhere, the commands that they name exist, and the README lists what is there."""

import re
import tomllib
from pathlib import Path

import pytest

from dialer import cli

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
README = PAGES[0].read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BENCHES = re.findall(r"^BENCHES := (.*)$", MAKEFILE, re.MULTILINE)[0].split()
TARGETS = {*re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE), *(f"bench-{name}" for name in BENCHES)}


def of_page(page: Path) -> str:
    return page.name


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    dead = [
        link
        for link in links
        if not re.match(r"[a-z]+:|#", link) and not (page.parent / link.partition("#")[0]).exists()
    ]
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_make_target_named_is_one(page: Path) -> None:
    named = set(re.findall(r"^\s*make ([a-z][a-z_-]*)|`make ([a-z][a-z_-]*)", page.read_text(encoding="utf-8"), re.M))
    assert {first or second for first, second in named} <= TARGETS


def test_every_benchmark_of_the_makefile_is_there() -> None:
    assert [name for name in BENCHES if not (ROOT / "tests/bench" / f"{name}.py").is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_command_named_is_one(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^\s{4,}|`|bin/|-u dialer )dialer ([a-z-]+)", text, re.MULTILINE))
    assert named <= set(cli.available())


@pytest.mark.parametrize("page", PAGES, ids=of_page)
def test_every_module_named_to_be_run_exists(page: Path) -> None:
    for module in re.findall(r"python -m ((?:tests|sim|dialer)[\w.]*)", page.read_text(encoding="utf-8")):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_every_page_and_dependency_is_in_the_readme() -> None:
    for page in PAGES[2:]:
        assert f"(docs/{page.name})" in README, f"README leads nobody to docs/{page.name}"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project.get("optional-dependencies", {})
    wanted = [*project["dependencies"], *(name for group in optional.values() for name in group)]
    table = README.partition("## Dependencies")[2]
    missing = [name for name in (re.split(r"[\[<>=~!; ]", want)[0] for want in wanted) if name not in table]
    assert missing == []
