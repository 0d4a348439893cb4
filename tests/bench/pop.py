"""From the answer to the card acknowledged by the desk: `python -m tests.bench.pop [DESKS] [POPS_PER_S] [S]`.

The daemon's own front over a real database and its real server; the desks are WebSocket clients in a process of their
own, each acknowledging at once (a browser's painting is not in the figure). Five wallboards watch beside them.
"""

import asyncio
import multiprocessing
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import cycle
from time import process_time

import orjson
from websockets.asyncio.client import connect

from dialer.api.server import HttpServer, bind
from dialer.clock import Clock
from dialer.core.access import Right, Role
from dialer.core.effects import Alarm, BookAgentState, ReserveLeads, ScreenPop
from dialer.core.events import Event, Reservation
from dialer.core.hours import Calendar
from dialer.core.ids import AgentId, CampaignId, LeadId, ProjectId, ServerName, TrunkName
from dialer.core.lead import NewLead, NewPhone
from dialer.core.numbering import load_default
from dialer.core.settings import CampaignSettings, Phone
from dialer.core.staff import AgentRecord, ProjectRecord
from dialer.core.states import AgentState
from dialer.desk.hub import Hub
from dialer.front import Front, build_front
from dialer.store import attempts
from dialer.store.db import Database
from dialer.store.front import FrontAgents, FrontCampaigns, FrontLeads
from dialer.store.migrate import upgrade
from dialer.store.users import Users
from dialer.store.uuid7 import uuid7
from sim.stand.postgres import running_postgres
from tests.api.scene import busy_floor

FIRST_AGENT = 2001
WALLBOARDS = 5
SERVER, TRUNK, ZONE = ServerName("a"), TrunkName("t"), "Europe/Moscow"


async def main(desks: int, rate: float, seconds: float) -> None:
    clock = Clock()
    async with running_postgres(settings={}) as server, await Database.open(server.dsn()) as database:
        await upgrade(database, clock.now())
        campaign = await furnish(database, desks)
        waiting = await claimed(database, campaign, clock, int(rate * seconds))
        token = await supervisor(database, clock)
        taken = Taken(len(waiting))
        front = make_front(database, clock, taken)
        async with served(front) as port, clients(port, token, desks):
            cpu_s = process_time()
            await pops(front.hub, waiting, desks, rate, clock)
            cpu_s = process_time() - cpu_s
            async with asyncio.timeout(30):
                await taken.all_in.wait()
    show(taken.seconds, desks, rate, cpu_s / seconds)


