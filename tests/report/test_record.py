"""A day written to the books and read back: what was recorded is what was lived, and lived again it is the same."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dialer.cli import execute
from dialer.cli.exits import ExitCode
from dialer.cli.from_campaign import as_scenario, told
from dialer.core.record import DayRecord
from dialer.report.measured import measured
from dialer.report.record import dialled_campaigns, record_of, trimmed
from dialer.store.db import Database
from sim.replay import recorded_tally, replayed
from sim.run import START
from sim.scenario import Scenario
from sim.world import Team
from tests.report.written import lived, write_day

DAY = Scenario(hours=0.3, seed=5, team=Team(agents=5, talk_s=40.0, wrap_s=8.0, break_every_s=500.0, break_s=60.0))


async def recorded(database: Database) -> tuple[dict[str, Any], DayRecord]:
    """The figures of the day as it was lived, and its record."""
    day, story = lived(DAY)
    settings = await write_day(database, DAY, story)
    async with database.connection() as conn:
        assert await dialled_campaigns(conn, START - 60, START + 3600) == [
            (settings.id, settings.name, day.tally.attempts)
        ]
        return day.tally.figures(), await record_of(conn, settings, START, START + DAY.hours * 3600)


def same(figures: dict[str, Any], others: dict[str, Any]) -> None:
    """Counts to the last call; times as far as the books hold them, a millionth of a second."""
    for name in ("attempts", "answered", "connected", "abandoned"):
        assert figures[name] == others[name], name
    for name in figures:
        assert figures[name] == pytest.approx(others[name], abs=2e-3), name


async def test_a_record_lived_again_as_decided_gives_its_own_figures(database: Database) -> None:
    figures, record = await recorded(database)
    assert figures["abandoned"] > 0
    same(recorded_tally(record).figures(), figures)
    again = replayed(record, None)
    same(again.tally.figures(), figures)
    assert again.drawn_again == 0

    bolder = replayed(record, "power", seed=1)
    assert bolder.tally.figures() == replayed(record, "power", seed=1).tally.figures()
    careful = replayed(record, "progressive").tally.figures()
    assert careful["abandoned"] == 0
    assert careful["attempts"] < figures["attempts"]
    cut = trimmed(record)
    assert record.begins <= cut.begins < cut.ends <= record.ends
    assert cut.calls == record.calls


CONFIG = """
[database]
dsn = "{dsn}"
[[asterisk]]
name = "main"
secret_file = "secret"
"""


async def test_the_command_shows_record_and_strategy_side_by_side(
    database: Database, database_dsn: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = replace(DAY, hours=0.1)
    day, story = lived(scenario)
    await write_day(database, scenario, story)
    (tmp_path / "secret").write_text("x")
    (tmp_path / "dialer.toml").write_text(CONFIG.format(dsn=database_dsn))
    command = ["replay", "2026-01-05", "--strategy", "progressive", "-c", str(tmp_path / "dialer.toml")]

    assert await asyncio.to_thread(execute, [*command, "--json"]) == ExitCode.DONE
    shown = json.loads(capsys.readouterr().out)
    lived_again = day.tally.figures()
    for side in ("recorded", "replayed"):
        assert shown["figures"][side]["attempts"] == lived_again["attempts"], side
    assert shown["figures"]["progressive"]["abandoned"] == 0
    assert shown["drawn_again"] == 0

    assert await asyncio.to_thread(execute, command) == ExitCode.DONE
    table = capsys.readouterr().out
    assert "occupancy" in table
    assert "drawn again" in table

    power = [*command[:3], "power", *command[4:]]
    assert await asyncio.to_thread(execute, power) == ExitCode.DONE
    assert "power × 1 " in capsys.readouterr().out
    assert await asyncio.to_thread(execute, [*power, "--power-ratio", "3", "--json"]) == ExitCode.DONE
    three_each = json.loads(capsys.readouterr().out)["figures"]["power"]
    assert three_each["attempts"] > shown["figures"]["progressive"]["attempts"]

    assert await asyncio.to_thread(execute, [*command[:1], "2026-01-07", *command[2:]]) == ExitCode.INPUT
    assert "nothing was dialled on 2026-01-07" in capsys.readouterr().err
    assert await asyncio.to_thread(execute, [*command, "--strategy", "magic"]) == ExitCode.INPUT
    assert "no strategy is called 'magic'" in capsys.readouterr().err


async def test_what_is_measured_of_a_campaign_is_what_it_was_made_of(database: Database) -> None:
    """A day lived in a known world, measured in the books: the world comes out again."""
    scenario = replace(DAY, hours=0.35, team=replace(DAY.team, break_every_s=0.0))
    _, story = lived(scenario)
    settings = await write_day(database, scenario, story)
    async with database.connection() as conn:
        found = await measured(conn, settings, START - 60, START + 3600)
        nothing = await measured(conn, settings, START - 7200, START - 3600)
    day = as_scenario(found)
    world = scenario.people
    assert day.people.answer_ratio == pytest.approx(world.answer_ratio, abs=0.1)
    assert day.people.ring_s == pytest.approx(world.ring_s, rel=0.25)
    assert day.team.agents == scenario.team.agents
    assert day.hours == pytest.approx(scenario.hours, rel=0.05)
    assert day.team.talk_s == pytest.approx(scenario.team.talk_s, rel=0.3)
    assert day.team.wrap_s == pytest.approx(scenario.team.wrap_s, rel=0.3)
    assert 1.9 < day.plant.setup_low_s < day.plant.setup_high_s < 4.1
    assert "not measured" not in "".join(told(found, 1))
    assert (day.strategy, day.ceiling, day.name) == (settings.mode, settings.ceiling_ratio, settings.name)

    blank = as_scenario(nothing)
    assert (blank.people, blank.team, blank.plant) == (Scenario().people, Scenario().team, Scenario().plant)
    assert "".join(told(nothing, 1)).count("not measured") == 4
