"""The rendered files: pieces for any site, a whole server around the very same pieces, nothing open, nothing chatty."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from asterisk_conf.render import HOLD_LIMIT_S, MODULES, PIECES, render
from asterisk_conf.settings import AsteriskSettings, Folders, Manager, Phone, Trunk
from asterisk_conf.values import SettingsError

SECRET = "s" * 24
SITE = AsteriskSettings(
    manager=Manager(SECRET, SECRET),
    message=Path("/etc/asterisk/dialer/dlr-message"),
    trunks=(Trunk("carrier", "sip.example.com", user="u", secret=SECRET, register=True),),
    phones=(Phone("1001", host="10.0.0.11"), Phone("1002", secret=SECRET)),
)
OWN = AsteriskSettings(
    **{name: getattr(SITE, name) for name in ("manager", "message", "trunks", "phones")},
    folders=Folders(*(Path(f"/x/{name}") for name in ("etc", "var", "run", "log", "modules", "data"))),
)

APPLICATIONS = {
    "Set": None,  # of the core, as are those without a module
    "Goto": None,
    "GotoIf": None,
    "NoOp": None,
    "Wait": None,
    "Hangup": None,
    "Bridge": None,
    "UserEvent": "app_userevent",
    "ExecIf": "app_exec",
    "Playback": "app_playback",
    "Dial": "app_dial",
    "BridgeWait": "app_bridgewait",
    "ChanSpy": "app_chanspy",
    "Playtones": "app_playtones",
    "StopPlaytones": "app_playtones",
    "MusicOnHold": "res_musiconhold",
}
FUNCTIONS = {
    "STRFTIME": "func_strings",
    "FILTER": "func_strings",
    "IF": "func_logic",
    "GLOBAL": "func_global",
    "MUTEAUDIO": "res_mutestream",
}


@pytest.fixture
def dialplan():
    return render(SITE)["dialer/extensions.conf"]


def test_a_site_gets_the_pieces_alone():
    assert set(render(SITE)) == set(PIECES)


def test_our_own_server_includes_the_very_same_pieces():
    own, site = render(OWN), render(SITE)
    for piece in PIECES:
        assert own[piece] == site[piece]
        assert f'#include "{piece}"' in own[Path(piece).name]


def test_every_context_is_ours_by_its_name(dialplan):
    contexts = set(re.findall(r"^\[(.+?)\]", dialplan, re.MULTILINE)) - {"globals"}
    assert contexts
    assert all(context.startswith("dlr-") for context in contexts)


def test_every_goto_leads_somewhere(dialplan):
    contexts = set(re.findall(r"^\[(.+?)\]", dialplan, re.MULTILINE))
    assert set(re.findall(r"Goto\((dlr-\w+),", dialplan)) <= contexts


def test_who_is_on_hold_hears_the_site_s_music_or_beeps(dialplan):
    assert "Playtones(" in dialplan
    musical = render(replace(SITE, hold_music="default"))["dialer/extensions.conf"]
    assert f"MusicOnHold(default,{HOLD_LIMIT_S})" in musical
    assert "Playtones(" in musical.replace("StopPlaytones(", ""), "where the site has no such class"
    with pytest.raises(SettingsError, match="hold_music"):
        replace(SITE, hold_music="default\n[evil]")


def test_all_that_the_dialplan_uses_is_loaded_by_our_server(dialplan):
    code = "\n".join(line.partition(";")[0] for line in dialplan.splitlines())
    applications = set(re.findall(r"(?:,|\?)([A-Z][A-Za-z]+)\(", code))
    functions = set(re.findall(r"(?:\$\{|Set\()([A-Z]+)\(", code))
    assert applications <= APPLICATIONS.keys()
    assert functions <= FUNCTIONS.keys()
    needed = {APPLICATIONS[name] for name in applications} | {FUNCTIONS[name] for name in functions}
    assert needed - {None} <= set(MODULES)


def test_the_users_rights_are_the_least():
    manager = render(SITE)["dialer/manager.conf"]
    assert re.findall(r"^write = (.*)$", manager, re.MULTILINE) == ["originate,call", "call,reporting"]
    assert manager.count("deny = 0.0.0.0/0.0.0.0") == 2
    assert manager.count("permit = 127.0.0.1/32") == 2


def test_nothing_verbose_is_ever_written():
    own = render(OWN)
    assert re.search(r"^messages => notice,warning,error$", own["logger.conf"], re.MULTILINE)
    assert re.search(r"^verbose = 0$", own["asterisk.conf"], re.MULTILINE)
    assert "Verbose(" not in own["dialer/extensions.conf"]


def test_phones_are_missed_when_they_fall_silent_and_trunks_are_not():
    pjsip = render(SITE)["dialer/pjsip.conf"]
    template = pjsip[pjsip.index("[dlr-phone](!)") :]
    assert "rtp_timeout = 4" in template
    assert "[1001](dlr-phone)" in template
    assert "rtp_timeout = " not in pjsip[: pjsip.index("[dlr-phone](!)")]


def test_no_line_is_left_of_the_templates_own_language():
    for name, text in render(OWN).items():
        assert "{{" not in text.replace("${", ""), name
        assert "{%" not in text, name
