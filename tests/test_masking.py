"""Masking: a number is found in any form people write it; ids, addresses and times are left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.masking import BLOT, BLOTTED_SECRET, mask_number, mask_numbers, scrub, scrub_fields, scrub_value

WRITTEN = [
    "9123456789",
    "79123456789",
    "89123456789",
    "+79123456789",
    "+7 (912) 345-67-89",
    "8 (912) 345-67-89",
    "8-912-345-67-89",
    "8 912 345 67 89",
    "8.912.345.67.89",
    "912.345.67.89",
    "912/345/67/89",
    "(912)345-67-89",
    "8 (912) - 345 - 67 - 89",
    "+7\u00a0912\u00a0345\u201167\u201189",
    "+7\u200b912\u200b345\u200b67\u200b89",
    "８９１２３４５６７８９",
    "8 (34951) 2-34-56",
    "8912-34-56-789",
    "9123456789.0",
    "9.123456789E+9",
    "+380 44 123-45-67",
    "+1 212 555 0100",
    "234-56-78",
    "234\u201156\u201178",
]
AROUND = [
    "{}",
    "PJSIP/{}@carrier",
    "sip:{}@127.0.0.1:5070",
    "row 15: {} was refused",
    "5 {} 7",
    "тел.{}доб.12",
    '{{"phone": "{}"}}',
    "01930000-1234-7123-9123-456789012345 {}",
    "2026-11-21 20:15:36 {}",
]
KEPT = [
    "01930000-1234-7123-9123-456789012345",
    "dlr-98765432-1234-7123-9123-456789012345",
    "98765432-1234-4123-9123-456789012345",
    "2026-11-21T20:15:36.123456Z",
    "2026-11-21 20:15:36",
    "83.149.201.123",
    "10.0.0.2:5038",
    "1795290123.123",
    "dlr-a1001-7f3a",
    "took 35 ms, 400 of 400 calls, 25/s",
    "order 2345678, 026-11-21-7, 2026-11-21",
    "",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("number", WRITTEN)
def test_a_number_is_found_wherever_and_however_it_is_written(number: str, around: str) -> None:
    scrubbed = scrub(around.format(number))
    assert BLOT in scrubbed
    digits = re.sub(r"\D", "", scrubbed)
    assert "345678" not in digits.replace("456789012345", "")
    assert "3456" not in digits.replace("456789012345", "")[-10:]


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_number_is_kept(text: str) -> None:
    assert scrub(text) == text


SEPARATORS = st.text(" ()-./\u00a0\u2011\u2013", max_size=3)


@given(st.from_regex(r"[3489]\d{9}", fullmatch=True), st.sampled_from(["", "7", "8", "+7"]), st.data())
def test_any_number_with_anything_between_its_digits(number: str, prefix: str, data: st.DataObject) -> None:
    written = prefix + "".join(data.draw(SEPARATORS) + digit for digit in number)
    assert not re.search(r"\d(?:\D{0,5}\d){6}", scrub(f"call to {written} failed"))


def test_values_of_every_kind_are_looked_through() -> None:
    number = 9123456789
    assert scrub_value([number, 89123456789, 9123456789.0, {"to": str(number)}]) == [BLOT, BLOT, BLOT, {"to": BLOT}]
    assert scrub_value(b"tel 9123456789") == f"tel {BLOT}"
    assert scrub_value(ValueError("bad cell 9123456789")) == f"bad cell {BLOT}"
    assert scrub_value({"9123456789": 1}) == {BLOT: 1}
    kept = [1795290123, 1795290123.5, 0.25, True, None, 42, 3_000_000]
    assert scrub_value(kept) == kept


def test_secrets_keep_their_name_only() -> None:
    assert scrub_fields({"secret": "x", "Password": "y", "token": "", "user": "dialer"}) == {
        "secret": BLOTTED_SECRET,
        "Password": BLOTTED_SECRET,
        "token": "",
        "user": "dialer",
    }


def test_a_mask_shows_the_first_and_the_last_two_digits_only() -> None:
    assert mask_number("9123456767") == "+7 9** ***-**-67"


@pytest.mark.parametrize("number", WRITTEN)
@pytest.mark.parametrize("around", AROUND)
def test_a_desk_is_sent_no_number_but_its_ends(number: str, around: str) -> None:
    shown = mask_numbers(around.format(number))
    assert "***-**-" in shown
    assert number not in shown
    assert scrub(shown) == mask_numbers(shown) == shown


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_number_is_shown_whole(text: str) -> None:
    assert mask_numbers(text) == text
