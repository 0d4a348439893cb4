"""The wallboard: one picture of the floor, made twice a second and sent to whoever watches, the newest only.

The picture is the Floor's own view with names, rates, alarms and what the books know of the day added; while nobody
watches none is made. Rates are counted here, over the last minute, from the attempts that the view has seen. A point a
few seconds apart is kept for the plots, so that a wallboard that is opened at noon shows the last hour. Durations are
left to the browser: it gets instants.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from dialer.core.board import AgentDay, FreshDay
from dialer.core.effects import Alarm
from dialer.core.ids import AgentId, CampaignId, Instant
from dialer.core.outcome import USES_NO_ATTEMPT, Outcome
from dialer.core.states import AgentState, CallState
from dialer.core.today import DayCounts, Today
from dialer.core.view import AgentView, CampaignView, FloorView
from dialer.desk.mailbox import Latest

PICTURE_S = 0.5
POINT_S = 15.0
POINTS = 5760
"""24 hours of points."""
RATE_WINDOW_S = 60.0
FACTS_S = 5.0
DAYS_S = 30.0
"""How old agents' days and fresh requests may be: the books count them, so they are asked while somebody watches."""
ALARMS = 50
REACHED = (Outcome.ANSWERED, Outcome.ABANDONED)
NO_TALKS = AgentDay(0, 0, 0, 0.0)
NOT_DIALLED = frozenset({CallState.PREVIEWING, CallState.CONFIRMING})
AT_WORK = frozenset({AgentState.RESERVED, AgentState.TALKING, AgentState.WRAP_UP})


@dataclass(slots=True)
class Rate:
    """How many per second over the last minute, from a count that only grows."""

    seen: deque[tuple[Instant, int]]

    def per_second(self, at: Instant, count: int) -> float:
        self.seen.append((at, count))
        while len(self.seen) > 2 and self.seen[1][0] <= at - RATE_WINDOW_S:
            self.seen.popleft()
        began, before = self.seen[0]
        return (count - before) / (at - began) if at > began else 0.0


class Facts(Protocol):
    """What the Floor does not know and the books do; OSError while they are away."""

    async def names(self) -> Mapping[AgentId, str]: ...

    async def backlog(self) -> Mapping[CampaignId, int]:
        """Leads that may still be called, of campaigns that are under way."""
        ...

    async def today(self, at: Instant) -> Mapping[CampaignId, DayCounts]:
        """What campaigns that are under way have done since midnight."""
        ...

    async def agent_days(self, at: Instant) -> Mapping[AgentId, AgentDay]:
        """Agents who had a talk since midnight."""
        ...

    async def fresh_days(self, at: Instant) -> Mapping[CampaignId, FreshDay]:
        """How campaigns under way keep their promise of a first call."""
        ...


