"""What a country tells of a company in it: its currencies and its time."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_SEASONS: Final = (datetime(2026, 1, 15), datetime(2026, 7, 15))  # noqa: DTZ001 - the same hour on any clock


def currencies_of(country: str) -> tuple[str, ...]:
    """The currencies people pay in there today, the usual one first; none for a country that is not known."""
    from babel.numbers import get_territory_currencies

    return tuple(get_territory_currencies(country))


def timezone_of(country: str) -> str | None:
    """The country's time zone; None if clocks in it differ, or if it is not known."""
    from babel.core import get_global

    zones = sorted(get_global("territory_zones").get(country, ()))
    times = {tuple(_offset(zone, day) for day in _SEASONS) for zone in zones}
    return zones[0] if len(times) == 1 else None


def _offset(zone: str, day: datetime) -> timedelta | None:
    return ZoneInfo(zone).utcoffset(day)
