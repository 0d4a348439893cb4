"""Orders come before their leads; those whose leads never came are not kept."""

from dialer.core.goods import OrderData
from dialer.store.intake import IntakeBooks
from tests.store.scene import NOW, Scene, lead

HOUR_S = 3600.0


async def kept(scene: Scene) -> set[str]:
    async with scene.database.connection() as conn:
        return {str(row["lead"]) for row in await conn.fetch("select lead from dialer.order_data")}


async def test_an_order_without_a_lead_is_kept_for_an_hour_only(scene: Scene) -> None:
    booked, lost = lead(1), lead(2)
    books = IntakeBooks(scene.database)
    await books.put_orders({one.id: OrderData(courier_note="домофон 17") for one in (booked, lost)})
    await scene.add(booked)
    await books.prune(NOW + HOUR_S - 60)
    assert await kept(scene) == {booked.id, lost.id}, "its lead may be on its way"
    await books.prune(NOW + HOUR_S + 60)
    assert await kept(scene) == {booked.id}
