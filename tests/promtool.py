"""Prometheus' own checker: the machine's, else the one in Debian's package, fetched once."""

import asyncio
import shutil
import subprocess
from pathlib import Path

from sim.stand.debs import Archive

SUITE = "bookworm"


def promtool(*arguments: str | Path, given: bytes = b"") -> "subprocess.CompletedProcess[str]":
    """Run promtool; its output and exit code are the test's business."""
    done = subprocess.run([*_command(), *map(str, arguments)], input=given, capture_output=True, check=False)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def _command() -> list[str]:
    if shutil.which("promtool"):
        return ["promtool"]
    tree = asyncio.run(Archive(SUITE).fetch("prometheus"))
    return tree.run_argv("/usr/bin/promtool")
