"""A plan that is imported beside a running campaign: the next order is numbered by it, nothing is restarted."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from dialer.cli import execute
from dialer.cli.exits import ExitCode
from dialer.core.events import LeadsAdded
from dialer.core.wishes import CampaignCommanded
from dialer.intake.plan_folder import LiveNumbering, PlanFolder
from tests.api.conftest import House

TODAY = date(2026, 11, 21)
ONLY_499 = "АВС/ DEF;От;До;Емкость;Оператор;Регион\n499;7920000;7929999;10000;А;г. Москва\n"


async def test_a_running_campaign_numbers_by_the_plan_that_was_just_imported(
    house: House, http: httpx.AsyncClient, supervisor: dict[str, str], tmp_path: Path
) -> None:
    live = LiveNumbering(PlanFolder(tmp_path / "plan"), TODAY)
    house.app.state.ports = replace(house.ports, check_number=live.check)
    await http.post(f"/api/v1/campaigns/{house.campaign}/start", headers=supervisor)
    assert house.room.told(CampaignCommanded)

    async def order(name: str) -> Any:
        body = {"campaign": house.campaign, "external_id": name, "phones": ["792-34-86"], "town": "Москва"}
        return (await http.post("/api/v1/leads", headers=supervisor, json=body)).json()

    assert (await order("A-1"))["status"] == "needs_decision"
    file = tmp_path / "ABC-4xx.2026-11-20.csv"
    file.write_text(ONLY_499, "cp1251")
    command = ["plan", "import", str(file), "--plan-dir", str(tmp_path / "plan"), "--force"]
    assert await asyncio.to_thread(execute, command) == ExitCode.DONE
    assert await asyncio.to_thread(live.refresh, TODAY) == ""
    assert (await order("A-2"))["numbers"] == ["4997923486"]
    assert house.room.told(LeadsAdded)
