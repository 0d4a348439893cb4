"""What a running daemon can take over from a changed file, and what has to wait for its restart, by name.

Taken over: trunks, limits, the log. Connections, addresses and folders are opened once: a change of theirs is told,
each key by its name (never its value: it may be a secret), and the old one stays in force until the restart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from dialer.config import Asterisk, Config

LIVE_SECTIONS = frozenset({"trunk", "log", "asterisk"})
"""Taken over, the servers as far as they can be; every other section needs a restart, also one that is new here."""
LIVE_SERVER_KEYS = frozenset({"calls_per_second"})
"""Of a server: what its link does not hold."""
FIXED_SECTIONS = tuple(name for name in Config.model_fields if name not in LIVE_SECTIONS)


@dataclass(frozen=True, slots=True)
class Reload:
    """`config` is what is in force from now on; `waits` names what is not in it yet."""

    config: Config
    waits: tuple[str, ...]


def reload(running: Config, wanted: Config) -> Reload:
    """Of two whole and checked configurations, the one that a running daemon can be given."""
    waits = [name for section in FIXED_SECTIONS for name in _section(section, running, wanted)]
    waits += _servers(running.asterisk, wanted.asterisk)
    known = {server.name for server in running.asterisk}
    waits += [f"[[trunk]] {trunk.name}: its server is new" for trunk in wanted.trunk if trunk.server not in known]
    fixed = {section: getattr(running, section) for section in FIXED_SECTIONS}
    taken = {
        **fixed,
        "asterisk": _limits_of(running.asterisk, wanted.asterisk),
        "trunk": tuple(trunk for trunk in wanted.trunk if trunk.server in known),
    }
    return Reload(wanted.model_copy(update=taken), tuple(waits))


def _section(name: str, running: Config, wanted: Config) -> list[str]:
    return [f"[{name}] {key}" for key in _changed(getattr(running, name), getattr(wanted, name))]


def _servers(running: Sequence[Asterisk], wanted: Sequence[Asterisk]) -> Iterator[str]:
    before, after = ({server.name: server for server in servers} for servers in (running, wanted))
    yield from (f"[[asterisk]] {name}: new" for name in after.keys() - before.keys())
    yield from (f"[[asterisk]] {name}: gone" for name in before.keys() - after.keys())
    for name in before.keys() & after.keys():
        for key in _changed(before[name], after[name]):
            if key not in LIVE_SERVER_KEYS:
                yield f"[[asterisk]] {name} {key}"


def _limits_of(running: Sequence[Asterisk], wanted: Sequence[Asterisk]) -> tuple[Asterisk, ...]:
    after = {server.name: server for server in wanted}
    return tuple(
        server.model_copy(update={key: getattr(after.get(server.name, server), key) for key in LIVE_SERVER_KEYS})
        for server in running
    )


def _changed(before: BaseModel, after: BaseModel) -> list[str]:
    return [key for key in type(before).model_fields if getattr(before, key) != getattr(after, key)]
