"""The published table of codes is the one the code keeps, and every code is reached."""

import re
from pathlib import Path

from dialer.core.numbering import Reason
from dialer.core.numbering.records import STATUSES

_DOCS = Path(__file__).parents[3] / "docs" / "numbers.md"
_ROW = re.compile(r"^\| `([A-Z_]+)` \| ([a-z, ]+) \|", re.MULTILINE)


def test_the_published_table_is_the_one_in_use():
    published = {code: set(statuses.split(", ")) for code, statuses in _ROW.findall(_DOCS.read_text("utf-8"))}
    assert published == {reason.value: {status.value for status in statuses} for reason, statuses in STATUSES.items()}


def test_every_code_has_its_statuses():
    assert set(STATUSES) == set(Reason)


def test_a_cell_that_is_a_letter_is_refused_at_once(numbering):
    (record,) = numbering.check("8 916 123-45-67 " * 100)
    assert (record.reason, record.detail) == (Reason.NOT_PHONE, "1600 characters")


def test_the_count_of_digits_is_said(numbering):
    assert numbering.check("8(4842) 56-76")[0].detail == "9 digits"
    assert numbering.check("849523456781")[0].detail == "12 digits"
    assert numbering.check("12-34")[0].detail == "4 digits"
