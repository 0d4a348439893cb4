"""Explanations: each reason for which a lead is not dialled is told, the decisive one first; decisions in words."""

from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from pathlib import Path

import asyncpg
import pytest

from dialer import cli
from dialer.cli.exits import ExitCode
from dialer.core.hours import Calendar, Window
from dialer.core.ids import CampaignId, ProjectId
from dialer.core.outcome import AttemptRules
from dialer.core.settings import CampaignSettings
from dialer.report.explain import LeadFacts, find_leads, past_attempts, why_not_dialled
from dialer.store.campaign_rows import calendar_to_json, rules_to_json
from dialer.store.db import Database

ALWAYS = Calendar(((Window(0, 1440),),) * 7)
NEVER = Calendar(((),) * 7)
NOON = datetime(2026, 9, 10, 9, tzinfo=UTC).timestamp()
"""In Moscow."""

ALL_DAY = CampaignSettings(CampaignId(1), ProjectId(1), "orders", frozenset(), mode="power", calendar=ALWAYS)
DAYTIME, AT_NO_TIME = replace(ALL_DAY, calendar=Calendar()), replace(ALL_DAY, calendar=NEVER)
WAIVING = replace(DAYTIME, rules=AttemptRules(waive_hours_s=1800.0))

READY = LeadFacts(
    id="01990000-0000-7000-8000-000000000001",
    external_id="ORDER-1",
    state="ready",
    reason="",
    held=False,
    withdrawn=None,
    attempts=0,
    zone="Europe/Moscow",
    next_call_at=NOON - 60,
    expires_at=None,
    project="Shop",
    project_zone="Europe/Moscow",
    campaign_id=1,
    campaign="orders",
    campaign_state="running",
    has_consent=False,
    asked_at=None,
    rests_until=None,
    do_not_call=None,
    number_is_busy=False,
)


def show(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "it is due: it is dialled when pacing starts its next call"),
        ({"state": "done", "reason": "agreed"}, "it is done: agreed"),
        ({"state": "refused", "reason": "do_not_call"}, "it was refused: do_not_call"),
        ({"state": "expired", "reason": "expired"}, "it has expired: expired"),
        ({"state": "needs_decision", "reason": "AMBIGUOUS"}, "it waits for a decision of a person: AMBIGUOUS"),
        ({"state": "claimed"}, "it is being called now"),
        ({"state": "in_call"}, "it is being called now"),
        ({"held": True}, "its list is paused"),
        ({"campaign_state": "paused"}, "its campaign is paused"),
        ({"do_not_call": "asked us"}, "its number may not be called: asked us"),
        ({"expires_at": NOON - 3600}, "it expired at 08:00"),
        ({"attempts": 6}, "it has used all 6 attempts"),
        ({"number_is_busy": True}, "its number is being called for another lead"),
        ({"rests_until": inf}, "its number was called as often as it ever may be"),
    ],
)
def test_each_reason_alone(changed: dict[str, object], said: str) -> None:
    assert why_not_dialled(replace(READY, **changed), ALL_DAY, NOON, show) == [said]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"state": "waiting", "reason": "busy", "next_call_at": NOON + 600}, "it rests until 09:10 (busy)"),
        ({"rests_until": NOON + 600}, "its number rests until 09:10: it was called for this or another lead"),
    ],
)
def test_what_time_mends_says_when(changed: dict[str, object], said: str) -> None:
    told = [said, "it may be called from 09:10 on"]
    assert why_not_dialled(replace(READY, **changed), ALL_DAY, NOON, show) == told


def test_hours() -> None:
    night = datetime(2026, 9, 10, 20, tzinfo=UTC).timestamp()
    closed = "calling hours are closed in"
    assert why_not_dialled(READY, DAYTIME, night, show) == [
        f"{closed} Europe/Moscow",
        "it may be called from 06:00 on",
    ]
    assert why_not_dialled(replace(READY, zone=""), DAYTIME, night, show) == [
        f"{closed} some zone of Russia, and its own is unknown",
        "it may be called from 07:00 on",
    ]
    assert why_not_dialled(READY, AT_NO_TIME, night, show) == [f"{closed} Europe/Moscow for good, by this calendar"]
    asked = replace(READY, asked_at=night - 600)
    assert "has just asked for the call" in why_not_dialled(asked, WAIVING, night, show)[0]


def test_law() -> None:
    ads = replace(ALL_DAY, law="ru_ads")
    assert why_not_dialled(READY, ads, NOON, show) == [
        "the law profile ru_ads does not allow the mode power",
        "there is no record of consent in its field `consent`",
    ]


def test_several_reasons_the_decisive_one_first() -> None:
    lead = replace(READY, held=True, campaign_state="stopped", next_call_at=NOON + 60, attempts=7)
    told = why_not_dialled(lead, AT_NO_TIME, NOON, show)
    assert [reason.split()[1] for reason in told] == ["has", "list", "rests", "hours", "campaign"]


CONFIG = """
[database]
dsn = "{dsn}"
[[asterisk]]
name = "main"
secret_file = "secret"
"""


@pytest.fixture
async def filled(database: Database) -> Database:
    async with database.connection() as conn:
        await _fill(conn)
    return database


