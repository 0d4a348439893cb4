"""Advertising: nobody is called without a record of consent."""

from tests.store.scene import Scene, lead


async def test_without_a_record_of_consent_a_lead_of_advertising_is_refused(scene: Scene) -> None:
    without, empty, given = (
        lead(1),
        lead(2, fields={"consent": ""}),
        lead(3, fields={"consent": "форма 12"}),
    )
    await scene.add(without, empty, given)
    await scene.run("update dialer.campaign set law = 'ru_ads'")
    assert [taken.lead for taken in (await scene.reserve()).reservations] == [given.id]
    fates = [await scene.lead(one.id) for one in (without, empty)]
    assert {(row["state"], row["reason"]) for row in fates} == {("refused", "no_consent")}


async def test_other_campaigns_ask_for_none(scene: Scene) -> None:
    await scene.add(lead(1))
    assert len((await scene.reserve()).reservations) == 1
