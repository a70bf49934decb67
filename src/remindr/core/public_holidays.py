"""Public holidays by country, from the holidays library, of which only the country asked for is loaded.

The library's own way to a country goes through a package that imports all 250 of them: 0.08 s of a run.
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType


class HolidayDates:
    """The public holidays of a country or region; without one there are none."""

    def __init__(self, region: str | None) -> None:
        self._region = region
        self._years: dict[int, frozenset[date]] = {}

    def __contains__(self, day: date) -> bool:
        known = self._years.get(day.year)
        if known is None:
            known = self._years[day.year] = _holidays(self._region, day.year)
        return day in known


@cache
def is_known(country: str) -> bool:
    """Whether the library has the holidays of that country."""
    from holidays.registry import EntityLoader

    return country in EntityLoader.get_country_codes(include_aliases=False)


@cache
def _holidays(region: str | None, year: int) -> frozenset[date]:
    if region is None:
        return frozenset()
    country, _, subdivision = region.partition("-")
    return frozenset(_maker(country)(subdiv=subdivision or None, years=year, expand=False))


@cache
def _maker(country: str) -> Callable[..., Iterable[date]]:
    """What makes the holidays of a country: its own class, or the library's function where that cannot be had alone."""
    import holidays
    from holidays.registry import EntityLoader

    entity = getattr(holidays, country, None)
    if isinstance(entity, EntityLoader):
        loaded = _alone(entity.module_name, [f"{path}/countries" for path in holidays.__path__])
        if loaded is not None:
            made: Callable[..., Iterable[date]] = getattr(loaded, entity.entity_name)
            return made
    return lambda **wanted: holidays.country_holidays(country, **wanted)


def _alone(name: str, folders: list[str]) -> ModuleType | None:
    """The module of that name from one of the folders, without its package; None if it is not there.

    It is kept out of `sys.modules`: should it ask for the package after all, that loads as ever.
    """
    spec = PathFinder.find_spec(name, folders)
    if spec is None or spec.loader is None:
        return None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
