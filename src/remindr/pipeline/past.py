"""What has been with a customer: what the journal remembers, and what today's exports add to it if they can be read."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from remindr.core.past import Past, PastNote, Whose
from remindr.core.timeline import Beside, Event, Paid, about, timeline, with_sightings
from remindr.errors import DataError, Problem, Refused
from remindr.journal.claim import recipient_hash
from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.journal.past import sighting_of
from remindr.model.policy import Policy
from remindr.pipeline.find import Meant, meant, one_of
from remindr.pipeline.reviews import Reviews
from remindr.pipeline.station import Station, station

_REVIEWS = 12  # that changes of segment are looked for in

_NAME = "SELECT name FROM customers WHERE customer_id = ?"
_FORMERS = "SELECT former FROM merged WHERE customer_id = ?"
_ADDRESSES = "SELECT unnest([email, phone, address]) FROM customers WHERE customer_id = ?"
_PAID = """
SELECT invoice_id, paid_on, amount, currency FROM payments
WHERE customer_id = ? AND paid_on <= ? AND invoice_id IS NOT NULL ORDER BY paid_on, invoice_id
"""
_SETTLED = "SELECT invoice_id, cleared_on FROM invoices WHERE customer_id = ? AND cleared_on <= ? AND NOT observed"


@dataclass(frozen=True, slots=True)
class Told:
    """What has been with a customer, or with one of their invoices; `name` is empty where only exports know it.

    `missing` is why the exports could not be read; the events are without what they know, then.
    """

    customer_id: str
    name: str
    invoice_id: str | None
    events: tuple[Event, ...]
    missing: Problem | None = None


def told(root: Path, policy: Policy, today: date, word: str, invoice: str | None = None) -> Told:
    """What has been with whom or what a word means; DataError if it means nobody, or several."""
    with ExitStack() as stack:
        try:
            at = stack.enter_context(station(root, policy, today))
        except (DataError, Refused) as error:
            journal = stack.enter_context(open_journal(policy.project.journal_in_use, root, create=False))
            try:
                found = _remembered(journal, word, invoice)
            except DataError as unknown:
                raise DataError([*unknown.problems, *error.problems]) from None
            return replace(_from_journal(journal, policy, today, found), missing=error.problems[0])
        try:
            found = meant(at, word, invoice, command="history")
        except DataError:
            if (gone := _gone(at, word, invoice)) is None:
                raise
            found = gone
        return _with_exports(at, found)


def _gone(at: Station, word: str, invoice: str | None) -> Meant | None:
    """Somebody or something that is not in the exports any more but is remembered; None if nothing is, or several."""
    try:
        return _remembered(at.journal, word, invoice)
    except DataError:
        return None


def _remembered(journal: Journal, word: str, invoice: str | None) -> Meant:
    """Whom or what a number means, as the journal knows them; DataError if it is no number of theirs, or of several."""
    customers, invoices = journal.called(word.strip())
    if invoice is not None:
        known = [key for key in journal.called(invoice.strip())[1] if key[0] in customers]
        return one_of(f"{word} {invoice}", [], known, command="history")
    return one_of(word, customers, invoices, command="history")


def _from_journal(journal: Journal, policy: Policy, today: date, found: Meant) -> Told:
    formers = policy.project.aliases.get(found.customer_id, ())
    whose = journal.whose([found.customer_id, *formers])
    past = journal.past(whose, today)
    events = _events(past, Beside(outbox=policy.project.delivery.email.outbox), found)
    return Told(found.customer_id, "", found.invoice_id, events)


def _events(past: Past, beside: Beside, found: Meant) -> tuple[Event, ...]:
    """The events; those about one invoice, under all its numbers, where one was asked for."""
    if found.invoice_id is None:
        return timeline(past, beside)
    numbers = {found.invoice_id}
    for one in (*past.identities, *past.identities):  # twice: a number may lead to the first, and that to others
        if numbers & {one.invoice_id, one.first_invoice_id}:
            numbers |= {one.invoice_id, one.first_invoice_id}
    seen = tuple(one for one in past.sightings if one.invoice_id in numbers)
    return about(timeline(replace(past, sightings=seen), beside), numbers)


def _with_exports(at: Station, found: Meant) -> Told:
    customer_id, connection = found.customer_id, at.book.connection
    row = connection.execute(_NAME, [customer_id]).fetchone()
    formers = [former for (former,) in connection.execute(_FORMERS, [customer_id]).fetchall()]
    whose = at.journal.whose([customer_id, *formers])
    past = _up_to_date(at, whose, at.journal.past(whose, at.today))
    known = {one.invoice_id for one in past.sightings} | {line.invoice_id for one in past.notices for line in one.lines}
    noted = at.notebook.noted.get(customer_id)
    beside = Beside(
        addresses=_addresses(at, customer_id),
        promises={one.note.key: one.standing for one in noted.promises} if noted else {},
        payments=tuple(_payments(at, customer_id, known)),
        settled=dict(connection.execute(_SETTLED, [customer_id, at.today]).fetchall()),
        moves=tuple(_moves(at, customer_id)),
        outbox=at.policy.project.delivery.email.outbox,
    )
    return Told(customer_id, row[0] if row else "", found.invoice_id, _events(past, beside, found))


def _up_to_date(at: Station, whose: Whose, past: Past) -> Past:
    """What is remembered, with what no run has recorded yet: today's export, and notes of the sheet."""
    new_notes = tuple(PastNote(note) for note in at.notebook.new if whose.owns(note.customer_id, note.invoice_id))
    past = replace(past, notes=(*past.notes, *new_notes))
    seen = at.learned.compared
    if seen.export.day > at.today:
        return past
    new = [row for row in (*seen.new, *seen.shown.unknown()) if whose.owns(row[0] or "", row[1] or "")]
    sightings = [sighting_of(row, until=at.today.isoformat()) for row in new]
    gone = {rest for rest in seen.rest_changes.gone if whose.owns(rest.key.customer_id, rest.key.invoice_id)}
    come = [rest for rest in seen.rest_changes.new if whose.owns(rest.key.customer_id, rest.key.invoice_id)]
    past = replace(past, rests=(*(rest for rest in past.rests if rest not in gone), *come))
    return with_sightings(past, set(seen.gone), sightings, seen.export.day)


def _addresses(at: Station, customer_id: str) -> Mapping[str, str]:
    rows = at.book.connection.execute(_ADDRESSES, [customer_id]).fetchall()
    known = {recipient_hash(address): " ".join(address.split()) for (address,) in rows if address}
    return {**known, recipient_hash(""): "nobody: there was no address"}


def _payments(at: Station, customer_id: str, known: Iterable[str]) -> Iterator[Paid]:
    """The payments for invoices that are remembered; of others nothing else is told either."""
    numbers = set(known)
    for invoice_id, paid_on, amount, currency in at.book.connection.execute(_PAID, [customer_id, at.today]).fetchall():
        if invoice_id in numbers:
            yield Paid(invoice_id, paid_on, amount, currency)


def _moves(at: Station, customer_id: str) -> Iterator[tuple[date, str, str]]:
    """The reviews after which a customer was in another segment than before; none where a person decides."""
    if customer_id in at.policy.project.overrides:
        return
    reviews = Reviews(
        at.book.connection, at.policy, at.today, at.journal,
        further_back=_REVIEWS, broken=at.notebook.broken, only=(customer_id,),
    )  # fmt: skip
    found = [reviews.in_force(back).get(customer_id) for back in range(_REVIEWS + 1)]
    for day, after, before in zip(reviews.days, found, found[1:], strict=False):
        if after and before and after.segment != before.segment:
            yield day, before.segment, after.segment
