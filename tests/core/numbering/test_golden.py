"""The golden file: cells written by hand with what they are, each under the rule that says so."""

from pathlib import Path

import pytest

from dialer.core.numbering import NumberRecord, Status
from dialer.core.numbering.records import Reason

_FILE = Path(__file__).with_name("golden.txt")
_UNSEEN = {
    "{nbsp}": "\u00a0",
    "{zwsp}": "\u200b",
    "{bom}": "\ufeff",
    "{thinsp}": "\u2009",
    "{shy}": "\u00ad",
    "{space}": "  ",
    "{empty}": "",
    "\\n": "\n",
}
_LEAST_CELLS = 300


def _cases() -> list[tuple[str, str, str, str, str]]:
    cases = []
    rule = ""
    for line in _FILE.read_text("utf-8").splitlines():
        if line.startswith("## "):
            rule = line[3:]
        elif " => " in line and not line.startswith("#   "):
            given, _, expected = line.rpartition(" => ")
            cell, _, place = given.partition(" @ ")
            postcode, _, town = place.partition(";")
            for name, char in _UNSEEN.items():
                cell = cell.replace(name, char)
            cases.append((rule, cell, postcode.strip(), town.strip(), expected.strip()))
    return cases


def _in_words(records: list[NumberRecord]) -> str:
    return " | ".join(map(_word, records))


def _word(record: NumberRecord) -> str:
    if record.status is Status.REJECTED:
        return record.reason
    if record.status is Status.AMBIGUOUS:
        return "?" + " ".join(record.candidates)
    ext = f" x{record.ext}" if record.ext else ""
    return record.number + ext + (f" [{record.reason}]" if record.reason else "")


@pytest.mark.parametrize(("rule", "cell", "postcode", "town", "expected"), _cases())
def test_golden_cell(numbering, rule, cell, postcode, town, expected):
    assert _in_words(numbering.check(cell, postcode, town)) == expected, rule


def test_the_file_is_long_enough_and_reaches_every_code():
    cases = _cases()
    assert len(cases) >= _LEAST_CELLS
    told = " ".join(expected for *_, expected in cases)
    assert {reason for reason in Reason if reason not in told} == set()
