from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.core.numbering import load_default, normalise
from dialer.core.numbering.layout import Layouts
from dialer.core.numbering.records import Reason, Status
from tests.core.numbering.conftest import TODAY
from tests.core.numbering.fuzz import fuzz
from tests.core.numbering.rules import broken_rule

NUMBERING = load_default(TODAY)
TOWNS = st.sampled_from(["", "Калуга", "Москва", "Киров", "Омск", "Якутия, Мирный", "нигде"])
DIGITS = st.text("0123456789", min_size=1, max_size=14)
SEPARATORS = st.sampled_from([" ", "-", " - ", "(", ")", ") ", ", ", "/", ".", ";", "\n", "+", " доб. ", " и ", ""])


@st.composite
def cells_like_phones(draw):
    parts = draw(st.lists(st.tuples(SEPARATORS, st.text("0123456789", min_size=1, max_size=5)), max_size=9))
    return "".join(separator + digits for separator, digits in parts)


@st.composite
def usual_cells(draw):
    label = draw(st.sampled_from(["", "тел. ", "т.", "моб ", " "]))
    trunk = draw(st.sampled_from(["", "8", "7", "+7", "8 ", "+7 ", "8-", "+8"]))
    code = draw(st.sampled_from(["{}", "({})", "({}) ", "{}-", "{} "]))
    whole, local = [(3, 3, 2, 2), (4, 2, 2, 2), (5, 1, 2, 2)], [(0, 3, 2, 2), (0, 2, 2, 2), (0, 3, 4), (0, 1, 2, 2)]
    groups = draw(st.sampled_from([*whole, *local]))
    separator = draw(st.sampled_from(["-", " ", ""]))
    digits = [draw(st.text("0123456789", min_size=size, max_size=size)) for size in groups]
    head = trunk + code.format(digits[0]) if digits[0] else ""
    return label + head + separator.join(digits[1:]) + draw(st.sampled_from(["", " ", ".0"]))


@st.composite
def small_numbers_beside_a_mobile(draw):
    """A cell, and the mobile number in it."""
    digits = draw(st.sampled_from(["912", "916", "926", "999"])) + draw(st.text("0123456789", min_size=7, max_size=7))
    form = draw(
        st.sampled_from(["{}{}{}{}", "{} {} {} {}", "{}-{}-{}-{}", "{} {}-{}-{}", "({}) {}-{}-{}", "({}){}{}{}"])
    )
    mobile = draw(st.sampled_from(["", "8 ", "8", "+7 ", "+7", "7 "])) + form.format(
        digits[:3], digits[3:6], digits[6:8], digits[8:]
    )
    small = draw(st.integers(1, 99))
    behind = ["{} ({})", "{} {}", "{}, {}", "{}/{}", "{} - {}", "{} {}шт", "{}, {} шт.", "{} {} подъезд, 5 этаж"]
    before = ["{1} {0}", "{1}. {0}", "{1}) {0}", "({1}) {0}", "{1}, {0}", "№{1} {0}", "{1}: {0}", "{1} - {0}"]
    return draw(st.sampled_from(behind + before)).format(mobile, small), digits


@given(small_numbers_beside_a_mobile(), st.sampled_from(["", "Омск", "Екатеринбург", "Тюмень", "Калуга", "Златоуст"]))
@settings(max_examples=1000, deadline=None)
def test_a_small_number_beside_a_whole_one_makes_no_other(cell_and_mobile, town):
    cell, mobile = cell_and_mobile
    found = {number for record in NUMBERING.check(cell, town=town) for number in (record.number, *record.candidates)}
    assert found - {""} <= {mobile}


@given(st.text(max_size=60), TOWNS)
@settings(max_examples=400, deadline=None)
def test_any_text_keeps_the_rules(cell, town):
    assert broken_rule(NUMBERING, cell, town) == ""


@given(cells_like_phones(), TOWNS)
@settings(max_examples=800, deadline=None)
def test_cells_like_phones_keep_the_rules(cell, town):
    assert broken_rule(NUMBERING, cell, town) == ""


@given(st.lists(st.tuples(st.sampled_from([" ", "-", "(", ")", ".", ""]), DIGITS), max_size=5))
@settings(max_examples=400, deadline=None)
def test_without_commas_and_strokes_the_last_digits_stand_together_in_the_cell(parts):
    cell = "".join(separator + digits for separator, digits in parts)
    digits = "".join(filter(str.isdigit, cell))
    assert all(record.number[-5:] in digits for record in NUMBERING.check(cell) if record.number)


@given(usual_cells(), TOWNS)
@settings(max_examples=1000, deadline=None)
def test_the_fast_lane_says_what_the_long_way_says(cell, town):
    situation = NUMBERING._situations["", town, "", ""]
    slow = [NUMBERING._record(piece, situation) for piece in normalise(cell, NUMBERING.codes)]
    assert NUMBERING.check(cell, town=town) == slow


@given(st.lists(st.tuples(usual_cells(), st.just(""), TOWNS, st.just(""), st.just("")), max_size=20))
@settings(max_examples=50, deadline=None)
def test_the_bulk_path_says_what_one_by_one_says(rows):
    assert list(NUMBERING.check_many(rows)) == [NUMBERING.check(*row) for row in rows]


def test_the_bulk_path_doubts_what_one_by_one_doubts_once_the_numbers_around_are_known():
    doubted = ["9999999999", "4950000000", "0123456789", "1234567890", "8095551234", "8000000000"]
    around = [number[:-1] + digit for number in doubted for digit in "0123456789"]
    rows = [(cell, "", "", "", "") for cell in around + doubted]
    assert list(NUMBERING.check_many(rows * 2)) == [NUMBERING.check(*row) for row in rows * 2]


@given(st.lists(st.tuples(st.one_of(usual_cells(), cells_like_phones()), TOWNS), max_size=20))
@settings(max_examples=100, deadline=None)
def test_what_is_said_by_columns_is_what_one_by_one_says(rows):
    cells, abouts = [cell for cell, _ in rows], [("", town, "", "") for _, town in rows]
    for _ in range(2):  # much is said only of what was met before
        numbers, said = NUMBERING.usual_many(cells, abouts)
        for (cell, town), number, rest in zip(rows, numbers, said, strict=True):
            found = NUMBERING.check(cell, town=town)
            if isinstance(rest, Reason):
                assert [(record.status, record.reason) for record in found] == [(Status.REJECTED, rest)]
            elif rest is not None:
                (record,) = found
                assert (record.callable, record[1:4], record[4:]) == (True, (number, "", ()), rest)


@given(st.sampled_from(sorted(NUMBERING.codes)), st.text("0123456789", min_size=7, max_size=7), TOWNS)
@settings(max_examples=300, deadline=None)
def test_a_written_code_is_never_corrected(code, subscriber, town):
    (record,) = NUMBERING.check(f"8 ({code}) {subscriber}", town=town)
    assert record.number in (code + subscriber, "")
    assert record.status is not Status.RESTORED


def test_spoilt_golden_cells_keep_the_rules():
    assert fuzz(NUMBERING, rounds=3000, seed=20261121) is None


@given(st.lists(st.text(max_size=20) | st.sampled_from(["8 916 123-45-67", "00\0-00", "тел.\u00a056-76-12", "", "\n"])))
@settings(max_examples=200, deadline=None)
def test_a_batch_of_cells_is_read_as_each_alone(cells):
    assert Layouts().read_many(cells) == [Layouts().read(cell) for cell in cells]
