"""The dialer's AMI users may do what they need and nothing else, and see their own channels only."""

import pytest

from asterisk_conf.settings import DIALPLAN_VERSION
from sim.sip.behaviour import answers
from tests.asterisk.manager import Manager

NUMBER = "9161234567"

CONFIG = {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"}
EXTENSION = {"Context": "dlr-x", "Extension": "1", "Priority": "1", "Application": "NoOp"}

FORBIDDEN = {
    "a shell by Originate": {
        "Action": "Originate",
        "Channel": "Local/s@dlr-refuse",
        "Application": "System",
        "Data": "id",
    },
    "a console command": {"Action": "Command", "Command": "core show version"},
    "reading configuration": {"Action": "GetConfig", "Filename": "manager.conf"},
    "changing configuration": {"Action": "UpdateConfig", **CONFIG},
    "loading a module": {"Action": "ModuleLoad", "LoadType": "load", "Module": "app_system.so"},
    "the database": {"Action": "DBPut", "Family": "x", "Key": "y", "Val": "z"},
    "an event of its own making": {"Action": "UserEvent", "UserEvent": "DlrAbandon"},
    "writing a dialplan": {"Action": "DialplanExtensionAdd", **EXTENSION},
}


@pytest.mark.parametrize("what", FORBIDDEN)
@pytest.mark.parametrize("user", ["dialer", "dialer-doctor"])
async def test_no_user_of_ours_gets(switch, user, what):
    async with _login(switch, user) as manager:
        answer = await manager.ask(**FORBIDDEN[what])
    assert answer["Response"] == "Error"


@pytest.mark.parametrize(
    "function", ["SHELL(id)", "FILE(/etc/passwd)", "ENV(PATH)", "AST_CONFIG(manager.conf,dialer,secret)"]
)
async def test_getvar_reads_no_file_and_runs_no_shell(switch, function):
    async with _login(switch, "dialer") as manager:
        answer = await manager.ask(Action="Getvar", Variable=function)
    assert not answer.get("Value")


async def test_the_dialer_s_user_cannot_look_at_strangers_by_reporting(switch):
    async with _login(switch, "dialer") as manager:
        assert (await manager.ask(Action="CoreSettings"))["Message"] == "Permission denied"


async def test_the_doctor_sees_the_server_and_gets_no_events(switch):
    async with _login(switch, "dialer-doctor") as doctor:
        assert (await doctor.ask(Action="CoreSettings"))["AsteriskVersion"].startswith("2")
        assert (await doctor.ask(Action="Getvar", Variable="DLR_VERSION"))["Value"] == DIALPLAN_VERSION


async def test_a_wrong_secret_is_refused(switch):
    account = switch.asterisk.settings.manager
    with pytest.raises(PermissionError, match="Authentication failed"):
        async with Manager(account.host, account.port, "dialer", "not the secret"):
            pass


async def test_channels_that_are_not_ours_are_not_shown(switchboard, carrier):
    carrier.on(NUMBER, answers(ring_s=None))
    stranger = await switchboard.manager.ask(
        Action="Originate",
        Channel=f"PJSIP/{NUMBER}@carrier",
        ChannelId="stranger-1",
        Context="dlr-answered",
        Exten="s",
        Priority="1",
        Async="true",
        Timeout="10000",
        Variable="DLR_WAIT_MS=100",
    )
    assert stranger["Response"] == "Success"
    await carrier.wait_for_call(NUMBER, lambda record: record.first_sound_at)

    ours = await switchboard.dial("9161234568")
    await switchboard.said("DlrAnswered", ours)

    seen = {event["Uniqueid"] for event in switchboard.manager.events if "ChannelState" in event}
    assert seen == {ours}


def _login(switch, user):
    account = switch.asterisk.settings.manager
    secret = account.secret if user == "dialer" else account.doctor_secret
    return Manager(account.host, account.port, user, secret)
