"""`dialer user`: the first administrator comes in by a link that is printed once; nothing secret is listed."""

import asyncio
import re
import subprocess
from pathlib import Path

import pytest

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.store.db import Database
from dialer.store.users import Users
from tests.cli.configured import DIALER, configured

Say = pytest.CaptureFixture[str]


@pytest.fixture
def config(database_dsn: str, tmp_path: Path) -> str:
    return configured(tmp_path, database_dsn)


def run(config: str, *arguments: str) -> int:
    return cli.execute(["user", *arguments, "-c", config])


async def test_the_first_administrator(config: str, database_dsn: str, capsys: Say) -> None:
    assert await asyncio.to_thread(run, config, "add", "root", "--role", "admin") == ExitCode.DONE
    found = re.fullmatch(r"http://127\.0\.0\.1:8080/sign-in#link=(dll_[\w-]{43})\n", capsys.readouterr().out)
    assert found is not None
    async with await Database.open(database_dsn) as database:
        users = Users(database)
        [entry] = await users.audited()
        assert (entry.action, entry.subject, entry.detail) == ("user.add", "root", {"role": "admin"})
        assert entry.by.startswith("cli:")
        user = await users.use_link(found[1], entry.at + 60)
        assert user is not None
        assert user.role == "admin"


def test_a_link_for_somebody_who_is_there_and_for_nobody(config: str, capsys: Say) -> None:
    run(config, "add", "root", "--role", "admin")
    first = capsys.readouterr().out
    assert run(config, "link", "root") == ExitCode.DONE
    assert capsys.readouterr().out != first
    assert run(config, "link", "nobody") == ExitCode.INPUT
    assert "no user 'nobody'" in capsys.readouterr().err


def test_tokens_are_shown_once_and_listed_without_their_secret(config: str, capsys: Say) -> None:
    run(config, "add", "prometheus", "--role", "supervisor")
    capsys.readouterr()
    assert run(config, "token", "prometheus", "--scope", "metrics:read", "--label", "scraper", "--days", "30") == 0
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("dlt_")
    assert run(config, "tokens") == ExitCode.DONE
    listed = capsys.readouterr().out
    assert "metrics:read" in listed
    assert "scraper" in listed
    assert secret not in listed
    number = listed.split()[0]
    assert run(config, "revoke", number) == ExitCode.DONE
    assert run(config, "revoke", number) == ExitCode.INPUT


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["token", "root", "--scope", "everything"], ExitCode.USAGE),
        (["token", "root"], ExitCode.USAGE),
        (["add", "x", "--role", "emperor"], ExitCode.USAGE),
        (["add", "Root!", "--role", "admin"], ExitCode.INPUT),
        (["add", "anna", "--role", "agent"], ExitCode.INPUT),
        (["add", "root", "--role", "admin"], ExitCode.INPUT),
        (["add", "shop", "--role", "client", "--project", "999"], ExitCode.INPUT),
    ],
)
def test_what_cannot_be_is_refused(config: str, capsys: Say, arguments: list[str], code: ExitCode) -> None:
    run(config, "add", "root", "--role", "admin")
    assert run(config, *arguments) == code
    assert capsys.readouterr().err


def test_users_are_listed_with_what_they_are(config: str, capsys: Say) -> None:
    run(config, "add", "root", "--role", "admin")
    run(config, "add", "boss", "--role", "supervisor")
    run(config, "disable", "boss")
    capsys.readouterr()
    run(config, "list")
    assert capsys.readouterr().out.split() == ["boss", "supervisor", "disabled", "root", "admin"]
    run(config, "enable", "boss")
    capsys.readouterr()
    run(config, "list")
    assert "disabled" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (("short", "short"), ExitCode.INPUT),
        (("long enough to stay", "long enough to stay"), ExitCode.DONE),
        (("long enough to stay", "mistyped", "another long one", "another long one"), ExitCode.DONE),
    ],
)
def test_a_password_is_asked_for_twice_and_too_short_a_one_refused(
    config: str, typed: tuple[str, ...], code: ExitCode
) -> None:
    """The command itself, without a terminal of its own to ask on."""
    run(config, "add", "root", "--role", "admin")
    ran = subprocess.run(
        [DIALER, "user", "passwd", "root", "-c", config],
        input="".join(f"{line}\n" for line in typed),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        start_new_session=True,
    )
    assert ran.returncode == code, ran.stderr
    assert not any(line in ran.stdout + ran.stderr for line in typed if line != "short")
