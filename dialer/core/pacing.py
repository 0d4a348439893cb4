"""How many calls to start now: snapshots for the strategies, the guard behind them, leads asked of the books.

For each server that is up, running campaigns are asked in turn (`core.sharing`): by weight, and none starves. Those
that share agents see one another's calls: two of them never spend the same free agent twice.
"""

from dialer.core import reach, sharing
from dialer.core.call import Call
from dialer.core.campaign import Campaign
from dialer.core.cancelling import cancel
from dialer.core.ceiling import budget_of, in_flight, neighbours_allow, pool_of
from dialer.core.effects import BookDecision, BookProgress, Originate, ReserveLeads, Settle
from dialer.core.events import LeadsReserved, Reservation, TimerKind
from dialer.core.hours import Deny, open_at, open_zones
from dialer.core.ids import ServerName
from dialer.core.joining import reserve_ahead
from dialer.core.ledger import CeilingMode
from dialer.core.memory import recall
from dialer.core.outcome import Outcome
from dialer.core.room import Room
from dialer.core.states import CallState, CampaignState
from dialer.core.steps import not_sent
from dialer.core.trunks import Rate, TrunkLine
from strategies import guard, load
from strategies.base import Decision, Limit, Snapshot, Strategy

RING_LEASE_S = 10.0
"""Past the ring time-out; Asterisk itself ends the call at the time-out."""
DRY_POLL_S = 30.0
"""How often a campaign without due leads asks again, whatever it was told."""
DRY_MIN_S = 0.5

NOTE_S = 1.0
"""How often a decision to start nothing is told again."""


def pace(room: Room) -> None:
    """Decide for every running campaign on every server that is up."""
    if room.draining or room.books_away or room.clock_suspect:
        return
    for name, link in room.servers.items():
        if link.up and room.agents:
            for campaign in sharing.turns(room, name):
                _pace_one(room, name, campaign)


def _pace_one(room: Room, server: ServerName, campaign: Campaign) -> None:
    if not campaign.settings.groups or campaign.dry_until > room.at:
        return
    trunk = _best_trunk(room, server, campaign)
    snapshot = snapshot_of(room, server, campaign, trunk)
    if not snapshot.has_agents:
        campaign.decisions.pop(server, None)
        return
    decision = guard(strategy_of(room, campaign, server).decide(snapshot), snapshot)
    campaign.decisions[server] = decision
    sharing.decided(room, server, campaign, snapshot, decision)
    if decision.calls_to_cancel > 0:
        cancel(room, server, campaign, decision.calls_to_cancel)
    if trunk is None:
        return
    if decision.calls_to_start > 0:
        _ask(room, server, campaign, trunk, decision)
    else:
        _note(room, server, campaign, decision)
    if decision.wished > decision.calls_to_start:
        _when_calls_per_second_allow(room, server, campaign, trunk)


def _note(room: Room, server: ServerName, campaign: Campaign, decision: Decision) -> None:
    """That nothing is started is told when it becomes so, or so for another reason, and now and then."""
    at, limited_by, wished = campaign.noted.get(server, (float("-inf"), Limit.NONE, 1))
    if room.at - at >= NOTE_S or (decision.limited_by, decision.wished > 0) != (limited_by, wished > 0):
        _book(room, server, campaign, decision)


def _book(room: Room, server: ServerName, campaign: Campaign, decision: Decision) -> None:
    campaign.noted[server] = (room.at, decision.limited_by, decision.wished)
    room.out.append(BookDecision(campaign=campaign.id, server=server, at=room.at, decision=decision))


def _when_calls_per_second_allow(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine) -> None:
    """Where the rate is what stands in the way: look again as soon as another start fits, not at the next beat."""
    moments = [rate.next_at() for rate in _rates(room, server, campaign, trunk) if rate.allowance(room.at) <= 0]
    known = [moment for moment in moments if moment is not None]
    if known:
        room.set_timer(TimerKind.PACE, server, max(known) - room.at)


