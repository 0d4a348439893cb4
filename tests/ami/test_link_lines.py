"""Lines in talk on the link: what is sent, in which order, and that an older dialplan is sent nowhere."""

import asyncio

import pytest

from dialer.ami.link import KEY_S
from dialer.core.effects import BackToHold, CallSpy, Confer, Consult, DropSpy, Hold, Mute, SendDigits, Take, TurnSpy
from dialer.core.events import DialplanSeen, MuteSet, SpyGone
from dialer.core.ids import AgentId, AttemptId, Leg, ServerName, SpyId
from dialer.core.states import SpyMode
from tests.ami.ear import Ear, running
from tests.ami.links import make_link, read_so_far, up
from tests.ami.scripted import ScriptedAsterisk, Sent, refusal, success

SERVER, LEG, A = ServerName("one"), Leg("dlr-a1001-x"), AttemptId("01890000-0000-7000-8000-000000000001")
AGENT, OTHER = AgentId(1001), AgentId(1002)
CUSTOMER, SPY = f"dlr-{A}", SpyId("dlr-s1001-n1")

SENT = {
    "hold": (Hold(attempt=A, server=SERVER, agent=AGENT), [("Redirect", CUSTOMER, "dlr-held", "1001")]),
    "take": (Take(attempt=A, server=SERVER, agent=OTHER), [("Redirect", CUSTOMER, "dlr-take", "1002")]),
    "consult": (Consult(server=SERVER, leg=LEG, colleague=OTHER), [("Redirect", LEG, "dlr-consult", "1002")]),
    "back": (BackToHold(server=SERVER, leg=LEG), [("Redirect", LEG, "dlr-agent", "back")]),
    "confer": (
        Confer(server=SERVER, leg=LEG, attempt=A, agent=OTHER),
        [("Setvar", LEG, "DLR_CUSTOMER", CUSTOMER), ("Redirect", LEG, "dlr-conference", "1002")],
    ),
    "mute": (
        Mute(agent=AGENT, server=SERVER, leg=LEG, muted=True),
        [("Setvar", LEG, "DLR_MUTED", "1"), ("Setvar", LEG, "MUTEAUDIO(in)", "on")],
    ),
    "digits": (
        SendDigits(attempt=A, server=SERVER, digits="1#"),
        [("PlayDTMF", CUSTOMER, "1", "120"), ("PlayDTMF", CUSTOMER, "#", "120")],
    ),
}


def brief(action: Sent) -> tuple[str, ...]:
    where = {"Redirect": ("Context", "Exten"), "Setvar": ("Variable", "Value"), "PlayDTMF": ("Digit", "Duration")}
    return action["Action"], action["Channel"], *(action[name] for name in where[action["Action"]])


@pytest.mark.parametrize("what", SENT)
async def test_each_wish_is_these_actions_in_this_order(asterisk: ScriptedAsterisk, what: str) -> None:
    effect, expected = SENT[what]
    async with up(asterisk) as (link, _):
        before = len(asterisk.actions)
        link.line(effect)
        await asterisk.until(lambda: len(asterisk.actions) >= before + len(expected))
        await read_so_far(link)
        assert [brief(action) for action in asterisk.actions[before:-1]] == expected


async def test_keys_sound_one_after_another_with_silence_between(asterisk: ScriptedAsterisk) -> None:
    """Also those of two wishes; what is sent meanwhile does not wait for them all."""
    async with up(asterisk) as (link, _):
        before = len(asterisk.actions)
        link.line(SendDigits(attempt=A, server=SERVER, digits="15"))
        link.line(SendDigits(attempt=A, server=SERVER, digits="#"))
        link.line(Hold(attempt=A, server=SERVER, agent=AGENT))
        began = asyncio.get_running_loop().time()
        await asterisk.until(lambda: len(asterisk.got("PlayDTMF")) == 3)
        lasted = asyncio.get_running_loop().time() - began
        order = [
            action.get("Digit", action["Action"]) for action in asterisk.actions[before:] if action["Action"] != "Ping"
        ]
    assert order == ["1", "Redirect", "5", "#"]
    assert lasted >= 2 * KEY_S - 0.01, "never sooner, however fast the machine"


@pytest.mark.parametrize("answer", [success, refusal("No such channel")], ids=["done", "refused"])
async def test_a_mute_is_told_when_asterisk_has_done_it(asterisk: ScriptedAsterisk, answer) -> None:
    asterisk.replies["Setvar"] = answer
    async with up(asterisk) as (link, ear):
        link.line(Mute(agent=AGENT, server=SERVER, leg=LEG, muted=True))
        await read_so_far(link)
        assert bool(ear.of(MuteSet)) is (answer is success)


async def test_a_supervisor_s_phone_is_rung_turned_and_hung_up(asterisk: ScriptedAsterisk) -> None:
    async with up(asterisk) as (link, _):
        link.spy(CallSpy(spy=SPY, server=SERVER, endpoint="1010", leg=LEG, mode=SpyMode.LISTEN))
        link.spy(TurnSpy(spy=SPY, server=SERVER, mode=SpyMode.BARGE))
        link.spy(DropSpy(spy=SPY, server=SERVER))
        await read_so_far(link)
    [call], [turn], [end] = (asterisk.got(name) for name in ("Originate", "Redirect", "Hangup"))
    assert (call["ChannelId"], call["Channel"], call["Exten"]) == (SPY, "PJSIP/1010", "listen")
    assert call["Variable"] == f"DLR_SPIED={LEG}"
    assert (turn["Channel"], turn["Context"], turn["Exten"]) == (SPY, "dlr-spy", "barge")
    assert end["Channel"] == SPY


async def test_a_phone_that_cannot_be_rung_is_gone(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Originate"] = refusal("no such endpoint")
    async with up(asterisk) as (link, ear):
        link.spy(CallSpy(spy=SPY, server=SERVER, endpoint="1010", leg=LEG, mode=SpyMode.LISTEN))
        assert (await ear.hears(SpyGone)).spy == SPY


async def test_an_older_dialplan_is_told_and_a_newer_one_when_it_is_there(asterisk: ScriptedAsterisk) -> None:
    asterisk.replies["Getvar"] = lambda action: success(action, Value="0")
    ear = Ear()
    async with running(make_link(asterisk.port, ear)) as link:
        assert not (await ear.hears(DialplanSeen)).knows_lines
        asterisk.replies["Getvar"] = lambda action: success(action, Value="1")
        link.resync()
        assert (await ear.hears(DialplanSeen, 2)).knows_lines
