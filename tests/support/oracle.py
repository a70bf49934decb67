"""The metrics once more, slowly and in plain Python: what the SQL is compared with.

Written from the definitions, invoice by invoice, with exact fractions; it shares no code with the query.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True)
class Entry:
    """A row of the book: an invoice, or a credit."""

    customer_id: str
    invoice_id: str
    kind: str
    issue_date: date | None
    due_date: date | None
    amount: Decimal
    balance: Decimal
    currency: str
    cleared_on: date | None = None
    disputed: bool = False


@dataclass(frozen=True)
class Paid:
    """A payment towards an invoice."""

    customer_id: str
    invoice_id: str
    paid_on: date
    amount: Decimal


@dataclass
class Standing:
    """An entry as it stood at T."""

    entry: Entry
    cleared: date | None
    open: Decimal


def half_up(value: Fraction, places: int) -> float:
    """The value rounded half up to so many places."""
    scale = 10**places
    return float(Fraction(floor(value * scale + Fraction(1, 2)), scale))


def standing_at(entry: Entry, payments: Iterable[Paid], today: date) -> Standing | None:
    """How an entry stood at T; None if it did not exist yet."""
    if entry.issue_date is not None and entry.issue_date > today:
        return None
    own = [
        paid
        for paid in payments
        if entry.kind == "invoice" and (paid.customer_id, paid.invoice_id) == (entry.customer_id, entry.invoice_id)
    ]
    settled_on = entry.cleared_on or max((paid.paid_on for paid in own), default=None)
    if entry.balance != 0 or settled_on is None:
        return Standing(entry, None, entry.balance)
    if settled_on <= today:
        return Standing(entry, settled_on, Decimal(0))
    known = sum((paid.amount for paid in own if paid.paid_on <= today), Decimal(0))
    return Standing(entry, None, max(entry.amount - known, Decimal(0)))


def uncovered(standings: list[Standing]) -> list[Standing]:
    """The open, undisputed invoices that credit does not wholly cover, oldest due first per currency."""
    left: dict[str, Decimal] = defaultdict(Decimal)
    for one in standings:
        if one.entry.kind == "credit":
            left[one.entry.currency] += one.open
    found = []
    for one in sorted(
        (one for one in standings if one.entry.kind == "invoice" and one.open > 0 and not one.entry.disputed),
        key=lambda one: (one.entry.due_date, one.entry.invoice_id),
    ):
        met = min(left[one.entry.currency], one.open)
        left[one.entry.currency] -= met
        if met < one.open:
            found.append(one)
    return found


def days_late(one: Standing, today: date) -> int:
    """Days from due to cleared, or to today while open; between 0 and 90."""
    assert one.entry.due_date is not None
    return min(max(((one.cleared or today) - one.entry.due_date).days, 0), 90)


def in_history(one: Standing, today: date) -> bool:
    """Whether an invoice says something about how its customer pays."""
    entry = one.entry
    if entry.kind != "invoice" or entry.due_date is None or entry.due_date >= today:
        return False
    if one.open > 0:
        return not entry.disputed
    return one.cleared is not None and (today - entry.due_date).days <= 365


def _median(values: list[Fraction]) -> Fraction:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def own_metrics(standings: list[Standing], today: date, currency: str) -> dict[str, object]:
    """The metrics of one customer that need no other customer."""
    history = [one for one in standings if in_history(one, today)]
    late = [days_late(one, today) for one in history]
    recent = [days_late(one, today) for one in history if (today - _due(one)).days <= 90]
    invoices = [one for one in standings if one.entry.kind == "invoice"]
    open_now = [one for one in standings if one.open > 0]
    disputed_now = [one for one in invoices if one.entry.disputed and one.open > 0]
    concerned = history + disputed_now
    oldest = min((_due(one) for one in uncovered(standings) if _due(one) < today), default=None)
    issued = [one.entry.issue_date for one in invoices if one.entry.issue_date is not None]
    foreign_open = any(one.entry.currency != currency for one in open_now)
    open_amount = None if foreign_open else max(sum((_signed(one) for one in open_now), Decimal(0)), Decimal(0))
    overdue = [one for one in open_now if one.entry.kind == "credit" or _due(one) < today]
    overdue_amount = None if foreign_open else max(sum((_signed(one) for one in overdue), Decimal(0)), Decimal(0))
    share = Fraction(overdue_amount) / Fraction(open_amount) if open_amount and overdue_amount is not None else None
    return {
        "paid_invoices": sum(one.cleared is not None for one in invoices),
        "due_invoices": len(history),
        "due_invoices_90d": len(recent),
        "avg_days_late": half_up(Fraction(sum(late), len(late)), 2) if late else None,
        "avg_days_late_90d": half_up(Fraction(sum(recent), len(recent)), 2) if recent else None,
        "median_days_late": float(_median([Fraction(days) for days in late])) if late else None,
        "p90_days_late": sorted(late)[ceil(0.9 * len(late) - 1e-9) - 1] if late else None,
        "worst_days_late": max(late, default=None),
        "late_rate": half_up(Fraction(sum(days > 0 for days in late), len(late)), 4) if late else None,
        "late_rate_90d": half_up(Fraction(sum(days > 0 for days in recent), len(recent)), 4) if recent else None,
        "months_known": _months(min(issued), today) if issued else None,
        "lifetime_value": _lifetime(standings, currency),
        "typical_invoice": _typical(history, currency),
        "open_amount": open_amount,
        "overdue_amount": overdue_amount,
        "open_invoices": sum(one.open > 0 for one in invoices),
        "overdue_share": None if share is None else half_up(share, 4),
        "oldest_overdue_days": (today - oldest).days if oldest else None,
        "open_disputes": len(disputed_now),
        "dispute_rate": half_up(Fraction(sum(one.entry.disputed for one in concerned), len(concerned)), 4)
        if concerned
        else None,
        "_late_sum": sum(late),
    }


def _due(one: Standing) -> date:
    assert one.entry.due_date is not None
    return one.entry.due_date


def _signed(one: Standing) -> Decimal:
    return -one.open if one.entry.kind == "credit" else one.open


def _lifetime(standings: list[Standing], currency: str) -> Decimal | None:
    if any(one.entry.currency != currency for one in standings):
        return None
    return sum((-one.entry.amount if one.entry.kind == "credit" else one.entry.amount for one in standings), Decimal(0))


def _typical(history: list[Standing], currency: str) -> Decimal | None:
    if not history or any(one.entry.currency != currency for one in history):
        return None
    median = _median([Fraction(one.entry.amount) for one in history])
    return Decimal(median.numerator) / Decimal(median.denominator)


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def metrics(
    customers: Iterable[str], entries: Iterable[Entry], payments: Iterable[Paid], today: date, currency: str
) -> Mapping[str, dict[str, object]]:
    """Every metric of every customer at T, by customer id."""
    paid = list(payments)
    known: dict[str, list[Standing]] = {customer: [] for customer in customers}
    for entry in entries:
        standing = standing_at(entry, paid, today)
        if standing is not None:
            known[entry.customer_id].append(standing)
    own = {customer: own_metrics(standings, today, currency) for customer, standings in known.items()}
    book = _book(own)
    for facts in own.values():
        average = facts["avg_days_late"]
        hundredths = round(average * 100) if isinstance(average, float) else None
        facts["book_days_late"] = book / 100
        facts["days_late_vs_book"] = None if hundredths is None else half_up(Fraction(hundredths, max(book, 100)), 4)
        late_sum, due = facts.pop("_late_sum"), facts["due_invoices"]
        assert isinstance(late_sum, int)
        assert isinstance(due, int)
        facts["risk_score"] = half_up(Fraction(100 * late_sum + 2 * book, 100 * (due + 2)), 2)
    return own


def _book(own: Mapping[str, dict[str, object]]) -> int:
    """Hundredths of a day: the mean over customers with enough history, 6 days where there are too few of them."""
    averages = [
        round(facts["avg_days_late"] * 100)  # type: ignore[operator]
        for facts in own.values()
        if facts["paid_invoices"] >= 3 and facts["avg_days_late"] is not None  # type: ignore[operator]
    ]
    if len(averages) < 5:
        return 600
    return floor(Fraction(sum(averages), len(averages)) + Fraction(1, 2))
