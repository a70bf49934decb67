"""Amounts are exact and have a currency beside them; sums stay apart by currency."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

NO_CURRENCY: Final = "XXX"  # ISO 4217's code for none: of amounts in files that name none, for a first look


def total_by_currency(monies: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """The sum per currency of (currency, amount) pairs, in order of first sight."""
    totals: dict[str, Decimal] = {}
    for currency, amount in monies:
        totals[currency] = totals[currency] + amount if currency in totals else amount
    return totals
