"""The whole application over the real database and the real desk; only the Floor is a list of what it was told."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from dialer.api.app import create_app
from dialer.api.ports import Ports
from dialer.clock import Clock
from dialer.core.access import RIGHTS, Right, Role
from dialer.core.admission import read_served
from dialer.core.events import Event, LeadsAdded
from dialer.core.floor import Floor
from dialer.core.hours import Calendar
from dialer.core.ids import AgentId, CampaignId, GroupId, ProjectId, ServerName
from dialer.core.numbering.defaults import load_default
from dialer.core.numbering.service import Numbering
from dialer.core.pseudonym import Pseudonyms
from dialer.core.settings import CampaignSettings, Phone, Server, Site
from dialer.core.staff import AgentRecord, ProjectRecord
from dialer.core.view import AgentView, FloorView, view_of
from dialer.desk.hub import Hub
from dialer.desk.wallboard import Wallboard
from dialer.front import WallboardFacts
from dialer.integration import build_integration
from dialer.lists import Lists
from dialer.outside.client import Client
from dialer.reasons import Reasons
from dialer.reporting import Reporting
from dialer.store import agents
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

ORIGIN = "http://dialer.test"
PASSWORD = "correct horse battery"
KEY = "an installation's key, long enough to be one"
AGENT = AgentId(1001)
OTHER_AGENT = AgentId(1002)


@dataclass
class FedRoom:
    """What the Floor was told."""

    events: list[Event] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    signed_in: list[AgentView] = field(default_factory=list)

    def feed(self, event: Event) -> None:
        self.events.append(event)
        self.news.set()

    def agents(self) -> Sequence[AgentView]:
        """Who is signed in; a test puts them there."""
        return self.signed_in

    def trunk_endpoints(self) -> Sequence[str]:
        return ("carrier",)

    def servers(self) -> Sequence[ServerName]:
        return (ServerName("a"),)

    async def heard(self, kind: type[Event]) -> Any:
        """The first event of this kind, as soon as it is there."""
        async with asyncio.timeout(60):
            while not self.told(kind):
                self.news.clear()
                await self.news.wait()
        return self.told(kind)[0]

    def told(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@dataclass
class House:
    """Everything that a test of the API may want to reach."""

    app: FastAPI
    ports: Ports
    database: Database
    users: Users
    hub: Hub
    board: Wallboard
    floor: Floor
    room: FedRoom
    clock: Clock
    project: ProjectId
    group: GroupId
    campaign: CampaignId
    cards: Cards
    trouble: dict[str, str]
    scene: list[Callable[[float], FloorView]]
    """What the wallboard is shown; the last one counts."""
    seen: asyncio.Queue[float]
    """Seconds from answer to acknowledgement of each pop."""
    lists: Lists
    """Imports what it is given while a test runs it."""

    async def token(self, role: Role, *scopes: Right, projects: tuple[ProjectId, ...] = ()) -> dict[str, str]:
        """Headers of a new user of this role, with all rights of the role unless scopes are named."""
        name = f"{role}{next(_numbers)}"
        agent = AGENT if role is Role.AGENT else None
        await self.users.add(name, role, self.clock.now(), agent=agent, projects=projects)
        secret = await self.users.make_token(name, scopes or RIGHTS[role], self.clock.now())
        return {"Authorization": f"Bearer {secret}"}


_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def numbering() -> Numbering:
    return load_default(date(2026, 11, 1))


@pytest_asyncio.fixture
async def outside() -> AsyncIterator[Client]:
    """What the application sends requests to foreign machines with."""
    async with Client() as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """The house's; a module whose days are in the law's or the calendar's tables has one that stands there."""
    return Clock()


