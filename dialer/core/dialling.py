"""Leads have come from the books: the last look at each, then the Originate, or the attempt settled as not sent.

Between the claim and this moment hours may have closed, a trunk may have died, a number may have been forbidden. What
bears on the person is asked of the one gate (`permit`), what bears on the plant is asked here.
"""

from dataclasses import replace

from dialer.core import reach
from dialer.core.call import Call
from dialer.core.callers import caller_for, shown_on
from dialer.core.campaign import Campaign
from dialer.core.effects import BookProgress, Originate, Settle
from dialer.core.events import LeadsReserved, Reservation
from dialer.core.hours import Deny
from dialer.core.ids import ServerName, TrunkName
from dialer.core.joining import reserve_ahead
from dialer.core.outcome import Outcome
from dialer.core.permit import Callee, may_dial
from dialer.core.room import Room
from dialer.core.states import CallState, CampaignState
from dialer.core.steps import not_sent
from dialer.core.timer import TimerKind
from dialer.core.trunks import TrunkLine

RING_LEASE_S = 10.0
"""Past the ring time-out; Asterisk itself ends the call at the time-out."""
DRY_POLL_S = 30.0
"""How often a campaign without due leads asks again, whatever it was told."""
DRY_MIN_S = 0.5


def dial(room: Room, event: LeadsReserved) -> None:
    """Leads are claimed and their attempts committed: look once more, then dial."""
    campaign = answered(room, event)
    room.take_lines(event.trunk, event.campaign, len(event.reservations) - event.asked)
    dialled = sum(_dial_one(room, event, campaign, reservation) for reservation in event.reservations)
    room.dirty |= dialled < event.asked  # what is dialled as asked was in the picture already


def answered(room: Room, event: LeadsReserved) -> Campaign | None:
    """The books have answered a claim: its leads are not on their way any more."""
    campaign = room.campaigns.get(event.campaign)
    if campaign is not None:
        campaign.told(event.server, event.asked, event.asked_at)
        if event.lead is None and (event.asked > len(event.reservations) or event.asked == 0):
            _dry(room, campaign, event)
    return campaign


def _dry(room: Room, campaign: Campaign, event: LeadsReserved) -> None:
    """Fewer leads than asked: none is due now."""
    if room.books_away:
        return
    campaign.unfinished = event.unfinished + len(event.reservations)
    if event.asked == 0:  # a probe: it tells how much is left, not when to ask again
        return
    due_at = event.next_due_at if event.next_due_at is not None else room.at + DRY_POLL_S
    campaign.dry_until = min(max(due_at, room.at + DRY_MIN_S), room.at + DRY_POLL_S)


def _dial_one(room: Room, event: LeadsReserved, campaign: Campaign | None, reservation: Reservation) -> bool:
    """Dial, or settle as not sent; true where it is dialled."""
    refusal = refusal_of(room, event.server, event.trunk, campaign, reservation)
    if campaign is not None:
        campaign.live_calls += 1
    if refusal is not None or campaign is None:
        _send_nothing(room, event, campaign, reservation, refusal or Deny("campaign_gone", None))
        return False
    reservation = reach.foreseen(room, campaign, reservation)
    reservation, trunk = with_caller(room, event.server, event.trunk, campaign, reservation)
    call = Call(reservation, event.server, trunk, room.at, event.asked_at, dialled_at=room.at)
    ahead = reservation.reserved_agent_only or reservation.promised_by is not None
    if ahead and not reserve_ahead(room, call, reservation.promised_by):
        _send_nothing(room, event, campaign, reservation, Deny("no_agent_to_reserve", None))
        return False
    move_line(room, event.trunk, trunk)
    room.add_call(call)
    send(room, call, campaign)
    return True


