"""What a desk's screens are told: the call that they show, and each message as JSON (docs/desk.md lists them)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson

from dialer.core.card import Card, Edit, Entry
from dialer.core.effects import Alarm, BookAgentState, LineTold
from dialer.core.ids import AgentId, AttemptId, Instant, LeadId


@dataclass(slots=True)
class Pop:
    """What the agent has on the screen: one attempt, from its answer until it is disposed."""

    attempt: AttemptId
    lead: LeadId | None
    answered_at: Instant | None
    card: Card | None = None
    preview_until: Instant | None = None
    """It is looked at before the call, until then at most; None: it is a call."""
    pushed_at: float | None = None
    """Monotonic."""
    pushes: int = 0
    seen: bool = False
    held_back: bool = False
    """Nobody saw it in time: the agent is paused after this call."""
    hidden: bool = False
    """A page has it and calls the agent to it, as it stands where nobody sees it."""
    ended: bool = False
    withdrawn: bool = False
    disposed: str | None = None
    entered: dict[LeadId, dict[str, Entry]] = field(default_factory=dict)
    """What was typed since the card was read, by order and field."""
    withdrawn_since: set[LeadId] = field(default_factory=set)
    """Orders that were cancelled since the card was asked for: what it shows of them is no more."""

    def shows(self, lead: LeadId) -> bool:
        """The order is on the card."""
        return self.card is not None and any(order.lead == lead for order in self.card.orders)

    def cancelled(self) -> list[LeadId]:
        """Orders on the card that were cancelled: they take no result."""
        return sorted(lead for lead in self.withdrawn_since if self.shows(lead))

    def enter(self, edits: Sequence[Edit]) -> list[Edit]:
        """Those that are of this call and the newest of their field; late ones change nothing."""
        kept = [edit for edit in edits if edit.attempt == self.attempt]
        kept = [edit for edit in kept if (there := self._entry(edit)) is None or there.at < edit.at]
        for edit in kept:
            self.entered.setdefault(edit.lead, {})[edit.field] = Entry(edit.value, edit.at)
        return kept

    def form(self) -> dict[LeadId, dict[str, Entry]]:
        """The forms as they stand: the card's, overwritten by what was typed since."""
        read = {} if self.card is None else self.card.entered
        return {lead: {**read.get(lead, {}), **self.entered.get(lead, {})} for lead in {*read, *self.entered}}

    def _entry(self, edit: Edit) -> Entry | None:
        return self.form().get(edit.lead, {}).get(edit.field)


def message(kind: str, at: Instant, **fields: object) -> bytes:
    """One message to a screen: JSON with its `type` and the instant `at` at which it was made."""
    return orjson.dumps({"type": kind, "at": at, **fields}, option=orjson.OPT_NON_STR_KEYS)


def state_fields(effect: BookAgentState) -> dict[str, object]:
    return {
        "state": effect.state,
        "since": effect.since,
        "reason": effect.reason,
        "attempt": effect.attempt,
    }


def state_message(effect: BookAgentState, at: Instant) -> bytes:
    return message("state", at, **state_fields(effect))


def line_fields(effect: LineTold) -> dict[str, object]:
    return {
        "line": effect.state,
        "since": effect.since,
        "attempt": effect.attempt,
        "colleague": effect.colleague,
        "guest": effect.guest,
        "muted": effect.muted,
    }


def pop_fields(pop: Pop) -> dict[str, object]:
    return {
        "attempt": pop.attempt,
        "answered_at": pop.answered_at,
        "preview_until": pop.preview_until,
        "card": pop.card,
        "ended": pop.ended,
        "withdrawn": pop.withdrawn,
        "cancelled": pop.cancelled(),
        "disposed": pop.disposed,
        "seen": pop.seen,
        "entered": pop.form(),
    }


def alarm_message(effect: Alarm, at: Instant) -> bytes:
    return message("alarm", at, name=effect.name, text=effect.text, facts=effect.told())


def unseen_alarm(agent: AgentId, pop: Pop) -> Alarm:
    why = (
        "has the call in a tab that nobody looks at: call the agent to it"
        if pop.hidden
        else "does not show the call: look at the agent's browser and network"
    )
    return Alarm(
        name="pop_hidden" if pop.hidden else "pop_unseen",
        text=f"The screen of agent {agent} {why}. The agent is paused after this call, unless he sees it before.",
        attempt=pop.attempt,
        facts={"agent": agent},
    )
