"""Supervisors on agents' lines: who listens to whom, at which phone, in which mode.

A listener changes nothing of the call. After a restart of the daemon nobody knows who listens, so whoever still does is
hung up: a line that is heard is always one that the wallboard shows.
"""

from dataclasses import dataclass

from dialer.core.effects import CallSpy, DropSpy, TurnSpy
from dialer.core.events import ServerUp, SpyGone, SpyOn
from dialer.core.ids import AgentId, Instant, ServerName, SpyId
from dialer.core.room import Room
from dialer.core.states import SpyMode
from dialer.core.wishes import SpyAsked, SpyStopped, SpyTurned


@dataclass(slots=True)
class Spy:
    """One supervisor's phone on one agent's line."""

    id: SpyId
    agent: AgentId
    server: ServerName
    endpoint: str
    by: str
    mode: SpyMode
    since: Instant
    on: bool = False
    """The phone was picked up."""


def asked(room: Room, event: SpyAsked) -> None:
    """Ring the supervisor's phone; nothing where the agent has no leg, the phone is a trunk or at work itself, or the
    server is away."""
    agent = room.agents.get(event.agent)
    if agent is None or not agent.nailed_up or not agent.leg_up or not _free(room, event):
        return
    server = agent.session.phone.server
    link = room.servers[server]
    if not link.up or not link.knows_lines:
        return
    room.spies[event.spy] = Spy(event.spy, agent.id, server, event.endpoint, event.by, event.mode, room.at)
    room.out.append(CallSpy(spy=event.spy, server=server, endpoint=event.endpoint, leg=agent.leg, mode=event.mode))


def _free(room: Room, event: SpyAsked) -> bool:
    trunks = {trunk.settings.endpoint for trunk in room.trunks.values()}
    at_work = {agent.session.phone.endpoint for agent in room.agents.values()}
    listening = {spy.endpoint for spy in room.spies.values()}
    return event.endpoint not in trunks | at_work | listening


def turned(room: Room, event: SpyTurned) -> None:
    spy = room.spies.get(event.spy)
    if spy is not None and spy.on:
        room.out.append(TurnSpy(spy=spy.id, server=spy.server, mode=event.mode))


def stopped(room: Room, event: SpyStopped) -> None:
    spy = room.spies.get(event.spy)
    if spy is not None:
        room.out.append(DropSpy(spy=spy.id, server=spy.server))


def on(room: Room, event: SpyOn) -> None:
    spy = room.spies.get(event.spy)
    if spy is not None:
        spy.on, spy.mode = True, event.mode


def gone(room: Room, event: SpyGone) -> None:
    room.spies.pop(event.spy, None)


def compare(room: Room, event: ServerUp, *, was_up: bool) -> None:
    """What a resync found: phones that are gone are forgotten, those that nobody knows are hung up.

    `was_up`: the link was not lost. Then a phone that was rung just now may have no channel yet; its end will be told.
    """
    missing = [spy for spy in room.spies.values() if spy.server == event.server and spy.id not in event.spies]
    for spy in missing:
        if spy.on or not was_up:
            del room.spies[spy.id]
    for stray in event.spies:
        if stray not in room.spies:
            room.out.append(DropSpy(spy=stray, server=event.server))