async def _fill(conn: asyncpg.Connection) -> None:
    await conn.execute("insert into dialer.project (name) values ('Shop'), ('Courier')")
    await conn.execute(
        "insert into dialer.campaign (project, name, mode, state, calendar, rules) values "
        "(1, 'orders', 'power', 'running', $1::text::jsonb, $2::text::jsonb)",
        calendar_to_json(ALWAYS),
        rules_to_json(AttemptRules(max_attempts=3)),
    )
    await conn.execute("insert into dialer.list (project, campaign, name, accepted) values (1, 1, 'a.csv', 3)")
    await conn.execute(
        "insert into dialer.lead (id, list, campaign, project, external_id, state, reason, number, attempts, "
        "next_call_at) values "
        "('01990000-0000-7000-8000-000000000001', 1, 1, 1, 'ORDER-1', 'waiting', 'busy', '9120000001', 1, "
        "now() + interval '1 hour'),"
        "('01990000-0000-7000-8000-000000000002', 1, 1, 2, 'ORDER-1', 'ready', '', '9120000002', 0, now()),"
        "('01990000-0000-7000-8000-000000000003', 1, 1, 1, 'ORDER-3', 'ready', '', '9120000002', 0, now())"
    )
    await conn.execute("insert into dialer.do_not_call (number, reason) values ('9120000002', 'asked us')")
    await conn.execute(
        "insert into dialer.live_attempt values ('9120000002', gen_random_uuid(), "
        "'01990000-0000-7000-8000-000000000003', 1)"
    )
    await conn.execute(
        "insert into dialer.attempt (id, lead, campaign, attempt_no, number, zone, server, trunk, state, reserved_at, "
        "outcome, uses_attempt) values ('01993380-0000-7000-8000-000000000001', "
        "'01990000-0000-7000-8000-000000000001', 1, 1, '9120000001', 1, 'main', 'carrier', 'settled', "
        "'2026-09-10 09:00+00', 'busy', true)"
    )
    await conn.execute(
        "insert into dialer.decision values "
        "(1, 'main', '2026-09-10 09:00+00', 'power', 4, 6, 'свободно 2 → набрать 6', '{\"free_agents\": 2}', 'lines'),"
        "(1, 'main', '2026-09-10 09:01+00', 'power', 0, 0, 'nobody is free', '{}', '')"
    )


@pytest.fixture
async def config(filled: Database, database_dsn: str, tmp_path: Path) -> str:
    (tmp_path / "secret").write_text("x")
    path = tmp_path / "dialer.toml"
    path.write_text(CONFIG.format(dsn=database_dsn))
    return str(path)


async def test_facts_come_from_the_books(filled: Database) -> None:
    async with filled.connection() as conn:
        (first, second) = await find_leads(conn, "ORDER-1")
        (by_id,) = await find_leads(conn, "01990000-0000-7000-8000-000000000002")
        (attempt,) = await past_attempts(conn, first.id)
    assert by_id == second
    assert (first.do_not_call, first.number_is_busy, first.rests_until) == (None, False, None)
    assert (second.do_not_call, second.number_is_busy, second.zone) == ("asked us", True, "")
    assert (attempt.outcome, attempt.uses_attempt) == ("busy", True)


def test_a_lead_explained(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["explain", "lead", "01990000-0000-7000-8000-000000000001", "-c", config]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "(Shop: orders, ORDER-1): waiting" in shown
    assert "it rests until" in shown
    assert "2026-09-10 12:00 MSK  attempt 1: busy" in shown
    assert "912000" not in shown


def test_a_campaign_explained(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["explain", "campaign", "orders", "-c", config]) == ExitCode.DONE
    shown = capsys.readouterr().out
    newest, oldest = shown.index("0 started, power: nobody is free"), shown.index("4 started (of 6 wished), power")
    assert newest < oldest
    assert "[free_agents 2]" in shown
    assert "Leads (3 in all):" in shown


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (
            "2026-09-10T12:00:59",
            "12:00:00 MSK  main: 4 started (of 6 wished), power: free 2 → dial 6; limit: free lines → dial 4",
        ),
        ("2026-09-10T09:00:59+00:00", "main: 4 started"),
        ("2026-09-11T09:00", "main: 0 started"),
    ],
)
def test_the_decision_in_force_at_a_moment(config: str, capsys: pytest.CaptureFixture[str], at: str, said: str) -> None:
    assert cli.execute(["explain", "orders", "--at", at, "--english", "-c", config]) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert said in shown
    assert shown.count("started") == 1
    assert ("Nothing was decided between" in shown) == (at == "2026-09-11T09:00")


@pytest.mark.parametrize("at", ["2026-09-10T11:59", "14:05", "noon"])
def test_no_decision_then(config: str, capsys: pytest.CaptureFixture[str], at: str) -> None:
    assert cli.execute(["explain", "orders", "--at", at, "-c", config]) == ExitCode.INPUT
    assert ("is no time" if at == "noon" else "decided nothing") in capsys.readouterr().err


def test_a_lead_that_does_not_exist(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.execute(["explain", "lead", "ORDER-9", "-c", config]) == ExitCode.INPUT
    assert "no lead has the id or external id 'ORDER-9'" in capsys.readouterr().err
