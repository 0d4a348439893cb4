"""The last look before Originate: what the gate refuses is settled as not sent, with the gate's own reason."""

from dataclasses import replace
from typing import Any

import pytest

from dialer.core.effects import Effect, Originate, ReserveLeads, Settle
from dialer.core.events import LeadsAdded, LeadsReserved, Reservation
from dialer.core.hours import Calendar
from dialer.core.ids import AttemptId, LeadId
from dialer.core.outcome import AttemptRules, Outcome
from dialer.core.states import CampaignState
from dialer.core.wishes import CampaignCommand, CampaignCommanded
from tests.core.playbook import CAMPAIGN, SERVER, TRUNK, Play, none, only

NEVER = Calendar(((),) * 7)
WAIVING = AttemptRules(waive_hours_s=1800.0)


def playing(**changes: object) -> tuple[Play, ReserveLeads]:
    play = Play(**changes)
    play.sign_in()
    play.start()
    (asked,) = play.asked()
    return play, asked


def give(play: Play, asked: ReserveLeads, **facts: Any) -> list[Effect]:
    """One lead that the claim let through."""
    claim = Reservation(AttemptId("t1"), LeadId("l1"), CAMPAIGN, "9000000001", "Europe/Moscow", attempt_no=1)
    told = LeadsReserved(
        at=play.at,
        campaign=CAMPAIGN,
        server=asked.server,
        trunk=asked.trunk,
        asked=asked.count,
        reservations=(replace(claim, **facts),),
    )
    return play.tell(told)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"forbidden": True}, "do_not_call"),
        ({"attempt_no": 7}, "attempts_used_up"),
        ({"expires_at": 1.0}, "expired"),
        ({"rests_until": 2_000_000_000.0}, "number_rests"),
    ],
)
def test_what_changed_since_the_claim_is_seen(facts: dict[str, Any], reason: str) -> None:
    play, asked = playing()
    said = give(play, asked, **facts)
    assert none(Originate, said)
    settled = only(Settle, said)
    assert (settled.outcome, settled.reason, settled.step.uses_attempt) == (Outcome.NOT_SENT, reason, False)


def test_at_night_only_who_has_just_asked_is_asked_for_and_called() -> None:
    play, asked = playing(calendar=NEVER, rules=WAIVING)
    assert (asked.open_zones, asked.asked_since) == ((), play.at - 1800.0)
    assert not none(Originate, give(play, asked, asked_at=play.at - 600.0))


@pytest.mark.parametrize("asked_ago_s", [None, 1801.0])
def test_at_night_nobody_else_is_called(asked_ago_s: float | None) -> None:
    play, asked = playing(calendar=NEVER, rules=WAIVING)
    said = give(play, asked, asked_at=None if asked_ago_s is None else play.at - asked_ago_s)
    assert none(Originate, said)
    assert only(Settle, said).reason == "never_open"


@pytest.mark.parametrize(
    "changes",
    [
        {"calendar": NEVER},
        {"calendar": NEVER, "rules": WAIVING, "law": "ru_collection"},
        {"law": "ru_ads", "mode": "predictive"},
        {"law": "ru_ads", "mode": "progressive"},
    ],
)
def test_what_can_lead_to_no_call_is_not_even_asked_for(changes: dict[str, object]) -> None:
    play = Play(**changes)
    play.sign_in()
    play.start()
    assert play.asked() == []


@pytest.mark.parametrize("has_consent", [False, True])
def test_advertising_calls_who_consented(has_consent: bool) -> None:
    play = Play(law="ru_ads", mode="preview", loopback_only=True)
    play.sign_in()
    play.start()
    by_hand = ReserveLeads(campaign=CAMPAIGN, server=SERVER, trunk=TRUNK, count=1, open_zones=("Europe/Moscow",))
    said = give(play, by_hand, has_consent=has_consent)
    assert none(Originate, said) != has_consent
    assert has_consent or only(Settle, said).reason == "no_consent"


@pytest.mark.parametrize(("fresh", "state"), [(True, CampaignState.RUNNING), (False, CampaignState.DONE)])
def test_a_campaign_that_was_done_goes_on_for_a_fresh_request_only(fresh: bool, state: CampaignState) -> None:
    play, asked = playing()
    nothing = LeadsReserved(
        at=play.at, campaign=CAMPAIGN, server=asked.server, trunk=asked.trunk, asked=asked.count, reservations=()
    )
    play.tell(nothing)
    assert play.floor.room.campaigns[CAMPAIGN].state is CampaignState.DONE
    said = play.tell(LeadsAdded(at=play.at, campaign=CAMPAIGN, fresh=fresh))
    assert play.floor.room.campaigns[CAMPAIGN].state is state
    assert none(ReserveLeads, said) != fresh


def test_a_campaign_that_was_paused_waits_for_who_paused_it() -> None:
    play, _ = playing()
    play.tell(CampaignCommanded(at=play.at, campaign=CAMPAIGN, command=CampaignCommand.PAUSE))
    play.tell(LeadsAdded(at=play.at, campaign=CAMPAIGN, fresh=True))
    assert play.floor.room.campaigns[CAMPAIGN].state is CampaignState.PAUSED
