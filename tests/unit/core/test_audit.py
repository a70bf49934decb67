"""A book added up: nothing across currencies, nobody unknown in an average."""

from datetime import date
from decimal import Decimal
from typing import Any

from remindr.core.audit import Audit, Balance, urgency
from remindr.model.classification import Classification

DAY = date(2026, 11, 20)


def found(customer: str = "C1", segment: str = "slow", **changed: Any) -> Classification:
    return Classification(customer, segment, (), DAY, **changed)


def owes(overdue: str, open_: str | None = None) -> Balance:
    return Balance(Decimal(open_ or overdue), Decimal(overdue))


def test_amounts_of_two_currencies_stay_apart() -> None:
    audit = Audit(["slow", "reliable"])
    audit.add(found(), {}, {"GBP": owes("10", "30"), "EUR": owes("5")})
    audit.add(found(), {}, {"EUR": owes("7")})
    assert audit.segments["slow"].balances == {"GBP": owes("10", "30"), "EUR": owes("12")}
    assert audit.all.balances == audit.segments["slow"].balances
    assert audit.segments["reliable"].customers == 0


def test_customers_without_a_history_are_counted_and_not_averaged() -> None:
    audit = Audit(["slow"])
    for late in (4.0, 8.0, None):
        audit.add(found(), {"avg_days_late": late, "paid_invoices": 3}, {})
    assert (audit.all.customers, audit.all.average, audit.compared) == (3, 6.0, 2)
    assert Audit(["slow"]).all.average is None


def test_the_distribution_is_of_customers_who_paid_often_enough() -> None:
    """Nearest rank: the value that at least that share of the customers stays within."""
    audit = Audit(["slow"])
    for late in (1.0, 2.0, 3.0, 4.0, 40.0):
        audit.add(found(), {"avg_days_late": late, "paid_invoices": 3}, {})
    audit.add(found(), {"avg_days_late": 90.0, "paid_invoices": 2}, {})
    assert audit.at_most((0.25, 0.5, 0.75, 0.9)) == [2.0, 3.0, 4.0, 40.0]
    assert Audit(["slow"]).at_most((0.5,)) == []


def test_the_ones_to_look_at_come_first() -> None:
    rows = [
        (found("A"), (), {"GBP": owes("10")}),
        (found("B"), (), {"GBP": owes("999")}),
        (found("C"), ("turning_late",), {}),
        (found("D", moving_to="problem"), (), {}),
        (found("E"), (), {"GBP": owes("0", "50")}),
    ]
    assert [one.customer_id for one, _, _ in sorted(rows, key=lambda row: urgency(*row))] == ["D", "C", "B", "A", "E"]
