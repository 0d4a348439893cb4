"""The report against a real PostgreSQL: every figure counted by hand from eight attempts."""

import json
from pathlib import Path

import asyncpg
import pytest

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.report.campaign import CampaignReport, campaign_report, find_campaigns
from dialer.report.data import as_json
from dialer.report.text import as_text, clock, percent
from dialer.store.db import Database

PEOPLE = """
insert into dialer.project (name) values ('Shop'), ('Courier');
insert into dialer.agent_group (name) values ('day');
insert into dialer.agent (id, name) values (1001, 'A'), (1002, 'B'), (1003, 'C');
insert into dialer.agent_group_member values (1001, 1), (1002, 1);
insert into dialer.campaign (project, name, mode, calendar, rules) values
    (1, 'orders', 'power', '{}', '{}'), (2, 'orders', 'power', '{}', '{}'), (1, '2', 'power', '{}', '{}'),
    (1, 'fresh', 'power', '{}', '{}');
insert into dialer.campaign_group values (1, 1), (4, 1);
insert into dialer.list (project, campaign, name, accepted, duplicate, needs_decision, rejected, rejected_reasons)
    values (1, 1, 'november.csv', 5, 2, 1, 3, '{"TOO_SHORT": 3}');
"""

# (lead, attempt_no, outcome, answered after s, bridged after s, ended after s, agent, disposition, flags)
ATTEMPTS = [
    (1, 1, "busy", None, None, 1.0, None, None, ""),
    (1, 2, "answered", 10.0, 10.01, 70.01, 1001, "agreed", ""),
    (2, 1, "answered", 5.0, 5.03, 35.03, 1002, "agreed", ""),
    (3, 1, "answered", 5.0, 5.02, 15.02, 1001, "machine", ""),
    (4, 1, "abandoned", 8.0, None, 13.0, None, None, "abandoned"),
    (5, 1, "abandoned", 8.0, None, 9.0, None, None, "abandoned,caller_left"),
    (5, 1, "congestion", None, None, 1.0, None, None, "unused"),
    (4, 2, None, None, None, None, None, None, ""),
]
DIALLED = "2026-09-10 12:00:00+00"

# (agent, minutes after 12:00, state)
STATES = [
    (1001, -30, "paused"),
    (1001, 0, "ready"),
    (1001, 1, "talking"),
    (1001, 3, "wrap_up"),
    (1001, 4, "ready"),
    (1001, 6, "offline"),
    (1002, -10, "offline"),
    (1003, 0, "talking"),
]


async def _fill(conn: asyncpg.Connection) -> None:
    await conn.execute(PEOPLE)
    for lead in range(1, 6):
        await conn.execute(
            "insert into dialer.lead (id, list, campaign, project, state, number, next_call_at) "
            "values ($1, 1, 1, 1, $2, $3, now())",
            f"01990000-0000-7000-8000-{lead:012}",
            "done" if lead < 3 else "waiting",
            f"912000000{lead}",
        )
    for place, attempt in enumerate(ATTEMPTS):
        await _add(conn, place, attempt)
    for agent, minutes, state in STATES:
        await conn.execute(
            "insert into dialer.agent_state_log (agent, since, state) "
            f"values ($1, '{DIALLED}'::timestamptz + make_interval(mins => $2), $3)",
            agent,
            minutes,
            state,
        )


async def _add(conn: asyncpg.Connection, place: int, attempt: tuple[object, ...]) -> None:
    lead, attempt_no, outcome, answered_s, bridged_s, ended_s, agent, disposition, flags = attempt
    await conn.execute(
        "insert into dialer.attempt (id, lead, campaign, attempt_no, number, zone, server, trunk, state, reserved_at,"
        " dialled_at, answered_at, bridged_at, ended_at, settled_at, outcome, uses_attempt, agent, disposition,"
        " abandoned, caller_left) "
        f"select $1, $2, 1, $3, '9120000000', 1, 'main', 'carrier', $4, t.at, t.at,"
        " t.at + make_interval(secs => $5), t.at + make_interval(secs => $6), t.at + make_interval(secs => $7),"
        " t.at + make_interval(secs => $7), $8, $9, $10, $11, $12, $13 "
        f"from (select '{DIALLED}'::timestamptz + make_interval(mins => $14) as at) t",
        f"01a08b30-6600-7000-8000-{place:012}",
        f"01990000-0000-7000-8000-{lead:012}",
        attempt_no,
        "settled" if outcome else "dialled",
        answered_s,
        bridged_s,
        ended_s,
        outcome,
        None if outcome is None else flags != "unused",
        agent,
        disposition,
        "abandoned" in str(flags),
        "caller_left" in str(flags),
        place,
    )


@pytest.fixture
async def filled(database: Database) -> Database:
    async with database.connection() as conn:
        await _fill(conn)
    return database


async def report_on(database: Database, name: str) -> CampaignReport:
    async with database.connection() as conn:
        (found,) = await find_campaigns(conn, name)
        return await campaign_report(conn, found)


async def test_every_figure(filled: Database) -> None:
    report = await report_on(filled, "1")
    totals = report.totals
    assert (totals.attempts, totals.live, totals.dialled, totals.answered) == (8, 1, 8, 5)
    assert (totals.answered_by_person, totals.connected) == (4, 3), "the machine was connected, but is no person"
    assert (totals.abandoned, totals.caller_left, totals.silent, totals.late_joined) == (2, 1, 0, 0)
    assert totals.abandonment_ratio == 2 / 4
    assert (totals.leads_tried, totals.leads_reached) == (5, 2), "a machine is nobody reached"
    assert totals.talk_s == pytest.approx(100.0)
    assert totals.wait_median_s == pytest.approx(0.02)
    assert report.outcomes == {"answered": 3, "abandoned": 2, "busy": 1, "congestion": 1}
    assert report.leads == {"waiting": 3, "done": 2}


