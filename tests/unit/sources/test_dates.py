"""Dates as people and packages write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remindr.sources.dates import DAY_FIRST, MONTH_FIRST, count_votes, is_nothing, parse_date, why_unreadable

DAY = date(2026, 7, 15)
ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
GERMAN = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "2026-07-15", "2026/07/15", "2026.7.15", "20260715", "20260715.0", "15.07.2026", "15.7.26", "15. 7. 2026",
        "15 Jul 2026", "15-Jul-26", "15. Juli 2026", "15 juillet 2026", "15 de julio de 2026", "15 juli 2026",
        "July 15, 2026", "Jul 15 2026", "15th July 2026", "July 15th, 2026", "2026-07-15T23:59:59Z",
        "2026-07-15 00:00:00.000", "15.07.2026 13:05", "15/Jul/2026",
    ],
)  # fmt: skip
def test_unmistakable_dates_need_no_order(text: str) -> None:
    assert parse_date(text, None) == DAY


def test_numbers_with_slashes_follow_the_order() -> None:
    assert parse_date("3/4/2026", DAY_FIRST) == date(2026, 4, 3)
    assert parse_date("3/4/2026", MONTH_FIRST) == date(2026, 3, 4)
    assert parse_date("3-4-26 10:15 PM", DAY_FIRST) == date(2026, 4, 3)
    assert parse_date("3/4/2026", None) is None
    assert parse_date("4/4/2026", None) == date(2026, 4, 4)


def test_points_always_put_the_day_first() -> None:
    assert parse_date("03.04.2026", MONTH_FIRST) == date(2026, 4, 3)


@pytest.mark.parametrize(
    "text",
    [
        "31.09.2026",
        "2026-13-01",
        "13/13/2026",
        "soon",
        "05:23.4",
        "0202-11-20",
        "20261",
        "1507",
        "15 Foo 2026",
        "45980",
    ],
)
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    assert parse_date(text, DAY_FIRST) is None


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "n/a", "NULL", "0000-00-00", "00/00/0000", "0001-01-01T00:00:00", "NaT"]
)
def test_placeholders_stand_for_no_date(text: str) -> None:
    assert is_nothing(text)


def test_two_digit_years_are_of_this_century_up_to_79() -> None:
    assert parse_date("01.01.79", None) == date(2079, 1, 1)
    assert parse_date("01.01.80", None) == date(1980, 1, 1)


def test_one_unmistakable_date_decides_for_all_columns() -> None:
    assert count_votes({"issued": ["01/02/2026"], "due": ["03/04/2026", "25/04/2026"]}).order == DAY_FIRST
    assert count_votes({"issued": ["01/02/2026", "01/31/2026"], "due": ["03/04/2026"]}).order == MONTH_FIRST


def test_contradicting_and_open_ballots_have_no_order() -> None:
    torn = count_votes({"issued": ["25/01/2026"], "due": ["01/25/2026"]})
    assert torn.order is None
    assert torn.day_first
    assert torn.month_first
    still_open = count_votes({"due": ["01/02/2026", "05/05/2026", "2026-01-31", "31.01.2026", "13/13/2026"]})
    assert still_open.order is None
    assert still_open.either


def test_reason_names_what_a_spreadsheet_did() -> None:
    assert "a spreadsheet has cut this date" in why_unreadable("05:23.4")
    assert why_unreadable("soon") == "not a date"


@given(
    day=st.dates(date(1980, 1, 1), date(2079, 12, 31)),
    order=st.sampled_from([DAY_FIRST, MONTH_FIRST]),
    style=st.integers(0, 13),
    time=st.sampled_from(["", " 00:00", " 23:59:59", "T10:15:00.000Z", " 10:15 PM"]),
)
def test_a_date_in_any_style_is_read_back_exactly(day: date, order: str, style: int, time: str) -> None:
    first, second = (day.day, day.month) if order == DAY_FIRST else (day.month, day.day)
    written = (
        f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day:%d.%m.%Y}", f"{day.day}.{day.month}.{day:%y}",
        f"{first:02}/{second:02}/{day.year}", f"{first}/{second}/{day:%y}", f"{first:02}-{second:02}-{day.year}",
        f"{day.day} {ENGLISH[day.month - 1][:3]} {day.year}", f"{ENGLISH[day.month - 1]} {day.day}, {day.year}",
        f"{day.day}. {GERMAN[day.month - 1]} {day.year}", f"{day.day}-{ENGLISH[day.month - 1][:3]}-{day:%y}",
        f" {day:%d.%m.%Y} ", f"{day.day}. {day.month}. {day.year}",
    )[style]  # fmt: skip
    assert parse_date(written.rstrip() + time if time else written, order) == day  # type: ignore[arg-type]
