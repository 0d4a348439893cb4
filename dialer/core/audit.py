"""What is asked of the audit log, and the log as a file for Excel. Pure. A line itself: `core.user.AuditEntry`."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum

from dialer.core.ids import Instant
from dialer.core.user import AuditEntry

HEAD = ("time", "who", "action", "subject", "detail")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class AuditKind(StrEnum):
    """A look at a person's data is an action `….look` or `call.listen`; anything else changed something, or tried."""

    ALL = "all"
    LOOKS = "looks"
    CHANGES = "changes"


@dataclass(frozen=True, slots=True)
class AuditAsked:
    """Lines of the log: each of these narrows them, empty texts do not."""

    kind: AuditKind = AuditKind.ALL
    by: str = ""
    action: str = ""
    """Whole, or its noun: `campaign` finds `campaign.change`."""
    subject: str = ""
    since: Instant | None = None
    before: Instant | None = None
    bound: int = 100


def as_csv(entries: Iterable[AuditEntry], zone: tzinfo) -> bytes:
    """For Russian Excel: semicolons, local times, a mark of the encoding. Text is never a formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEAD)
    for entry in entries:
        at = datetime.fromtimestamp(entry.at, UTC).astimezone(zone).strftime("%d.%m.%Y %H:%M:%S")
        detail = "; ".join(f"{name}: {value}" for name, value in entry.detail.items())
        writer.writerow([at, *map(_harmless, (entry.by, entry.action, entry.subject, detail))])
    return out.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    return "'" + text if text.startswith(FORMULA_STARTS) else text