async def test_reach_counts_only_attempts_that_count(filled: Database) -> None:
    report = await report_on(filled, "1")
    assert [(step.attempt_no, step.attempts, step.leads, step.leads_reached) for step in report.reach] == [
        (1, 5, 5, 1),
        (2, 1, 1, 1),
    ]


async def test_agents_time_is_cut_at_the_edges_of_the_period(filled: Database) -> None:
    report = await report_on(filled, "1")
    first, second = report.agents
    assert (first.agent, first.connected, first.talk_s, first.wrap_up_s) == (1001, 2, 120.0, 60.0)
    assert (first.idle_s, first.paused_s) == (60.0 + 120.0, 0.0)
    assert first.occupancy_ratio == pytest.approx(180 / 360)
    assert (second.agent, second.connected, second.occupancy_ratio) == (1002, 1, None)
    assert report.occupancy_ratio == pytest.approx(0.5)


async def test_dispositions_have_their_labels_and_lists_add_up(filled: Database) -> None:
    report = await report_on(filled, "1")
    assert [(said.code, said.label, said.attempts) for said in report.dispositions] == [
        ("agreed", "Согласовано", 2),
        ("machine", "Автоответчик", 1),
    ]
    (imported,) = report.lists
    assert imported.rows == 11
    assert imported.rejected_reasons == {"TOO_SHORT": 3}


async def test_a_period_is_half_open(filled: Database) -> None:
    async with filled.connection() as conn:
        (found,) = await find_campaigns(conn, "1")
        whole = await campaign_report(conn, found)
        start = whole.totals.first_at
        assert start is not None
        cut = await campaign_report(conn, found, start, start.replace(minute=2))
    assert cut.totals.attempts == 2
    assert cut.agents[0].talk_s == 60.0


async def test_a_campaign_that_dialled_nothing_has_no_ratios(filled: Database) -> None:
    report = await report_on(filled, "fresh")
    assert report.totals.attempts == 0
    assert report.totals.abandonment_ratio is None
    assert report.occupancy_ratio is None
    assert "– of dialled" in as_text(report, width=100)


async def test_names_and_numbers(filled: Database) -> None:
    async with filled.connection() as conn:
        assert [found.id for found in await find_campaigns(conn, "orders")] == [1, 2]
        assert [found.id for found in await find_campaigns(conn, "2")] == [2, 3], "a name may look like a number"
        assert await find_campaigns(conn, "nothing") == ()
        assert await find_campaigns(conn, "99999999999999999999") == ()


async def test_text_and_json_say_the_same(filled: Database) -> None:
    report = await report_on(filled, "1")
    text = " ".join(as_text(report, width=100).split())
    for said in (
        "Shop: orders (№ 1, power, draft)",
        "by a person 4 80.0 % of answered",
        "abandoned 2 50.0 % of answered by a person the ceiling 3.0 % of answered by a person",
        "1 5 1 20.0 % 20.0 %",
        "1001 2 0:02:00 0:01:00 0:03:00 0:00:00 50.0 %",
        "november.csv 11 5 2 1 3",
    ):
        assert said in text
    data = json.loads(as_json(report))
    assert data["totals"]["abandonment_ratio"] == 0.5
    assert data["agents"][0]["occupancy_ratio"] == 0.5
    assert data["lists"][0]["rows"] == 11
    assert data["totals"]["first_at"].startswith("2026-09-10T12:00:00")


def test_how_figures_are_written() -> None:
    assert (percent(None), percent(0.0), percent(0.0345)) == ("–", "0.0 %", "3.5 %")
    assert (clock(0), clock(59.6), clock(3723)) == ("0:00:00", "0:01:00", "1:02:03")


CONFIG = """
[database]
dsn = "{dsn}"
[[asterisk]]
name = "main"
secret_file = "secret"
"""


@pytest.fixture
async def config(filled: Database, database_dsn: str, tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("x")
    path = tmp_path / "dialer.toml"
    path.write_text(CONFIG.format(dsn=database_dsn))
    return path


def test_the_command(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["report", "campaign", "1", "-c", str(config), "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["campaign"]["name"] == "orders"
    period = ["--since", "2026-09-10T15:01", "--until", "2026-09-11"]
    assert cli.execute(["report", "campaign", "1", "-c", str(config), "--json", *period]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["totals"]["attempts"] == 7, "15:01 in Moscow is 12:01 UTC"


def test_sums_are_brought_up_to_date(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for options in ([], [], ["--anew"]):
        assert cli.execute(["report", "sums", "-c", str(config), *options]) == ExitCode.DONE
        told.append(capsys.readouterr().out)
    assert told[0] == told[2] != told[1]
    assert told[1] == "the sums were up to date\n"


def test_an_unknown_and_an_ambiguous_campaign_are_refused(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["report", "campaign", "nothing", "-c", str(config)]) == ExitCode.INPUT
    assert "no campaign is called 'nothing'" in capsys.readouterr().err
    assert cli.execute(["report", "campaign", "orders", "-c", str(config)]) == ExitCode.INPUT
    assert "1 (Shop: orders), 2 (Courier: orders); give its number" in capsys.readouterr().err


def test_a_database_that_is_away_is_four(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret").write_text("x")
    path = tmp_path / "dialer.toml"
    path.write_text(CONFIG.format(dsn="postgresql://x@127.0.0.1:1/x"))
    assert cli.execute(["report", "campaign", "1", "-c", str(path)]) == ExitCode.DATABASE
    assert "is PostgreSQL running?" in capsys.readouterr().err
