"""Disputes and holds that exports showed: few rows, written when one begins or ends."""

from datetime import date
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, bindparam, delete, or_, select

from remindr.core.rests import Rest, RestChanges, RestKey
from remindr.journal.engine import bulk_insert
from remindr.journal.schema import rests

if TYPE_CHECKING:
    from remindr.model.outcome import Cause

_KEY = (rests.c.customer_id, rests.c.invoice_id, rests.c.cause, rests.c.since)


def read_rests(connection: Connection, *, ended_since: date) -> list[Rest]:
    """Those that last, and those that ended since a day."""
    wanted = or_(rests.c.until.is_(None), rests.c.until >= ended_since.isoformat())
    return [
        Rest(
            RestKey(customer_id, invoice_id, cast("Cause", cause)),
            date.fromisoformat(since),
            date.fromisoformat(until) if until else None,
        )
        for customer_id, invoice_id, cause, since, until in connection.execute(select(rests).where(wanted))
    ]


def store_rests(connection: Connection, changes: RestChanges) -> None:
    """Stores what an export changed."""
    if changes.gone:
        one = delete(rests).where(*(column == bindparam(f"its_{column.name}") for column in _KEY))
        rows = [(*gone.key, gone.since.isoformat()) for gone in changes.gone]
        names = [f"its_{column.name}" for column in _KEY]
        connection.execute(one, [dict(zip(names, row, strict=True)) for row in rows])
    bulk_insert(connection, rests, (_row(rest) for rest in changes.new))


def _row(rest: Rest) -> tuple[str | None, ...]:
    return (*rest.key, rest.since.isoformat(), rest.until.isoformat() if rest.until else None)
