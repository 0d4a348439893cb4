"""Hold, consult, transfer, conference and spying on a real Asterisk, as the people on the lines hear it.

Everybody speaks a tone of his own; who hears whom is read out of the sound itself. The dialer's part is played by its
own AMI user, with no more rights than originate and call.
"""

import asyncio
from dataclasses import replace

import pytest

from dialer.ami.actions import DIGIT_GAP_MS, DIGIT_MS
from tests.asterisk.hearing import WINDOW, People

NUMBER = "9161234567"
TRIES = 10
"""What came before may wait in the socket where the machine was busy: it is read in so many looks at the sound."""
AGENT, COLLEAGUE, CHIEF = "1001", "1005", "1010"


@pytest.fixture
def talk(carrier, phones, switchboard):
    return Talk(switchboard, People(carrier, phones, NUMBER))


class Talk:
    """A customer and an agent who talk, and what may be done with them, one action each."""

    def __init__(self, switchboard, people) -> None:
        self.switchboard, self.people = switchboard, people

    async def begin(self) -> "Talk":
        self.leg = await self.switchboard.nail_up(AGENT)
        self.call = await self.switchboard.dial(NUMBER)
        await self.switchboard.said("DlrAnswered", self.call)
        await self.switchboard.connect(self.call, AGENT)
        await self.people.hears("C", AGENT)
        return self

    async def hold(self) -> None:
        await self.switchboard.connect(self.call, AGENT, "dlr-held")
        await self.switchboard.said("DlrHeld", self.call)

    async def redirect(self, channel: str, context: str, exten: str) -> None:
        await self.switchboard.connect(channel, exten, context)

    async def set(self, channel: str, name: str, value: str) -> None:
        answer = await self.switchboard.manager.ask(Action="Setvar", Channel=channel, Variable=name, Value=value)
        assert answer["Response"] == "Success"

    async def take_back(self) -> None:
        """Out of hold; only when it is true may the colleague's leg be moved, as the dialer does."""
        await self.redirect(self.call, "dlr-take", AGENT)
        await self.people.hears("C", AGENT)

    async def consult(self) -> str:
        leg = await self.switchboard.nail_up(COLLEAGUE)
        await self.hold()
        await self.switchboard.held(self.leg, times=2)
        await self.redirect(self.leg, "dlr-consult", COLLEAGUE)
        await self.people.hears(COLLEAGUE, AGENT)
        return leg


async def test_a_customer_on_hold_hears_beeps_and_is_given_back(talk):
    await talk.begin()
    await talk.hold()
    await talk.people.hears_beeps()
    await talk.people.hears(AGENT)
    await talk.switchboard.held(talk.leg, times=2)
    await talk.take_back()
    await talk.people.hears(AGENT, "C")


async def test_music_that_the_server_does_not_have_is_no_reason_to_give_the_customer_back(talk, switch):
    asterisk, before = switch.asterisk, switch.asterisk.settings
    asterisk.configure(replace(before, hold_music="no-such-class"))
    try:
        await asterisk.cli("dialplan reload")
        await talk.begin()
        await talk.hold()
        await talk.people.hears_beeps()
    finally:
        asterisk.configure(before)
        await asterisk.cli("dialplan reload")


async def test_a_muted_agent_is_not_heard_and_hears(talk):
    await talk.begin()
    await talk.set(talk.leg, "MUTEAUDIO(in)", "on")
    customer = talk.people.record("C")
    for _ in range(TRIES):
        before = len(customer.heard.audio)
        await talk.people.hears(AGENT, "C")
        if len(customer.heard.audio) - before < WINDOW // 2:
            break
    else:
        pytest.fail("not a packet comes of him")
    await talk.set(talk.leg, "MUTEAUDIO(in)", "off")
    await talk.people.hears("C", AGENT)


async def test_a_digit_is_heard_by_the_customer_s_machine(talk, carrier):
    await talk.begin()
    for digit in "15#":
        answer = await talk.switchboard.manager.ask(
            Action="PlayDTMF", Channel=talk.call, Digit=digit, Duration=str(DIGIT_MS)
        )
        assert answer["Response"] == "Success", "told when the key has sounded"
        await asyncio.sleep(DIGIT_GAP_MS / 1000)
        await carrier.wait_until(lambda digit=digit: talk.people.record("C").heard.digits.endswith(digit))
    assert talk.people.record("C").heard.digits == "15#"


async def test_consult_then_back_to_the_customer(talk):
    await talk.begin()
    colleague = await talk.consult()
    await talk.people.hears(AGENT, COLLEAGUE)
    await talk.take_back()
    await talk.switchboard.held(colleague, times=2)
    await talk.people.hears(COLLEAGUE)


