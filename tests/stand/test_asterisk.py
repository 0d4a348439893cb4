"""The stand's Asterisk: loopback only, silent about numbers, gone when it is stopped, able to crash and come back."""

import ipaddress
import re
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from asterisk_conf.nat import Nat
from asterisk_conf.render import BROWSER_MODULES
from asterisk_conf.settings import Phone, Trunk
from sim.stand import asterisk as stand
from sim.stand.asterisk import refuse_beyond_loopback, running_asterisk
from sim.stand.ports import LOOPBACK
from sim.stand.process import StandError
from tests.asterisk.conftest import Switchboard, known_carrier
from tests.asterisk.manager import Manager


@pytest_asyncio.fixture
async def own():
    """A server of the test's own, to be broken."""
    async with running_asterisk([Trunk("carrier", "127.0.0.1", 5070)]) as server:
        yield server


def rendered(server) -> str:
    return "\n".join(path.read_text() for path in server.settings.folders.etc.rglob("*.conf"))


def test_every_address_in_its_files_is_on_this_machine(switch):
    text = re.sub(r"^\S+ => ", "", rendered(switch.asterisk), flags=re.MULTILINE)  # its own, and not offered
    addresses = {found for found in re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", text) if found != "0.0.0.0"}
    assert addresses
    assert all(ipaddress.ip_address(address).is_loopback for address in addresses)
    hosts = re.findall(r"sip:(?:[^@\s]+@)?([^:\s]+)", text)
    assert hosts
    assert set(hosts) <= addresses


def test_it_listens_on_this_machine_only(switch):
    """Its listening TCP sockets and its SIP socket; PJSIP's own resolver keeps a client's socket besides."""
    held = {inode for fd in Path(f"/proc/{switch.asterisk.child.pid}/fd").iterdir() if (inode := _socket(fd))}
    sip = f":{switch.asterisk.settings.sip_port:04X}"
    served = [
        fields[1]
        for table in ("tcp", "tcp6", "udp", "udp6")
        for fields in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines()[1:])
        if fields[9] in held and (fields[3] == LISTENING or fields[1].endswith(sip))
    ]
    assert len(served) == 2
    assert all(address.startswith("0100007F:") for address in served)


LISTENING = "0A"
FAR = "192.0.2.7"


@pytest.mark.parametrize(
    "far",
    [
        lambda settings: replace(settings, trunks=(Trunk("far", FAR),)),
        lambda settings: replace(settings, trunks=(Trunk("far", "sip.example.com"),)),
        lambda settings: replace(settings, phones=(Phone("9999", host=FAR),)),
        lambda settings: replace(settings, sip_host="0.0.0.0"),
        lambda settings: replace(settings, web_host="0.0.0.0"),
        lambda settings: replace(settings, media_host=FAR),
        lambda settings: replace(settings, media_host=None),
        lambda settings: replace(settings, manager=replace(settings.manager, host="0.0.0.0")),
        lambda settings: replace(settings, nat=Nat(stun=f"{FAR}:3478")),
        lambda settings: replace(settings, nat=Nat(addresses=((LOOPBACK, FAR),))),
    ],
)
def test_anything_beyond_loopback_is_refused(switch, far):
    with pytest.raises(StandError, match="talks to this machine only"):
        refuse_beyond_loopback(far(switch.asterisk.settings))


async def test_it_crashes_and_comes_back_on_the_same_ports(own):
    before = own.settings
    await own.crash()
    assert not own.child.running
    await own.start()
    assert own.settings == before
    account = own.settings.manager
    async with Manager(account.host, account.port, "dialer", account.secret) as manager:
        assert (await manager.ask(Action="Ping"))["Response"] == "Success"


async def test_two_stand_beside_one_another(own, switch):
    assert own.settings.manager.port != switch.asterisk.settings.manager.port
    assert own.child.running
    assert switch.asterisk.child.running


async def test_a_dialled_number_is_in_none_of_its_logs(switch):
    account = switch.asterisk.settings.manager
    async with (
        Manager(account.host, account.port, "dialer", account.secret) as manager,
        known_carrier(switch, manager),
    ):
        switchboard = Switchboard(manager)
        call = await switchboard.dial("9165550199", wait_ms=50)
        await switchboard.said("DlrMessageDone", call)
    said = switch.asterisk.log + switch.asterisk.child.output(last_bytes=1_000_000)
    assert said
    assert "9165550199" not in said


def test_phones_in_browsers_are_left_out_where_the_build_has_none_of_what_they_need(tmp_path):
    said, phones = [], [Phone("1001", LOOPBACK), Phone("1001-web", browser=True)]
    here = stand.Programs("22.1", tmp_path, tmp_path)
    assert stand._speakable(here, phones, said.append) == phones[:1]
    assert "res_srtp" in said[0]
    for name in BROWSER_MODULES:
        (tmp_path / f"{name}.so").touch()
    assert stand._speakable(here, phones, said.append) == phones


async def test_nothing_is_missing_at_its_start(own):
    assert "WARNING[" not in re.sub(r"WARNING.*(musiconhold|pjproject)", "", own.log)
    assert "ERROR[" not in own.log


async def test_a_mirror_without_the_wanted_release_is_told_with_what_there_is(monkeypatch):
    offers = {"sid": "1:23.1.0~dfsg-1", "testing": None, "stable": None}
    monkeypatch.setattr(stand, "Archive", _archive(offers))
    assert await stand._best_suite() == ("sid", "1:23.1.0~dfsg-1")


async def test_the_wanted_release_wins_wherever_it_is(monkeypatch):
    monkeypatch.setattr(stand, "Archive", _archive({"sid": "1:23.1.0", "testing": "1:22.12.0", "stable": None}))
    assert await stand._best_suite() == ("testing", "1:22.12.0")


async def test_a_mirror_without_any_is_told_with_the_cure(monkeypatch):
    monkeypatch.setattr(stand, "Archive", _archive({}))
    with pytest.raises(StandError, match="install Asterisk 22 here"):
        await stand._best_suite()


@pytest.mark.parametrize(("version", "used"), [("22.5.0", True), ("20.9.1", False)])
async def test_this_machine_s_own_asterisk_lends_its_binary_if_it_is_the_wanted_release(
    monkeypatch, tmp_path, version, used
):
    binary = tmp_path / "asterisk"
    binary.write_text(f"#!/bin/sh\necho Asterisk {version}\n")
    binary.chmod(0o755)
    (tmp_path / "modules").mkdir()
    monkeypatch.setattr(stand, "BINARY", str(binary))
    monkeypatch.setattr(stand, "INSTALLED_MODULES", (f"{tmp_path}/modules"[1:],))
    monkeypatch.setattr(stand, "INSTALLED_DATA", (str(tmp_path)[1:],))

    found = await stand._own_asterisk()

    assert (found is not None) is used
    if found:
        assert found.version == version
        assert found.argv("-V") == [str(binary), "-V"]


def _archive(offers):
    class Archive:
        def __init__(self, suite):
            self.suite = suite

        async def candidate(self, package):
            return offers.get(self.suite)

    return Archive


def _socket(fd: Path) -> str | None:
    try:
        found = re.fullmatch(r"socket:\[(\d+)\]", str(fd.readlink()))
    except FileNotFoundError:
        return None
    return found[1] if found else None
