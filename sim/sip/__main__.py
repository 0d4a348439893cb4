"""The SIP simulator as one process: `python -m sim.sip --agents 1001-1008 --behaviour people.json`.

Its first line on stdout is JSON: `{"carrier": "127.0.0.1:PORT", "phones": …, "control": …}`. It ends with its parent
(Linux tells it), on SIGTERM and on SIGINT.
"""

import argparse
import asyncio
import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from sim.sip.carrier import Carrier
from sim.sip.control import Desk, serve
from sim.sip.message import Address
from sim.sip.phones import Phones
from sim.sip.script import follow

_PR_SET_PDEATHSIG = 1


def main() -> None:
    options = _options()
    _die_with_parent()
    _allow_many_sockets()
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sim.sip", description=__doc__)
    anywhere = ("127.0.0.1", 0)
    parser.add_argument("--carrier", type=_address, default=anywhere, metavar="HOST:PORT", help="the trunk's address")
    parser.add_argument("--phones", type=_address, default=anywhere, metavar="HOST:PORT", help="the phones' address")
    parser.add_argument("--control", type=_address, default=anywhere, metavar="HOST:PORT", help="where to steer it")
    parser.add_argument("--agents", type=_users, default=[], metavar="1001-1008", help="the phones' names")
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="a phone's packet each N times 20 ms (load tests: 5)"
    )
    parser.add_argument("--behaviour", type=_script, default={}, metavar="FILE", help="JSON, see sim/sip/script.py")
    return parser.parse_args()


async def _run(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with (
        Carrier(options.carrier) as carrier,
        Phones(options.agents, options.phones, options.every) as phones,
    ):
        try:
            follow(options.behaviour, carrier)
        except ValueError as error:
            sys.exit(f"--behaviour: {error}")
        control = await serve(Desk(carrier, phones), options.control)
        bound = {
            "carrier": carrier.address,
            "phones": phones.address,
            "control": control.sockets[0].getsockname(),
        }
        print(json.dumps({name: f"{host}:{port}" for name, (host, port) in bound.items()}), flush=True)
        await stop.wait()
        control.close()


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host or "127.0.0.1", int(port)


def _users(text: str) -> list[str]:
    """`1001-1008,2001` to names."""
    users: list[str] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if dash and not (first.isdigit() and last.isdigit()):
            raise argparse.ArgumentTypeError(f"{part!r} is not a range of numbers")
        users += [str(user) for user in range(int(first), int(last) + 1)] if dash else [part]
    return users


def _script(name: str) -> dict[str, Any]:
    try:
        script = json.loads(Path(name).read_text())
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{name}: {error}") from None
    if not isinstance(script, dict):
        raise argparse.ArgumentTypeError(f"{name}: an object in braces is wanted")
    return script


def _die_with_parent() -> None:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("the parent has gone already")


def _allow_many_sockets() -> None:
    """Each call has a socket for its audio."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
