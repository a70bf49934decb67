"""The tables of what exports showed: read as one text a row, the fastest way on to DuckDB; written as changes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, delete, func, or_, select

from remindr.core.rests import RestChanges
from remindr.journal.engine import bulk_insert, many_values
from remindr.journal.rests import store_rests
from remindr.journal.schema import exports, identities, sightings

_NOT_YET: Final = "9999-12-31"
SEPARATOR: Final = "\x1f"  # between the columns of a row that is one text

Began = tuple[str, str, str]  # customer id, invoice id, the day a sighting began on
Row = tuple[str | None, ...]  # of `sightings` or `identities`, in the order of their columns


@dataclass(frozen=True, slots=True)
class ExportSeen:
    """What an export changes: sightings that go, those that come, invoices that have a new id, disputes and holds."""

    day: date
    open_invoices: int
    gone: Iterable[Began]
    new: Iterable[Row]
    renamed: Iterable[Row]
    rests: RestChanges = field(default_factory=RestChanges)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known from exports: how many there were and since when, how many invoices they showed open.

    `settled` counts the invoices whose settlement was observed, `missing` those that are gone from the newest export
    alone: the next one decides.
    """

    exports: int
    since: date | None
    until: date | None
    invoices: int
    settled: int
    missing: int


def count_remembered(connection: Connection) -> Remembered:
    """Counts what is known from exports."""
    days = read_exports(connection)
    newest = days[-1].isoformat() if days else ""
    ended = func.max(func.coalesce(sightings.c.closed_on, _NOT_YET)).label("ended")
    at_last = func.max(case((sightings.c.closed_on == newest, sightings.c.how), else_="")).label("how")
    last = select(ended, at_last).group_by(sightings.c.customer_id, sightings.c.invoice_id).subquery()
    is_settled = or_(last.c.ended < newest, and_(last.c.ended == newest, last.c.how == "settled"))
    is_missing = and_(last.c.ended == newest, last.c.how == "missing")
    invoices, settled, missing = connection.execute(
        select(func.count(), *(func.sum(case((condition, 1), else_=0)) for condition in (is_settled, is_missing)))
        .select_from(last)
    ).one()  # fmt: skip
    return Remembered(len(days), min(days, default=None), max(days, default=None), invoices, settled or 0, missing or 0)


def read_exports(connection: Connection) -> list[date]:
    """The days of the exports that were seen, in order."""
    days = connection.scalars(select(exports.c.exported_on).order_by(exports.c.exported_on))
    return [date.fromisoformat(day) for day in days]


def read_sightings(connection: Connection, *, closed_since: date | None) -> list[str]:
    """Sightings as texts: all, or those that lasted into `closed_since` or ended with an invoice missing."""
    query = select(_as_text([*sightings.c]))
    if closed_since:
        ended = sightings.c.closed_on
        query = query.where(or_(ended.is_(None), ended >= closed_since.isoformat(), sightings.c.how == "missing"))
    return list(connection.scalars(query))


def read_identities(connection: Connection) -> list[str]:
    """The ids that invoices had beside their first ones, as texts."""
    return list(connection.scalars(select(_as_text([*identities.c]))))


def _as_text(columns: list[ColumnElement[str]]) -> ColumnElement[str]:
    filled = [func.coalesce(column, "") for column in columns]
    return reduce(lambda text, column: text + SEPARATOR + column, filled)


def store_export(connection: Connection, seen: ExportSeen, at: str) -> None:
    """Stores what an export changed; one of a day that is known already replaces what that day said."""
    day = seen.day.isoformat()
    connection.execute(delete(exports).where(exports.c.exported_on == day))
    bulk_insert(connection, exports, [(day, at, seen.open_invoices)])
    if gone := list(seen.gone):
        began = (sightings.c.customer_id, sightings.c.invoice_id, sightings.c.opened_on)
        one = delete(sightings).where(*(column == bindparam(f"its_{column.name}") for column in began))
        names = [f"its_{column.name}" for column in began]
        connection.execute(one, [dict(zip(names, key, strict=True)) for key in gone])
    with many_values():
        bulk_insert(connection, sightings, seen.new)
        bulk_insert(connection, identities, seen.renamed)
    if seen.rests:
        store_rests(connection, seen.rests)
