"""The daemon's settings: one frozen `Config`, checked whole, refused with the key's name and the cure.

What wins: environment (`DIALER_DATABASE__DSN`), then systemd credentials (`database__dsn` in
`$CREDENTIALS_DIRECTORY`), then the TOML file. A server's AMI secret is never written in that file: it comes
from `DIALER_ASTERISK_<NAME>_SECRET`, the credential `asterisk_<name>_secret`, or the file named by
`secret_file`. A reload makes a new `Config` and replaces the old one whole.
"""

import os
import tomllib
from collections.abc import Mapping
from contextvars import ContextVar
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from dialer.config_errors import ConfigError as ConfigError
from dialer.config_errors import problems_of
from dialer.core.ids import ServerName, TrunkName
from dialer.core.pseudonym import LEAST_KEY_CHARACTERS, NO_KEY, Pseudonyms
from dialer.core.settings import Server, Site, Trunk

DEFAULT_PATH = Path("/etc/dialer/dialer.toml")
PATH_VARIABLE = "DIALER_CONFIG"
CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY"

MAX_CALLS_PER_SECOND = 300.0
"""What one Asterisk 22 was seen to sustain; above it everything queues up (docs/asterisk.md)."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
"""A name of ours: it stands in metric labels and in names of variables."""

Endpoint = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$")]
"""A PJSIP endpoint: it is sent in AMI actions, so nothing that could end a header or split a dial string."""

IceUrl = Annotated[str, StringConstraints(pattern=r"^(stun|turn)s?:[A-Za-z0-9.:\[\]_-]+(\?transport=(udp|tcp))?$")]

CallsPerSecond = Annotated[float, Field(gt=0, le=MAX_CALLS_PER_SECOND)]
Port = Annotated[int, Field(ge=1, le=65535)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Database(_Section):
    dsn: str = Field(repr=False, pattern=r"^postgres(ql)?://")
    """`postgresql://user@host/name`; the password, if any, better in a credential."""


class Http(_Section):
    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    """What browsers see when a reverse proxy stands before the daemon; links are made with it."""


class Asterisk(_Section):
    name: Name
    host: str = "127.0.0.1"
    port: Port = 5038
    username: str = "dialer"
    secret: str = Field(repr=False, min_length=1)
    secret_file: Path | None = None
    calls_per_second: CallsPerSecond = 100.0
    doctor_username: str = "dialer-doctor"
    doctor_secret: str | None = Field(default=None, repr=False)
    doctor_secret_file: Path | None = None
    phone_url: str | None = Field(default=None, pattern=r"^wss?://[A-Za-z0-9.:\[\]_/-]+$")
    """Where phones in browsers reach this server's WebSocket: `wss://` at the reverse proxy."""

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        """A browser gives its microphone to a page behind TLS only, and such a page opens no other WebSocket."""
        host = urlsplit(self.phone_url or "").hostname or ""
        if (self.phone_url or "").startswith("ws:") and not (host == "localhost" or host.startswith("127.")):
            raise ValueError("phone_url: ws:// is for this machine only; give the reverse proxy's wss:// address")
        return self


class PhoneSection(_Section):
    """How sound gets through to phones in browsers; without any of it they ask nobody outside."""

    stun: tuple[IceUrl, ...] = ()
    turn: tuple[IceUrl, ...] = ()
    key: str | None = Field(default=None, repr=False, min_length=16)
    """Shared with the TURN server (coturn's `static-auth-secret`); each phone gets a password made with it."""
    key_file: Path | None = None

    @model_validator(mode="after")
    def _turn_has_a_key(self) -> Self:
        if self.turn and self.key is None:
            raise ValueError("turn: the key is missing; name a file with key_file, or set DIALER_PHONE__KEY")
        return self


SipRefusal = Annotated[int, Field(ge=400, le=699)]


class TrunkSection(_Section):
    name: Name
    server: Name
    endpoint: Endpoint
    lines: int = Field(ge=1, le=10_000)
    calls_per_second: CallsPerSecond = 10.0
    loopback: bool = False
    silent_failures_limit: int = Field(default=5, ge=1)
    blocked_codes: tuple[SipRefusal, ...] = ()


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    AUTO = "auto"
    """Key-value on a terminal, JSON lines elsewhere."""
    JSON = "json"
    TEXT = "text"


