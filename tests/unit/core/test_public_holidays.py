"""Public holidays by country."""

import sys
from datetime import date, timedelta

import holidays
import pytest

from remindr.core import public_holidays
from remindr.core.public_holidays import HolidayDates, is_known

_YEAR = [date(2026, 1, 1) + timedelta(days=day) for day in range(365)]


def test_every_countrys_holidays_are_the_librarys() -> None:
    for country in holidays.list_supported_countries(include_aliases=False):
        ours = HolidayDates(country)
        assert {day for day in _YEAR if day in ours} == set(holidays.country_holidays(country, years=2026)), country


def test_a_region_has_holidays_of_its_own() -> None:
    assert date(2026, 6, 4) in HolidayDates("DE-BY")
    assert date(2026, 6, 4) not in HolidayDates("DE")


def test_without_a_country_there_are_no_holidays() -> None:
    assert date(2026, 12, 25) not in HolidayDates(None)


def test_countries_are_known_by_their_codes_alone() -> None:
    assert {code for code in ("GB", "DE", "UK", "GBR", "Germany", "391", "", "date") if is_known(code)} == {"GB", "DE"}


def test_one_country_needs_none_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    public_holidays._maker.cache_clear()
    monkeypatch.setitem(sys.modules, "holidays.countries", None)  # importing it would now fail
    assert date(2026, 10, 3) in HolidayDates("DE-BY")


def test_a_country_that_cannot_be_had_alone_is_asked_for_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    public_holidays._maker.cache_clear()
    monkeypatch.setattr(holidays, "__path__", ["elsewhere"])
    assert date(2026, 10, 3) in HolidayDates("DE")
    public_holidays._maker.cache_clear()
