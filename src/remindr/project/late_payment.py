"""Do interest and fees make sense: rates in order, one fee for a debt, levels that exist, words that ask for them."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from remindr.errors import Problem
from remindr.model.policy import CONSUMER, LatePayment, LateTerms, Policy, Step
from remindr.model.terms import Level, Miswritten, Quantity
from remindr.project.rules import entries, mapping
from remindr.project.yaml import Document, Keys

_TERMS: tuple[Keys, ...] = (("late_payment",), ("late_payment", "consumers"))


@dataclass(frozen=True, slots=True)
class WrittenFee:
    """A fee that can be read: the level and the terms it belongs to, its place, and its amounts with theirs.

    `size` is the least debt that it is for; `size_path` is its own place where it is written.
    """

    level: str
    terms: Keys
    path: Keys
    fee: Quantity
    size_path: Keys = ()
    size: Quantity | None = None

    @property
    def amounts(self) -> Iterator[tuple[Keys, Quantity]]:
        """What is written of it, with where."""
        if self.size:
            yield self.size_path, self.size
        yield self.path, self.fee


def mistakes_in_late_payment(document: Document, currency: str | None) -> Iterator[Problem]:
    """Rates out of order or of one day, fees that contradict each other, consumers whom nobody knows."""
    for path in _TERMS:
        yield from _rates(document, path)
    yield from _fees(document, currency)
    if "consumers" in mapping(document.data, "late_payment") and CONSUMER not in mapping(document.data, "traits"):
        hint = "add a trait of that name, such as 'consumer: customer_type is private', below 'traits:'"
        yield document.problem(_TERMS[1], "nobody has the trait 'consumer'", hint=hint, key=True)


def _fees(document: Document, currency: str | None) -> Iterator[Problem]:
    """Fees that are written twice for debts of one size, and those in another currency than their debt."""
    seen = set()
    for one in written_fees(document):
        unit, size = one.fee.unit or currency, one.size or Quantity(Decimal(0), one.fee.unit)
        if {unit, size.unit} & {"%", "days"}:
            continue  # no money, which has been told already
        if (size.unit or currency) != unit:
            what = f"the fee is in {unit} and the debt in {size.unit or currency}"
            yield document.problem(one.size_path, what, hint="write both in the currency of the invoice")
            continue
        key = one.terms, one.level, unit, size.number
        if key in seen:
            of_size = f" from {size.number:,f} on" if size.number else ""
            place = one.size_path or one.path
            yield document.problem(place, f"two fees for '{one.level}' in {unit}{of_size}", hint="keep one of them")
        seen.add(key)


def _terms(document: Document, path: Keys) -> dict[str, Any]:
    """What is written about late payment at a path; nothing if there is nothing."""
    late = mapping(document.data, "late_payment")
    return late if path == _TERMS[0] else mapping(late, "consumers")


def _rates(document: Document, path: Keys) -> Iterator[Problem]:
    days = [_day(rate.get("from")) for rate in entries(_terms(document, path), "interest")]
    for index, (above, below) in enumerate(pairwise(days), start=1):
        place = (*path, "interest", index, "from")
        if above and below and below == above:
            yield document.problem(place, f"two rates begin on {below}", hint="keep one of them")
        elif above and below and below < above:
            what = f"{below} is before {above}, which stands above it"
            yield document.problem(place, what, hint="write the oldest rate first")


def _day(written: Any) -> date | None:
    """The day, None for what is no date: that has been told already."""
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return None


def written_fees(document: Document) -> Iterator[WrittenFee]:
    """Every fee that can be read."""
    for terms in _TERMS:
        for level, written in mapping(_terms(document, terms), "fees").items():
            several, place = isinstance(written, list), (*terms, "fees", level)
            for index, entry in enumerate(written if several else [written]):
                path = (*place, index) if several else place
                with suppress(Miswritten):
                    yield _fee(level, terms, path, entry)


def _fee(level: str, terms: Keys, path: Keys, entry: Any) -> WrittenFee:
    """A fee as it is written: an amount, or one for debts from a size on."""
    if not isinstance(entry, dict):
        return WrittenFee(level, terms, path, Quantity.parse(str(entry)))
    fee, size = Quantity.parse(str(entry.get("fee"))), Quantity.parse(str(entry.get("from")))
    return WrittenFee(level, terms, (*path, "fee"), fee, (*path, "from"), size)


def doubts_about_late_payment(policy: Policy, document: Document) -> Iterator[Problem]:
    """Fees and interest that are never asked for, and words that do not ask for them."""
    late = policy.project.late_payment
    if late is None:
        return
    for path, terms in zip(_TERMS, (late, late.consumers), strict=True):
        if terms:
            yield from _never_asked(policy, terms, document, path)
            yield from _other_currencies(policy, terms, document, path)
    yield from _silent_words(policy, late)
    if late.consumers is None and CONSUMER in policy.project.traits:
        what = "consumers are asked for the same interest and fees as businesses"
        hint = "the law often wants less: write 'consumers: none' here, or interest and fees of their own"
        yield document.problem(_TERMS[0], what, hint=hint, key=True)


def _never_asked(policy: Policy, late: LateTerms, document: Document, path: Keys) -> Iterator[Problem]:
    """Interest and fees of levels that no step has."""
    levels = {step.level for sequence in policy.sequences.values() for step in sequence.steps}
    if late.interest and max(levels) < late.starts_at:
        what = f"no step has the level '{late.starts_at.word}' or a firmer one, so nobody is asked for interest"
        yield document.problem((*path, "starts_at"), what, hint=_used(levels))
    for level in late.fees.keys() - levels:
        what = f"no step has the level '{level.word}', so nobody is asked for this fee"
        yield document.problem((*path, "fees", level.word), what, hint=_used(levels), key=True)


def _used(levels: set[Level]) -> str:
    return f"your sequences use: {', '.join(level.word for level in sorted(levels) if level)}"


def _other_currencies(policy: Policy, late: LateTerms, document: Document, path: Keys) -> Iterator[Problem]:
    """Currencies that the project speaks of, and in which a level has no fee."""
    home = policy.project.company.currency
    for level, fees in late.fees.items():
        units = {one.fee.unit or home for one in fees}
        lacking = [code for code in (home, *policy.project.currencies) if code not in units]
        if lacking:
            what = f"invoices in {' and '.join(lacking)} pay no fee at the level '{level.word}'"
            hint = f"write an amount for each currency, one a line, '- 0 {lacking[0]}' for none"
            yield document.problem((*path, "fees", level.word), what, hint=hint)


def _silent_words(policy: Policy, late: LatePayment) -> Iterator[Problem]:
    """Templates that tell the total without interest and fees where a notice asks for them."""
    told: Mapping[str, None] = dict.fromkeys(
        name
        for sequence in policy.sequences.values()
        for step in sequence.steps
        if _charges(step, late)
        for channel in ("email", "letter", "call")
        if (name := policy.template_for(sequence.name, step.id, channel))
    )
    for name in told:
        template = policy.templates[name]
        number, line = next(
            ((number, line) for number, line in enumerate(template.text.splitlines(), 1) if "{{ total }}" in line),
            (0, ""),
        )
        if number and "to_pay" not in template.text:
            what = "{{ total }} is without interest and fees"
            col = line.index("{{ total }}") + 1
            yield Problem(
                what, template.path, number, col, line, len("{{ total }}"), "write {{ to_pay }} to ask for them, too"
            )


def _charges(step: Step, late: LatePayment) -> bool:
    """Whether an invoice that takes the step may be asked for more than its balance."""
    interest = late.interest and step.level >= late.starts_at
    return bool(interest) or any(Level.HEADS_UP < level <= step.level for level in late.fees)
