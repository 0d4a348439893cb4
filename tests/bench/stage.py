"""A whole house to be measured: PostgreSQL with its default durability, Asterisk, carrier and phones, the daemon.

Each is a process of its own, so that its processor time can be told; the bench itself plays the agents. The machine,
the versions and the load that others put on it are printed with every result.
"""

import asyncio
import os
import platform
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from asterisk_conf.settings import Phone, Trunk
from dialer.store.db import Database
from dialer.store.migrate import upgrade
from sim.sip.control import Remote
from sim.stand.asterisk import Asterisk, running_asterisk
from sim.stand.postgres import Postgres, running_postgres
from tests.bench.sip import TICKS_PER_S, Simulator, simulator
from tests.conftest import Switch
from tests.house.house import House, house_of

ROOT = Path(__file__).parents[2]
PACKET_EVERY = "5"
"""Phones in hold send a packet each 100 ms: alive for the switch at a fifth of the cost."""
LEADS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs, the daemon not started yet; `team` are the agents' numbers, each with a phone."""

    house: House
    asterisk: Asterisk
    postgres: Postgres
    simulator: Simulator
    sip: Remote
    team: Sequence[int]

    def cpu_s(self) -> dict[str, float]:
        """Processor time used so far, by part."""
        parts = {
            "daemon": (self.house.process.pid,),
            "Asterisk": (self.asterisk.child.pid,),
            "PostgreSQL": (self.postgres.pid, *children_of(self.postgres.pid)),
            "simulator": (self.simulator.pid,),
            "bench": (os.getpid(),),
        }
        return {name: sum(map(cpu_s_of, pids)) for name, pids in parts.items()}

    def starved(self, before: tuple[float, float] = (0.0, 0.0)) -> tuple[float, float]:
        """Seconds for which the daemon ran, and for which it was ready to run and had no core, since `before`."""
        ran_ns, waited_ns, _ = Path(f"/proc/{self.house.process.pid}/schedstat").read_text().split()
        return int(ran_ns) / 1e9 - before[0], int(waited_ns) / 1e9 - before[1]

    def limit(self, lines: int, calls_per_second: float) -> None:
        """Write the trunk's limits, for the daemon's start or `reload`."""
        file = self.house.folder / "dialer.toml"
        text = re.sub(r"(?m)^lines = .*$", f"lines = {lines}", file.read_text())
        file.write_text(re.sub(r"(?m)^calls_per_second = .*$", f"calls_per_second = {calls_per_second}", text))

    async def reload(self) -> None:
        """Have the daemon read its settings again."""
        before = len(self.house.logged("config_reloaded"))
        self.house.process.send_signal(signal.SIGHUP)

        async def reloaded() -> bool:
            return len(self.house.logged("config_reloaded")) > before

        await self.house.until(reloaded, "the new limits are read")

    async def add_leads(self, first: int, count: int) -> None:
        """Leads with numbers of their own, from the `first`-th on."""
        for start in range(first, first + count, LEADS_AT_ONCE):
            await self.house.add(*(number(n) for n in range(start, min(start + LEADS_AT_ONCE, first + count))))

    async def hang_up_all(self) -> None:
        """Every channel of the switch ends."""
        await self.asterisk.cli("channel request hangup all")
        while "0 active channels" not in await self.asterisk.cli("core show channels count"):  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def number(index: int) -> str:
    """A ten-digit number nobody else has."""
    return f"9{index:09}"


@asynccontextmanager
async def stage_of(
    agents: int, packet_every: str = PACKET_EVERY, phone_silence_s: int | None = None
) -> AsyncIterator[Stage]:
    """Set it all up for so many agents, and clear it away; a phone may be silent as long as at a site, or so long."""
    team = range(1001, 1001 + agents)
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(running_postgres(settings={}))
        async with await Database.open(postgres.dsn(), command_timeout_s=60.0) as database:
            await upgrade(database, time.time())
        options = ("--agents", f"{team[0]}-{team[-1]}", "--every", packet_every)
        played = await stack.enter_async_context(simulator(*options))
        sip = await stack.enter_async_context(await Remote.to(played.control))
        asterisk = await stack.enter_async_context(
            running_asterisk(
                [Trunk("carrier", *played.carrier, qualify_s=2)], [Phone(str(agent), *played.phones) for agent in team]
            )
        )
        if phone_silence_s is not None:
            asterisk.configure(replace(asterisk.settings, phone_silence_s=phone_silence_s))
            await asterisk.cli("core reload")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dialer-bench-")))
        switch = Switch(asterisk, played.carrier, played.phones, played.carrier)
        house = await stack.enter_async_context(house_of(switch, postgres.dsn(), folder))
        yield Stage(house, asterisk, postgres, played, sip, team)


