"""Sending days, working days, holidays."""

from datetime import date

import pytest
from cases import policy

from remindr.core.calendar import Calendar, Calendars
from remindr.core.public_holidays import HolidayDates
from remindr.model.terms import Weekdays

WEEK = Weekdays.parse("mon-fri")


def calendar(region: str | None = None, on: str = "mon-fri") -> Calendar:
    return Calendar(Weekdays.parse(on), WEEK, HolidayDates(region))


def test_a_day_for_sending_is_its_own_next_and_previous() -> None:
    friday = date(2026, 11, 20)
    assert calendar().next_sending_day(friday) == calendar().previous_sending_day(friday) == friday


def test_week_ends_and_holidays_are_walked_over() -> None:
    """Good Friday and Easter Monday 2026 are 3 and 6 April."""
    english = calendar("GB-ENG")
    assert english.next_sending_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert english.previous_sending_day(date(2026, 4, 6)) == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 5, date(2026, 11, 27)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
    ],
)
def test_working_days_skip_week_ends(start: date, days: int, end: date) -> None:
    assert calendar().shift(start, days, working=True) == end


def test_working_days_between_counts_the_last_day_and_not_the_first() -> None:
    assert calendar().working_days_between(date(2026, 11, 20), date(2026, 11, 23)) == 1
    assert calendar().working_days_between(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert calendar().working_days_between(date(2026, 11, 23), date(2026, 11, 20)) == 0


def test_sending_only_on_tuesdays_does_not_make_tuesdays_the_only_working_days() -> None:
    tuesdays = calendar(on="tue")
    assert tuesdays.next_sending_day(date(2026, 11, 20)) == date(2026, 11, 24)
    assert tuesdays.shift(date(2026, 11, 20), 1, working=True) == date(2026, 11, 23)


def test_leap_days_and_year_ends_are_ordinary_days() -> None:
    assert calendar().shift(date(2028, 2, 28), 1, working=False) == date(2028, 2, 29)
    assert calendar("DE").next_sending_day(date(2026, 12, 31)) == date(2026, 12, 31)
    assert calendar("DE").next_sending_day(date(2027, 1, 1)) == date(2027, 1, 4)


def test_an_unknown_country_keeps_the_projects_holidays() -> None:
    calendars = Calendars(policy(reminding={"holidays": "GB-ENG"}).project)
    boxing_day = date(2025, 12, 26)
    for country in (None, "GB", "391", "Atlantis"):
        assert not calendars.of(country).is_sending_day(boxing_day)
    assert calendars.of("FR").is_sending_day(boxing_day)
