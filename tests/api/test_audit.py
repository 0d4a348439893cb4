"""The audit log: every look at a person's data is in it, found by who, what and when, and given as a file."""

import inspect
import itertools
import re
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from dialer.api.app import ROUTERS
from dialer.core.access import Role
from dialer.core.user import AuditEntry
from tests.api.conftest import AGENT, House
from tests.api.live import served
from tests.api.test_doors import routes
from tests.api.test_sockets import answered, claimed, desk, hear

Headers = dict[str, str]

LOOKS = {
    "/api/v1/leads/{lead}",
    "/api/v1/leads",
    "/api/v1/agents/{agent}/picks",  # test_picking
    "/api/v1/attempts/{attempt}/form",
    "/api/v1/lists/{list_id}/undecided",
    "/api/v1/do-not-call",
    "/api/v1/projects/{project}/sample",
}
"""Routes that show a person's data: each has a test that finds the look in the log."""
HARMLESS = (
    r"/(healthz|readyz|metrics|sign-in|agent|assets/.*|[a-z]+)?",  # pages hold texts, their data come by the routes
    r"/api/v1/(openapi.json|me|wallboard|groups|agents(/{agent}(/(phone|colleagues))?)?|audit|users|tokens)",
    r"/api/v1/(dispositions|work-days)",
    r"/api/v1/projects(/{project}/(admission|callers(/reach)?|desk|now|forgetting|forgotten|report))?",
    r"/api/v1/projects/{project}/(scripts|forms|info|webhooks|slots)",
    r"/api/v1/campaigns(/{campaign}(/(lists|dry-run|why|decisions|abandonment))?)?",
    r"/api/v1/campaigns/{campaign}/(promised-calls|late-first-calls)",  # orders by their names in the shop, no persons
    r"/api/v1/lists/{list_id}",
    r"/api/v1/leads/{lead}/(cycles|may-dial)",  # counts and reasons
    r"/api/v1/webhooks/{webhook}/deliveries",
    r"/api/v1/(campaigns/{campaign}|leads/{lead})/notices",  # states, and texts with holes
    r"/api/v1/projects/{project}/message-gateway",
    r"/api/v1/agent/slots",  # of the call on the screen, which is a look already
)


def test_every_route_that_reads_is_known_to_show_persons_or_not_to() -> None:
    """A new route is written down here, and audited where it shows a person."""
    unknown = {
        path
        for method, path, _ in routes()
        if method == "GET" and path not in LOOKS and not any(re.fullmatch(one, path) for one in HARMLESS)
    }
    assert unknown == set()


NO_CHANGE = {
    "/api/v1/session": "signing out; signing in is audited",
    "/api/v1/numbers/check": "nothing is booked",
    "/api/v1/campaigns/{campaign}/lists/check": "nothing is booked, the file is the asker's own",
    "/api/v1/feedback": "signed by the courier, kept whole in `feedback`",
    "/api/v1/agents/{agent}/form": "kept edit by edit in `form_edit`",
    "/api/v1/agents/{agent}/disposition": "kept in the ledger, with the agent",
    "/api/v1/agents/{agent}/phone/ring": "the agent's own browser",
    "/api/v1/agent/slots": "a question to the courier about the call on the screen",
    "/api/v1/agent/slots/release": "gives back what was held for a form",
}
"""Routes that write no line of the audit, and why not."""


def audits(function: Any, seen: set[Any]) -> bool:
    """Whether this function, or one of ours that it calls by name, writes a line."""
    if function in seen:
        return False
    seen.add(function)
    source = inspect.getsource(function)
    if re.search(r"\.audit\(|audit\.note\(", source):
        return True
    called = (getattr(inspect.getmodule(function), name, None) for name in re.findall(r"\b(\w+)\(", source))
    return any(
        inspect.isfunction(one) and one.__module__.startswith("dialer.api") and audits(one, seen) for one in called
    )


def test_every_route_that_changes_something_writes_a_line_or_has_a_reason_not_to() -> None:
    silent = {
        route.path
        for route in itertools.chain.from_iterable(router.routes for router in ROUTERS)
        if isinstance(route, APIRoute) and "GET" not in route.methods and not audits(route.endpoint, set())
    }
    assert silent <= set(NO_CHANGE)


async def looks(house: House, http: httpx.AsyncClient, admin: Headers, **asked: str) -> list[tuple[str, str]]:
    answer = await http.get("/api/v1/audit", headers=admin, params={"kind": "looks", **asked})
    assert answer.status_code == 200, answer.text
    return [(entry["action"], entry["subject"]) for entry in answer.json()["entries"]]


