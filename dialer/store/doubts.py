"""Claims whose answer was lost: were they booked or not, and can they still be?

A server process that was frozen may carry out a claim long after we gave it up. So first that process is ended (then it
can book nothing more), and then whatever it has booked is put back: nobody has dialled those attempts, for nobody
knew of them.
"""

from collections.abc import Sequence

from dialer.core.effects import CallTimes, Settle
from dialer.core.events import OpenAttempt
from dialer.core.ids import Instant
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.store import attempts
from dialer.store.db import Database
from dialer.store.sql import load

REASON = "books_away"
END_WAIT_MS = 200

_Q = load("doubts")


class Doubts:
    """Claims in doubt, by the server process that was asked."""

    def __init__(self) -> None:
        self._by_session: dict[int, list[str]] = {}

    def add(self, session: int, ids: Sequence[str]) -> None:
        """Process `session` was asked to book attempts `ids`, and did not answer."""
        self._by_session.setdefault(session, []).extend(ids)

    def __bool__(self) -> bool:
        return bool(self._by_session)

    async def clear(self, database: Database, now: Instant) -> None:
        """Settle every doubt that can be settled; that of a process which will not end stays. DatabaseAway."""
        for session, ids in list(self._by_session.items()):
            async with database.transaction() as conn:
                ended = await _Q["end_session"].value(conn, session=session, wait_ms=END_WAIT_MS)
                if ended is not False:
                    booked = await attempts.open_attempts(conn, ids)
                    await attempts.settle(conn, [_never_sent(attempt, now) for attempt in booked], now)
            if ended is not False:
                del self._by_session[session]


def _never_sent(attempt: OpenAttempt, now: Instant) -> Settle:
    return Settle(
        attempt=attempt.reservation.attempt,
        lead=attempt.reservation.lead,
        campaign=attempt.reservation.campaign,
        outcome=Outcome.NOT_SENT,
        reason=REASON,
        step=LeadStep(LeadState.WAITING, REASON, next_call_at=now, uses_attempt=False),
        times=CallTimes(reserved_at=now),
    )
