"""Columns that do not hold what their headers say: cells were moved under other headers, or one column was emptied.

A package always fills some columns, and its words of status are known. Where none of that is there, drafts would be
reminded of and currencies be mistaken: nothing is read then. Looked at are the first rows only.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

import duckdb

from remindr.errors import DataError, Problem
from remindr.sources.amounts import readings
from remindr.sources.folding import fold
from remindr.sources.synonyms import FIELD_NAMES
from remindr.sources.table import BLANKS, Table
from remindr.sources.values import ask
from remindr.sources.words import kind_of, state_of

LOOKED_AT: Final = 1000
ALWAYS_FILLED: Final = ("issue_date", "amount", "balance", "currency", "status", "kind")
_NO_NAME: Final = (
    r"\W*[\d.,]*\d(?:\.\d{2}|,\d{1,2})\W*"  # an amount
    r"|\d{1,4}([./-])\d{1,2}[./-]\d{1,4}([ T]\d{2}:.*)?"  # a date
)
# 2026-08-03 may be a number, and so may 1/08/2026: the first invoice of August.
_A_DAY: Final = r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}.*"
_A_PHONE: Final = r"\s*(0\d{6,}|\+\d[\d ()/-]{6,})"
_NO_NUMBER: Final = (
    "contains(trim(invoice_id), ' ') AND NOT regexp_matches(invoice_id, '\\d') "
    f"OR regexp_full_match(trim(invoice_id), '{_A_DAY}')"
)


class _Doubt(NamedTuple):
    """A column that cannot be what it is taken for: its field, and why."""

    field: str
    what: str


def check_columns(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """DataError if a column cannot be what it is taken for, unless a setting says that it is."""
    found = (
        *_emptied(connection, table),
        *_foreign_words(connection, table),
        *_no_names(connection, table),
        *_no_addresses(connection, table),
        *_no_numbers(connection, table),
        *_no_amounts(connection, table),
        *_foreign_cells(table),
        *_other_amounts(table),
        *_blank(table),
    )
    if problems := [_problem(table, *one) for one in found if table.columns.how.get(one.field) != "setting"]:
        raise DataError(problems)


def check_pairs(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """DataError if two columns seem to be each other's: more is open than was asked for, due before it was issued.

    The column `adds_up` of the facts is there for this alone, and gone afterwards.
    """
    problems = [*_excess(connection, table), *_unequal(connection, table), *_before_issue(connection, table)]
    if problems:
        raise DataError(problems)
    connection.execute("ALTER TABLE facts DROP COLUMN adds_up")


def _excess(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Problem]:
    if not _are_read(table, "amount", "balance"):
        return
    more, less = ask(
        connection,
        "SELECT count(*) FILTER (balance > amount), count(*) FILTER (balance < amount) FROM facts "
        "WHERE kind = 'invoice' AND trouble IS NULL",
    )
    if more > less:
        open_, all_ = (table.columns.header(field) for field in ("balance", "amount"))
        rows = "1 row has" if more == 1 else f"{more:,} rows have"
        yield _each_other(table, f"{rows} more under '{open_}' than under '{all_}'")


def _unequal(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Problem]:
    """Amounts less what was paid that are not what is open, in most rows that show all three."""
    query = "SELECT count(*) FILTER (NOT adds_up), count(adds_up) FROM facts WHERE trouble IS NULL"
    unequal, count = ask(connection, query)
    if unequal > 1 and 2 * unequal > count:
        asked, paid, open_ = (f"'{table.columns.header(field)}'" for field in ("amount", "paid", "balance"))
        yield _each_other(table, f"in {unequal:,} of {count:,} rows {asked} less {paid} is not {open_}")


def _before_issue(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[Problem]:
    if not _are_read(table, "issue_date", "due_date"):
        return
    query = "SELECT count(*), count(*) FILTER (due_date < issue_date) FROM facts WHERE kind = 'invoice'"
    count, before = ask(connection, f"{query} AND trouble IS NULL AND issue_date IS NOT NULL")
    if 2 * before > count:
        issued, due = (table.columns.header(field) for field in ("issue_date", "due_date"))
        rows = "1 row has" if before == 1 else f"{before:,} rows have"
        yield _each_other(table, f"{rows} an earlier day under '{due}' than under '{issued}'")


def _are_read(table: Table, *fields: str) -> bool:
    """Whether both columns are there and nobody has said which they are."""
    return all(field in table.fields and table.columns.how.get(field) != "setting" for field in fields)


def _each_other(table: Table, what: str) -> Problem:
    hint = "is each header above its own cells? If so, say under 'sources: columns:' in remindr.yaml which is which"
    return Problem(what, table.shown, table.pages[0].dialect.header_row, hint=hint)


def _emptied(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[_Doubt]:
    """Columns without any cell that the package always fills."""
    profile = table.columns.profile
    for field in ALWAYS_FILLED:
        named = field in profile.columns and fold(table.columns.header(field)) in profile.known
        named = named and (field != "kind" or "invoice" in profile.kinds.values())
        if named and field in table.fields and not _cells(connection, table, field):
            what = f"'{table.columns.header(field)}' is empty in every row, which {profile.title} never leaves empty"
            yield _Doubt(field, what)


def _foreign_words(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[_Doubt]:
    """Columns of status or type in which no word is one of the package's, nor one that packages use."""
    profile = table.columns.profile
    if profile.statuses:
        for field in ("status", "stage"):
            yield from _unknown(connection, table, field, lambda word: state_of(word, profile.states))
    if profile.kinds:
        papers = {word: kind for word, kind in profile.papers.items() if word}  # without every other word
        yield from _unknown(connection, table, "kind", lambda word: kind_of(word, papers))


