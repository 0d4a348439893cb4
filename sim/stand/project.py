"""What the demo's agents work with: the script, the form and the information of `examples/project.json`."""

import asyncio
import json
from pathlib import Path

from sim.stand.daemon import Dialer

PROJECT = Path(__file__).parents[2] / "examples" / "project.json"


async def furnish(dialer: Dialer, project: int) -> None:
    """As a supervisor would do it: made, then approved."""
    told = json.loads(await asyncio.to_thread(PROJECT.read_text, "utf-8"))
    for kind in ("script", "form"):
        path = f"projects/{project}/{kind}s"
        version = (await dialer.ask("POST", path, told[kind]))["version"]
        await dialer.ask("POST", f"{path}/{version}/approve")
    await dialer.ask("PUT", f"projects/{project}/info", told["info"])
