"""The wallboard's picture in a terminal: agents, calls, results, and how much of the list is done."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

STATES = {
    "ready": ("готов", "green"),
    "reserved": ("соединяется", "cyan"),
    "talking": ("говорит", "bold cyan"),
    "wrap_up": ("дозаполняет", "yellow"),
    "paused": ("пауза", "dim"),
    "calling": ("звоним на телефон", "dim"),
    "offline": ("ушёл", "dim"),
    "lost": ("телефон потерян", "red"),
}
OUTCOMES = {
    "answered": "ответили",
    "abandoned": "брошены",
    "busy": "занято",
    "no_answer": "нет ответа",
    "rejected": "сбросили",
    "invalid": "номер не существует",
    "unavailable": "недоступен",
    "blocked": "не пропустил оператор",
    "congestion": "линия перегружена",
}


def screen(picture: Mapping[str, Any], total: int) -> RenderableType:
    """The whole board; `total` leads were taken from the list."""
    campaign = campaign_of(picture)
    done = total - left(campaign, total)
    bar = Table.grid(padding=(0, 2))
    bar.add_row("Список", ProgressBar(total=total, completed=done, width=40), f"{done} из {total}")
    return Group(bar, Text(), _agents(picture), Text(), _calls(campaign), Text(str(campaign["reason"]), style="dim"))


def line(picture: Mapping[str, Any], total: int) -> str:
    """The same in one line, for a log."""
    campaign = campaign_of(picture)
    talking = sum(agent["state"] == "talking" for agent in picture["agents"])
    return (
        f"список {total - left(campaign, total)}/{total}, звонков {campaign['attempts']}, "
        f"на линии {campaign['live_calls']}, говорят {talking}, соединено {campaign['joined']}, "
        f"брошено {campaign['abandoned']}"
    )


def campaign_of(picture: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = picture["campaigns"][0]
    return found


def left(campaign: Mapping[str, Any], total: int) -> int:
    """Leads that may still be called; until the daemon knows, those of whom nothing final has been heard."""
    final: int = sum(campaign["outcomes"].get(outcome, 0) for outcome in ("answered", "invalid"))
    known: int | None = campaign["unfinished"]
    return max(0, total - final if known is None else min(total - final, known))


def _agents(picture: Mapping[str, Any]) -> RenderableType:
    table = Table.grid(padding=(0, 3))
    cells = []
    for agent in sorted(picture["agents"], key=lambda one: int(one["agent"])):
        word, style = STATES.get(agent["state"], (agent["state"], ""))
        cells.append(Text.assemble(f"{agent['agent']} {agent['name']}: ", (word, style)))
    for start in range(0, len(cells), 4):
        table.add_row(*cells[start : start + 4])
    return table


def _calls(campaign: Mapping[str, Any]) -> RenderableType:
    live = Counter({state: count for state, count in campaign["calls"].items() if count})
    table = Table.grid(padding=(0, 3))
    table.add_row("Сейчас", f"набираем {live['dialling']}, звонит {live['ringing']}, говорят {live['talking']}")
    ratio = campaign["abandonment_ratio"]
    table.add_row("Всего", f"попыток {campaign['attempts']}, соединено {campaign['joined']}")
    table.add_row("Брошено", f"{campaign['abandoned']} ({ratio:.1%} при потолке {campaign['ceiling_ratio']:.0%})")
    told = ", ".join(f"{OUTCOMES.get(name, name)} {n}" for name, n in campaign["outcomes"].items() if n)
    table.add_row("Итоги", told)
    return table
