"""Logs: JSON lines for machines, key-value for a person at a terminal; one canonical line per attempt.

The first word of a line is a constant of `LogEvent`, so that it can be searched for and alerted on. Lines go to
standard error, which systemd keeps. Messages of libraries come out in the same form. Every value passes
`dialer.masking` last: no phone number leaves, in whatever form it is written.
"""

import json
import logging
import sys
from enum import StrEnum
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

from dialer.core.ids import Instant
from dialer.masking import scrub_fields

if TYPE_CHECKING:  # half a second of strategies and numpy, which small commands need not wait for
    from dialer.core.effects import CallTimes, Settle


class LogEvent(StrEnum):
    """What a line is about. Nothing else stands first in a line of ours."""

    STARTED = "started"
    READY = "ready"
    DRAINING = "draining"
    STOPPED = "stopped"
    CONFIG_RELOADED = "config_reloaded"
    CONFIG_REFUSED = "config_refused"
    ATTEMPT = "attempt"
    DECISION = "decision"
    ALARM = "alarm"
    LINE = "line"
    """A hold, a consultation, a conference, a transfer, or why none came about."""
    COMMAND_PASSED_OVER = "command_passed_over"
    """A campaign's, because another was faster."""
    BUG = "bug"
    AMI_UP = "ami_up"
    AMI_DOWN = "ami_down"
    AMI_REFUSED = "ami_refused"
    AMI_DROPPED = "ami_dropped"
    BOOKS_AWAY = "books_away"
    BOOKS_BACK = "books_back"
    ORPHAN = "orphan"
    NOT_ALONE = "not_alone"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    REQUEST_FAILED = "request_failed"
    WEBHOOKS_WAIT = "webhooks_wait"
    WEBHOOK_AWAY = "webhook_away"
    WEBHOOK_BACK = "webhook_back"
    WEBHOOK_DEAD = "webhook_dead"
    SLOTS_WAIT = "slots_wait"
    SLOT_LOST = "slot_lost"
    AUDIT_LOST = "audit_lost"
    FORGOTTEN = "forgotten"
    NOTICE = "notice"
    NOTICES_WAIT = "notices_wait"
    LIBRARY = "library"
    """A message of a library; `logger` says whose."""


NO_TRACEBACK = ("asyncpg", "panoramisk")
"""Libraries which write a full traceback at each retry while a peer is away; one line of each is enough."""


def get_logger() -> FilteringBoundLogger:
    """The logger; call it with a `LogEvent` and named fields: `log.info(LogEvent.AMI_UP, server=name)`."""
    logger: FilteringBoundLogger = structlog.get_logger()
    return logger


def tell_bug(bug: Exception, where: str, **facts: object) -> None:
    """An error of ours that costs one piece of work: its kind and its place, not its words, which may hold what the
    person's data are."""
    place = next(reversed(extract_tb(bug.__traceback__)), None)
    at = "" if place is None else f"{Path(place.filename).name}:{place.lineno}"
    get_logger().error(LogEvent.BUG, where=where, error=type(bug).__name__, at=at, **facts)


def configure(level: str = "info", as_json: bool | None = None, stream: TextIO | None = None) -> None:
    """Set up all logging of the process; may be called again. `as_json` None: JSON unless `stream` is a terminal."""
    if as_json is None:
        as_json = not (stream or sys.stderr).isatty()
    structlog.configure(
        processors=_processors(as_json),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=lambda *_: structlog.WriteLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [LibraryHandler()]
    root.setLevel(logging.INFO if level == "debug" else logging.WARNING)
    logging.captureWarnings(True)


def log_attempt(log: FilteringBoundLogger, settle: "Settle", **more: object) -> None:
    """The one line of an attempt, written when it is settled."""
    log.info(LogEvent.ATTEMPT, **attempt_fields(settle), **more)


def attempt_fields(settle: "Settle") -> dict[str, object]:
    """All that the line of an attempt says; what did not happen is left out."""
    fields: dict[str, object] = {
        "attempt": settle.attempt,
        "lead": settle.lead,
        "campaign": settle.campaign,
        "trunk": settle.trunk,
        "outcome": settle.outcome.value,
        "reason": settle.reason,
        "agent": settle.agent,
        "disposition": settle.disposition,
        "next": settle.step.state.value,
        "next_reason": settle.step.reason,
        **_durations(settle.times),
        **{flag: True for flag in ("abandoned", "silent", "late_joined", "caller_left") if getattr(settle, flag)},
    }
    if settle.clearing is not None:
        fields |= {"cause": settle.clearing.cause, "sip": settle.clearing.tech_cause or None}
    return {key: value for key, value in fields.items() if value not in (None, "")}


def _durations(times: "CallTimes") -> dict[str, float | None]:
    return {
        "queued_s": _between(times.reserved_at, times.dialled_at),
        "dial_s": _between(times.dialled_at, times.answered_at or times.ended_at),
        "wait_s": _between(times.answered_at, times.bridged_at),
        "talk_s": _between(times.bridged_at, times.ended_at),
    }


def _between(start: Instant | None, end: Instant | None) -> float | None:
    return None if start is None or end is None else round(end - start, 3)


# ---- how a line is made


def _processors(as_json: bool) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _scrubbed,
        _json_line if as_json else structlog.dev.ConsoleRenderer(timestamp_key="timestamp"),
    ]


def _scrubbed(_logger: object, _method: str, event: EventDict) -> EventDict:
    timestamp, name, level = event.pop("timestamp"), event.pop("event"), event.pop("level")
    return {"timestamp": timestamp, "level": level, **scrub_fields({"event": name, **event})}


def _json_line(_logger: object, _method: str, event: EventDict) -> str:
    try:
        return orjson.dumps(event).decode()
    except orjson.JSONEncodeError:  # an integer of more than 64 bits, half a surrogate pair
        return json.dumps(event)


_text_line = structlog.dev.ConsoleRenderer(
    pad_event_to=0, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
)


class LibraryHandler(logging.Handler):
    """Gives the messages of libraries to our own logger."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"logger": record.name, "message": _message(record)}
        if record.exc_info and record.name.startswith(NO_TRACEBACK):
            fields["error"] = repr(record.exc_info[1])
        elif record.exc_info:
            fields["exc_info"] = record.exc_info
        get_logger().log(record.levelno, LogEvent.LIBRARY, **fields)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return f"{record.msg} {record.args!r}"
