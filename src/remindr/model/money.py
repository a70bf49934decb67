"""Money is an exact amount with a currency; sums stay apart by currency."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str


def total_by_currency(monies: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """The sum per currency of (currency, amount) pairs, in order of first sight."""
    totals: dict[str, Decimal] = {}
    for currency, amount in monies:
        totals[currency] = totals[currency] + amount if currency in totals else amount
    return totals
