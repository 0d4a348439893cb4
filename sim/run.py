"""A day in virtual time: the daemon's own Floor, driven by a heap of events from a modelled world.

The driver does what the daemon's engine does: it gives the Floor one event at a time and performs the effects. There
is no other decision in it. Same scenario and seed, same day, to the last byte.
"""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from random import Random
from typing import Any

from dialer.core.attempt_rules import DEFAULT_PROGRAMME
from dialer.core.effects import (
    Alarm,
    BookAgentState,
    CallAgent,
    CancelTimer,
    ConfirmLead,
    Connect,
    DropAgent,
    Effect,
    HangUp,
    Originate,
    PickRefused,
    PreviewShown,
    ReserveLeads,
    Resync,
    SetTimer,
    Settle,
)
from dialer.core.events import Beat, BooksAway, BooksBack, ClockSuspect, Event, ServerDown, TimerFired
from dialer.core.floor import Floor
from dialer.core.hours import Calendar, Window
from dialer.core.ids import CampaignId, ProjectId, ServerName, TrunkName
from dialer.core.ledger import CeilingMode
from dialer.core.modes import MANUAL
from dialer.core.outcome import AttemptRules
from dialer.core.settings import CampaignSettings, Server, Site, Trunk
from dialer.core.timer import Timer
from dialer.core.wishes import CampaignChanged, CampaignCommand, CampaignCommanded
from sim.books import Books
from sim.checks import Checks
from sim.faults import Link, at_random
from sim.hands import GROUP, Hands
from sim.heap import BEAT, NETWORK, Future
from sim.reading import Pickers, Readers
from sim.requests import RequestBooks
from sim.scenario import Scenario
from sim.switch import Stage, Switch
from sim.tally import Sample, Tally
from sim.timers import Timers
from sim.world import Change, Plant, World

START = 1_767_600_000.0
"""Monday 5 January 2026, 11:00 in Moscow: days start at the same hour, so that they can be compared."""
BEAT_S = 0.5
SAMPLE_S = 15.0
DRIFT_STEP_S = 60.0
SERVER, TRUNK, CAMPAIGN = ServerName("sim"), TrunkName("sim"), CampaignId(1)
ALL_DAY = Calendar(weekdays=tuple((Window(0, 1440),) for _ in range(7)), reason="simulated")
RESYNC_S = 0.05
PROGRESS_STEPS = 200
SETTLING_S = 7200.0
"""After the shift nothing new is started; calls and forms of that moment come to their end well within it."""


class StrategyFailed(Exception):
    """A third party's strategy failed; a daemon goes on without it, a simulated day would only mislead."""


