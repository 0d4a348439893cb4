"""What the API needs from the rest of the daemon: `main` hands it in, this room imports none of it.

Every method of a books' port may raise OSError while the database is away; the API answers 503 then, and 429 where it
is a TimeoutError: the books are there and too many ask them.
`at` is event time, seconds since the epoch.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from dialer.api.desk_ports import Contents, Talks
from dialer.api.floor_ports import Board, Desk, Reasons, Room
from dialer.api.integration import Integration
from dialer.api.law_ports import Callers, WorkDays
from dialer.api.notice_ports import Notices
from dialer.api.person_ports import Forgetting, Persons
from dialer.api.phone_ports import BrowserPhones, NoBrowserPhones
from dialer.api.supervisor_ports import Audit
from dialer.api.throttle import SignInTries, Throttle
from dialer.api.turnstile import Turnstile
from dialer.api.user_ports import UserBooks
from dialer.core.admission import Admission, RegionOf
from dialer.core.callback import PromisedCall
from dialer.core.card import DispositionChoice
from dialer.core.do_not_call import Forbade, Forbidden
from dialer.core.dry_run import DryRun
from dialer.core.effects import BookDecision
from dialer.core.feedback import Feedback, Heard, WorkCycle
from dialer.core.goods import OrderData
from dialer.core.ids import AgentId, AttemptId, CampaignId, GroupId, Instant, LeadId, Leg, ProjectId
from dialer.core.intake import ChangeOf, Receipt
from dialer.core.kpi import Asked, KpiReport
from dialer.core.lead import NewLead
from dialer.core.ledger import Counted
from dialer.core.listing import EVERY, Checked, Decided, Filter, ListRecord, ListWish, Rule, Undecided
from dialer.core.memory import Memory
from dialer.core.numbering.records import NumberRecord
from dialer.core.order import BookedOrder, LeadRecord
from dialer.core.permit import Callee
from dialer.core.picks import Pick
from dialer.core.proof import Proof
from dialer.core.settings import AgentSession, CampaignSettings, Phone
from dialer.core.sla import FirstCall
from dialer.core.staff import AgentRecord, ProjectRecord
from dialer.core.standing import Standing
from dialer.core.turn import Queue


class Leads(Protocol):
    """Orders in, leads out."""

    async def add(self, campaign: CampaignId, orders: Sequence[NewLead], at: Instant) -> Sequence[BookedOrder]:
        """Book the orders, one answer each in the same order; one that was there already changes nothing."""
        ...

    async def lead(self, lead: LeadId) -> LeadRecord | None: ...

    async def find(self, project: ProjectId, external_id: str) -> LeadId | None: ...

    async def callee(self, lead: LeadId) -> tuple[CampaignId, Callee] | None:
        """Its campaign, and what bears on whether it may be called."""
        ...

    async def pick(self, lead: LeadId, now: Instant) -> Pick | None:
        """The lead as an agent may pick it."""
        ...

    async def due_picks(
        self, among: Sequence[CampaignSettings], agent: AgentId, now: Instant, bound: int
    ) -> Sequence[Pick]:
        """Leads of these campaigns that are due: in each his own promised calls first."""
        ...

    async def picks_called(
        self, among: Sequence[CampaignSettings], external_id: str, numbers: Sequence[str], now: Instant, bound: int
    ) -> Sequence[Pick]:
        """The order of this number and those with these phones, in these campaigns; open ones first."""
        ...

    async def queue(self, lead: LeadId, campaign: CampaignSettings, opens: Instant, now: Instant) -> Queue:
        """Its place among those who may be called at `opens`, and the campaign's pace."""
        ...

    async def withdraw(self, lead: LeadId, reason: str) -> None:
        """A lead that waits is refused with this reason; one in a call is marked, the Floor decides."""
        ...


