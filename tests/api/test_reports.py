"""Reports over the API: who sees what, in which forms."""

import io
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from python_calamine import CalamineWorkbook

from dialer.core.access import Role
from dialer.core.ids import ProjectId
from tests.api.conftest import House
from tests.report import books

Headers = dict[str, str]
DAYS = {"first": "2026-09-10", "last": "2026-09-11"}


@pytest_asyncio.fixture
async def filled(house: House) -> AsyncIterator[str]:
    """The path of the report on a project with calls, another project having its own."""
    async with house.database.connection() as conn:
        made = await books.fill(conn)
    yield f"/api/v1/projects/{made['project']}/report"


async def test_a_report_is_sheets_with_formulas_and_sql(
    filled: str, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    body = (await http.get(filled, headers=supervisor, params=DAYS)).json()
    assert (body["first"], body["last"], body["zone"]) == ("2026-09-10", "2026-09-11", "Europe/Moscow")
    sheets = {sheet["key"]: sheet for sheet in body["sheets"]}
    columns = [column["key"] for column in sheets["totals"]["columns"]]
    totals = dict(zip(columns, sheets["totals"]["rows"][0], strict=True))
    assert (totals["attempts"], totals["contacts"], totals["reach"]) == (11, 6, pytest.approx(5 / 6))
    conversion = sheets["totals"]["columns"][columns.index("conversion")]
    assert (conversion["formula"], conversion["over"]) == ("согласовано / контакты", ["agreements", "contacts"])
    assert "from dialer.attempt" in sheets["totals"]["sql"]
    english = (await http.get(filled, headers=supervisor, params={**DAYS, "language": "en"})).json()
    assert english["sheets"][0]["title"] == "Totals"


async def test_files(filled: str, http: httpx.AsyncClient, supervisor: Headers) -> None:
    answer = await http.get(filled, headers=supervisor, params={**DAYS, "format": "csv", "sheet": "billing"})
    assert answer.headers["content-disposition"].endswith('-2026-09-10-2026-09-11.csv"')
    assert answer.content.decode().startswith("\ufeffдень;результаты;")
    assert "\r\n10.09.2026;2;0;2;" in answer.text
    answer = await http.get(filled, headers=supervisor, params={**DAYS, "format": "xlsx"})
    assert "Дозвон по попыткам" in CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names


async def test_a_client_sees_his_own_projects_and_no_agents(house: House, filled: str, http: httpx.AsyncClient) -> None:
    own = ProjectId(int(filled.split("/")[-2]))
    client = await house.token(Role.CLIENT, projects=(own,))
    answer = await http.get(filled, headers=client, params=DAYS)
    assert answer.status_code == 200
    assert "agents" not in [sheet["key"] for sheet in answer.json()["sheets"]]
    assert "Ольга" not in answer.text
    stranger = await house.token(Role.CLIENT, projects=(house.project,))
    assert (await http.get(filled, headers=stranger, params=DAYS)).status_code == 404
    foreign = {**DAYS, "campaign": str(house.campaign)}
    assert (await http.get(filled, headers=client, params=foreign)).status_code == 404, "another project's campaign"


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"first": "2026-09-11", "last": "2026-09-10"}, 422),
        ({"first": "0001-01-01"}, 422),
        ({"first": "9999-12-31"}, 422),
        ({"format": "csv", "sheet": "nothing"}, 404),
        ({"campaign": "999999"}, 404),
        ({"first": "2099-12-31"}, 200),
        ({}, 200),
    ],
)
async def test_what_is_asked_wrongly(
    filled: str, http: httpx.AsyncClient, supervisor: Headers, params: dict[str, str], status: int
) -> None:
    assert (await http.get(filled, headers=supervisor, params=params)).status_code == status


async def test_a_project_without_campaigns_has_an_empty_report(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    async with house.database.connection() as conn:
        project = await conn.fetchval("insert into dialer.project (name) values ('Пустой') returning id")
    answer = await http.get(f"/api/v1/projects/{project}/report", headers=supervisor)
    assert answer.status_code == 200
    totals = answer.json()["sheets"][0]["rows"][0]
    assert totals[0] == 0
    assert totals[-1] is None
