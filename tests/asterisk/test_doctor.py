"""The doctor before a real Asterisk: each fault is named with its cure, and a sound one is called sound."""

import asyncio
import re
from pathlib import Path

import pytest

from asterisk_conf.settings import DIALPLAN_VERSION, Phone, Trunk
from dialer.ami.channels import TRIAL_PREFIX
from dialer.ami.translate import Translator
from dialer.clock import Clock
from dialer.config import Asterisk, Config, TrunkSection
from dialer.doctor.asterisk import examine_server
from dialer.doctor.finding import Finding, Health
from sim.stand.asterisk import running_asterisk
from tests.asterisk.conftest import Switchboard
from tests.conftest import AGENTS, Switch

LOOKS = 5


def settings(switch: Switch, *trunks: str, **changed: object) -> tuple[Config, Asterisk]:
    account = switch.asterisk.settings.manager
    given = {
        "name": "main",
        "host": account.host,
        "port": account.port,
        "secret": account.secret,
        "doctor_secret": account.doctor_secret,
    }
    config = Config(
        database={"dsn": "postgresql://unused"},
        asterisk=[{**given, **changed}],
        trunk=[TrunkSection(name=name, server="main", endpoint=name, lines=1) for name in trunks],
    )
    return config, config.asterisk[0]


async def examined(switch: Switch, *trunks: str, clock: Clock | None = None, **changed: object) -> list[Finding]:
    """What two looks in a row agree on: a pause of the machine looks like an event or a sound that does not come."""
    before: list[tuple[str, Health]] | None = None
    for _ in range(LOOKS):
        findings = await examine_server(*settings(switch, *trunks, **changed), clock or Clock())
        told = [(finding.check, finding.health) for finding in findings]
        if told == before:
            break
        before = told
    return findings


def troubles(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings if finding.health is not Health.FINE}


async def test_a_sound_server_is_called_sound(switch, switchboard):
    await switchboard.nail_up(AGENTS[0])
    await _until(switchboard, "carrier", "Reachable")
    findings = await examined(switch, "carrier")
    assert troubles(findings) == {}
    checks = {"ami_login", "ami_right", "clock", "dialplan", "message", "trunk", "phone", "asterisk"}
    assert {finding.check for finding in findings} == checks


async def test_it_means_nothing_to_the_daemon_beside_it(switch, switchboard):
    before = len(switchboard.manager.events)
    await examined(switch)
    await switchboard.dial("9161234567")
    events = switchboard.manager.events[before:]
    ours = [event for event in events if "doctor" in str(dict(event)) or TRIAL_PREFIX in str(dict(event))]
    assert "DlrAbandon" in {event.get("UserEvent") for event in ours}
    daemon = Translator({})
    assert [told for event in ours for told in daemon.read(event, 0.0)] == []


async def test_a_wrong_secret(switch):
    found = troubles(await examined(switch, secret="not the secret"))
    assert list(found) == ["ami_login"]
    assert "login as 'dialer' refused" in found["ami_login"].what
    assert "[dialer] in manager.conf" in found["ami_login"].cure


async def test_nobody_listens(switch):
    found = troubles(await examined(switch, port=1))
    assert list(found) == ["ami"]
    assert f"no answer from {switch.asterisk.settings.manager.host}:1" in found["ami"].what


async def test_a_trunk_that_does_not_answer_and_one_that_is_not_there(switch, switchboard):
    await _until(switchboard, "dead", "Unreachable")
    dead = troubles(await examined(switch, "dead"))["trunk"]
    assert (dead.health, dead.about) == (Health.BROKEN, "dead")
    assert "endpoint dead does not answer OPTIONS" in dead.what
    absent = troubles(await examined(switch, "absent"))["trunk"]
    assert absent.what == "Asterisk has no endpoint absent"


async def test_a_missing_right_is_named(switch):
    """The doctor's own user has write=call,reporting and reads nothing: as the daemon's it would not do."""
    account = switch.asterisk.settings.manager
    findings = await examined(switch, username="dialer-doctor", secret=account.doctor_secret)
    rights = [finding.what for finding in findings if finding.check == "ami_right"]
    assert rights == [
        "write=originate is missing: nothing can be dialled",
        "read=system is missing: a restart would not be seen",
    ]


