"""The outcome table: what Asterisk reports on one side, what the books say on the other."""

import re
from pathlib import Path

import pytest

from dialer.core.classify import classify
from dialer.core.outcome import USES_NO_ATTEMPT, Clearing, Outcome


def clearing(cause, tech_cause, heard=""):
    return Clearing(
        cause=cause,
        tech_cause=tech_cause,
        rang=heard == "rang",
        progress=heard == "progress",
        answered=False,
    )


@pytest.mark.parametrize(
    ("cause", "code", "silent", "heard"),
    [
        (17, 486, Outcome.BUSY, Outcome.BUSY),
        (17, 600, Outcome.BUSY, Outcome.BUSY),
        (34, 503, Outcome.CONGESTION, Outcome.CONGESTION),
        (38, 500, Outcome.CONGESTION, Outcome.CONGESTION),
        (1, 404, Outcome.INVALID, Outcome.INVALID),
        (22, 410, Outcome.INVALID, Outcome.INVALID),
        (28, 484, Outcome.INVALID, Outcome.INVALID),
        (19, 480, Outcome.UNAVAILABLE, Outcome.NO_ANSWER),
        (18, 408, Outcome.UNAVAILABLE, Outcome.NO_ANSWER),
        (21, 603, Outcome.REJECTED, Outcome.REJECTED),
        (21, 403, Outcome.FAILED_HERE, Outcome.REJECTED),
        (21, 401, Outcome.FAILED_HERE, Outcome.FAILED_HERE),
        (23, 302, Outcome.FAILED_HERE, Outcome.FAILED_HERE),
        (58, 488, Outcome.FAILED_HERE, Outcome.FAILED_HERE),
        (127, 487, Outcome.UNAVAILABLE, Outcome.NO_ANSWER),
        (0, 0, Outcome.UNAVAILABLE, Outcome.NO_ANSWER),
        (16, 0, Outcome.UNAVAILABLE, Outcome.NO_ANSWER),
    ],
)
def test_a_refusal_without_a_reason_header_is_told_by_its_code_and_the_ringing(cause, code, silent, heard):
    assert classify(clearing(cause, code)) is silent
    assert classify(clearing(cause, code, "rang")) is heard
    assert classify(clearing(cause, code, "progress")) is heard


@pytest.mark.parametrize(
    ("cause", "code", "outcome"),
    [
        (20, 480, Outcome.UNAVAILABLE),
        (17, 480, Outcome.BUSY),
        (1, 503, Outcome.INVALID),
        (17, 603, Outcome.BUSY),
        (21, 480, Outcome.REJECTED),
        (34, 480, Outcome.CONGESTION),
        (1, 0, Outcome.INVALID),
    ],
)
def test_the_networks_own_q850_reason_wins_over_a_vaguer_sip_code(cause, code, outcome):
    assert classify(clearing(cause, code, "progress")) is outcome


@pytest.mark.parametrize("vague", [0, 16, 31, 127])
def test_a_vague_reason_leaves_the_word_to_the_code(vague):
    assert classify(clearing(vague, 486)) is Outcome.BUSY


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(305, Outcome.FAILED_HERE), (499, Outcome.FAILED_HERE), (599, Outcome.CONGESTION), (699, Outcome.REJECTED)],
)
def test_an_unknown_code_is_told_by_its_class(code, outcome):
    assert classify(clearing(127, code)) is outcome


@pytest.mark.parametrize(("heard", "outcome"), [("", Outcome.BLOCKED), ("rang", Outcome.REJECTED)])
def test_the_trunk_says_with_which_codes_its_operator_blocks(heard, outcome):
    assert classify(clearing(21, 403, heard), (403, 603)) is outcome
    assert classify(clearing(21, 403, heard)) is not Outcome.BLOCKED


@pytest.mark.parametrize("cause", [0, 16, 19, 44])
def test_an_answered_call_stays_answered_whatever_cleared_it(cause):
    ended = Clearing(cause=cause, tech_cause=0, rang=True, progress=False, answered=True, cancelled_by_us=True)
    assert classify(ended) is Outcome.ANSWERED


def test_what_we_cancelled_is_cancelled():
    ended = Clearing(cause=16, tech_cause=0, rang=True, progress=False, answered=False, cancelled_by_us=True)
    assert classify(ended) is Outcome.CANCELLED


def test_every_outcome_of_the_network_is_reachable():
    seen = {
        classify(clearing(cause, code, heard))
        for cause in range(128)
        for code in (0, *range(400, 700))
        for heard in ("", "rang")
    }
    assert seen == {
        Outcome.BUSY,
        Outcome.NO_ANSWER,
        Outcome.REJECTED,
        Outcome.INVALID,
        Outcome.UNAVAILABLE,
        Outcome.CONGESTION,
        Outcome.FAILED_HERE,
        Outcome.BLOCKED,
    }


def documented():
    page = (Path(__file__).parents[2] / "docs" / "outcomes.md").read_text()
    rows = (line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| "))
    return [row[1:] for row in rows if row[1].isdecimal()]


@pytest.mark.parametrize(("cause", "code", "silent", "heard"), documented())
def test_the_documentation_says_the_same(cause, code, silent, heard):
    assert classify(clearing(int(cause), int(code))) == silent
    assert classify(clearing(int(cause), int(code), "rang")) == heard
    assert classify(clearing(int(cause), int(code), "progress")) == heard


def test_the_documentation_names_every_outcome_that_uses_no_attempt():
    page = (Path(__file__).parents[2] / "docs" / "outcomes.md").read_text()
    last = page.strip().splitlines()[-1]
    assert set(re.findall(r"`(\w+)`", last)) == USES_NO_ATTEMPT
