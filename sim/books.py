"""The modelled books: an endless list of leads, each called once. Claims and settlements are remembered, if wished."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dialer.core.effects import ConfirmLead, ReserveLeads, Settle
from dialer.core.events import AttemptSettled, Event, Known, LeadConfirmed, LeadsReserved, Reservation
from dialer.core.ids import AttemptId, LeadId
from dialer.core.permit import Facts
from sim.heap import Future
from sim.world import Told

CLAIM_S = 0.005
COMMIT_S = 0.005
ZONE = "Europe/Moscow"


@dataclass(slots=True)
class Books:
    """Performs ReserveLeads and Settle. `away`: nothing is answered until it is back."""

    future: Future
    tell: Callable[[Event], None]
    leads: int
    segment: Callable[[str], str] = lambda number: ""
    """The list segment of a number."""
    chance: Callable[[str], float] = lambda segment: 0.0
    """How likely the people of a segment are to answer now."""
    order: Sequence[int] | None = None
    """The places of the list in the order in which they are called; None: as they stand."""
    told: Told = Told.SEGMENT
    """How the Floor is told of it."""
    keeps: bool = True
    """Settlements are kept; False, where nobody will read them: an attempt is forgotten once it is settled."""
    away: bool = False
    claimed: set[AttemptId] = field(default_factory=set)
    settled: dict[AttemptId, Settle] = field(default_factory=dict)
    settled_at: dict[AttemptId, float] = field(default_factory=dict)
    _opened_at: float = field(init=False)
    _given: int = 0
    _held: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._opened_at = self.future.now

    def reserve(self, effect: ReserveLeads) -> None:
        self._when_here(CLAIM_S, lambda: self._reserved(effect))

    def confirm(self, effect: ConfirmLead) -> None:
        """Nothing has changed since the lead was shown."""
        self._when_here(
            CLAIM_S, lambda: self.tell(LeadConfirmed(at=self.future.now, attempt=effect.attempt, facts=Facts()))
        )

    def settle(self, effect: Settle) -> None:
        if effect.attempt in self.settled:
            raise AssertionError(f"attempt {effect.attempt} was settled twice")
        if effect.attempt not in self.claimed:
            raise AssertionError(f"attempt {effect.attempt} was settled and never claimed")
        if self.keeps:
            self.settled[effect.attempt] = effect
            self.settled_at[effect.attempt] = self.future.now
        else:
            self.claimed.discard(effect.attempt)
        event = AttemptSettled
        self._when_here(
            COMMIT_S,
            lambda: self.tell(event(at=self.future.now, attempt=effect.attempt, campaign=effect.campaign)),
        )

    def come_back(self) -> None:
        """The books answer again, in the order in which they were asked."""
        self.away = False
        held, self._held = self._held, []
        for action in held:
            self.future.after(COMMIT_S, action)

    @property
    def unfinished(self) -> int:
        return self.leads - self._given

    def _when_here(self, seconds: float, action: Callable[[], None]) -> None:
        if self.away:
            self._held.append(action)
        else:
            self.future.after(seconds, action)

    def first(self) -> LeadId | None:
        """The lead that is given next."""
        return lead_name(self._given + 1) if self.unfinished > 0 else None

    def _reserved(self, effect: ReserveLeads) -> None:
        count = min(effect.count, self.unfinished) if effect.lead in (None, self.first()) else 0
        reservations = tuple(self._reservation(effect) for _ in range(count))
        self.tell(
            LeadsReserved(
                at=self.future.now,
                campaign=effect.campaign,
                server=effect.server,
                trunk=effect.trunk,
                asked=effect.count,
                previewer=effect.previewer,
                lead=effect.lead,
                asked_at=effect.asked_at,
                reservations=reservations,
                unfinished=self.unfinished,
            )
        )

    def _reservation(self, effect: ReserveLeads) -> Reservation:
        self._given += 1
        attempt = AttemptId(f"s{self._given:08}")
        self.claimed.add(attempt)
        number = number_of(self._given if self.order is None else self.order[self._given - 1])
        segment = self.segment(number)
        return Reservation(
            attempt=attempt,
            lead=lead_name(self._given),
            campaign=effect.campaign,
            number=number,
            zone=ZONE,
            attempt_no=1,
            segment=segment if self.told is Told.SEGMENT else "",
            known=Known(self._opened_at, region=segment) if self.told is Told.REGION else None,
            answer_ratio=self.chance(segment) if self.told is Told.CHANCE else None,
        )


def lead_name(place: int) -> LeadId:
    return LeadId(f"l{place:08}")


def number_of(place: int) -> str:
    """The number at this place of the list, from 1 on."""
    return f"9{place:09}"