async def test_a_clock_that_is_off(switch):
    clock = Clock(wall=lambda: Clock().wall() + 3600)
    found = troubles(await examined(switch, clock=clock))["clock"]
    assert found.health is Health.BROKEN
    assert re.fullmatch(r"Asterisk's clock is (359[89]|360[0-2]) s behind ours", found.what), found.what


async def test_the_doctor_s_own_user_is_missing(switch):
    without = troubles(await examined(switch, doctor_secret=None))["asterisk"]
    assert (without.health, without.what) == (Health.WARNING, "its release is not known")
    wrong = troubles(await examined(switch, doctor_secret="wrong"))["asterisk"]
    assert "no login as dialer-doctor" in wrong.what


async def test_a_phone_that_sends_nothing_in_silence(switch, switchboard, phones):
    await switchboard.nail_up(AGENTS[0])
    await switchboard.nail_up(AGENTS[1])
    phones[AGENTS[1]].hush()
    found = troubles(await examine_server(*settings(switch), Clock()))["phone"]  # one look: soon it is hung up
    assert (found.health, found.about) == (Health.WARNING, AGENTS[1])
    assert "no sound while nobody speaks" in found.what


async def _until(switchboard: Switchboard, trunk: str, status: str) -> None:
    """Asterisk has asked the trunk's contact, with this result: the first answer may take some seconds."""
    contact = (await switchboard.manager.ask(Action="Getvar", Variable=f"PJSIP_AOR({trunk},contact)"))["Value"]
    async with asyncio.timeout(60):
        while (await _contact(switchboard, contact)) != status:  # noqa: ASYNC110 - Asterisk can only be asked
            await asyncio.sleep(0.05)


async def _contact(switchboard: Switchboard, contact: str) -> str:
    return (await switchboard.manager.ask(Action="Getvar", Variable=f"PJSIP_CONTACT({contact},status)"))["Value"]


@pytest.fixture
async def strange():
    """A server of its own, whose files a test may spoil."""
    async with running_asterisk([Trunk("carrier", "127.0.0.1", 1)], [Phone("1001", "127.0.0.1", 2)]) as asterisk:
        yield Switch(asterisk, ("", 0), ("", 0), ("", 0))


def spoil(switch: Switch, name: str, old: str, new: str) -> None:
    path = Path(switch.asterisk._conf).parent / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


async def test_another_dialplan_and_fewer_rights(strange):
    spoil(strange, "dialer/extensions.conf", f"exten => {DIALPLAN_VERSION},1,NoOp()", "exten => 0,1,NoOp()")
    spoil(strange, "dialer/manager.conf", "read = system,call,user,originate", "read = system")
    await strange.asterisk.cli("core reload")
    findings = await examined(strange)
    assert troubles(findings)["dialplan"].what == f"another version than {DIALPLAN_VERSION}, which this program speaks"
    missing = [finding.what.split()[0] for finding in findings if finding.check == "ami_right"]
    assert missing == ["read=call", "read=user"]


async def test_no_dialplan_at_all(strange):
    spoil(strange, "extensions.conf", '#include "dialer/extensions.conf"', "")
    await strange.asterisk.cli("core reload")
    assert troubles(await examined(strange))["dialplan"].what == "the dialer's dialplan is not loaded"


async def test_a_module_that_the_dialplan_uses_is_missing(strange):
    await strange.asterisk.cli("module unload app_bridgewait.so")
    assert troubles(await examined(strange))["module"].what == "app_bridgewait is not loaded"


async def test_without_the_right_to_hear_user_events(strange):
    spoil(strange, "dialer/manager.conf", "read = system,call,user,originate", "read = system,call,originate")
    await strange.asterisk.cli("core reload")
    findings = await examined(strange)
    assert troubles(findings)["ami_right"].what.startswith("read=user is missing")
    assert "message" not in {finding.check for finding in findings}, "nothing was heard of it"


async def test_a_message_that_cannot_be_played(strange):
    strange.asterisk.settings.message.with_suffix(".wav").unlink()
    found = troubles(await examined(strange))
    assert found["message"].what.startswith("it cannot be played")


async def test_without_the_right_to_call_nothing_further_is_asked(strange):
    spoil(strange, "dialer/manager.conf", "write = originate,call", "write = originate")
    await strange.asterisk.cli("core reload")
    findings = await examined(strange, "carrier")
    assert troubles(findings)["ami_right"].what.startswith("write=call is missing")
    assert {"trunk", "dialplan"}.isdisjoint(finding.check for finding in findings)