class Taken:
    """Seconds from answer to acknowledgement, until so many are in."""

    def __init__(self, wanted: int) -> None:
        self.seconds: list[float] = []
        self.all_in = asyncio.Event()
        self._wanted = wanted

    def add(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if len(self.seconds) == self._wanted:
            self.all_in.set()


def show(taken_s: list[float], desks: int, rate: float, cpu: float) -> None:
    cuts = statistics.quantiles(taken_s, n=100)
    p50, p95, p99 = (cuts[at - 1] * 1000 for at in (50, 95, 99))
    print(
        f"{desks} desks, {rate:g} pops/s, {len(taken_s)} pops: answer to acknowledgement "
        f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, max {max(taken_s) * 1000:.1f} ms; "
        f"daemon {cpu:.0%} of a core"
    )


async def pops(hub: Hub, waiting: list[Reservation], desks: int, rate: float, clock: Clock) -> None:
    """One after the other over all agents, evenly in time, each as the Floor does it."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.TaskGroup() as tasks:
        for place, (reservation, agent) in enumerate(zip(waiting, cycle(range(desks)))):
            await asyncio.sleep(max(0.0, began + place / rate - loop.time()))
            number, now = AgentId(FIRST_AGENT + agent), clock.now()
            state = BookAgentState(agent=number, state=AgentState.RESERVED, since=now, attempt=reservation.attempt)
            hub.agent_state(state)
            pop = ScreenPop(
                agent=number,
                attempt=reservation.attempt,
                lead=reservation.lead,
                campaign=reservation.campaign,
                answered_at=now,
            )
            tasks.create_task(hub.screen_pop(pop))


# ---- the daemon's side


def make_front(database: Database, clock: Clock, taken: Taken) -> Front:
    async def ready() -> dict[str, str]:
        return {}

    def unexpected(what: Event | Alarm) -> None:
        raise AssertionError(what)

    front = build_front(
        database=database,
        feed=unexpected,
        view=lambda: busy_floor(clock.now()),
        clock=clock,
        numbering=lambda: load_default(date(2026, 11, 1)),
        ready=ready,
        raise_alarm=unexpected,
    )
    front.hub._pop_seen = taken.add
    return front


@asynccontextmanager
async def served(front: Front) -> AsyncIterator[int]:
    server = HttpServer(front.app, bind("127.0.0.1", 0))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.run())
        tasks.create_task(front.run())
        await server.started()
        yield server.port
        front.close()
        server.stop()


async def furnish(database: Database, desks: int) -> CampaignId:
    campaigns, agents = FrontCampaigns(database), FrontAgents(database)
    text = "Здравствуйте, {person}! " * 20
    project = await campaigns.save_project(ProjectRecord(ProjectId(0), "bench", greeting=text[:200], script=text * 4))
    for agent in range(desks):
        phone = Phone(SERVER, f"phone{agent}")
        await agents.save(AgentRecord(AgentId(FIRST_AGENT + agent), f"Agent {agent}", (), (phone,)))
    settings = CampaignSettings(CampaignId(0), project.id, "bench", frozenset(), "power", Calendar())
    return (await campaigns.save(settings)).id


async def claimed(database: Database, campaign: CampaignId, clock: Clock, count: int) -> list[Reservation]:
    """Leads with full cards, each with an attempt on its way."""
    now = clock.now()
    fields = {f"поле {n}": "значение, как в заказе" for n in range(12)}
    for first in range(0, count, 1000):
        orders = [
            NewLead(LeadId(uuid7(now)), (NewPhone(f"9{n:09}", ZONE),), external_id=f"B-{n}", fields=fields)
            for n in range(first, min(first + 1000, count))
        ]
        await FrontLeads(database).add(campaign, orders, now)
    found: list[Reservation] = []
    while len(found) < count:
        wish = ReserveLeads(campaign=campaign, server=SERVER, trunk=TRUNK, count=200, open_zones=(ZONE,))
        async with database.connection() as conn:
            found += (await attempts.reserve(conn, wish, clock.now())).reservations
    return found[:count]


async def supervisor(database: Database, clock: Clock) -> str:
    users = Users(database)
    await users.add("bench", Role.SUPERVISOR, clock.now())
    return await users.make_token("bench", {Right.AGENTS_STEER, Right.WALLBOARD}, clock.now())


# ---- the desks, in a process of their own


@asynccontextmanager
async def clients(port: int, token: str, desks: int) -> AsyncIterator[None]:
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=run_clients, args=(port, token, desks, ready), daemon=True)
    process.start()
    try:
        await asyncio.to_thread(ready.wait, 60)
        yield
    finally:
        process.terminate()
        await asyncio.to_thread(process.join)


def run_clients(port: int, token: str, desks: int, ready: "multiprocessing.synchronize.Event") -> None:
    asyncio.run(watch(port, token, desks, ready))


async def watch(port: int, token: str, desks: int, ready: "multiprocessing.synchronize.Event") -> None:
    headers = {"Authorization": f"Bearer {token}"}
    gate = asyncio.Semaphore(20)
    left = desks + WALLBOARDS

    async def one(path: str) -> None:
        nonlocal left
        async with gate:
            socket = await connect(f"ws://127.0.0.1:{port}{path}", additional_headers=headers, compression=None)
            await socket.recv()
        left -= 1
        if not left:
            ready.set()
        async for text in socket:
            message = orjson.loads(text)
            if message["type"] == "pop":
                await socket.send(orjson.dumps({"type": "seen", "attempt": message["attempt"]}).decode())

    paths = [f"/ws/agent?agent={FIRST_AGENT + desk}" for desk in range(desks)] + ["/ws/wallboard"] * WALLBOARDS
    await asyncio.gather(*(one(path) for path in paths))


if __name__ == "__main__":
    wanted = [float(argument) for argument in sys.argv[1:]]
    desks, rate, seconds = (*wanted, *(200.0, 25.0, 30.0)[len(wanted) :])
    asyncio.run(main(int(desks), rate, seconds))
