"""Word to systemd over its own socket: ready, alive, stopping. Without systemd nothing is sent. (man sd_notify)"""

import os
import socket
from contextlib import suppress
from typing import Self


class Notifier:
    """`alive` must be called more often than the unit's WatchdogSec while the event loop is well."""

    def __init__(self, address: str | None) -> None:
        self._address = "\0" + address[1:] if address and address.startswith("@") else address

    @classmethod
    def from_environment(cls) -> Self:
        return cls(os.environ.get("NOTIFY_SOCKET"))

    def ready(self) -> None:
        self._send("READY=1")

    def alive(self) -> None:
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, state: str) -> None:
        if not self._address:
            return
        # systemd restarts too; if it is away for long, its watchdog is what tells
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.connect(self._address)
            sender.send(state.encode())
