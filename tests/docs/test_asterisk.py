"""docs/asterisk.md: its examples are taken by the program, and what it names exists."""

import re
import textwrap
import tomllib
from pathlib import Path

from asterisk_conf.check import ENTRIES
from asterisk_conf.render import PIECES, render
from asterisk_conf.settings import Manager
from asterisk_conf.site import settings_of
from dialer.cli.asterisk import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "asterisk.md").read_text(encoding="utf-8")
BLOCKS = [textwrap.dedent(block) for block in re.findall(r"(?:^ {4,}.*\n|^\n)+", PAGE, re.MULTILINE)]
SECRET = "s" * 24


def test_the_site_s_file_is_taken():
    [example] = [block for block in BLOCKS if "[[phone]]" in block]
    settings = settings_of(tomllib.loads(example.replace("…", SECRET)), Manager(SECRET, SECRET), Path("/m"))
    assert settings.trunks[0].endpoint == "carrier"
    assert settings.phones[0].endpoint == "1001"
    assert settings.manager.permit == "10.0.0.5/32"


def test_every_toml_example_is_toml():
    tables = [block for block in BLOCKS if re.search(r"^\[\[?\w+\]?\]$", block, re.MULTILINE)]
    assert len(tables) >= 3
    for table in tables:
        commands = re.compile(r"^(openssl|chmod|chown).*$", re.MULTILINE)
        tomllib.loads(commands.sub("", table))


def test_every_piece_is_included_by_one_line():
    for piece in PIECES:
        assert f'#include "{piece}"' in PAGE


def test_every_command_of_the_page_exists():
    known = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert set(re.findall(r"dialer asterisk (\w+)", PAGE)) <= known


def test_every_event_and_context_of_the_page_is_in_the_dialplan():
    dialplan = render(settings_of({}, Manager(SECRET, SECRET), Path("/m")))["dialer/extensions.conf"]
    events = set(re.findall(r"\bDlr[A-Z]\w+", PAGE))
    assert events
    assert all(f"UserEvent({event}" in dialplan for event in events)
    assert all(context in PAGE for context in ENTRIES)


def test_every_file_that_the_page_names_is_there():
    for name in re.findall(r"`((?:sim|tests|asterisk_conf)/[\w/.]+)`", PAGE):
        assert (ROOT / name).exists(), name
