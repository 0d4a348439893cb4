"""What the Asterisk files are rendered from: plain frozen values, checked when they are made.

A value ends up in an Asterisk file, where a line break or a semicolon would begin something else: each is checked
against a narrow alphabet and refused by name. Addresses default to loopback, so that nothing leaves a machine by
omission.
"""

from dataclasses import dataclass, field
from pathlib import Path

from asterisk_conf.nat import Nat
from asterisk_conf.values import (
    HOST,
    NAME,
    PATH,
    SECRET,
    USER,
    SettingsError,
    address,
    match,
    network,
    optional,
    port,
)

CODECS = frozenset({"alaw", "ulaw", "gsm", "g722"})
BROWSER_CODECS = frozenset({"alaw", "ulaw", "g722", "opus"})
"""Opus bears a lossy network best, and costs Asterisk a transcoder for each agent."""

DIALPLAN_VERSION = "2"
"""Of the dialplan; raised when the dialer and its dialplan no longer understand the last one."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """A SIP trunk of ours. A site that has its own endpoint names that in the daemon's file and renders none."""

    endpoint: str
    host: str
    port: int = 5060
    user: str | None = None
    """With `secret`: we answer the carrier's digest challenge (and register, if `register`)."""
    secret: str | None = None
    register: bool = False
    from_domain: str | None = None
    codecs: tuple[str, ...] = ("alaw", "ulaw")
    qualify_s: int = 30
    """OPTIONS this often: a dead trunk is seen within this and three seconds more."""

    def __post_init__(self) -> None:
        match("trunk.endpoint", self.endpoint, NAME)
        match("trunk.host", self.host, HOST)
        port("trunk.port", self.port)
        optional("trunk.user", self.user, USER)
        optional("trunk.secret", self.secret, SECRET)
        optional("trunk.from_domain", self.from_domain, HOST)
        _codecs("trunk.codecs", self.codecs)
        if not (isinstance(self.qualify_s, int) and 1 <= self.qualify_s <= 3600):
            raise SettingsError(f"trunk {self.endpoint}: qualify_s is between 1 and 3600 seconds")
        if self.register and not (self.user and self.secret):
            raise SettingsError(f"trunk {self.endpoint}: to register it needs `user` and `secret`")


@dataclass(frozen=True, slots=True)
class Phone:
    """An agent's telephone: at a fixed address (`host`), registering with `secret` from wherever it is, or a page.

    The page's (`browser`) secret is nowhere in a file: the daemon makes one at each sign-in.
    """

    endpoint: str
    host: str | None = None
    port: int = 5060
    secret: str | None = None
    codecs: tuple[str, ...] = ("alaw", "ulaw")
    browser: bool = False

    def __post_init__(self) -> None:
        match("phone.endpoint", self.endpoint, NAME)
        optional("phone.host", self.host, HOST)
        port("phone.port", self.port)
        optional("phone.secret", self.secret, SECRET)
        _codecs("phone.codecs", self.codecs, BROWSER_CODECS if self.browser else CODECS)
        if [self.host is not None, self.secret is not None, self.browser is True].count(True) != 1:
            raise SettingsError(
                f"phone {self.endpoint}: give either `host` (fixed), `secret` (registers) or `browser = true`"
            )


@dataclass(frozen=True, slots=True)
class Manager:
    """The AMI: its address and the two users, the daemon's and the doctor's."""

    secret: str
    doctor_secret: str
    user: str = "dialer"
    doctor_user: str = "dialer-doctor"
    host: str = "127.0.0.1"
    port: int = 5038
    permit: str = "127.0.0.1/32"
    """The network from which both users may log in."""

    def __post_init__(self) -> None:
        match("manager.user", self.user, NAME)
        match("manager.doctor_user", self.doctor_user, NAME)
        match("manager.secret", self.secret, SECRET)
        match("manager.doctor_secret", self.doctor_secret, SECRET)
        address("manager.host", self.host)
        port("manager.port", self.port)
        network("manager.permit", self.permit)


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a server of our own keeps everything; `modules` and `data` are the programs'."""

    etc: Path
    var: Path
    run: Path
    log: Path
    modules: Path
    data: Path

    def __post_init__(self) -> None:
        for name in ("etc", "var", "run", "log", "modules", "data"):
            match(f"folders.{name}", str(getattr(self, name)), PATH)


@dataclass(frozen=True, slots=True)
class AsteriskSettings:
    """One Asterisk server as the dialer needs it."""

    manager: Manager
    message: Path
    """The recording for a person whom no agent took, without its suffix (Playback picks the format)."""
    trunks: tuple[Trunk, ...] = ()
    phones: tuple[Phone, ...] = ()
    sip_host: str = "127.0.0.1"
    sip_port: int = 5060
    media_host: str | None = None
    """The one address that RTP is bound to; None: all of the machine's."""
    web_host: str = "127.0.0.1"
    web_port: int = 8088
    """Of the WebSocket for phones in browsers, on a server of our own; TLS is the reverse proxy's."""
    nat: Nat = field(default_factory=Nat)
    rtp_first: int = 10000
    rtp_last: int = 20000
    phone_silence_s: int = 4
    """A phone that sends no RTP for so long is hung up: noticed within a second more (rtp_timeout)."""
    answer_limit_ms: int = 1800
    """Used where the daemon gave none; with the start of playback it stays under 2.0 s."""
    hold_music: str | None = None
    """A class of the site's musiconhold.conf for customers on hold; None: two soft beeps each five seconds."""
    folders: Folders | None = None
    """Given: a whole server of our own. None: only the pieces which a site's own server includes."""

    def __post_init__(self) -> None:
        match("message", str(self.message), PATH)
        address("sip_host", self.sip_host)
        address("web_host", self.web_host)
        if self.media_host is not None:
            address("media_host", self.media_host)
        optional("hold_music", self.hold_music, NAME)
        for name in ("sip_port", "web_port", "rtp_first", "rtp_last"):
            port(name, getattr(self, name))
        if self.rtp_last - self.rtp_first < 3:
            raise SettingsError("rtp_last: the range must hold at least two ports of two")
        if not 1 <= self.phone_silence_s <= 60:
            raise SettingsError("phone_silence_s: between 1 and 60 seconds")
        if not 0 < self.answer_limit_ms <= 1950:
            raise SettingsError("answer_limit_ms: above 0 and at most 1950, the message must begin within 2 s")
        names = [trunk.endpoint for trunk in self.trunks] + [phone.endpoint for phone in self.phones]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise SettingsError(f"endpoint {', '.join(sorted(twice))} is named twice")

    @property
    def browser_phones(self) -> tuple[Phone, ...]:
        return tuple(phone for phone in self.phones if phone.browser)


def _codecs(field: str, values: object, known: frozenset[str] = CODECS) -> None:
    if not (isinstance(values, tuple) and values and known.issuperset(values)):
        raise SettingsError(f"{field}: {values!r}; a list of some of {', '.join(sorted(known))} is wanted")