@dataclass(slots=True)
class Day:
    """One scenario being lived; `run` gives its tally. `progress` is told the share of the day that is over."""

    scenario: Scenario
    progress: Callable[[float], None] | None = None
    checked: bool = False
    """Check conservation after every step: slow, for tests."""
    tally: Tally = field(default_factory=lambda: Tally(START))
    floor: Floor = field(init=False)
    books: Books = field(init=False)
    switch: Switch = field(init=False)
    link: Link = field(init=False)
    journal: Callable[[Event, list[Effect]], None] | None = None
    """Told of every event and what the Floor answered; of a pacing (as a Beat) where it asked for anything."""
    _future: Future = field(init=False)
    _world: World = field(init=False)
    _readers: Readers = field(init=False)
    _pickers: Pickers | None = field(init=False, default=None)
    _hands: Hands = field(init=False)
    _timers: Timers = field(init=False)
    _perform: dict[type, Callable[[Any], None]] = field(init=False)
    _checks: Checks | None = None

    def __post_init__(self) -> None:
        day = self.scenario
        self._future = Future(START)
        self._world = World(day.people, day.team, day.plant, day.seed, day.segments)
        self.floor = Floor(_site(day))
        self.link = Link(self._future, day.faults, Random(f"{day.seed}/link"), self._step)
        self.switch = Switch(self._future, self._world, self.tally, self.link.tell, SERVER)
        self.books = self._books(day)
        self._readers = Readers(self._future, self._step, Random(f"{day.seed}/reading"))
        if day.strategy == MANUAL:
            seeking = Random(f"{day.seed}/seeking")
            self._pickers = Pickers(self._future, self._step, seeking, CAMPAIGN, self.books.first)
        self._hands = Hands(self._future, self._world, self._step, SERVER, Random(f"{day.seed}/hands"))
        self.switch.talk_began, self.switch.talk_ended = self._hands.talk_began, self._hands.talk_ended
        self._timers = Timers(self._future, self._timer)
        self._perform = self._performers()
        self._checks = Checks(self) if self.checked else None

    def run(self) -> Tally:
        """Live the day to its end."""
        with _no_search_for_cycles():
            return self._lived()

    def _lived(self) -> Tally:
        end = START + self.scenario.hours * 3600.0
        self._open()
        if self.progress is not None:
            for step in range(1, PROGRESS_STEPS + 1):
                share = step / PROGRESS_STEPS
                self._future.at(START + share * (end - START), partial(self.progress, share), BEAT)
        while self._future.next_at < end:
            self._next()
        self._future.now = end
        self.tally.close(end)
        return self.tally

    def wind_down(self) -> None:
        """After `run`: stop the campaign and let calls and forms end, so that the books can be balanced."""
        self._command(CampaignCommand.STOP)
        end = self._future.now + SETTLING_S
        while self._future.next_at < end and (self.floor.room.calls or not self.floor.idle):
            self._next()

    def figures(self) -> dict[str, Any]:
        """After `run`: what the day came to."""
        first = self.books.figures(self._future.now) if isinstance(self.books, RequestBooks) else {}
        return {**self.tally.figures(), **first}

    # ---- the driver

    def _next(self) -> None:
        """The next thing that happens; what happens at one instant is paced once, as the daemon does it."""
        future = self._future
        future.run_next()
        if self.floor.room.dirty and future.next_at > future.now:
            effects = self.floor.pace()
            if effects:
                self._perform_all(Beat(at=future.now), effects)
        if self._checks is not None:
            self._checks.at_rest()

    def _step(self, event: Event) -> None:
        self._perform_all(event, self.floor.apply(event))

    def _perform_all(self, event: Event, effects: list[Effect]) -> None:
        if self.journal is not None:
            self.journal(event, effects)
        performers = self._perform
        for effect in effects:
            perform = performers.get(type(effect))
            if perform is not None:
                perform(effect)
        if self._checks is not None:
            self._checks.after(event, effects)

    def _performers(self) -> dict[type, Callable[[Any], None]]:
        to_switch: dict[type, Callable[[Any], None]] = {
            Originate: self.switch.originate,
            Connect: self.switch.connect,
            HangUp: self.switch.hang_up,
            CallAgent: self.switch.call_agent,
            DropAgent: self.switch.drop_agent,
        }
        return {
            **{kind: partial(self._over_link, perform) for kind, perform in to_switch.items()},
            Resync: lambda effect: self._future.after(RESYNC_S, self._resynced),
            ReserveLeads: self.books.reserve,
            ConfirmLead: self.books.confirm,
            PreviewShown: self._readers.shown,
            **({PickRefused: self._pickers.refused} if self._pickers is not None else {}),
            Settle: self.books.settle,
            BookAgentState: self._agent_state,
            Alarm: _refuse_failure,
            SetTimer: lambda effect: self._timers.set(effect.timer, effect.at),
            CancelTimer: lambda effect: self._timers.cancel(effect.timer),
        }

    def _over_link(self, perform: Callable[[Any], None], effect: Effect) -> None:
        """Actions need the link too; what is sent while it is down never arrives."""
        if self.link.up:
            perform(effect)

    def _timer(self, timer: Timer) -> None:
        self._step(TimerFired(at=self._future.now, timer=timer))

    def _agent_state(self, effect: BookAgentState) -> None:
        self.tally.agent(effect.agent, effect.state, self._future.now)
        self._hands.state(effect.agent, effect.state)
        if self._pickers is not None:
            self._pickers.state(effect)

    # ---- the day

    def _books(self, day: Scenario) -> Books:
        if not day.requests.per_hour:
            segment, told = self._world.segment, day.segments_told
            return Books(self._future, self._step, day.leads, segment, self._chance, _order(day), told)
        chance = Random(f"{day.seed}/requests")
        return RequestBooks(self._future, self._step, day.requests, CAMPAIGN, chance)

    def _chance(self, segment: str) -> float:
        return self._world.people_of(segment).answer_ratio

    def _open(self) -> None:
        self._step(self.switch.status())
        self._step(CampaignChanged(at=self._future.now, settings=_campaign(self.scenario)))
        self._hands.staff(self.scenario.team.agents)
        for change in self.scenario.changes:
            self._plan_change(change)
        self._plan_breakages()
        self._command(CampaignCommand.START)
        self._beat()
        self._sample()

    def _plan_change(self, change: Change) -> None:
        """A step at its time; a drift as a small step a minute, each the same part of the whole way."""
        steps = max(1, ceil(change.over_s / DRIFT_STEP_S))
        for step in range(steps):
            at = START + change.at_s + step * change.over_s / steps
            self._future.at(at, partial(self._change, change, 1.0 / (steps - step)))

    def _change(self, change: Change, share: float) -> None:
        self._world.change(change, share)
        self._hands.staff(self._world.team.agents)

    def _command(self, command: CampaignCommand) -> None:
        self._step(CampaignCommanded(at=self._future.now, campaign=CAMPAIGN, command=command))

    def _beat(self) -> None:
        self._step(Beat(at=self._future.now))
        self._future.after(BEAT_S, self._beat, BEAT)

    def _sample(self) -> None:
        stages = Counter(line.stage for line in self.switch.lines.values())
        ringing, talking = stages[Stage.RINGING], stages[Stage.TALKING]
        waiting = stages.total() - ringing - talking
        self.tally.series.append(Sample(self._future.now - START, ringing, waiting, talking))
        self._future.after(SAMPLE_S, self._sample, BEAT)

    # ---- breakages

    def _plan_breakages(self) -> None:
        faults, random = self.scenario.faults, Random(f"{self.scenario.seed}/breakages")
        at_random(self._future, random, faults.link_cut_every_s, self._cut_link)
        at_random(self._future, random, faults.books_away_every_s, self._books_go)
        at_random(self._future, random, faults.phone_dies_every_s, partial(self._phone_dies, random))
        at_random(self._future, random, faults.clock_step_every_s, self._clock_steps)

    def _cut_link(self) -> None:
        if self.link.up:
            self.link.up = False
            self._step(ServerDown(at=self._future.now, server=SERVER, reason="link cut"))
            self._future.after(self.scenario.faults.link_cut_s, self._resynced)

    def _resynced(self) -> None:
        self.link.up = True
        self._step(self.switch.status())

    def _books_go(self) -> None:
        if not self.books.away:
            self.books.away = True
            self._step(BooksAway(at=self._future.now, reason="no answer"))
            self._future.after(self.scenario.faults.books_away_s, self._books_return, NETWORK)

    def _books_return(self) -> None:
        self.books.come_back()
        self._step(BooksBack(at=self._future.now))

    def _phone_dies(self, random: Random) -> None:
        agents = sorted(self.switch.legs)
        if agents:
            self.switch.phone_dies(random.choice(agents))

    def _clock_steps(self) -> None:
        self._step(ClockSuspect(at=self._future.now, suspect=True))
        self._future.after(5.0, lambda: self._step(ClockSuspect(at=self._future.now, suspect=False)))


