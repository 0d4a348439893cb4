"""Roles along the whole description of the API: what a client and an agent may ask is written down here, route by
route, so that nobody is given a new one by chance; and a client never sees another's project."""

import re
from typing import Any

import httpx
import pytest

from dialer.core.access import RIGHTS, Role
from dialer.core.hours import Calendar
from dialer.core.ids import CampaignId, LeadId, ProjectId
from dialer.core.lead import NewLead, NewPhone
from dialer.core.settings import CampaignSettings
from dialer.core.staff import ProjectRecord
from dialer.store.front import FrontLeads
from tests.api.conftest import House
from tests.api.test_doors import routes

EVERYBODY = {
    "GET /healthz",
    "POST /api/v1/session",
    "POST /api/v1/session/link",
    "DELETE /api/v1/session",
    "GET /api/v1/me",
    "PUT /api/v1/me/password",
    "POST /api/v1/feedback",  # proven by its signature
}
CLIENT = {
    "GET /api/v1/attempts/{attempt}/form",
    "GET /api/v1/campaigns",
    "GET /api/v1/campaigns/{campaign}",
    "GET /api/v1/campaigns/{campaign}/abandonment",
    "GET /api/v1/campaigns/{campaign}/decisions",
    "GET /api/v1/campaigns/{campaign}/dry-run",
    "GET /api/v1/campaigns/{campaign}/late-first-calls",
    "GET /api/v1/campaigns/{campaign}/lists",
    "GET /api/v1/campaigns/{campaign}/promised-calls",
    "GET /api/v1/campaigns/{campaign}/why",
    "GET /api/v1/campaigns/{campaign}/notices",
    "GET /api/v1/dispositions",
    "GET /api/v1/leads",
    "GET /api/v1/leads/{lead}",
    "GET /api/v1/leads/{lead}/cycles",
    "GET /api/v1/leads/{lead}/may-dial",
    "GET /api/v1/leads/{lead}/notices",
    "GET /api/v1/lists/{list_id}",
    "GET /api/v1/projects",
    "GET /api/v1/projects/{project}/admission",
    "GET /api/v1/projects/{project}/callers",
    "GET /api/v1/projects/{project}/callers/reach",
    "GET /api/v1/projects/{project}/desk",
    "GET /api/v1/projects/{project}/forgetting",
    "GET /api/v1/projects/{project}/forgotten",
    "GET /api/v1/projects/{project}/forms",
    "GET /api/v1/projects/{project}/info",
    "GET /api/v1/projects/{project}/now",
    "GET /api/v1/projects/{project}/report",
    "GET /api/v1/projects/{project}/scripts",
    "GET /api/v1/work-days",
}
AGENT = {
    "GET /api/v1/agent/slots",
    "GET /api/v1/agents/{agent}",
    "GET /api/v1/agents/{agent}/colleagues",
    "GET /api/v1/agents/{agent}/phone",
    "GET /api/v1/agents/{agent}/picks",
    "GET /api/v1/dispositions",
    "GET /api/v1/projects/{project}/info",
    "POST /api/v1/agent/slots",
    "POST /api/v1/agent/slots/release",
    "POST /api/v1/agents/{agent}/conference",
    "POST /api/v1/agents/{agent}/consult",
    "POST /api/v1/agents/{agent}/dial",
    "POST /api/v1/agents/{agent}/digits",
    "POST /api/v1/agents/{agent}/disposition",
    "POST /api/v1/agents/{agent}/end-consult",
    "POST /api/v1/agents/{agent}/form",
    "POST /api/v1/agents/{agent}/hang-up",
    "POST /api/v1/agents/{agent}/hold",
    "POST /api/v1/agents/{agent}/mute",
    "POST /api/v1/agents/{agent}/pause",
    "POST /api/v1/agents/{agent}/phone",
    "POST /api/v1/agents/{agent}/phone/ring",
    "POST /api/v1/agents/{agent}/pick",
    "POST /api/v1/agents/{agent}/ready",
    "POST /api/v1/agents/{agent}/sign-in",
    "POST /api/v1/agents/{agent}/sign-out",
    "POST /api/v1/agents/{agent}/skip",
    "POST /api/v1/agents/{agent}/take",
    "POST /api/v1/agents/{agent}/transfer",
}
WRITTEN_DOWN = {Role.CLIENT: CLIENT, Role.AGENT: AGENT}


async def described(http: httpx.AsyncClient, headers: dict[str, str]) -> dict[str, Any]:
    """Every operation of the OpenAPI document: "GET /path" to what is said of it."""
    document = (await http.get("/api/v1/openapi.json", headers=headers)).json()
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


