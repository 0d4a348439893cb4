"""How fast the card is on the agent's screen: 200 desks, from the carrier's 200 OK to the message in the browser.

`python -m tests.bench.pops [--quick] [--seconds N] [--agents N]`. Beside it the daemon's own figure, which ends when
the screen says that it has painted: the promise is p95 <= 300 ms.
"""

import argparse
import asyncio

from tests.bench.shift import Work, work
from tests.bench.stage import MS_COLUMNS, describe, in_ms, load_text, quantile, stage_of, starved_text

WORK = Work(mode="progressive", answer_ratio=0.6, talk_s=15.0, lines=400, calls_per_second=20.0)
PROMISE_MS = 300.0


async def measure(agents: int, seconds: float) -> None:
    async with stage_of(agents) as stage:
        print(await describe(stage))
        shift = await work(stage, WORK, seconds, leads=int(WORK.calls_per_second * seconds))
        print(f"{starved_text(*shift.starved)}; {load_text()}")
    pops_s = shift.pops_s()
    print(f"{agents} desks, {seconds:.0f} s, {shift.calls_per_second:.1f} calls/s, {len(pops_s)} cards shown")
    print(f"{'':36} {MS_COLUMNS}   ms")
    print(f"{'200 OK to the card at the desk':36} {in_ms(pops_s)}")
    own = " | ".join(f"{1000 * shift.pop.quantile(q):7.1f}" for q in (0.5, 0.95, 0.99))
    print(f"{'answer to painted, dialer_pop_seconds':36} {own} |       -   ({shift.pop.count:.0f}, by buckets)")
    print(f"promise: p95 <= {PROMISE_MS:.0f} ms; found {1000 * quantile(pops_s, 0.95):.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agents", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--quick", action="store_true", help="20 s")
    options = parser.parse_args()
    asyncio.run(measure(options.agents, 20.0 if options.quick else options.seconds))


if __name__ == "__main__":
    main()
