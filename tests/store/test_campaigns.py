"""Projects, campaigns, dispositions: what is put in comes back, exactly."""

from dataclasses import replace

import pytest

from dialer.core.hours import Calendar, Window
from dialer.core.ids import CampaignId, GroupId, ProjectId
from dialer.core.ledger import CeilingMode, LedgerWindow
from dialer.core.outcome import AttemptRules, LeadEffect, Outcome
from dialer.core.settings import CampaignSettings
from dialer.core.states import CampaignState
from dialer.store import campaigns
from dialer.store.errors import NameTaken, Unknown
from tests.store.scene import Scene

ODD = Calendar(
    weekdays=((Window(0, 1440),), (), (Window(540, 780), Window(840, 1260)), (), (), (), ()),
    dates={"2027-01-01": (), "2027-01-09": (Window(600, 601),)},
    reason="custom: демо",
)
RULES = AttemptRules(4, ((Outcome.BUSY, 0.5), (Outcome.ABANDONED, 259200.0)), 60.25, 1.0)


def full(scene: Scene) -> CampaignSettings:
    return CampaignSettings(
        CampaignId(0),
        scene.project,
        "всё сразу",
        frozenset({scene.group}),
        mode="power",
        calendar=ODD,
        weight=0.1,
        power_ratio=1.3333333333333333,
        ceiling_ratio=0.029,
        ceiling_window=LedgerWindow.DAY,
        ceiling_mode=CeilingMode.HARD,
        max_lines=0,
        ring_s=25.5,
        answer_limit_s=1.7,
        wrap_up_s=0.0,
        rest_s=7.5,
        max_occupancy=0.85,
        caller="4950000000",
        rules=RULES,
        loopback_only=True,
        skill="furniture",
        skill_level=3,
    )


async def test_settings_come_back_as_they_were(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        made = await campaigns.create_campaign(conn, full(scene))
        assert await campaigns.campaign(conn, made) == replace(full(scene), id=made)
        assert await conn.fetchval("select ceiling_ratio = 0.029 from dialer.campaign where id = $1", made)


async def test_a_change_leaves_the_state_alone(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        before = await campaigns.campaign(conn, scene.campaign)
        await conn.execute("update dialer.campaign set state = 'running'")
        changed = replace(full(scene), id=before.id, name="новое имя", groups=frozenset())
        await campaigns.update_campaign(conn, changed)
        assert await campaigns.campaign(conn, before.id) == replace(changed, state=CampaignState.RUNNING)


async def test_what_is_refused_and_why(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        name = (await campaigns.campaign(conn, scene.campaign)).name
        with pytest.raises(NameTaken, match=name):
            await campaigns.create_campaign(conn, replace(full(scene), name=name))
        with pytest.raises(Unknown, match="project or group"):
            await campaigns.create_campaign(conn, replace(full(scene), groups=frozenset({GroupId(999)})))
        with pytest.raises(Unknown, match="project or group"):
            await campaigns.create_campaign(conn, replace(full(scene), project=ProjectId(999)))
        with pytest.raises(Unknown, match="no campaign 999"):
            await campaigns.update_campaign(conn, replace(full(scene), id=CampaignId(999)))
        with pytest.raises(Unknown, match="no campaign 999"):
            await campaigns.campaign(conn, CampaignId(999))
        with pytest.raises(NameTaken):
            await campaigns.create_project(conn, (await campaigns.projects(conn))[0].name)
        assert len(await campaigns.campaigns(conn)) == 1


async def test_at_boot_only_campaigns_that_are_something_to_the_floor(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        assert await campaigns.campaigns(conn, without=campaigns.IDLE) == []
        await conn.execute("update dialer.campaign set state = 'paused'")
        (one,) = await campaigns.campaigns(conn, without=campaigns.IDLE)
    assert (one.id, one.state) == (scene.campaign, CampaignState.PAUSED)


async def test_a_project_gets_the_default_dictionary_of_its_own(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        offered = await campaigns.dispositions(conn, scene.project)
        everything = await campaigns.dispositions(conn, scene.project, everything=True)
        await conn.execute("update dialer.disposition set label = 'Да' where project is null and code = 'agreed'")
        assert (await campaigns.dispositions(conn, scene.project)) == offered
    assert offered[0].code == "agreed"
    assert {choice.code for choice in everything} - {choice.code for choice in offered} == {"no_disposition"}
    effects = {choice.code: choice.effect for choice in everything}
    assert effects["wrong_number"] is LeadEffect.WRONG_NUMBER
    assert effects["call_back_now"] is LeadEffect.CALL_BACK_NOW
    assert effects["no_disposition"] is LeadEffect.SUPERVISOR


async def test_the_default_set_covers_every_effect(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        everything = await campaigns.dispositions(conn, scene.project, everything=True)
    assert {choice.effect for choice in everything} == set(LeadEffect)
    assert len({choice.position for choice in everything}) == len(everything)


async def test_every_outcome_has_its_place_in_the_ledger(scene: Scene) -> None:
    row = await scene.row(
        "select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'attempt_outcome_check'"
        " and conrelid = 'dialer.attempt'::regclass"
    )
    assert all(f"'{outcome}'" in row["text"] for outcome in Outcome)
