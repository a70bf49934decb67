"""Who a customer is to us: the segment, the traits, and the evidence for both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MetricValue = Decimal | int | float | str | date | None
History = Mapping[str, MetricValue]  # one customer's metrics at T; None is unknown


@dataclass(frozen=True, slots=True)
class Classification:
    """A customer's segment and traits at T.

    `reviewed_on` is the review that decided, T itself for a customer who was not there at the last review.
    `since` is the first review of the unbroken run that found the segment, as far as was looked back; None if no
    review found it. `moving_to` is the answer at T where it differs from the segment in force; `next_review` is the
    day it is judged anew. `override` is the reason a person gave.
    """

    customer_id: str
    segment: str
    traits: tuple[str, ...]
    reviewed_on: date
    moving_to: str | None = None
    next_review: date | None = None
    override: str | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What reviews found a customer to be: the segment in force, the review that decided, the first that said so."""

    segment: str
    on: date
    since: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """One test of one rule: what was compared, and by how much it passed (positive) or failed (negative)."""

    segment: str
    metric: str
    operator: str
    threshold: str
    value: MetricValue
    passed: bool
    margin: Decimal | None