def send(room: Room, call: Call, campaign: Campaign) -> None:
    """Originate, once: the attempt is committed, the line is taken."""
    settings = campaign.settings
    room.out.append(
        Originate(
            attempt=call.attempt,
            server=call.server,
            trunk=call.trunk,
            number=call.reservation.number,
            caller=call.reservation.caller,
            ring_s=settings.ring_s,
            answer_limit_s=settings.answer_limit_s,
        )
    )
    room.out.append(BookProgress(attempt=call.attempt, state="dialled", at=room.at))
    room.set_timer(TimerKind.RING, call.attempt, settings.ring_s + RING_LEASE_S)


def refusal_of(
    room: Room, server: ServerName, trunk_name: TrunkName, campaign: Campaign | None, reservation: Reservation
) -> Deny | None:
    """The last look before Originate: the claim may have grown old."""
    reason = plant_refuses(room, server, trunk_name, campaign)
    if reason or campaign is None:
        return Deny(reason, None)
    verdict = may_dial(campaign.settings, _callee(reservation), room.at)
    return verdict if isinstance(verdict, Deny) else None


def plant_refuses(room: Room, server: ServerName, trunk_name: TrunkName, campaign: Campaign | None) -> str:
    """Why nobody may be called for this campaign there now, whoever it is; empty: somebody may."""
    if campaign is None or campaign.state is not CampaignState.RUNNING:
        return "campaign_not_running"
    link, trunk = room.servers.get(server), room.trunks.get(trunk_name)
    if link is None or not link.up:
        return "server_away"
    if trunk is None or trunk.refuses(room.at):
        return "trunk_away"
    if campaign.settings.loopback_only and not trunk.settings.loopback:
        return "trunk_not_loopback"
    if room.draining or room.clock_suspect:
        return "draining" if room.draining else "clock_suspect"
    if not any(True for agent in room.agents.values() if room.may_serve(agent, campaign)):
        return "no_agents"
    if shown_on(campaign.settings, trunk_name, room.at) == ():
        return "no_caller"
    return ""


def with_caller(
    room: Room, server: ServerName, trunk: TrunkName, campaign: Campaign, reservation: Reservation
) -> tuple[Reservation, TrunkName]:
    """The number that the lead sees, and the trunk: another one of the server where only that may show it the same."""
    region, kept = reservation.known.region if reservation.known else "", reservation.kept_caller
    shown = shown_on(campaign.settings, trunk, room.at)
    if not shown:
        return reservation, trunk
    chosen = caller_for(shown, reservation.lead, region, kept)
    if kept is not None and chosen.number != kept:
        for name, line in room.trunks.items():
            on_it = shown_on(campaign.settings, name, room.at) or ()
            fits = name != trunk and _could_carry(room, server, campaign, line)
            if fits and any(one.number == kept for one in on_it):
                return replace(reservation, caller=kept), name
    return replace(reservation, caller=chosen.number), trunk


def _could_carry(room: Room, server: ServerName, campaign: Campaign, line: TrunkLine) -> bool:
    fits = line.settings.loopback or not campaign.settings.loopback_only
    rings = line.free_lines(room.at) > 0 and line.rate.allowance(room.at) > 0
    return line.settings.server == server and fits and rings


def move_line(room: Room, asked: TrunkName, taken: TrunkName) -> None:
    """One line was taken on the trunk that was asked for; it may be another one's."""
    if asked == taken:
        return
    room.trunks[asked].lines_used = max(0, room.trunks[asked].lines_used - 1)
    room.trunks[taken].lines_used += 1
    room.trunks[taken].rate.take(room.at, 1)


def _callee(reservation: Reservation) -> Callee:
    """What the claim knew: it was due, and nobody else had it."""
    return Callee(
        zone=reservation.zone,
        attempts=reservation.attempt_no - 1,
        expires_at=reservation.expires_at,
        forbidden=reservation.forbidden,
        has_consent=reservation.has_consent,
        rests_until=reservation.rests_until,
        asked_at=reservation.asked_at,
    )


def _send_nothing(
    room: Room, event: LeadsReserved, campaign: Campaign | None, reservation: Reservation, why: Deny
) -> None:
    room.take_lines(event.trunk, event.campaign, -1)
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
