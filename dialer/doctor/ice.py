"""The ways of sound to phones in browsers: do the STUN and TURN servers answer, does TURN take our passwords?

They are asked from this machine: that agents reach them too is seen on an agent's page alone (key S).
"""

import asyncio

from dialer.clock import Clock
from dialer.config import Config, PhoneSection
from dialer.doctor.finding import Finding, broken, fine, warning
from dialer.outside.stun import StunError, TurnRefused, lent, seen_as
from dialer.phones import turn_password

ANSWER_LIMIT_S = 5.0
TERM_S = 60
NAME = "dialer-doctor"
REFUSED = frozenset({401, 438, 441})
"""RFC 8656, 18.4, and RFC 8489, 14.8: name, password or nonce are not taken."""


async def examine_ice(config: Config, clock: Clock) -> list[Finding]:
    """One finding for each server; none where no phone is in a browser."""
    if not any(server.phone_url for server in config.asterisk):
        return []
    ice = config.phone
    if not ice.stun and not ice.turn:
        return [fine("phone_way", "sound goes straight between agents and Asterisk: no STUN, no TURN server")]
    asked = [*(_stun(url) for url in ice.stun), *(_turn(ice, url, clock) for url in ice.turn)]
    return await asyncio.gather(*asked)


async def _stun(url: str) -> Finding:
    try:
        address = await seen_as(url, ANSWER_LIMIT_S)
    except (StunError, OSError, TimeoutError) as error:
        cure = "correct [phone] stun, or open the way to it (UDP); without it fewer agents behind NAT are heard"
        return warning("phone_way", f"the STUN server gives no address ({error or 'no answer'})", cure, url)
    return fine("phone_way", f"STUN, sees us as {address}", url)


async def _turn(ice: PhoneSection, url: str, clock: Clock) -> Finding:
    assert ice.key is not None
    name = f"{int(clock.wall()) + TERM_S}:{NAME}"
    try:
        address = await lent(url, name, turn_password(ice.key, name), ANSWER_LIMIT_S)
    except TurnRefused as refused:
        if refused.code in REFUSED:
            cure = "give the TURN server the key of [phone] key_file (coturn: use-auth-secret, static-auth-secret)"
            cure += "; look at both clocks"
            return broken("phone_way", f"the TURN server takes no password of ours ({refused})", cure, url)
        return broken(
            "phone_way", f"the TURN server lends no address ({refused})", "look at its log and its quotas", url
        )
    except (StunError, OSError, TimeoutError) as error:
        cure = "start it, correct [phone] turn, or open the way to it; agents behind strict NATs hear nothing without"
        return broken("phone_way", f"the TURN server does not answer ({error or 'no answer'})", cure, url)
    return fine("phone_way", f"TURN, lends {address}", url)
