"""Logs: lines that machines read, one canonical line per attempt, no number and no traceback storm."""

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from dialer.core.effects import CallTimes, Settle
from dialer.core.ids import AgentId, AttemptId, CampaignId, LeadId, TrunkName
from dialer.core.outcome import Clearing, LeadState, LeadStep, Outcome
from dialer.logs import LibraryHandler, LogEvent, attempt_fields, configure, get_logger, log_attempt

ATTEMPT = AttemptId("01930000-1234-7123-9123-456789012345")
TALKED = Settle(
    attempt=ATTEMPT,
    lead=LeadId("01930000-0000-7000-9000-000000000001"),
    campaign=CampaignId(3),
    outcome=Outcome.ANSWERED,
    step=LeadStep(LeadState.DONE, "agreed"),
    times=CallTimes(100.0, 100.25, 103.0, 110.5, 110.504, 170.5),
    clearing=Clearing(16, 0, rang=True, progress=False, answered=True),
    agent=AgentId(1001),
    disposition="agreed",
    trunk=TrunkName("carrier"),
)
NEVER_SENT = Settle(
    attempt=ATTEMPT,
    lead=TALKED.lead,
    campaign=CampaignId(3),
    outcome=Outcome.NOT_SENT,
    reason="outside_hours",
    step=LeadStep(LeadState.WAITING, "outside_hours", 90_000.0),
    times=CallTimes(100.0),
)


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    stream = io.StringIO()
    configure("info", stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.captureWarnings(False)
    root.handlers, root.level = handlers, level


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_json_with_its_time_and_level_first(out: io.StringIO) -> None:
    get_logger().warning(LogEvent.AMI_DOWN, server="main", attempts=2)
    (line,) = lines(out)
    assert list(line) == ["timestamp", "level", "event", "server", "attempts"]
    assert (line["event"], line["level"], line["server"]) == ("ami_down", "warning", "main")
    assert str(line["timestamp"]).endswith("Z")


def test_without_a_stream_lines_go_to_standard_error(out: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    configure("info", as_json=True)
    get_logger().info(LogEvent.READY)
    shown = capsys.readouterr()
    assert json.loads(shown.err)["event"] == "ready"
    assert shown.out == ""


def test_levels_are_kept(out: io.StringIO) -> None:
    get_logger().debug(LogEvent.DECISION)
    assert lines(out) == []
    configure("debug", stream=out)
    get_logger().debug(LogEvent.DECISION)
    assert [line["event"] for line in lines(out)] == ["decision"]


def test_the_line_of_a_talk(out: io.StringIO) -> None:
    log_attempt(get_logger(), TALKED, server="main")
    (line,) = lines(out)
    del line["timestamp"]
    assert line == {
        "level": "info",
        "event": "attempt",
        "attempt": ATTEMPT,
        "lead": TALKED.lead,
        "campaign": 3,
        "trunk": "carrier",
        "outcome": "answered",
        "agent": 1001,
        "disposition": "agreed",
        "next": "done",
        "next_reason": "agreed",
        "queued_s": 0.25,
        "dial_s": 10.25,
        "wait_s": 0.004,
        "talk_s": 59.996,
        "cause": 16,
        "server": "main",
    }


def test_the_line_of_an_attempt_that_was_never_sent_says_why() -> None:
    assert attempt_fields(NEVER_SENT) == {
        "attempt": ATTEMPT,
        "lead": TALKED.lead,
        "campaign": 3,
        "outcome": "not_sent",
        "reason": "outside_hours",
        "next": "waiting",
        "next_reason": "outside_hours",
    }


def test_no_number_leaves_by_any_door(out: io.StringIO) -> None:
    log = get_logger()
    try:
        raise ValueError("cell +7 (912) 345-67-89")
    except ValueError:
        log.exception(LogEvent.BUG, cell=["8-912-345-67-89"], number=79123456789)
    logging.getLogger("panoramisk").warning("sent %s", "PJSIP/9123456789@carrier")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("odd cell 9123456789", stacklevel=1)
    with structlog.contextvars.bound_contextvars(caller="9123456789"):
        log.info("9123456789")
    text = out.getvalue()
    assert len(lines(out)) == 4
    assert "345" not in text
    assert all("[phone]" in line for line in text.splitlines())


def test_a_line_is_written_whatever_the_value(out: io.StringIO) -> None:
    get_logger().info(LogEvent.ALARM, big=2**70, half="\ud800", nan=float("nan"), what=object, raw=b"\xff")
    assert [line["event"] for line in lines(out)] == ["alarm"]


def test_a_retrying_library_gets_one_line_not_a_traceback(out: io.StringIO) -> None:
    for name in ("asyncpg.pool", "uvicorn.error"):
        try:
            raise ConnectionError("no route")
        except ConnectionError:
            logging.getLogger(name).warning("failed", exc_info=True)
    retried, served = lines(out)
    assert (retried["event"], retried["logger"]) == ("library", "asyncpg.pool")
    assert retried["error"] == "ConnectionError('no route')"
    assert "exception" not in retried
    assert "Traceback" in str(served["exception"])


def test_a_librarys_broken_message_is_still_a_line(out: io.StringIO) -> None:
    record = logging.makeLogRecord({"msg": "%d calls", "args": ("many",), "levelno": logging.WARNING})
    LibraryHandler().handle(record)
    assert lines(out)[0]["message"] == "%d calls ('many',)"


def test_at_a_terminal_lines_are_key_value(out: io.StringIO) -> None:
    configure("info", as_json=False, stream=out)
    try:
        raise ValueError("cell 9123456789")
    except ValueError:
        get_logger().exception(LogEvent.BUG, server="main")
    text = out.getvalue()
    assert "bug" in text
    assert "main" in text
    assert "ValueError: cell [phone]" in text