class Campaigns(Protocol):
    async def all(self) -> Sequence[CampaignSettings]: ...

    async def campaign(self, campaign: CampaignId) -> CampaignSettings | None: ...

    async def save(self, settings: CampaignSettings) -> CampaignSettings:
        """A new campaign (id 0) or a changed one, as it is now booked. Raises ValueError for an unknown group."""
        ...

    async def past(self, campaign: CampaignId, at: Instant) -> Sequence[Counted]:
        """The campaign's ledger of abandonments over its window, by minute."""
        ...

    async def memories(self, campaign: CampaignId) -> Sequence[Memory]:
        """What its strategies knew when they were last asked."""
        ...

    async def proof(self, campaign: CampaignSettings, within: Instant) -> Proof:
        """Every abandoned call of the campaign's calendar day around this instant, with the budget before and after."""
        ...

    async def decisions(self, campaign: CampaignId, at: Instant | None, bound: int) -> Sequence[BookDecision]:
        """The sampled pacing decisions: those in force at this instant, one of each server, or the latest."""
        ...

    async def promised(self, campaign: CampaignId, before: Instant) -> Sequence[PromisedCall]:
        """Calls promised for a moment not after `before` and not made yet, the earliest first."""
        ...

    async def late_first_calls(self, campaign: CampaignSettings, now: Instant) -> Sequence[FirstCall]:
        """Fresh requests of the last day whose first call came too late, or is late now; the oldest first."""
        ...

    async def projects(self) -> Sequence[ProjectRecord]: ...

    async def save_project(self, project: ProjectRecord) -> ProjectRecord:
        """A new project (id 0), as it is now booked. Raises ValueError where the name is taken."""
        ...

    async def share_lines(self, project: ProjectId, lines_share: float | None) -> None:
        """How large a part of all lines its calls may take; None: all. Raises ValueError where it does not exist."""
        ...


class Agents(Protocol):
    async def all(self) -> Sequence[AgentRecord]: ...

    async def agent(self, agent: AgentId) -> AgentRecord | None: ...

    async def groups(self) -> Mapping[GroupId, str]:
        """Names of groups by number."""
        ...

    async def add_group(self, name: str) -> GroupId:
        """Raises ValueError where the name is taken."""
        ...

    async def save(self, agent: AgentRecord) -> bool:
        """Add the agent, or change his name, groups and phones; true where he is at work and in other groups now.

        Raises ValueError for an unknown group.
        """
        ...

    async def sign_in(self, agent: AgentId, phone: Phone, leg: Leg, at: Instant) -> AgentSession:
        """Book the sign-in. Raises ValueError in words where the agent or the phone is signed in already."""
        ...


class Dictionary(Protocol):
    async def dispositions(self, project: ProjectId | None) -> Sequence[DispositionChoice]:
        """The project's dictionary, or the default one."""
        ...

    async def of_attempt(self, attempt: AttemptId, code: str) -> DispositionChoice | None:
        """The disposition of this code in the dictionary of the attempt's project."""
        ...


class Lists(Protocol):
    """List files in, and what of them waits for a person."""

    async def check(self, campaign: CampaignId, file: Path, wish: ListWish) -> Checked:
        """What an import would make of the file; nothing is written. Raises NotAList, ReaderLost."""
        ...

    async def take_in(self, campaign: CampaignId, file: Path, wish: ListWish) -> ListRecord:
        """Move the file away and import it. Raises NotAList, ReaderLost, and QueueFull where too many files wait."""
        ...

    async def of_campaign(self, campaign: CampaignId) -> Sequence[ListRecord]: ...

    async def one(self, list_id: int) -> ListRecord | None: ...

    async def pause(self, list_id: int, paused: bool) -> None: ...

    async def dry_run(self, campaign: CampaignSettings) -> DryRun: ...

    async def standing(self, campaign: CampaignSettings) -> Mapping[int, Sequence[Standing]]:
        """By list, every lead of the campaign in one line."""
        ...

    async def undecided(
        self, list_id: int, after: LeadId | None, bound: int, only: Filter = EVERY
    ) -> Sequence[Undecided]:
        """The next leads behind `after`, in the order of the file."""
        ...

    async def undecided_lead(self, lead: LeadId) -> Undecided | None: ...

    async def decide(self, lead: Undecided, number: str | None) -> Decided:
        """Call this candidate; None: refuse the lead. Raises ValueError for a number that is no candidate."""
        ...

    async def decide_all(self, list_id: int, rule: Rule, only: Filter = EVERY) -> Decided: ...


class Admissions(Protocol):
    """Whom projects take in."""

    async def of(self, project: ProjectId) -> Admission: ...

    async def save(self, project: ProjectId, wanted: Admission) -> None: ...


class DoNotCall(Protocol):
    """Numbers of 10 digits that must not be called, for one project or (None) for all."""

    async def forbid(self, numbers: Sequence[str], project: ProjectId | None, reason: str, at: Instant) -> Forbade:
        """Book them; the answer names the leads that this takes out. Raises ValueError for an unknown project."""
        ...

    async def allow(self, numbers: Sequence[str], project: ProjectId | None) -> int:
        """Take them out; how many stood there."""
        ...

    async def entries(
        self, projects: Iterable[ProjectId] | None, after: tuple[str, int], bound: int, number: str | None = None
    ) -> Sequence[Forbidden]:
        """The next ones behind `after`, (number, project or 0); of this number only, where one is given."""
        ...


