"""Small books, told like cases: when an invoice counts as paid, and what an amount in another currency is worth."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import duckdb
import pytest
from books import RandomBook, empty_book, fill
from oracle import Entry, Paid

from remindr.history.history import HistoryView
from remindr.history.settings import HistorySettings
from remindr.model.classification import MetricValue
from remindr.model.policy import Rate

DUE = date(2026, 3, 2)
TODAY = DUE + timedelta(days=40)
PLAIN = HistorySettings("EUR")
TOLERANT = HistorySettings("EUR", ignore_below=Decimal(10))
_numbers = count()


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as made:
        empty_book(made)
        yield made


@pytest.fixture
def history(connection: duckdb.DuckDBPyConnection) -> "Asked":
    return Asked(connection)


class Asked:
    """The metrics of customer 7, whose book is given."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def __call__(
        self,
        *entries: Entry,
        paid: Sequence[tuple[int, str]] = (),
        settings: HistorySettings = PLAIN,
        today: date = TODAY,
    ) -> dict[str, MetricValue]:
        """`paid` are payments towards the first entry: days after due, amount."""
        payments = [
            Paid("7", entries[0].invoice_id, DUE + timedelta(days=days), Decimal(amount), entries[0].currency)
            for days, amount in paid
        ]
        fill(self._connection, RandomBook(entries, payments))
        return next(facts for who, facts in HistoryView(self._connection, today, settings).histories() if who.id == "7")


def invoice(
    amount: str = "100",
    balance: str = "0",
    *,
    cleared: int | None = None,
    currency: str = "EUR",
    disputed: bool = False,
    due: date = DUE,
) -> Entry:
    day = None if cleared is None else due + timedelta(days=cleared)
    number = f"A-{next(_numbers)}"
    issued = due - timedelta(days=30)
    return Entry(
        "7", number, "invoice", issued, due, Decimal(amount), Decimal(balance), currency, day, disputed=disputed
    )


def credit(amount: str, issued: int | None, *, currency: str = "EUR") -> Entry:
    day = None if issued is None else DUE + timedelta(days=issued)
    return Entry("7", f"C-{next(_numbers)}", "credit", day, None, Decimal(amount), Decimal(amount), currency)


def test_invoice_paid_in_parts_is_cleared_by_the_last_of_them(history: Asked) -> None:
    assert history(invoice(), paid=[(5, "60"), (20, "40")])["worst_days_late"] == 20


def test_payment_that_bounced_clears_nothing(history: Asked) -> None:
    bounced = [(1, "100"), (4, "-100"), (25, "100")]
    assert history(invoice(), paid=bounced)["worst_days_late"] == 25
    assert history(invoice(), paid=bounced, today=DUE + timedelta(days=2))["worst_days_late"] == 1
    assert history(invoice(), paid=bounced, today=DUE + timedelta(days=10))["worst_days_late"] == 10


def test_rest_below_ignore_below_counts_as_paid_on_the_day_it_was_left(history: Asked) -> None:
    facts = history(invoice(balance="5"), paid=[(3, "95")], settings=TOLERANT)
    assert (facts["paid_invoices"], facts["avg_days_late"]) == (1, 3)
    assert facts["open_amount"] == 5


def test_credit_for_a_small_rest_does_not_turn_the_day_of_payment_back(history: Asked) -> None:
    facts = history(invoice("13", "6.50"), credit("6.50", -300), paid=[(1, "6.50")], settings=TOLERANT)
    assert (facts["paid_invoices"], facts["avg_days_late"]) == (1, 1)


def test_rest_at_ignore_below_is_unpaid(history: Asked) -> None:
    facts = history(invoice(balance="10"), paid=[(3, "90")], settings=TOLERANT)
    assert (facts["paid_invoices"], facts["avg_days_late"]) == (0, 40)


def test_small_rest_left_nobody_knows_when_is_outside_the_history(history: Asked) -> None:
    facts = history(invoice(balance="5"), settings=TOLERANT)
    assert (facts["paid_invoices"], facts["due_invoices"], facts["avg_days_late"]) == (0, 0, None)


def test_small_invoice_is_not_a_small_rest(history: Asked) -> None:
    """An unpaid invoice below `ignore_below` never was more: it counts at its age like any other."""
    assert history(invoice("5", "5"), settings=TOLERANT)["avg_days_late"] == 40


def test_settled_without_any_date_is_outside_the_history(history: Asked) -> None:
    facts = history(invoice())
    assert (facts["paid_invoices"], facts["due_invoices"], facts["late_rate"]) == (0, 0, None)


def test_credit_that_covers_an_invoice_clears_it_on_its_issue_date(history: Asked) -> None:
    facts = history(invoice(balance="100"), credit("60", 4), credit("40", 12))
    assert (facts["paid_invoices"], facts["avg_days_late"]) == (1, 12)
    assert (facts["oldest_overdue_days"], facts["overdue_amount"], facts["overdue_share"]) == (None, 0, None)


def test_invoice_paid_in_part_and_covered_for_the_rest_is_cleared_on_the_later_day(history: Asked) -> None:
    assert history(invoice(balance="40"), credit("40", 12), paid=[(20, "60")])["avg_days_late"] == 20
    assert history(invoice(balance="40"), credit("40", 30), paid=[(20, "60")])["avg_days_late"] == 30


def test_part_paid_nobody_knows_when_and_covered_for_the_rest_is_outside_the_history(history: Asked) -> None:
    assert history(invoice(balance="40"), credit("40", 12))["due_invoices"] == 0


def test_credit_without_a_date_leaves_the_day_open(history: Asked) -> None:
    facts = history(invoice(balance="100"), credit("100", None))
    assert (facts["due_invoices"], facts["oldest_overdue_days"]) == (0, None)


