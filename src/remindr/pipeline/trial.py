"""Exports without a project: which is which, as of which day, in which currency; then the path on the starter set."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from remindr.core.calendar import Calendars
from remindr.errors import DataError, Problem, Refused
from remindr.model.policy import Policy, Sources
from remindr.pipeline.station import Station, station
from remindr.project.trial import starter_policy
from remindr.sources.book import Book, load_book
from remindr.sources.find import date_in_name, find_files, named_files, seen_from
from remindr.sources.roles import Recognised, recognise
from remindr.sources.synonyms import Role

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

USUAL_CURRENCY = "USD"  # where the files name none
_STALE = 45  # days without a line in the file, after which the day it was written says nothing about its contents
_SINGULAR: dict[Role, str] = {"invoices": "invoice", "customers": "customer", "payments": "payment"}


@dataclass(frozen=True, slots=True)
class Exports:
    """The newest export of each kind, and what is to say about the others."""

    files: dict[Role, Recognised]
    notes: tuple[str, ...]

    @property
    def sources(self) -> Sources:
        """The exports as a project would name them."""
        named = {role: escape(str(found.file)) for role, found in self.files.items()}
        return Sources.model_validate(named)


@dataclass(frozen=True, slots=True)
class Trial:
    """The starter set on exports, ready to be asked. `exported_on` is the day that the exports are of.

    `is_archive` tells that nothing happened in them for long, so that they are looked at as of their newest invoice;
    `currencies` are those of the invoices, the most frequent first.
    """

    at: Station
    exports: Exports
    exported_on: date
    is_archive: bool
    currencies: tuple[str, ...]
    names_currency: bool

    @property
    def currency(self) -> str:
        """The currency of amounts that name none."""
        return self.at.policy.project.company.currency


@contextmanager
def trial(names: Sequence[str], as_of: date | None, timezone: str) -> Iterator[Trial]:
    """The starter set on the exports named, as of a day or of their own; DataError if they cannot be used.

    Nothing is written anywhere but into temporary folders, which are gone afterwards.
    """
    root = Path.cwd()
    with _without_a_project():
        exports = _sorted_out(root, names, timezone)
        policy = starter_policy(exports.sources, currency=USUAL_CURRENCY, timezone=timezone)
        with load_book(root, policy.project, today=as_of or date.max) as book:
            currencies = _currencies(book.connection)
            names_currency = any("currency" in file.columns for file in book.files)
            exported_on = book.exported_on
            archived_on = None if as_of else _archived_on(book, exports, timezone)
        if currencies and currencies[0] != USUAL_CURRENCY:
            policy = starter_policy(exports.sources, currency=currencies[0], timezone=timezone)
        today = as_of or archived_on or _sending_day(policy, exported_on)
        with station(root, policy, today, thorough=True) as at:
            yield Trial(at, exports, exported_on, archived_on is not None, currencies, names_currency)


def _sending_day(policy: Policy, day: date) -> date:
    """The day itself or the first one after it on which a run would write to anybody."""
    return Calendars(policy.project).home.next_sending_day(day)


@contextmanager
def _without_a_project() -> Iterator[None]:
    """Every reason not to use the exports, told to somebody who has no remindr.yaml to mend."""
    try:
        yield
    except (DataError, Refused) as error:
        raise DataError(map(_told_without_a_project, error.problems)) from None


def _told_without_a_project(problem: Problem) -> Problem:
    if problem.hint is None or "remindr.yaml" not in problem.hint:
        return problem
    return replace(problem, hint=f"{problem.hint}, in a project: remindr init starts one")


def _sorted_out(root: Path, names: Sequence[str], timezone: str) -> Exports:
    """Which of the files is the export of what; DataError if none is one of invoices."""
    found = [recognise(file, seen_from(root, file), timezone) for file in _files(names)]
    by_role: dict[Role, list[Recognised]] = {}
    for one in found:
        if one.role is not None:
            by_role.setdefault(one.role, []).append(one)
    if "invoices" not in by_role:
        raise _no_invoices(found)
    newest = {role: _newest_first(root, of_role, timezone) for role, of_role in by_role.items()}
    left = [one for one in found if one.role is None]
    return Exports({role: of_role[0] for role, of_role in newest.items()}, tuple(_left_out(newest.values(), left)))


def _files(names: Sequence[str]) -> list[Path]:
    """Every file that is named, once; DataError with all names that mean nothing."""
    meant = {name: named_files(name) for name in names}
    hint = "name your invoice export, and if you have them those of customers and payments"
    problems = [Problem(f"there is no file '{name}'", hint=hint) for name, files in meant.items() if not files]
    if problems:
        raise DataError(problems)
    return list(dict.fromkeys(file for files in meant.values() for file in files))


def _newest_first(root: Path, files: Iterable[Recognised], timezone: str) -> list[Recognised]:
    dated = [(find_files(root, escape(str(one.file)), timezone, "invoices")[0], one) for one in files]
    dated.sort(key=lambda pair: pair[0].newness, reverse=True)
    return [one for _, one in dated]


def _left_out(newest: Iterable[Sequence[Recognised]], unknown: Sequence[Recognised]) -> Iterator[str]:
    for first, *others in newest:
        for other in others:
            what = _SINGULAR[other.role] if other.role else ""
            yield f"{other.shown}: left out, for {first.shown} is the newer {what} export; remindr learn reads old ones"
    for one in unknown:
        yield f"{one.shown}: left out, for it is no export of invoices, customers or payments"


def _no_invoices(found: Sequence[Recognised]) -> DataError:
    """What the files lack, or what they are instead."""
    kinds = [f"{one.shown} is one of {one.role}" for one in found if one.role]
    if len(kinds) == len(found):
        return DataError(f"no invoice export: {', '.join(kinds)}", hint="name your list of invoices, too")
    return DataError(problem for one in found if one.role is None for problem in one.lacking)


def _currencies(connection: "DuckDBPyConnection") -> tuple[str, ...]:
    rows = connection.execute("SELECT currency FROM invoices GROUP BY 1 ORDER BY count(*) DESC, 1").fetchall()
    return tuple(currency for (currency,) in rows)


def _archived_on(book: Book, exports: Exports, timezone: str) -> date | None:
    """The newest invoice's day if all is settled and nothing in the file is near the day on which it was written."""
    file = exports.files["invoices"].file
    written = datetime.fromtimestamp(file.stat().st_mtime, ZoneInfo(timezone)).date()
    if book.exported_on != written or date_in_name(file.name):
        return None
    row = book.connection.execute(
        "SELECT max(issue_date), max(greatest(issue_date, cleared_on)), max(balance) FROM invoices"
    ).fetchone()
    issued, latest, owed = row or (None, None, None)
    return issued if issued and not owed and (written - latest).days > _STALE else None
