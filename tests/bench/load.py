"""A whole call centre on one machine: 200 nailed-up agents, four calls of ten answered, for five minutes.

`python -m tests.bench.load [--quick] [--seconds N] [--agents N] [--mode M]`. Asterisk, PostgreSQL, the carrier, 200
phones and 200 desks run beside the daemon. At the end the books are held against the carrier's own record.
"""

import argparse
import asyncio

from tests.bench.shift import Work, work
from tests.bench.stage import MS_COLUMNS, describe, in_ms, load_text, stage_of, starved_text

ANSWER_RATIO = 0.4
TALK_S = 8.0
LINES = 600
CALLS_PER_SECOND = 60.0
"""The trunk's limit; the team is busy before it is reached."""


async def measure(agents: int, seconds: float, mode: str) -> None:
    async with stage_of(agents) as stage:
        print(await describe(stage))
        wanted = Work(mode, ANSWER_RATIO, TALK_S, LINES, CALLS_PER_SECOND, {"power_ratio": 1.0 / ANSWER_RATIO})
        shift = await work(stage, wanted, seconds, leads=int(CALLS_PER_SECOND * seconds))
        print(f"{starved_text(*shift.starved)}; {load_text()}")
    per_second, cpu = shift.calls_per_second, shift.cpu
    print(f"{agents} agents, {mode}, {seconds:.0f} s: {len(shift.attempts)} attempts, {per_second:.1f} calls/s")
    print("outcomes: " + ", ".join(f"{name} {count}" for name, count in shift.outcomes.most_common()))
    print("of one core: " + ", ".join(f"{name} {share:.0%}" for name, share in cpu.items()))
    print(f"daemon: {1000 * cpu['daemon'] / per_second:.1f} ms of a core a call, RSS {shift.rss_mib:.0f} MiB")
    lag = ", ".join(f"p{q} {1000 * shift.lag.quantile(q / 100):.1f}" for q in (50, 95, 99))
    print(f"event loop late by, ms: {lag} ({shift.lag.count:.0f} samples)")
    print(f"answer to join as booked, ms: {MS_COLUMNS}\n{'':29} {in_ms(shift.joins_s())}")
    print(f"books and carrier agree, call by call; contradictions in the books: {shift.contradictions}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--quick", action="store_true", help="40 s")
    parser.add_argument("--mode", choices=("power", "predictive", "progressive"), default="predictive")
    options = parser.parse_args()
    asyncio.run(measure(options.agents, 40.0 if options.quick else options.seconds, options.mode))


if __name__ == "__main__":
    main()
