"""The day's counts: what was settled since midnight in the project's zone, and nothing else."""

from dialer.core.outcome import Outcome
from dialer.store import attempts, days
from tests.store.scene import Scene, lead, settlement

MIDNIGHT = 1_790_024_400.0
"""2026-09-22, 00:00 in Moscow."""


async def settled(scene: Scene, number: int, at: float, outcome: Outcome, reserved_s_before: float = 60.0) -> None:
    await scene.add(lead(number, at=at - 86_400))
    (one,) = (await scene.reserve(1, at=at - reserved_s_before)).reservations
    async with scene.database.connection() as conn:
        await attempts.settle(conn, [settlement(one, outcome=outcome)], at)


async def test_yesterday_is_not_today_and_a_call_over_midnight_is(scene: Scene) -> None:
    await settled(scene, 1, MIDNIGHT - 1, Outcome.BUSY)
    await settled(scene, 2, MIDNIGHT + 30, Outcome.ANSWERED)
    await settled(scene, 3, MIDNIGHT + 3600, Outcome.BUSY)
    await settled(scene, 4, MIDNIGHT + 3700, Outcome.BUSY)
    await scene.row("update dialer.campaign set state = 'running' returning id")
    async with scene.database.connection() as conn:
        (day,) = (await days.today(conn, MIDNIGHT + 7200)).values()
        assert dict(day.outcomes) == {"answered": 1, "busy": 2}
        assert (day.joined, day.ends_at) == (0, MIDNIGHT + 86_400)
        (before,) = (await days.today(conn, MIDNIGHT - 0.5)).values()
        assert (dict(before.outcomes), before.ends_at) == ({"busy": 3, "answered": 1}, MIDNIGHT)
        (next_day,) = (await days.today(conn, MIDNIGHT + 90_000)).values()
        assert dict(next_day.outcomes) == {}


async def test_an_idle_campaign_has_no_day(scene: Scene) -> None:
    async with scene.database.connection() as conn:
        assert await days.today(conn, MIDNIGHT) == {}
