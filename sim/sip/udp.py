"""One UDP socket on the loop, read in batches: asyncio's own datagram transport reads one packet a wake-up.

What the kernel will not take is dropped and counted, as a network drops it: SIP repeats what matters.
"""

import asyncio
import socket
from collections.abc import Callable

from sim.sip.message import Address

_BATCH = 64
_BUFFER_BYTES = 4 << 20
_LARGEST_DATAGRAM = 65_535

Received = Callable[[bytes, Address], None]


class Wire:
    """Send and receive datagrams. Build it inside a running loop; `close` frees the port at once."""

    def __init__(self, bind: Address, received: Received) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = received
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
        try:
            self._socket.bind(bind)
        except OSError:
            self._socket.close()
            raise
        self.address: Address = self._socket.getsockname()
        self.unsent = 0
        self._loop.add_reader(self._socket, self._read)

    def send(self, datagram: bytes, to: Address) -> None:
        try:
            self._socket.sendto(datagram, to)
        except OSError:
            self.unsent += 1

    def _read(self) -> None:
        for _ in range(_BATCH):
            try:
                datagram, source = self._socket.recvfrom(_LARGEST_DATAGRAM)
            except BlockingIOError:
                return
            except ConnectionError:
                continue  # the port of some earlier datagram's receiver is closed: nothing of ours
            self._received(datagram, source)

    def close(self) -> None:
        """Free the port; closing again is without effect."""
        if self._socket.fileno() < 0:
            return
        self._loop.remove_reader(self._socket)
        self._socket.close()
