"""`dialer campaign` and `dialer agent`: the same requests as anybody's, through the running server."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.core.access import RIGHTS, Role
from dialer.core.wishes import AgentPaused, AgentReady, AgentSignedIn, CampaignChanged, CampaignCommanded
from tests.api.conftest import House
from tests.api.live import served

Command = Callable[..., Awaitable[int]]


@pytest_asyncio.fixture
async def dialer(house: House, monkeypatch: pytest.MonkeyPatch):
    """Runs a command against the served house, beside its loop."""
    await house.users.add("boss", Role.SUPERVISOR, house.clock.now())
    monkeypatch.setenv("DIALER_TOKEN", await house.users.make_token("boss", RIGHTS[Role.SUPERVISOR], house.clock.now()))
    async with served(house.app) as place:
        monkeypatch.setenv("DIALER_URL", f"http://{place}")
        yield lambda *arguments: asyncio.to_thread(cli.execute, list(arguments))


async def test_a_campaign_from_nothing_to_running(house: House, dialer: Command, capsys) -> None:
    made = await dialer(
        "campaign", "create", "вечер", "--project", "Новый", "--group", "вечерняя", "--mode", "predictive"
    )
    assert made == ExitCode.DONE
    assert "вечер: draft" in capsys.readouterr().out
    assert await dialer("campaign", "start", "вечер") == ExitCode.DONE
    assert "running" in capsys.readouterr().out
    assert house.room.told(CampaignCommanded)[0].campaign == house.room.told(CampaignChanged)[0].settings.id
    assert await dialer("campaign", "set", "вечер", "ceiling_ratio=0.02", "mode=power") == ExitCode.DONE
    assert "ceiling_ratio = 0.02" in capsys.readouterr().out
    assert await dialer("campaign", "list") == ExitCode.DONE
    assert "power        вечер" in capsys.readouterr().out


async def test_what_the_daemon_refuses_is_said_in_its_words(house: House, dialer: Command, capsys) -> None:
    assert await dialer("campaign", "pause", "заказы ноября") == ExitCode.TROUBLE
    assert "cannot pause now" in capsys.readouterr().err
    assert await dialer("campaign", "start", "нет такой") == ExitCode.INPUT
    assert "dialer campaign list" in capsys.readouterr().err
    assert await dialer("campaign", "set", "заказы ноября", "ceiling_ratio=9") == ExitCode.TROUBLE
    assert "ceiling_ratio" in capsys.readouterr().err
    assert await dialer("campaign", "set", "заказы ноября", "ceiling_ratio") == ExitCode.INPUT


async def test_an_agent_from_nothing_to_ready(house: House, dialer: Command, capsys) -> None:
    saved = await dialer("agent", "save", "2001", "--name", "Вера", "--group", "заказы", "--phone", "a/vera")
    assert saved == ExitCode.DONE
    assert await dialer("agent", "sign-in", "2001") == ExitCode.DONE
    [signed_in] = house.room.told(AgentSignedIn)
    assert (signed_in.session.phone.endpoint, signed_in.session.groups) == ("vera", {house.group})
    assert signed_in.session.leg == "dlr-a2001-n1"
    assert await dialer("agent", "ready", "2001") == ExitCode.DONE
    assert await dialer("agent", "pause", "2001", "--reason", "lunch") == ExitCode.DONE
    assert house.room.told(AgentReady)[0].agent == 2001
    assert house.room.told(AgentPaused)[0].reason == "lunch"
    assert await dialer("agent", "sign-in", "2001", "--endpoint", "elsewhere") == ExitCode.TROUBLE
    assert "no phone elsewhere" in capsys.readouterr().err
    assert await dialer("agent", "list") == ExitCode.DONE
    assert "a/vera" in capsys.readouterr().out


async def test_without_a_token_or_a_daemon_the_cure_is_named(dialer: Command, monkeypatch, capsys) -> None:
    assert await dialer("agent", "list", "--url", "http://127.0.0.1:9") == ExitCode.TROUBLE
    assert "is it running?" in capsys.readouterr().err
    monkeypatch.delenv("DIALER_TOKEN")
    assert await dialer("agent", "list") == ExitCode.TROUBLE
    assert "dialer user token" in capsys.readouterr().err
