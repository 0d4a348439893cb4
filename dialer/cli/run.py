"""`dialer run`: the daemon itself."""

import asyncio
from importlib.metadata import version
from pathlib import Path

from dialer.cli.options import ConfigPath
from dialer.clock import Clock
from dialer.config import load_config
from dialer.logs import LogEvent, configure, get_logger
from dialer.main import Daemon
from dialer.store.alone import Alone, AnotherDaemonError
from dialer.store.db import Database
from dialer.store.migrate import require_current

log = get_logger()


def command(config: ConfigPath = None) -> None:
    """Lead the campaigns until told to stop.

    SIGTERM drains: no new calls, talks finish. SIGHUP reloads trunks and limits. Example:

        dialer run --config /etc/dialer/dialer.toml
    """
    asyncio.run(_serve(config))


async def _serve(path: Path | None) -> None:
    """Run a daemon with this configuration until it is told to stop.

    ConfigError, DatabaseAway, MigrationError, AnotherDaemonError and PortBusy say in words why it cannot go on.
    """
    config = load_config(path)
    configure(config.log.level, config.log.as_json)
    log.info(LogEvent.STARTED, version=version("dialer"))
    dsn, pseudonyms = config.database.dsn, config.forgetting.pseudonyms()
    async with (
        await Database.open(dsn, pseudonyms=pseudonyms) as database,
        await Database.open(dsn, pseudonyms=pseudonyms) as front_database,
        Alone(dsn) as alone,
    ):
        await require_current(database)
        try:
            await Daemon(config, path, Clock(), database, front_database, alone).run()
        except ExceptionGroup as ended:
            lost = ended.subgroup(AnotherDaemonError)
            if lost is None:
                raise
            raise AnotherDaemonError(str(lost.exceptions[0])) from ended
