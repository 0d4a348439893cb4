"""The ledger: every decision to dial one number once, from the claim of its lead to its settlement.

Rules kept by the database itself: one live attempt per number and per lead in the whole installation; a settlement
happens once, with the lead's next step and the outbox row in the same statement. Here the core's values are turned
into rows and back; nothing is decided.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import orjson
from asyncpg import Record

from dialer.core.effects import BookProgress, ReserveLeads, Settle
from dialer.core.events import Known, LeadsReserved, OpenAttempt, Reservation
from dialer.core.ids import AgentId, AttemptId, CampaignId, Instant, LeadId, ServerName, TrunkName
from dialer.core.outcome import Tried
from dialer.core.permit import Facts
from dialer.store.progress import merged
from dialer.store.sql import Conn, load
from dialer.store.uuid7 import uuid7s

CLAIM_ROUNDS = 4
"""A claim that met refused leads or a number that has just become live is repeated for what is missing, so often at
least, and on while there is time."""

CLAIM_TIME_S = 0.2
"""For the rounds of one claim; who is missing then is asked for anew, after other campaigns have had their turn."""

LOOK = 2
"""Leads looked at in the first round for each that is wanted."""

LOOK_GROWS = 4
"""How much further the next round looks in each queue, as long as a round takes less than `QUICK_S`."""

QUICK_S = 0.025

SWEEP_GROWS = 8
"""How many more leads the next round may turn away: what stands first in all queues is known by then."""

SWEEP_MOST = 500
"""Some 50 ms of the database."""

CONTENDED_RETRY_S = 5.0
"""When to ask again for a due lead whose number is on another call."""

UNFINISHED_BOUND = 10_000
"""Unfinished leads are counted to here (it stands in the statement): who asks wants to know whether any are left."""

_Q = load("attempts")


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one settlement."""

    attempt: AttemptId
    is_new: bool
    """False: it was settled before (or never existed), and nothing was changed."""
    lead_state: str | None = None


@dataclass(frozen=True, slots=True)
class Imbalance:
    """Contradictions in the books; all zero in books that are right."""

    open_without_lock: int
    """Attempts that are not settled and hold no number: they would never be settled."""
    lock_without_open: int
    """Numbers held by no open attempt: they would never be dialled again."""
    orphans: int
    """Leads in a call that nobody leads."""
    live_without_claim: int
    """Attempts whose lead does not know of them."""

    @property
    def total(self) -> int:
        return self.open_without_lock + self.lock_without_open + self.orphans + self.live_without_claim


async def reserve(conn: Conn, wish: ReserveLeads, now: Instant, ids: Sequence[str] = ()) -> LeadsReserved:
    """Claim up to `wish.count` leads due at `now` and commit an `intended` attempt for each.

    Highest priority first, then longest due, head starts counted. Leads that may not be called (do-not-call, expired,
    out of attempts, number called for another lead within the minimum gap, or as often as the rules allow) are turned
    away in passing. Short only where no more are due, or where so many were turned away that its time was up: then
    `next_due_at` and `unfinished` say what is left (due leads of closed zones are not in `next_due_at`: their zone's
    opening is the moment to ask again).
    With `wish.lead` that one and no other is claimed, under the same gates, and nothing is said of what is left.
    `ids`: new attempt ids to use, as many as leads are wanted, where the caller must know them beforehand.
    """
    got = await _claim(conn, wish, now, list(ids) or uuid7s(now, wish.count))
    next_due_at, unfinished = None, UNFINISHED_BOUND
    if wish.lead is None and (len(got) < wish.count or not wish.count):
        next_due_at, unfinished = await _what_is_left(conn, wish, now)
    return LeadsReserved(
        at=now,
        campaign=wish.campaign,
        server=wish.server,
        trunk=wish.trunk,
        asked=wish.count,
        previewer=wish.previewer,
        lead=wish.lead,
        asked_at=wish.asked_at,
        reservations=tuple(got),
        next_due_at=next_due_at,
        unfinished=unfinished,
    )


