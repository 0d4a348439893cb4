"""Fresh requests instead of a list: people who ask for a call all day long, each called until he is done.

They come by chance at an even rate. The books give them out as the daemon's do: whoever has waited half of his time
for the first call goes first (looked at each minute), all others in the order in which they are due, second calls among
them. When a request is called again, and when it is done, say the core's own attempt rules.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Annotated, Any

from dialer.core.effects import ReserveLeads, Settle
from dialer.core.events import Event, LeadsAdded, LeadsReserved, Reservation
from dialer.core.ids import AttemptId, CampaignId, LeadId
from dialer.core.outcome import LeadState, Tried
from sim.books import ZONE, Books, lead_name, number_of
from sim.bounds import Bounds, SomeSeconds
from sim.heap import NETWORK, Future
from sim.tally import quantile

HASTEN_EVERY_S = 60.0


@dataclass(frozen=True, slots=True)
class Requests:
    per_hour: Annotated[float, Bounds(0.0, 1_000_000.0)] = 0.0
    """0: none come, a list is called."""
    first_call_s: SomeSeconds = 1200.0
    """Each is to be called for the first time within so long of its coming."""


@dataclass(slots=True)
class _Request:
    place: int
    came_at: float
    called_at: float | None = None
    """When it was first claimed for a call that was then dialled."""
    dialled: bool = False
    calls: int = 0
    tried: tuple[Tried, ...] = ()


@dataclass(order=True, slots=True)
class _Again:
    due_at: float
    place: int
    request: _Request = field(compare=False)


class RequestBooks(Books):
    """Books into which requests come by themselves; each arrival wakes the Floor."""

    def __init__(
        self, future: Future, tell: Callable[[Event], None], wanted: Requests, campaign: CampaignId, random: Random
    ) -> None:
        super().__init__(future, tell, leads=0)
        self._wanted, self._campaign, self._random = wanted, campaign, random
        self._requests: list[_Request] = []
        self._new: deque[_Request] = deque()
        self._again: list[_Again] = []
        self._called: dict[AttemptId, _Request] = {}
        self._next_comes()

    @property
    def unfinished(self) -> int:
        """More may always come."""
        return 1 + len(self._new) + len(self._again)

    def settle(self, effect: Settle) -> None:
        super().settle(effect)
        request, step = self._called.pop(effect.attempt), effect.step
        dialled_at = effect.times.dialled_at
        request.dialled |= dialled_at is not None
        if not request.dialled:
            request.called_at = None
            self._new.appendleft(request)
            return
        if step.uses_attempt and dialled_at is not None:
            request.tried = (*request.tried, Tried(dialled_at, effect.outcome))
            request.calls += 1
        if step.state is LeadState.WAITING and step.next_call_at is not None:
            heappush(self._again, _Again(step.next_call_at, request.place, request))

    def figures(self, until: float) -> dict[str, Any]:
        """Of the requests whose time was over by then, or who were called before."""
        allowed_s = self._wanted.first_call_s
        waits = [
            (until if one.called_at is None else one.called_at) - one.came_at
            for one in self._requests
            if one.called_at is not None or one.came_at + allowed_s <= until
        ]
        in_time = sum(wait <= allowed_s for wait in waits)
        return {
            "requests": len(self._requests),
            "first_calls_in_time": round(in_time / len(waits), 6) if waits else 1.0,
            "first_call_p95_s": round(quantile(waits, 0.95), 1),
            "overdue_requests": len(self._new) + sum(one.due_at <= until for one in self._again),
        }

    # ---- inside

    def _next_comes(self) -> None:
        self.future.after(self._random.expovariate(self._wanted.per_hour / 3600.0), self._comes, NETWORK)

    def _comes(self) -> None:
        request = _Request(len(self._requests) + 1, self.future.now)
        self._requests.append(request)
        self._new.append(request)
        self._next_comes()
        self.tell(LeadsAdded(at=self.future.now, campaign=self._campaign))

    def _reserved(self, effect: ReserveLeads) -> None:
        count = effect.count if effect.lead in (None, self.first()) else 0
        claimed = [self._claim(effect, one) for _ in range(count) if (one := self._next()) is not None]
        due_at = self._again[0].due_at if self._again else None
        told = LeadsReserved(
            at=self.future.now,
            campaign=effect.campaign,
            server=effect.server,
            trunk=effect.trunk,
            asked=effect.count,
            previewer=effect.previewer,
            lead=effect.lead,
            asked_at=effect.asked_at,
            reservations=tuple(claimed),
            next_due_at=due_at,
            unfinished=self.unfinished,
        )
        self.tell(told)

    def first(self) -> LeadId | None:
        front = self._front()
        return None if front is None else lead_name(front.place)

    def _next(self) -> _Request | None:
        front = self._front()
        if front is None:
            return None
        return self._new.popleft() if self._new and self._new[0] is front else heappop(self._again).request

    def _front(self) -> _Request | None:
        """Who is due first: hastened ones before all, then in the order of time."""
        now = self.future.now
        looked_at = now - now % HASTEN_EVERY_S
        again_at = self._again[0].due_at if self._again else float("inf")
        if self._new:
            came_at = self._new[0].came_at
            if came_at <= looked_at - self._wanted.first_call_s / 2.0 or came_at <= again_at:
                return self._new[0]
        return self._again[0].request if again_at <= now else None

    def _claim(self, effect: ReserveLeads, request: _Request) -> Reservation:
        self._given += 1
        attempt = AttemptId(f"s{self._given:08}")
        self.claimed.add(attempt)
        self._called[attempt] = request
        if request.called_at is None:
            request.called_at = self.future.now
        return Reservation(
            attempt=attempt,
            lead=lead_name(request.place),
            campaign=effect.campaign,
            number=number_of(request.place),
            zone=ZONE,
            attempt_no=request.calls + 1,
            tried=request.tried,
        )