# ---- the machine


async def describe(stage: Stage) -> str:
    """Where and with what this is measured, and how busy the machine is with other things."""
    async with stage.house.database.connection() as conn:
        server = await conn.fetchval("show server_version")
    memory_gib = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} cores of {cpu_model()}, {memory_gib:.0f} GiB, Linux {platform.release()}\n"
        f"Asterisk {stage.asterisk.version}, PostgreSQL {server}, Python {platform.python_version()}, "
        f"commit {commit()}\n{load_text()}"
    )


def commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip() or "unknown"


def cpu_model() -> str:
    found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def load_text() -> str:
    return "load average of the machine: " + ", ".join(f"{load:.1f}" for load in os.getloadavg())


def starved_text(ran_s: float, waited_s: float) -> str:
    """How much others stood in the daemon's way: times measured on a busy machine are mostly this."""
    return f"the daemon had a core {ran_s / (ran_s + waited_s):.0%} of the time that it was ready to run"


def cpu_s_of(pid: int) -> float:
    """User and system time of one process; 0 of one that is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def rss_mib_of(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def shares(before: Mapping[str, float], after: Mapping[str, float], wall_s: float) -> str:
    """Processor time by part as shares of one core."""
    used = {name: (after[name] - before.get(name, 0.0)) / wall_s for name in after}
    return ", ".join(f"{name} {share:.0%}" for name, share in sorted(used.items(), key=lambda pair: -pair[1]))


# ---- distributions


def quantile(values: Sequence[float], q: float) -> float:
    """The value below which the share `q` lies; nan of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))] if ordered else float("nan")


def in_ms(values: Sequence[float]) -> str:
    """Median, p95, p99 and maximum of seconds, as four columns of milliseconds."""
    return " | ".join(f"{1000 * quantile(values, q):7.1f}" for q in (0.5, 0.95, 0.99, 1.0))


MS_COLUMNS = " median |     p95 |     p99 |     max"


@dataclass(frozen=True, slots=True)
class Histogram:
    """A histogram of /metrics: upper bounds and cumulative counts."""

    buckets: tuple[tuple[float, float], ...]

    @classmethod
    def read(cls, text: str, name: str) -> "Histogram":
        """Summed over its labels."""
        counts: dict[float, float] = {}
        for bound, count in re.findall(rf'(?m)^{name}_bucket{{.*?le="([^"]+)".*}} (\S+)$', text):
            counts[float(bound)] = counts.get(float(bound), 0.0) + float(count)
        return cls(tuple(sorted(counts.items())))

    def since(self, earlier: "Histogram") -> "Histogram":
        before = dict(earlier.buckets)
        return Histogram(tuple((bound, count - before.get(bound, 0.0)) for bound, count in self.buckets))

    @property
    def count(self) -> float:
        return self.buckets[-1][1] if self.buckets else 0.0

    def quantile(self, q: float) -> float:
        """By linear interpolation inside the bucket, as Prometheus does."""
        wanted, below, low = q * self.count, 0.0, 0.0
        for bound, count in self.buckets:
            if count >= wanted and count > below:
                high = bound if bound != float("inf") else low
                return low + (high - low) * (wanted - below) / (count - below)
            below, low = count, bound
        return float("nan")


async def scrape(house: House) -> str:
    """The metrics; asked again where the daemon has no time for it just now."""
    async with house.http() as http:
        while (answer := await http.get("/metrics")).status_code in (429, 503):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        return answer.raise_for_status().text
