"""Metrics, tests and days in plain words: `pays 14.2 days late on average (over 10)`."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from remindr.core.decided import Near
from remindr.core.rules import Facts, threshold_of
from remindr.model.classification import Evidence, MetricValue
from remindr.model.money import NO_CURRENCY
from remindr.model.terms import Miswritten, Quantity

# The value's own words go between the braces: "3.2 days", "1 paid invoice", "38%", "120.00 GBP".
_PHRASES = {
    "paid_invoices": "{}",
    "due_invoices": "{} in the history",
    "due_invoices_90d": "{} due in the last 90 days",
    "avg_days_late": "pays {} late on average",
    "avg_days_late_90d": "pays {} late on average in the last 90 days",
    "median_days_late": "pays half of the invoices at most {} late",
    "p90_days_late": "pays nine in ten invoices at most {} late",
    "worst_days_late": "{} late at worst",
    "late_rate": "{} of the invoices late",
    "late_rate_90d": "{} of the invoices of the last 90 days late",
    "book_days_late": "customers here pay {} late on average",
    "days_late_vs_book": "{} the book's average",
    "risk_score": "a risk score of {}",
    "months_known": "known for {}",
    "lifetime_value": "{} invoiced ever",
    "typical_invoice": "a typical invoice of {}",
    "open_amount": "{} open",
    "open_vs_typical": "{} a typical invoice open",
    "overdue_amount": "{} overdue",
    "open_invoices": "{}",
    "overdue_share": "{} of what is open is overdue",
    "oldest_overdue_days": "the oldest unpaid invoice is {} overdue",
    "open_disputes": "{}",
    "dispute_rate": "{} of the invoices disputed",
    "broken_promises": "{}",
    "reminders_open": "{} about what is open",
    "reminders_90d": "{} in the last 90 days",
    "segment": "is in the segment {}",
}
_DAYS = frozenset(name for name in _PHRASES if "days_late" in name and name != "days_late_vs_book") | {
    "risk_score", "oldest_overdue_days",
}  # fmt: skip
_SHARES = frozenset({"late_rate", "late_rate_90d", "overdue_share", "dispute_rate"})
_COUNTED = {
    "paid_invoices": ("paid invoice", "paid invoices"),
    "due_invoices": ("invoice", "invoices"),
    "due_invoices_90d": ("invoice", "invoices"),
    "months_known": ("month", "months"),
    "open_invoices": ("open invoice", "open invoices"),
    "open_disputes": ("disputed invoice", "disputed invoices"),
    "broken_promises": ("broken promise", "broken promises"),
    "reminders_open": ("reminder", "reminders"),
    "reminders_90d": ("reminder", "reminders"),
}
_SMALL = Decimal("0.1")
_RELATIONS = {
    ">": "over {}",
    ">=": "at least {}",
    "<": "under {}",
    "<=": "at most {}",
    "is": "{}",
    "is not": "anything but {}",
    "in": "one of {}",
    "not in": "none of {}",
    "has": "with {}",
}


def shortlist(words: Sequence[str], most: int = 6) -> str:
    """The first words of a list and how many are left out: `A-1, A-2 and 7 more`."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def day_words(day: date, *, weekday: bool = False) -> str:
    """`20 November 2026`, or `Friday, 20 November 2026`."""
    named = f"{day:%A}, " if weekday else ""
    return f"{named}{day.day} {day:%B %Y}"


def money_words(amount: Decimal, currency: str) -> str:
    """`1,154.61 GBP`."""
    return in_currency(f"{amount:,.2f}", currency)


def totals_words(totals: Mapping[str, Decimal]) -> str:
    """`1,200.00 GBP and 35.00 EUR`."""
    return " and ".join(money_words(amount, currency) for currency, amount in totals.items())


def in_currency(number: str, currency: str) -> str:
    """`10 GBP`; the number alone where no currency is known."""
    return number if currency == NO_CURRENCY else f"{number} {currency}"


def days_words(days: float | Decimal, *, beside: Decimal | None = None) -> str:
    """`1 day`, `14.2 days`."""
    return counted_words(number_words(days, beside=beside), "day", "days")


def counted_words(number: str, one: str, many: str) -> str:
    """`1 invoice`, `3 invoices`."""
    return f"{number} {one if number == '1' else many}"


def number_words(value: float | Decimal, *, places: int = 1, beside: Decimal | None = None) -> str:
    """A number as short as people like it, but never so short that it changes sides of the limit `beside` it."""
    exact = Decimal(str(value))
    short = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if beside is not None and (short > beside, short < beside) != (exact > beside, exact < beside):
        short = exact
    text = f"{short:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def limit_of(test: Evidence) -> Decimal | None:
    """The number that a test compares with; None where it is a word or a list."""
    try:
        return threshold_of(Quantity.parse(test.threshold))
    except Miswritten:
        return None


