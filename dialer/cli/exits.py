"""Exit codes, and which failure gives which. Errors are known by name, so that nothing is imported to know them."""

from enum import IntEnum


class ExitCode(IntEnum):
    DONE = 0
    TROUBLE = 1
    """The command did its work and found something wrong, or could not do it."""
    USAGE = 2
    CONFIG = 3
    DATABASE = 4
    ASTERISK = 5
    INPUT = 6
    BUG = 70
    """`EX_SOFTWARE` of sysexits."""
    INTERRUPTED = 130


FORESEEN = {
    "dialer.config_errors.ConfigError": ExitCode.CONFIG,
    "dialer.store.db.DatabaseAway": ExitCode.DATABASE,
    "dialer.store.migrate.MigrationError": ExitCode.DATABASE,
    "dialer.store.alone.AnotherDaemonError": ExitCode.DATABASE,
    "dialer.store.errors.Refused": ExitCode.INPUT,
    "dialer.cli.exits.Refusal": ExitCode.INPUT,
    "sim.run.StrategyFailed": ExitCode.INPUT,
    "dialer.api.server.PortBusy": ExitCode.TROUBLE,
    "dialer.api.pages.PagesNotBuilt": ExitCode.TROUBLE,
}
"""The message of these says what is wrong and what to do; subclasses count."""


class Refusal(Exception):
    """What the command was given cannot be used; the message says why, and what would do."""


def exit_code_of(error: BaseException) -> ExitCode | None:
    """The exit code for a foreseen failure; None for one that nobody foresaw."""
    given = getattr(error, "exit_code", None)
    if isinstance(given, int):
        return ExitCode(given)
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__)
    return next((FORESEEN[name] for name in names if name in FORESEEN), None)