def _refuse_failure(alarm: Alarm) -> None:
    if alarm.name == "strategy_failed":
        raise StrategyFailed(alarm.text)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """A day makes millions of values and hardly a cycle: looking for some costs a tenth of its time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _order(day: Scenario) -> list[int] | None:
    if not day.order:
        return None
    places = list(range(1, day.leads + 1))
    Random(f"{day.order}/order").shuffle(places)
    return places


def _site(day: Scenario) -> Site:
    plant = day.plant
    trunk = Trunk(TRUNK, SERVER, "sim", int(plant.lines), plant.calls_per_second, loopback=True)
    return Site((Server(SERVER, plant.calls_per_second),), (trunk,))


def _campaign(day: Scenario) -> CampaignSettings:
    return CampaignSettings(
        id=CAMPAIGN,
        project=ProjectId(1),
        name=day.name,
        groups=frozenset({GROUP}),
        mode=day.strategy,
        calendar=ALL_DAY,
        power_ratio=day.power_ratio,
        ceiling_ratio=day.ceiling,
        ceiling_mode=CeilingMode.HARD if day.hard else CeilingMode.TARGET,
        cancel_surplus=day.cancel_surplus,
        answer_limit_s=day.answer_limit_s,
        rules=DEFAULT_PROGRAMME if day.requests.per_hour else AttemptRules(),
        ring_s=ring_s_of(day.plant),
        wrap_up_s=3600.0,
        rest_s=day.rest_s,
        max_occupancy=day.max_occupancy,
    )


def ring_s_of(plant: Plant) -> float:
    """How long the dialer lets ring: as long as the trunk does."""
    return plant.setup_high_s + plant.give_up_high_s