def filled(path: str, holes: dict[str, object]) -> str:
    return re.sub(r"{(\w+)}", lambda hole: str(holes.get(hole[1], 1001)), path)


async def test_the_description_leaves_no_route_out(house: House, http: httpx.AsyncClient) -> None:
    told = set(await described(http, await house.token(Role.ADMIN)))
    there = {f"{method} {path}" for method, path, _ in routes() if path.startswith("/api/v1/")}
    assert there - told == {"GET /api/v1/openapi.json"}


@pytest.mark.parametrize("role", list(Role))
async def test_each_operation_is_403_for_a_role_without_its_right(
    house: House, http: httpx.AsyncClient, role: Role
) -> None:
    headers = await house.token(role, projects=(house.project,))
    rights = {f"{method} {path}": rights for method, path, rights in routes()}
    allowed = set()
    for operation in sorted(set(await described(http, headers)) - EVERYBODY):
        method, path = operation.split()
        answer = await http.request(method, filled(path, {"command": "start"}), headers=headers)
        if rights[operation] & RIGHTS[role]:
            assert "not-allowed" not in answer.text, operation
            allowed.add(operation)
        else:
            assert (answer.status_code, "not-allowed" in answer.text) == (403, True), operation
    assert allowed == WRITTEN_DOWN.get(role, allowed)


def test_a_client_only_reads() -> None:
    assert {operation.split()[0] for operation in CLIENT} == {"GET"}


@pytest.mark.parametrize("role", [Role.CLIENT, Role.INTEGRATOR])
async def test_another_project_does_not_exist_for_who_is_confined_to_his_own(
    house: House, http: httpx.AsyncClient, role: Role
) -> None:
    holes = await another_shop(house)
    headers = await house.token(role, projects=(house.project,))
    for operation in sorted(await described(http, headers)):
        method, path = operation.split()
        if not any(f"{{{hole}}}" in path for hole in holes):
            continue
        answer = await http.request(method, filled(path, {**holes, "command": "start"}), headers=headers)
        assert answer.status_code in (403, 404, 422), (operation, answer.status_code)
        assert SECRET not in answer.text, operation
        if method == "GET":
            assert answer.status_code in (403, 404) or "errors" in answer.json(), operation


@pytest.mark.parametrize("path", ["projects", "campaigns", "leads?project={project}&external_id=B-1"])
async def test_what_is_listed_is_ones_own(house: House, http: httpx.AsyncClient, path: str) -> None:
    holes = await another_shop(house)
    headers = await house.token(Role.CLIENT, projects=(house.project,))
    assert SECRET not in (await http.get(f"/api/v1/{filled(path, holes)}", headers=headers)).text
    supervisor = await house.token(Role.SUPERVISOR)
    assert SECRET in (await http.get(f"/api/v1/{filled(path, holes)}", headers=supervisor)).text


async def test_a_client_sees_his_campaigns_and_lists_as_they_stand(house: House, http: httpx.AsyncClient) -> None:
    await another_shop(house)
    headers = await house.token(Role.CLIENT, projects=(house.project,))
    lead = NewLead(LeadId(house.ports.new_id()), (NewPhone("9123456789", "Europe/Moscow"),), external_id="A-1")
    await FrontLeads(house.database).add(house.campaign, [lead], house.clock.now())
    found = (await http.get(f"/api/v1/projects/{house.project}/now", headers=headers)).json()["campaigns"]
    assert [(one["name"], one["figures"]) for one in found] == [("заказы ноября", None)]
    assert [(one["name"], one["sums"]["accepted"]) for one in found[0]["lists"]] == [("api", 1)]


SECRET = "Чужая лавка"


async def another_shop(house: House) -> dict[str, object]:
    """A project of somebody else, with a campaign, a list and a lead: its ids by the names of holes in paths."""
    project = await house.ports.campaigns.save_project(ProjectRecord(ProjectId(0), SECRET))
    settings = CampaignSettings(CampaignId(0), project.id, SECRET, frozenset({house.group}), "progressive", Calendar())
    campaign = (await house.ports.campaigns.save(settings)).id
    lead = LeadId(house.ports.new_id())
    order = NewLead(lead, (NewPhone("9123456781", "Europe/Moscow"),), external_id="B-1", person=SECRET)
    await FrontLeads(house.database).add(campaign, [order], house.clock.now())
    [found] = await house.lists.of_campaign(campaign)
    return {"project": project.id, "campaign": campaign, "lead": lead, "list_id": found.id}
