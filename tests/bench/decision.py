"""`python -m tests.bench.decision`: how long one predictive decision takes, by team size, over part of a shift."""

from dataclasses import replace
from time import process_time
from typing import Any

from strategies import load
from strategies.base import Decision, Observation, Snapshot
from tests.bench.light import Light, cell

SIZES = (3, 10, 20, 50, 100, 300)
HOURS = {3: 0.5, 10: 0.5, 20: 0.3, 50: 0.2, 100: 0.1, 300: 0.05}


class Timed:
    """The predictive strategy with a stop-watch of processor time in its hand."""

    name = "timed"

    def __init__(self) -> None:
        self._strategy = load("predictive")
        self.seconds: list[float] = []

    def decide(self, snapshot: Snapshot) -> Decision:
        started = process_time()
        decision = self._strategy.decide(snapshot)
        self.seconds.append(process_time() - started)
        return decision

    def observe(self, observation: Observation) -> None:
        self._strategy.observe(observation)


def row(agents: int) -> dict[str, Any]:
    """Mean, median, p99 and maximum of processor milliseconds of one decision."""
    timed = Timed()
    Light(replace(cell(agents, 0.3, 90.0), hours=HOURS[agents]), timed, seed=1).run()
    ordered = sorted(timed.seconds)
    at = [1000.0 * ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.99, 1.0)]
    mean = 1000.0 * sum(ordered) / len(ordered)
    return {"agents": agents, "decisions": len(ordered), "mean": mean, "median": at[0], "p99": at[1], "max": at[2]}


def main() -> None:
    print("| agents | decisions | mean ms | median ms | p99 ms | max ms |\n|---|---|---|---|---|---|")
    for agents in SIZES:
        figures = row(agents)
        times = " | ".join(f"{figures[name]:.2f}" for name in ("mean", "median", "p99", "max"))
        print(f"| {agents} | {figures['decisions']} | {times} |", flush=True)


if __name__ == "__main__":
    main()
