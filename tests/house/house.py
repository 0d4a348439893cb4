"""A whole house for a test: the daemon as a process, over a real Asterisk, a real PostgreSQL, a carrier and phones."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx

from dialer.core.access import Role, effective_rights
from dialer.core.hours import Calendar, Window
from dialer.core.ids import AgentId, CampaignId, GroupId, LeadId, ServerName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.outcome import AttemptRules
from dialer.core.settings import CampaignSettings, Phone, PhoneKind
from dialer.core.staff import AgentRecord
from dialer.store import agents, attempts, campaigns, lists
from dialer.store.attempts import Imbalance
from dialer.store.db import Database
from dialer.store.front import FrontAgents
from dialer.store.users import Users
from dialer.store.uuid7 import uuid7
from sim.stand.ports import free_tcp_port
from sim.stand.turn import Turn
from tests.conftest import PATIENCE_S, Switch

SERVER = ServerName("pbx1")
ALL_DAY = Calendar(weekdays=tuple((Window(0, 1440),) for _ in range(7)), reason="test")
READY_S = 120.0
"""A daemon starts in 3 s of a core; machines that run tests may have little of one to give."""
WAIT_S = 60.0
QUICK = AttemptRules(max_attempts=1, minimum_gap_s=0.0)


@dataclass(frozen=True, slots=True)
class Work:
    """The campaign of a test."""

    campaign: CampaignId
    list: int
    group: GroupId
    token: str


class House:
    """One daemon and what stands around it. `start` and `kill` may be repeated: the books stay."""

    def __init__(
        self,
        switch: Switch,
        dsn: str,
        database: Database,
        folder: Path,
        ami_port: int | None = None,
        phone_url: str | None = None,
        turn: Turn | None = None,
    ) -> None:
        self.switch = switch
        self.phone_url = phone_url
        self.turn = turn
        self.database = database
        self.folder = folder
        self.port = free_tcp_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "daemon.log"
        self._process: asyncio.subprocess.Process | None = None
        self._write_config(dsn, ami_port or switch.asterisk.settings.manager.port)
        self.work: Work

    def _write_config(self, dsn: str, ami_port: int) -> None:
        manager = self.switch.asterisk.settings.manager
        phone_url = f'phone_url = "{self.phone_url}"' if self.phone_url else ""
        phone = f'[phone]\nturn = ["{self.turn.url}"]\nkey_file = "turn.key"' if self.turn else ""
        (self.folder / "turn.key").write_text(self.turn.key if self.turn else "")
        (self.folder / "ami.secret").write_text(manager.secret)
        (self.folder / "dialer.toml").write_text(
            f"""
[database]
dsn = "{dsn}"

[http]
port = {self.port}

[log]
format = "json"

[[asterisk]]
name = "{SERVER}"
port = {ami_port}
secret_file = "ami.secret"
{phone_url}

{phone}

