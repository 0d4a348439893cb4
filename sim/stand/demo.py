"""`make run`: a whole contact centre on this machine, from an empty database to the report.

Real PostgreSQL, real Asterisk, the real daemon; the carrier, the people behind it and the agents are simulated. It goes
the way that an operator goes: commands and HTTP, nothing else. What makes it short is settings only: open all day,
two attempts 20 s apart, talks of 8 s, all refused on a trunk that is not on this machine.
"""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from rich.console import Console
from rich.live import Live

from asterisk_conf.settings import Phone, Trunk
from sim.courier.server import Courier
from sim.desks import Desks, Manners
from sim.sip.behaviour import Behaviour
from sim.sip.carrier import Carrier, Rule
from sim.sip.people import behaviour_of
from sim.sip.phones import Phones
from sim.stand import progress, results
from sim.stand.asterisk import Asterisk, running_asterisk
from sim.stand.daemon import SERVER, TRUNK, Dialer
from sim.stand.ports import LOOPBACK, free_udp_port
from sim.stand.postgres import running_postgres
from sim.stand.process import PrivateFolder, StandError
from sim.stand.project import furnish
from sim.world import People, Plant, Team, World

ORDERS = Path(__file__).parents[2] / "examples" / "orders.csv"
SEED = 2026
AGENTS = {
    1001: "Анна",
    1002: "Борис",
    1003: "Вера",
    1004: "Глеб",
    1005: "Дарья",
    1006: "Егор",
    1007: "Жанна",
    1008: "Захар",
}
YOU = 1009
"""Whoever watches may take calls too: his phone is his browser."""
YOUR_PHONE = Phone(f"{YOU}-web", browser=True)
PEOPLE = People(answer_ratio=0.22, ring_s=2.0, patience_s=20.0, machine_share=0.1, busy_share=0.2, invalid_share=0.05)
PLANT = Plant(setup_low_s=0.3, setup_high_s=0.8, give_up_low_s=4.0, give_up_high_s=6.0)
TEAM = Team(agents=len(AGENTS), talk_s=8.0, talk_cv=0.4)
MANNERS = Manners(wrap_up_s=(0.5, 1.5), dispositions=(("agreed", 0.85), ("refused_price", 0.15)))

ALL_DAY = {"weekdays": [["00:00-24:00"]] * 7, "reason": "demo"}
AGAIN_S = 20.0
OUTCOMES = ("busy", "no_answer", "rejected", "unavailable", "congestion", "trunk_down", "abandoned", "lost")
RULES = {
    "max_attempts": 2,
    "retry_s": dict.fromkeys(OUTCOMES, AGAIN_S),
    "default_retry_s": AGAIN_S,
    "minimum_gap_s": AGAIN_S,
    "day_parts": {},
    "attempts_per_day": None,
}
CAMPAIGN = {
    "name": "Согласование доставки",
    "mode": "predictive",
    "hours": ALL_DAY,
    "rules": RULES,
    "ring_s": 10.0,
    "wrap_up_s": 20.0,
    "loopback_only": True,
}
SCOPES = (
    *("campaigns:read", "campaigns:write", "agents:read", "agents:steer", "dispositions:read", "wallboard:read"),
    "webhooks:write",
)
LOOK_S = 0.5
LINE_EVERY = 10
"""Where there is no terminal: one line in so many looks."""
LONGEST_S = 900.0

console = Console(soft_wrap=True)


@dataclass(frozen=True, slots=True)
class House:
    """All that stands, ready to dial."""

    dialer: Dialer
    carrier: Carrier
    courier: Courier
    token: str
    project: int
    campaign: int
    leads: int
    has_your_desk: bool
    """Whether Asterisk here can have a phone in a browser."""


