"""The picture of a day: agents by state, calls on the lines, and the abandonment with its ceiling.

States and calls are means over a minute or more, so that a day of hundreds of talks can be read; what changes in the
scenario stands at its moment.
"""

from collections.abc import Sequence
from os import W_OK, access
from pathlib import Path
from typing import Any

from dialer.core.states import AgentState
from sim.scenario import Scenario
from sim.tally import BIN_S, WINDOW_S, Tally

SHOWN = {
    AgentState.TALKING: ("talking", "#2a9d8f"),
    AgentState.WRAP_UP: ("wrap-up", "#8ab17d"),
    AgentState.RESERVED: ("reserved", "#b5c99a"),
    AgentState.PREVIEWING: ("preview", "#90be6d"),
    AgentState.READY: ("ready", "#e9c46a"),
    AgentState.PAUSED: ("paused", "#bdbdbd"),
    AgentState.LOST: ("phone lost", "#9b2226"),
}
KINDS = (".png", ".svg", ".pdf")
COLUMNS = 240
"""At most so many columns a day: two pixels and more each."""
DARK, ALARM = "#264653", "#e76f51"
EARLY_S = 900.0
"""In its first quarter of an hour a share says little: what is higher then may leave the picture."""


def undrawable(path: Path) -> str | None:
    """Why no picture can be written there, and what would do; None: it can."""
    if path.suffix.lower() not in KINDS:
        return f"a name that ends in {', '.join(KINDS)} is wanted"
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if path.is_dir() or not access(path if path.exists() else path.parent, W_OK):
        return "a file that may be written is wanted"
    return None


def draw_day(tally: Tally, day: Scenario, path: Path) -> None:
    """Write the picture as PNG, SVG or PDF, told by the name's ending."""
    import matplotlib  # slow to import, and only here needed

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 8.5), layout="constrained")
    agents, calls, share = figure.subplots(3, 1, sharex=True, height_ratios=(5, 4, 4))
    _draw_agents(agents, tally)
    _draw_calls(calls, tally)
    _draw_abandonment(share, tally, day)
    _draw_changes(figure.axes, day)
    share.set_xlabel("hours")
    share.set_xlim(0.0, day.hours)
    figures = tally.figures()
    figure.suptitle(
        f"{day.name}: {day.strategy}, {day.team.agents} agents, seed {day.seed}\n"
        f"{figures['attempts']:,} attempts, {figures['connected']:,} connected, "
        f"abandonment {figures['abandonment']:.2%}, occupancy {figures['occupancy']:.1%}"
    )
    figure.savefig(path, dpi=110)


def _draw_agents(axes: Any, tally: Tally) -> None:
    width = max(1, -(-len(tally.bins) // COLUMNS))
    hours = [(at + width / 2) * BIN_S / 3600.0 for at in range(0, len(tally.bins), width)]
    stacks: list[list[float]] = []
    names: list[str] = []
    colours: list[str] = []
    for state, (name, colour) in SHOWN.items():
        mean = [_mean([one.get(state, 0.0) / BIN_S for one in some]) for some in _runs(tally.bins, width)]
        if any(mean):
            stacks.append(mean)
            names.append(name)
            colours.append(colour)
    if stacks:
        axes.stackplot(hours, stacks, labels=names, colors=colours, step="mid", linewidth=0)
    axes.set_ylabel("agents")
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.margins(y=0.02)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize="small", reverse=True)


def _draw_calls(axes: Any, tally: Tally) -> None:
    width = max(1, -(-len(tally.series) // COLUMNS))
    runs = _runs(tally.series, width)
    hours = [_mean([one.at_s for one in some]) / 3600.0 for some in runs]
    axes.plot(hours, [_mean([one.ringing for one in some]) for some in runs], label="dialled,\nunanswered", color=DARK)
    axes.plot(hours, [_mean([one.talking for one in some]) for some in runs], label="talking", color="#2a9d8f")
    axes.plot(hours, [_mean([one.waiting for one in some]) for some in runs], label="waiting", color=ALARM)
    axes.set_ylabel("calls")
    axes.set_ylim(bottom=0.0)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize="small")


def _draw_abandonment(axes: Any, tally: Tally, day: Scenario) -> None:
    hours, rolling, whole = abandonment(tally)
    ceiling = 100 * day.ceiling
    axes.fill_between(hours, ceiling, rolling, where=[value > ceiling for value in rolling], color=ALARM, alpha=0.15)
    axes.plot(hours, rolling, label="last 30 min", color=ALARM)
    axes.plot(hours, whole, label="since start", color=DARK)
    axes.axhline(ceiling, color="black", linestyle="--", label=f"ceiling {ceiling:g} %")
    lost = [(at - tally.start) / 3600.0 for at, _, gone in tally.answers if gone]
    axes.plot(lost, [0.0] * len(lost), "|", color=DARK, markersize=10, alpha=0.5, label="abandoned")
    settled = [value for at, value in zip(hours, rolling, strict=True) if at * 3600.0 > EARLY_S]
    axes.set_ylim(0.0, 1.15 * max(3.0 * ceiling, *settled, 1.0))
    axes.set_ylabel("abandoned, %")
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize="small")


def _draw_changes(all_axes: Sequence[Any], day: Scenario) -> None:
    """A line at each change of the day; above the first picture, what changes."""
    for change in day.changes:
        hour = change.at_s / 3600.0
        fields = [
            f"{key} {value:g}" for part in (change.people, change.team, change.plant) for key, value in part.items()
        ]
        for axes in all_axes:
            axes.axvline(hour, color="grey", linestyle=":", linewidth=1)
        text = "\n".join([*([change.segment] if change.segment else []), *fields])
        all_axes[0].annotate(
            text, (hour, 1.0), xycoords=("data", "axes fraction"), fontsize="x-small", va="bottom", color="grey"
        )


def abandonment(tally: Tally) -> tuple[list[float], list[float], list[float]]:
    """(hours, % of the last 30 minutes, % since the start) at each answer."""
    ordered = sorted((at, lost) for at, _, lost in tally.answers)
    moments, rolling, whole = [], [], []
    first = lost_rolling = lost_whole = 0
    for last, (at, lost) in enumerate(ordered):
        lost_rolling, lost_whole = lost_rolling + lost, lost_whole + lost
        while ordered[first][0] <= at - WINDOW_S:
            lost_rolling -= ordered[first][1]
            first += 1
        moments.append((at - tally.start) / 3600.0)
        rolling.append(100.0 * lost_rolling / (last - first + 1))
        whole.append(100.0 * lost_whole / (last + 1))
    return moments, rolling, whole


def _runs(values: Sequence[Any], width: int) -> list[Sequence[Any]]:
    """The values in runs of so many."""
    return [values[at : at + width] for at in range(0, len(values), width)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
