"""What the SIP simulator costs: calls by sipp to the carrier process, RTP by phones that speak all the time.

`python -m tests.bench.sip`. The simulator shares its machine with Asterisk and the daemon, so that its own appetite
bounds every other benchmark.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sim.sip.control import Remote
from sim.sip.message import Address
from tests.sim.sip.caller import Caller
from tests.sim.sip.test_sipp import sipp_command

RATES_PER_S = (50, 100, 200, 400)
SECONDS = 8
TALK_MS = 2_000
SPEAKERS = 200
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PEOPLE = {"others": {"does": "answers", "ring_s": 0.2}}


@dataclass(frozen=True, slots=True)
class Simulator:
    """The process, and where it listens."""

    pid: int
    carrier: Address
    phones: Address
    control: Address

    def cpu_s(self) -> float:
        """Processor time so far, user and system."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    def rss_mb(self) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@asynccontextmanager
async def simulator(*options: str) -> AsyncIterator[Simulator]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sim.sip", *options), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    bound = json.loads(await process.stdout.readline())
    parts = {name: (host, int(port)) for name, (host, _, port) in ((n, a.rpartition(":")) for n, a in bound.items())}
    try:
        yield Simulator(process.pid, **parts)
    finally:
        process.terminate()
        await process.wait()


async def calls(sipp: list[str], rate: int) -> None:
    """Calls that ring, are answered, talk and are hung up by sipp: one line of the table."""
    loop, count = asyncio.get_running_loop(), rate * SECONDS
    async with simulator() as process, await Remote.to(process.control) as sip:
        await sip.ask("script", script=PEOPLE)
        host, port = process.carrier
        began_s, at = process.cpu_s(), loop.time()
        caller = await asyncio.create_subprocess_exec(
            *(*sipp, "-sn", "uac", f"{host}:{port}", "-i", host, "-nostdin", "-s", "9161234567"),
            *("-m", str(count), "-r", str(rate), "-d", str(TALK_MS), "-l", "100000"),
            cwd=tempfile.gettempdir(),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await caller.wait()
        cpu_s, wall_s = process.cpu_s() - began_s, loop.time() - at
        good = sum(record["ended_by"] == "caller" for record in await sip.ask("calls"))
        cost = f"{1000 * cpu_s / count:13.2f} | {cpu_s / wall_s:15.1%}"
        print(f"{rate:7} | {count:6} | {good:5} | {cost} | {process.rss_mb():6.0f}")


async def speech(every: int) -> None:
    """Phones in hold that speak all the time: one line of the table."""
    loop = asyncio.get_running_loop()
    users = [str(user) for user in range(1001, 1001 + SPEAKERS)]
    options = ("--agents", f"{users[0]}-{users[-1]}", "--every", str(every))
    async with simulator(*options) as process, Caller() as switch:
        placed = [switch.place(process.phones, user) for user in users]
        await switch.until(lambda: all(call.code == 200 for call in placed), 30)
        began_s, at = process.cpu_s(), loop.time()
        await asyncio.sleep(SECONDS)
        cpu_s, wall_s = process.cpu_s() - began_s, loop.time() - at
        print(f"{SPEAKERS:6} | {20 * every:15} | {cpu_s / wall_s:15.1%}")


async def main() -> None:
    sipp = await sipp_command()
    print("calls/s | placed |  good | CPU ms a call | share of a core | RSS MB")
    for rate in RATES_PER_S:
        await calls(sipp, rate)
    print("\nphones | a packet each ms | share of a core")
    for every in (1, 5):
        await speech(every)


if __name__ == "__main__":
    asyncio.run(main())
