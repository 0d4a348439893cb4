"""Which number a lead sees: the same over its calls, by region, where the trunk allows it and the label is good."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dialer.core.callers import Caller, caller_for, label_flaws, shown_on
from dialer.core.effects import Effect, Originate, Settle
from dialer.core.events import Known, LeadsReserved, Reservation
from dialer.core.hours import local_instant
from dialer.core.ids import AttemptId, LeadId, ProjectId, TrunkName
from dialer.core.settings import CampaignSettings, Server, Site, Trunk
from dialer.core.wishes import SiteChanged
from tests.core.playbook import CAMPAIGN, SERVER, TRUNK, Play, campaign, none, only

P = ProjectId(1)
ANY = Caller(1, P, "74951000001", "moscow one")
OTHER = Caller(2, P, "74951000002", "moscow two")
URAL = Caller(3, P, "73431000003", "ural", regions=frozenset({"Свердловская область"}))
POOL = (ANY, OTHER, URAL)
LABELLED = replace(ANY, label="Магазин", contract="№ 7", label_from=date(2026, 9, 1), label_until=date(2026, 9, 30))
NOON = local_instant("Europe/Moscow", date(2026, 9, 30), 12 * 60)
DAY_S = 86400.0


def leads(count: int) -> list[LeadId]:
    return [LeadId(f"l{number}") for number in range(count)]


def test_a_lead_sees_its_regions_number_and_the_same_one_at_every_call() -> None:
    for lead in leads(50):
        first = caller_for(POOL, lead, "Свердловская область", None)
        assert first is URAL
        assert caller_for(POOL, lead, "", URAL.number) is URAL
        plain = caller_for(POOL, lead, "Томская область", None)
        assert plain in (ANY, OTHER)
        assert caller_for(POOL, lead, "Свердловская область", plain.number) is plain


def test_leads_are_shared_evenly_and_another_number_moves_few() -> None:
    many = leads(3000)
    seen = {lead: caller_for((ANY, OTHER), lead, "", None) for lead in many}
    assert min(Counter(one.name for one in seen.values()).values()) > 1300
    third = Caller(4, P, "74951000004", "moscow three")
    moved = [lead for lead in many if caller_for((ANY, OTHER, third), lead, "", None) is not seen[lead]]
    assert {caller_for((ANY, OTHER, third), lead, "", None) for lead in moved} == {third}
    assert len(moved) < 1150


def test_only_one_of_a_region_is_there_then_it_is_shown_to_all() -> None:
    assert caller_for((URAL,), LeadId("l1"), "Томская область", None) is URAL


def settings(**changes: object) -> CampaignSettings:
    return campaign(**{"callers": POOL, "loopback_only": False, **changes})


@pytest.mark.parametrize(
    ("changes", "trunk", "names"),
    [
        ({}, "t1", ["moscow one", "moscow two", "ural"]),
        ({"caller": ANY.number}, "t1", ["moscow one"]),
        ({"caller": "70000000000"}, "t1", ["campaign"]),
        ({"callers": (replace(ANY, trunks=frozenset({"t2"})), OTHER)}, "t1", ["moscow two"]),
        ({"callers": (replace(ANY, trunks=frozenset({"t2"})),)}, "t1", []),
        ({"callers": (LABELLED, OTHER), "needs_label": True}, "t1", ["moscow one"]),
        ({"callers": (LABELLED, OTHER), "law": "ru_collection"}, "t1", ["moscow one"]),
        ({"callers": (OTHER,), "law": "ru_ads"}, "t1", []),
        ({"callers": (OTHER,), "law": "ru_ads", "loopback_only": True}, "t1", ["moscow two"]),
        ({"callers": (), "law": "ru_ads"}, "t1", []),
    ],
)
def test_what_may_be_shown(changes: dict[str, object], trunk: str, names: list[str]) -> None:
    assert [one.name for one in shown_on(settings(**changes), trunk, NOON) or ()] == names


def test_where_nothing_is_said_the_trunk_shows_its_own() -> None:
    assert shown_on(settings(callers=()), "t1", NOON) is None


@pytest.mark.parametrize(
    ("pool", "at", "flaws"),
    [
        ((LABELLED,), NOON, {}),
        ((LABELLED,), NOON + DAY_S, {"moscow one": "expired"}),
        ((LABELLED,), NOON - 40 * DAY_S, {"moscow one": "not_yet"}),
        ((LABELLED, OTHER), NOON, {"moscow two": "unlabelled"}),
        ((), NOON, {"the trunk's own number": "unlabelled"}),
    ],
)
def test_flaws_of_labels(pool: tuple[Caller, ...], at: float, flaws: dict[str, str]) -> None:
    assert label_flaws(settings(callers=pool, law="ru_collection"), at) == flaws
    assert label_flaws(settings(callers=pool), at) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "x" * 33, "contract": "№ 7"},
        {"label": "Магазин"},
        {"label_from": date(2026, 9, 2), "label_until": date(2026, 9, 1)},
    ],
)
def test_a_label_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="label"):
        replace(ANY, **wrong)


# ---- on the floor

SECOND = TrunkName("t2")
TWO_TRUNKS = Site(
    (Server(SERVER),), tuple(Trunk(name, SERVER, name, 50, 100.0, loopback=True) for name in (TRUNK, SECOND))
)


def dialled(kept: str | None, **changes: object) -> tuple[Play, list[Effect]]:
    play = Play(**changes)
    play.tell(SiteChanged(at=play.at, site=TWO_TRUNKS))
    play.sign_in()
    play.start()
    (asked,) = play.asked()
    known = Known(play.at, region="Свердловская область")
    claim = Reservation(AttemptId("t1"), LeadId("l1"), CAMPAIGN, "9000000001", "Europe/Moscow", attempt_no=2)
    told = LeadsReserved(
        at=play.at,
        campaign=CAMPAIGN,
        server=asked.server,
        trunk=asked.trunk,
        asked=asked.count,
        reservations=(replace(claim, known=known, kept_caller=kept),),
    )
    return play, play.tell(told)


def test_the_number_is_shown_and_booked() -> None:
    play, said = dialled(None, callers=POOL)
    assert only(Originate, said).caller == URAL.number
    settled = only(Settle, play.hang_up(AttemptId("t1"), 17, 486))
    assert settled.caller == URAL.number


def test_who_saw_a_number_before_sees_it_again_on_whatever_trunk_may_show_it() -> None:
    """Lines are counted where the call is."""
    there = replace(ANY, trunks=frozenset({SECOND}))
    here = replace(OTHER, trunks=frozenset({TRUNK}))
    play, said = dialled(ANY.number, callers=(there, here))
    call = only(Originate, said)
    assert (call.caller, call.trunk) == (ANY.number, SECOND)
    assert {name: line.lines_used for name, line in play.floor.room.trunks.items()} == {TRUNK: 0, SECOND: 1}
    play, said = dialled("a number that is gone", callers=(there, here))
    assert only(Originate, said).trunk in (TRUNK, SECOND)


def test_without_a_number_to_show_nothing_is_dialled() -> None:
    play = Play(callers=(OTHER,), law="ru_collection")
    play.sign_in()
    play.start()
    assert play.asked() == []
    assert none(Originate, play.said)