def test_credit_that_leaves_a_small_rest_clears(history: Asked) -> None:
    assert history(invoice(balance="100"), credit("95", 12), settings=TOLERANT)["avg_days_late"] == 12
    assert history(invoice(balance="100"), credit("90", 12), settings=TOLERANT)["avg_days_late"] == 40


def test_credit_that_leaves_exactly_ignore_below_does_not_clear_and_the_next_one_does(history: Asked) -> None:
    invoices = invoice(balance="100"), credit("90", 4), credit("20", 12)
    assert history(*invoices, settings=TOLERANT)["avg_days_late"] == 12


def test_small_rest_paid_later_was_open_whatever_credit_meets_it(history: Asked) -> None:
    """In a look back: the large payment was still to come, and the credit meets no more than the rest."""
    rest = invoice(balance="5")
    facts = history(rest, credit("50", 1), paid=[(20, "95")], settings=TOLERANT, today=DUE + timedelta(days=9))
    assert (facts["due_invoices"], facts["avg_days_late"]) == (1, 9)


def test_credit_meets_the_oldest_due_first_and_no_disputed_one(history: Asked) -> None:
    older, newer = DUE - timedelta(days=9), DUE + timedelta(days=9)
    facts = history(
        invoice(balance="100", due=newer), invoice(balance="100"), invoice(balance="100", due=older, disputed=True),
        credit("150", 12),
    )  # fmt: skip
    assert (facts["due_invoices"], facts["worst_days_late"], facts["oldest_overdue_days"]) == (2, 31, 31)
    assert facts["overdue_amount"] == 150


def test_credit_issued_later_is_not_known_yet(history: Asked) -> None:
    early = DUE + timedelta(days=5)
    assert history(invoice(balance="100"), credit("100", 12), today=early)["avg_days_late"] == 5


def test_credit_in_another_currency_meets_nothing(history: Asked) -> None:
    facts = history(invoice(balance="100"), credit("100", 12, currency="USD"))
    assert (facts["avg_days_late"], facts["open_amount"]) == (40, 100)


def test_payment_in_another_currency_is_not_added_up(history: Asked) -> None:
    dollars = invoice(currency="USD", cleared=30)
    book = RandomBook([dollars], [Paid("7", dollars.invoice_id, DUE, Decimal(100), "EUR")])
    fill(history._connection, book)
    (facts,) = (facts for who, facts in HistoryView(history._connection, TODAY, PLAIN).histories() if who.id == "7")
    assert facts["avg_days_late"] == 30


def test_ignore_below_applies_to_another_currency_through_its_rate(history: Asked) -> None:
    half = HistorySettings("EUR", ignore_below=Decimal(10), rates={"USD": (rate("0.5"),)})
    dollars = invoice(balance="19.99", currency="USD")
    assert history(dollars, paid=[(3, "80.01")], settings=half)["avg_days_late"] == 3
    assert history(dollars, paid=[(3, "80.01")], settings=TOLERANT)["avg_days_late"] == 40


def rate(number: str, since: date = date.min) -> Rate:
    return Rate(since=since, rate=Decimal(number))


def test_amounts_without_a_rate_are_unknown_and_counts_are_not(history: Asked) -> None:
    facts = history(invoice(balance="100"), invoice(balance="80", currency="USD"))
    assert [facts[name] for name in ("open_amount", "overdue_share", "typical_invoice", "lifetime_value")] == [None] * 4
    assert (facts["open_invoices"], facts["due_invoices"]) == (2, 2)


def test_rate_in_force_is_the_newest_that_has_begun(history: Asked) -> None:
    rates = {"USD": (rate("0.9", TODAY + timedelta(days=1)), rate("0.5", date(2026, 1, 1)), rate("0.7", DUE))}
    settings = HistorySettings("EUR", rates=rates)
    dollars = invoice(balance="100", currency="USD")
    assert history(dollars, settings=settings)["open_amount"] == 70
    assert history(dollars, settings=settings, today=DUE - timedelta(days=1))["open_amount"] == 50
    assert history(dollars, settings=settings, today=date(2026, 2, 28) - timedelta(days=90))["open_amount"] == 0


def test_money_is_rounded_half_up_once_at_the_end(history: Asked) -> None:
    settings = HistorySettings("EUR", rates={"USD": (rate("0.5"),)})
    three = [invoice("0.01", "0.01", currency="USD") for _ in range(3)]
    assert history(*three, settings=settings)["open_amount"] == Decimal("0.02")
    assert history(three[0], settings=settings)["typical_invoice"] == Decimal("0.01")


def test_late_within_the_grace_is_not_late_and_open_within_it_says_nothing(history: Asked) -> None:
    settings = HistorySettings("EUR", grace=5)
    paid = [invoice(cleared=5), invoice(cleared=6)]
    young = invoice(balance="100", due=TODAY - timedelta(days=5))
    assert history(*paid, young, settings=settings)["late_rate"] == 0.5
    assert history(young, settings=settings)["late_rate"] is None
    assert history(young, settings=settings)["avg_days_late"] == 5


def test_paid_invoice_leaves_with_the_window_and_an_unpaid_one_never(history: Asked) -> None:
    settings = HistorySettings("EUR", window=39)
    assert history(invoice(cleared=5), settings=settings)["due_invoices"] == 0
    assert history(invoice(balance="1"), settings=settings)["due_invoices"] == 1


def test_dispute_counts_among_the_invoices_that_were_due(history: Asked) -> None:
    later = TODAY + timedelta(days=5)
    facts = history(
        invoice(balance="100", disputed=True), invoice(cleared=2), invoice(balance="9", disputed=True, due=later)
    )
    assert (facts["dispute_rate"], facts["open_disputes"], facts["due_invoices"]) == (0.5, 2, 1)
