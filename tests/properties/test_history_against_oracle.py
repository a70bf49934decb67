"""The one query and the slow twin agree on every metric of every customer, whatever the book."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest
from books import CUSTOMERS, TODAY, RandomBook, books, empty_book, fill
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Terms, metrics

from remindr.history.history import HistoryView
from remindr.history.metrics import METRICS
from remindr.history.settings import HistorySettings
from remindr.model.policy import Rate

COMPUTED = [metric.name for metric in METRICS.values() if metric.scope in ("invoice", "customer", "book")]
ONE_DAY = timedelta(days=1)

Facts = dict[str, dict[str, object]]

dollars = st.lists(
    st.tuples(
        st.integers(-400, 40).map(lambda days: TODAY + timedelta(days=days)), st.sampled_from(["0.79", "1.3333"])
    ),
    max_size=2,
    unique_by=lambda rate: rate[0],
).map(lambda rates: [(since, Decimal(rate)) for since, rate in rates])
terms = st.builds(
    Terms,
    window=st.sampled_from([365, 180, 30]),
    grace=st.sampled_from([0, 3, 30]),
    ignore_below=st.sampled_from([Decimal(0), Decimal(1), Decimal(10)]),
    rates=st.fixed_dictionaries({}, optional={"USD": dollars}),
)
days_back = st.sampled_from([0, 0, 1, 30, 200])


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as made:
        empty_book(made)
        yield made


def settings_of(said: Terms) -> HistorySettings:
    rates = {
        currency: tuple(Rate(since=since, rate=rate) for since, rate in dated) for currency, dated in said.rates.items()
    }
    return HistorySettings(said.currency, said.window, said.grace, said.ignore_below, rates)


def computed(
    connection: duckdb.DuckDBPyConnection,
    book: RandomBook,
    today: date,
    said: Terms,
    only: frozenset[str] | None = None,
) -> Facts:
    fill(connection, book)
    view = HistoryView(connection, today, settings_of(said), only=only)
    names = COMPUTED if only is None else sorted(only)
    return {customer.id: {name: history[name] for name in names} for customer, history in view.histories()}


@settings(max_examples=120, deadline=None)
@given(book=books(), said=terms, back=days_back)
def test_query_and_oracle_give_the_same_metrics(
    connection: duckdb.DuckDBPyConnection, book: RandomBook, said: Terms, back: int
) -> None:
    """Each book holds thirty customers, so that these are thousands of histories."""
    today = TODAY - timedelta(days=back)
    found = computed(connection, book, today, said)
    expected = metrics(CUSTOMERS, book.entries, book.payments, today, said)
    assert {who: facts for who, facts in found.items() if facts != expected[who]} == {
        who: facts for who, facts in expected.items() if facts != found[who]
    }


@settings(max_examples=20, deadline=None)
@given(book=books(), said=terms, names=st.frozensets(st.sampled_from(COMPUTED), max_size=4))
def test_a_metric_is_the_same_whichever_others_are_asked_for(
    connection: duckdb.DuckDBPyConnection, book: RandomBook, said: Terms, names: frozenset[str]
) -> None:
    asked = computed(connection, book, TODAY, said, names)
    every = computed(connection, book, TODAY, said)
    assert asked == {customer: {name: every[customer][name] for name in names} for customer in CUSTOMERS}


def otherwise_after(book: RandomBook, said: Terms, then: date, days: int, factor: Decimal) -> tuple[RandomBook, Terms]:
    """The same book with everything that is dated after a day on another later day, and of another size.

    What is issued after it is paid, disputed or gone; rates from later on are others.
    """

    def later(day: date) -> date:
        return max(day + timedelta(days=days), then + ONE_DAY)

    entries = []
    for number, entry in enumerate(book.entries):
        if entry.issue_date is not None and entry.issue_date > then:
            if number % 3:
                worth = (entry.amount * factor).quantize(Decimal("0.01"))
                due = later(entry.due_date) if entry.due_date else None
                entries.append(
                    replace(entry, issue_date=later(entry.issue_date), due_date=due, amount=worth, balance=worth,
                            cleared_on=None, disputed=not entry.disputed)
                )  # fmt: skip
        elif entry.cleared_on is not None and entry.cleared_on > then:
            entries.append(replace(entry, cleared_on=later(entry.cleared_on)))
        else:
            entries.append(entry)
    payments = [
        replace(paid, paid_on=later(paid.paid_on), amount=(paid.amount * factor).quantize(Decimal("0.01")))
        if paid.paid_on > then
        else paid
        for paid in book.payments
    ]
    rates = {
        currency: [(later(since), rate * factor) if since > then else (since, rate) for since, rate in dated]
        for currency, dated in said.rates.items()
    }
    return RandomBook(entries, payments), replace(said, rates=rates)


@settings(max_examples=40, deadline=None)
@given(
    book=books(),
    said=terms,
    back=st.integers(0, 300),
    days=st.integers(-200, 200),
    factor=st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(7)]),
)
def test_what_is_dated_after_t_changes_nothing_at_t(
    connection: duckdb.DuckDBPyConnection, book: RandomBook, said: Terms, back: int, days: int, factor: Decimal
) -> None:
    then = TODAY - timedelta(days=back)
    before = computed(connection, book, then, said)
    assert computed(connection, *_at(otherwise_after(book, said, then, days, factor), then)) == before


def _at(changed: tuple[RandomBook, Terms], then: date) -> tuple[RandomBook, date, Terms]:
    return changed[0], then, changed[1]


NEVER_LOWER = ("avg_days_late", "median_days_late", "p90_days_late", "worst_days_late", "late_rate",
               "oldest_overdue_days")  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(book=books(), said=terms)
def test_a_day_on_which_nothing_happens_never_makes_a_history_look_better(
    connection: duckdb.DuckDBPyConnection, book: RandomBook, said: Terms
) -> None:
    """What is unpaid grows a day older: nobody gets less late by not paying."""
    tomorrow = TODAY + ONE_DAY
    entries = [
        entry
        for entry in book.entries
        if entry.due_date not in (TODAY, TODAY - timedelta(days=said.window))
        and tomorrow not in (entry.issue_date, entry.cleared_on)
    ]
    quiet = RandomBook(entries, [paid for paid in book.payments if paid.paid_on != tomorrow])
    still = replace(said, rates={})
    before, after = (computed(connection, quiet, day, still) for day in (TODAY, tomorrow))
    for customer in CUSTOMERS:
        for name in NEVER_LOWER:
            was, became = before[customer][name], after[customer][name]
            assert (was is None) == (became is None) or name == "late_rate"
            if was is not None:
                assert became >= was  # type: ignore[operator]
