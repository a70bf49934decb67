"""The book added up: how many customers each segment has, what they owe, how late they pay."""

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil

from remindr.core.rules import Facts
from remindr.core.told import days_words, number_words
from remindr.model.classification import Classification

METRICS = frozenset({"avg_days_late", "paid_invoices", "book_days_late"})  # that an audit needs of every customer


@dataclass(frozen=True, slots=True)
class Balance:
    """What is open and overdue in one currency, less credits."""

    open: Decimal = Decimal(0)
    overdue: Decimal = Decimal(0)


Balances = Mapping[str, Balance]  # by currency


@dataclass(slots=True)
class Totals:
    """One segment, or all of them, added up. Amounts stay apart by currency."""

    customers: int = 0
    known: int = 0  # customers of whom it is known how late they pay
    days_late: float = 0.0  # summed over them
    overdue: int = 0  # customers with something overdue
    balances: dict[str, Balance] = field(default_factory=dict)

    def add(self, facts: Facts, balances: Balances) -> None:
        """Counts a customer."""
        self.customers += 1
        self.overdue += any(balance.overdue for balance in balances.values())
        late = facts.get("avg_days_late")
        if isinstance(late, float | int):
            self.known += 1
            self.days_late += late
        for currency, more in balances.items():
            sofar = self.balances.get(currency, Balance())
            self.balances[currency] = Balance(sofar.open + more.open, sofar.overdue + more.overdue)

    @property
    def average(self) -> float | None:
        """How late its customers pay on average, each counted once; None if it is known of none."""
        return self.days_late / self.known if self.known else None


class Audit:
    """A book being added up, customer by customer."""

    def __init__(self, segments: Iterable[str], *, paid: int = 3) -> None:
        """`paid` invoices make a customer count in the book's own figures."""
        self._paid = paid
        self.segments = {name: Totals() for name in segments}
        self.all = Totals()
        self._lateness = array("d")

    def add(self, classification: Classification, facts: Facts, balances: Balances) -> None:
        """Counts a customer."""
        self.segments[classification.segment].add(facts, balances)
        self.all.add(facts, balances)
        late, paid = facts.get("avg_days_late"), facts.get("paid_invoices")
        if isinstance(late, float | int) and isinstance(paid, int) and paid >= self._paid:
            self._lateness.append(late)

    @property
    def compared(self) -> int:
        """How many customers have paid often enough to be compared."""
        return len(self._lateness)

    def at_most(self, shares: Iterable[float]) -> list[float]:
        """How late that share of the compared customers pays at most, on average, for each share (nearest rank)."""
        ordered = sorted(self._lateness)
        return [ordered[max(0, ceil(share * len(ordered)) - 1)] for share in shares] if ordered else []


def habits(audit: Audit) -> str:
    """How the compared customers are spread, in a phrase; there has to be one at least."""
    quarter, half, most, nearly_all = audit.at_most((0.25, 0.5, 0.75, 0.9))
    return (
        f"a quarter of your customers are at most {days_words(quarter)} late on average, half at most "
        f"{number_words(half)}, three quarters at most {number_words(most)}, nine in ten at most "
        f"{number_words(nearly_all)}."
    )


def urgency(
    classification: Classification, flags: Iterable[str], balances: Balances
) -> tuple[bool, bool, Decimal, Decimal, str]:
    """Sorts customers so that the ones to look at come first: moving, flagged, then by what is overdue and open."""
    overdue = max((one.overdue for one in balances.values()), default=Decimal(0))
    open_ = max((one.open for one in balances.values()), default=Decimal(0))
    return classification.moving_to is None, not any(flags), -overdue, -open_, classification.customer_id