class Log(_Section):
    level: LogLevel = LogLevel.INFO
    format: LogFormat = LogFormat.AUTO

    @property
    def as_json(self) -> bool | None:
        """None: as the output is, a terminal or not."""
        return {LogFormat.AUTO: None, LogFormat.JSON: True, LogFormat.TEXT: False}[self.format]


class Numbers(_Section):
    plan_dir: Path | None = None
    """The folder of the imported numbering plan; without it the tables that come with the program."""


class Webhooks(_Section):
    key: str | None = Field(default=None, repr=False, min_length=32)
    """Every webhook's secret is derived from it; never in this file."""
    key_file: Path | None = None


class Security(StrEnum):
    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"
    """For a mail server on this machine."""


class Smtp(_Section):
    """The mail server that takes e-mails of campaigns; without a host none is sent."""

    host: str | None = None
    port: Port = 587
    security: Security = Security.STARTTLS
    sender: str = Field(default="", max_length=200)
    """`Shop <orders@shop.example>`; replies go there."""
    username: str = ""
    key: str | None = Field(default=None, repr=False)
    """The password; never in this file."""
    key_file: Path | None = None

    @model_validator(mode="after")
    def _names_its_sender(self) -> Self:
        if self.host is not None and "@" not in self.sender:
            raise ValueError("smtp: sender must hold an address, such as orders@shop.example")
        return self


class Forgetting(_Section):
    key: str | None = Field(default=None, repr=False, min_length=LEAST_KEY_CHARACTERS)
    """Under which numbers of forgotten persons are known again; never in this file. Without one nobody is forgotten."""
    key_file: Path | None = None
    previous_keys: tuple[str, ...] = Field(default=(), repr=False)
    """Replaced ones, for as long as numbers are known under them."""
    previous_key_files: tuple[Path, ...] = ()

    def pseudonyms(self) -> Pseudonyms:
        return NO_KEY if self.key is None else Pseudonyms((self.key, *self.previous_keys))


class Config(BaseSettings):
    """All of it. Build it with `load_config`; keyword arguments are for tests."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        env_prefix="DIALER_",
        env_nested_delimiter="__",
    )

    database: Database
    http: Http = Http()
    asterisk: tuple[Asterisk, ...] = Field(min_length=1)
    trunk: tuple[TrunkSection, ...] = ()
    log: Log = Log()
    numbers: Numbers = Numbers()
    phone: PhoneSection = PhoneSection()
    webhooks: Webhooks = Webhooks()
    forgetting: Forgetting = Forgetting()
    smtp: Smtp = Smtp()

    def site(self) -> Site:
        """The servers and trunks in the core's words."""
        return Site(
            servers=tuple(Server(ServerName(a.name), a.calls_per_second) for a in self.asterisk),
            trunks=tuple(
                Trunk(
                    TrunkName(t.name),
                    ServerName(t.server),
                    t.endpoint,
                    t.lines,
                    t.calls_per_second,
                    t.loopback,
                    t.silent_failures_limit,
                    t.blocked_codes,
                )
                for t in self.trunk
            ),
        )

    @model_validator(mode="after")
    def _names_fit_together(self) -> Self:
        servers = [server.name for server in self.asterisk]
        trunks = [trunk.name for trunk in self.trunk]
        for table, names in (("asterisk", servers), ("trunk", trunks)):
            if twice := {name for name in names if names.count(name) > 1}:
                raise ValueError(f"{table}: name {min(twice)!r} is given twice; names tell them apart")
        for trunk in self.trunk:
            if trunk.server not in servers:
                raise ValueError(
                    f"trunk {trunk.name!r}: server {trunk.server!r} is no [[asterisk]] name; "
                    f"there are: {', '.join(servers)}"
                )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        credentials = NestedSecretsSettingsSource(
            file_secret_settings,
            secrets_dir=os.environ.get(CREDENTIALS_VARIABLE),
            secrets_dir_missing="ok",
            secrets_prefix="",
        )
        return init_settings, env_settings, credentials, InitSettingsSource(settings_cls, _IN_FILE.get())


_IN_FILE: ContextVar[dict[str, Any]] = ContextVar("tables of the file being loaded", default={})  # noqa: B039 - never written to


def config_path(given: Path | None = None) -> Path:
    """The file to read: the one given, else `$DIALER_CONFIG`, else `/etc/dialer/dialer.toml`."""
    return given or Path(os.environ.get(PATH_VARIABLE) or DEFAULT_PATH)


