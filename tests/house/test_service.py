"""The daemon under systemd: it says on the real socket when it is ready, that it lives, and that it stops."""

import asyncio
import socket
from pathlib import Path

from tests.house.house import House

WORD_S = 60.0


async def test_systemd_is_told_of_readiness_life_and_the_end(house: House, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setblocking(False)
        await house.prepare([1001])
        await house.start(NOTIFY_SOCKET=str(tmp_path / "notify"))
        said = await words_until(systemd, {"READY=1", "WATCHDOG=1"})
        assert said.count("READY=1") == 1
        assert await words_until(systemd, {"WATCHDOG=1"}) == ["WATCHDOG=1"], "it goes on saying that it lives"
        stopping = asyncio.ensure_future(words_until(systemd, {"STOPPING=1"}))
        assert await house.stop() == 0
        assert (await stopping)[-1] == "STOPPING=1"


async def words_until(systemd: socket.socket, wanted: set[str]) -> list[str]:
    """What is said, up to the moment when each of these words was."""
    said: list[str] = []
    async with asyncio.timeout(WORD_S):
        while not wanted <= set(said):
            said.append((await asyncio.get_running_loop().sock_recv(systemd, 200)).decode())
    return said