async def test_looks_by_the_api_are_in_the_log(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    found = await claimed(house)
    for path, params in (
        (f"/api/v1/leads/{found.lead}", {}),
        ("/api/v1/leads", {"project": str(house.project), "external_id": "A-17"}),
        (f"/api/v1/attempts/{found.attempt}/form", {}),
        ("/api/v1/do-not-call", {}),
        (f"/api/v1/projects/{house.project}/sample", {}),
    ):
        assert (await http.get(path, headers=admin, params=params)).status_code == 200, path
    assert await looks(house, http, admin) == [
        ("lead.look", found.lead),
        ("do_not_call.look", ""),
        ("form.look", found.lead),
        ("lead.look", found.lead),
        ("lead.look", found.lead),
    ]


async def test_a_card_on_the_desk_is_a_look_by_the_name_of_who_signed_in(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    await house.users.add("anna", Role.AGENT, house.clock.now(), agent=AGENT)
    pop = await answered(house)
    assert await looks(house, http, admin, by="anna") == [("card.look", pop.lead)]
    [entry] = (await http.get("/api/v1/audit", headers=admin, params={"subject": pop.lead})).json()["entries"]
    assert entry["detail"] == {"attempt": pop.attempt}


async def test_whoever_opens_anothers_desk_is_in_the_log(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    own = await house.token(Role.AGENT)
    async with served(house.app) as place:
        for headers, path in ((supervisor, f"/ws/agent?agent={AGENT}"), (own, "/ws/agent")):
            async with desk(place, headers, path) as socket:
                await hear(socket, "hello")
    assert await looks(house, http, supervisor) == [("desk.look", str(AGENT))]


async def test_the_log_is_narrowed_and_paged(house: House, http: httpx.AsyncClient, admin: Headers) -> None:
    for place, (by, action) in enumerate(
        [("olga", "campaign.pause"), ("olga", "lead.look"), ("ivan", "campaign.stop")]
    ):
        await house.users.audit(AuditEntry(1000.0 + place / 1e6, by, action, str(place), {"n": str(place)}))

    async def found(**asked: str) -> list[str]:
        answer = await http.get("/api/v1/audit", headers=admin, params={"before": "1970-01-02T00:00:00Z", **asked})
        return [entry["action"] for entry in answer.json()["entries"]]

    assert await found() == ["campaign.stop", "lead.look", "campaign.pause"]
    assert await found(by="olga") == ["lead.look", "campaign.pause"]
    assert await found(action="campaign") == ["campaign.stop", "campaign.pause"]
    assert await found(action="campaign.stop") == ["campaign.stop"]
    assert await found(action="camp") == []
    assert await found(kind="changes", subject="0") == ["campaign.pause"]
    assert await found(since="1970-01-01T00:16:40.000002Z") == ["campaign.stop"]
    first = (
        await http.get("/api/v1/audit", headers=admin, params={"before": "1970-01-02T00:00:00Z", "bound": "1"})
    ).json()
    assert await found(before=first["entries"][0]["at"], bound="1") == ["lead.look"]


async def test_the_log_as_a_file_is_safe_to_open_and_audited_itself(
    house: House, http: httpx.AsyncClient, admin: Headers
) -> None:
    await house.users.audit(AuditEntry(1_790_000_000.0, "=cmd", "campaign.change", "1", {"name": "а; б → в"}))
    answer = await http.get("/api/v1/audit", headers=admin, params={"format": "csv", "zone": "Asia/Omsk"})
    assert answer.headers["content-type"].startswith("text/csv")
    head, line = answer.content.decode("utf-8-sig").splitlines()
    assert head == "time;who;action;subject;detail"
    assert line == '21.09.2026 20:13:20;\'=cmd;campaign.change;1;"name: а; б → в"'
    newest = (await house.users.audited(1))[0]
    assert (newest.action, newest.detail) == ("audit.export", {"lines": "1"})


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLIENT, Role.INTEGRATOR])
async def test_the_log_is_not_for_everybody(house: House, http: httpx.AsyncClient, role: Role) -> None:
    headers = await house.token(role, projects=(house.project,))
    assert (await http.get("/api/v1/audit", headers=headers)).status_code == 403


async def test_orders_that_come_in_and_agents_who_are_steered_are_in_the_log(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    order = {"campaign": house.campaign, "phones": ["9123456789"], "external_id": "A-1"}
    assert (await http.post("/api/v1/leads", headers=supervisor, json=order)).status_code == 201
    await http.post(f"/api/v1/agents/{AGENT}/pause", headers=supervisor, json={"reason": "lunch"})
    own = await house.token(Role.AGENT)
    await http.post(f"/api/v1/agents/{AGENT}/ready", headers=own)
    entries = (await http.get("/api/v1/audit", headers=supervisor)).json()["entries"]
    assert [(one["action"], one["subject"], one["detail"]) for one in entries] == [
        ("agent.pause", str(AGENT), {"reason": "lunch"}),
        ("lead.add", str(house.campaign), {"orders": "1"}),
    ]


async def test_the_file_s_zone_is_one_that_there_is(house: House, http: httpx.AsyncClient) -> None:
    admin = await house.token(Role.ADMIN)
    asked = {"format": "csv", "zone": "Europe/Moskva"}
    answer = await http.get("/api/v1/audit", headers=admin, params=asked)
    assert answer.status_code == 422
    assert "Europe/Moscow" in answer.json()["errors"][0]["what"]
