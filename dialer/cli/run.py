"""`dialer run`: the daemon itself."""

import asyncio

from dialer.cli.options import ConfigPath
from dialer.main import serve


def command(config: ConfigPath = None) -> None:
    """Lead the campaigns until told to stop.

    SIGTERM drains: no new calls, talks finish. SIGHUP reloads trunks and limits. Example:

        dialer run --config /etc/dialer/dialer.toml
    """
    asyncio.run(serve(config))
