"""Campaigns: first the books, then the Floor; what makes no sense is refused before anything is told."""

import httpx
import pytest

from dialer.core.effects import BookCampaignState
from dialer.core.states import CampaignState
from dialer.core.wishes import CampaignChanged, CampaignCommanded
from dialer.store import campaigns
from tests.api.conftest import House

Headers = dict[str, str]


async def set_state(house: House, state: CampaignState) -> None:
    async with house.database.connection() as conn:
        told = BookCampaignState(campaign=house.campaign, state=state)
        await campaigns.book_states(conn, [(told, house.clock.now())])


async def test_a_campaign_is_made_in_draft_and_told(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    body = {
        "project": house.project,
        "name": "вечерняя",
        "groups": [house.group],
        "mode": "power",
        "power_ratio": 1.4,
        "hours": {"weekdays": [["10:00-13:00", "14:00-24:00"]] * 7, "dates": {"2027-01-01": []}, "reason": "evening"},
        "rules": {"max_attempts": 3, "retry_s": {"busy": 300}},
    }
    answer = await http.post("/api/v1/campaigns", headers=supervisor, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["mode"], made["groups"]) == ("draft", "power", [house.group])
    hours = dict(made["hours"])
    assert (hours.pop("production_calendar_years"), hours) == ([], body["hours"])
    assert made["rules"]["max_attempts"] == 3
    assert made["rules"]["retry_s"]["busy"] == 300
    assert made["rules"]["retry_s"]["no_answer"] == 7200
    [told] = house.room.told(CampaignChanged)
    assert told.settings.id == made["id"]
    assert (await http.get(f"/api/v1/campaigns/{made['id']}", headers=supervisor)).json() == made


async def test_only_what_is_given_changes(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    path = f"/api/v1/campaigns/{house.campaign}"
    before = (await http.get(path, headers=supervisor)).json()
    after = (await http.patch(path, headers=supervisor, json={"ceiling_ratio": 0.01, "max_lines": 30})).json()
    assert after == {**before, "ceiling_ratio": 0.01, "max_lines": 30}
    cleared = (await http.patch(path, headers=supervisor, json={"max_lines": None})).json()
    assert cleared["max_lines"] is None
    assert len(house.room.told(CampaignChanged)) == 2
    newest = (await house.users.audited(1))[0]
    assert (newest.action, newest.subject, newest.detail) == (
        "campaign.change",
        str(house.campaign),
        {"max_lines": "30 → —"},
    )


async def test_a_campaigns_own_calls_per_second_are_kept_and_told(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/campaigns/{house.campaign}"
    changed = (await http.patch(path, headers=supervisor, json={"calls_per_second": 2.5})).json()
    assert changed["calls_per_second"] == 2.5
    assert house.room.told(CampaignChanged)[0].settings.calls_per_second == 2.5
    assert (await house.users.audited(1))[0].detail == {"calls_per_second": "— → 2.5"}
    cleared = (await http.patch(path, headers=supervisor, json={"calls_per_second": None})).json()
    assert cleared["calls_per_second"] is None


async def test_the_rest_of_agents_between_calls_is_kept_and_told(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/campaigns/{house.campaign}"
    changed = (await http.patch(path, headers=supervisor, json={"rest_s": 10, "max_occupancy": 0.85})).json()
    assert (changed["rest_s"], changed["max_occupancy"]) == (10, 0.85)
    told = house.room.told(CampaignChanged)[0].settings
    assert (told.rest_s, told.max_occupancy) == (10.0, 0.85)
    detail = (await house.users.audited(1))[0].detail
    assert detail == {"rest_s": "0.0 → 10.0", "max_occupancy": "1.0 → 0.85"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"max_occupancy": 1.1},
        {"max_occupancy": 0},
        {"rest_s": -1},
        {"ceiling_ratio": 1},
        {"answer_limit_s": 1.96},
        {"weight": 0},
        {"power_ratio": 0.9},
        {"calls_per_second": 0},
        {"mode": "../../etc"},
        {"hours": {"weekdays": [["21:00-09:00"]] * 7}},
        {"hours": {"weekdays": [["09:00-21:00"]] * 6}},
        {"hours": {"weekdays": [["9-21"]] * 7}},
        {"caller": "+7912\r\nAction: Originate"},
        {"state": "running"},
        {"rules": {"retry_s": {"nonsense": 1}}},
    ],
)
async def test_what_cannot_be_is_refused(
    house: House, http: httpx.AsyncClient, supervisor: Headers, change: dict[str, object]
) -> None:
    answer = await http.patch(f"/api/v1/campaigns/{house.campaign}", headers=supervisor, json=change)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]
    assert house.room.events == []


async def test_a_name_that_is_taken_and_a_group_that_is_not_there_are_409(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    taken = {"project": house.project, "name": "заказы ноября"}
    assert (await http.post("/api/v1/campaigns", headers=supervisor, json=taken)).status_code == 409
    groups = await http.patch(f"/api/v1/campaigns/{house.campaign}", headers=supervisor, json={"groups": [999]})
    assert groups.status_code == 409
    assert "group" in groups.json()["detail"]


async def test_commands_follow_the_campaigns_machine(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    path = f"/api/v1/campaigns/{house.campaign}"
    refused = await http.post(f"{path}/pause", headers=supervisor)
    assert refused.status_code == 409
    assert "draft" in refused.json()["detail"]
    assert house.room.events == []

    assert (await http.post(f"{path}/start", headers=supervisor)).json()["state"] == "running"
    await set_state(house, CampaignState.RUNNING)
    assert (await http.post(f"{path}/pause", headers=supervisor)).json()["state"] == "paused"
    await set_state(house, CampaignState.PAUSED)
    assert (await http.post(f"{path}/resume", headers=supervisor)).json()["state"] == "running"
    assert (await http.post(f"{path}/stop", headers=supervisor)).json()["state"] == "stopping"
    assert [event.command for event in house.room.told(CampaignCommanded)] == ["start", "pause", "resume", "stop"]


async def test_an_unknown_campaign_and_an_unknown_command(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    assert (await http.post("/api/v1/campaigns/999/start", headers=supervisor)).status_code == 404
    assert (await http.post(f"/api/v1/campaigns/{house.campaign}/explode", headers=supervisor)).status_code == 422
    assert (await http.get(f"/api/v1/campaigns/{10**30}", headers=supervisor)).status_code == 422


async def test_a_project_is_made_once(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    made = await http.post("/api/v1/projects", headers=supervisor, json={"name": "Курьер", "greeting": "Добрый день!"})
    assert made.status_code == 201
    assert (await http.post("/api/v1/projects", headers=supervisor, json={"name": "Курьер"})).status_code == 409
    listed = (await http.get("/api/v1/projects", headers=supervisor)).json()["projects"]
    assert [project["name"] for project in listed] == ["Лавка", "Курьер"]
    own = await http.get("/api/v1/dispositions", headers=supervisor, params={"project": made.json()["id"]})
    default = await http.get("/api/v1/dispositions", headers=supervisor)
    assert own.json() == default.json()


async def test_a_project_s_share_of_the_lines_is_kept_and_told(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    await set_state(house, CampaignState.RUNNING)
    path = f"/api/v1/projects/{house.project}/lines"
    assert (await http.put(path, headers=supervisor, json={"lines_share": 0.4})).json() == {"lines_share": 0.4}
    assert house.room.told(CampaignChanged)[-1].settings.lines_share == 0.4
    (shown, *_) = (await http.get("/api/v1/projects", headers=supervisor)).json()["projects"]
    assert shown["lines_share"] == 0.4
    entry = (await house.users.audited(1))[0]
    assert (entry.action, entry.subject, entry.detail) == ("project.lines", str(house.project), {"lines_share": "0.4"})
    assert (await http.put(path, headers=supervisor, json={"lines_share": None})).json() == {"lines_share": None}
    assert house.room.told(CampaignChanged)[-1].settings.lines_share is None

    for wrong in ({"lines_share": 0}, {"lines_share": 1.5}, {}):
        assert (await http.put(path, headers=supervisor, json=wrong)).status_code == 422
    nowhere = await http.put("/api/v1/projects/999/lines", headers=supervisor, json={"lines_share": 0.4})
    assert nowhere.status_code == 404


@pytest.mark.parametrize(("zone", "near"), [("Europe/Moskva", "Europe/Moscow"), ("asia/omsk", "Asia/Omsk")])
async def test_a_project_s_zone_is_one_that_there_is(
    house: House, http: httpx.AsyncClient, supervisor: Headers, zone: str, near: str
) -> None:
    """Its days are counted in it: one that is none ended the daemon at the campaign's start, and at every restart."""
    answer = await http.post("/api/v1/projects", headers=supervisor, json={"name": "Курьер", "zone": zone})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["where"] == "body.zone"
    assert zone in error["what"]
    assert near in error["what"]
    made = await http.post("/api/v1/projects", headers=supervisor, json={"name": "Курьер", "zone": near})
    assert (made.status_code, made.json()["zone"]) == (201, near)


async def test_a_mode_is_one_that_there_is(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    wrong = {"mode": "predictve"}
    made = {"project": house.project, "name": "вторая", **wrong}
    for answer in (
        await http.patch(f"/api/v1/campaigns/{house.campaign}", headers=supervisor, json=wrong),
        await http.post("/api/v1/campaigns", headers=supervisor, json=made),
    ):
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error["where"] == "body.mode"
        assert "predictve" in error["what"]
        assert "did you mean predictive" in error["what"]
        assert "manual, preview, progressive, power, predictive" in error["what"]


async def test_a_campaign_whose_mode_is_no_longer_installed_is_not_started(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    async with house.database.connection() as conn:
        await conn.execute("update dialer.campaign set mode = 'theirs'")
    path = f"/api/v1/campaigns/{house.campaign}"
    refused = await http.post(f"{path}/start", headers=supervisor)
    assert refused.status_code == 409
    assert "theirs" in refused.json()["detail"]
    assert house.room.events == []
    changed = await http.patch(path, headers=supervisor, json={"max_lines": 5})
    assert changed.status_code == 200, "its other settings are not in doubt"
