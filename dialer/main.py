"""The daemon, built by hand: what there is, who is told what, in which order it starts and stops.

Start: configuration, books (migrated), Floor with what the books remember, then the links to Asterisk, whose resync
decides what became of open attempts, then the pages. Stop (SIGTERM): no new calls, talks finish, books are written;
agents stay in hold in Asterisk and are adopted by the next start. Whoever is away when we stop (Asterisk, the database)
is not waited for. A second SIGTERM does not wait at all. SIGHUP reloads.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from random import SystemRandom
from typing import Any, get_args

from dialer.ami.link import AmiLink
from dialer.api.server import HttpServer, bind
from dialer.clock import Clock
from dialer.config import Asterisk, Config, load_config
from dialer.config_errors import ConfigError
from dialer.core.effects import (
    Alarm,
    BookAgentState,
    BookCampaignState,
    BookDecision,
    BookHold,
    BookProgress,
    CallAgent,
    ConfirmLead,
    Connect,
    DropAgent,
    Effect,
    HangUp,
    LineEffect,
    Originate,
    ReserveLeads,
    Resync,
    Settle,
    SpyEffect,
)
from dialer.core.events import AttemptSettled, Event, LeadsAdded, LeadWithdrawn
from dialer.core.floor import Floor
from dialer.core.ids import AttemptId, CampaignId, LeadId, ServerName, TrunkName
from dialer.core.memory import memories_of
from dialer.core.states import CallState
from dialer.core.view import FloorView, view_of
from dialer.core.wishes import Draining, SiteChanged
from dialer.draining import Drain, Left
from dialer.engine import Engine, Performer
from dialer.forgetting import Forgetting
from dialer.front import build_front
from dialer.housekeeping import Housekeeping
from dialer.intake.plan_folder import DEFAULT_PLAN_DIR, LiveNumbering, PlanFolder
from dialer.integration import build_integration
from dialer.logs import LogEvent, configure, get_logger
from dialer.memory import settle_memory, take_up_plan
from dialer.meter import Meter
from dialer.noticing import build_notices
from dialer.notify import Notifier
from dialer.outside.client import Client
from dialer.phones import Phones
from dialer.reading import Plan
from dialer.reloading import reload
from dialer.reporting import keep_sums
from dialer.results import Results
from dialer.slots import Slots
from dialer.store import first_calls
from dialer.store.alone import Alone
from dialer.store.books import Books
from dialer.store.campaigns import why
from dialer.store.db import Database
from dialer.store.migrate import make_partitions
from dialer.store.news import LeadsNews
from dialer.store.promises import missed
from dialer.store.writer import BookEffect

REMEMBER_S = 3.0
"""How long the last word of what strategies have learned may take to be written."""
CLOSE_S = 30.0
"""How long the parts may take to end once they are told to: a statement's limit, a page's last answer, and room."""
IDLE_POLL_S = 0.2

REFUSED = (
    "the database refused what was to be booked: an error of ours. The log line `bug` holds it; a settlement's lead "
    "waits for a decision. Report the line, and decide the lead by hand"
)

log = get_logger()


class Daemon:
    """All parts of one daemon. Use `serve`."""

    def __init__(
        self,
        config: Config,
        path: Path | None,
        clock: Clock,
        database: Database,
        front_database: Database,
        alone: Alone,
    ) -> None:
        """Two sets of connections: however many pages are asked for at once, claims and bookings queue for none."""
        self._config = config
        self._path = path
        self._clock = clock
        self._database = database
        self._alone = alone
        self._settling: dict[AttemptId, Settle] = {}
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self.numbering = LiveNumbering(_plan_folder(config), self._today())
        self.floor = Floor(config.site())
        self.meter = Meter(self.floor)
        self.books = Books(database, clock, self._from_books, self._put_aside)
        self.outside = Client()
        self.results = Results(database, clock, self.outside, config.webhooks.key)
        self.slots = Slots(database, clock, self.outside)
        self.forgetting = Forgetting(database, clock)
        self.notices = build_notices(database, clock, self.outside, config.smtp)
        self.links = {ServerName(server.name): self._link(server) for server in config.asterisk}
        self.phones = Phones(config, self.links, self.floor.room.agents.values, clock)
        self.front = build_front(
            database=front_database,
            feed=self._feed,
            view=self.view,
            clock=clock,
            numbering=lambda: self.numbering.current,
            plan=lambda: Plan(self._config.numbers.plan_dir or DEFAULT_PLAN_DIR, self._today()),
            ready=self._ready,
            raise_alarm=self._raise,
            integration=build_integration(
                database, clock, self.outside, config.webhooks.key, self.results.wake, self.slots
            ),
            phones=self.phones,
            public_url=config.http.public_url,
        )
        self.engine = Engine(self.floor, clock, self._performers(), self.meter, frozenset({Connect, HangUp}))
        self.http = HttpServer(self.front.app, bind(config.http.host, config.http.port))
        self.news = LeadsNews(config.database.dsn, self._leads_added, self._lead_withdrawn)
        self.notifier = Notifier.from_environment()
        self.housekeeping = Housekeeping(
            every_second=self._look, every_minute=self._each_minute, every_hour=self._make_partitions
        )

    # ---- parts

    def _link(self, server: Asterisk) -> AmiLink:
        return AmiLink(
            name=ServerName(server.name),
            host=server.host,
            port=server.port,
            username=server.username,
            secret=server.secret,
            clock=self._clock,
            sink=self._feed,
            chance=SystemRandom(),
            trunks=_trunks(self._config, ServerName(server.name)),
        )

    def _performers(self) -> dict[type[Effect], Sequence[Performer]]:
        """Who performs what; of several in this order: Asterisk first, because somebody waits on the line."""
        to_asterisk: Mapping[type[Effect], Performer] = {
            Originate: self._on_server(self._originate),
            Connect: self._on_server(AmiLink.connect),
            HangUp: self._on_server(AmiLink.hang_up),
            CallAgent: self._on_server(AmiLink.call_agent),
            DropAgent: self._on_server(AmiLink.drop_agent),
            Resync: self._on_server(lambda link, effect: link.resync()),
            **dict.fromkeys(get_args(LineEffect), self._on_server(AmiLink.line)),
            **dict.fromkeys(get_args(SpyEffect), self._on_server(AmiLink.spy)),
        }
        put = self.books.writer.put
        to_books: Mapping[type[Effect], Performer] = {
            BookProgress: put,
            BookAgentState: put,
            BookCampaignState: put,
            BookDecision: put,
            BookHold: put,
            Settle: self._settle,
            ReserveLeads: self._reserve,
            ConfirmLead: self._confirm,
        }
        tables = (to_asterisk, to_books, self.front.performers(), self.meter.performers(), self.phones.performers())
        kinds = {kind for table in tables for kind in table}
        return {kind: [table[kind] for table in tables if kind in table] for kind in kinds}

    # ---- effects that need a word more

    def _on_server(self, perform: Callable[[AmiLink, Any], None]) -> Performer:
        """The books may tell of a server that is not configured any more: what is wanted of it is passed over."""

        def performed(effect: Any) -> None:
            link = self.links.get(effect.server)
            if link is not None:
                perform(link, effect)
            else:
                wanted = type(effect).__name__
                log.warning(LogEvent.AMI_REFUSED, server=effect.server, wanted=wanted, reason="no such server")

        return performed

    def _originate(self, link: AmiLink, effect: Originate) -> None:
        trunk = self.floor.room.trunks[effect.trunk]
        link.originate(effect, trunk.settings.endpoint)

    async def _reserve(self, effect: ReserveLeads) -> None:
        self._feed(await self.books.reserve(effect))

    async def _confirm(self, effect: ConfirmLead) -> None:
        self._feed(await self.books.confirm(effect))

    def _settle(self, effect: Settle) -> None:
        self._settling[effect.attempt] = effect
        self.books.writer.put(effect)

    def _raise(self, alarm: Alarm) -> None:
        """An alarm that did not come from the Floor."""
        self.meter.alarm(alarm)
        self.front.alarm(alarm)

    # ---- events on their way in

    def _feed(self, event: Event) -> None:
        self.engine.feed(event)

    def _from_books(self, event: Event) -> None:
        if isinstance(event, AttemptSettled):
            settled = self._settling.pop(event.attempt, None)
            if settled is not None:
                self.front.hub.settled(settled)
            self.results.wake()
        self._feed(event)

    def _put_aside(self, refused: BookEffect) -> None:
        """The books would not take it: nobody is told that it is saved, and a person must look."""
        attempt = refused.attempt if isinstance(refused, Settle) else None
        if attempt is not None:
            self._settling.pop(attempt, None)
        self._raise(Alarm(name="settlement_refused" if attempt else "booking_refused", text=REFUSED, attempt=attempt))

    def _leads_added(self, campaign: CampaignId) -> None:
        self._feed(LeadsAdded(at=self._clock.now(), campaign=campaign))

    def _lead_withdrawn(self, lead: LeadId) -> None:
        """By another process, such as `dialer dnc`."""
        self._feed(LeadWithdrawn(at=self._clock.now(), lead=lead))
        self.front.hub.withdrawn(lead)

    # ---- questions

    def view(self) -> FloorView:
        return view_of(self.floor, self._clock.now())

    async def _ready(self) -> Mapping[str, str]:
        """What the daemon needs, by name: empty where it is well."""
        found = {f"asterisk {name}": "" if link.up else link.why_down for name, link in self.links.items()}
        found["database"] = "does not answer" if self.books.writer.away else ""
        found["dialling"] = "stopping" if self.floor.room.draining else ""
        return found

    @property
    def address(self) -> str:
        return f"http://{self._config.http.host}:{self.http.port}"

    # ---- from time to time

    async def _look(self) -> None:
        writer = self.books.writer
        self.meter.refresh(self.view(), self.engine.waiting, not writer.away, self._clock.wall_drift_s())
        self.notifier.alive()

    async def _each_minute(self) -> None:
        """Totals must always add up; what does not is a bug, told by metric and log. A new plan is taken up."""
        wrong = await asyncio.to_thread(take_up_plan, self.numbering, self._today())
        if wrong:
            self._raise(Alarm(name="plan_refused", text=wrong, facts={"reason": wrong}))
        await self._give_up_strays()
        self.meter.imbalance(await self.books.imbalance())
        await self.books.remember(memories_of(self.floor.room, self._clock.now()))
        await self.results.look()
        await keep_sums(self._database, self._clock.now())
        async with self._database.connection() as conn:
            late = self.meter.missed(await missed(conn, self._clock.now()))
            if late is not None:
                self._raise(late)
            await first_calls.hasten(conn, self._clock.now())
            for campaign in list(self.floor.room.campaigns.values()):
                self.meter.leads(campaign.id, await why(conn, campaign.id, self._clock.now()))
                self.meter.late(campaign.id, await first_calls.late(conn, campaign.settings, self._clock.now()))

    async def _give_up_strays(self) -> None:
        room = self.floor.room
        led = {campaign.id: campaign.settings.rules for campaign in room.campaigns.values()}
        known = (room.calls, room.settled, self._settling)
        for attempt in await self.books.give_up_strays(led, lambda one: any(one in place for place in known)):
            log.warning(LogEvent.ORPHAN, attempt=attempt, reason="a claim of a daemon that is dead")

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock.now(), UTC).date()

    async def _make_partitions(self) -> None:
        await make_partitions(self._database, self._clock.now())
        await self.results.prune()
        await self.notices.prune()

    # ---- life

    async def run(self) -> None:
        """Lead campaigns until told to stop."""
        self._feed(await self.books.recover())
        await self.front.board.begin()
        self._watch_signals()
        async with self.outside, asyncio.TaskGroup() as tasks:
            parts = (
                self.engine.run(), self.books.writer.run(), self.http.run(), self.front.run(), self.results.run(),
                self.notices.run(),
            )  # fmt: skip
            running = [tasks.create_task(part) for part in parts]
            rounds = (
                self._alone.run(), self.news.run(), self.housekeeping.run(), self.slots.sweeper.run(),
                self.forgetting.run(),
            )  # fmt: skip
            endless = [tasks.create_task(part) for part in rounds]
            endless += [tasks.create_task(link.run()) for link in self.links.values()]
            settle_memory()
            log.info(LogEvent.READY, address=self.address)
            self.notifier.ready()
            await self._stop.wait()
            await self._drain()
            await self._remember_at_last()
            for task in endless:
                task.cancel()
            await self._end(running)
        left = self._left()
        log.info(LogEvent.STOPPED, open_calls=left.calls + left.calls_away, unwritten=left.unwritten)

    async def _remember_at_last(self) -> None:
        """What strategies have learned since the last minute; a database that is away is not waited for."""
        with suppress(OSError):
            async with asyncio.timeout(REMEMBER_S):
                await self.books.remember(memories_of(self.floor.room, self._clock.now()))

    async def _end(self, running: Sequence[asyncio.Task[None]]) -> None:
        """Tell every part to end, and end those that do not."""
        self._close()
        _, late = await asyncio.wait(running, timeout=CLOSE_S)
        for task in late:
            task.cancel()

    def _close(self) -> None:
        self.front.close()
        self.http.stop()
        self.engine.stop()
        self.books.writer.stop()
        self.results.stop()
        self.notices.stop()

    async def _drain(self) -> None:
        """No new calls; wait until no customer is on a line and the books are written, or only who is away is left."""
        log.info(LogEvent.DRAINING)
        self.notifier.stopping()
        self._feed(Draining(at=self._clock.now()))
        drain = Drain(self._clock.monotonic())
        while not self._hurry.is_set():
            if self.floor.room.draining and drain.is_over(self._clock.monotonic(), self._left()):
                break
            await asyncio.sleep(IDLE_POLL_S)  # noqa: TID251 - the end of the last talk is no single event
        if drain.left_behind:
            log.warning(LogEvent.DRAINING, left_behind=drain.left_behind, **asdict(self._left()))

    def _left(self) -> Left:
        room, writer = self.floor.room, self.books.writer
        up = {name for name, link in self.links.items() if link.up}
        on_line = [call.server in up for call in room.calls.values() if call.state is not CallState.WRAP_UP]
        asking = sum(bool(campaign.asking) for campaign in room.campaigns.values())
        return Left(on_line.count(True) + asking, on_line.count(False), writer.backlog, writer.away)

    def _watch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._asked_to_stop)
        loop.add_signal_handler(signal.SIGINT, self._asked_to_stop)
        loop.add_signal_handler(signal.SIGHUP, self._reload)

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def _reload(self) -> None:
        """Take over trunks and limits from the file; what needs a restart is named."""
        try:
            wanted = load_config(self._path)
        except ConfigError as error:
            log.error(LogEvent.CONFIG_REFUSED, error=str(error))
            return
        found = reload(self._config, wanted)
        self._config = config = found.config
        configure(config.log.level, config.log.as_json)
        for name, link in self.links.items():
            link.watch_trunks(_trunks(config, name))
        self._feed(SiteChanged(at=self._clock.now(), site=config.site()))
        level = logging.WARNING if found.waits else logging.INFO
        log.log(level, LogEvent.CONFIG_RELOADED, needs_restart=list(found.waits))


def _trunks(config: Config, server: ServerName) -> dict[str, TrunkName]:
    """The trunks of one server, by endpoint."""
    return {trunk.endpoint: trunk.name for trunk in config.site().trunks if trunk.server == server}


def _plan_folder(config: Config) -> PlanFolder:
    return PlanFolder(config.numbers.plan_dir or DEFAULT_PLAN_DIR)
