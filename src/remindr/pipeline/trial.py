"""Exports without a project: which is which, as of which day, in which currency; then the path on the starter set."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from remindr.core.calendar import Calendars
from remindr.errors import DataError
from remindr.model.money import NO_CURRENCY
from remindr.model.policy import Policy
from remindr.pipeline.exports import Exports, first_currency, refuse_unread, sort_out, without_a_project
from remindr.pipeline.station import Station, station
from remindr.project.trial import starter_policy
from remindr.sources.book import Book, load_book
from remindr.sources.find import date_in_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_STALE = 45  # days without a line in the file, after which the day it was written says nothing about its contents


@dataclass(frozen=True, slots=True)
class Trial:
    """The starter set on exports, ready to be asked. `exported_on` is the day that the exports are of.

    `is_archive` tells that nothing happened in them for long, so that they are looked at as of their newest invoice;
    `currencies` are those that the files name, the most frequent first, and `names_currency` says whether every invoice
    is in one of them.
    """

    at: Station
    exports: Exports
    exported_on: date
    is_archive: bool
    currencies: tuple[str, ...]
    names_currency: bool

    @property
    def currency(self) -> str:
        """The currency of amounts that name none: the most frequent one, NO_CURRENCY where the files name none."""
        return self.at.policy.project.company.currency


@dataclass(frozen=True, slots=True)
class _Looked:
    """What a first load shows: currencies, NO_CURRENCY among them if amounts name none; its day; the day to look at."""

    currencies: tuple[str, ...]
    exported_on: date
    archived_on: date | None


@contextmanager
def trial(names: Sequence[str], as_of: date | None, timezone: str) -> Iterator[Trial]:
    """The starter set on the exports named, as of a day or of their own; DataError if they cannot be used.

    Nothing is written anywhere but into temporary folders, which are gone afterwards.
    """
    root = Path.cwd()
    with without_a_project():
        exports = sort_out(root, names, timezone)
        looked = _look(root, exports, as_of, timezone)
        currencies = tuple(code for code in looked.currencies if code != NO_CURRENCY)
        policy = starter_policy(exports.sources, currency=(*currencies, NO_CURRENCY)[0], timezone=timezone)
        today = as_of or looked.archived_on or _sending_day(policy, looked.exported_on)
        is_archive, all_named = looked.archived_on is not None, currencies == looked.currencies
        with station(root, policy, today, thorough=True) as at:
            yield Trial(at, exports, looked.exported_on, is_archive, currencies, all_named)


def _look(root: Path, exports: Exports, as_of: date | None, timezone: str) -> _Looked:
    """A first load, in no currency; some exports can only be read in the one that they name."""
    try:
        return _looked_at(root, exports, as_of, timezone, NO_CURRENCY)
    except DataError:
        named = first_currency(exports.files["invoices"].file, timezone)
        if named is None:
            raise
        return _looked_at(root, exports, as_of, timezone, named)


def _looked_at(root: Path, exports: Exports, as_of: date | None, timezone: str, currency: str) -> _Looked:
    policy = starter_policy(exports.sources, currency=currency, timezone=timezone)
    with load_book(root, policy.project, today=as_of or date.max) as book:
        refuse_unread(book)
        archived_on = None if as_of else _archived_on(book, exports, timezone)
        return _Looked(currencies_of(book.connection), book.exported_on, archived_on)


def _sending_day(policy: Policy, day: date) -> date:
    """The day itself or the first one after it on which a run would write to anybody."""
    return Calendars(policy.project).home.next_sending_day(day)


def currencies_of(connection: "DuckDBPyConnection") -> tuple[str, ...]:
    """The currencies of the invoices, the most frequent first."""
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