@pytest_asyncio.fixture
async def house(database: Database, numbering: Numbering, outside: Client, clock: Clock) -> House:
    database.pseudonyms = Pseudonyms((KEY,))
    floor, room = Floor(Site((Server(ServerName("a")),), ())), FedRoom()
    cards, front_agents = Cards(database), FrontAgents(database)
    users, campaigns = Users(database), FrontCampaigns(database)
    scene: list[Callable[[float], FloorView]] = [lambda at: view_of(floor, at)]
    board = Wallboard(lambda: scene[-1](clock.now()), WallboardFacts(front_agents, campaigns))
    seen: asyncio.Queue[float] = asyncio.Queue()
    audit = AuditLog(AuditBooks(database))
    hub = Hub(
        cards,
        feed=room.feed,
        now=clock.now,
        monotonic=clock.monotonic,
        raise_alarm=board.alarm,
        pop_seen=seen.put_nowait,
        looked=lambda agent, card: audit.note(card_look(clock.now(), agent, card)),
    )
    trouble: dict[str, str] = {}

    async def ready() -> dict[str, str]:
        return {"database": "", **trouble}

    lists = Lists(database, lambda: numbering, clock, lambda c: room.feed(LeadsAdded(at=clock.now(), campaign=c)))
    ports = Ports(
        users=users,
        leads=FrontLeads(database),
        campaigns=campaigns,
        agents=front_agents,
        dictionary=cards,
        talks=Talks(database),
        contents=Contents(database),
        lists=lists,
        admissions=FrontAdmissions(database),
        do_not_call=DoNotCall(database),
        callers=FrontCallers(database),
        work_days=WorkDays(database),
        integration=build_integration(database, clock, outside, KEY),
        intake=IntakeBooks(database),
        feedback=FeedbackBooks(database),
        persons=Persons(database),
        forgetting=ForgettingBooks(database),
        notices=NoticeBooks(database),
        reports=Reporting(database),
        audit=audit,
        room=room,
        desk=hub,
        board=board,
        reasons=Reasons(),
        clock=clock,
        check_number=numbering.check,
        region_of=numbering.region_of,
        region_kept=numbering.region_kept,
        served_regions=lambda names: read_served(names, numbering.regions),
        new_id=lambda: uuid7(clock.now()),
        new_nonce=lambda: "n1",
        metrics=lambda: (b"# HELP dialer_up Always one.\n", "text/plain; version=0.0.4"),
        ready=ready,
    )
    project, group, campaign = await furnish(database, campaigns, front_agents)
    return House(
        create_app(ports),
        ports,
        database,
        users,
        hub,
        board,
        floor,
        room,
        clock,
        project,
        group,
        campaign,
        cards,
        trouble,
        scene,
        seen,
        lists,
    )


async def furnish(
    database: Database, campaigns: FrontCampaigns, front_agents: FrontAgents
) -> tuple[ProjectId, GroupId, CampaignId]:
    """A project, a group, two agents with phones and a campaign."""
    project = await campaigns.save_project(
        ProjectRecord(ProjectId(0), "Лавка", greeting="Здравствуйте, {person}!", script="Уточните адрес.")
    )
    async with database.connection() as conn:
        group = await agents.create_group(conn, "заказы")
    for agent, name in ((AGENT, "Анна"), (OTHER_AGENT, "Борис")):
        phone = Phone(ServerName("a"), f"phone{agent}")
        await front_agents.save(AgentRecord(agent, name, (group,), (phone,)))
    settings = CampaignSettings(
        id=CampaignId(0),
        project=project.id,
        name="заказы ноября",
        groups=frozenset({group}),
        mode="progressive",
        calendar=Calendar(),
    )
    return project.id, group, (await campaigns.save(settings)).id


@pytest_asyncio.fixture
async def http(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client without any session or token."""
    transport = httpx.ASGITransport(app=house.app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@pytest_asyncio.fixture
async def admin(house: House) -> dict[str, str]:
    return await house.token(Role.ADMIN)


@pytest_asyncio.fixture
async def supervisor(house: House) -> dict[str, str]:
    return await house.token(Role.SUPERVISOR)
