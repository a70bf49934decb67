"""Rows that cannot be read: set aside with their place and reason, or too many to go on."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import duckdb

from remindr.errors import DataError, Problem
from remindr.model.book import Quarantined
from remindr.sources.amounts import why_no_amount
from remindr.sources.dates import why_unreadable
from remindr.sources.frames import Broken
from remindr.sources.synonyms import FIELD_NAMES
from remindr.sources.table import Table, most_broken
from remindr.sources.values import ask
from remindr.sources.words import kind_of

SHOWN: Final = 10
SEARCHED: Final = 100  # broken rows in which names are looked for letter by letter
_DATES: Final = ("issue_date", "due_date", "cleared_on", "paid_on")
_NEGATIVE: Final = re.compile(r"\(?-?\W?\d[\d.,]*\)|-\W?\d[\d.,]*|\d[\d.,]*-")
_CALLED: Final = "SELECT customer_id, name FROM customers UNION ALL SELECT customer_id, former FROM merged"
WHOSE: Final = "whose it is decides who must not be reminded: mend this row and export again"


def unreadable_rows(connection: duckdb.DuckDBPyConnection, table: Table, facts: str) -> list[Quarantined]:
    """The rows of a file that are broken, or that have trouble in its table of facts, in file order."""
    rows = [_aside(connection, table, *entry) for entry in _troubled(connection, facts)]
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
    if field == "customer_id" and field not in table.fields:
        field = "customer_name"
    value = ""
    if field in table.fields:
        value = ask(connection, f"SELECT {field} FROM {table.name} WHERE rowid = ?", [ordinal])[0] or ""
    return Quarantined(
        *table.place(ordinal), table.columns.header(field), value, _reason(field, why, value), customer_id
    )


def _reason(field: str, why: str, value: str) -> str:
    name = FIELD_NAMES.get(field, field.replace("_", " "))
    if why == "mangled":
        return "a number that a spreadsheet has rounded; its digits are lost"
    if why == "conflict":
        return f"another row of the same invoice has a different {name}"
    if why == "ending":
        cell = "in this cell" if value.strip() else "at this empty cell"
        return f"the file stops {cell}, so the row may be cut short"
    if why == "short":
        return "the row below cannot be read, and may be a part of this invoice"
    if why == "blank":
        return "empty, and nothing else in the row says whether the invoice is paid"
    if why == "company":
        return "the amounts are in the company's currency, this invoice is in another: export its own amounts, too"
    if why == "excess":
        return "more is open than the invoice came to"
    if why == "opposite":
        return "above zero although the amount is below: neither an invoice nor a credit"
    if why == "missing" and not value.strip():
        return "no due date, and no issue date with terms to work it out from"
    if not value.strip():
        return f"no {name}"
    if field in ("amount", "balance", "paid"):
        return why_no_amount(value)
    return why_unreadable(value) if field in _DATES else _REASONS.get(field, f"not a {name}")


_REASONS: Final[Mapping[str, str]] = {
    "kind": "not a type of document that is known",
    "status": "not a status that is known",
    "currency": "not a currency that is known",
}


def refuse_too_many(rows: Sequence[Quarantined], table: Table) -> None:
    """Raises the DataError that lists them if more than three rows and more than 2 % of a file are unreadable."""
    read = table.count + sum(len(page.broken) for page in table.pages)
    if len(rows) <= most_broken(read):
        return
    what = f"{len(rows)} of {read} rows cannot be read, which is too many to go on without them"
    hint = "mend the export, or name the right columns under 'sources: columns:' in remindr.yaml"
    raise DataError([*(as_problem(row) for row in rows[:SHOWN]), Problem(what, table.shown, hint=hint)])


def as_problem(row: Quarantined) -> Problem:
    """A quarantined row as people are told of it: `file:row: Due Date: '31.02.2026' is not a date`."""
    column = f"{row.column}: " if row.column else ""
    value = (
        f"'{row.value}' is " if row.value and row.reason.startswith(("not ", "a number", "a time", "an amount")) else ""
    )
    return Problem(f"{column}{value}{row.reason}", row.file, row.row)


def refuse_nameless_credits(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A credit or payment that belongs to nobody may be anybody's: DataError."""
    query = "SELECT ordinal FROM facts WHERE kind = 'credit' AND starts_with(trouble, 'customer_id') ORDER BY ordinal"
    rows = connection.execute(query).fetchall()[:SHOWN]
    if rows:
        raise DataError(
            [Problem("a credit or payment without a customer", *table.place(row[0]), hint=WHOSE) for row in rows]
        )


def named_in_broken(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> set[str]:
    """Every customer that a broken row may name; a DataError if one looks like a credit and names nobody."""
    broken = [(table, page.snapshot.shown, bad) for table in tables for page in table.pages for bad in page.broken]
    if not broken:
        return set()
    people: dict[str, set[str]] = {}
    for customer_id, name in connection.execute(_CALLED).fetchall():
        people.setdefault(customer_id, set()).add(customer_id)
        people.setdefault(name, set()).add(customer_id)
    found: set[str] = set()
    problems: list[Problem] = []
    for searched, (table, file, bad) in enumerate(broken):
        cells = _cells(bad)
        named = set().union(*(people.get(cell, ()) for cell in cells))
        if not named and searched < SEARCHED:
            named = set().union(*(ids for name, ids in people.items() if name in bad.text))
        if not named and table.role != "customers" and (table.role == "payments" or _may_be_credit(cells)):
            problems.append(Problem("a credit or payment that cannot be read", file, bad.row, hint=WHOSE))
        found |= named
    if problems:
        raise DataError(problems[:SHOWN])
    return found


def named_without_number(connection: duckdb.DuckDBPyConnection, invoices: Table) -> set[str]:
    """Every customer whose name stands in a row that lacks their number."""
    if "customer_name" not in invoices.fields:
        return set()
    query = (
        f"SELECT c.customer_id FROM facts f JOIN {invoices.name} r ON r.rowid = f.ordinal "
        f"JOIN ({_CALLED}) c ON lower(c.name) = lower(r.customer_name) WHERE starts_with(f.trouble, 'customer_id')"
    )
    return {row[0] for row in connection.execute(query).fetchall()}


def _cells(bad: Broken) -> set[str]:
    """What the cells of a broken line are, or may have been."""
    guessed = re.split(r"[,;\t|]", bad.text) + bad.text.split('"')
    return {cell for cell in (*bad.cells, *(part.strip(' \t"') for part in guessed)) if cell}


def _may_be_credit(cells: Iterable[str]) -> bool:
    return any(kind_of(cell) in ("credit", "payment") or _NEGATIVE.fullmatch(cell) for cell in cells)
