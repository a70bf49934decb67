"""Book to History: one query that gives every metric of every customer as of any date T.

Everything dated after T is unknown to it: invoices issued later do not exist, payments made later have
not happened. A `HistoryView` lays down what is open at T once; its methods read from there.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from remindr.history.metrics import CUSTOMER_FIELDS, METRICS, PARTS, Metric
from remindr.history.settings import HistorySettings
from remindr.history.standing import (
    NO_COVER,
    OPEN_CREDITS,
    WORTHS,
    cover_sql,
    facts_sql,
    standing_sql,
)
from remindr.model.book import OWN, Account, Customer, Invoice
from remindr.model.classification import History, MetricValue

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PAID_TO_BE_TYPICAL = 3  # paid invoices a customer needs to count in the book's own figure
CUSTOMERS_TO_COMPARE = 5  # fewer such customers, and the book's figure is BOOK_DAYS_LATE
BOOK_DAYS_LATE = 6
_CHUNK = 20_000

_BOOK = f"""
SELECT CASE WHEN count(*) >= {CUSTOMERS_TO_COMPARE}
    THEN CAST((2 * sum(avg_days_late) + count(*)) // (2 * count(*)) AS BIGINT) ELSE {100 * BOOK_DAYS_LATE} END
    AS book_days_late, count(*) AS compared
FROM customer_metrics WHERE paid_invoices >= {PAID_TO_BE_TYPICAL} AND avg_days_late IS NOT NULL
"""


class HistoryView:
    """The book as it stood at T, ready to be read customer by customer."""

    def __init__(
        self,
        connection: "DuckDBPyConnection",
        today: date,
        settings: HistorySettings,
        *,
        only: frozenset[str] | None = None,
        accounts: bool = True,
    ) -> None:
        """Lays down what was open at `today`, counted as `settings` say.

        `only` names the metrics that will be asked for; None stands for all. Without `accounts` there is nothing
        but metrics to be read, at half the cost.
        """
        self._connection = connection
        self._metrics = [metric for metric in _COMPUTED if only is None or metric.name in only]
        self._fields = [name for name in CUSTOMER_FIELDS if only is None or name in only]
        self._own = [name for name in self._own_columns() if only is None or name in only]
        self._parameters = {
            "today": today, "currency": settings.currency, "window": settings.window, "grace": settings.grace,
        }  # fmt: skip
        standing = self._lay_down(list(settings.worths(today)), accounts=accounts)
        facts = facts_sql(rates=bool(settings.rates), standing=standing)
        self._execute(f"CREATE OR REPLACE TABLE customer_metrics AS {_customer_query(self._metrics, facts)}")
        self.book_days_late, self.customers_compared = self._read_book()

    def _own_columns(self) -> list[str]:
        """The names of the columns of customers that only rules know."""
        rows = self._connection.execute("SELECT column_name FROM (DESCRIBE customers)").fetchall()
        return [column.removeprefix(OWN) for (column,) in rows if column.startswith(OWN)]

    def _lay_down(self, worths: list[tuple[str, Decimal, Decimal]], *, accounts: bool) -> str:
        """What stands for `standing` in later queries: a table if accounts will be read from it, else its query."""
        currencies, rates, thresholds = zip(*worths, strict=True)
        self._connection.execute(WORTHS, {"currencies": currencies, "rates": rates, "thresholds": thresholds})
        payments = self._count("SELECT count(*) FROM payments") > 0
        standing = f"({standing_sql(payments=payments)})"
        if accounts:
            self._execute(f"CREATE OR REPLACE TABLE standing AS {standing}")
            standing = "standing"
        self._execute(cover_sql(payments=payments, standing=standing) if self._count(OPEN_CREDITS) else NO_COVER)
        return standing

    def _execute(self, query: str) -> "DuckDBPyConnection":
        used = {name: value for name, value in self._parameters.items() if f"${name}" in query}
        return self._connection.execute(query, used)

    def _count(self, query: str) -> int:
        row = self._execute(query).fetchone()
        return row[0] if row else 0

    def _read_book(self) -> tuple[float, int]:
        self._execute(f"CREATE OR REPLACE TABLE book AS {_BOOK}")
        row = self._execute("SELECT book_days_late, compared FROM book").fetchone()
        if row is None:
            raise LookupError("the book's own figures are missing")
        return row[0] / 100, row[1]

    def histories(
        self, *, only_open: bool = False, customers: Sequence[str] | None = None
    ) -> Iterator[tuple[Customer, dict[str, MetricValue]]]:
        """Each customer with the metrics at T, in order of customer id; None is unknown.

        `only_open` leaves out customers without an open invoice, `customers` all but these. Journal metrics are absent.
        """
        selected = "".join(f", {_selected(metric)}" for metric in self._metrics)
        condition = "WHERE open_invoices > 0" if only_open else ""
        if customers is not None:
            condition = f"{condition or 'WHERE true'} AND customer_id IN (SELECT unnest($customers))"
        columns = (*_CUSTOMER_COLUMNS, *_FIELD_COLUMNS, *(OWN + name for name in self._own))
        fields = ", ".join(f"c.{column}" for column in columns)
        query = (
            f"SELECT {fields}{selected} FROM customers c JOIN customer_metrics m USING (customer_id), book "
            f"{condition} ORDER BY c.customer_id"
        )
        readers = [_reader(metric) for metric in self._metrics]
        split = len(columns)
        parameters = {} if customers is None else {"customers": customers}
        for row in _stream(self._connection.cursor().execute(query, parameters)):
            customer = _customer(row[:split], (*_FIELD_COLUMNS, *self._own))
            history = {name: read(value) for (name, read), value in zip(readers, row[split:], strict=True)}
            for name in self._fields:
                history[name] = _field(customer, name)
            for name in self._own:
                history[name] = customer.fields.get(name)
            yield customer, history

    def metrics(self, customers: Sequence[str] | None = None) -> Iterator[tuple[str, History]]:
        """(customer id, metrics at T) of each customer who had an invoice by then; journal metrics are absent.

        `customers` limits it to these.
        """
        fields = [*(f"c.{name}" for name in self._fields), *(f"c.{OWN}{name}" for name in self._own)]
        query = (
            f"SELECT {', '.join(['customer_id', *fields, *map(_selected, self._metrics)])} "
            f"FROM customer_metrics m {'JOIN customers c USING (customer_id)' if fields else ''}, book "
            f"WHERE invoices_known > 0{'' if customers is None else ' AND customer_id IN (SELECT unnest($customers))'}"
        )
        parameters = {} if customers is None else {"customers": customers}
        readers = [*((name, _as_it_is) for name in (*self._fields, *self._own)), *map(_reader, self._metrics)]
        for customer_id, *values in _stream(self._connection.cursor().execute(query, parameters)):
            yield customer_id, {name: read(value) for (name, read), value in zip(readers, values, strict=True)}

    def open_invoices(self) -> int:
        """How many invoices have something open at T."""
        return self._count("SELECT count(*) FROM standing WHERE kind = 'invoice' AND open_balance > 0")

    def cleared_since(self, first: date) -> Iterator[tuple[Invoice, date]]:
        """Each invoice that was cleared between a day and T, with the day it was."""
        query = """
            SELECT customer_id, invoice_id, issue_date, due_date, amount, open_balance, currency, disputed, hold, terms,
                tags, reminder_level, last_reminded, cleared
            FROM standing WHERE kind = 'invoice' AND cleared >= $first AND open_balance = 0
            ORDER BY customer_id, due_date, invoice_id
        """
        for *row, cleared in self._connection.cursor().execute(query, {"first": first}).fetchall():
            yield _invoice(tuple(row)), cleared

    def shared_addresses(self, *, also: str | None = None) -> frozenset[str]:
        """E-mail addresses, numbers and postal addresses, case folded, under which several customers owe something.

        `also` is a further column that holds addresses, by the name that rules give it.
        """
        more = f", {OWN}{also}" if also in self._own else ""
        query = f"""
            SELECT address FROM (
                SELECT customer_id, lower(unnest([email, phone, address{more}])) AS address FROM customers
                WHERE customer_id IN (SELECT customer_id FROM standing WHERE kind = 'invoice' AND open_balance > 0)
            ) WHERE address <> '' GROUP BY address HAVING count(DISTINCT customer_id) > 1
        """
        return frozenset(address.casefold() for (address,) in self._execute(query).fetchall())

    def column_of(self, name: str, customers: Sequence[str]) -> dict[str, str]:
        """What stands in a column that rules know, for those of the customers who have something there."""
        if name not in self._own or not customers:
            return {}
        query = f"SELECT customer_id, {OWN}{name} FROM customers WHERE customer_id IN (SELECT unnest($customers))"
        found = self._connection.execute(query, {"customers": list(customers)}).fetchall()
        return {customer_id: text for customer_id, text in found if text}

    def open_items(self) -> list[tuple[str, str]]:
        """(customer id, invoice id) of everything open at T."""
        query = "SELECT customer_id, invoice_id FROM standing WHERE kind = 'invoice' AND open_balance > 0"
        return self._execute(query).fetchall()

    def accounts(self) -> Iterator[tuple[Account, History]]:
        """Each customer who has an open invoice at T, with the position and the metrics, by customer id."""
        invoices = groupby(_stream(self._connection.cursor().execute(_OPEN_INVOICES)), key=itemgetter(0))
        unallocated = self._credits()
        for (customer, history), (_, rows) in zip(self.histories(only_open=True), invoices, strict=True):
            yield Account(customer, tuple(_invoice(row) for row in rows), unallocated.get(customer.id, {})), history

    def balances(self) -> Iterator[tuple[str, str, Decimal, Decimal]]:
        """(customer id, currency, open, overdue) less the credit that meets them, by customer id."""
        yield from _stream(self._connection.cursor().execute(_BALANCES, {"today": self._parameters["today"]}))

    def _credits(self) -> dict[str, dict[str, Decimal]]:
        found: dict[str, dict[str, Decimal]] = {}
        query = (
            "SELECT customer_id, currency, sum(open_balance) FROM standing "
            "WHERE kind = 'credit' AND open_balance > 0 GROUP BY ALL ORDER BY ALL"
        )
        for customer_id, currency, amount in self._execute(query).fetchall():
            found.setdefault(customer_id, {})[currency] = amount
        return found


_OPEN_INVOICES = """
SELECT customer_id, invoice_id, issue_date, due_date, amount, open_balance, currency, disputed, hold, terms, tags,
    reminder_level, last_reminded
FROM standing WHERE kind = 'invoice' AND open_balance > 0 ORDER BY customer_id, due_date, invoice_id
"""
_BALANCES = """
SELECT customer_id, currency, sum(owed), coalesce(sum(owed) FILTER (due_date < $today), 0) FROM (
    SELECT s.customer_id, currency, due_date, open_balance - coalesce(credited, 0) AS owed
    FROM standing s LEFT JOIN cover USING (customer_id, invoice_id) WHERE kind = 'invoice' AND open_balance > 0
) GROUP BY ALL ORDER BY customer_id, currency
"""
_CUSTOMER_COLUMNS = (
    "customer_id", "name", "email", "phone", "address", "country", "language", "preferred_channel",
    "do_not_contact", "hold", "listed",
)  # fmt: skip
_FIELD_COLUMNS = tuple(name for name in CUSTOMER_FIELDS if name not in _CUSTOMER_COLUMNS)


_COMPUTED = tuple(metric for metric in METRICS.values() if metric.scope in ("invoice", "customer", "book"))
_AGGREGATES = {metric.name: metric.expression for metric in _COMPUTED if metric.scope == "invoice"} | PARTS
_COMBINED = {metric.name: metric.expression for metric in _COMPUTED if metric.scope != "invoice"}
_BASIS = ("paid_invoices", "avg_days_late", "open_invoices", "invoices_known")  # what the queries here ask for
_WORD = re.compile(r"\w+")


def _with_parts(names: Iterable[str]) -> frozenset[str]:
    """These metrics and everything that they are made of."""
    parts = {word for name in names for word in _WORD.findall(_COMBINED.get(name, ""))}
    known = {*names, *(parts & (_AGGREGATES.keys() | _COMBINED.keys()))}
    return frozenset(known) if known == set(names) else _with_parts(known)


def _customer_query(metrics: Iterable[Metric], facts: str) -> str:
    """SQL for one row per customer: the aggregates over its facts, then what combines them."""
    names = _with_parts({*_BASIS, *(metric.name for metric in metrics)})
    aggregates = ",\n    ".join(f"{text} AS {name}" for name, text in _AGGREGATES.items() if name in names)
    combined = "".join(
        f",\n    CAST({metric.expression} AS BIGINT) AS {metric.name}"
        for metric in _COMPUTED
        if metric.scope == "customer" and metric.name in names
    )
    return (
        f"WITH facts AS ({facts}),\nsums AS (SELECT customer_id,\n    {aggregates}\n"
        "FROM customers LEFT JOIN facts USING (customer_id) GROUP BY customer_id)\n"
        f"SELECT *{combined}\nFROM sums"
    )


def _selected(metric: Metric) -> str:
    return f"CAST({metric.expression} AS BIGINT)" if metric.scope == "book" else f"m.{metric.name}"


def _reader(metric: Metric) -> tuple[str, Any]:
    scale = metric.scale
    if scale == 1:
        return metric.name, _as_it_is
    return metric.name, lambda value: None if value is None else value / scale


def _as_it_is(value: MetricValue) -> MetricValue:
    return value


def _customer(row: tuple[Any, ...], names: Sequence[str]) -> Customer:
    split = len(_CUSTOMER_COLUMNS)
    fields = {name: value for name, value in zip(names, row[split:], strict=True) if value}
    make: Callable[..., Customer] = Customer
    return make(*row[:split], fields)


def _field(customer: Customer, name: str) -> MetricValue:
    """A column of the customers file as a metric."""
    own: MetricValue = getattr(customer, name) if name in _CUSTOMER_COLUMNS else customer.fields.get(name)
    return own


def _invoice(row: tuple[Any, ...]) -> Invoice:
    customer_id, invoice_id, *rest = row
    return Invoice(invoice_id, customer_id, *rest)


def _stream(cursor: "DuckDBPyConnection") -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(_CHUNK):
        yield from rows
