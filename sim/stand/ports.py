"""Free ports on loopback, so that stands run beside one another and beside whatever the machine serves.

They are taken below the range from which the kernel serves clients, and above the one that stands use for RTP: a port
that was free and is bound a moment (or a test) later is then still free, unless another stand drew the same one.
"""

import fcntl
import secrets
import socket
import struct

LOOPBACK = "127.0.0.1"
RTP_FIRST, RTP_LAST = 10_000, 19_999
FIRST, LAST = 20_000, 32_767
TRIES = 200
SIOCGIFADDR = 0x8915
"""Linux, netdevice(7)."""


def free_tcp_port() -> int:
    """A TCP port that nobody holds now."""
    return _free(socket.SOCK_STREAM)


def free_udp_port() -> int:
    """A UDP port that nobody holds now."""
    return _free(socket.SOCK_DGRAM)


def own_addresses() -> tuple[str, ...]:
    """The IPv4 address of each interface that has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        found = (_address_of(asked, name) for _, name in socket.if_nameindex())
        return tuple(dict.fromkeys(address for address in found if address))


def _address_of(asked: socket.socket, interface: str) -> str | None:
    request = struct.pack("256s", interface.encode()[:15])
    try:
        answer = fcntl.ioctl(asked, SIOCGIFADDR, request)
    except OSError:
        return None  # down, or without IPv4
    return socket.inet_ntoa(answer[20:24])


def _free(kind: socket.SocketKind) -> int:
    for _ in range(TRIES):
        port = FIRST + secrets.randbelow(LAST - FIRST + 1)
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port between {FIRST} and {LAST} in {TRIES} tries")
