"""Phones in browsers: rendered for those who have one and for nobody else, and no secret of theirs in any file."""

from dataclasses import replace

import pytest

from asterisk_conf.check import questions, troubles
from asterisk_conf.render import BROWSER_MODULES, BROWSER_PIECES, MODULES, OPUS_MODULES, modules, render
from asterisk_conf.settings import Phone
from asterisk_conf.values import SettingsError
from tests.asterisk_conf.test_render import OWN, SECRET, SITE

BROWSER = Phone("1003-web", browser=True)
OPUS = Phone("1004-web", browser=True, codecs=("opus", "alaw"))


def with_phones(settings, *phones):
    return replace(settings, phones=(*settings.phones, *phones))


def test_nobody_else_gets_a_word_of_it():
    files = render(OWN)
    assert not {"http.conf", "sorcery.conf"} & files.keys()
    assert not [word for word in ("dlr-secret", "dlr-browser", "webrtc") if word in "".join(files.values())]


def test_a_site_includes_one_piece_more():
    assert set(render(with_phones(SITE, BROWSER))) - set(render(SITE)) == set(BROWSER_PIECES)


def test_our_own_server_includes_it_and_serves_the_websocket():
    own = render(with_phones(OWN, BROWSER))
    assert '#include "dialer/sorcery.conf"' in own["sorcery.conf"]
    assert "bindaddr = 127.0.0.1" in own["http.conf"]
    assert "icesupport = yes" in own["rtp.conf"]
    assert "protocol = ws" in own["pjsip.conf"]


def test_its_endpoint_demands_a_secret_that_is_in_no_file():
    pjsip = render(with_phones(SITE, BROWSER))["dialer/pjsip.conf"]
    endpoint = pjsip.partition("[1003-web](dlr-browser)\n")[2].partition("\n\n")[0].splitlines()
    assert endpoint == ["aors = 1003-web", "auth = 1003-web", "disallow = all", "allow = alaw,ulaw"]
    assert pjsip.count("type = auth") == render(SITE)["dialer/pjsip.conf"].count("type = auth")


def test_opus_is_loaded_where_a_phone_speaks_it():
    assert set(modules(with_phones(OWN, BROWSER))) - set(MODULES) == set(BROWSER_MODULES)
    assert set(modules(with_phones(OWN, OPUS))) - set(MODULES) == {*BROWSER_MODULES, *OPUS_MODULES}


def test_a_live_server_is_asked_for_what_it_needs():
    site = with_phones(SITE, OPUS)
    more = {one.ask: one for one in questions(site)}.keys() - {one.ask for one in questions(SITE)}
    assert {"IFMODULE(res_srtp.so)", "IFMODULE(codec_opus_open_source.so)", "PJSIP_ENDPOINT(1004-web,webrtc)"} <= more
    found = troubles(site, {})
    assert all(one.cure for one in found)


@pytest.mark.parametrize(
    "phone",
    [
        lambda: Phone("1", browser=True, secret=SECRET),
        lambda: Phone("1", browser=True, host="10.0.0.1"),
        lambda: Phone("1", browser=True, codecs=("gsm",)),
    ],
)
def test_a_browser_has_neither_address_nor_secret_and_speaks_what_browsers_speak(phone):
    with pytest.raises(SettingsError, match=r"browser|codecs"):
        phone()
