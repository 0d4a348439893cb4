"""An Asterisk behind a NAT, or agents behind theirs: what its RTP and one SIP transport of it must say of themselves.

Sound to phones in browsers finds its way by ICE (RFC 8445): Asterisk offers its addresses as candidates. Ones that the
agents cannot reach are replaced (`addresses`), found out by asking a STUN server (RFC 8489), or lent by a TURN server
(RFC 8656). SIP trunks and phones know no ICE: they are told `external_host` instead of a private address.
"""

import re
from dataclasses import dataclass

from asterisk_conf.values import HOST, NAME, SECRET, SettingsError, address, match, network, optional, port

TURN_USER = re.compile(r"[A-Za-z0-9+._:@-]{1,80}")
"""Also `<expiry>:<name>`, where that server knows no users but a key alone."""
OWN_TRANSPORT = "dlr-udp"
"""The SIP transport of a whole server of ours."""


@dataclass(frozen=True, slots=True)
class Nat:
    """Nothing given: Asterisk offers the addresses of its own interfaces, and asks nobody."""

    addresses: tuple[tuple[str, str], ...] = ()
    """Pairs of an address of this machine and the one by which agents reach it (`ice_host_candidates`)."""
    stun: str | None = None
    """`host:port`. Asked at each call of a phone in a browser (`stunaddr`)."""
    turn: str | None = None
    """`host:port`. For an Asterisk that no agent can reach at all (`turnaddr`); agents' own is the daemon's."""
    turn_user: str | None = None
    turn_secret: str | None = None
    transport: str = OWN_TRANSPORT
    """The transport in pjsip.conf to which the next two are added."""
    external_host: str | None = None
    """Our address for trunks and phones outside (`external_media_address`, `external_signaling_address`)."""
    local_nets: tuple[str, ...] = ()
    """Networks in which the private address is the right one (`local_net`)."""

    def __post_init__(self) -> None:
        for own, seen in self.addresses:
            address("nat.addresses", own)
            address("nat.addresses", seen)
        for name in ("stun", "turn"):
            _server(f"nat.{name}", getattr(self, name))
        optional("nat.turn_user", self.turn_user, TURN_USER)
        optional("nat.turn_secret", self.turn_secret, SECRET)
        if self.turn and not (self.turn_user and self.turn_secret):
            raise SettingsError("nat.turn: it needs `turn_user` and `turn_secret`")
        match("nat.transport", self.transport, NAME)
        optional("nat.external_host", self.external_host, HOST)
        for net in self.local_nets:
            network("nat.local_nets", net)
        if self.local_nets and self.external_host is None:
            raise SettingsError("nat.local_nets: they mean something beside `external_host` only")

    @property
    def concerns_rtp(self) -> bool:
        """Whether rtp.conf has to say something of it."""
        return bool(self.addresses or self.stun or self.turn)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Everybody whom this makes Asterisk send something to."""
        return tuple(one.rpartition(":")[0] for one in (self.stun, self.turn) if one)


def _server(field: str, value: str | None) -> None:
    if value is None:
        return
    host, colon, number = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not colon or not number.isdigit():
        raise SettingsError(f"{field}: {value!r}; host:port is wanted, as in stun.example.org:3478")
    match(field, host, HOST)
    port(field, int(number))
