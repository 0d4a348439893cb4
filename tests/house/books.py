"""What must hold of the books and of the carrier's own record, whatever broke on the way."""

from collections import Counter

from sim.sip.carrier import Carrier, ten_digits
from tests.house.house import WAIT_S, House

NOBODY_DIALLED = {"not_sent", "failed_here"}
MAYBE_DIALLED = {"unknown_not_redialled", "lost"}
OWNED = {"needs_decision", "ready", "waiting", "done", "refused", "expired"}


async def balanced(house: House, carrier: Carrier) -> None:
    """Attempts and Call-IDs map one to one, no lead is owned by nobody, every attempt is settled."""
    attempts = await house.attempts()
    assert all(row["settled_at"] is not None for row in attempts)
    assert (await house.imbalance()).total == 0
    assert {row["state"] for row in await house.leads()} <= OWNED
    calls = Counter(ten_digits(record.number) for record in carrier.records)
    assert len({record.call_id for record in carrier.records}) == sum(calls.values())
    for number in {row["number"] for row in attempts} | set(calls):
        outcomes = [row["outcome"] for row in attempts if row["number"] == number]
        surely = sum(outcome not in NOBODY_DIALLED | MAYBE_DIALLED for outcome in outcomes)
        maybe = sum(outcome in MAYBE_DIALLED for outcome in outcomes)
        assert surely <= calls[number] <= surely + maybe, f"{outcomes} and {calls[number]} calls"


async def until_over(house: House, leads: int, timeout_s: float = WAIT_S) -> None:
    """Wait until so many numbers were dialled and no attempt is open; one that was given back counts for nothing."""

    async def over() -> bool:
        attempts = await house.attempts()
        dialled = {row["number"] for row in attempts if row["outcome"] not in NOBODY_DIALLED}
        return len(dialled) == leads and all(row["settled_at"] is not None for row in attempts)

    await house.until(over, f"{leads} numbers dialled and every attempt settled", timeout_s)
