"""Corrections to the production calendar: every campaign that follows it is open by them at once, and it is audited."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from dialer.clock import Clock
from dialer.core.hours import Window
from dialer.core.wishes import CampaignChanged
from dialer.store.db import Database
from tests.api.conftest import House

Headers = dict[str, str]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC).timestamp()
DAY = "2027-03-10"
"""A Wednesday."""
WEEK = [*[["08:00-22:00"]] * 5, *[["09:00-20:00"]] * 2]
SUNDAYS = (Window(9 * 60, 20 * 60),)
LIMITS = {"per_day": 1, "per_week": 2, "per_month": 8, "per_person": True}
COLLECTION = {
    "law": "ru_collection",
    "hours": {"weekdays": WEEK, "production_calendar_years": [2026, 2027]},
    "rules": {"number_limits": LIMITS},
}


@pytest.fixture
def clock() -> Clock:
    """In the year whose holidays, and the next year's, the campaign follows."""
    return Clock(wall=lambda: NOW)


async def correct(http: httpx.AsyncClient, headers: Headers, works: bool) -> dict[str, Any]:
    body = {"works": works, "reason": "указ главы региона"}
    answer = await http.put(f"/api/v1/work-days/{DAY}", headers=headers, json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def follows(http: httpx.AsyncClient, headers: Headers, house: House, database: Database) -> None:
    """The house's campaign collects, follows the production calendar, and is running."""
    changed = await http.patch(f"/api/v1/campaigns/{house.campaign}", headers=headers, json=COLLECTION)
    assert changed.status_code == 200, changed.text
    assert changed.json()["hours"]["dates"] == {}
    assert changed.json()["hours"]["production_calendar_years"] == [2026, 2027]
    async with database.connection() as conn:
        await conn.execute("update dialer.campaign set state = 'running'")


async def test_a_day_off_is_followed_at_once_and_forgotten_again(
    house: House, http: httpx.AsyncClient, supervisor: Headers, database: Database
) -> None:
    await follows(http, supervisor, house, database)
    assert (await correct(http, supervisor, works=False))["campaigns"] == [house.campaign]
    assert house.room.told(CampaignChanged)[-1].settings.calendar.dates[DAY] == SUNDAYS
    listed = (await http.get("/api/v1/work-days", headers=supervisor)).json()["corrections"]
    assert [(one["day"], one["works"], one["reason"]) for one in listed] == [(DAY, False, "указ главы региона")]
    assert "work-day.correct" in {entry.action for entry in await house.users.audited(5)}
    gone = await http.delete(f"/api/v1/work-days/{DAY}", headers=supervisor)
    assert gone.json()["campaigns"] == [house.campaign]
    assert DAY not in house.room.told(CampaignChanged)[-1].settings.calendar.dates
    assert (await http.delete(f"/api/v1/work-days/{DAY}", headers=supervisor)).status_code == 404


async def test_a_campaign_that_is_saved_later_follows_it_too(
    house: House, http: httpx.AsyncClient, supervisor: Headers, database: Database
) -> None:
    await correct(http, supervisor, works=False)
    await follows(http, supervisor, house, database)
    assert house.room.told(CampaignChanged)[-1].settings.calendar.dates[DAY] == SUNDAYS


async def test_the_law_counts_the_corrected_day_as_a_day_off(
    house: House, http: httpx.AsyncClient, supervisor: Headers, database: Database
) -> None:
    """Hours of a campaign's own that were within the law before are told, and refused where they are saved anew."""
    await follows(http, supervisor, house, database)
    path = f"/api/v1/campaigns/{house.campaign}"
    own = {"weekdays": WEEK, "dates": {DAY: ["08:00-22:00"]}, "production_calendar_years": [2026, 2027]}
    assert (await http.patch(path, headers=supervisor, json={"hours": own})).status_code == 200
    assert await correct(http, supervisor, works=False) == {
        "day": DAY, "works": False, "campaigns": [], "looser": [house.campaign],
    }  # fmt: skip
    own["dates"] = {DAY: ["08:00-21:00"]}
    refused = await http.patch(path, headers=supervisor, json={"hours": own})
    assert (refused.status_code, DAY in refused.text) == (409, True)
