"""The example of docs/strategies.md runs as it is printed, and keeps what it promises."""

import contextlib
import io
import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs" / "strategies.md"


def example() -> str:
    blocks: list[str] = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if "import heapq" in block)


def test_the_example_runs_without_a_daemon_and_keeps_the_ceiling() -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(example(), str(DOCS), "exec"), {})
    occupancy, abandoned = map(float, re.findall(r"([\d.]+)%", printed.getvalue()))
    assert abandoned < 3.5
    assert occupancy > 78.0


def test_the_example_is_about_thirty_lines() -> None:
    assert len([line for line in example().splitlines() if line.strip()]) < 50
