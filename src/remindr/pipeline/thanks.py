"""Who is thanked at T: customers of whom a reminded invoice was paid lately, whether they owe anything now or not."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import timedelta

from remindr.core.calendar import Calendar
from remindr.core.contended import Contender
from remindr.core.schedule import Decision
from remindr.core.segment import Classifier
from remindr.core.thanks import LATEST, PaidInvoice, thanks
from remindr.history.standing import RECENT_DAYS
from remindr.model.book import Account, Customer
from remindr.model.outcome import Progress
from remindr.pipeline.remembered import NO_PROGRESS
from remindr.pipeline.station import Station


def thankful(
    at: Station, classifier: Classifier, calendar_of: Callable[[Customer], Calendar], noticed: Collection[str]
) -> Iterator[Contender]:
    """Each customer who is thanked today, by customer id; none of the `noticed`, for whom there is a notice already."""
    if not any(sequence.thank_you for sequence in at.policy.sequences.values()):
        return
    paid = _paid_lately(at)
    remembered = _reminded(at, paid)
    candidates = [customer_id for customer_id in remembered if customer_id not in noticed]
    for customer, history in at.view.histories(customers=candidates) if candidates else ():
        progress = remembered[customer.id]
        facts = at.facts(customer.id, history)
        classification = classifier.classify(customer.id, facts, at.today, at.reviewed.get(customer.id))
        notice = thanks(
            at.policy, customer, classification, paid[customer.id], progress, at.today, calendar_of(customer)
        )
        if notice and customer.id not in at.book.unreadable_customers:
            yield Contender(Account(customer, (), {}), classification, facts, progress, Decision(notice))


def _paid_lately(at: Station) -> Mapping[str, list[PaidInvoice]]:
    found: dict[str, list[PaidInvoice]] = defaultdict(list)
    for invoice, paid_on in at.view.cleared_since(at.today - LATEST):
        found[invoice.customer_id].append(PaidInvoice(invoice, paid_on))
    return found


def _reminded(at: Station, paid: Mapping[str, list[PaidInvoice]]) -> dict[str, Progress]:
    """What was said to those customers of whose paid invoices something was said, open invoices included."""
    items = [(customer_id, one.invoice.id) for customer_id, invoices in paid.items() for one in invoices]
    since = at.today - timedelta(RECENT_DAYS)
    about_paid = at.journal.progress(items, today=at.today, contacts_since=since) if items else {}
    found = {}
    for customer_id, progress in about_paid.items():
        still = at.progress.get(customer_id, NO_PROGRESS)
        contacts = {**still.contacts, **progress.contacts}
        found[customer_id] = Progress(contacts, progress.overdue_contact_days, progress.noticed_today)
    return found
