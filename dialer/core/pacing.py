"""How many calls to start now: snapshots for the strategies, the guard behind them, leads asked of the books.

For each server that is up, running campaigns are asked in turn (`core.sharing`): by weight, and none starves. Those
that share agents see one another's calls: two of them never spend the same free agent twice.
"""

from dialer.core import keeping, previewing, sharing
from dialer.core.absent import FAILED, Absent
from dialer.core.campaign import Campaign
from dialer.core.cancelling import cancel
from dialer.core.carriers import best_trunk, next_start, rates_of
from dialer.core.ceiling import budget_of, in_flight, neighbours_allow, pool_of
from dialer.core.claiming import claim, probe
from dialer.core.dialling import DRY_POLL_S
from dialer.core.effects import BookDecision
from dialer.core.foreign import contained, told
from dialer.core.hours import open_zones
from dialer.core.ids import ServerName
from dialer.core.ledger import CeilingMode
from dialer.core.memory import recall
from dialer.core.modes import BY_HAND, PREVIEW
from dialer.core.room import Room
from dialer.core.settings import CampaignSettings
from dialer.core.timer import TimerKind
from dialer.core.trunks import TrunkLine
from strategies import OURS, UnknownStrategy, guard, load
from strategies.base import Decision, Limit, Snapshot, Strategy

NOTE_S = 1.0
"""How often a decision to start nothing is told again."""


def pace(room: Room) -> None:
    """Decide for every running campaign on every server that is up."""
    if room.draining or room.books_away or room.clock_suspect:
        return
    keeping.let_go(room)
    for name, link in room.servers.items():
        if link.up and room.agents:
            for campaign in sharing.turns(room, name):
                _pace_one(room, name, campaign)


def _pace_one(room: Room, server: ServerName, campaign: Campaign) -> None:
    if not campaign.settings.groups or campaign.dry_until > room.at:
        return
    trunk = best_trunk(room, server, campaign)
    if campaign.settings.mode in BY_HAND:
        _by_hand(room, server, campaign, trunk)
        return
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
        keeping.keep_for_starving(room, server, campaign)
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
    moment = next_start(room, server, campaign, trunk)
    if moment is not None:
        room.set_timer(TimerKind.PACE, server, moment - room.at)


def _ask(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine, decision: Decision) -> None:
    count = decision.calls_to_start
    wish = claim(room, server, campaign, trunk, count)
    if wish is None:
        campaign.dry_until = room.at + DRY_POLL_S
        return
    campaign.ask(server, count, room.at)
    sharing.started(room, server, campaign, count)
    room.take_lines(trunk.settings.name, campaign.id, count)
    for rate in rates_of(room, server, campaign, trunk):
        rate.take(room.at, count)
    _book(room, server, campaign, decision)
    room.out.append(wish)


def _by_hand(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine | None) -> None:
    """Agents start the calls: of leads that they are offered, or of those that they pick."""
    decision = strategy_of(room, campaign, server).decide(snapshot_of(room, server, campaign, trunk))
    campaign.decisions[server] = decision
    _note(room, server, campaign, decision)
    if campaign.settings.mode == PREVIEW:
        _offer(room, server, campaign, trunk)
        return
    campaign.dry_until = room.at + DRY_POLL_S
    probe(room, campaign)


def _offer(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine | None) -> None:
    """Preview: a lead for each agent whom nothing else wants; the call begins when he asks for it."""
    agents = previewing.wanting(room, server, campaign)[: max(0, _free_lines(room, campaign, trunk))]
    if trunk is None:
        return
    if not agents:
        if open_zones(campaign.settings.calendar, room.at):
            previewing.keep(room, server, campaign)
        return
    wish = claim(room, server, campaign, trunk, 1)
    if wish is None:
        campaign.dry_until = room.at + DRY_POLL_S
        return
    for agent in agents:
        previewing.seek(room, campaign, agent, wish)


def strategy_of(room: Room, campaign: Campaign, server: ServerName) -> Strategy:
    """The campaign's pacing on this server, made at first use with what it had learned before a restart."""
    strategy = campaign.strategies.get(server)
    if strategy is None:
        strategy = _made(room, campaign.settings)
        recall(room, strategy, campaign.memories.pop(server, None))
        campaign.strategies[server] = strategy
    return strategy


def _made(room: Room, settings: CampaignSettings) -> Strategy:
    """A new strategy; where there is none of this name, or a third party's fails, a person must look."""

    def failed(how: str) -> None:
        text = (
            f"campaign {settings.name} is not dialled: the strategy {settings.mode} failed with {how}. "
            "Mend it and restart, or choose another mode"
        )
        room.alarm("strategy_failed", text, campaign=settings.name, mode=settings.mode, reason=how)

    foreign = settings.mode not in OURS
    try:
        made = load(
            settings.mode,
            ceiling_ratio=settings.ceiling_ratio,
            power_ratio=settings.power_ratio,
            cancel_surplus=settings.cancel_surplus,
        )
        return contained(made, failed) if foreign else made
    except UnknownStrategy as error:
        text = f"campaign {settings.name} is not dialled: {error} Install it and restart, or choose another mode"
        room.alarm("strategy_unknown", text, campaign=settings.name, mode=settings.mode)
        return Absent(settings.mode)
    except Exception as error:
        if not foreign and not isinstance(error, ValueError):
            raise
        failed(told(error))
        return Absent(settings.mode, FAILED)


def snapshot_of(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine | None) -> Snapshot:
    """What the strategy sees: agents and calls of all campaigns that share agents with this one, on this server.

    Where agents kept for it are free: these and its own calls, as though it were alone with them.
    """
    neighbours = pool_of(room, campaign)
    kept = room.count_kept(server, campaign)
    pool = {campaign.id: campaign} if kept else neighbours
    ringing, waiting_calls = sharing.calls_seen(room, server, campaign, pool)
    hard = campaign.settings.ceiling_mode is CeilingMode.HARD
    return Snapshot(
        at_s=room.at,
        free_agents=kept or room.count_ready(server, campaign),
        busy_agents=() if kept else room.pictures[server].busy(campaign.settings),
        ringing_calls=ringing,
        waiting_calls=waiting_calls,
        budget=budget_of(room, server, campaign),
        others_calls=in_flight(room, server, pool.keys() - {campaign.id}) if hard and len(pool) > 1 else 0,
        share_allows=sharing.may_start(room, server, campaign),
        neighbours_allow=neighbours_allow(room, server, campaign, neighbours.values()),
        free_lines=_free_lines(room, campaign, trunk),
        startable_calls=_startable(room, server, campaign, trunk),
    )


def _free_lines(room: Room, campaign: Campaign, trunk: TrunkLine | None) -> int:
    free = trunk.free_lines(room.at) if trunk is not None else 0
    return min(free, sharing.lines_left(room, campaign))


def _startable(room: Room, server: ServerName, campaign: Campaign, trunk: TrunkLine | None) -> int:
    if trunk is None:
        return 0
    return min(rate.allowance(room.at) for rate in rates_of(room, server, campaign, trunk))
