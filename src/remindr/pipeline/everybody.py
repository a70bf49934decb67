"""All that is known and decided about every customer with something open, from the generators that plan for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain, groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from remindr.core.explain import Case
from remindr.core.segment import Classifier
from remindr.model.book import Customer
from remindr.model.classification import History
from remindr.pipeline.explained import case_of
from remindr.pipeline.plan import Decided, decided_by_customer, scheduler_of

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

LATELY = 12  # settled invoices that show how somebody pays

_SETTLED = f"""
SELECT customer_id, invoice_id, cleared, cleared - due_date
FROM standing WHERE kind = 'invoice' AND cleared IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY cleared DESC, invoice_id DESC) <= {LATELY}
ORDER BY customer_id, cleared, invoice_id
"""


@dataclass(frozen=True, slots=True)
class SettledInvoice:
    """An invoice that was settled, `late` days after it was due; below 0 is early."""

    id: str
    on: date
    late: int


@dataclass(frozen=True, slots=True)
class Told:
    """One customer's case, with what was decided today and the invoices settled last, oldest first."""

    case: Case
    decided: Decided
    settled: tuple[SettledInvoice, ...]


def all_told(at: "Station", only: str | None = None) -> Iterator[Told]:
    """Every customer with something open, or only one, by customer id; then those who are only thanked.

    The station has to be a thorough one.
    """
    classifier, scheduler = Classifier(at.policy), scheduler_of(at)
    settled = _settled_lately(at)
    decisions_of = decided_by_customer(at, only)
    owing = ((account.customer, account, history) for account, history in at.view.accounts())
    for customer, account, history in chain(owing, _thanked(at, decisions_of)):
        decided = decisions_of.pop(customer.id, None)
        if decided is None:
            continue
        facts = at.facts(customer.id, history)
        classification = classifier.classify(customer.id, facts, at.today, at.reviewed.get(customer.id))
        case = case_of(at, scheduler, customer, facts, classification, account, decided)
        yield Told(case, decided, settled.get(customer.id, ()))


def _thanked(at: "Station", left: Mapping[str, Decided]) -> Iterator[tuple[Customer, None, History]]:
    """Those who owe nothing and still hear from us; asked for once all others are told."""
    for customer, history in at.view.histories(customers=sorted(left)) if left else ():
        yield customer, None, history


def _settled_lately(at: "Station") -> dict[str, tuple[SettledInvoice, ...]]:
    rows = at.book.connection.execute(_SETTLED).fetchall()
    return {
        customer_id: tuple(SettledInvoice(*row[1:]) for row in own)
        for customer_id, own in groupby(rows, key=itemgetter(0))
    }
