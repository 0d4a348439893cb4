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
