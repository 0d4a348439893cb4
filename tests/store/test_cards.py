"""Cards from the real books: what the agent sees is what the shop gave, with what was tried before."""

import pytest

from dialer.core.effects import CallTimes, ReserveLeads, Settle
from dialer.core.hours import Calendar
from dialer.core.ids import AttemptId, CampaignId, LeadId, ProjectId, ServerName, TrunkName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.outcome import LeadEffect, LeadState, LeadStep, Outcome
from dialer.core.settings import CampaignSettings
from dialer.core.staff import ProjectRecord
from dialer.store import attempts
from dialer.store.cards import Cards
from dialer.store.db import Database
from dialer.store.front import FrontCampaigns, FrontLeads
from dialer.store.uuid7 import uuid7

NOW = 1_790_000_000.0


async def settle(database: Database, told: Settle, now: float) -> None:
    async with database.connection() as conn:
        await attempts.settle(conn, [told], now)


async def reserve(database: Database, campaign: CampaignId, now: float) -> AttemptId:
    wish = ReserveLeads(
        campaign=campaign, server=ServerName("a"), trunk=TrunkName("t"), count=1, open_zones=("Asia/Omsk",)
    )
    async with database.connection() as conn:
        [reservation] = (await attempts.reserve(conn, wish, now)).reservations
    return reservation.attempt


@pytest.fixture
async def campaign(database: Database) -> CampaignId:
    front = FrontCampaigns(database)
    project = await front.save_project(ProjectRecord(ProjectId(0), "Лавка", greeting="Здравствуйте!", script="…"))
    settings = CampaignSettings(CampaignId(0), project.id, "orders", frozenset(), "power", Calendar(), wrap_up_s=25.0)
    made = await front.save(settings)
    lead = NewLead(
        LeadId(uuid7(NOW)),
        (NewPhone("9123456789", "Asia/Omsk"),),
        external_id="A-1",
        person="Мария",
        region="Омская область",
        fields={"сумма": "4 990 ₽"},
    )
    await FrontLeads(database).add(made.id, [lead], NOW)
    return made.id


async def test_a_card_holds_everything_and_what_was_tried_before(database: Database, campaign: CampaignId) -> None:
    cards = Cards(database)
    first = await reserve(database, campaign, NOW)
    card = await cards.card(first)
    assert card is not None
    assert (card.person, card.number, card.zone, card.region) == ("Мария", "9123456789", "Asia/Omsk", "Омская область")
    assert (card.project_name, card.greeting, card.wrap_up_s) == ("Лавка", "Здравствуйте!", 25.0)
    assert (card.external_id, card.fields) == ("A-1", {"сумма": "4 990 ₽"})
    assert (card.attempt_no, card.history, card.answered_at, card.withdrawn) == (1, (), None, False)
    assert [choice.code for choice in card.dispositions][:2] == ["agreed", "call_later"]
    assert "no_disposition" not in [choice.code for choice in card.dispositions]

    told = Settle(
        attempt=first,
        lead=card.lead,
        campaign=campaign,
        outcome=Outcome.NO_ANSWER,
        step=LeadStep(LeadState.WAITING, "no_answer", next_call_at=NOW + 60),
        times=CallTimes(reserved_at=NOW, dialled_at=NOW + 1, ended_at=NOW + 30),
    )
    await settle(database, told, NOW + 30)
    second = await cards.card(await reserve(database, campaign, NOW + 7200))
    assert second is not None
    assert second.attempt_no == 2
    assert [(one.at, one.outcome, one.disposition) for one in second.history] == [(NOW, "no_answer", None)]


async def test_a_cancelled_order_shows_on_the_card_of_its_call(database: Database, campaign: CampaignId) -> None:
    attempt = await reserve(database, campaign, NOW)
    card = await Cards(database).card(attempt)
    assert card is not None
    await FrontLeads(database).withdraw(card.lead, "bought")
    after = await Cards(database).card(attempt)
    assert after is not None
    assert after.withdrawn
    lead = await FrontLeads(database).lead(card.lead)
    assert lead is not None
    assert (lead.state, lead.reason) == (LeadState.CLAIMED, "bought")


async def test_open_hours_are_looked_through_once_a_quarter_of_an_hour(
    database: Database, campaign: CampaignId
) -> None:
    attempt = await reserve(database, campaign, NOW)
    store = Cards(database)
    first, second, third = [card.openings for _ in range(3) if (card := await store.card(attempt)) is not None]
    assert first
    assert first is second or second is third, "one quarter at most began between them"


async def test_a_disposition_is_looked_up_in_the_attempts_own_project(database: Database, campaign: CampaignId) -> None:
    attempt = await reserve(database, campaign, NOW)
    async with database.connection() as conn:
        await conn.execute(
            "update dialer.disposition set effect = 'retry' where project is not null and code = 'agreed'"
        )
    cards = Cards(database)
    own = await cards.of_attempt(attempt, "agreed")
    assert own is not None
    assert own.effect is LeadEffect.RETRY
    assert (await cards.dispositions(None))[0].effect is LeadEffect.DONE
    assert await cards.of_attempt(attempt, "no_disposition") is None
    assert await cards.of_attempt(attempt, "nonsense") is None


@pytest.mark.parametrize("attempt", ["", "nonsense", "00000000-0000-7000-8000-000000000000", "1" * 500])
async def test_an_attempt_that_is_none_has_no_card(database: Database, attempt: str) -> None:
    assert await Cards(database).card(AttemptId(attempt)) is None
    assert await Cards(database).of_attempt(AttemptId(attempt), "agreed") is None


async def test_the_backlog_counts_what_may_still_be_called(database: Database, campaign: CampaignId) -> None:
    front = FrontCampaigns(database)
    assert await front.backlog() == {}, "a draft is not under way"
    async with database.connection() as conn:
        await conn.execute("update dialer.campaign set state = 'running'")
    assert await front.backlog() == {campaign: 1}
    await reserve(database, campaign, NOW)
    assert await front.backlog() == {campaign: 1}, "a lead in a call is still to be called"
