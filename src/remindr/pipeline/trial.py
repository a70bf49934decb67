"""Exports without a project: which is which, as of which day, in which currency; then the path on the starter set."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from remindr.core.calendar import Calendars
from remindr.model.policy import Policy
from remindr.pipeline.exports import Exports, sort_out, without_a_project
from remindr.pipeline.station import Station, station
from remindr.project.trial import starter_policy
from remindr.sources.book import Book, load_book
from remindr.sources.find import date_in_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

USUAL_CURRENCY = "USD"  # where the files name none
_STALE = 45  # days without a line in the file, after which the day it was written says nothing about its contents


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
    with without_a_project():
        exports = sort_out(root, names, timezone)
        policy = starter_policy(exports.sources, currency=USUAL_CURRENCY, timezone=timezone)
        with load_book(root, policy.project, today=as_of or date.max) as book:
            currencies = currencies_of(book.connection)
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
