"""Our dialplan on a real Asterisk: the deadline, the message, joins that fail and joins that come late."""

import pytest

from asterisk_conf.settings import DIALPLAN_VERSION
from sim.sip.behaviour import answers, no_answer
from sim.sip.rtp import TICK_S, Listen
from tests.asterisk.manager import Manager

NUMBER = "9161234567"
LEGAL_LIMIT_S = 2.0
"""A person who answered hears something within two seconds: the law's own measure."""

LIMIT_MS = 1800
"""How long a customer waits in production, so that the message comes within the law's measure."""
TRIES = 5
MESSAGE_S = 6
"""The message is longer than this."""

PERSON = answers(ring_s=None, listen=Listen.ALWAYS)


@pytest.fixture(autouse=True)
def person(carrier):
    carrier.on(NUMBER, PERSON)


async def waited_s(carrier) -> float:
    """From the 200 OK to the first sound that the person heard, in the last call."""
    record = carrier.calls_to(NUMBER)[-1]
    await carrier.wait_until(lambda: record.first_sound_at, 20)
    return record.first_sound_at - record.answered_at


async def soonest_s(once, limit_s: float = LEGAL_LIMIT_S) -> float:
    """The wait of the first call that is within the limit, of a few: a pause of the machine is not the dialplan's."""
    for _ in range(TRIES):
        waited = await once()
        if waited <= limit_s:
            break
    return waited


async def test_nobody_free_the_message_is_heard_within_two_seconds_and_to_its_end(switchboard, carrier):
    async def once() -> float:
        call = await switchboard.dial(NUMBER, wait_ms=LIMIT_MS)

        done = await switchboard.said("DlrMessageDone", call)

        assert done["Status"] == "SUCCESS"
        assert (await switchboard.ended(call))["Cause"] == "16"
        assert carrier.calls_to(NUMBER)[-1].heard.packets * TICK_S > MESSAGE_S
        return await waited_s(carrier)

    assert 1.7 < await soonest_s(once) <= LEGAL_LIMIT_S


async def test_the_message_comes_with_no_daemon_at_all(switch, switchboard, carrier):
    account, watcher = switch.asterisk.settings.manager, switchboard.manager

    async def once() -> float:
        async with Manager(account.host, account.port, "dialer", account.secret) as other:
            switchboard.manager = other
            call = await switchboard.dial(NUMBER, wait_ms=LIMIT_MS)
            await switchboard.said("DlrAnswered", call)
        switchboard.manager = watcher

        await switchboard.said("DlrAbandon", call)
        return await waited_s(carrier)

    assert await soonest_s(once) <= LEGAL_LIMIT_S


async def test_the_limit_is_the_dialer_s_own(switchboard, carrier):
    async def once() -> float:
        call = await switchboard.dial(NUMBER, wait_ms=300)
        await switchboard.said("DlrAbandon", call)
        return await waited_s(carrier)

    assert 0.25 < await soonest_s(once, limit_s=1.0) <= 1.0


async def test_the_customer_is_joined_to_the_agent_and_the_agent_comes_back(switchboard, carrier, phones):
    leg = await switchboard.nail_up("1001")
    call = await switchboard.dial(NUMBER)
    await switchboard.said("DlrAnswered", call)

    await switchboard.connect(call, "1001")

    bridge = await switchboard.joined(call)
    await switchboard.manager.event("BridgeEnter", lambda e: e["Uniqueid"] == leg and e["BridgeUniqueid"] == bridge)
    await carrier.wait_for_call(NUMBER, lambda record: record.first_sound_at)
    await switchboard.manager.ask(Action="Hangup", Channel=call, Cause="16")
    await switchboard.held(leg, times=2)
    assert (await switchboard.said("DlrAgentBack", leg))["Agent"] == "1001"
    assert phones["1001"].on_line
    assert not switchboard.manager.named("DlrAbandon")


async def test_the_agent_hangs_up_and_the_customer_hears_no_message(switchboard, phones):
    leg = await switchboard.nail_up("1001")
    call = await switchboard.dial(NUMBER)
    await switchboard.said("DlrAnswered", call)
    await switchboard.connect(call, "1001")
    await switchboard.joined(call)

    phones["1001"].hang_up()

    assert (await switchboard.ended(call))["Cause"] == "16"
    assert (await switchboard.said("DlrAgentGone", leg))["Agent"] == "1001"
    assert not switchboard.manager.named("DlrAbandon")


@pytest.mark.parametrize("context", ["dlr-connect", "dlr-dial"])
async def test_a_failed_join_waits_what_is_left_of_the_same_deadline(switchboard, carrier, context):
    async def once() -> float:
        call = await switchboard.dial(NUMBER, wait_ms=LIMIT_MS)
        await switchboard.said("DlrAnswered", call)

        await switchboard.connect(call, "999999", context)

        failed = await switchboard.said("DlrBridgeFailed", call)
        assert (failed["Agent"], failed["Result"]) in {("999999", "NONEXISTENT"), ("999999", "CHANUNAVAIL")}
        await switchboard.said("DlrAbandon", call)
        return await waited_s(carrier)

    assert 1.7 < await soonest_s(once) <= LEGAL_LIMIT_S


