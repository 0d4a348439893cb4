"""Hours: nothing is ever allowed outside the window, told against a plain reading of the local clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.core.hours import (
    ANY_ZONE,
    DAY_MIN,
    EVERY_DAY_9_TO_21,
    NEVER_OPEN,
    OUTSIDE_HOURS,
    RUSSIAN_ZONES,
    ZONE_UNKNOWN,
    Allow,
    Calendar,
    Deny,
    Window,
    checked_zone,
    local_day,
    local_instant,
    next_open,
    open_at,
    open_zones,
    own_zone,
)

ONE_WEEK_MIN = 7 * DAY_MIN
SERVICE = Calendar()
COLLECTION = Calendar(
    weekdays=((Window(480, 1320),),) * 5 + ((Window(540, 1200),),) * 2,
    dates={"2026-11-04": (Window(540, 1200),), "2026-12-31": (), "2026-01-01": ()},
    reason="ru_collection",
)


def instant(text: str, zone: str = "UTC") -> float:
    return pytz.timezone(zone).localize(datetime.fromisoformat(text)).timestamp()


def is_open_by_the_wall(calendar: Calendar, zone: str, at: float) -> bool:
    """The rule read off a clock on the wall of that zone: the oracle, with no interval arithmetic."""
    local = datetime.fromtimestamp(at, pytz.timezone(zone))
    windows = calendar.dates.get(local.date().isoformat(), calendar.weekdays[local.weekday()])
    minute = local.hour * 60 + local.minute
    return any(window.open_min <= minute < window.close_min for window in windows)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Window, ...]:
    edges = draw(st.lists(st.integers(0, DAY_MIN), min_size=0, max_size=4, unique=True))
    edges.sort()
    return tuple(Window(a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))


DAYS_OF_2026 = st.dates(date(2025, 12, 28), date(2027, 1, 5)).map(date.isoformat)
CALENDARS = st.builds(
    Calendar,
    weekdays=st.tuples(*[windows()] * 7),
    dates=st.dictionaries(DAYS_OF_2026, windows(), max_size=6),
)
INSTANTS = st.floats(datetime(2026, 1, 1, tzinfo=UTC).timestamp(), datetime(2027, 1, 1, tzinfo=UTC).timestamp())
ZONES = st.sampled_from(RUSSIAN_ZONES)


@pytest.mark.parametrize("zone", RUSSIAN_ZONES)
def test_no_minute_of_a_week_with_a_holiday_is_allowed_outside_the_window(zone: str) -> None:
    monday = instant("2026-11-02T00:00:00")
    for at in (monday + minute * 60 for minute in range(ONE_WEEK_MIN)):
        assert isinstance(open_at(COLLECTION, zone, at), Allow) == is_open_by_the_wall(COLLECTION, zone, at)


@settings(max_examples=400, deadline=None)
@given(CALENDARS, ZONES, INSTANTS)
def test_any_calendar_agrees_with_the_wall_clock(calendar: Calendar, zone: str, at: float) -> None:
    assert isinstance(open_at(calendar, zone, at), Allow) == is_open_by_the_wall(calendar, zone, at)


@settings(max_examples=200, deadline=None)
@given(CALENDARS, ZONES, st.lists(INSTANTS, min_size=2, max_size=8))
def test_what_is_remembered_never_changes_an_answer(calendar: Calendar, zone: str, moments: list[float]) -> None:
    for at in moments + moments[::-1]:
        fresh = Calendar(calendar.weekdays, calendar.dates)
        assert open_at(calendar, zone, at) == open_at(fresh, zone, at)


@settings(max_examples=300, deadline=None)
@given(CALENDARS, st.one_of(ZONES, st.none()), INSTANTS)
def test_next_open_is_open_not_earlier_and_nothing_opens_before_it(
    calendar: Calendar, zone: str | None, at: float
) -> None:
    opening = next_open(calendar, zone, at)
    if opening is None:
        assert open_at(calendar, zone, at) == Deny(NEVER_OPEN, None)
        probes = [at + hours * 3600 for hours in range(24 * 14)]
    else:
        assert opening >= at
        assert isinstance(open_at(calendar, zone, opening), Allow)
        probes = [at + (opening - at) * step / 50 for step in range(50)] if opening > at else []
    zones = RUSSIAN_ZONES if zone is None else (zone,)
    for probe in probes:
        assert not all(is_open_by_the_wall(calendar, name, probe) for name in zones)


@settings(max_examples=200, deadline=None)
@given(CALENDARS, INSTANTS)
def test_an_unknown_zone_is_open_only_when_all_of_russia_is(calendar: Calendar, at: float) -> None:
    by_the_wall = tuple(zone for zone in RUSSIAN_ZONES if is_open_by_the_wall(calendar, zone, at))
    everywhere = len(by_the_wall) == len(RUSSIAN_ZONES)
    assert isinstance(open_at(calendar, None, at), Allow) == everywhere
    assert isinstance(open_at(calendar, "Mars/Olympus", at), Allow) == everywhere
    assert open_zones(calendar, at) == by_the_wall + ((ANY_ZONE,) if everywhere else ())


def test_windows_are_half_open() -> None:
    opening, closing = (
        instant("2026-06-10T09:00:00", "Asia/Omsk"),
        instant("2026-06-10T21:00:00", "Asia/Omsk"),
    )
    assert open_at(SERVICE, "Asia/Omsk", opening - 0.001) == Deny(OUTSIDE_HOURS, opening)
    assert open_at(SERVICE, "Asia/Omsk", opening) == Allow()
    assert open_at(SERVICE, "Asia/Omsk", closing - 0.001) == Allow()
    tomorrow = instant("2026-06-11T09:00:00", "Asia/Omsk")
    assert open_at(SERVICE, "Asia/Omsk", closing) == Deny(OUTSIDE_HOURS, tomorrow)


def test_unknown_zone_waits_for_kaliningrad_and_stops_with_kamchatka() -> None:
    kaliningrad_opens = instant("2026-06-10T09:00:00", "Europe/Kaliningrad")
    kamchatka_closes = instant("2026-06-10T21:00:00", "Asia/Kamchatka")
    assert open_at(SERVICE, None, kaliningrad_opens - 1) == Deny(ZONE_UNKNOWN, kaliningrad_opens)
    assert open_at(SERVICE, None, kaliningrad_opens) == Allow()
    assert open_zones(SERVICE, kaliningrad_opens) == (*RUSSIAN_ZONES, ANY_ZONE)
    assert open_at(SERVICE, None, kamchatka_closes) == Deny(ZONE_UNKNOWN, kaliningrad_opens + 86400)


def test_a_holiday_overrides_its_weekday_in_the_subscribers_own_date() -> None:
    unity_day_noon_in_moscow = instant("2026-11-04T08:30:00", "Europe/Moscow")
    assert isinstance(open_at(COLLECTION, "Europe/Moscow", unity_day_noon_in_moscow), Deny)
    the_day_before = instant("2026-11-03T08:30:00", "Europe/Moscow")
    assert open_at(COLLECTION, "Europe/Moscow", the_day_before) == Allow()
    still_the_third_in_kaliningrad = instant("2026-11-04T00:30:00", "Asia/Kamchatka")
    assert open_at(COLLECTION, "Europe/Kaliningrad", still_the_third_in_kaliningrad) == Allow()


def test_open_all_day_has_no_seam_at_midnight() -> None:
    demo = Calendar(weekdays=((Window(0, DAY_MIN),),) * 7, reason="demo")
    midnight = instant("2026-06-10T00:00:00", "Europe/Moscow")
    for offset_s in (-60, -0.001, 0, 0.001, 60):
        assert open_at(demo, "Europe/Moscow", midnight + offset_s) == Allow()
        assert open_at(demo, None, midnight + offset_s) == Allow()


def test_a_long_closure_is_looked_over_to_the_day_after_it() -> None:
    closed = {(date(2026, 7, 1) + timedelta(days=n)).isoformat(): () for n in range(40)}
    calendar = Calendar(dates=closed)
    opening = next_open(calendar, "Asia/Chita", instant("2026-07-01T12:00:00", "Asia/Chita"))
    assert opening == instant("2026-08-10T09:00:00", "Asia/Chita")


def test_only_a_far_date_is_open() -> None:
    calendar = Calendar(weekdays=((),) * 7, dates={"2028-02-29": (Window(600, 660),)})
    opening = next_open(calendar, "Asia/Tomsk", instant("2026-01-01T00:00:00"))
    assert opening == instant("2028-02-29T10:00:00", "Asia/Tomsk")
    assert next_open(calendar, "Asia/Tomsk", opening + 3600) is None


def test_where_clocks_change_the_stricter_reading_holds() -> None:
    """Berlin, 25 October 2026: 02:00–03:00 comes twice. An opening means the second, a closing the first."""
    night = Calendar(weekdays=((Window(150, 160), Window(170, 180)),) * 7)
    first_half_past_two = instant("2026-10-25T00:30:00")
    assert isinstance(open_at(night, "Europe/Berlin", first_half_past_two), Deny)
    calendar = Calendar(weekdays=((Window(60, 150),),) * 7)
    assert open_at(calendar, "Europe/Berlin", first_half_past_two - 1) == Allow()
    assert isinstance(open_at(calendar, "Europe/Berlin", first_half_past_two + 3600 - 1), Deny)


def test_every_zone_that_pytz_gives_to_russia_is_known() -> None:
    assert set(pytz.country_timezones["RU"]) <= set(RUSSIAN_ZONES)
    assert len(set(RUSSIAN_ZONES)) == len(RUSSIAN_ZONES)


@pytest.mark.parametrize(("open_min", "close_min"), [(-1, 60), (60, 60), (61, 60), (0, 1441)])
def test_a_window_that_is_no_window_is_refused(open_min: int, close_min: int) -> None:
    with pytest.raises(ValueError, match=f"window {open_min}..{close_min}"):
        Window(open_min, close_min)


def test_a_calendar_of_six_days_or_of_a_strange_date_is_refused() -> None:
    with pytest.raises(ValueError, match="7 weekdays"):
        Calendar(weekdays=EVERY_DAY_9_TO_21[:6])
    with pytest.raises(ValueError, match=r"01\.11\.2026"):
        Calendar(dates={"01.11.2026": ()})


CLOCKS = tuple(
    {pytz.timezone(zone).utcoffset(datetime(2026, 1, 1)): zone for zone in RUSSIAN_ZONES}.values()  # noqa: DTZ001 - local
)
"""One zone of Russia for each clock that is kept there."""
PAIRS = [(own, other) for own in CLOCKS for other in CLOCKS if own != other]


@pytest.mark.parametrize("day", ["2026-11-04", "2026-11-06", "2026-11-08"], ids=["holiday", "workday", "sunday"])
def test_nothing_is_dialled_outside_either_window_of_two_zones(day: str) -> None:
    """Every pair of clocks, every minute from that day's first midnight in Russia to its last."""
    first = instant(f"{day} 00:00", "Asia/Kamchatka")
    walls = {zone: [is_open_by_the_wall(COLLECTION, zone, first + 60 * n) for n in range(34 * 60)] for zone in CLOCKS}
    for own, other in PAIRS:
        bound = f"{own}|{other}"
        allowed = [open_at(COLLECTION, bound, first + 60 * n) == Allow() for n in range(34 * 60)]
        assert allowed == [a and b for a, b in zip(walls[own], walls[other], strict=True)], bound


