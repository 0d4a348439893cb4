"""`python -m tests.bench.pacing`: our pacing beside what other dialers do, over a grid of teams, people and talks.

Every peer is tuned for every cell with hindsight (the best setting that keeps the ceiling on these very seeds, found
from coarse to fine); ours has one setting for all. Seeds are paired; intervals are 95 %. A cell is as long as it takes
for the share of abandoned calls to be known well (`tests.bench.cells`). Results gather in a file of JSON lines: what is
in it is not run again, so the whole grid may be run in pieces (`--agents 3,5`), stopped and gone on with. `--write`
renews docs/pacing.md.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from strategies import load
from tests.bench.cells import AGENTS, CELLS, OURS, Row, hours_of
from tests.bench.light import Light
from tests.bench.peers import PEERS, Peer
from tests.bench.tables import best_peer, pooled, table, write

RESULTS = Path("build") / "bench-pacing.jsonl"
QUICK = ("3 / 30 % / 90 s", "5 / 50 % / 180 s", "10 / 30 % / 45 s", "10 / 15 % / 90 s")
FIRST_SEED = 1001
"""Seeds from here on hardly shaped the rule: docs/pacing.md says where they did."""

FEW_SEEDS, FEW_LOST = 2, 15
PLAINLY_OVER, PLAINLY_BEHIND = 2.0, 0.03
"""Times the ceiling with so many abandoned, or so far behind the best peer's occupancy, after the first few seeds: the
other seeds cannot make it the best."""


@dataclass(frozen=True, slots=True)
class Job:
    """One shift to be worked. `ceiling` 0: the dialer does not look at it, its shift serves for every ceiling."""

    cell: str
    ceiling: float
    dialer: str
    setting: float
    seed: int
    hours: float


def work(job: Job) -> Row:
    """Work one shift; everything about it that a table may want."""
    shift = replace(CELLS[job.cell], hours=job.hours, ceiling=job.ceiling)
    peer = next((peer for peer in PEERS if peer.name == job.dialer), None)
    strategy = peer.make(job.setting) if peer else load("predictive", ceiling_ratio=job.ceiling)
    result = Light(shift, strategy, job.seed).run()
    return Row(
        **asdict(job),
        occupancy=result.occupancy,
        answered=result.answered,
        abandoned=result.abandoned,
        worst=result.worst_window(),
    )


class Results:
    """Shifts worked so far, kept in a file as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.rows = {_job_of(row): row for row in (Row(**json.loads(line)) for line in lines)}

    def keep(self, row: Row) -> None:
        self.rows[_job_of(row)] = row
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row)) + "\n")


def _job_of(row: Row) -> Job:
    return Job(row.cell, row.ceiling, row.dialer, row.setting, row.seed, row.hours)