async def test_consult_then_transfer(talk):
    await talk.begin()
    await talk.consult()
    await talk.redirect(talk.call, "dlr-take", COLLEAGUE)
    await talk.people.hears("C", COLLEAGUE)
    await talk.people.hears(COLLEAGUE, "C")
    await talk.switchboard.held(talk.leg, times=3)


async def test_transfer_at_once(talk):
    await talk.begin()
    await talk.switchboard.nail_up(COLLEAGUE)
    await talk.redirect(talk.call, "dlr-take", COLLEAGUE)
    await talk.people.hears("C", COLLEAGUE)
    await talk.switchboard.held(talk.leg, times=2)
    await talk.people.hears(AGENT)


async def test_a_transfer_that_fails_leaves_the_customer_on_hold(talk):
    await talk.begin()
    await talk.redirect(talk.call, "dlr-take", COLLEAGUE)
    failed = await talk.switchboard.said("DlrBridgeFailed", talk.call)
    assert failed["Agent"] == COLLEAGUE
    assert (await talk.switchboard.said("DlrHeld", talk.call))["Agent"] == AGENT
    await talk.take_back()


async def test_conference_of_three_and_the_end_of_it(talk):
    await talk.begin()
    colleague = await talk.consult()
    await talk.take_back()
    await talk.set(colleague, "DLR_CUSTOMER", talk.call)
    await talk.redirect(colleague, "dlr-conference", AGENT)
    await asyncio.gather(
        talk.people.hears("C", AGENT, COLLEAGUE),
        talk.people.hears(AGENT, "C", COLLEAGUE),
        talk.people.hears(COLLEAGUE, "C", AGENT),
    )
    await talk.switchboard.manager.ask(Action="Hangup", Channel=talk.call, Cause="16")
    await talk.switchboard.held(talk.leg, times=3)
    await talk.people.hears(COLLEAGUE)
    back = await talk.switchboard.manager.event("DlrAgentBack", lambda e: e["Uniqueid"] == colleague)
    assert back["Agent"] == COLLEAGUE


async def test_the_colleague_leaves_a_conference(talk):
    await talk.begin()
    colleague = await talk.consult()
    await talk.take_back()
    await talk.set(colleague, "DLR_CUSTOMER", talk.call)
    await talk.redirect(colleague, "dlr-conference", AGENT)
    await talk.people.hears("C", AGENT, COLLEAGUE)
    await talk.redirect(colleague, "dlr-agent", "back")
    await talk.people.hears("C", AGENT)
    await talk.people.hears(COLLEAGUE)


@pytest.mark.parametrize(
    ("mode", "agent_hears", "customer_hears"),
    [
        ("listen", ("C",), (AGENT,)),
        ("whisper", ("C", CHIEF), (AGENT,)),
        ("barge", ("C", CHIEF), (AGENT, CHIEF)),
    ],
)
async def test_a_supervisor_on_the_line(talk, mode, agent_hears, customer_hears):
    await talk.begin()
    spy = await spied(talk, mode)
    await talk.people.hears(CHIEF, "C", AGENT)
    await talk.people.hears(AGENT, *agent_hears)
    await talk.people.hears("C", *customer_hears)
    await talk.switchboard.manager.ask(Action="Hangup", Channel=spy, Cause="16")
    await talk.switchboard.ended(spy)


async def test_a_listener_begins_to_whisper_and_his_call_ends_with_the_agent_s(talk):
    await talk.begin()
    spy = await spied(talk, "listen")
    await talk.people.hears(CHIEF, "C", AGENT)
    await talk.redirect(spy, "dlr-spy", "whisper")
    await talk.people.hears(AGENT, "C", CHIEF)
    await talk.people.hears("C", AGENT)
    await talk.switchboard.manager.ask(Action="Hangup", Channel=talk.leg, Cause="16")
    await talk.switchboard.ended(spy)


async def spied(talk, mode: str) -> str:
    spy = f"dlr-s{AGENT}-{talk.leg.rpartition('-')[2]}"
    answer = await talk.switchboard.manager.ask(
        Action="Originate",
        Channel=f"PJSIP/{CHIEF}",
        ChannelId=spy,
        ActionID=spy,
        Context="dlr-spy",
        Exten=mode,
        Priority="1",
        Async="true",
        Timeout="10000",
        Variable=f"DLR_SPIED={talk.leg}",
    )
    assert answer["Response"] == "Success"
    await talk.switchboard.said("DlrSpy", spy)
    return spy
