"""Which addresses may be reached: public ones; private ones only where a person has allowed them."""

from ipaddress import ip_address

import pytest

from dialer.outside.addresses import NOTHING_PRIVATE, literal, may_reach, networks

PUBLIC = ("8.8.8.8", "77.88.8.8", "2001:4860:4860::8888", "2a02:6b8::feed:0ff")
PRIVATE = (
    *("127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fd00::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::"),
)


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_may_be_reached(text: str) -> None:
    assert may_reach(ip_address(text), NOTHING_PRIVATE)


@pytest.mark.parametrize("text", PRIVATE)
def test_a_private_one_may_not(text: str) -> None:
    assert not may_reach(ip_address(text), NOTHING_PRIVATE)


@pytest.mark.parametrize(
    ("text", "allowed", "may"),
    [
        ("10.1.2.3", "10.1.0.0/16", True),
        ("10.2.2.3", "10.1.0.0/16", False),
        ("::ffff:10.1.2.3", "10.1.0.0/16", True),
        ("fd00::5", "fd00::/8", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.2", "127.0.0.1", False),
        ("8.8.8.8", "10.1.0.0/16", True),
    ],
)
def test_an_allowed_network_may(text: str, allowed: str, may: bool) -> None:
    assert may_reach(ip_address(text), networks([allowed])) is may


@pytest.mark.parametrize("text", ["10.1.2.3/16", "localhost", "", "10.0.0.0/33"])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no network"):
        networks([text])


def test_a_host_that_is_an_address_is_known() -> None:
    assert literal("[::1]") == ip_address("::1")
    assert literal("127.0.0.1") == ip_address("127.0.0.1")
    assert literal("shop.example") is None