async def demo(orders: Path, keep: bool) -> None:
    """The whole of it; everything is gone when it returns, however it ends."""
    if not await asyncio.to_thread(orders.is_file):
        raise StandError(f"there is no list {orders}")
    async with house_of(orders) as house:
        say(f"табло (ссылка на один вход): [link]{await link_of(house.dialer)}[/link]")
        if house.has_your_desk:
            say(f"ваше рабочее место (ссылка на один вход): [link]{await link_of(house.dialer, 'you')}[/link]")
        desks = Desks(house.dialer.url, house.token, tuple(AGENTS), Random(SEED), MANNERS)
        async with desks:
            say(f"{len(AGENTS)} операторов на местах, начинаем звонить")
            await house.dialer.ask("POST", f"campaigns/{house.campaign}/start")
            await watch(house)
            say(await results.delivered(house.dialer, house.courier, house.project))
            console.print(await house.dialer.command("report", "campaign", str(house.campaign)), highlight=False)
            if keep:
                say("остаёмся: Ctrl-C завершит всё")
                await asyncio.Event().wait()
            await desks.sign_out()


@asynccontextmanager
async def house_of(orders: Path) -> AsyncIterator[House]:
    """PostgreSQL, Asterisk, carrier, phones and the daemon, with the list taken in."""
    async with AsyncExitStack() as stack:
        postgres = await stack.enter_async_context(running_postgres())
        await _create_database(postgres.dsn())
        carrier_at, phones_at = (LOOPBACK, free_udp_port()), (LOOPBACK, free_udp_port())
        courier = await stack.enter_async_context(Courier())
        carrier = await stack.enter_async_context(Carrier(carrier_at, everybody()))
        await stack.enter_async_context(Phones(map(str, AGENTS), phones_at))
        asterisk = await stack.enter_async_context(
            running_asterisk(
                [Trunk(TRUNK, *carrier_at, qualify_s=2)],
                [*(Phone(str(agent), *phones_at) for agent in AGENTS), YOUR_PHONE],
                say,
            )
        )
        folder = stack.enter_context(PrivateFolder("dialer-run-"))
        dialer = Dialer(folder, postgres.dsn("dialer"), asterisk)
        await dialer.command("db", "upgrade")
        stack.push_async_callback(dialer.stop)
        await dialer.start()
        _introduce(asterisk, dialer)
        token = await _first_admin(dialer)
        dialer.use(token)
        await dialer.until_linked()
        your_phone = next(iter(asterisk.settings.browser_phones), None)
        project, campaign = await _campaign(dialer, your_phone)
        await furnish(dialer, project)
        await results.introduce(dialer, courier, project)
        leads = await _import(dialer, orders, campaign)
        try:
            yield House(dialer, carrier, courier, token, project, campaign, leads, your_phone is not None)
        except (StandError, TimeoutError) as error:
            raise StandError(f"{error or 'not done in time'}\nthe daemon's log ends:\n{dialer.said}") from error


def everybody() -> Rule:
    """The seeded world's people; who was not reached is another day's self at the next call, so that lists end."""
    world = World(PEOPLE, TEAM, PLANT, SEED)

    def person(number: str, before: int) -> Behaviour:
        return behaviour_of(world.script(f"{number}/{before}"), TEAM.talk_s)

    return person


def say(text: str) -> None:
    console.print(f"[green]●[/green] {text}", highlight=False)


def _introduce(asterisk: Asterisk, dialer: Dialer) -> None:
    sip, ami = asterisk.settings.sip_port, asterisk.settings.manager.port
    say(f"PostgreSQL и Asterisk {asterisk.version} запущены: SIP {LOOPBACK}:{sip}, AMI {LOOPBACK}:{ami}")
    say(f"демон запущен: {dialer.url}, журнал {dialer.log}")


