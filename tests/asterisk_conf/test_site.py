"""A site's file: what it says is rendered, what it mistypes is named."""

import tomllib
from pathlib import Path

import pytest

from asterisk_conf.settings import Manager
from asterisk_conf.site import settings_of
from asterisk_conf.values import SettingsError

SECRET = "s" * 24

WHOLE = """
[sip]
host = "127.0.0.1"
port = 5070
[rtp]
first = 12000
last = 13000
[limits]
phone_silence_s = 6

[hold]
music = "default"
[manager]
permit = "10.0.0.5/32"
[[trunk]]
endpoint = "carrier"
host = "sip.example.com"
codecs = ["alaw"]
[[phone]]
endpoint = "1001"
host = "10.0.0.11"
"""


def read(text: str):
    return settings_of(tomllib.loads(text), Manager(SECRET, SECRET), Path("/m"))


def test_an_empty_file_gives_dialplan_and_users_alone():
    assert read("").trunks == ()
    assert read("").phones == ()


def test_a_whole_file():
    settings = read(WHOLE)
    assert settings.hold_music == "default"
    assert (settings.sip_port, settings.rtp_last, settings.phone_silence_s) == (5070, 13000, 6)
    assert settings.trunks[0].codecs == ("alaw",)
    assert settings.phones[0].host == "10.0.0.11"
    assert settings.manager.permit == "10.0.0.5/32"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[snip]", "no key 'snip'"),
        ("[sip]\nprot = 1", r"\[sip\]: no key 'prot'; there are: host"),
        ("[sip]\nport = 'x'", "sip.port: a whole number"),
        ("[sip]\nhost = 1", "sip.host: text"),
        ("trunk = 1", r"write it as \[\[trunk\]\]"),
        ("sip = 1", r"write it as \[sip\]"),
        ("[[trunk]]\nhost = 'h'", "endpoint is missing"),
        ("[[trunk]]\nendpoint = 'a'", "missing 1 required"),
        ("[[trunk]]\nendpoint = 'a'\nhots = 'h'", "no key 'hots'"),
        ("[[phone]]\nendpoint = 1001\nhost = 'h'", "phone.endpoint"),
        ("[manager]\nsecret = 'x'", r"\[manager\]: no key 'secret'"),
    ],
)
def test_a_mistake_is_named(text, told):
    with pytest.raises(SettingsError, match=told):
        read(text)