def _ask(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine, decision: Decision) -> None:
    zones = open_zones(campaign.settings.calendar, room.at)
    if not zones:
        campaign.dry_until = room.at + DRY_POLL_S
        return
    count = decision.calls_to_start
    campaign.asked[server] = campaign.asked.get(server, 0) + count
    sharing.started(room, server, campaign, count)
    trunk.lines_used += count
    for rate in _rates(room, server, campaign, trunk):
        rate.take(room.at, count)
    _book(room, server, campaign, decision)
    room.out.append(
        ReserveLeads(
            campaign=campaign.id,
            server=server,
            trunk=trunk.settings.name,
            count=count,
            open_zones=zones,
            head_starts=reach.head_starts(room, campaign, zones),
            agents=tuple(agent.id for agent in room.ready_agents(server, campaign)),
        )
    )


def strategy_of(room: Room, campaign: Campaign, server: ServerName) -> Strategy:
    """The campaign's pacing on this server, made at first use with what it had learned before a restart."""
    strategy = campaign.strategies.get(server)
    if strategy is None:
        settings = campaign.settings
        strategy = load(
            settings.mode,
            ceiling_ratio=settings.ceiling_ratio,
            power_ratio=settings.power_ratio,
            cancel_surplus=settings.cancel_surplus,
        )
        recall(room, strategy, campaign.memories.pop(server, None))
        campaign.strategies[server] = strategy
    return strategy


def _best_trunk(room: Room, server: ServerName, campaign: Campaign) -> TrunkLine | None:
    """The trunk of this server with the most free lines that the campaign may use."""
    lines = [
        trunk
        for trunk in room.trunks.values()
        if trunk.settings.server == server
        and (trunk.settings.loopback or not campaign.settings.loopback_only)
        and trunk.free_lines(room.at) > 0
    ]
    return max(lines, key=lambda trunk: trunk.free_lines(room.at), default=None)


def snapshot_of(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine | None) -> Snapshot:
    """What the strategy sees: agents and calls of all campaigns that share agents with this one, on this server."""
    pool = pool_of(room, campaign)
    ringing, waiting_calls = sharing.calls_seen(room, server, campaign, pool)
    hard = campaign.settings.ceiling_mode is CeilingMode.HARD
    return Snapshot(
        at_s=room.at,
        free_agents=room.count_ready(server, campaign),
        busy_agents=room.pictures[server].busy(campaign.settings.groups),
        ringing_calls=ringing,
        waiting_calls=waiting_calls,
        budget=budget_of(room, server, campaign),
        others_calls=in_flight(room, server, pool.keys() - {campaign.id}) if hard and len(pool) > 1 else 0,
        share_allows=sharing.may_start(room, server, campaign),
        neighbours_allow=neighbours_allow(room, server, campaign, pool.values()),
        free_lines=_free_lines(room, campaign, trunk),
        startable_calls=_startable(room, server, campaign, trunk),
    )


def _free_lines(room: Room, campaign: Campaign, trunk: TrunkLine | None) -> int:
    free = trunk.free_lines(room.at) if trunk is not None else 0
    if campaign.settings.max_lines is None:
        return free
    return min(free, campaign.settings.max_lines - campaign.live_calls - campaign.asking)


def _startable(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine | None) -> int:
    if trunk is None:
        return 0
    return min(rate.allowance(room.at) for rate in _rates(room, server, campaign, trunk))


def _rates(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine) -> tuple[Rate, ...]:
    """Everybody's calls per second that a start of this campaign counts against."""
    own = campaign.limit
    return (trunk.rate, room.servers[server].rate) if own is None else (trunk.rate, room.servers[server].rate, own)


# ---- leads have come


def dial(room: Room, event: LeadsReserved) -> None:
    """Leads are claimed and their attempts committed: look once more, then dial."""
    campaign = room.campaigns.get(event.campaign)
    trunk = room.trunks.get(event.trunk)
    missing = event.asked - len(event.reservations)
    if trunk is not None:
        trunk.lines_used = max(0, trunk.lines_used - missing)
    if campaign is not None:
        campaign.asked[event.server] = max(0, campaign.asked.get(event.server, 0) - event.asked)
        if missing > 0 or event.asked == 0:
            _dry(room, campaign, event)
    dialled = sum(_dial_one(room, event, campaign, reservation) for reservation in event.reservations)
    room.dirty |= dialled < event.asked  # what is dialled as asked was in the picture already