async def _create_database(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("create database dialer")
    finally:
        await connection.close()


async def watch(house: House) -> None:
    """Show the campaign until its list is done. StandError where it does not end."""
    async with asyncio.timeout(LONGEST_S):
        if console.is_terminal:
            await _watch_live(house)
        else:
            await _watch_lines(house)


async def _watch_live(house: House) -> None:
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        while not is_done(picture := await house.dialer.ask("GET", "wallboard")):
            live.update(progress.screen(picture, house.leads))
            await asyncio.sleep(LOOK_S)  # noqa: TID251 - a person looks twice a second


async def _watch_lines(house: House) -> None:
    looks = 0
    while not is_done(picture := await house.dialer.ask("GET", "wallboard")):
        if looks % LINE_EVERY == 0:
            console.print(progress.line(picture, house.leads), highlight=False)
        looks += 1
        await asyncio.sleep(LOOK_S)  # noqa: TID251 - a person looks twice a second


def is_done(picture: Mapping[str, Any]) -> bool:
    """The list is done, and nobody is on the line or writing."""
    campaign = progress.campaign_of(picture)
    return campaign["state"] in ("done", "stopped") and campaign["live_calls"] == 0


# ---- making ready, as an operator would


async def _first_admin(dialer: Dialer) -> str:
    """The first user, and a token to work with."""
    await dialer.command("user", "add", "demo", "--role", "admin")
    scopes = [part for scope in SCOPES for part in ("--scope", scope)]
    return (await dialer.command("user", "token", "demo", "--label", "make run", *scopes)).split()[-1]


async def link_of(dialer: Dialer, user: str = "demo") -> str:
    """An address that signs this user in once."""
    return (await dialer.command("user", "link", user)).split()[-1]


async def _campaign(dialer: Dialer, your_phone: Phone | None) -> tuple[int, int]:
    """Project, group, agents with their phones, and the campaign; the numbers of project and campaign."""
    project = await dialer.ask("POST", "projects", {"name": "Ромашка"})
    group = await dialer.ask("POST", "groups", {"name": "Логистика"})
    for agent, name in AGENTS.items():
        phones = [{"server": SERVER, "endpoint": str(agent)}]
        await dialer.ask("PUT", f"agents/{agent}", {"name": name, "groups": [group["id"]], "phones": phones})
    if your_phone is not None:
        yours = [{"server": SERVER, "endpoint": your_phone.endpoint, "browser": True}]
        await dialer.ask("PUT", f"agents/{YOU}", {"name": "Вы", "groups": [group["id"]], "phones": yours})
        await dialer.command("user", "add", "you", "--role", "agent", "--agent", str(YOU))
    wanted = {**CAMPAIGN, "project": project["id"], "groups": [group["id"]]}
    return int(project["id"]), int((await dialer.ask("POST", "campaigns", wanted))["id"])


async def _import(dialer: Dialer, orders: Path, campaign: int) -> int:
    """The list into the campaign, its progress on this terminal; how many leads may be called."""
    out = await dialer.command("import", str(orders), "--campaign", str(campaign), "--json", shows_errors=True)
    sums = json.loads(out)
    told = ", ".join(f"{reason} {count}" for reason, count in sums["reasons"].items())
    say(
        f"список {orders.name}: строк {sums['rows']}, принято {sums['accepted']}, повторов {sums['duplicate']}, "
        f"ждут решения {sums['needs_decision']}, отклонено {sums['rejected']}" + (f" ({told})" if told else "")
    )
    return int(sums["accepted"])


def main() -> int:
    """0: the list was dialled; 1: something stood in the way, told in words; 130: interrupted."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="stay when the list is done, until Ctrl-C")
    parser.add_argument("--orders", type=Path, default=ORDERS, help="another list to dial")
    given = parser.parse_args()
    try:
        asyncio.run(_until_told(given.orders, given.keep))
    except StandError as error:
        console.print(f"[red]✗[/red] {error}", highlight=False)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130
    return 0


async def _until_told(orders: Path, keep: bool) -> None:
    """Ctrl-C and SIGTERM end it in order, also where a background job has been started with SIGINT ignored."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await demo(orders, keep)


if __name__ == "__main__":
    sys.exit(main())
