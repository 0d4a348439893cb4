"""`dialer doctor`: what is wrong with this installation, and how to mend it.

It looks, and changes nothing: it may be run beside a daemon at work. Every check gives a finding whatever happens;
checks that need something which is broken are left out, so that the first cause stands alone.
"""

import asyncio
from pathlib import Path

from dialer.clock import Clock
from dialer.config import Config, ConfigError, config_path, load_config
from dialer.doctor.asterisk import examine_server
from dialer.doctor.database import examine_database
from dialer.doctor.finding import Finding, broken, fine
from dialer.doctor.ice import examine_ice
from dialer.doctor.machine import examine_clock, examine_environment


async def examine(path: Path | None = None, clock: Clock | None = None) -> tuple[Finding, ...]:
    """Look at everything that this configuration names."""
    clock = clock or Clock()
    path = config_path(path)
    try:
        config = load_config(path)
    except ConfigError as error:
        cure = f"correct {path}; packaging/dialer.toml shows every key"
        return tuple(broken("config", problem, cure) for problem in error.problems)
    return (fine("config", f"{path} is right"), *examine_environment(config, path), *await _outside(config, clock))


async def _outside(config: Config, clock: Clock) -> list[Finding]:
    databases, *others = await asyncio.gather(
        examine_database(config, clock),
        *(examine_server(config, server, clock) for server in config.asterisk),
        examine_ice(config, clock),
    )
    return [examine_clock(), *databases, *(finding for findings in others for finding in findings)]
