"""The one query and the slow twin agree on every metric of every customer, whatever the book."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Entry, Paid, metrics

from remindr.history.history import HistoryView
from remindr.history.metrics import METRICS

TODAY = date(2026, 6, 15)
COMPUTED = [metric.name for metric in METRICS.values() if metric.scope in ("invoice", "customer", "book")]
CUSTOMERS = ("0007", "7", "Ada & Co", "Zoë")

near = st.integers(-520, 60).map(lambda days: TODAY + timedelta(days=days))
amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(20000), places=2)


@st.composite
def entries(draw: st.DrawFn, number: int) -> Entry:
    kind = draw(st.sampled_from(["invoice"] * 6 + ["credit"]))
    due = draw(near)
    issued = draw(st.one_of(st.none(), st.integers(0, 60).map(lambda days: due - timedelta(days=days))))
    amount = draw(amounts)
    how = draw(st.sampled_from(["paid", "paid", "paid", "open", "open", "part", "undated"]))
    cleared = due + timedelta(days=draw(st.integers(-20, 150))) if how == "paid" and kind == "invoice" else None
    balance = {"open": amount, "part": (amount / 2).quantize(Decimal("0.01"))}.get(how, Decimal(0))
    return Entry(
        customer_id=draw(st.sampled_from(CUSTOMERS)),
        invoice_id=f"{number:04}",
        kind=kind,
        issue_date=issued,
        due_date=due if kind == "invoice" else None,
        amount=amount,
        balance=balance,
        currency=draw(st.sampled_from(["EUR"] * 8 + ["USD"])),
        cleared_on=cleared,
        disputed=kind == "invoice" and draw(st.sampled_from([False] * 5 + [True])),
    )


@st.composite
def books(draw: st.DrawFn) -> tuple[list[Entry], list[Paid]]:
    size = draw(st.integers(0, 30))
    rows = [draw(entries(number)) for number in range(size)]
    payments = [
        Paid(row.customer_id, row.invoice_id, draw(near), draw(amounts))
        for row in rows
        if row.kind == "invoice" and draw(st.sampled_from([False, False, True]))
    ]
    return rows, payments


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as made:
        made.execute(
            "CREATE TABLE invoices (ordinal BIGINT, customer_id VARCHAR, invoice_id VARCHAR, kind VARCHAR, "
            "issue_date DATE, due_date DATE, amount DECIMAL(18,4), balance DECIMAL(18,4), currency VARCHAR, "
            "cleared_on DATE, disputed BOOLEAN, hold VARCHAR, terms VARCHAR, tags VARCHAR)"
        )
        made.execute(
            "CREATE TABLE customers AS SELECT unnest($ids) AS customer_id, '' AS name, NULL::VARCHAR AS email, "
            "NULL::VARCHAR AS phone, NULL::VARCHAR AS address, NULL::VARCHAR AS country, NULL::VARCHAR AS language, "
            "NULL::VARCHAR AS preferred_channel, false AS do_not_contact, NULL::VARCHAR AS hold, true AS listed, "
            "NULL::VARCHAR AS industry, NULL::VARCHAR AS credit_rating, NULL::VARCHAR AS company_size, "
            "NULL::VARCHAR AS tags, NULL::VARCHAR AS terms, NULL::VARCHAR AS owner",
            {"ids": list(CUSTOMERS)},
        )
        made.execute(
            "CREATE TABLE payments (customer_id VARCHAR, invoice_id VARCHAR, paid_on DATE, amount DECIMAL(18,4), "
            "currency VARCHAR)"
        )
        yield made


def fill(connection: duckdb.DuckDBPyConnection, rows: Sequence[Entry], payments: Sequence[Paid]) -> None:
    connection.execute("TRUNCATE invoices")
    connection.execute("TRUNCATE payments")
    if rows:
        connection.executemany(
            "INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)",
            [
                (number, row.customer_id, row.invoice_id, row.kind, row.issue_date, row.due_date, row.amount,
                 row.balance, row.currency, row.cleared_on, row.disputed)
                for number, row in enumerate(rows)
            ],
        )  # fmt: skip
    if payments:
        connection.executemany(
            "INSERT INTO payments VALUES (?, ?, ?, ?, 'EUR')",
            [(paid.customer_id, paid.invoice_id, paid.paid_on, paid.amount) for paid in payments],
        )


def computed(connection: duckdb.DuckDBPyConnection, today: date = TODAY) -> dict[str, dict[str, object]]:
    view = HistoryView(connection, today, "EUR")
    return {customer.id: {name: history[name] for name in COMPUTED} for customer, history in view.histories()}


@settings(max_examples=100, deadline=None)
@given(book=books())
def test_query_and_oracle_give_the_same_metrics(
    connection: duckdb.DuckDBPyConnection, book: tuple[list[Entry], list[Paid]]
) -> None:
    fill(connection, *book)
    assert computed(connection) == metrics(CUSTOMERS, *book, TODAY, "EUR")


@settings(max_examples=30, deadline=None)
@given(book=books(), names=st.frozensets(st.sampled_from(COMPUTED), max_size=4))
def test_a_metric_is_the_same_whichever_others_are_asked_for(
    connection: duckdb.DuckDBPyConnection, book: tuple[list[Entry], list[Paid]], names: frozenset[str]
) -> None:
    fill(connection, *book)
    view = HistoryView(connection, TODAY, "EUR", only=names)
    asked = {customer.id: {name: history[name] for name in names} for customer, history in view.histories()}
    every = computed(connection)
    assert asked == {customer: {name: every[customer][name] for name in names} for customer in CUSTOMERS}


@settings(max_examples=30, deadline=None)
@given(book=books(), back=st.integers(0, 300), changed=st.integers(1, 200))
def test_what_is_dated_after_t_changes_nothing_at_t(
    connection: duckdb.DuckDBPyConnection, book: tuple[list[Entry], list[Paid]], back: int, changed: int
) -> None:
    """Invoices cleared after T are cleared on another later day, and the metrics at T stay as they were."""
    rows, payments = book
    then = TODAY - timedelta(days=back)
    fill(connection, rows, payments)
    before = computed(connection, then)
    later = [
        Entry(**{**row.__dict__, "cleared_on": row.cleared_on + timedelta(days=changed)})
        if row.cleared_on is not None and row.cleared_on > then
        else row
        for row in rows
        if row.issue_date is None or row.issue_date <= then
    ]
    fill(connection, later, payments)
    assert computed(connection, then) == before


@settings(max_examples=30, deadline=None)
@given(book=books())
def test_an_unpaid_invoice_ageing_one_day_never_lowers_the_average_while_the_history_stays(
    connection: duckdb.DuckDBPyConnection, book: tuple[list[Entry], list[Paid]]
) -> None:
    rows = [row for row in book[0] if row.cleared_on is None]
    fill(connection, rows, [])
    today, tomorrow = computed(connection), computed(connection, TODAY + timedelta(days=1))
    for customer in CUSTOMERS:
        before, after = today[customer]["avg_days_late"], tomorrow[customer]["avg_days_late"]
        if isinstance(before, float) and today[customer]["due_invoices"] == tomorrow[customer]["due_invoices"]:
            assert isinstance(after, float)
            assert after >= before
