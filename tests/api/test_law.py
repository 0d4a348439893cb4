"""Law profiles over the API: refused, loosened with a reason that is audited, tightened freely."""

from typing import Any

import httpx

from tests.api.conftest import House

Headers = dict[str, str]

ALL_DAY = {"weekdays": [["00:00-24:00"]] * 7}


async def make(http: httpx.AsyncClient, headers: Headers, house: House, **body: Any) -> httpx.Response:
    body = {"project": house.project, "name": "n", **body}
    return await http.post("/api/v1/campaigns", headers=headers, json=body)


async def test_looser_settings_need_a_reason_and_stand_in_the_audit(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    made = (await make(http, supervisor, house)).json()
    assert made["law"] == "ru_service"
    path = f"/api/v1/campaigns/{made['id']}"
    refused = await http.patch(path, headers=supervisor, json={"hours": ALL_DAY})
    assert (refused.status_code, "hours" in refused.text) == (409, True)
    assert (await http.get(path, headers=supervisor)).json() == made
    loosened = await http.patch(path, headers=supervisor, json={"hours": ALL_DAY, "loosening_reason": "ночная служба"})
    assert loosened.status_code == 200
    [told] = [entry for entry in await house.users.audited(2) if entry.action == "campaign.loosen"]
    assert (told.detail["reason"], "hours" in told.detail) == ("ночная служба", True)
    assert (await http.patch(path, headers=supervisor, json={"weight": 2})).status_code == 200


async def test_advertising_in_an_automatic_mode_is_refused_whatever_the_reason(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    body = {"law": "ru_ads", "mode": "predictive", "loosening_reason": "очень надо"}
    assert (await make(http, supervisor, house, **body)).status_code == 409
    for mode in ("manual", "preview"):
        assert (await make(http, supervisor, house, name=mode, law="ru_ads", mode=mode)).status_code == 201
