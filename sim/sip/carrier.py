"""The carrier: everybody whom the dialer may call, behind one SIP trunk.

What a number does is said by a table, by the ending of the number, or by a rule for everybody else; the record of
every call says what happened. One process carries thousands of calls.
"""

from collections.abc import Callable

from sim.sip.actor import Actor
from sim.sip.behaviour import Behaviour, answers, refuses
from sim.sip.call import Call
from sim.sip.message import Address
from sim.sip.record import CallRecord
from sim.sip.server import Server

CALLER_REFUSED = refuses(403)

Rule = Callable[[str, int], Behaviour]
"""Ten-digit number and how many times it was called before, to what it does now."""


def ten_digits(dialled: str) -> str:
    """The subscriber's number however it was dialled: +7, 7 and 8 in front fall away."""
    return "".join(filter(str.isdigit, dialled))[-10:]


class Carrier(Server):
    """`async with Carrier() as carrier: carrier.on("9161234567", busy())`; `carrier.address` is the trunk's."""

    def __init__(self, bind: Address = ("127.0.0.1", 0), others: Rule | None = None) -> None:
        super().__init__(bind)
        self.others: Rule = others or (lambda number, before: answers())
        """Whoever is in no table."""
        self.callers: frozenset[str] | None = None
        """The callers' numbers that this trunk lets through; None: all of them. Any other gets 403."""
        self._numbers: dict[str, tuple[Behaviour, ...]] = {}
        self._endings: dict[str, Behaviour] = {}
        self._called: dict[str, int] = {}

    async def __aenter__(self) -> "Carrier":
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()

    def on(self, number: str, *behaviours: Behaviour) -> None:
        """The number's calls from now on meet these in turn; the last one stays."""
        if not behaviours:
            raise ValueError("a number needs at least one behaviour")
        self._numbers[ten_digits(number)] = behaviours
        self._called.pop(ten_digits(number), None)

    def on_ending(self, ending: str, behaviour: Behaviour) -> None:
        """Numbers with this ending, where no table names them; the longest ending wins."""
        self._endings[ending] = behaviour

    def calls_to(self, number: str) -> list[CallRecord]:
        wanted = ten_digits(number)
        return [record for record in self.records if ten_digits(record.number) == wanted]

    async def wait_for_call(
        self,
        number: str,
        condition: Callable[[CallRecord], object] = lambda record: True,
        within_s: float = 10.0,
    ) -> CallRecord:
        """The first call to this number that meets the condition. Raises TimeoutError."""

        def found() -> CallRecord | None:
            return next((record for record in self.calls_to(number) if condition(record)), None)

        record = await self.wait_until(found, within_s)
        assert record is not None
        return record

    def incoming(self, call: Call) -> None:
        if self.callers is not None and call.record.caller not in self.callers:
            Actor(call, CALLER_REFUSED)
            return
        number = ten_digits(call.record.number)
        before = self._called.get(number, 0)
        self._called[number] = before + 1
        Actor(call, self.behaviour(number, before))

    def behaviour(self, number: str, before: int) -> Behaviour:
        """What this ten-digit number does when it was called `before` times already."""
        if number in self._numbers:
            turns = self._numbers[number]
            return turns[min(before, len(turns) - 1)]
        ends = [ending for ending in self._endings if number.endswith(ending)]
        return self._endings[max(ends, key=len)] if ends else self.others(number, before)
