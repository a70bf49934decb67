"""Every reason for silence: each blocker says why, and the day it lifts (None: only a person can lift it).

Reasons of the customer hold for all their invoices; reasons of an invoice for it alone. All that apply are
collected, so that an explanation is complete and not merely the first thing that was found.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from remindr.core.calendar import Calendar
from remindr.model.book import Customer, Invoice
from remindr.model.outcome import Contact, Ended, Progress, State
from remindr.model.plan import Blocker, ChannelName, Reason
from remindr.model.policy import Reminding
from remindr.model.terms import Budget

ONE_DAY = timedelta(days=1)
AFTER_REST = 3  # working days after a dispute or a hold ended, in which the customer can pay without a word from us


def of_customer(customer: Customer, *, unreadable: bool) -> Iterator[Reason]:
    """Why nothing at all goes to a customer."""
    if unreadable:
        yield Reason(Blocker.UNREADABLE_ROW, "a row that names this customer could not be read; mend it in the export")
    if not customer.listed:
        yield Reason(Blocker.UNKNOWN_CUSTOMER, f"customer {customer.id} is not in the customers file")
    if customer.do_not_contact:
        yield Reason(Blocker.DO_NOT_CONTACT, "the customer is marked do not contact")
    if customer.hold is not None:
        yield Reason(Blocker.ON_HOLD, f"the customer is on hold: {customer.hold}")


def of_invoice(
    invoice: Invoice,
    credit: Decimal,
    contacts: tuple[Contact, ...],
    reminding: Reminding,
    noted: Sequence[Reason] = (),
) -> list[Reason]:
    """Why one invoice rests; `noted` is what people noted about it."""
    reasons = list(noted)
    start = reminding.start_from
    if start and invoice.due_date < start and not contacts:
        reasons.append(Reason(Blocker.BEFORE_START, f"due before {start}, where reminding starts; a person decides"))
    if invoice.disputed and all(reason.code != Blocker.DISPUTED for reason in noted):
        reasons.append(Reason(Blocker.DISPUTED, "the invoice is disputed"))
    if invoice.hold is not None:
        reasons.append(Reason(Blocker.ON_HOLD, f"the invoice is on hold: {invoice.hold}"))
    if credit and credit >= invoice.balance:
        reasons.append(Reason(Blocker.COVERED_BY_CREDIT, "credit on the account covers the whole balance"))
    if contacts and any(contact.state == State.UNCERTAIN for contact in contacts):
        reasons.append(Reason(Blocker.IN_DOUBT, "it is not certain whether an earlier message arrived"))
    return reasons


def of_rest(ended: Iterable[Ended], calendar: Calendar) -> Reason | None:
    """Why an invoice is left in peace a little longer after what had kept it quiet: the longest such reason, if any."""
    waits = [
        Reason(
            Blocker.WAITING,
            f"the {one.cause} ended on {one.on}; customers get {AFTER_REST} working days",
            calendar.shift(one.on, AFTER_REST, working=True),
        )
        for one in ended
    ]
    return max(waits, key=lambda reason: reason.until or date.min, default=None)


def of_pacing(progress: Progress, reminding: Reminding, today: date) -> Iterator[Reason]:
    """Why a customer who could be reminded is left in peace today."""
    days = progress.overdue_contact_days
    if progress.noticed_today:
        yield Reason(Blocker.WAITING, "a notice went to this customer today", today + ONE_DAY)
    elif days:
        until = days[-1] + timedelta(days=max(1, reminding.wait_between_contacts.days))
        if today < until:
            yield Reason(Blocker.WAITING, f"last contact on {days[-1]}", until)
    if spent := over_budget(days, reminding, today):
        yield spent


def over_budget(days: Sequence[date], reminding: Reminding, today: date) -> Reason | None:
    """Why there is no room for another contact after those of these days; None while there is."""
    return _spent(days, reminding.at_most.total, today, "contact")


def spent_channels(
    days: Mapping[str, Sequence[date]], budgets: Mapping[ChannelName, Budget], today: date
) -> Mapping[ChannelName, Reason]:
    """The channels on which there is no room for another contact, and why; `days` are those of contacts by channel."""
    found = {
        channel: _spent(days.get(channel, ()), budget, today, _CONTACT_BY[channel])
        for channel, budget in budgets.items()
    }
    return {channel: reason for channel, reason in found.items() if reason}


_CONTACT_BY: Mapping[ChannelName, str] = {
    "email": "e-mail", "call": "call", "sms": "text message", "letter": "letter",
}  # fmt: skip


def _spent(days: Sequence[date], budget: Budget, today: date, what: str) -> Reason | None:
    recent = [day for day in days if day > today - timedelta(days=budget.days)]
    if len(recent) < budget.contacts:
        return None
    until = recent[-budget.contacts] + timedelta(days=budget.days)
    contacts = f"{len(recent)} {what}{'s' if len(recent) != 1 or what == 'contact' else ''}"
    return Reason(Blocker.OVER_BUDGET, f"{contacts} in the last {budget.days} days", until)