class Intake(Protocol):
    """Orders in, beside `Leads`."""

    async def receipt(self, sender: str, key: str, now: Instant) -> Receipt | None:
        """The answer that this sender's key was given within the last day."""
        ...

    async def keep(self, sender: str, key: str, receipt: Receipt, now: Instant) -> bool:
        """False where somebody else's answer stands already."""
        ...

    async def put_orders(self, orders: Mapping[LeadId, OrderData]) -> None:
        """What is ordered, before its leads are added."""
        ...

    async def drop_orders(self, leads: Sequence[LeadId]) -> None:
        """Of leads that were not added after all."""
        ...

    async def put_asked(self, asked: Mapping[LeadId, Instant]) -> None:
        """When the customers of these leads asked to be called."""
        ...

    async def change(self, lead: LeadId, change_of: ChangeOf) -> CampaignId | None:
        """`change_of` is told the lead as it is booked; what it raises leaves all as it was.

        None where the lead is in a call, over, or unknown: nothing was done.
        """
        ...


class FeedbackPort(Protocol):
    async def hear(self, told: Feedback, now: Instant) -> Heard | None:
        """Book it and do what it asks for; None where the project has no such order."""
        ...

    async def cycles(self, lead: LeadId) -> Sequence[WorkCycle]:
        """Those that are over."""
        ...


class Reports(Protocol):
    async def about(self, asked: Asked, *, inside: bool) -> KpiReport:
        """Every sheet, or without `inside` those that clients may see."""
        ...

    async def csv(self, report: KpiReport, *, english: bool, only: str | None) -> bytes:
        """For Russian Excel; `only`: the sheet of this key alone."""
        ...

    async def xlsx(self, report: KpiReport, *, english: bool) -> bytes: ...


CheckNumber = Callable[[str, str, str, str], Sequence[NumberRecord]]
"""(cell, postcode, town, region) to every number found in the cell; never raises on content."""


class Clock(Protocol):
    def now(self) -> Instant: ...

    def monotonic(self) -> float: ...


@dataclass(frozen=True, slots=True)
class ApiSettings:
    version: str = "0"
    public_origin: str | None = None
    """`https://dialer.example` where a reverse proxy stands before us; None: the Host that was asked."""
    session_s: float = 12 * 3600.0


@dataclass(frozen=True, slots=True)
class Ports:
    """All of it."""

    users: UserBooks
    leads: Leads
    campaigns: Campaigns
    agents: Agents
    dictionary: Dictionary
    talks: Talks
    contents: Contents
    lists: Lists
    admissions: Admissions
    do_not_call: DoNotCall
    callers: Callers
    work_days: WorkDays
    integration: Integration
    intake: Intake
    feedback: FeedbackPort
    persons: Persons
    forgetting: Forgetting
    notices: Notices
    reports: Reports
    audit: Audit
    room: Room
    desk: Desk
    board: Board
    reasons: Reasons
    clock: Clock
    check_number: CheckNumber
    region_of: RegionOf
    region_kept: RegionOf
    """A region that was told earlier, where postcode and town, told since, leave it; else empty."""
    served_regions: Callable[[Sequence[str]], frozenset[str]]
    """Regions as people call them by our names; raises ValueError for what is none."""
    new_id: Callable[[], str]
    """UUIDv7 text."""
    new_nonce: Callable[[], str]
    """A few characters of chance that make each sign-in's leg its own."""
    metrics: Callable[[], tuple[bytes, str]]
    """The exposition and its content type."""
    ready: Callable[[], Awaitable[Mapping[str, str]]]
    """What the daemon needs, by name: an empty text where it is well, else what is wrong."""
    settings: ApiSettings = field(default_factory=ApiSettings)
    phones: BrowserPhones = field(default_factory=NoBrowserPhones)
    sign_in_tries: SignInTries = field(default_factory=SignInTries)
    feedback_tries: Throttle = field(default_factory=lambda: Throttle(30, 60.0))
    """Messages that nobody signed, by address."""
    turnstile: Turnstile = field(default_factory=Turnstile)
    """For whoever adds orders."""
