"""What Asterisk says of its addresses where a NAT stands between it and somebody."""

from pathlib import Path

import pytest

from asterisk_conf.nat import Nat
from asterisk_conf.render import render
from asterisk_conf.settings import Manager
from asterisk_conf.site import settings_of
from asterisk_conf.values import SettingsError

SITE = {
    "phone": [{"endpoint": "1001-web", "browser": True}],
    "nat": {
        "addresses": {"192.168.1.10": "203.0.113.5"},
        "stun": "stun.example.org:3478",
        "turn": "turn.example.org:3478",
        "turn_user": "1999999999:pbx",
        "turn_secret": "c2VjcmV0LW9mLXR1cm4=",
        "transport": "transport-udp",
        "external_host": "203.0.113.5",
        "local_nets": ["192.168.0.0/16", "10.0.0.0/8"],
    },
}


def rendered(site):
    return render(settings_of(site, Manager("secret-of-daemon", "secret-of-doctor"), Path("/var/message")))


def test_a_site_s_addresses_are_put_where_asterisk_reads_them():
    files = rendered(SITE)
    rtp = files["dialer/rtp.conf"].splitlines()
    assert rtp.index("[general](+)") < rtp.index("stunaddr = stun.example.org:3478")
    assert rtp.index("turnpassword = c2VjcmV0LW9mLXR1cm4=") < rtp.index("[ice_host_candidates]")
    assert "192.168.1.10 => 203.0.113.5" in rtp
    sip = files["dialer/pjsip.conf"].splitlines()
    at = sip.index("[transport-udp](+)")
    assert sip[at + 1 : at + 5] == [
        "external_media_address = 203.0.113.5",
        "external_signaling_address = 203.0.113.5",
        "local_net = 192.168.0.0/16",
        "local_net = 10.0.0.0/8",
    ]


def test_without_any_no_file_says_a_word():
    files = rendered({"phone": SITE["phone"]})
    assert "dialer/rtp.conf" not in files
    assert "external" not in files["dialer/pjsip.conf"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"addresses": {"192.168.1.10": "our-gateway"}}, "nat.addresses"),
        ({"addresses": ["192.168.1.10"]}, "nat.addresses"),
        ({"stun": "stun.example.org"}, "nat.stun: .* host:port is wanted"),
        ({"stun": "stun.example.org:70000"}, "nat.stun"),
        ({"stun": "a b:3478"}, "nat.stun"),
        ({"turn": "turn.example.org:3478"}, "nat.turn: it needs"),
        ({"turn_secret": "a;b"}, "nat.turn_secret"),
        ({"transport": "x]\n[y"}, "nat.transport"),
        ({"external_host": "x y"}, "nat.external_host"),
        ({"external_host": "203.0.113.5", "local_nets": ["everybody"]}, "nat.local_nets"),
        ({"external_host": "203.0.113.5", "local_nets": "10.0.0.0/8"}, "nat.local_nets: a list"),
        ({"local_nets": ["10.0.0.0/8"]}, "nat.local_nets: they mean something beside"),
        ({"ice": True}, r"\[nat\]: no key 'ice'"),
    ],
)
def test_what_may_not_stand_there_is_refused_by_its_key(given, told):
    with pytest.raises(SettingsError, match=told):
        rendered({"nat": given})


def test_whom_asterisk_would_ask_is_known():
    asked = Nat(stun="stun.example.org:3478", turn="[2001:db8::1]:3478", turn_user="u", turn_secret="twelve-chars")
    assert asked.hosts == ("stun.example.org", "[2001:db8::1]")