@settings(max_examples=150, deadline=None)
@given(
    CALENDARS, st.lists(st.sampled_from(RUSSIAN_ZONES), min_size=2, max_size=4, unique=True), st.integers(0, 370 * 1440)
)
def test_zones_that_bind_together_open_when_all_of_them_do(calendar: Calendar, zones: list[str], minute: int) -> None:
    bound, at = "|".join(zones), instant("2026-01-01") + 60 * minute
    answer = open_at(calendar, bound, at)
    assert (answer == Allow()) == all(is_open_by_the_wall(calendar, zone, at) for zone in zones)
    opens = next_open(calendar, bound, at)
    if opens is not None:
        assert opens >= at
        assert all(is_open_by_the_wall(calendar, zone, opens) for zone in zones)
        assert opens == at or not all(is_open_by_the_wall(calendar, zone, opens - 60) for zone in zones)


def test_two_zones_too_far_apart_for_their_hours_never_open() -> None:
    short = Calendar(weekdays=((Window(12 * 60, 14 * 60),),) * 7)
    assert open_at(short, "Asia/Kamchatka|Europe/Moscow", instant("2026-11-20")) == Deny(NEVER_OPEN, None)


def test_a_name_among_several_that_is_no_zone_waits_for_all_of_russia() -> None:
    at = instant("2026-11-20 12:00", "Europe/Moscow")
    assert open_at(SERVICE, "Europe/Moscow|Mars/Crater", at) == open_at(SERVICE, None, at)


@pytest.mark.parametrize(
    ("zone", "own"), [("Asia/Omsk|Europe/Moscow", "Asia/Omsk"), ("Asia/Chita", "Asia/Chita"), ("", "")]
)
def test_the_first_of_several_zones_is_the_persons_own(zone: str, own: str) -> None:
    assert own_zone(zone) == own


@pytest.mark.parametrize("zone", ["Europe/Moskva", "Europe/Moskva|Asia/Omsk", ""])
def test_a_zone_that_is_none_has_the_day_and_the_clock_of_moscow(zone: str) -> None:
    """Of a project, or of books that were written by hand: it must not end the daemon."""
    at = instant("2026-11-20 00:30", "Europe/Moscow")
    assert local_day(zone, at) == date(2026, 11, 20)
    assert local_instant(zone, date(2026, 11, 20), 30) == at


def test_a_zone_is_checked_by_its_name() -> None:
    assert checked_zone("Asia/Omsk") == "Asia/Omsk"
    with pytest.raises(ValueError, match=r"no time zone 'Europe/Moskva'; did you mean .*Europe/Moscow"):
        checked_zone("Europe/Moskva")
    with pytest.raises(ValueError, match="an IANA name such as Asia/Omsk is wanted"):
        checked_zone("завтра")