def _dry(room: Room, campaign: Campaign, event: LeadsReserved) -> None:
    """Fewer leads than asked: none is due now."""
    if room.books_away:
        return
    campaign.unfinished = event.unfinished + len(event.reservations)
    due_at = event.next_due_at if event.next_due_at is not None else room.at + DRY_POLL_S
    campaign.dry_until = min(max(due_at, room.at + DRY_MIN_S), room.at + DRY_POLL_S)


def _dial_one(room: Room, event: LeadsReserved, campaign: Campaign | None, reservation: Reservation) -> bool:
    """Dial, or settle as not sent; true where it is dialled."""
    refusal = _refusal(room, event, campaign, reservation)
    if campaign is not None:
        campaign.live_calls += 1
    if refusal is not None or campaign is None:
        _send_nothing(room, event, campaign, reservation, refusal or Deny("campaign_gone", None))
        return False
    settings, reservation = campaign.settings, reach.foreseen(room, campaign, reservation)
    call = Call(reservation, event.server, event.trunk, reserved_at=room.at, dialled_at=room.at)
    ahead = reservation.reserved_agent_only or reservation.promised_by is not None
    if ahead and not reserve_ahead(room, call, reservation.promised_by):
        _send_nothing(room, event, campaign, reservation, Deny("no_agent_to_reserve", None))
        return False
    room.add_call(call)
    room.out.append(
        Originate(
            attempt=call.attempt,
            server=event.server,
            trunk=event.trunk,
            number=reservation.number,
            caller=reservation.caller or settings.caller,
            ring_s=settings.ring_s,
            answer_limit_s=settings.answer_limit_s,
        )
    )
    room.out.append(BookProgress(attempt=call.attempt, state="dialled", at=room.at))
    room.set_timer(TimerKind.RING, call.attempt, settings.ring_s + RING_LEASE_S)
    return True


def _refusal(room: Room, event: LeadsReserved, campaign: Campaign | None, reservation: Reservation) -> Deny | None:
    """The last look before Originate: the claim may have grown old."""
    if campaign is None or campaign.state is not CampaignState.RUNNING:
        return Deny("campaign_not_running", None)
    link, trunk = room.servers.get(event.server), room.trunks.get(event.trunk)
    if link is None or not link.up:
        return Deny("server_away", None)
    if trunk is None or trunk.refuses(room.at):
        return Deny("trunk_away", None)
    if campaign.settings.loopback_only and not trunk.settings.loopback:
        return Deny("trunk_not_loopback", None)
    if room.draining or room.clock_suspect:
        return Deny("draining" if room.draining else "clock_suspect", None)
    if not any(True for agent in room.agents.values() if room.may_serve(agent, campaign)):
        return Deny("no_agents", None)
    if reservation.rests_until is not None and reservation.rests_until > room.at:
        return Deny("number_rests", reservation.rests_until)
    verdict = open_at(campaign.settings.calendar, reservation.zone, room.at)
    return verdict if isinstance(verdict, Deny) else None


def _send_nothing(
    room: Room, event: LeadsReserved, campaign: Campaign | None, reservation: Reservation, why: Deny
) -> None:
    trunk = room.trunks.get(event.trunk)
    if trunk is not None:
        trunk.lines_used = max(0, trunk.lines_used - 1)
    call = Call(reservation, event.server, event.trunk, reserved_at=room.at, state=CallState.SETTLED)
    step = not_sent(why.reason, room.at, why.next_at)
    room.forget_call(call)
    if campaign is not None and step.next_call_at is not None:
        campaign.dry_until = min(campaign.dry_until, step.next_call_at)
    room.out.append(
        Settle(
            attempt=reservation.attempt,
            lead=reservation.lead,
            campaign=reservation.campaign,
            trunk=event.trunk,
            outcome=Outcome.NOT_SENT,
            step=step,
            times=call.times(),
            reason=why.reason,
        )
    )
