"""Free ports on loopback, so that stands run beside one another and beside whatever the machine serves.

They are taken below the range from which the kernel serves clients, and above the one that stands use for RTP: a port
that was free and is bound a moment (or a test) later is then still free, unless another stand drew the same one.
"""

import secrets
import socket

LOOPBACK = "127.0.0.1"
RTP_FIRST, RTP_LAST = 10_000, 19_999
FIRST, LAST = 20_000, 32_767
TRIES = 200


def free_tcp_port() -> int:
    """A TCP port that nobody holds now."""
    return _free(socket.SOCK_STREAM)


def free_udp_port() -> int:
    """A UDP port that nobody holds now."""
    return _free(socket.SOCK_DGRAM)


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
