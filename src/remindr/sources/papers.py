"""What papers the rows of an invoice file are: which are left out by their words, and when that may be a mistake."""

from collections.abc import Mapping, Sequence
from typing import Final

import duckdb

from remindr.core.told import shortlist
from remindr.errors import DataError, Problem
from remindr.sources.folding import fold
from remindr.sources.identity import trimmed
from remindr.sources.table import Table
from remindr.sources.values import MOST_WORDS, Typed, distinct
from remindr.sources.words import kind_of

_BILLS: Final[Mapping[str, str]] = {"bill": "invoice", "bills": "invoice"}
_OF_PURCHASES: Final = ("purchase", "expense", "cheque", "check", "vendor", "supplier", "billpayment", "billcredit")
_LeftOut = tuple[str | None, str, int]  # the field that leaves rows out, its word, how many rows


def words_for_papers(connection: duckdb.DuckDBPyConnection, table: Table) -> Mapping[str, str]:
    """Folded words for types of document that mean something else here than anywhere: those of a package.

    In a file of none that has no other word for an invoice, and none of purchases, a bill is what the seller calls it.
    """
    profile = table.columns.profile
    if profile.name or "kind" not in table.fields:
        return profile.papers
    words = [fold(word) for word in distinct(connection, table, "kind", "kind", MOST_WORDS)]
    otherwise = any(kind_of(word) == "invoice" or any(stem in word for stem in _OF_PURCHASES) for word in words)
    return {} if otherwise else _BILLS


def refuse_left_out(
    connection: duckdb.DuckDBPyConnection, table: Table, kind: Typed, states: Mapping[str, Typed]
) -> None:
    """DataError rather than silence for ever, if the words of type and status leave out every row.

    In a file of no known package more than half of the rows being no invoices is enough.
    """
    tests = {"kind": f"{kind.value} = 'other'"}
    tests |= {field: f"{state.value} IN ('draft', 'void')" for field, state in states.items()}
    tests = {field: test for field, test in tests.items() if field in table.fields}
    if not tests:
        return
    fields = " ".join(f"WHEN {test} THEN '{field}'" for field, test in tests.items())
    words = " ".join(f"WHEN {test} THEN {trimmed(field)}" for field, test in tests.items())
    joins = " ".join(typed.join for typed in (kind, *states.values()))
    rows: list[_LeftOut] = connection.execute(f"""
        SELECT CASE {fields} END, CASE {words} END, count(*) FROM {table.name} {joins}
        GROUP BY 1, 2 ORDER BY 3 DESC, 2
    """).fetchall()
    every = sum(count for _, _, count in rows)
    left_out = [row for row in rows if row[0]]
    other = [row for row in rows if row[0] == "kind"]
    others = sum(count for _, _, count in other)
    if len(left_out) == len(rows):
        raise DataError(_problem(table, "every row is", left_out))
    if others * 2 > every and not table.columns.profile.name:
        raise DataError(_problem(table, f"{others:,} of {every:,} rows are", other))


def _problem(table: Table, which: str, left_out: Sequence[_LeftOut]) -> Problem:
    fields = list(dict.fromkeys(field for field, _, _ in left_out if field))
    told = " and ".join(f"'{table.columns.header(field)}': {_words(left_out, field)}" for field in fields)
    settings = " and ".join(f"""'{field}: ""'""" for field in fields)
    hint = (
        f"if these are invoices to remind of, write {settings} under 'sources: columns:' in remindr.yaml, as if there "
        "were no such column; if they are not, export the list of your invoices alone"
    )
    what = f"{which} left out by the words under {told}"
    return Problem(what, table.shown, table.pages[0].dialect.header_row, hint=hint)


def _words(left_out: Sequence[_LeftOut], field: str) -> str:
    words = [f"{word} ({count:,})" for of, word, count in left_out if of == field]
    return shortlist(words, 5)
