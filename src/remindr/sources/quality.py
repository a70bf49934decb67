"""How good a book is: sums, days, who can be reached, and what its files cannot tell of the past."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

from remindr.sources.book import Book

_SUMS = """
SELECT currency, count(*) FILTER (kind = 'invoice'), coalesce(sum(amount) FILTER (kind = 'invoice'), 0),
    coalesce(sum(balance) FILTER (kind = 'invoice'), 0), count(*) FILTER (kind = 'credit'),
    coalesce(sum(balance) FILTER (kind = 'credit'), 0)
FROM invoices GROUP BY currency ORDER BY count(*) DESC, currency
"""
_DAYS = "SELECT min(issue_date), max(issue_date), min(due_date), max(due_date) FROM invoices WHERE kind = 'invoice'"
_PAID = """
SELECT min(day), max(day) FROM (SELECT paid_on AS day FROM payments
    UNION ALL SELECT cleared_on FROM invoices WHERE kind = 'invoice' AND NOT observed)
"""
_UNDATED = """
SELECT count(*) FILTER (balance = 0), count(*) FILTER (balance = 0 AND (cleared_on IS NULL OR observed) AND NOT EXISTS (
    FROM payments p WHERE p.customer_id = i.customer_id AND p.invoice_id = i.invoice_id))
FROM invoices i WHERE kind = 'invoice'
"""
_OWING = "customer_id IN (SELECT customer_id FROM invoices WHERE kind = 'invoice' AND balance > 0)"


@dataclass(frozen=True, slots=True)
class Sums:
    """What there is in one currency. `open` is before credits, `credit` what of them is left."""

    currency: str
    invoices: int
    amount: Decimal
    open: Decimal
    credits: int
    credit: Decimal


@dataclass(frozen=True, slots=True)
class Days:
    """The first and the last day of something."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Quality:
    """The book added up. `unreachable` are customers without any address who owe, `unlisted` those whom the customer
    file does not know; `undated` counts the settled invoices whose day of payment no file tells.
    """

    sums: tuple[Sums, ...]
    issued: Days | None
    due: Days | None
    paid: Days | None
    customers: int
    owing: int
    owing_with_email: int
    unreachable: tuple[str, ...]
    unlisted: tuple[str, ...]
    settled: int
    undated: int
    unknown: tuple[str, ...]


def quality(book: Book, *, terms: int | None = None, learned: Sequence[str] = ()) -> Quality:
    """The book added up.

    `terms` are the days from invoice to due date that the project names, `learned` what is said of lateness that has
    to be learned from export to export.
    """
    connection = book.connection
    first, last, due_first, due_last = _row(connection, _DAYS)
    settled, undated = _row(connection, _UNDATED)
    customers, owing, with_email = _row(
        connection,
        f"SELECT count(*), count(*) FILTER ({_OWING}), count(email) FILTER ({_OWING}) FROM customers",
    )
    return Quality(
        sums=tuple(Sums(*row) for row in connection.execute(_SUMS).fetchall()),
        issued=_days(first, last),
        due=_days(due_first, due_last),
        paid=_days(*_row(connection, _PAID)),
        customers=customers,
        owing=owing,
        owing_with_email=with_email,
        unreachable=_ids(connection, f"coalesce(email, phone, address) IS NULL AND {_OWING}"),
        unlisted=_ids(connection, "NOT listed"),
        settled=settled,
        undated=undated,
        unknown=(*_of_payment(book, learned, settled, undated), *_of_columns(book, terms)),
    )


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> Sequence[int]:
    return connection.execute(query).fetchone() or ()


def _days(first: object, last: object) -> Days | None:
    return Days(first, last) if isinstance(first, date) and isinstance(last, date) else None


def _ids(connection: duckdb.DuckDBPyConnection, condition: str) -> tuple[str, ...]:
    rows = connection.execute(f"SELECT customer_id FROM customers WHERE {condition} ORDER BY 1").fetchall()
    return tuple(customer_id for (customer_id,) in rows)


def _of_payment(book: Book, learned: Sequence[str], settled: int, undated: int) -> Iterator[str]:
    """What nobody can know of how customers paid, and what is done about it."""
    for told in learned:
        file = next((file.name for file in book.files if told.startswith(f"{file.name}: ")), None)
        yield told.removeprefix(f"{file}: ") if file else told
    if not settled and not learned:
        yield "how customers have paid so far: there is no settled invoice, so all of them count as new"
    elif 0 < undated < settled or (undated and not learned):
        yield f"when {undated:,} of {settled:,} settled invoices were paid: they are left out of how customers pay"


def _of_columns(book: Book, terms: int | None) -> Iterator[str]:
    """What no column of the invoice export says, and what stands in for it."""
    fields = {field for file in book.files if file.role == "invoices" for field in file.columns}
    payments = any(file.role == "payments" for file in book.files)
    if "due_date" not in fields:
        yield f"due dates: they are worked out from {_instead_of_due_date(fields, terms)}"
    if "issue_date" not in fields:
        yield "when invoices were written: there is no such column; days late are counted from the due date alone"
    if "balance" not in fields and not payments:
        yield f"what is open: there is no such column; {_instead_of_balance(fields)}"
    if "disputed" not in fields and "status" not in fields:
        yield "who disputes an invoice: no column tells, so disputed ones are reminded of until you say so"


def _instead_of_due_date(fields: set[str], terms: int | None) -> str:
    written = "the terms of each invoice" if "terms" in fields else ""
    usual = f"the {terms} days of 'sources: terms:'" if terms is not None else ""
    return ", else ".join(filter(None, (written, usual))) or "the date of the invoice"


def _instead_of_balance(fields: set[str]) -> str:
    if "paid" in fields:
        return "it is the amount less what is paid"
    if "status" in fields:
        return "by its status an invoice is open or paid, and part payments do not show"
    if "cleared_on" in fields:
        return "an invoice without a date of payment is open, with all of its amount"
    return "every invoice counts as open, with all of its amount"
