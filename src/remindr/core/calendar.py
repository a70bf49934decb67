"""Which days are for sending, for ringing and for working, by country."""

from datetime import date, timedelta

from remindr.core.public_holidays import HolidayDates, is_known
from remindr.model.policy import Project
from remindr.model.terms import Span, Weekdays

_DAY = timedelta(days=1)
_WORKING = Weekdays(frozenset(range(5)))


class Calendar:
    """Sending days and working days of one country or region; every answer is remembered."""

    def __init__(self, sending: Weekdays, calling: Weekdays, holidays: HolidayDates) -> None:
        self._holidays = holidays
        self._sending = sending.days
        self._calling = calling.days
        self._next: dict[date, date] = {}
        self._previous: dict[date, date] = {}

    def is_sending_day(self, day: date) -> bool:
        """Whether messages go out on a day."""
        return day.weekday() in self._sending and day not in self._holidays

    def is_holiday(self, day: date) -> bool:
        """Whether a day is a public holiday."""
        return day in self._holidays

    def next_sending_day(self, day: date) -> date:
        """The day itself if it is a sending day, else the first one after it."""
        found = self._next.get(day)
        if found is None:
            found = self._next[day] = self._walk(day, _DAY, self._sending)
        return found

    def previous_sending_day(self, day: date) -> date:
        """The day itself if it is a sending day, else the last one before it."""
        found = self._previous.get(day)
        if found is None:
            found = self._previous[day] = self._walk(day, -_DAY, self._sending)
        return found

    def next_calling_day(self, day: date) -> date:
        """The day itself if calls are made on it, else the first such day after it."""
        return self._walk(day, _DAY, self._calling)

    def calling_days(self, first: date, last: date) -> list[date]:
        """Those of the days from `first` to `last`, both included, that are calling days."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.next_calling_day(day) == day]

    def _walk(self, day: date, step: timedelta, weekdays: frozenset[int]) -> date:
        while day.weekday() not in weekdays or day in self._holidays:
            day += step
        return day

    def add(self, day: date, span: Span) -> date:
        """The day so far ahead; working days skip week-ends and holidays."""
        return self.shift(day, span.days, working=span.working)

    def shift(self, day: date, days: int, *, working: bool) -> date:
        """The day so many calendar or working days after (before, if negative) a day."""
        if not working:
            return day + timedelta(days=days)
        step = _DAY if days > 0 else -_DAY
        for _ in range(abs(days)):
            day = self._walk(day + step, step, _WORKING.days)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 if `end` is not after `start`."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(day.weekday() in _WORKING.days and day not in self._holidays for day in days)


class Calendars:
    """A calendar per country: the sending days are the project's, the holidays are the country's."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._made: dict[str | None, Calendar] = {}
        region = project.reminding.holidays
        self._home_country = (region or "").partition("-")[0]
        self.home = self._make(region)

    def _make(self, region: str | None) -> Calendar:
        return Calendar(self._project.reminding.on, self._project.calls.on, HolidayDates(region))

    def of(self, country: str | None) -> Calendar:
        """The calendar for customers in a country; the project's own if the country is not known."""
        if country is None or country == self._home_country:
            return self.home
        found = self._made.get(country)
        if found is None:
            found = self._made[country] = self._make(country) if is_known(country) else self.home
        return found