async def _claim(conn: Conn, wish: ReserveLeads, now: Instant, ids: list[str]) -> list[Reservation]:
    """Round after round for who is missing, while leads are turned away in their place and there is time.

    An id whose number was taken meanwhile was not written: it is used again, one that was won is not.
    """
    elapsed = _stopwatch()
    got: list[Reservation] = []
    spare, rounds = ids, 0
    look = swept = wish.count * LOOK
    while len(got) < wish.count and (rounds < CLAIM_ROUNDS or elapsed() < CLAIM_TIME_S):
        took = _stopwatch()
        rows = await _round(conn, wish, now, spare, look, swept)
        claimed = [_claimed(row, wish.campaign) for row in rows if row["attempt"] is not None]
        got += claimed
        if len(claimed) == len(rows):
            break
        won = {claim.attempt for claim in claimed}
        spare = [each for each in spare if each not in won]
        rounds += 1
        look *= LOOK_GROWS if took() < QUICK_S else 1
        swept = max(look, min(swept * SWEEP_GROWS, SWEEP_MOST))
    return got


def _stopwatch() -> Callable[[], float]:
    """Seconds since now."""
    clock = asyncio.get_running_loop().time
    start = clock()
    return lambda: clock() - start


async def _round(
    conn: Conn, wish: ReserveLeads, now: Instant, ids: Sequence[str], look: int, swept: int
) -> list[Record]:
    """One statement: a row for each lead claimed, and one without an attempt for each that was not to be had."""
    return await _Q["reserve"].rows(
        conn,
        campaign=wish.campaign,
        server=wish.server,
        trunk=wish.trunk,
        count=len(ids),
        look=look,
        swept=swept,
        open_zones=list(wish.open_zones),
        now=now,
        attempts=ids,
        head_starts=orjson.dumps(wish.head_starts).decode(),
        agents=list(wish.agents),
        asked_since=wish.asked_since,
        previewer=wish.previewer,
        lead=wish.lead,
    )


async def _what_is_left(conn: Conn, wish: ReserveLeads, now: Instant) -> tuple[Instant | None, int]:
    """When to ask again, and how many leads of the campaign may still be dialled."""
    row = await _Q["what_is_left"].row(
        conn,
        campaign=wish.campaign,
        now=now,
        open_zones=list(wish.open_zones),
        agents=list(wish.agents),
        asked_since=wish.asked_since,
    )
    assert row is not None
    when = [row["next_due_at"]] if row["next_due_at"] is not None else []
    when += [now] if row["is_due"] else []
    when += [now + CONTENDED_RETRY_S] if row["is_contended"] else []
    return min(when, default=None), row["unfinished"]


async def confirm_preview(conn: Conn, attempt: AttemptId, now: Instant) -> Facts | None:
    """Commit a previewed attempt as `intended`, and what bears on its call now; None where there is no such preview."""
    row = await _Q["confirm_preview"].row(conn, attempt=attempt, now=now)
    return None if row is None else Facts(**dict(row))


async def progress(conn: Conn, steps: Sequence[BookProgress]) -> None:
    """Write how far attempts have come. Repeats, late ones and those of settled attempts change nothing."""
    rows = merged(steps)
    await _Q["progress"].run(
        conn,
        attempts=[row.attempt for row in rows],
        states=[row.state for row in rows],
        agents=[row.agent for row in rows],
        abandoned=[row.abandoned for row in rows],
        dialled=[row.times.get("dialled") for row in rows],
        ringing=[row.times.get("ringing") for row in rows],
        answered=[row.times.get("answered") for row in rows],
        bridged=[row.times.get("talking") for row in rows],
        ended=[row.times.get("wrap_up") for row in rows],
    )


async def settle(conn: Conn, settlements: Sequence[Settle], now: Instant) -> list[Settled]:
    """Settle attempts: outcome, the lead's next step, its phone, do-not-call and outbox in one statement.

    In the order given. An attempt that is settled already, or stands twice in the batch, is settled once.
    """
    told = list({settlement.attempt: settlement for settlement in reversed(settlements)}.values())
    rows = await _Q["settle"].rows(conn, now=now, **_columns(told))
    return [Settled(AttemptId(row["attempt"]), row["is_new"], row["lead_state"]) for row in rows]


