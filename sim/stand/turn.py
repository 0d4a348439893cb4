"""A real TURN server (coturn, Debian's) as an ordinary process on loopback, and the passwords that it takes.

What an agent behind a symmetric NAT has is one way for his sound: relayed by such a server. Accounts are made by the
shared key alone ("TURN REST API", draft-uberti-behave-turn-rest-00), so it has no users and no database.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sim.stand.debs import Archive, Rootfs, Say
from sim.stand.ports import LOOPBACK, RTP_FIRST, RTP_LAST, free_tcp_port
from sim.stand.process import Child, PrivateFolder
from sim.stand.tools import STABLE

PACKAGE = "coturn"
BINARY = "/usr/bin/turnserver"
READY = "IPv4. UDP listener opened on"
REALM = "dialer.test"
ALLOCATED = re.compile(r"ALLOCATE processed, success")


class Turn:
    """A running server. `stop` and `start` are for tests of one that goes away, or comes back with another key."""

    def __init__(self, folder: PrivateFolder, tree: Rootfs, key: str) -> None:
        self._folder = folder
        self._tree = tree
        self._generation = 0
        self._child: Child | None = None
        self.key = key
        self.port = free_tcp_port()

    @property
    def url(self) -> str:
        """As browsers and `dialer.toml` name it."""
        return f"turn:{LOOPBACK}:{self.port}?transport=udp"

    @property
    def allocations(self) -> int:
        """How many relayed addresses it has given since its last start."""
        return 0 if self._child is None else len(ALLOCATED.findall(self._child.log.read_text(errors="replace")))

    async def start(self) -> None:
        """With the key as it is now; StandError with its words where it does not start."""
        self._generation += 1
        self._child = Child(
            "coturn",
            self._tree.run_argv(BINARY, *self._options()),
            log=self._folder.path / f"coturn-{self._generation}.log",
            env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
            cwd=self._folder.path,
            account=self._folder.account,
        )
        await self._child.said(READY)

    async def stop(self) -> None:
        if self._child is not None:
            await self._child.stop()

    async def restart(self) -> None:
        """What it had lent is gone."""
        await self.stop()
        await self.start()

    def _options(self) -> list[str]:
        """A key on a command line can be read by whoever has an account here: it is a test's, made for it."""
        folder = self._folder.path
        return [
            "-n",  # no file of the machine's
            "--verbose",
            "--log-file=stdout",
            f"--pidfile={folder / 'coturn.pid'}",
            f"--userdb={folder / 'coturn.db'}",
            f"--listening-ip={LOOPBACK}",
            f"--listening-port={self.port}",
            f"--relay-ip={LOOPBACK}",
            f"--min-port={RTP_FIRST}",
            f"--max-port={RTP_LAST}",
            "--relay-threads=1",
            "--no-cli",
            "--no-tls",
            "--no-dtls",
            "--allow-loopback-peers",
            "--use-auth-secret",
            f"--static-auth-secret={self.key}",
            f"--realm={REALM}",
        ]


@asynccontextmanager
async def running_turn(key: str, say: Say = lambda text: None) -> AsyncIterator[Turn]:
    """A TURN server that takes the passwords made with `key`, on loopback over UDP and TCP; gone at the end."""
    tree = await Archive(STABLE, say).fetch(PACKAGE)
    with PrivateFolder("dialer-turn-") as folder:
        server = Turn(folder, tree.at(folder.install(tree.path, PACKAGE)), key)
        try:
            await server.start()
            yield server
        finally:
            await server.stop()
