"""All that is known and decided about one customer, from the generators that plan for everybody."""

from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING

from remindr.core.explain import AskedInvoice, Case
from remindr.core.rules import Facts
from remindr.core.schedule import Scheduler
from remindr.history.history import CUSTOMERS_TO_COMPARE
from remindr.model.book import Account, Customer
from remindr.model.classification import Classification
from remindr.model.outcome import Contact, Progress
from remindr.model.plan import Notice, Skipped
from remindr.model.terms import Level
from remindr.pipeline.plan import Decided, decided_by_customer, scheduler_of, segments
from remindr.pipeline.remembered import NO_PROGRESS

if TYPE_CHECKING:
    from remindr.pipeline.find import Meant
    from remindr.pipeline.station import Station

_ASKED = """
SELECT i.invoice_id, i.kind, s.due_date, i.amount, coalesce(s.open_balance, i.balance), i.currency, s.cleared
FROM invoices i LEFT JOIN standing s USING (customer_id, invoice_id, kind)
WHERE i.customer_id = ? AND i.invoice_id = ? ORDER BY i.kind DESC LIMIT 1
"""


def explained(at: "Station", meant: "Meant") -> Case:
    """The customer's case at T, with the invoice that was asked about. The station has to be a thorough one."""
    customer, facts, classification = next(segments(at, meant.customer_id))
    decided = decided_by_customer(at, meant.customer_id).get(meant.customer_id)
    account = next((one for one, _ in at.view.accounts() if one.customer.id == meant.customer_id), None)
    case = case_of(at, scheduler_of(at), customer, facts, classification, account, decided)
    return case if meant.invoice_id is None else replace(case, asked=_asked(at, meant))


def case_of(
    at: "Station",
    scheduler: Scheduler,
    customer: Customer,
    facts: Facts,
    classification: Classification,
    account: Account | None,
    decided: Decided | None,
) -> Case:
    """One customer's case at T from what was decided; `account` and `decided` are None where nothing is open."""
    progress = at.progress.get(customer.id, NO_PROGRESS)
    notice = decided.notice if decided else None
    more = decided.more if decided else ()
    later: tuple[Skipped, ...] = ()
    if notice is not None and notice.purpose == "reminder" and account is not None:
        gone = reduce(lambda known, one: after(one, known), (notice, *more), progress)
        later = scheduler.decide(account, classification, facts, gone).skipped
    return Case(
        policy=at.policy,
        today=at.today,
        counted_until=at.counted_until,
        customer=customer,
        facts=facts,
        judged=at.deciding_facts(classification, facts),
        classification=classification,
        account=account,
        progress=progress,
        notice=notice,
        more=more,
        skipped=decided.skipped if decided else (),
        flags=decided.flags if decided else (),
        held=str(decided.held.problem) if decided and decided.held else None,
        too_few=at.view.customers_compared < CUSTOMERS_TO_COMPARE,
        unreadable=tuple(cell for cell in at.book.quarantined if cell.customer_id == customer.id),
        later=later,
    )


def after(notice: Notice, progress: Progress) -> Progress:
    """What the journal will know of the customer once the notice has gone out."""
    contacts = dict(progress.contacts)
    for line in notice.taken:
        taken = Contact(
            line.invoice.id, line.sequence or "", line.step or "", int(line.level or 0), notice.as_of, line.repeat,
            notice.respond_by, notice.key,
        )  # fmt: skip
        contacts[line.invoice.id] = (*contacts.get(line.invoice.id, ()), taken)
    overdue = (notice.as_of,) if notice.level > Level.HEADS_UP else ()
    days = (*progress.overdue_contact_days, *overdue)
    by_channel = dict(progress.channel_days)
    if overdue:
        by_channel |= {one: (*by_channel.get(one, ()), notice.as_of) for one in notice.channels}
    return replace(progress, contacts=contacts, overdue_contact_days=days, noticed_today=True, channel_days=by_channel)


def _asked(at: "Station", meant: "Meant") -> AskedInvoice | None:
    row = at.book.connection.execute(_ASKED, [meant.customer_id, meant.invoice_id]).fetchone()
    return None if row is None else AskedInvoice(*row)
