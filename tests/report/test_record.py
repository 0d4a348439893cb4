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
from dialer.core.effects import BookAgentState
from dialer.core.ids import AgentId
from dialer.core.record import DayRecord
from dialer.core.states import AgentState
from dialer.report.measured import measured
from dialer.report.record import dialled_campaigns, record_of, trimmed
from dialer.store import agents
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


async def test_of_a_campaign_with_a_skill_only_those_who_can_are_there(database: Database) -> None:
    """Two of five have the skill, the third took its calls and has lost it since; the others cannot do enough."""
    _, story = lived(replace(DAY, hours=0.1))
    settings = await write_day(database, DAY, story)
    async with database.connection() as conn:
        everybody = {state.agent for state in (await record_of(conn, settings, START, START + 360)).states}
        assert everybody == set(range(1001, 1006))
        await conn.execute("update dialer.campaign set skill = 'german', skill_level = 2 where id = $1", settings.id)
        await conn.executemany(
            "insert into dialer.agent_skill (agent, skill, level) values ($1, $2, $3)",
            [(1001, "german", 2), (1002, "german", 9), (1004, "french", 9), (1005, "german", 1)],
        )
        await conn.execute("update dialer.agent_state_log set attempt = null where agent <> 1003")
        record = await record_of(conn, settings, START, START + 360)
    assert {state.agent for state in record.states} == {1001, 1002, 1003}


CONFIG = """
[database]
dsn = "{dsn}"
[[asterisk]]
name = "main"
secret_file = "secret"
"""


async def only_hard_and_skilled(database: Database) -> None:
    """From now on the campaign has a hard ceiling, a slow rate, a skill that nobody has any more, and a past."""
    async with database.connection() as conn:
        await conn.execute(
            "update dialer.campaign set ceiling_mode = 'hard', calls_per_second = 0.01, skill = 'german'"
        )
        await conn.execute(
            "insert into dialer.abandonment (campaign, minute, answered, abandoned)"
            " select id, to_timestamp($1), 1000, 900 from dialer.campaign",
            START - 13 * 3600.0,
        )


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
    await only_hard_and_skilled(database)
    assert await asyncio.to_thread(execute, [*power, "--power-ratio", "3", "--json"]) == ExitCode.DONE
    bound = json.loads(capsys.readouterr().out)["figures"]
    assert bound["replayed"]["attempts"] == bound["recorded"]["attempts"] == lived_again["attempts"]
    assert 0 < bound["power"]["attempts"] < three_each["attempts"], "the debts of the day before hold it"

    assert await asyncio.to_thread(execute, [*command[:1], "2026-01-07", *command[2:]]) == ExitCode.INPUT
    assert "nothing was dialled on 2026-01-07" in capsys.readouterr().err
    assert await asyncio.to_thread(execute, [*command, "--strategy", "magic"]) == ExitCode.INPUT
    assert "no strategy is called 'magic'" in capsys.readouterr().err
    assert await asyncio.to_thread(execute, [*command, "--strategy", "manual"]) == ExitCode.INPUT
    assert "agents choose whom they call" in capsys.readouterr().err


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
    assert 15.9 < day.plant.give_up_low_s < day.plant.give_up_high_s < scenario.plant.give_up_high_s, "of ringing"
    assert "not measured" not in "".join(told(found, 1))
    assert (day.strategy, day.ceiling, day.name) == (settings.mode, settings.ceiling_ratio, settings.name)

    limited = replace(settings, calls_per_second=0.05, cancel_surplus=True)
    what_if = as_scenario(replace(found, settings=limited))
    assert (what_if.plant.calls_per_second, what_if.cancel_surplus) == (0.05, True)

    blank = as_scenario(nothing)
    assert (blank.people, blank.team, blank.plant) == (Scenario().people, Scenario().team, Scenario().plant)
    assert "".join(told(nothing, 1)).count("not measured") == 4


async def test_where_a_skill_is_needed_those_who_lack_it_are_not_measured(database: Database) -> None:
    scenario = replace(DAY, hours=0.1, team=replace(DAY.team, agents=2, break_every_s=0.0))
    _, story = lived(scenario)
    settings = await write_day(database, scenario, story)
    (group,) = settings.groups
    other = AgentId(2000)

    async def found() -> int:
        async with database.connection() as conn:
            return as_scenario(await measured(conn, settings, START - 60, START + 3600)).team.agents

    async with database.connection() as conn:
        await agents.save_agent(conn, agents.Agent(other, "…", frozenset({group})))
        waits = (AgentState.READY, START), (AgentState.PAUSED, START + scenario.hours * 3600)
        await agents.book_states(conn, [BookAgentState(agent=other, state=state, since=at) for state, at in waits])
    assert await found() == 3
    async with database.connection() as conn:
        await conn.execute("update dialer.campaign set skill = 'german', skill_level = 2")
    assert await found() == 2, "those who took its calls"
    async with database.connection() as conn:
        await conn.execute("insert into dialer.agent_skill (agent, skill, level) values ($1, 'german', 2)", other)
    assert await found() == 3
