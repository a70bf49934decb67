"""A report's own totals against the rows that were read: the cheapest proof that none is missing or misread."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import duckdb

from remindr.errors import DataError, Problem
from remindr.sources.amounts import readings
from remindr.sources.table import Page, Table
from remindr.sources.values import Typed, ask

_HINT: Final = "rows are missing or misread: export the list again, or take its total row out"


def check_totals(
    connection: duckdb.DuckDBPyConnection, table: Table, amounts: Mapping[str, Typed], agree: dict[str, dict[str, str]]
) -> Iterator[str]:
    """Warnings about totals that differ; a DataError if it is the total of what is owed.

    Those that `agree` with the rows are noted there, by file and header.

    Nothing is compared where a file has no total, where a cell cannot be read, and where rows repeat their invoice's
    amounts. Of several totals the last one counts if it is the sum of those before.
    """
    if table.columns.line_items:
        return
    owed = "balance" if "balance" in table.fields else "amount"
    for page in table.pages:
        _check_groups(connection, table, page, owed, amounts[owed])
        if not page.totals or page.broken:
            continue
        for field, text in page.totals[-1].items():
            if not _is_grand(page.totals, field) or field not in amounts or field not in table.fields:
                continue
            total, read = _total(text), _sum(connection, table, amounts[field], page.start, page.count)
            if total is None or read is None:
                continue
            header = table.columns.header(field)
            if abs(total) == abs(read):
                agree.setdefault(page.snapshot.shown, {})[header] = text
                continue
            what = f"the file's own total of '{header}' is {text}, but its rows add up to {read:,.2f}"
            if field == owed:
                raise DataError(Problem(what, page.snapshot.shown, hint=_HINT))
            yield f"{page.snapshot.shown}: {what}"


def _check_groups(connection: duckdb.DuckDBPyConnection, table: Table, page: Page, owed: str, amount: Typed) -> None:
    """DataError if the rows under a heading do not add up to the heading's own total of what is owed."""
    groups = [(group, total) for group in page.groups if (total := _total(group.values.get(owed, ""))) is not None]
    if page.broken or not groups:
        return
    rows = connection.execute(
        f"SELECT CASE WHEN {amount.unreadable} THEN NULL ELSE coalesce({amount.value}, 0) END FROM {table.name} "
        f"{amount.join} WHERE {table.name}.rowid BETWEEN ? AND ? ORDER BY {table.name}.rowid",
        [page.start, page.start + page.count - 1],
    ).fetchall()
    for group, total in groups:
        found = [row[0] for row in rows[group.first : group.first + group.count]]
        if None not in found and abs(sum(found)) != abs(total):
            what = f"'{group.label}' is {group.values[owed]}, but the rows under it add up to {sum(found):,.2f}"
            raise DataError(Problem(what, page.snapshot.shown, group.row, hint=_HINT))


def _is_grand(totals: Sequence[Mapping[str, str]], field: str) -> bool:
    """Whether the last total of a column is that of the whole file: the only one, or the sum of all before it."""
    *parts, whole = (_total(one.get(field, "")) for one in totals)
    return not parts or (None not in parts and sum(filter(None, parts)) == whole)


def _total(text: str) -> Decimal | None:
    found = readings(text)
    return next(iter(found)) if len(found) == 1 else None


def _sum(connection: duckdb.DuckDBPyConnection, table: Table, amount: Typed, start: int, count: int) -> Decimal | None:
    """The sum of a column over a page; None if a cell cannot be read."""
    unread, total = ask(
        connection,
        f"SELECT bool_or({amount.unreadable}), sum({amount.value}) FROM {table.name} WHERE rowid BETWEEN ? AND ?",
        [start, start + count - 1],
    )
    return None if unread else total
