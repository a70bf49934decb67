"""Random books for properties: many customers in one, decoded from bytes, so that they are cheap and still shrink."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from oracle import Entry, Paid

if TYPE_CHECKING:
    import duckdb

TODAY = date(2026, 6, 15)
CUSTOMERS = ("0007", "7", "Ada & Co", "Zoë", *(f"C{number}" for number in range(26)))
_ROW = 28  # bytes an entry and its payments are made of


@dataclass(frozen=True)
class RandomBook:
    """Invoices and credits, and payments towards them."""

    entries: Sequence[Entry]
    payments: Sequence[Paid]


class _Bytes:
    """A row of bytes as a supply of small choices."""

    def __init__(self, row: bytes) -> None:
        self._left: Iterator[int] = iter(row)

    def below(self, limit: int) -> int:
        value = next(self._left) if limit <= 256 else next(self._left) * 256 + next(self._left)
        return value % limit

    def day(self, earliest: int, latest: int, near: date) -> date:
        return near + timedelta(days=earliest + self.below(latest - earliest + 1))

    def one_in(self, odds: int) -> bool:
        return self.below(odds) == odds - 1


def books() -> st.SearchStrategy[RandomBook]:
    """Books of 30 customers around TODAY: part payments, credits, disputes, missing dates. Most hold 100 entries."""
    rows = st.binary(min_size=_ROW, max_size=_ROW)
    full = st.lists(rows, min_size=100, max_size=130)
    return st.one_of(st.lists(rows, max_size=8), full, full, full).map(_book)


def _book(rows: list[bytes]) -> RandomBook:
    entries, payments = [], []
    for number, row in enumerate(rows):
        entry, paid = _entry(number, _Bytes(row))
        entries.append(entry)
        payments += paid
    return RandomBook(entries, payments)


def _entry(number: int, some: _Bytes) -> tuple[Entry, list[Paid]]:
    customer = CUSTOMERS[some.below(len(CUSTOMERS))]
    currency = ("EUR", "EUR", "EUR", "EUR", "USD", "CHF")[some.below(6)]
    amount = Decimal(some.below(250)) * (Decimal(1), Decimal("0.09"), Decimal("3.1725"))[some.below(3)]
    due = some.day(-520, 60, TODAY)
    issued = None if some.one_in(8) else due - timedelta(days=some.below(60))
    if some.below(5) == 4:
        open_credit = amount if some.below(3) else Decimal(0)
        used = None if open_credit or some.one_in(2) else some.day(-60, 60, TODAY)
        credit = Entry(customer, f"{number:04}", "credit", issued, None, amount, open_credit, currency, used)
        return credit, []
    paid = _payments(customer, f"{number:04}", amount, currency, due, some)
    balance = (Decimal(0), Decimal(0), amount, (amount / 2).quantize(Decimal("0.01")), Decimal("0.75"))[some.below(5)]
    cleared = None if balance or some.one_in(3) else some.day(-20, 150, due)
    disputed = some.one_in(6)
    entry = Entry(
        customer, f"{number:04}", "invoice", issued, due, amount, min(balance, amount), currency, cleared, disputed
    )
    return entry, paid


def _payments(customer: str, invoice: str, amount: Decimal, currency: str, due: date, some: _Bytes) -> list[Paid]:
    """Up to three payments: half, the rest, all, all but a little, one that bounces, in a currency of its own."""
    made = []
    for _ in range(some.below(4)):
        part = (amount / 2, amount, amount - Decimal("0.75"), -amount / 2)[some.below(4)].quantize(Decimal("0.0001"))
        on = some.day(-30, 150, due)
        made.append(Paid(customer, invoice, on, part, "JPY" if some.one_in(12) else currency))
    return made


def empty_book(connection: "duckdb.DuckDBPyConnection") -> None:
    """Makes the tables of a book with the customers and nothing else."""
    connection.execute(
        "CREATE TABLE invoices (ordinal BIGINT, customer_id VARCHAR, invoice_id VARCHAR, kind VARCHAR, "
        "issue_date DATE, due_date DATE, amount DECIMAL(18,4), balance DECIMAL(18,4), currency VARCHAR, "
        "cleared_on DATE, disputed BOOLEAN, hold VARCHAR, terms VARCHAR, tags VARCHAR, reminder_level INTEGER, "
        "last_reminded DATE, written_off BOOLEAN)"
    )
    connection.execute(
        "CREATE TABLE customers AS SELECT unnest($ids) AS customer_id, '' AS name, NULL::VARCHAR AS email, "
        "NULL::VARCHAR AS phone, NULL::VARCHAR AS address, NULL::VARCHAR AS country, NULL::VARCHAR AS language, "
        "NULL::VARCHAR AS preferred_channel, false AS do_not_contact, NULL::VARCHAR AS hold, true AS listed, "
        "NULL::VARCHAR AS industry, NULL::VARCHAR AS credit_rating, NULL::VARCHAR AS company_size, "
        "NULL::VARCHAR AS tags, NULL::VARCHAR AS terms, NULL::VARCHAR AS owner",
        {"ids": list(CUSTOMERS)},
    )
    connection.execute(
        "CREATE TABLE payments (customer_id VARCHAR, invoice_id VARCHAR, paid_on DATE, amount DECIMAL(18,4), "
        "currency VARCHAR)"
    )


def fill(connection: "duckdb.DuckDBPyConnection", book: RandomBook) -> None:
    """Puts a book into the tables in place of what is there."""
    connection.execute("TRUNCATE invoices")
    connection.execute("TRUNCATE payments")
    names = ("customer_id", "invoice_id", "kind", "issue_date", "due_date", "amount", "balance", "currency",
             "cleared_on", "disputed")  # fmt: skip
    _insert(connection, "invoices", names, book.entries)
    _insert(connection, "payments", ("customer_id", "invoice_id", "paid_on", "amount", "currency"), book.payments)


def _insert(connection: "duckdb.DuckDBPyConnection", table: str, names: Sequence[str], rows: Sequence[object]) -> None:
    if not rows:
        return
    values = {name: [None if (cell := getattr(row, name)) is None else str(cell) for row in rows] for name in names}
    columns = ", ".join(f"unnest(CAST(${name} AS VARCHAR[])) AS {name}" for name in names)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT {columns}", values)
