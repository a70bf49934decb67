"""Every customer with all that an audit shows of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from remindr.core.audit import Balance, Balances
from remindr.core.decided import Near, decisive, near
from remindr.core.rules import Facts
from remindr.core.segment import Classifier
from remindr.core.told import flag_words
from remindr.model.book import Customer
from remindr.model.classification import Classification, Evidence
from remindr.pipeline.plan import segments

if TYPE_CHECKING:
    from remindr.pipeline.station import Station


@dataclass(frozen=True, slots=True)
class Audited:
    """One customer: the facts at T, the classification, what is open by currency, the names of the flags raised."""

    customer: Customer
    facts: Facts
    classification: Classification
    balances: Balances
    flags: tuple[str, ...]


class Auditor:
    """A station's customers, one by one, and the evidence for those that are shown.

    Unless the station is a thorough one, what reviews saw has to be recalled before it is asked for.
    """

    def __init__(self, at: "Station") -> None:
        self.at = at
        self.classifier = Classifier(at.policy)
        self._recalled: dict[str, Facts] = {}

    def customers(self, only: str | None = None) -> Iterator[Audited]:
        """Every customer, or only one, by customer id."""
        balances = _by_customer(self.at)
        waiting = next(balances, None)
        for customer, facts, classification in segments(self.at, only):
            while waiting is not None and waiting[0] < customer.id:
                waiting = next(balances, None)
            own = waiting[1] if waiting is not None and waiting[0] == customer.id else {}
            flags = self.classifier.flags(classification, facts)
            yield Audited(customer, facts, classification, own, flags)

    def recall(self, few: Iterable[Audited]) -> None:
        """Looks up what the deciding reviews saw of these customers; the station's view of the book ends with it."""
        wanted = {one.customer.id: one.classification.reviewed_on for one in few}
        self._recalled.update(self.at.reviews.seen(wanted))

    def judged(self, one: Audited) -> Facts:
        """What the deciding review saw of a customer."""
        return self._recalled.get(one.customer.id) or self.at.deciding_facts(one.classification, one.facts)

    def tried(self, one: Audited) -> tuple[Evidence, ...]:
        """Every test on the way to the segment."""
        return self.classifier.because(one.classification, self.judged(one))

    def decisive(self, one: Audited) -> tuple[Evidence, ...]:
        """The tests that decided; none where a person did."""
        if one.classification.override is not None:
            return ()
        return decisive(self.at.policy.project, one.classification.segment, self.judged(one))

    def heading(self, one: Audited) -> tuple[Evidence, ...]:
        """The tests that today speak for the segment a customer is moving to; none for one who is not moving."""
        goal = one.classification.moving_to
        return () if goal is None else decisive(self.at.policy.project, goal, one.facts)

    def near(self, one: Audited) -> list[Near]:
        """The numbers that decided close to a limit beyond which another segment begins."""
        classification = one.classification
        if classification.override is not None or classification.moving_to is not None:
            return []
        return list(near(self.tried(one), self.judged(one), self.classifier.answer))

    def flag_words(self, one: Audited, name: str) -> str:
        """What a flag found, in words."""
        seen = self.classifier.tell_flag(name, one.classification, one.facts)
        return flag_words(seen, one.facts, self.at.policy.project.company.currency)


def _by_customer(at: "Station") -> Iterator[tuple[str, Balances]]:
    for customer_id, rows in groupby(at.view.balances(), key=itemgetter(0)):
        yield customer_id, {currency: Balance(open_, overdue) for _, currency, open_, overdue in rows}