class Bench:
    """Works what is missing, a cell at a time, on some processes, with a bar of progress on the terminal."""

    def __init__(self, results: Results, pool: ProcessPoolExecutor, seeds: Sequence[int], answers: int) -> None:
        self._results, self._pool, self._seeds, self._answers = results, pool, seeds, answers

    def run(self, cell: str, ceiling: float, *, ours: bool, peers: bool) -> None:
        """All of one cell: ours, then each peer with the settings that are worth trying."""
        if ours:
            self._work(cell, ceiling, OURS, 0.0, self._seeds)
        for peer in PEERS if peers else ():
            if peer.bolder_loses_more:
                self._find_boldest(cell, ceiling, peer)
            else:
                for setting in peer.settings:
                    self._keeps(cell, ceiling, peer, setting)

    def rows(self, cell: str, ceiling: float) -> list[Row]:
        """What is known of this cell at this ceiling, for these seeds."""
        hours = hours_of(cell, len(self._seeds), self._answers)
        return [
            row
            for row in self._results.rows.values()
            if row.cell == cell and row.ceiling in (0.0, ceiling) and row.hours == hours and row.seed in self._seeds
        ]

    def _find_boldest(self, cell: str, ceiling: float, peer: Peer) -> None:
        """Where bolder is busier and loses more: the boldest setting that keeps the ceiling, by halves, and then
        whether the middle between it and the next keeps it too."""
        mild, bold = 0, len(peer.settings)
        while mild < bold:
            middle = (mild + bold) // 2
            if self._keeps(cell, ceiling, peer, peer.settings[middle]):
                mild = middle + 1
            else:
                bold = middle
        if 0 < bold < len(peer.settings):
            self._keeps(cell, ceiling, peer, (peer.settings[bold - 1] + peer.settings[bold]) / 2.0)

    def _keeps(self, cell: str, ceiling: float, peer: Peer, setting: float) -> bool:
        """Whether this setting keeps the ceiling; after a few seeds no more is worked of what is plainly worse."""
        read = ceiling if peer.reads_ceiling else 0.0
        self._work(cell, read, peer.name, setting, self._seeds[:FEW_SEEDS])
        rows = self._tried(cell, ceiling, peer, setting)
        occupancy, share = pooled(rows)
        best = best_peer(self.rows(cell, ceiling), ceiling)
        behind = not peer.bolder_loses_more and best and occupancy < pooled(best)[0] - PLAINLY_BEHIND
        lost = sum(row.abandoned for row in rows)
        if behind or (share > PLAINLY_OVER * ceiling and lost >= FEW_LOST):
            return False
        self._work(cell, read, peer.name, setting, self._seeds)
        return pooled(self._tried(cell, ceiling, peer, setting))[1] <= ceiling

    def _tried(self, cell: str, ceiling: float, peer: Peer, setting: float) -> list[Row]:
        rows = self.rows(cell, ceiling)
        return [row for row in rows if row.dialer == peer.name and row.setting == setting]

    def _work(self, cell: str, ceiling: float, dialer: str, setting: float, seeds: Sequence[int]) -> None:
        hours = hours_of(cell, len(self._seeds), self._answers)
        jobs = [Job(cell, ceiling, dialer, setting, seed, hours) for seed in seeds]
        missing = [job for job in jobs if job not in self._results.rows]
        for done, row in enumerate(self._pool.map(work, missing), start=1):
            self._results.keep(row)
            bar = "#" * (20 * done // len(missing))
            print(f"\r{cell:32} {dialer:9}{setting:5g} [{bar:20}]", end="", file=sys.stderr, flush=True)


def chosen(given: argparse.Namespace) -> list[str]:
    """The cells that the command line asks for."""
    if given.quick:
        return list(QUICK)
    agents = {int(number) for number in given.agents.split(",")} if given.agents else set(AGENTS)
    return [
        name
        for name, shift in CELLS.items()
        if given.cells in name
        and (shift.team.agents in agents or not shift.in_grid)
        and (not given.stress or not shift.in_grid)
        and (not given.grid or shift.in_grid)
    ]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="four small cells, 4 seeds: some minutes")
    parser.add_argument("--cells", default="", help="only cells whose name holds this text, e.g. '20 / 30'")
    parser.add_argument("--agents", default="", help="only these teams of the grid, e.g. 3,5,10")
    parser.add_argument("--stress", action="store_true", help="only the days that change")
    parser.add_argument("--grid", action="store_true", help="only the grid")
    parser.add_argument("--ours", action="store_true", help="without the peers: does the ceiling hold?")
    parser.add_argument("--peers", action="store_true", help="the peers only: their shifts outlive a change of ours")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--answers", type=int, default=4500, help="people who answer in one cell, over all seeds")
    parser.add_argument("--ceiling", type=float, action="append", help="0.03 (the default), 0.01; may be given twice")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--write", action="store_true", help="put tables and plots of what was run into docs")
    return parser.parse_args()


def main() -> None:
    given = arguments()
    seeds = range(given.first_seed, given.first_seed + (4 if given.quick else given.seeds))
    answers = 1500 if given.quick else given.answers
    tables: list[tuple[float, list[Any]]] = []
    with ProcessPoolExecutor(given.jobs) as pool:
        bench = Bench(Results(given.results), pool, seeds, answers)
        for ceiling in given.ceiling or [0.03]:
            tables.append((ceiling, []))
            for cell in chosen(given):
                bench.run(cell, ceiling, ours=not given.peers, peers=not given.ours)
                if given.peers:
                    continue
                tables[-1][1].append((cell, bench.rows(cell, ceiling)))
                print("\n" + "\n".join(table([tables[-1][1][-1]], ceiling)[-1:]), flush=True)
    if given.write and not given.peers:
        write(tables)


if __name__ == "__main__":
    main()