def value_words(test: Evidence, currency: str, *, counted: bool = True) -> str:
    """What a test found, with its unit: `3.2 days`, `38%`, `120.00 GBP`, `retail`; what was counted only if asked."""
    value, limit = test.value, limit_of(test)
    if value is None:
        return "unknown"
    if isinstance(value, Decimal):
        return money_words(value, currency)
    if isinstance(value, str | date):
        return str(value)
    if test.threshold.endswith("%") or test.metric in _SHARES:
        return number_words(100 * Decimal(str(value)), places=0, beside=None if limit is None else 100 * limit) + "%"
    number = number_words(value, beside=limit)
    if test.metric in _DAYS:
        return counted_words(number, "day", "days")
    return counted_words(number, *_COUNTED[test.metric]) if counted and test.metric in _COUNTED else number


def metric_words(test: Evidence, facts: Facts, currency: str) -> str:
    """What a test found, as a phrase: `pays 3.2 days late on average`."""
    if test.value is None or test.value == "":
        return f"{test.metric} is not known"
    value = value_words(test, currency)
    if test.metric == "days_late_vs_book":
        return _beside_the_book(value, facts.get("book_days_late"))
    if test.metric == "open_vs_typical":
        return _PHRASES[test.metric].format(_share_words(value))
    phrase = _PHRASES.get(test.metric, f"{test.metric.replace('_', ' ')} is {{}}")
    return phrase.format(value)


def _beside_the_book(value: str, book: MetricValue) -> str:
    share = _share_words(value)
    return f"{share} the book's {number_words(book)}" if isinstance(book, float | int) else f"{share} the book's"


def _share_words(value: str) -> str:
    """`213% of`, `2.1 times`."""
    return f"{value} of" if value.endswith("%") else f"{value} times"


def margin_words(test: Evidence, currency: str) -> str:
    """How far a test is from turning round: `by 4.2 days`, `misses by 0.3 days`; empty where nothing is measured."""
    if test.margin is None:
        return ""
    far = distance_words(test, currency)
    return f"by {far}" if test.passed else f"misses by {far}"


def distance_words(test: Evidence, currency: str) -> str:
    """How far what was found is from the limit: `0.3 days`, `4 points`, `12.00 GBP`, `2`."""
    far = abs(test.margin or Decimal(0))
    if isinstance(test.value, Decimal):
        return money_words(far, currency)
    if test.threshold.endswith("%") or test.metric in _SHARES:
        return counted_words(number_words(100 * far), "point", "points")
    number = number_words(far, places=1 if far >= _SMALL else 2)
    return counted_words(number, "day", "days") if test.metric in _DAYS else number


def near_words(close: Near, currency: str) -> str:
    """`0.3 days from slow`."""
    return f"{distance_words(close.test, currency)} from {close.segment}"


def unit_words(value: MetricValue, unit: str, currency: str, *, places: int = 2) -> str:
    """A metric with its unit: `3.2 days`, `38%`, `0.4 times`, `120.00 GBP`, `9 months`, `unknown`.

    A percentage has one of the `places` less.
    """
    if value is None or value == "":
        return "unknown"
    if isinstance(value, Decimal):
        return money_words(value, currency)
    if isinstance(value, str | date):
        return str(value)
    if unit == "share":
        return f"{number_words(100 * Decimal(str(value)), places=places - 1)}%"
    words = {"days": ("day", "days"), "months": ("month", "months"), "times": ("times", "times")}
    number = number_words(value, places=places)
    return counted_words(number, *words[unit]) if unit in words else number


def relation_words(test: Evidence) -> str:
    """What a test asks for: `over 10`, `at least 30%`, `one of [retail, construction]`."""
    return _RELATIONS[test.operator].format(test.threshold)


def tell_test(test: Evidence, facts: Facts, currency: str) -> str:
    """A test with what it found: `pays 3.2 days late on average (over 3)`, `0 broken promises (not at least 2)`."""
    phrase = metric_words(test, facts, currency)
    if test.passed and test.operator == "is":
        return phrase
    return f"{phrase} ({'' if test.passed else 'not '}{relation_words(test)})"


def tell_tests(tests: Iterable[Evidence], facts: Facts, currency: str) -> str:
    """Several tests in a row, separated by commas."""
    return ", ".join(tell_test(test, facts, currency) for test in tests)


def flag_words(tests: Iterable[Evidence], facts: Facts, currency: str) -> str:
    """What a flag found; the segment, which stands beside it anyway, is left out unless there is nothing else."""
    seen = list(tests)
    return tell_tests([test for test in seen if test.metric != "segment"] or seen, facts, currency)


def is_told(metric: str) -> bool:
    """Whether a metric has words of its own."""
    return metric in _PHRASES
