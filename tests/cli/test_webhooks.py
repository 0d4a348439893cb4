"""`dialer webhooks`: the secret is printed once, private networks are a person's decision, the dead are replayed."""

import asyncio
from pathlib import Path

import pytest

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.clock import Clock
from dialer.core.ids import ProjectId
from dialer.store import campaigns
from dialer.store.db import Database
from dialer.store.outbox import OutboxBooks, WebhookBooks
from dialer.store.users import Users
from tests.cli.configured import configured

Say = pytest.CaptureFixture[str]
SHOP = "https://8.8.8.8/x"


@pytest.fixture
def config(database_dsn: str, tmp_path: Path) -> str:
    async def project() -> None:
        async with await Database.open(database_dsn) as database, database.connection() as conn:
            await campaigns.create_project(conn, "Ромашка")

    asyncio.run(project())
    path = Path(configured(tmp_path, database_dsn))
    (tmp_path / "webhooks.key").write_text("k" * 40)
    path.write_text(path.read_text() + '[webhooks]\nkey_file = "webhooks.key"\n')
    return str(path)


def run(config: str, *arguments: str) -> int:
    return cli.execute(["webhooks", *arguments, "-c", config])


def test_a_webhook_is_made_listed_and_its_secret_replaced(config: str, capsys: Say) -> None:
    assert run(config, "add", "1", SHOP, "--map", "agreed=OK", "--map", "*=NO") == ExitCode.DONE
    secret = capsys.readouterr().out.strip()
    assert secret.startswith("whsec_")
    assert run(config, "list") == ExitCode.DONE
    listed = capsys.readouterr().out
    assert SHOP in listed
    assert "whsec_" not in listed
    assert run(config, "rotate", "1") == ExitCode.DONE
    assert capsys.readouterr().out.strip() not in ("", secret)
    for word, state in (("pause", "paused"), ("resume", "active"), ("remove", "removed")):
        assert run(config, word, "1") == ExitCode.DONE
        assert state in capsys.readouterr().out
    assert run(config, "pause", "1") == ExitCode.INPUT


def test_a_private_address_must_be_allowed_first(config: str, database_dsn: str, capsys: Say) -> None:
    private = "http://127.0.0.1:9999/x"
    assert run(config, "add", "1", private) == ExitCode.INPUT
    assert "dialer webhooks allow" in capsys.readouterr().err
    assert run(config, "allow", "1", "127.0.0.0/8", "--reason", "on this machine") == ExitCode.DONE
    assert run(config, "add", "1", private) == ExitCode.DONE
    assert run(config, "forbid", "1", "127.0.0.0/8") == ExitCode.DONE
    assert run(config, "forbid", "1", "127.0.0.0/8") == ExitCode.INPUT
    actions = [entry.action for entry in asyncio.run(audited(database_dsn))]
    assert sorted(actions) == ["network.allow", "network.forbid", "webhook.add"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "7", SHOP), "no project 7"),
        (("add", "1", "shop"), "bad_url"),
        (("add", "1", SHOP, "--map", "agreed"), "OURS=THEIRS"),
        (("allow", "1", "10.0.0.1/8", "--reason", "x"), "is no network"),
        (("allow", "7", "10.0.0.0/8", "--reason", "x"), "no project 7"),
        (("replay", "7"), "no webhook 7"),
    ],
)
def test_what_cannot_be_done_is_said(config: str, capsys: Say, arguments: tuple[str, ...], said: str) -> None:
    assert run(config, *arguments) == ExitCode.INPUT
    assert said in capsys.readouterr().err


def test_without_a_key_it_says_how_to_make_one(tmp_path: Path, database_dsn: str, capsys: Say) -> None:
    assert run(configured(tmp_path, database_dsn), "add", "1", SHOP) == ExitCode.INPUT
    assert "openssl rand" in capsys.readouterr().err


def test_the_dead_are_shown_and_replayed(config: str, database_dsn: str, capsys: Say) -> None:
    run(config, "add", "1", SHOP)
    asyncio.run(give_up_one(database_dsn))
    capsys.readouterr()
    assert run(config, "dead", "1") == ExitCode.DONE
    assert "never_sent" in capsys.readouterr().out
    assert run(config, "replay", "1") == ExitCode.DONE
    assert "1 events go again" in capsys.readouterr().out
    assert run(config, "replay", "1", "1") == ExitCode.DONE
    assert "0 events" in capsys.readouterr().out


async def give_up_one(dsn: str) -> None:
    async with await Database.open(dsn) as database:
        now, books = Clock().now(), OutboxBooks(database)
        await WebhookBooks(database).post(ProjectId(1), "attempt_settled", {}, now)
        await books.fan_out(now, now - 1, 10)
        await books.give_up(now)


async def audited(dsn: str) -> list[object]:
    async with await Database.open(dsn) as database:
        return list(await Users(database).audited())