def _unknown(
    connection: duckdb.DuckDBPyConnection, table: Table, field: str, meaning: Callable[[str], object]
) -> Iterator[_Doubt]:
    words = _cells(connection, table, field) if field in table.fields else []
    if words and all(meaning(word) is None for word in words):
        what = f"'{table.columns.header(field)}' holds no {FIELD_NAMES.get(field, field)}, but '{words[0]}'"
        yield _Doubt(field, what)


def _foreign_cells(table: Table) -> Iterator[_Doubt]:
    """Columns whose cells are mostly not what the package always writes there."""
    profile = table.columns.profile
    for name, shape in profile.cells.items():
        header = table.columns.headers.get(name, name)
        cells = list(filter(None, _first_cells(table, header)))
        foreign = [cell for cell in cells if not re.fullmatch(shape, cell)]
        if 2 * len(foreign) > len(cells):
            yield _Doubt(name, f"'{header}' holds '{foreign[0]}', which {profile.title} never writes there")


def _other_amounts(table: Table) -> Iterator[_Doubt]:
    """Amounts that are mostly not half to twice as large as those of the column that they go with."""
    for field, other in table.columns.profile.about.items():
        header = table.columns.header(field)
        cells = zip(_first_cells(table, header), _first_cells(table, other), strict=False)  # either may be missing
        pairs = [pair for pair in cells if all(pair)]
        sizes = [(_size(one), _size(two)) for one, two in pairs]
        odd = [two == 0 != one or not two <= 2 * one <= 4 * two for one, two in sizes]
        if 2 * sum(odd) > len(odd):
            sample = pairs[odd.index(True)]
            what = f"'{header}' holds '{sample[0]}' where '{other}' holds '{sample[1]}'"
            yield _Doubt(field, what)


def _size(cell: str) -> Decimal:
    """How large an amount is, by either decimal mark; nought if it is none."""
    return max(map(abs, readings(cell)), default=Decimal(0))