def load_config(path: Path | None = None) -> Config:
    """Read and check everything; ConfigError names each key that is wrong and what to write instead."""
    path = config_path(path)
    tables = _read(path)
    token = _IN_FILE.set(_with_secrets(path, tables))
    try:
        return Config()  # type: ignore[call-arg] # the fields come from the sources
    except ValidationError as error:
        raise ConfigError(path, problems_of(Config, error)) from None
    except SettingsError as error:
        raise ConfigError(path, (f"environment: {error}",)) from None
    finally:
        _IN_FILE.reset(token)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        cure = f"copy packaging/dialer.toml there, or name yours with --config or {PATH_VARIABLE}"
        raise ConfigError(path, (f"no such file; {cure}",)) from None
    except OSError as error:
        raise ConfigError(path, (f"cannot be read: {error.strerror}",)) from None
    except UnicodeDecodeError as error:
        raise ConfigError(path, (f"is not UTF-8 text (byte {error.start}); save it as UTF-8",)) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(path, (f"is not TOML: {error}",)) from None


# ---- secrets of servers


def _with_secrets(path: Path, tables: Mapping[str, Any]) -> dict[str, Any]:
    """The tables with their keys and each server's secrets filled in from where secrets live."""
    for name in ("webhooks", "forgetting", "phone", "smtp"):
        tables = {**tables, **_section_with_key(path, name, tables.get(name))}
    servers = tables.get("asterisk")
    if not isinstance(servers, list) or not all(isinstance(server, dict) for server in servers):
        return dict(tables)
    return {**tables, "asterisk": [_server_with_secrets(path, server) for server in servers]}


def _section_with_key(path: Path, name: str, section: object) -> dict[str, Any]:
    """The keys from their files; the environment and a credential come by themselves, and win."""
    if not isinstance(section, dict):
        return {}
    for key in ("key", "previous_keys"):
        if key in section:
            files = "key_file" if key == "key" else "previous_key_files"
            cure = f"use {files}, or set DIALER_{name.upper()}__{key.upper()}, or load the credential {name}__{key}"
            raise ConfigError(path, (f"{name}: {key} does not belong in this file; {cure}",))
    found: dict[str, Any] = {}
    if isinstance(named := section.get("key_file"), str):
        found["key"] = _from_file(path, named, f"{name}: key_file {named}")
    if isinstance(older := section.get("previous_key_files"), list):
        texts = [one for one in older if isinstance(one, str)]
        found["previous_keys"] = [_from_file(path, one, f"{name}: previous_key_files {one}") for one in texts]
    return {name: {**section, **found}}


def _server_with_secrets(path: Path, server: dict[str, Any]) -> dict[str, Any]:
    found = dict(server)
    for key in ("secret", "doctor_secret"):
        if key in server:
            raise ConfigError(path, (f"asterisk: {key} does not belong in this file; {_cure(server, key)}",))
        secret = _secret(path, server, key)
        if secret is not None:
            found[key] = secret
        elif key == "secret" and isinstance(server.get("name"), str):
            raise ConfigError(path, (f"asterisk {server['name']!r} has no {key}; {_cure(server, key)}",))
    return found


def _secret(path: Path, server: Mapping[str, Any], key: str) -> str | None:
    variable, credential = _places(server, key)
    if variable in os.environ:
        return os.environ[variable]
    folder = os.environ.get(CREDENTIALS_VARIABLE)
    if folder and (Path(folder) / credential).is_file():
        return (Path(folder) / credential).read_text(encoding="utf-8").strip()
    named = server.get(f"{key}_file")
    return _from_file(path, named, f"asterisk: {key}_file {named}") if isinstance(named, str) else None


def _from_file(path: Path, named: str, what: str) -> str:
    """The secret in a file named beside the configuration; `what` stands first in the error."""
    try:
        return (path.parent / named).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        raise ConfigError(path, (f"{what}: {reason}",)) from None


def _places(server: Mapping[str, Any], key: str) -> tuple[str, str]:
    """The environment variable and the credential which may hold this secret."""
    credential = f"asterisk_{server.get('name', '')}_{key}"
    return "DIALER_" + credential.upper().replace("-", "_"), credential


def _cure(server: Mapping[str, Any], key: str) -> str:
    variable, credential = _places(server, key)
    return f"name a file with {key}_file, or set {variable}, or load the systemd credential {credential}"
