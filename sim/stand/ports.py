"""Free ports on loopback, so that stands run beside one another and beside whatever the machine serves."""

import socket

LOOPBACK = "127.0.0.1"


def free_tcp_port() -> int:
    """A TCP port that nobody holds now."""
    return _free(socket.SOCK_STREAM)


def free_udp_port() -> int:
    """A UDP port that nobody holds now."""
    return _free(socket.SOCK_DGRAM)


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