def _first_cells(table: Table, header: str) -> tuple[str, ...]:
    """What stands under a header in the first rows of the file; nothing if it has no such header."""
    return table.pages[0].dialect.cells(header) if header in table.headers else ()


def _blank(table: Table) -> Iterator[_Doubt]:
    """Columns that are mostly empty although the package leaves none of their cells so."""
    profile = table.columns.profile
    for field in profile.filled:
        header = table.columns.headers.get(field, "")
        cells = _first_cells(table, header)
        if 2 * cells.count("") > len(cells):
            yield _Doubt(field, f"'{header}' is empty in most rows, which {profile.title} never leaves empty")


def _no_amounts(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[_Doubt]:
    """Amounts that are telephone numbers."""
    for field in ("amount", "balance", "paid"):
        if field in table.fields:
            odd, sample = _odd(connection, table, field, f"regexp_full_match({field}, '{_A_PHONE}')")
            if odd:
                yield _Doubt(field, f"'{table.columns.header(field)}' holds no amounts, but '{sample}'")


def _no_names(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[_Doubt]:
    """Customers who are called like amounts or dates."""
    for field in ("customer_id", "customer_name"):
        if field in table.fields:
            odd, sample = _odd(connection, table, field, f"regexp_full_match({field}, '{_NO_NAME}')")
            if odd:
                yield _Doubt(field, f"'{table.columns.header(field)}' holds no customers, but '{sample}'")


def _no_addresses(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[_Doubt]:
    """E-mail addresses that are none, while customers are called like such."""
    cells = _cells(connection, table, "email") if "email" in table.fields else []
    if not cells or any("@" in cell for cell in cells):
        return
    for field in ("customer_id", "customer_name"):
        if field in table.fields:
            odd, sample = _odd(connection, table, field, f"contains({field}, '@')")
            if odd:
                headers = f"'{table.columns.header('email')}' holds no address, '{table.columns.header(field)}' does"
                yield _Doubt("email", f"{headers}: '{sample}'")


def _no_numbers(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[_Doubt]:
    """Invoice numbers of several words without a digit, or days."""
    if table.role == "invoices" and "invoice_id" in table.fields:
        same_day = " OR trim(invoice_id) = trim(issue_date)" if "issue_date" in table.fields else ""
        odd, sample = _odd(connection, table, "invoice_id", _NO_NUMBER + same_day)
        if odd:
            header = table.columns.header("invoice_id")
            yield _Doubt("invoice_id", f"'{header}' holds no invoice numbers, but '{sample}'")


def _cells(connection: duckdb.DuckDBPyConnection, table: Table, field: str) -> list[str]:
    """The different texts in the first cells of a column that are not blank."""
    text = f"trim({field}, '{BLANKS}')"
    first = f"SELECT {text} AS text FROM {table.name} WHERE {text} <> '' LIMIT {LOOKED_AT}"
    return [row[0] for row in connection.execute(f"SELECT DISTINCT text FROM ({first}) ORDER BY text").fetchall()]


def _odd(connection: duckdb.DuckDBPyConnection, table: Table, field: str, test: str) -> tuple[bool, str]:
    """Whether most cells of the first rows are odd by a test, and one that is."""
    rows = f"FROM {table.name} WHERE {field} IS NOT NULL LIMIT {LOOKED_AT}"
    count, odd, sample = ask(
        connection, f"SELECT count(*), count(*) FILTER ({test}), min({field}) FILTER ({test}) FROM ({rows})"
    )
    return 2 * odd > count, sample or ""


def _problem(table: Table, field: str, what: str) -> Problem:
    page = table.pages[0]
    hint = "cells stand under the wrong header, or were lost: export the list again"
    if field in table.columns.headers:
        named = f"name the column of the {FIELD_NAMES.get(field, field)} under 'sources: columns:' in remindr.yaml"
        hint = f"{hint}; if the file is right, {named}"
    return Problem(what, table.shown, page.dialect.header_row, hint=hint)
