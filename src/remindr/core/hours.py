"""When a customer may be rung: hours of their own day, told in ours where the clocks differ."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from remindr.model.terms import Hours


@lru_cache(maxsize=512)
def told_hours(hours: Hours, country: str | None, home: str, day: date) -> str:
    """`ring 09:00-17:00 their time, 10:00-18:00 yours`; in a country of several zones, what fits all of them.

    Without a country it is the time at `home`, a time zone.
    """
    ours = _offset(home, day) or timedelta(0)
    theirs = {ahead for zone in _zones(country) if (ahead := _offset(zone, day)) is not None} or {ours}
    if theirs == {ours}:
        return f"ring {hours}"
    start = max(_minutes(hours.start) + _apart(ours, other) for other in theirs)
    end = min(_minutes(hours.end) + _apart(ours, other) for other in theirs)
    if len(theirs) == 1:
        return f"ring {hours} their time, {_clock(start)}-{_clock(end)} yours"
    if start >= end:
        return f"ring {hours} their time; {country} has several time zones"
    return f"ring {_clock(start)}-{_clock(end)} your time, which is within {hours} everywhere in {country}"


def _zones(country: str | None) -> tuple[str, ...]:
    from babel.core import get_global

    return tuple(get_global("territory_zones").get(country or "", ()))


def _offset(zone: str, day: date) -> timedelta | None:
    """How far a zone is ahead of UTC at noon of a day; None if this machine does not know it."""
    try:
        return datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, OSError):
        return None


def _apart(ours: timedelta, theirs: timedelta) -> int:
    return int((ours - theirs).total_seconds()) // 60


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(minutes: int) -> str:
    """A time of our day, with a word where it is another day than theirs."""
    days, rest = divmod(minutes, 24 * 60)
    return f"{rest // 60:02}:{rest % 60:02}{' the day before' if days < 0 else ' the day after' if days else ''}"
