"""The numbers that are shown to whom we call: which one to whom, on which trunk, and whether it bears a label. Pure.

A lead sees one number over all its calls: the one that it saw last, and at first one drawn by its own id, so that no
order of claims changes it and a number that joins the pool moves few. A label is what the subscriber's telephone shows
by contract with the operator, for a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Protocol

from dialer.core.hours import local_day
from dialer.core.ids import Instant, LeadId, ProjectId
from dialer.core.permit import law_at

LABEL_MOST = 32
"""Characters that operators show."""


@dataclass(frozen=True, slots=True)
class Caller:
    """One number of a project's pool."""

    id: int
    project: ProjectId
    number: str
    name: str
    """By which metrics and reports tell it."""
    label: str = ""
    contract: str = ""
    """With the operator, for the label."""
    label_from: date | None = None
    label_until: date | None = None
    """Both inclusive; None: open."""
    regions: frozenset[str] = frozenset()
    """Whose leads see it, as `region` of the lead has them; empty: those whose region has no number of its own."""
    trunks: frozenset[str] = frozenset()
    """That let it be shown; empty: all."""
    is_active: bool = True

    def __post_init__(self) -> None:
        if len(self.label) > LABEL_MOST:
            raise ValueError(f"a label has at most {LABEL_MOST} characters, this one {len(self.label)}")
        if self.label and not self.contract:
            raise ValueError("a label is shown by contract with the operator: name the contract")
        if self.label_from is not None and self.label_until is not None and self.label_from > self.label_until:
            raise ValueError(f"the label ends on {self.label_until}, before it begins on {self.label_from}")

    def label_flaw(self, day: date) -> str:
        """Why its label is not good that day: `unlabelled`, `not_yet` or `expired`; empty where it is good."""
        if not self.label:
            return "unlabelled"
        if self.label_from is not None and day < self.label_from:
            return "not_yet"
        return "expired" if self.label_until is not None and day > self.label_until else ""


class Shower(Protocol):
    """What a campaign says of the numbers it shows; its settings do."""

    @property
    def caller(self) -> str | None: ...
    @property
    def callers(self) -> tuple[Caller, ...]: ...
    @property
    def project(self) -> ProjectId: ...
    @property
    def needs_label(self) -> bool: ...
    @property
    def law(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def loopback_only(self) -> bool: ...


def pool_of(campaign: Shower) -> tuple[Caller, ...]:
    """The numbers that it may show: the campaign's own one, else the project's. Empty: the trunk's own is shown."""
    if campaign.caller is None:
        return campaign.callers
    known = tuple(one for one in campaign.callers if one.number == campaign.caller)
    return known or (Caller(0, campaign.project, campaign.caller, "campaign"),)


def needs_labels(campaign: Shower, at: Instant) -> bool:
    """Whether every number that it shows must be labelled: by its law, or as it says itself. Not within the machine."""
    return not campaign.loopback_only and (campaign.needs_label or law_at(campaign.law, at).needs_label)


def label_flaws(campaign: Shower, at: Instant) -> dict[str, str]:
    """Names of numbers whose label is not good now, with why; the trunk's own, of which nothing is known, too."""
    if not needs_labels(campaign, at):
        return {}
    day = local_day(campaign.zone, at)
    flaws = {one.name: flaw for one in pool_of(campaign) if (flaw := one.label_flaw(day))}
    return flaws if pool_of(campaign) else {"the trunk's own number": "unlabelled"}


def shown_on(campaign: Shower, trunk: str, at: Instant) -> tuple[Caller, ...] | None:
    """The numbers that may be shown on this trunk now; None: nothing is said, and the trunk's own is shown."""
    labels, pool = needs_labels(campaign, at), pool_of(campaign)
    if not pool and not labels:
        return None
    day = local_day(campaign.zone, at)
    allowed = (one for one in pool if not one.trunks or trunk in one.trunks)
    return tuple(one for one in allowed if not labels or not one.label_flaw(day))


def caller_for(shown: Sequence[Caller], lead: LeadId, region: str, kept: str | None) -> Caller:
    """Which of them this lead sees; there is at least one. `kept`: the number that it saw last."""
    for one in shown:
        if one.number == kept:
            return one
    own = [one for one in shown if region and region in one.regions]
    others = own or [one for one in shown if not one.regions] or shown
    return max(others, key=lambda one: blake2b(f"{lead}/{one.number}".encode(), digest_size=8).digest())


@dataclass(frozen=True, slots=True)
class CallerReach:
    """What became of the calls that were dialled under one number."""

    name: str
    """Empty: calls that showed the trunk's own number, or one that is not in the pool."""
    dialled: int
    answered: int
    """By a person or a machine."""
    blocked: int
    rejected: int
    no_answer: int

    @property
    def reach(self) -> float | None:
        """Answered of dialled; None where nothing was dialled."""
        return self.answered / self.dialled if self.dialled else None
