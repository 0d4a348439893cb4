"""Every outcome of the network on a real Asterisk: what the carrier does, what the switch tells, what the books say."""

import asyncio

import pytest
import pytest_asyncio

from dialer.core.classify import classify
from dialer.core.events import HungUp, OriginateFailed
from dialer.core.outcome import Clearing, Outcome
from sim.sip.behaviour import answers, no_answer, refuses, silent, stalls
from sim.sip.record import EndedBy
from tests.asterisk.conftest import GIVEN_UP_S
from tests.asterisk.line import Line

NUMBER = "9161234567"
PAUSE_S = 4.0
"""Longer than a busy machine leaves the carrier without a turn."""
AT_ONCE, RINGING, EARLY = {}, {"ring_s": 0.05}, {"early_s": 0.05}


@pytest_asyncio.fixture
async def line(switch, carrier):
    async with Line(switch) as line:
        yield line


def facts(clearing: Clearing):
    return clearing.cause, clearing.tech_cause, clearing.rang, clearing.progress, clearing.answered


REFUSALS = {
    404: (1, Outcome.INVALID, Outcome.INVALID),
    480: (19, Outcome.UNAVAILABLE, Outcome.NO_ANSWER),
    486: (17, Outcome.BUSY, Outcome.BUSY),
    488: (58, Outcome.FAILED_HERE, Outcome.FAILED_HERE),
    500: (38, Outcome.CONGESTION, Outcome.CONGESTION),
    503: (34, Outcome.CONGESTION, Outcome.CONGESTION),
    603: (21, Outcome.REJECTED, Outcome.REJECTED),
    403: (21, Outcome.FAILED_HERE, Outcome.REJECTED),
}
"""SIP code: the cause that Asterisk tells, the outcome at once, the outcome after ringing or early media."""


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("first", [AT_ONCE, RINGING, EARLY], ids=["at_once", "after_180", "after_183"])
async def test_a_refusal(line, carrier, code, first):
    cause, at_once, after = REFUSALS[code]
    carrier.on(NUMBER, refuses(code, **first))
    clearing = await line.ended(line.dial(NUMBER))
    assert facts(clearing) == (cause, code, first is RINGING, first is EARLY, False)
    assert classify(clearing) is (at_once if first is AT_ONCE else after)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (401, Outcome.FAILED_HERE),
        (407, Outcome.FAILED_HERE),
        (408, Outcome.UNAVAILABLE),
        (410, Outcome.INVALID),
        (484, Outcome.INVALID),
        (487, Outcome.UNAVAILABLE),
        (502, Outcome.CONGESTION),
        (504, Outcome.CONGESTION),
        (600, Outcome.BUSY),
        (604, Outcome.INVALID),
        (607, Outcome.BLOCKED),
        (608, Outcome.BLOCKED),
    ],
)
async def test_a_rarer_refusal(line, carrier, code, outcome):
    carrier.on(NUMBER, refuses(code))
    clearing = await line.ended(line.dial(NUMBER))
    assert clearing.tech_cause == code
    assert classify(clearing) is outcome
    assert len(carrier.records) == 1  # a challenge is not answered: never a second call


async def test_a_redirect_is_never_followed(line, carrier):
    """In one call of ten the dialling thread drops the channel before its session has noted the code: no word then."""
    carrier.on(NUMBER, refuses(302))
    clearing = await line.ended(line.dial(NUMBER))
    assert (clearing.cause, clearing.tech_cause, classify(clearing)) in {
        (23, 302, Outcome.FAILED_HERE),
        (0, 0, Outcome.UNAVAILABLE),
    }
    assert len(carrier.records) == 1


@pytest.mark.parametrize("first", [AT_ONCE, RINGING, EARLY], ids=["at_once", "after_180", "after_183"])
async def test_answered(line, carrier, first):
    carrier.on(NUMBER, answers(**{"ring_s": None, **first}, talk_s=0.05))
    clearing = await line.ended(line.dial(NUMBER))
    assert (clearing.rang, clearing.progress, clearing.answered) == (first is RINGING, first is EARLY, True)
    assert clearing.tech_cause == 0
    assert classify(clearing) is Outcome.ANSWERED


@pytest.mark.parametrize("early", [False, True], ids=["180", "183"])
async def test_nobody_answers_until_our_own_time_out(line, carrier, early):
    carrier.on(NUMBER, no_answer(early=early))
    clearing = await line.ended(line.dial(NUMBER, ring_s=PAUSE_S))
    assert facts(clearing) == (19, 480, not early, early, False)
    assert classify(clearing) is Outcome.NO_ANSWER
    assert carrier.records[0].ended_by is EndedBy.CANCELLED


