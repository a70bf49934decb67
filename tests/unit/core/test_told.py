"""Numbers and tests in the words of a bookkeeper."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from remindr.core.rules import evidence
from remindr.core.told import day_words, is_told, number_words, tell_test
from remindr.history.metrics import METRICS
from remindr.model.rule import parse_rule


def told(rule: str, **facts: Any) -> str:
    (test,) = evidence(parse_rule(rule), facts, {}, "slow")
    return tell_test(test, facts, "GBP")


@pytest.mark.parametrize(
    ("rule", "facts", "words"),
    [
        ("avg_days_late > 10", {"avg_days_late": 14.2}, "pays 14.2 days late on average (over 10)"),
        ("avg_days_late > 3", {"avg_days_late": 1.0}, "pays 1 day late on average (not over 3)"),
        ("paid_invoices < 3", {"paid_invoices": 1}, "1 paid invoice (under 3)"),
        ("dispute_rate >= 30%", {"dispute_rate": 0.375}, "38% of the invoices disputed (at least 30%)"),
        ("days_late_vs_book > 150%", {"days_late_vs_book": 2.13, "book_days_late": 6.7},
         "213% of the book's 6.7 (over 150%)"),
        ("days_late_vs_book > 1.5", {"days_late_vs_book": 2.13, "book_days_late": 6.7},
         "2.1 times the book's 6.7 (over 1.5)"),
        ("open_amount >= 10,000", {"open_amount": Decimal("12000.5")}, "12,000.50 GBP open (at least 10,000)"),
        ("open_vs_typical > 5", {"open_vs_typical": 6.127}, "6.1 times a typical invoice open (over 5)"),
        ("open_vs_typical > 500%", {"open_vs_typical": 6.127}, "613% of a typical invoice open (over 500%)"),
        ("reminders_open is 0", {"reminders_open": 0}, "0 reminders about what is open"),
        ("segment is reliable", {"segment": "reliable"}, "is in the segment reliable"),
        ("industry in [retail, trade]", {"industry": "retail"}, "industry is retail (one of [retail, trade])"),
        ("avg_days_late > 3", {}, "avg_days_late is not known (not over 3)"),
    ],
)  # fmt: skip
def test_a_test_is_told_with_what_it_found(rule: str, facts: dict[str, Any], words: str) -> None:
    assert told(rule, **facts) == words


def test_rounding_never_contradicts_the_answer() -> None:
    """3.04 is over 3 and must not be told as '3 days late (over 3)'."""
    assert told("avg_days_late > 3", avg_days_late=3.04) == "pays 3.04 days late on average (over 3)"
    assert told("late_rate >= 30%", late_rate=0.2996) == "29.96% of the invoices late (not at least 30%)"


@pytest.mark.parametrize(("value", "words"), [(1234.5, "1,234.5"), (2.0, "2"), (0.05, "0.1"), (100, "100")])
def test_numbers_are_short(value: float, words: str) -> None:
    assert number_words(value) == words


def test_days_are_told_as_people_say_them() -> None:
    assert day_words(date(2026, 11, 20)) == "20 November 2026"
    assert day_words(date(2026, 11, 2), weekday=True) == "Monday, 2 November 2026"


def test_every_metric_has_words_of_its_own() -> None:
    """Columns of the customers file are told by their names."""
    assert [name for name, metric in METRICS.items() if metric.scope != "field" and not is_told(name)] == []
