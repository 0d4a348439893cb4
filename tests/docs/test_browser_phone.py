"""The page about phones in browsers: its settings are taken, its figures are the program's, its modules are loaded."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from asterisk_conf.nat import OWN_TRANSPORT
from asterisk_conf.render import BROWSER_MODULES, OPUS_MODULES
from asterisk_conf.settings import Manager
from asterisk_conf.site import settings_of
from dialer.config import Asterisk, PhoneSection
from dialer.core.line_acts import ALONE_LEASE_S
from dialer.phones import PASS_S, SECRET_BYTES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "browser-phone.md").read_text(encoding="utf-8")
SECRET = "s" * 24


def block(first_line: str) -> str:
    """The indented block that begins so."""
    found = re.search(rf"^( +){re.escape(first_line)}\n(?:\1.*\n)+", PAGE, re.MULTILINE)
    assert found, first_line
    return "\n".join(line.removeprefix(found[1]) for line in found[0].splitlines())


def test_the_site_s_phone_is_taken() -> None:
    settings = settings_of(tomllib.loads(block("[[phone]]")), Manager(SECRET, SECRET), Path("/m"))
    assert [phone.endpoint for phone in settings.browser_phones] == ["anna-web"]


def test_the_daemon_s_settings_are_taken() -> None:
    [server] = tomllib.loads(block("[[asterisk]]"))["asterisk"]
    assert Asterisk(**server, secret=SECRET).phone_url == "wss://dialer.example.org/phone"
    assert PhoneSection(**tomllib.loads(block("[phone]"))["phone"], key=SECRET).turn


def test_the_site_s_addresses_are_taken_and_every_one_is_shown() -> None:
    nat = settings_of(tomllib.loads(block("[nat]")), Manager(SECRET, SECRET), Path("/m")).nat
    assert [field.name for field in fields(nat) if not getattr(nat, field.name)] == []
    assert nat.transport != OWN_TRANSPORT


@pytest.mark.parametrize("module", [*BROWSER_MODULES, *OPUS_MODULES])
def test_every_module_is_named(module: str) -> None:
    assert f"`{module}`" in PAGE


def test_the_figures_are_the_program_s() -> None:
    assert f"{SECRET_BYTES * 8} random\nbits" in PAGE
    assert PASS_S == 12 * 3600, "twelve hours at the latest"
    assert ALONE_LEASE_S == 25, "After 25 s the customer is hung up"
    script = (ROOT / "dialer" / "api" / "web" / "phone.js").read_text(encoding="utf-8")
    assert "RING_EVERY_MS = 15_000" in script
    assert "RING_TRIES = 3" in script
    assert "WORKED_MS = 10_000" in script