async def test_after_a_failed_join_another_agent_may_still_take_it(switchboard):
    await switchboard.nail_up("1002")
    call = await switchboard.dial(NUMBER)
    await switchboard.said("DlrAnswered", call)
    await switchboard.connect(call, "1001")
    await switchboard.said("DlrBridgeFailed", call)

    await switchboard.connect(call, "1002")

    await switchboard.joined(call)
    assert not switchboard.manager.named("DlrAbandon")


async def test_an_agent_who_signed_out_is_no_longer_there_to_join(switchboard):
    leg = await switchboard.nail_up("1001")
    await switchboard.manager.ask(Action="Hangup", Channel=leg, Cause="16")
    await switchboard.said("DlrAgentGone", leg)
    await switchboard.ended(leg)
    call = await switchboard.dial(NUMBER)
    await switchboard.said("DlrAnswered", call)

    await switchboard.connect(call, "1001")

    assert (await switchboard.said("DlrBridgeFailed", call))["Result"] == "NONEXISTENT"


async def test_an_agent_who_came_again_is_not_forgotten_when_the_old_leg_ends(switchboard, phones):
    old = await switchboard.nail_up("1001")
    await switchboard.nail_up("1001")
    await switchboard.manager.ask(Action="Hangup", Channel=old, Cause="16")
    await switchboard.said("DlrAgentGone", old)
    call = await switchboard.dial(NUMBER)
    await switchboard.said("DlrAnswered", call)

    await switchboard.connect(call, "1001")

    await switchboard.joined(call)


async def test_a_late_agent_takes_the_call_out_of_the_message(switchboard, carrier):
    leg = await switchboard.nail_up("1001")
    call = await switchboard.dial(NUMBER, wait_ms=200)
    await switchboard.said("DlrAbandon", call)
    await carrier.wait_for_call(NUMBER, lambda record: record.first_sound_at)

    await switchboard.connect(call, "1001")

    await switchboard.joined(call)
    await switchboard.manager.ask(Action="Hangup", Channel=call, Cause="16")
    await switchboard.held(leg, times=2)
    assert not switchboard.manager.named("DlrMessageDone")


async def test_a_late_join_that_fails_says_the_message_again_and_abandons_once(switchboard):
    call = await switchboard.dial(NUMBER, wait_ms=200)
    await switchboard.said("DlrAbandon", call)

    await switchboard.connect(call, "1001")

    await switchboard.said("DlrBridgeFailed", call)
    assert (await switchboard.said("DlrMessageDone", call))["Status"] == "SUCCESS"
    assert len(switchboard.manager.named("DlrAbandon")) == 1


async def test_a_dead_phone_is_noticed_in_hold_and_in_talk(switch, switchboard, phones):
    in_hold, in_talk = await switchboard.nail_up("1001"), await switchboard.nail_up("1002")
    call = await switchboard.dial(NUMBER)
    await switchboard.said("DlrAnswered", call)
    await switchboard.connect(call, "1002")
    await switchboard.joined(call)

    phones["1001"].die()
    phones["1002"].die()

    assert (await switchboard.ended(in_hold))["Cause"] == "44"
    assert (await switchboard.ended(in_talk))["Cause"] == "44"
    await switchboard.ended(call)


async def test_an_agent_is_called_for_the_call_alone(switchboard, carrier, phones):
    call = await switchboard.dial(NUMBER)
    await switchboard.said("DlrAnswered", call)

    await switchboard.connect(call, "1003", "dlr-dial")

    await switchboard.joined(call)
    await carrier.wait_for_call(NUMBER, lambda record: record.first_sound_at)
    phones["1003"].hang_up()
    await switchboard.ended(call)
    assert not switchboard.manager.named("DlrAbandon")


async def test_an_agent_called_for_the_call_who_does_not_answer_leaves_the_deadline_as_it_is(
    switchboard, carrier, phones
):
    phones["1003"].does = no_answer()

    async def once() -> float:
        call = await switchboard.dial(NUMBER, wait_ms=LIMIT_MS)
        await switchboard.said("DlrAnswered", call)

        await switchboard.connect(call, "1003", "dlr-dial")

        assert (await switchboard.said("DlrBridgeFailed", call))["Result"] == "NOANSWER"
        await switchboard.said("DlrAbandon", call)
        record = carrier.calls_to(NUMBER)[-1]
        await carrier.wait_until(lambda: len(record.heard.spans) > 1, 20)
        _ringing, said = record.heard.spans[:2]
        return said[0] - record.answered_at

    assert await soonest_s(once) <= LEGAL_LIMIT_S


async def test_the_phone_for_a_call_may_have_another_name_than_the_agent(switchboard, phones):
    call = await switchboard.dial(NUMBER)
    await switchboard.said("DlrAnswered", call)
    await switchboard.manager.ask(Action="Setvar", Channel=call, Variable="DLR_ENDPOINT", Value="1004")

    await switchboard.connect(call, "777777", "dlr-dial")

    await switchboard.joined(call)
    assert phones["1004"].on_line


async def test_the_version_is_read_by_the_dialer_s_user(switchboard):
    assert (await switchboard.manager.ask(Action="Getvar", Variable="DLR_VERSION"))["Value"] == DIALPLAN_VERSION
    exists = await switchboard.manager.ask(
        Action="Getvar", Variable=f"DIALPLAN_EXISTS(dlr-version,{DIALPLAN_VERSION},1)"
    )
    assert exists["Value"] == "1"