@pytest.mark.parametrize("early", [False, True], ids=["180", "183"])
async def test_we_cancel(line, carrier, early):
    carrier.on(NUMBER, no_answer(early=early))
    attempt = line.dial(NUMBER)
    await line.until(lambda: attempt.events)
    line.hang_up(attempt)
    clearing = await line.ended(attempt)
    assert facts(clearing) == (16, 0, not early, early, False)
    assert classify(clearing) is Outcome.CANCELLED
    record = await carrier.wait_for_call(NUMBER, lambda record: not record.live)
    assert record.ended_by is EndedBy.CANCELLED


async def test_we_cancel_at_once(line, carrier):
    """The Hangup overtakes the channel that it is to end: it must end all the same, and nothing may ring on."""
    carrier.on(NUMBER, no_answer())
    attempt = line.dial(NUMBER)
    line.hang_up(attempt)
    assert classify(await line.ended(attempt)) is Outcome.CANCELLED
    await carrier.wait_until(lambda: not carrier.live_calls)


async def test_the_callers_number_is_refused(line, carrier):
    carrier.callers = frozenset({"4951234567"})
    carrier.on(NUMBER, answers(ring_s=None, talk_s=0.05))
    refused = await line.ended(line.dial(NUMBER, caller="4950000000"))
    assert facts(refused) == (21, 403, False, False, False)
    assert classify(refused) is Outcome.FAILED_HERE
    withheld = await line.ended(line.dial(NUMBER, caller=None))
    assert classify(withheld) is Outcome.FAILED_HERE
    assert carrier.records[-1].caller == "anonymous"
    taken = await line.ended(line.dial(NUMBER, caller="4951234567"))
    assert classify(taken) is Outcome.ANSWERED


@pytest.mark.parametrize("behaviour", [silent(), stalls()], ids=lambda behaviour: behaviour.name)
async def test_a_silent_trunk_looks_like_a_far_end_out_of_reach(line, carrier, behaviour):
    """100 Trying is not told, so both look the same: the Floor counts such attempts in a row.

    Asterisk repeats an INVITE after 0.5, 1.5 and 3.5 s; where it was answered late the last is not sent. One that was
    never answered it repeats into the next test: each has a number of its own.
    """
    number = {"silent": "9161234501", "stalls": "9161234502"}[behaviour.name]
    carrier.on(number, behaviour)
    clearing = await line.ended(line.dial(number, ring_s=5.0))
    assert facts(clearing) == (19, 480, False, False, False)
    assert classify(clearing) is Outcome.UNAVAILABLE
    assert [record.invites > 3 for record in carrier.calls_to(number)] == [behaviour == silent()]


async def test_a_trunk_that_dies_is_told_within_the_attempt_and_then_by_its_contact(line, carrier):
    carrier.mute = True
    clearing = await line.ended(line.dial(NUMBER, ring_s=0.2))
    assert facts(clearing) == (19, 480, False, False, False)
    await line.until(lambda: line.reachable("carrier") is False)
    attempt = line.dial(NUMBER)
    await line.until(lambda: attempt.saw(OriginateFailed))
    assert not carrier.calls_to(NUMBER)
    carrier.mute = False
    await asyncio.sleep(GIVEN_UP_S)  # what nobody heard before is given up, and the trunk dead once more
    await line.until(lambda: line.reachable("carrier"))
    carrier.on(NUMBER, answers(ring_s=None, talk_s=0.05))
    assert classify(await line.ended(line.dial(NUMBER))) is Outcome.ANSWERED


@pytest.mark.parametrize("trunk", ["dead", "unheard-of"])
async def test_over_a_trunk_known_to_be_dead_or_to_nobody_no_channel_comes_about(line, trunk):
    attempt = line.dial(NUMBER, trunk=trunk)
    await line.until(lambda: attempt.saw(OriginateFailed))
    assert not attempt.saw(HungUp)


async def test_the_networks_own_reason_does_no_harm(line, carrier):
    """Asterisk 22.10 tells the code's cause, others may tell the header's: the outcome is the same."""
    carrier.on(NUMBER, refuses(480, cause=20))
    clearing = await line.ended(line.dial(NUMBER))
    assert clearing.cause in (19, 20)
    assert classify(clearing) is Outcome.UNAVAILABLE
