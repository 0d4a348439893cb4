"""The front of the house, put together by hand: books, desks and wallboard behind the HTTP application.

`main` gives what it has (the database, the engine's queue, the view of the floor) and gets one `Front`: effects to
perform, tasks to run, an application to serve.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from dialer import metrics
from dialer.api.app import create_app
from dialer.api.integration import Integration
from dialer.api.phone_ports import BrowserPhones, NoBrowserPhones
from dialer.api.ports import ApiSettings, Ports
from dialer.clock import Clock
from dialer.core.admission import read_served
from dialer.core.effects import Alarm, BookAgentState, BookDecision, Effect, LineTold
from dialer.core.events import Event, LeadsAdded
from dialer.core.ids import AgentId, CampaignId, ServerName
from dialer.core.numbering.service import Numbering
from dialer.core.view import AgentView, FloorView
from dialer.desk.hub import Hub
from dialer.desk.wallboard import Wallboard
from dialer.integration import build_integration
from dialer.lists import Lists
from dialer.outside.client import Client
from dialer.reading import Plan
from dialer.reasons import Reasons
from dialer.reporting import Reporting
from dialer.store.audit import AuditBooks
from dialer.store.callers import FrontCallers
from dialer.store.cards import Cards
from dialer.store.contents import Contents
from dialer.store.db import Database
from dialer.store.do_not_call import DoNotCall
from dialer.store.feedback import FeedbackBooks
from dialer.store.forgetting import ForgettingBooks
from dialer.store.front import FrontAdmissions, FrontAgents, FrontCampaigns, FrontLeads
from dialer.store.intake import IntakeBooks
from dialer.store.notices import NoticeBooks
from dialer.store.persons import Persons
from dialer.store.talks import Talks
from dialer.store.users import Users
from dialer.store.uuid7 import uuid7
from dialer.store.work_days import WorkDays
from dialer.trail import AuditLog, card_look

NONCE_BYTES = 4

Performer: TypeAlias = Callable[[Any], Coroutine[Any, Any, None] | None]


@dataclass(frozen=True, slots=True)
class Front:
    """What `main` uses of it."""

    app: ASGIApp
    hub: Hub
    board: Wallboard
    lists: Lists
    reasons: Reasons
    audit: AuditLog

    def performers(self) -> Mapping[type[Effect], Performer]:
        """For the engine's table; beside it `hub.settled(effect)` is called once the books have settled."""
        return {**self.hub.performers(), Alarm: self.alarm, BookDecision: self.reasons.put}

    def alarm(self, effect: Alarm) -> None:
        self.hub.alarm(effect)
        self.board.alarm(effect)

    async def run(self) -> None:
        """The desk's and the wallboard's clocks and the imports, until `close`; a task of the daemon's TaskGroup."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.hub.run())
            tasks.create_task(self.board.run())
            tasks.create_task(self.lists.run())
            tasks.create_task(self.audit.trail.run())

    def close(self) -> None:
        """Lets every socket go; pages come back by themselves."""
        self.hub.close()
        self.board.close()
        self.lists.close()
        self.audit.trail.close()


class WallboardFacts:
    """The books as the wallboard asks them."""

    def __init__(self, agents: FrontAgents, campaigns: FrontCampaigns) -> None:
        self.names = agents.names
        self.backlog = campaigns.backlog
        self.today = campaigns.today
        self.agent_days = campaigns.agent_days
        self.fresh_days = campaigns.fresh_days


class FloorPort:
    """The engine as the API sees it."""

    def __init__(self, feed: Callable[[Event], None], view: Callable[[], FloorView]) -> None:
        self.feed = feed
        self._view = view

    def agents(self) -> Sequence[AgentView]:
        return self._view().agents

    def trunk_endpoints(self) -> Collection[str]:
        return {trunk.endpoint for trunk in self._view().trunks}

    def servers(self) -> Collection[ServerName]:
        return [server.name for server in self._view().servers]


def build_front(
    *,
    database: Database,
    feed: Callable[[Event], None],
    view: Callable[[], FloorView],
    clock: Clock,
    numbering: Callable[[], Numbering],
    plan: Callable[[], Plan | None] = lambda: None,
    ready: Callable[[], Awaitable[Mapping[str, str]]],
    raise_alarm: Callable[[Alarm], None],
    integration: Integration | None = None,
    phones: BrowserPhones | None = None,
    public_url: str | None = None,
) -> Front:
    """`raise_alarm` performs an alarm that the desk itself raises; `ready` names what the daemon needs (see Ports).

    `numbering` gives the one of the newest plan, `plan` where a process of its own finds it.
    """
    cards, agents = Cards(database), FrontAgents(database)
    campaigns = FrontCampaigns(database)
    board = Wallboard(view, WallboardFacts(agents, campaigns), clock.now)
    reasons, audit = Reasons(), AuditLog(AuditBooks(database))
    hub = Hub(
        cards,
        feed=feed,
        now=clock.now,
        monotonic=clock.monotonic,
        recall=lambda agent: recall(view(), agent),
        recall_line=lambda agent: line_seen(view(), agent),
        raise_alarm=raise_alarm,
        pop_seen=metrics.POP.observe,
        looked=lambda agent, card: audit.note(card_look(clock.now(), agent, card)),
    )

    def added(campaign: CampaignId) -> None:
        feed(LeadsAdded(at=clock.now(), campaign=campaign))

    lists = Lists(database, numbering, clock, added, plan)
    ports = Ports(
        users=Users(database),
        leads=FrontLeads(database),
        campaigns=campaigns,
        agents=agents,
        dictionary=cards,
        talks=Talks(database),
        contents=Contents(database),
        lists=lists,
        admissions=FrontAdmissions(database),
        do_not_call=DoNotCall(database),
        callers=FrontCallers(database),
        work_days=WorkDays(database),
        integration=integration or build_integration(database, clock, Client(), key=None),
        intake=IntakeBooks(database),
        feedback=FeedbackBooks(database),
        persons=Persons(database),
        forgetting=ForgettingBooks(database),
        notices=NoticeBooks(database),
        reports=Reporting(database),
        audit=audit,
        room=FloorPort(feed, view),
        desk=hub,
        board=board,
        reasons=reasons,
        clock=clock,
        check_number=lambda *cell: numbering().check(*cell),
        region_of=lambda *place: numbering().region_of(*place),
        region_kept=lambda *place: numbering().region_kept(*place),
        served_regions=lambda names: read_served(names, numbering().regions),
        new_id=lambda: uuid7(clock.now()),
        new_nonce=lambda: secrets.token_hex(NONCE_BYTES),
        metrics=lambda: (metrics.render(), metrics.CONTENT_TYPE),
        ready=ready,
        settings=ApiSettings(version("dialer"), origin_of(public_url)),
        phones=phones or NoBrowserPhones(),
    )
    return Front(create_app(ports), hub, board, lists, reasons, audit)


def recall(view: FloorView, agent: AgentId) -> BookAgentState | None:
    """What the Floor knows of an agent whose screen comes back after the daemon's restart."""
    for seen in view.agents:
        if seen.agent == agent:
            return BookAgentState(
                agent=agent, state=seen.state, since=seen.since, reason=seen.reason, attempt=seen.attempt
            )
    return None


def line_seen(view: FloorView, agent: AgentId) -> LineTold | None:
    """The same of who hears whom in his talk."""
    return next((seen.line for seen in view.agents if seen.agent == agent), None)


def origin_of(url: str | None) -> str | None:
    """Scheme and host of the public address; None where there is none."""
    if url is None:
        return None
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
