"""The audit log: every change and every look at a person's data, by who, what and when; also as a file for Excel."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from dialer.api.asking import Asker, Given, needs
from dialer.api.forms import PLAIN, Moment, Zone
from dialer.core.access import Right
from dialer.core.audit import AuditAsked, AuditKind, as_csv
from dialer.core.hours import MOSCOW, tz_of
from dialer.core.user import AuditEntry

FILE_BOUND = 100_000
"""Lines of one file: more than Excel is pleasant with; a longer time is asked for in parts."""

router = APIRouter(prefix="/api/v1", tags=["audit"], dependencies=[Depends(needs(Right.AUDIT))])

Word = Annotated[str, Query(max_length=100, pattern=PLAIN)]


@router.get("/audit", response_model=None)
async def show_audit(
    given: Given,
    asker: Asker,
    kind: AuditKind = AuditKind.ALL,
    by: Word = "",
    action: Word = "",
    subject: Word = "",
    since: Moment | None = None,
    before: Moment | None = None,
    bound: Annotated[int, Query(ge=1, le=1000)] = 100,
    format: Literal["json", "csv"] = "json",
    zone: Zone = MOSCOW,
) -> Response | dict[str, Any]:
    """Lines of the log in [since, before), the newest first.

    `kind=looks`: who saw a person's data; `action` is whole, or its noun (`campaign`). The next page: `before` is the
    last line's `at`. `format=csv` gives all of them as a file for Excel, times in `zone`; it is audited itself.
    """
    asked = AuditAsked(
        kind=kind,
        by=by,
        action=action,
        subject=subject,
        since=None if since is None else since.timestamp(),
        before=None if before is None else before.timestamp(),
        bound=bound,
    )
    if format == "json":
        return {"entries": [_body(entry) for entry in await given.audit.find(asked)]}
    found = await given.audit.find(replace(asked, bound=FILE_BOUND))
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "audit.export", "", {"lines": str(len(found))}))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(as_csv(found, tz_of(zone)), media_type="text/csv; charset=utf-8", headers=headers)


def _body(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="microseconds"),  # it tells lines apart
        "by": entry.by,
        "action": entry.action,
        "subject": entry.subject,
        "detail": dict(entry.detail),
    }
