"""Rows that cannot be read: set aside with their place and reason, or too many to go on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import duckdb

from remindr.errors import DataError, Problem
from remindr.model.book import Quarantined
from remindr.sources.dates import why_unreadable
from remindr.sources.synonyms import FIELD_NAMES, Role
from remindr.sources.table import Table

SHARE_ALLOWED: Final = 0.02
ALWAYS_ALLOWED: Final = 3
SHOWN: Final = 10
_DATES: Final = ("issue_date", "due_date", "cleared_on", "paid_on")


def unreadable_rows(connection: duckdb.DuckDBPyConnection, table: Table, facts: str | None) -> list[Quarantined]:
    """The rows of a file that are broken, or that have trouble in its table of facts, in file order."""
    rows = [_aside(connection, table, *entry) for entry in _troubled(connection, facts)] if facts else []
    for page in table.pages:
        rows += [Quarantined(page.snapshot.shown, bad.row, "", bad.text, bad.reason) for bad in page.broken]
    return sorted(rows, key=lambda row: (row.file, row.row))


def _troubled(connection: duckdb.DuckDBPyConnection, facts: str) -> list[tuple[int, str, str | None]]:
    query = f"SELECT ordinal, trouble, customer_id FROM {facts} WHERE trouble IS NOT NULL ORDER BY ordinal"
    return connection.execute(query).fetchall()


def _aside(
    connection: duckdb.DuckDBPyConnection, table: Table, ordinal: int, trouble: str, customer_id: str | None
) -> Quarantined:
    field, _, why = trouble.partition(":")
    file, row = table.place(ordinal)
    value = _cell(connection, table, field, ordinal)
    return Quarantined(file, row, table.columns.header(field), value, _reason(field, why, value), customer_id)


def _cell(connection: duckdb.DuckDBPyConnection, table: Table, field: str, ordinal: int) -> str:
    if field not in table.fields:
        return ""
    query = f"SELECT {field} FROM {table.name} WHERE rowid = ?"
    return connection.execute(query, [ordinal]).fetchall()[0][0] or ""


def _reason(field: str, why: str, value: str) -> str:
    name = FIELD_NAMES.get(field, field)
    if why == "mangled":
        return "a spreadsheet has rounded this number; its digits are lost"
    if why == "conflict":
        return f"another row of the same invoice says something else about the {name.replace('_', ' ')}"
    if why == "missing" and field == "due_date":
        return "no due date, and no issue date with terms to work it out from"
    if not value.strip():
        return f"no {name}"
    if field in _DATES:
        return why_unreadable(value)
    return _REASONS.get(field, f"not a {name}")


_REASONS: Final[Mapping[str, str]] = {
    "amount": "not an amount",
    "balance": "not an amount",
    "paid": "not an amount",
    "kind": "unknown type of document",
    "status": "unknown status",
    "currency": "unknown currency",
}


def refuse_too_many(rows: Sequence[Quarantined], read: int, file: str) -> None:
    """Raises the DataError that lists them if more than three rows and more than 2 % of a file are unreadable."""
    if len(rows) <= max(ALWAYS_ALLOWED, SHARE_ALLOWED * read):
        return
    summary = Problem(
        f"{len(rows)} of {read} rows cannot be read; nothing was done",
        file,
        hint="mend the export, or name the right columns under 'sources: columns:' in remindr.yaml",
    )
    raise DataError([*(as_problem(row) for row in rows[:SHOWN]), summary])


def as_problem(row: Quarantined) -> Problem:
    """A quarantined row as people are told of it."""
    column = f"{row.column}: " if row.column else ""
    value = f"'{row.value}' is " if row.value and row.reason.startswith(("not ", "unknown ", "a time")) else ""
    return Problem(f"{column}{value}{row.reason}", row.file, row.row)


def refuse_nameless_credits(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A credit or payment that belongs to nobody may be anybody's: DataError."""
    query = "SELECT ordinal FROM facts WHERE kind = 'credit' AND starts_with(trouble, 'customer_id') ORDER BY ordinal"
    rows = connection.execute(query).fetchall()
    hint = "whose it is decides who must not be reminded: mend this row and export again"
    problems = [
        Problem("a credit or payment without a customer", *table.place(row[0]), hint=hint) for row in rows[:SHOWN]
    ]
    if problems:
        raise DataError(problems)


def customers_in(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[Table], rows: Mapping[Role, Sequence[Quarantined]]
) -> frozenset[str]:
    """Every customer named in a row that cannot be read; of broken rows, whoever a cell of them may name."""
    found = {row.customer_id for of_role in rows.values() for row in of_role if row.customer_id}
    broken = [bad for table in tables for page in table.pages for bad in page.broken]
    cells = sorted({cell for bad in broken for cell in (*bad.cells, *_guessed_cells(bad.text)) if cell})
    if cells:
        query = "SELECT customer_id FROM customers WHERE list_contains($1, customer_id) OR list_contains($1, name)"
        found.update(row[0] for row in connection.execute(query, [cells]).fetchall())
    return frozenset(found)


def _guessed_cells(text: str) -> list[str]:
    """What the cells of a broken line may have been."""
    parts = re.split(r"[,;\t|]", text)
    return [part.strip(' \t"') for part in parts] + [part.strip(' \t"') for part in text.split('"')]
