"""What the claim's SQL lets through, the gate would too: the sieve is never wider than the judge."""

from dataclasses import replace
from random import Random

import pytest

from dialer.core.hours import Allow, Calendar, Window, open_zones
from dialer.core.ids import LeadId
from dialer.core.lead import NewLead
from dialer.core.outcome import AttemptRules, NumberLimits
from dialer.core.permit import may_dial
from dialer.core.settings import CampaignSettings
from dialer.store import campaigns
from dialer.store.callees import callee
from tests.store.scene import MOSCOW, NOW, OMSK, Scene, lead, phone

VLADIVOSTOK = "Asia/Vladivostok"
ZONES = (None, MOSCOW, OMSK, VLADIVOSTOK, f"{OMSK}|{MOSCOW}")
WAIVE_S = 1800.0
RULES = AttemptRules(
    max_attempts=3, waive_hours_s=WAIVE_S, number_limits=NumberLimits(per_day=1, per_week=2, ever=4, per_person=True)
)
LEADS = 150
OPEN_IN_SOME = Calendar(((Window(12 * 60, 21 * 60),),) * 7)
"""At NOW in Moscow and Omsk, no more in Vladivostok."""
NEVER = Calendar(((),) * 7)


async def under(scene: Scene, law: str, calendar: Calendar) -> CampaignSettings:
    async with scene.database.connection() as conn:
        settings = await campaigns.campaign(conn, scene.campaign)
        mode = "preview" if law == "ru_ads" else settings.mode
        await campaigns.update_campaign(conn, replace(settings, law=law, mode=mode, calendar=calendar, rules=RULES))
        return await campaigns.campaign(conn, scene.campaign)


def of_all_kinds(chance: Random) -> list[NewLead]:
    """Numbers stand in several leads, zones are of all kinds, and half have two phones."""
    found = []
    for place in range(LEADS):
        zone, number = chance.choice(ZONES), chance.randrange(LEADS)
        more = (phone(1000 + place, zone),) if chance.random() < 0.5 else ()
        fields = chance.choice(({}, {"consent": ""}, {"consent": "форма 12"}))
        expires_at = chance.choice((None, NOW - 60, NOW + 3600))
        found.append(lead(number, zone, *more, external_id=str(place), fields=fields, expires_at=expires_at))
    return found


HISTORY = """
update dialer.lead
set attempts = (random() * 3)::integer, asked_at = to_timestamp($1) - random() * interval '1 hour',
    next_call_at = to_timestamp($1) + (random() - 0.8) * interval '1 day', held = random() < 0.1;
"""
FORBIDDEN = """
insert into dialer.do_not_call (number, reason)
select number, 'asked' from dialer.lead group by number having random() < 0.1
"""
CALLED = """
insert into dialer.called_number (number, lead, called_at, calls, calls_ever)
select h.number, min(h.lead::text)::uuid, to_timestamp($1) - interval '20 minutes',
       array[to_timestamp($1) - random() * interval '9 days'], (random() * 6)::integer
from dialer.phone h
where random() < 0.3
group by h.number
"""


@pytest.mark.parametrize("law", ["ru_service", "ru_ads", "ru_collection"])
@pytest.mark.parametrize("seed", range(3))
async def test_the_claim_never_lets_through_what_the_gate_refuses_nor_keeps_what_it_allows(
    scene: Scene, law: str, seed: int
) -> None:
    settings = await under(scene, law, OPEN_IN_SOME)
    await scene.add(*of_all_kinds(Random(seed)))
    async with scene.database.connection() as conn:
        await conn.execute(f"select setseed({seed / 10})")
        await conn.execute(HISTORY, NOW)
        await conn.execute(FORBIDDEN)
        await conn.execute(CALLED, NOW)
        leads = [LeadId(str(row["id"])) for row in await conn.fetch("select id from dialer.lead")]
        known = {one: found for one in leads if (found := await callee(conn, one)) is not None}
    answers = {one: may_dial(settings, facts, NOW) for one, (_, facts) in known.items()}
    allowed = {one for one, answer in answers.items() if isinstance(answer, Allow)}
    span_s = None if law == "ru_collection" else NOW - WAIVE_S
    wish = replace(scene.wish(LEADS, open_zones(settings.calendar, NOW)), asked_since=span_s)
    taken = {one.lead: one for one in (await scene.reserve_wish(wish)).reservations}
    assert taken.keys() <= allowed, [answers[LeadId(one)] for one in taken.keys() - allowed]
    numbers = {one.number for one in taken.values()}
    rest = [await scene.lead(one) for one in allowed - taken.keys()]
    assert {row["number"] for row in rest} <= numbers  # only one lead of a number is called at a time
    waived = {one for one in taken if answers[LeadId(one)] == Allow(waived=True)}
    assert {one for one, claim in taken.items() if claim.asked_at is not None} == waived
    assert taken
    assert law != "ru_collection" or not waived


async def test_who_asked_ten_minutes_ago_is_called_at_night_and_it_is_written_down(scene: Scene) -> None:
    settings = await under(scene, "ru_service", NEVER)
    asked, long_ago, did_not = lead(1), lead(2), lead(3)
    await scene.add(asked, long_ago, did_not)
    for one, ago_s in ((asked, 600), (long_ago, WAIVE_S)):
        await scene.run("update dialer.lead set asked_at = to_timestamp($2) where id = $1", one.id, NOW - ago_s)
    (taken,) = (await scene.reserve_wish(replace(scene.wish(10, ()), asked_since=NOW - WAIVE_S))).reservations
    assert (taken.lead, taken.asked_at) == (asked.id, NOW - 600)
    assert (await scene.attempt(taken.attempt))["hours_waived"]
    told = await scene.row("select * from dialer.audit where action = 'hours.waive'")
    assert (told["by"], told["subject"], taken.attempt in told["detail"]) == ("dialer", asked.id, True)
    assert settings.rules.waive_hours_s == WAIVE_S


async def test_without_the_waiver_nobody_is_called_at_night(scene: Scene) -> None:
    await scene.add(lead(1))
    await scene.run("update dialer.lead set asked_at = to_timestamp($1)", NOW - 60)
    assert (await scene.reserve(zones=())).reservations == ()


async def test_what_is_left_knows_of_those_who_asked(scene: Scene) -> None:
    """Another session holds the lead: ask again at once, not at the opening."""
    await scene.add(lead(1))
    await scene.run("update dialer.lead set asked_at = to_timestamp($1)", NOW - 60)
    wish = replace(scene.wish(0, ()), asked_since=NOW - WAIVE_S)
    assert (await scene.reserve_wish(wish)).next_due_at == NOW
    assert (await scene.reserve(0, zones=())).next_due_at is None
