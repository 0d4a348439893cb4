"""A site's own description of its trunks and phones (TOML tables) as settings; every mistake told by its key.

[sip]                        # only for a whole server of our own
host = "127.0.0.1"

[[trunk]]                    # none, where the site's PBX has its trunk already
endpoint = "carrier"
host = "sip.example.com"

[[phone]]
endpoint = "1001"
secret = "…"                 # registers; or host = "10.0.0.11"

[limits]
phone_silence_s = 4

[nat]                        # only where Asterisk or its agents are behind one (`asterisk_conf.nat`)
addresses = { "192.168.1.10" = "203.0.113.5" }
"""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from asterisk_conf.nat import Nat
from asterisk_conf.settings import AsteriskSettings, Manager, Phone, Trunk
from asterisk_conf.values import SettingsError

Entry = TypeVar("Entry", Trunk, Phone)

SIP_KEYS = {"host": "sip_host", "port": "sip_port", "media_host": "media_host"}
RTP_KEYS = {"first": "rtp_first", "last": "rtp_last"}
LIMIT_KEYS = {"phone_silence_s": "phone_silence_s", "answer_limit_ms": "answer_limit_ms"}
HOLD_KEYS = {"music": "hold_music"}
TABLES = {"sip": SIP_KEYS, "rtp": RTP_KEYS, "limits": LIMIT_KEYS, "hold": HOLD_KEYS}
MANAGER_KEYS = frozenset({"permit"})
"""Addresses and secrets of the AMI are the daemon's settings, not the site file's."""


def settings_of(site: Mapping[str, Any], manager: Manager, message: Path) -> AsteriskSettings:
    """The settings of a parsed site file; an empty one gives dialplan and AMI users alone. SettingsError."""
    _known("the file", site, {*TABLES, "manager", "nat", "trunk", "phone"})
    access = _table(site, "manager")
    _known("[manager]", access, MANAGER_KEYS)
    settings = AsteriskSettings(
        manager=replace(manager, **access),
        message=message,
        trunks=tuple(_entry(Trunk, "trunk", table) for table in _list(site, "trunk")),
        phones=tuple(_entry(Phone, "phone", table) for table in _list(site, "phone")),
        nat=_nat(_table(site, "nat")),
    )
    changes: dict[str, Any] = {}
    for name, keys in TABLES.items():
        table = _table(site, name)
        _known(f"[{name}]", table, keys.keys())
        changes |= {keys[key]: _typed(f"{name}.{key}", value) for key, value in table.items()}
    return replace(settings, **changes)


def _entry(kind: type[Entry], name: str, table: object) -> Entry:
    if not isinstance(table, dict):
        raise SettingsError(f"[[{name}]]: a table is wanted")
    _known(f"[[{name}]]", table, {field.name for field in fields(kind)})
    if "endpoint" not in table:
        raise SettingsError(f"[[{name}]]: endpoint is missing")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise SettingsError(f"[[{name}]] {table['endpoint']}: {error}") from error


def _nat(table: Mapping[str, Any]) -> Nat:
    _known("[nat]", table, {field.name for field in fields(Nat)})
    addresses = table.get("addresses", {})
    if not isinstance(addresses, dict):
        raise SettingsError('nat.addresses: write { "ours" = "as agents reach it" }')
    local_nets = table.get("local_nets", [])
    if not isinstance(local_nets, list):
        raise SettingsError("nat.local_nets: a list of networks is wanted")
    return Nat(**{**table, "addresses": tuple(addresses.items()), "local_nets": tuple(local_nets)})


def _known(where: str, table: Mapping[str, Any], allowed: Any) -> None:
    for key in table:
        if key not in allowed:
            raise SettingsError(f"{where}: no key {key!r}; there are: {', '.join(sorted(allowed))}")


def _list(site: Mapping[str, Any], name: str) -> list[object]:
    found = site.get(name, [])
    if not isinstance(found, list):
        raise SettingsError(f"{name}: write it as [[{name}]], once for each")
    return found


def _table(site: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = site.get(name, {})
    if not isinstance(found, dict):
        raise SettingsError(f"{name}: write it as [{name}]")
    return found


def _typed(key: str, value: object) -> object:
    wanted: type = str if key.endswith(("host", "music")) else int
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise SettingsError(f"{key}: {'text' if wanted is str else 'a whole number'} is wanted")
    return value
