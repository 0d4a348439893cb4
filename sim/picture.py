"""The picture of a day: agents by state, calls, and the abandonment with its ceiling."""

from pathlib import Path

from dialer.core.states import AgentState
from sim.scenario import Scenario
from sim.tally import WINDOW_S, Tally

SHOWN = {
    AgentState.TALKING: "#2a9d8f",
    AgentState.WRAP_UP: "#8ab17d",
    AgentState.RESERVED: "#b5c99a",
    AgentState.READY: "#e9c46a",
    AgentState.PAUSED: "#bdbdbd",
}


def draw_day(tally: Tally, day: Scenario, path: Path) -> None:
    """Write the picture as PNG, SVG or PDF, told by the name's ending."""
    import matplotlib  # slow to import, and only here needed

    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 8), layout="constrained")
    agents, calls, share = figure.subplots(3, 1, sharex=True)
    hours = [at / 3600.0 for at, *_ in tally.series]
    stacks = [[states.get(state, 0) for _, states, _, _ in tally.series] for state in SHOWN]
    agents.stackplot(hours, stacks, labels=[state.value for state in SHOWN], colors=list(SHOWN.values()))
    agents.set_ylabel("agents")
    agents.legend(loc="lower right", ncols=len(SHOWN), fontsize="small")
    calls.plot(hours, [lines for _, _, lines, _ in tally.series], label="channels", color="#264653")
    calls.plot(hours, [waiting for *_, waiting in tally.series], label="waiting", color="#e76f51")
    calls.set_ylabel("calls")
    calls.legend(loc="upper right", fontsize="small")
    moments, rolling, whole = _abandonment(tally)
    share.plot(moments, [100 * value for value in rolling], label="last 30 min", color="#e76f51")
    share.plot(moments, [100 * value for value in whole], label="since the start", color="#264653")
    share.axhline(100 * day.ceiling, color="black", linestyle="--", label="ceiling")
    share.set_ylabel("abandoned, %")
    share.set_xlabel("hours")
    share.legend(loc="upper right", fontsize="small")
    figure.suptitle(f"{day.name}: {day.strategy}, {day.team.agents} agents, seed {day.seed}")
    figure.savefig(path, dpi=110)


def _abandonment(tally: Tally) -> tuple[list[float], list[float], list[float]]:
    """(hours, share of the last 30 minutes, share since the start) at each answer."""
    ordered = sorted((at, lost) for at, _, lost in tally.answers)
    moments, rolling, whole = [], [], []
    first = lost_rolling = lost_whole = 0
    start = ordered[0][0] if ordered else 0.0
    for last, (at, lost) in enumerate(ordered):
        lost_rolling, lost_whole = lost_rolling + lost, lost_whole + lost
        while ordered[first][0] <= at - WINDOW_S:
            lost_rolling -= ordered[first][1]
            first += 1
        moments.append((at - start) / 3600.0)
        rolling.append(lost_rolling / (last - first + 1))
        whole.append(lost_whole / (last + 1))
    return moments, rolling, whole
