"""What people should know of a book although it can be used: odd ids, copies, columns nobody reads."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb

from remindr.core.told import shortlist
from remindr.sources.columns import TELL_WHAT_IS_OPEN
from remindr.sources.folding import bare
from remindr.sources.synonyms import Role
from remindr.sources.table import Table
from remindr.sources.values import ask

NAMED = 3


def of_book(connection: duckdb.DuckDBPyConnection, tables: Mapping[Role, Table], counted: date) -> Iterator[str]:
    """Everything worth telling of a finished book that counts payments up to a day."""
    untold = "payments" not in tables and not TELL_WHAT_IS_OPEN & set(tables["invoices"].fields)
    if untold and not ask(connection, "SELECT count(*) FROM payments")[0]:
        yield f"{tables['invoices'].shown}: no column says what is paid, so every invoice in it counts as open"
    yield from of_customers(connection, tables.get("customers"))
    yield from of_invoices(connection)
    yield from of_days(connection, tables["invoices"])
    yield from of_payments(connection, tables["invoices"], counted)


def of_invoices(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """Invoice numbers that differ only in leading zeros, per customer."""
    pairs = connection.execute("""
        SELECT customer_id, min(invoice_id), max(invoice_id) FROM invoices WHERE starts_with(invoice_id, '0') OR
            ltrim(invoice_id, '0') IN (SELECT ltrim(invoice_id, '0') FROM invoices WHERE starts_with(invoice_id, '0'))
        GROUP BY customer_id, kind, ltrim(invoice_id, '0') HAVING count(*) > 1 ORDER BY ALL
    """).fetchall()
    told = [f"{customer}: invoices '{a}' and '{b}' differ only in leading zeros" for customer, a, b in pairs]
    yield from _some(told, "pairs of invoice numbers differ only in leading zeros")


def of_days(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """Invoices that are due before they were issued."""
    query = "SELECT invoice_id FROM invoices WHERE kind = 'invoice' AND due_date < issue_date ORDER BY 1"
    if early := _column(connection, query):
        what = "1 invoice is" if len(early) == 1 else f"{len(early):,} invoices are"
        yield f"{table.shown}: {what} due before the day of issue: {shortlist(early)}"


def of_customers(connection: duckdb.DuckDBPyConnection, listed: Table | None) -> Iterator[str]:
    """Who is missing from the customers file, and who stands there more than once."""
    if listed is None:
        return
    missing = _column(connection, "SELECT customer_id FROM customers WHERE NOT listed ORDER BY 1")
    if missing:
        yield f"{listed.shown}: {_customers(missing)} with invoices not in it: {shortlist(missing)}"
    twice = _column(connection, "SELECT customer_id FROM listed WHERE rows > 1 ORDER BY 1")
    if twice:
        several = f"{_customers(twice)} in it more than once"
        yield f"{listed.shown}: {several}, the first filled cell counts: {shortlist(twice)}"


def of_payments(connection: duckdb.DuckDBPyConnection, invoices: Table, counted: date) -> Iterator[str]:
    """Payments dated after the export that tells of them: day and month may have been swapped."""
    (later,) = ask(connection, "SELECT count(*) FROM invoices WHERE cleared_on > ?", [counted])
    if later:
        what = "1 invoice was paid" if later == 1 else f"{later:,} invoices were paid"
        yield f"{invoices.shown}: {what} after {counted}, the day of the export; are day and month read rightly?"


def of_columns(table: Table) -> Iterator[str]:
    """Columns of a file that nothing is read from, but for those that its package always writes."""
    columns = table.columns
    expected = columns.profile.known | columns.profile.known_sometimes
    unused = [header for header in columns.unused if bare(header) not in expected]
    if unused and not columns.line_items:
        yield f"{table.pages[0].snapshot.shown}: not used: {shortlist(unused, 12)}"


def of_currency(invoices: Table, company: str) -> Iterator[str]:
    """That a package's column of currencies, which not each of its exports has, is missing."""
    if "currency" in invoices.columns.profile.columns and "currency" not in invoices.fields:
        yield f"{invoices.shown}: no column says the currency, so amounts that name none are in {company}"


def _column(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [row[0] for row in connection.execute(query).fetchall()]


def _customers(ids: Sequence[str]) -> str:
    return f"{len(ids):,} customer{'' if len(ids) == 1 else 's'}"


def _some(told: Sequence[str], what: str) -> Iterator[str]:
    yield from told[:NAMED]
    if len(told) > NAMED:
        yield f"… {len(told) - NAMED} more {what}"
