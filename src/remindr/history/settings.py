"""What a project says about its history: the window, the grace, the rates, and the rest that counts as paid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Self

from remindr.model.policy import MetricSettings, Project, Rate

SMALLEST, LARGEST = Decimal("0.0001"), Decimal(10) ** 14 - 1  # of amounts, which have four places
_DEFAULTS = MetricSettings()


@dataclass(frozen=True, slots=True)
class HistorySettings:
    """How the history is counted. Amounts are in `currency`, the company's."""

    currency: str
    window: int = _DEFAULTS.window.days
    grace: int = _DEFAULTS.grace.days
    ignore_below: Decimal = Decimal(0)
    rates: Mapping[str, tuple[Rate, ...]] = field(default_factory=dict)
    own_leasts: Mapping[str, Decimal] = field(default_factory=dict)  # what is ignored in each currency, where said

    @classmethod
    def of(cls, project: Project) -> Self:
        """What a project's remindr.yaml says."""
        home = project.company.currency
        leasts = {least.unit or home: least.number for least in project.reminding.ignore_below}
        return cls(
            project.company.currency,
            project.metrics.window.days,
            project.metrics.grace.days,
            leasts.get(home, Decimal(0)),
            project.currencies,
            leasts,
        )

    def rate(self, currency: str, today: date) -> Decimal | None:
        """What one unit of a currency is worth in the company's at a date; None if nobody has said."""
        if currency == self.currency:
            return Decimal(1)
        known = [rate for rate in self.rates.get(currency, ()) if rate.since <= today]
        return max(known, key=lambda rate: rate.since).rate if known else None

    def worths(self, today: date) -> Iterator[tuple[str, Decimal, Decimal]]:
        """Each currency that is worth something at a date: its rate, and the balance from which on it counts."""
        for currency in dict.fromkeys((self.currency, *self.rates)):
            rate = self.rate(currency, today)
            if rate is not None:
                least = self.own_leasts.get(currency, self.ignore_below / rate).quantize(SMALLEST, ROUND_CEILING)
                yield currency, rate, min(max(least, SMALLEST), LARGEST)