[[trunk]]
name = "carrier"
server = "{SERVER}"
endpoint = "carrier"
lines = 200
calls_per_second = 50
loopback = true
"""
        )

    # ---- the daemon

    async def start(self, **environment: str) -> None:
        """Start a daemon and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                "from dialer.cli import main; main()",
                "run",
                "--config",
                str(self.folder / "dialer.toml"),
                stderr=log,
                stdout=log,
                env={**os.environ, **environment},
            )
        async with asyncio.timeout(READY_S):
            while not await self._answers():
                assert self._process.returncode is None, self.log.read_text()[-3000:]
                await asyncio.sleep(0.05)

    async def _answers(self) -> bool:
        try:
            async with httpx.AsyncClient() as http:
                return (await http.get(f"{self.url}/healthz")).is_success
        except httpx.TransportError:
            return False

    @property
    def process(self) -> asyncio.subprocess.Process:
        assert self._process is not None
        return self._process

    async def kill(self) -> None:
        """SIGKILL: nothing is said to anybody."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
        await self.ended()

    async def stop(self) -> int:
        """SIGTERM, and wait for the drain; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(WAIT_S):
            return await self.process.wait()

    async def ended(self) -> int | None:
        return await self._process.wait() if self._process is not None else None

    def logged(self, event: str) -> list[dict[str, Any]]:
        """Log lines of this event."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line.get("event") == event]

    # ---- the books

    async def prepare(self, team: Sequence[int], kind: PhoneKind = PhoneKind.NAILED_UP, **settings: Any) -> Work:
        """A project, a campaign, a team with phones, and somebody who may steer all of it."""
        async with self.database.connection() as conn:
            group = await agents.create_group(conn, "team")
            project = await campaigns.create_project(conn, "Shop", greeting="Здравствуйте!", script="Спросите день.")
            wanted = CampaignSettings(
                id=CampaignId(0),
                project=project,
                name="orders",
                groups=frozenset({group}),
                mode="progressive",
                calendar=ALL_DAY,
                ring_s=15.0,
                wrap_up_s=20.0,
                rules=QUICK,
                loopback_only=True,
            )
            campaign = await campaigns.create_campaign(conn, replace(wanted, **settings))
            list_id = await lists.create_list(conn, campaign, "list")
        front, users = FrontAgents(self.database), Users(self.database)
        for number in team:
            phone = Phone(SERVER, str(number), kind)
            await front.save(AgentRecord(AgentId(number), f"Agent {number}", (group,), (phone,)))
        await users.add("chief", Role.ADMIN, 0.0)
        token = await users.make_token("chief", effective_rights(Role.ADMIN), 0.0)
        self.work = Work(campaign, list_id, group, token)
        return self.work

    async def add(self, *numbers: str) -> None:
        """Leads with these numbers, due now."""
        leads = [
            NewLead(
                LeadId(uuid7(1_790_000_000.0 + index / 1000)),
                (NewPhone(number, "Europe/Moscow", "mobile"),),
                external_id=f"order-{number}",
                person="Получатель",
                fields={"goods": "Чайник"},
            )
            for index, number in enumerate(numbers)
        ]
        await lists.ListWriter(self.database, self.work.list).write(leads, 1_790_000_000.0)

    async def attempts(self) -> list[dict[str, Any]]:
        async with self.database.connection() as conn:
            return [dict(row) for row in await conn.fetch("select * from dialer.attempt order by id")]

    async def leads(self) -> list[dict[str, Any]]:
        async with self.database.connection() as conn:
            return [dict(row) for row in await conn.fetch("select * from dialer.lead order by id")]

    async def imbalance(self) -> Imbalance:
        async with self.database.connection() as conn:
            return await attempts.imbalance(conn)

    async def until(self, holds: Any, what: str, timeout_s: float = WAIT_S) -> None:
        """Wait until `await holds()` is true; polled, because the books are another process's."""
        try:
            async with asyncio.timeout(timeout_s):
                while not await holds():  # noqa: ASYNC110 - the books are another process's
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"not in {timeout_s} s: {what}\n{self.log.read_text()[-3000:]}") from None

    async def until_settled(self, count: int, timeout_s: float = WAIT_S) -> list[dict[str, Any]]:
        """Wait until so many attempts are settled."""

        async def settled() -> bool:
            return sum(row["settled_at"] is not None for row in await self.attempts()) >= count

        await self.until(settled, f"{count} attempts settled", timeout_s)
        return await self.attempts()

    # ---- the interface

    async def command(self, what: str) -> None:
        async with self.http() as http:
            answer = await http.post(f"/api/v1/campaigns/{self.work.campaign}/{what}")
            assert answer.status_code == 202, answer.text

    async def wallboard(self) -> dict[str, Any]:
        async with self.http() as http:
            return dict((await http.get("/api/v1/wallboard")).json())

    async def until_servers_up(self) -> None:
        async def up() -> bool:
            return all(server["up"] for server in (await self.wallboard())["servers"])

        await self.until(up, "the link to Asterisk is up")

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {self.work.token}"}, timeout=120)


@asynccontextmanager
async def house_of(
    switch: Switch,
    dsn: str,
    folder: Path,
    ami_port: int | None = None,
    phone_url: str | None = None,
    turn: Turn | None = None,
) -> AsyncIterator[House]:
    async with await Database.open(dsn, command_timeout_s=PATIENCE_S) as database:
        house = House(switch, dsn, database, folder, ami_port, phone_url, turn)
        try:
            yield house
        finally:
            await house.kill()
