"""Why so many calls were started, and the proof of a day, over the API."""

from datetime import UTC, datetime

import httpx

from dialer.core.effects import BookDecision
from dialer.core.ids import ServerName
from dialer.store.campaigns import book_decisions
from strategies.base import Decision, Limit
from tests.api.conftest import House

Headers = dict[str, str]
AT = datetime(2026, 11, 21, 11, tzinfo=UTC).timestamp()


def made(house: House, at: float, calls: int) -> BookDecision:
    inputs = (("free_agents", 2.0),)
    decision = Decision(calls, f"свободно 2 → набрать {calls}", "predictive", 4, inputs, Limit.LINES)
    return BookDecision(campaign=house.campaign, server=ServerName("a"), at=at, decision=decision)


async def test_a_moment_long_ago_is_read_from_the_books(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    async with house.database.connection() as conn:
        await book_decisions(conn, [made(house, AT, 1), made(house, AT + 60, 2)])
    path = f"/api/v1/campaigns/{house.campaign}/decisions"
    answer = await http.get(path, headers=supervisor, params={"at": "2026-11-21T11:00:30Z", "language": "en"})
    [told] = answer.json()["decisions"]
    assert (told["calls_to_start"], told["limited_by"]) == (1, "lines")
    assert told["reason"] == "free 2 → dial 4; limit: free lines → dial 1"
    latest = (await http.get(path, headers=supervisor)).json()["decisions"]
    assert [one["reason"] for one in latest] == ["свободно 2 → набрать 2", "свободно 2 → набрать 1"]
    assert (await http.get(path, headers=supervisor, params={"at": "noon"})).status_code == 422


async def test_the_last_minutes_come_from_memory(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    for second in range(3):
        house.ports.reasons.put(made(house, AT + second, second))  # type: ignore[attr-defined]
    path = f"/api/v1/campaigns/{house.campaign}/decisions"
    told = (await http.get(path, headers=supervisor, params={"at": "2026-11-21T11:00:01.5Z"})).json()["decisions"]
    assert [one["calls_to_start"] for one in told] == [1]
    assert len((await http.get(path, headers=supervisor, params={"last": 2})).json()["decisions"]) == 2


async def test_the_proof_of_an_empty_day(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    path = f"/api/v1/campaigns/{house.campaign}/abandonment"
    body = (await http.get(path, headers=supervisor, params={"day": "2026-11-21"})).json()
    assert body == {
        "campaign": house.campaign,
        "day": "2026-11-21",
        "zone": "Europe/Moscow",
        "ceiling_ratio": 0.03,
        "window": "rolling_24h",
        "answered": 0,
        "abandoned": 0,
        "calls": [],
    }
    file = await http.get(path, headers=supervisor, params={"format": "csv"})
    assert file.headers["content-disposition"].startswith(f'attachment; filename="abandonment-{house.campaign}-20')
    assert file.text.lstrip("\ufeff").startswith("time;attempt;reason")
