"""A word of thanks, once everything that a customer was reminded of after due is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from remindr.core.calendar import Calendar
from remindr.core.contact import reach
from remindr.core.schedule import notice_key
from remindr.model.book import Customer, Invoice
from remindr.model.classification import Classification
from remindr.model.outcome import Progress
from remindr.model.plan import ChannelName, Line, Notice
from remindr.model.policy import THANK_YOU, Policy, Step
from remindr.model.policy import Sequence as Written
from remindr.model.terms import Level, StepTime

LATEST = timedelta(days=7)  # after payment; later thanks would puzzle
_CHANNELS: tuple[ChannelName, ...] = ("email", "sms")
_STEP = Step(id=THANK_YOU, at=StepTime("due"), by="email", level=Level.HEADS_UP)


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """An invoice that was paid lately."""

    invoice: Invoice
    paid_on: date


def thanks(
    policy: Policy,
    customer: Customer,
    classification: Classification,
    paid: Sequence[PaidInvoice],
    progress: Progress,
    today: date,
    calendar: Calendar,
) -> Notice | None:
    """The notice that thanks a customer today, if this is the day and nothing that was reminded of is still open.

    `progress` is that of the open invoices and the paid ones alike.
    """
    sequence = policy.sequence_of(classification.segment)
    wanted = sequence.thank_you
    reminded = {number for number, contacts in progress.contacts.items() if any(one.level > 0 for one in contacts)}
    thanked = any(one.step == THANK_YOU for contacts in progress.contacts.values() for one in contacts)
    lately = sorted((one for one in paid if one.invoice.id in reminded), key=lambda one: one.invoice.due_date)
    if wanted is None or thanked or not lately or reminded - {one.invoice.id for one in lately}:
        return None
    if customer.do_not_contact or customer.hold or not customer.listed or progress.noticed_today:
        return None
    paid_on = max(one.paid_on for one in lately)
    day = calendar.next_sending_day(calendar.shift(paid_on, wanted.at.offset, working=wanted.at.working))
    if not day <= today <= paid_on + LATEST or not calendar.is_sending_day(today):
        return None
    return _notice(policy, sequence, customer, classification, lately, today)


def _notice(
    policy: Policy,
    sequence: Written,
    customer: Customer,
    classification: Classification,
    paid: Sequence[PaidInvoice],
    today: date,
) -> Notice | None:
    has_words = frozenset(one for one in _CHANNELS if f"{sequence.name}/{THANK_YOU}.{one}" in policy.templates)
    found = reach(customer, _STEP, has_words | ({"letter"} if "email" in has_words else set()), calls=False)
    if found is None:
        return None
    lines = (Line(one.invoice, (today - one.invoice.due_date).days, sequence.name, THANK_YOU, 0) for one in paid)
    last = max(one.paid_on for one in paid)
    return Notice(
        key=notice_key(paid[0].invoice, sequence.name, THANK_YOU, purpose="thank_you"),
        purpose="thank_you",
        as_of=today,
        customer=customer,
        segment=classification.segment,
        traits=classification.traits,
        sequence=sequence.name,
        step=THANK_YOU,
        level=Level.HEADS_UP,
        tone=sequence.tone,
        channels=found.channels,
        to=found.to,
        invoices=tuple(lines),
        why=(f"everything that was reminded of is paid, the last of it on {last}",),
    )
