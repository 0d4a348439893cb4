"""The courier's side of the demo: the daemon is told where it is, and in the end both sides' counts are compared."""

import asyncio

from sim.courier.server import Courier
from sim.stand.daemon import Dialer
from sim.stand.process import StandError

LONGEST_S = 60.0
LOOK_S = 0.1
WORDS = ("agreed=APPROVED", "refused_price=CANCELLED", "*=NOT_REACHED")
"""The courier's own statuses."""
SAID = {"APPROVED": "согласовано", "CANCELLED": "отказ", "NOT_REACHED": "не дозвонились"}


async def introduce(dialer: Dialer, courier: Courier, project: int) -> None:
    """Results of the project go to the courier on this machine, which learns the secret."""
    await dialer.command("webhooks", "allow", str(project), "127.0.0.0/8", "--reason", "demo")
    maps = [part for word in WORDS for part in ("--map", word)]
    made = await dialer.command("webhooks", "add", str(project), f"{courier.url}/results", *maps)
    courier.secrets.append(made.split()[-1])


async def delivered(dialer: Dialer, courier: Courier, project: int) -> str:
    """What the courier has, in words, once nothing waits; StandError where something does not arrive."""
    async with asyncio.timeout(LONGEST_S):
        while not courier.firm.results or await _waiting(dialer, project):  # noqa: ASYNC110 - as below
            await asyncio.sleep(LOOK_S)  # noqa: TID251 - another process can only be asked
    settled = sum((await dialer.ask("GET", "wallboard"))["campaigns"][0]["outcomes"].values())
    got = len(courier.firm.results)
    if got != settled:
        raise StandError(f"{settled} attempts were settled, and the courier has {got} results")
    told = ", ".join(f"{SAID.get(word, word)} {count}" for word, count in sorted(courier.firm.statuses().items()))
    return f"курьер получил все результаты: {got} ({told})"


async def _waiting(dialer: Dialer, project: int) -> int:
    (one,) = (await dialer.ask("GET", f"projects/{project}/webhooks"))["webhooks"]
    return int(one["pending"]) + int(one["dead"])