def _columns(told: Sequence[Settle]) -> dict[str, list[object]]:
    steps, times, clearings = ([getattr(s, name) for s in told] for name in ("step", "times", "clearing"))
    return {
        "attempts": [s.attempt for s in told],
        "outcomes": [s.outcome.value for s in told],
        "reasons": [s.reason for s in told],
        "states": [step.state.value for step in steps],
        "lead_reasons": [step.reason for step in steps],
        "next_calls": [step.next_call_at for step in steps],
        "uses_attempt": [step.uses_attempt for step in steps],
        "phone_is_bad": [step.phone_is_bad for step in steps],
        "do_not_call": [step.do_not_call for step in steps],
        "causes": [clearing and clearing.cause for clearing in clearings],
        "tech_causes": [clearing and clearing.tech_cause for clearing in clearings],
        "rang": [clearing and clearing.rang for clearing in clearings],
        "progress": [clearing and clearing.progress for clearing in clearings],
        "cancelled": [clearing and clearing.cancelled_by_us for clearing in clearings],
        "agents": [s.agent for s in told],
        "trunks": [s.trunk or None for s in told],
        "callers": [s.caller for s in told],
        "dispositions": [s.disposition for s in told],
        "abandoned": [s.abandoned for s in told],
        "silent": [s.silent for s in told],
        "late_joined": [s.late_joined for s in told],
        "caller_left": [s.caller_left for s in told],
        "dialled": [at.dialled_at for at in times],
        "ringing": [at.ringing_at for at in times],
        "answered": [at.answered_at for at in times],
        "bridged": [at.bridged_at for at in times],
        "ended": [at.ended_at for at in times],
    }


async def open_attempts(conn: Conn, ids: Sequence[str] | None = None) -> list[OpenAttempt]:
    """Attempts that are not settled, oldest first: all, or those among `ids`."""
    rows = await _Q["open_attempts"].rows(conn, attempts=None if ids is None else list(ids))
    return [_open_attempt(row) for row in rows]


async def imbalance(conn: Conn) -> Imbalance:
    """The books' contradictions; cheap enough for every minute."""
    row = await _Q["imbalance"].row(conn)
    assert row is not None
    return Imbalance(**dict(row))


async def tally(conn: Conn, campaign: CampaignId) -> dict[str, int]:
    """Attempts by outcome, the open ones under the empty name: they add up to all attempts."""
    return {row["outcome"]: row["attempts"] for row in await _Q["tally"].rows(conn, campaign=campaign)}


def _claimed(row: Record, campaign: CampaignId) -> Reservation:
    """With what the claim knew of the lead."""
    known = Known(row["came_at"], row["region"], row["list"], row["last"])
    promised_by = None if row["promised_by"] is None else AgentId(row["promised_by"])
    return replace(
        _reservation(row, campaign),
        known=known,
        promised_by=promised_by,
        prefers=None if row["prefers"] is None else AgentId(row["prefers"]),
        expires_at=row["expires_at"],
        forbidden=row["forbidden"],
        has_consent=row["has_consent"],
        asked_at=row["asked_at"],
        kept_caller=row["kept_caller"],
    )


def _reservation(row: Record, campaign: CampaignId) -> Reservation:
    return Reservation(
        attempt=AttemptId(str(row["attempt"])),
        lead=LeadId(str(row["lead"])),
        campaign=campaign,
        number=row["number"],
        zone=row["zone"] or None,
        attempt_no=row["attempt_no"],
        caller=row["caller"],
        reserved_agent_only=row["reserved_agent_only"],
        tried=tuple(_tried(one) for one in row["tried"]),
        rests_until=row["rests_until"],
    )


def _tried(text: str) -> Tried:
    at, outcome = text.split(" ")
    return Tried(float(at), outcome)


def _open_attempt(row: Record) -> OpenAttempt:
    previewer = None if row["previewer"] is None else AgentId(row["previewer"])
    return OpenAttempt(
        reservation=replace(_reservation(row, CampaignId(row["campaign"])), previewer=previewer),
        server=ServerName(row["server"]),
        trunk=TrunkName(row["trunk"]),
        state=row["state"],
        dialled_at=row["dialled_at"],
        answered_at=row["answered_at"],
        bridged_at=row["bridged_at"],
        ended_at=row["ended_at"],
        agent=None if row["agent"] is None else AgentId(row["agent"]),
        abandoned=row["abandoned"],
        ringing_at=row["ringing_at"],
    )
