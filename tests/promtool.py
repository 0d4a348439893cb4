"""Prometheus' own checker, for tests of metrics, rules and dashboards."""

import asyncio
import subprocess
from pathlib import Path

from sim.stand import tools


def promtool(*arguments: str | Path, given: bytes = b"") -> "subprocess.CompletedProcess[str]":
    """Run it; its output and exit code are the test's business."""
    command = [*asyncio.run(tools.promtool()).argv, *map(str, arguments)]
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())
