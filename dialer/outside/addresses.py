"""Which addresses a request to a foreign URL may reach: public ones, and private ones that a person has allowed.

A URL comes from outside, so it must not lead to the machines next to ours (SSRF). The rule is applied to the address
that is connected to, not to the name: a name may answer differently the second time.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Networks: TypeAlias = frozenset[Network]

NOTHING_PRIVATE: Networks = frozenset()
NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: an IPv4 address stands in the last four bytes."""

LAST_32_BITS = 0xFFFFFFFF


def may_reach(address: Address, allowed: Networks) -> bool:
    """Whether the address is public, or inside a network that was allowed."""
    return is_allowed(address, allowed) or all(_is_public(one) for one in _meanings(address))


def is_allowed(address: Address, allowed: Networks) -> bool:
    """Whether it is inside a network that was allowed, written as it is or inside an IPv6 address."""
    return any(one in network for one in _meanings(address) for network in allowed if one.version == network.version)


def networks(texts: Iterable[str]) -> Networks:
    """`10.1.0.0/16`, `192.0.2.7`, `fd00::/8`; ValueError names the text that is no network."""
    return frozenset(_network(text) for text in texts)


def literal(host: str) -> Address | None:
    """The address, where a URL names one instead of a host."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(f"{text!r} is no network; write 10.1.0.0/16 or fd00::/8, with no bit set behind it") from None


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _meanings(address: Address) -> Iterator[Address]:
    """The address, and every IPv4 address that it carries inside and that a router would go to."""
    yield address
    if isinstance(address, IPv6Address):
        embedded = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
        yield from (one for one in embedded if one is not None)
        if address in NAT64:
            yield IPv4Address(int(address) & LAST_32_BITS)