class Wallboard:
    """`view` gives the floor now, `facts` what is read from the books now and then; `now` is event time, by the view's
    clock (asked where a view would be too dear)."""

    def __init__(self, view: Callable[[], FloorView], facts: Facts, now: Callable[[], Instant] | None = None) -> None:
        self._view = view
        self._now = now or (lambda: view().at)
        self._facts = facts
        self._today = Today()
        self._names: Mapping[AgentId, str] = {}
        self._backlog: Mapping[CampaignId, int] = {}
        self._agent_days: Mapping[AgentId, AgentDay] = {}
        self._fresh: Mapping[CampaignId, FreshDay] = {}
        self._days_at = float("-inf")
        self._rates: dict[CampaignId, Rate] = {}
        self._alarms: deque[dict[str, Any]] = deque(maxlen=ALARMS)
        self._points: deque[dict[str, Any]] = deque(maxlen=POINTS)
        self._boxes: set[Latest] = set()
        self._closing = asyncio.Event()
        self._picture: dict[str, Any] = {"type": "picture"}

    # ---- for the API

    def join(self) -> Latest:
        """A wallboard opened: first everything with the plots' past, then pictures. Give it back by `leave`."""
        self._refresh()
        box = Latest(orjson.dumps({**self._picture, "type": "hello", "points": list(self._points)}))
        self._boxes.add(box)
        return box

    def leave(self, box: Latest) -> None:
        self._boxes.discard(box)

    def picture(self) -> bytes:
        """The wallboard as it is now, as JSON."""
        self._refresh()
        return orjson.dumps(self._picture)

    # ---- for the engine

    def alarm(self, effect: Alarm) -> None:
        """To be performed for every Alarm: a person must look."""
        told = {"name": effect.name, "text": effect.text, "facts": effect.told()}
        self._alarms.appendleft({"at": self._now(), **told, "where": effect.trunk or effect.server})

    # ---- time

    async def run(self) -> None:
        """Makes pictures until `close`. One task of the daemon's TaskGroup."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._every(PICTURE_S, self.tick))
            tasks.create_task(self._every(FACTS_S, self.ask_books))

    async def _every(self, period_s: float, work: Callable[[], Awaitable[None]]) -> None:
        while not self._closing.is_set():
            await work()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), period_s)

    async def begin(self) -> None:
        """Read the day so far; before the Floor gets its first event, so that nothing is counted twice."""
        with suppress(OSError):
            self._today.begin(await self._facts.today(self._now()))

    async def ask_books(self) -> None:
        """Names, backlog and the day so far, as they are now; the old ones stay while the books are away."""
        with suppress(OSError):
            view = self._view()
            if self._today.lacks(view):
                booked = await self._facts.today(view.at)
                self._today.note(self._view(), booked)
            self._names = await self._facts.names()
            self._backlog = await self._facts.backlog()
            if self._boxes and view.at - self._days_at >= DAYS_S:
                self._agent_days = await self._facts.agent_days(view.at)
                self._fresh = await self._facts.fresh_days(view.at)
                self._days_at = view.at

    async def tick(self) -> None:
        """One picture to everybody, and a point for the plots when it is time; `run` calls it twice a second."""
        if not self._boxes and not self._point_is_due(self._now()):
            return
        self._refresh()
        self._keep_point()
        self._picture["point"] = self._points[-1]
        if self._boxes:
            data = orjson.dumps(self._picture)
            for box in self._boxes:
                box.put(data)

    def close(self) -> None:
        self._closing.set()
        for box in self._boxes:
            box.close()

    # ---- inside

    def _refresh(self) -> None:
        view = self._view()
        campaigns = [self._campaign(view.at, campaign) for campaign in view.campaigns]
        self._picture = {
            "type": "picture",
            "at": view.at,
            "agents": [self._agent(agent) for agent in view.agents],
            "campaigns": campaigns,
            "trunks": [_fields(trunk) for trunk in view.trunks],
            "servers": [_fields(server) for server in view.servers],
            "flags": {
                "draining": view.draining,
                "books_away": view.books_away,
                "clock_suspect": view.clock_suspect,
                "orphans": view.orphans,
            },
            "alarms": list(self._alarms),
            "point": self._points[-1] if self._points else None,
        }

    def _agent(self, agent: AgentView) -> dict[str, Any]:
        day = self._agent_days.get(agent.agent, NO_TALKS)
        return {
            **_fields(agent),
            "name": self._names.get(agent.agent, ""),
            "calls": day.calls,
            "talk_s": day.talk_s,
            "conversion": day.conversion,
        }

    def _campaign(self, at: Instant, campaign: CampaignView) -> dict[str, Any]:
        live = sum(count for state, count in campaign.calls.items() if state not in NOT_DIALLED)
        rate = self._rates.setdefault(campaign.id, Rate(deque()))
        outcomes = self._today.outcomes(campaign)
        counted = sum(n for outcome, n in outcomes.items() if outcome not in USES_NO_ATTEMPT)
        reached = sum(outcomes.get(outcome, 0) for outcome in REACHED)
        return {
            **_fields(campaign),
            "outcomes": outcomes,
            "joined": self._today.joined(campaign),
            "backlog": self._backlog.get(campaign.id, campaign.unfinished),
            "live_calls": live,
            "attempts": sum(outcomes.values()),
            "dial_rate": rate.per_second(at, sum(campaign.outcomes.values()) + live),
            "reach_ratio": reached / counted if counted else None,
            "fresh": _fresh(self._fresh.get(campaign.id)),
        }

    def _keep_point(self) -> None:
        at = self._picture["at"]
        if not self._point_is_due(at):
            return
        agents, campaigns = self._picture["agents"], self._picture["campaigns"]
        answered = sum(campaign["answered"] for campaign in campaigns)
        abandoned = sum(campaign["abandoned"] for campaign in campaigns)
        self._points.append(
            {
                "at": at,
                "talking": sum(agent["state"] == AgentState.TALKING for agent in agents),
                "at_work": sum(agent["state"] in AT_WORK for agent in agents),
                "ready": sum(agent["state"] == AgentState.READY for agent in agents),
                "live_calls": sum(campaign["live_calls"] for campaign in campaigns),
                "dial_rate": sum(campaign["dial_rate"] for campaign in campaigns),
                "abandonment": abandoned / answered if answered else 0.0,
            }
        )

    def _point_is_due(self, at: Instant) -> bool:
        return not self._points or at >= self._points[-1]["at"] + POINT_S


def _fresh(day: FreshDay | None) -> dict[str, Any] | None:
    return None if day is None else {**_fields(day), "in_time_ratio": day.in_time_ratio}


def _fields(view: Any) -> dict[str, Any]:
    """A view's fields as they stand: dataclasses.asdict would copy whatever is in them, all the way down."""
    return {name: getattr(view, name) for name in view.__slots__}
