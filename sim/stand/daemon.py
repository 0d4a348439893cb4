"""The daemon and its commands as processes of their own: the stand knows them by the command line and HTTP only."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from sim.stand.asterisk import Asterisk
from sim.stand.ports import LOOPBACK, free_tcp_port
from sim.stand.process import Child, PrivateFolder, StandError

SERVER = "pbx"
TRUNK = "carrier"
READY_S = 60.0
DRAIN_S = 60.0
LINES = 40
CALLS_PER_SECOND = 20

CONFIG = """
[database]
dsn = "{dsn}"
[http]
port = {port}
[log]
format = "json"
[webhooks]
key_file = "webhooks.key"
[[asterisk]]
name = "{server}"
host = "{ami.host}"
port = {ami.port}
secret_file = "ami.secret"
doctor_secret_file = "ami-doctor.secret"
{phone_url}
[[trunk]]
name = "{trunk}"
server = "{server}"
endpoint = "{trunk}"
lines = {lines}
calls_per_second = {calls_per_second}
loopback = true
"""


class Dialer:
    """One installation: its settings, its commands, its daemon. `folder` holds the settings, secrets and the log."""

    def __init__(self, folder: PrivateFolder, dsn: str, asterisk: Asterisk) -> None:
        self._folder = folder.path
        self.port = free_tcp_port()
        self.url = f"http://{LOOPBACK}:{self.port}"
        self.log = self._folder / "daemon.log"
        self._daemon: Child | None = None
        self._http: httpx.AsyncClient | None = None
        account = asterisk.settings.manager
        folder.write("ami.secret", account.secret)
        folder.write("ami-doctor.secret", account.doctor_secret)
        folder.write("webhooks.key", secrets.token_urlsafe(32))
        web = asterisk.settings.web_port
        text = CONFIG.format(
            dsn=dsn,
            phone_url=f'phone_url = "ws://{LOOPBACK}:{web}/ws"' if asterisk.settings.browser_phones else "",
            port=self.port,
            server=SERVER,
            trunk=TRUNK,
            ami=account,
            lines=LINES,
            calls_per_second=CALLS_PER_SECOND,
        )
        self.config = folder.write("dialer.toml", text)

    # ---- its commands

    async def command(self, *arguments: str, shows_errors: bool = False) -> str:
        """One `dialer` command with our settings; its output. `shows_errors`: its error output, where progress is
        shown, goes straight to this terminal."""
        process = await asyncio.create_subprocess_exec(
            *_program(),
            *arguments,
            env=self._env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=None if shows_errors else asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if process.returncode:
            told = (err or b"").decode() or "see above"
            raise StandError(f"dialer {' '.join(arguments[:2])} ended with {process.returncode}: {told}")
        return out.decode()

    @property
    def _env(self) -> Mapping[str, str]:
        """Ours without anything that would change the settings."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("DIALER_")}
        return {**ours, "DIALER_CONFIG": str(self.config)}

    # ---- the daemon

    async def start(self) -> None:
        """Start the daemon and wait until it answers."""
        self._daemon = Child(
            "dialer",
            [*_program(), "run"],
            log=self.log,
            env=self._env,
            death_signal=signal.SIGKILL,  # without its database and its Asterisk a drain would not end
        )
        deadline = asyncio.get_running_loop().time() + READY_S
        async with httpx.AsyncClient(base_url=self.url) as http:
            while not await _answers(http):
                if not self._daemon.running or asyncio.get_running_loop().time() > deadline:
                    raise StandError(f"the daemon did not come up; it said:\n{self._daemon.output()}")
                await asyncio.sleep(0.05)  # noqa: TID251 - another process can only be asked

    async def stop(self) -> None:
        """Drain and end it."""
        if self._http is not None:
            await self._http.aclose()
        if self._daemon is not None:
            await self._daemon.stop(DRAIN_S)

    @property
    def _state(self) -> str:
        running = self._daemon is not None and self._daemon.running
        return "though it runs" if running else f"it ended with {self._daemon and self._daemon.returncode}"

    @property
    def said(self) -> str:
        """The end of the daemon's log."""
        return self._daemon.output() if self._daemon else ""

    # ---- its interface

    def use(self, token: str) -> None:
        """From now on ask with this token."""
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30.0)

    async def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One request under /api/v1; StandError with the problem's own words."""
        if self._http is None:
            raise StandError("no token yet: call `use` first")
        try:
            answer = await self._http.request(method, f"/api/v1/{path}", json=body)
        except httpx.TransportError as error:
            raise StandError(f"the daemon does not answer ({type(error).__name__}), {self._state}") from error
        if answer.is_error:
            raise StandError(f"{method} {path}: {answer.status_code} {answer.text}")
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    async def until_linked(self) -> None:
        """Wait until the daemon has its Asterisk."""
        async with asyncio.timeout(READY_S):
            while not await self._linked():  # noqa: ASYNC110 - another process can only be asked
                await asyncio.sleep(0.05)  # noqa: TID251 - as above

    async def _linked(self) -> bool:
        return all(server["up"] for server in (await self.ask("GET", "wallboard"))["servers"])


def _program() -> list[str | Path]:
    """The command `dialer` of this very installation."""
    return [sys.executable, "-c", "from dialer.cli import main; main()"]


async def _answers(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).is_success
    except httpx.TransportError:
        return False
