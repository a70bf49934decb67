"""One open invoice at a time: which sequence it follows, which step it takes today, what keeps it quiet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from remindr.core import blockers
from remindr.core.calendar import Calendar
from remindr.core.contact import NOTHING_SPENT, Reach, reach, speakable, telling_of_calls
from remindr.core.credits import allocate
from remindr.core.rules import Facts, Test, Traits, compile_rule
from remindr.core.steps import Next, PlannedSequence
from remindr.model.approvals import Approval, Waiting
from remindr.model.book import Account, Customer, Invoice
from remindr.model.outcome import Contact, Progress
from remindr.model.plan import Blocker, ChannelName, Reason
from remindr.model.policy import Policy, Segment, Step
from remindr.model.terms import Level

_NOTHING = Decimal(0)


@dataclass(slots=True)
class Case:
    """One open invoice while it is being judged."""

    invoice: Invoice
    sequence: PlannedSequence
    contacts: tuple[Contact, ...]
    days_past_due: int
    credit: Decimal
    reasons: list[Reason]
    step: Step | None = None  # to be taken today, if nothing forbids it
    repeat: int = 0
    why: str = ""
    reached_on: date | None = None  # the day from which the step could have been taken
    next_step: Step | None = None  # what comes next, if nothing does today
    next_day: date | None = None  # and when
    overdue: bool = False
    peace: Reason | None = None  # what had kept it quiet ended lately
    waiting: Waiting | None = None  # its step asks for an approval that nobody has given
    approved: Approval | None = None  # or somebody has

    def __post_init__(self) -> None:
        self.overdue = self.days_past_due > 0

    @property
    def ready(self) -> bool:
        """Whether its step can be taken today."""
        return self.step is not None and not self.reasons

    @property
    def level(self) -> Level:
        """How firmly its step speaks; a heads-up's level without one."""
        return self.step.level if self.step else Level.HEADS_UP


class Cases:
    """A policy at a date, ready to judge invoices one by one."""

    def __init__(self, policy: Policy, today: date, unreadable: frozenset[str]) -> None:
        self._today = today
        self._unreadable = unreadable
        self._currency = policy.project.company.currency
        self._reminding = policy.project.reminding
        traits = policy.project.traits
        self._sequences = {name: PlannedSequence(written, traits) for name, written in policy.sequences.items()}
        steps = [(name, step) for name, written in policy.sequences.items() for step in written.steps]
        self._speaks = {(name, step.id): speakable(policy, name, step) for name, step in steps}
        self._tells_of_calls = {(name, step.id): telling_of_calls(policy, name, step) for name, step in steps}
        self._choices = {segment.name: self._choices_of(segment, traits) for segment in policy.project.segments}

    def _choices_of(self, segment: Segment, traits: Traits) -> tuple[tuple[Test | None, PlannedSequence], ...]:
        """The sequences of a segment, each with its test; the last one takes every invoice."""
        several = ((one.condition, one.sequence) for one in segment.sequences)
        return tuple(
            (None if condition is None else compile_rule(condition, traits), self._sequences[name])
            for condition, name in (*several, (None, segment.sequence))
        )

    def tone(self, segment: str) -> str:
        """How messages to a segment speak, whichever of its sequences they belong to."""
        return self._choices[segment][-1][1].tone

    def reach(
        self,
        customer: Customer,
        sequence: str,
        step: Step,
        *,
        calls: bool = True,
        spent: Mapping[ChannelName, Reason] = NOTHING_SPENT,
    ) -> Reach | None:
        """How to contact a customer for a step of a sequence; None if there is no way that its level allows."""
        return reach(customer, step, self._speaks[sequence, step.id], calls=calls, spent=spent)

    def rings(self, sequence: str, step: Step) -> bool:
        """Whether anybody can be rung up for a step: it has words for a call."""
        return "call" in self._speaks[sequence, step.id]

    def tells_of_calls(self, sequence: str, step: Step, channel: ChannelName) -> bool:
        """Whether a step's words on a channel say when the customer will be rung."""
        return channel in self._tells_of_calls[sequence, step.id]

    def firm_words(self, case: Case, step: Step, channel: ChannelName) -> Step:
        """The mildest step that says more firmly what a case says on a channel; its own step if there is none."""
        name = case.sequence.name
        return next((one for one in case.sequence.firm_steps() if channel in self._speaks[name, one.id]), step)

    def judge(self, account: Account, segment: str, facts: Facts, progress: Progress, calendar: Calendar) -> list[Case]:
        """Each open invoice of a customer, oldest due first, with its step for today or what comes next."""
        cases = list(self.standing(account, segment, facts, progress))
        for case in cases:
            if progress.ended:
                ended = (progress.ended.get(key) for key in (case.invoice.id, ""))
                case.peace = blockers.of_rest(filter(None, ended), calendar)
            self._find_step(case, account.customer, facts, calendar)
        return cases

    def standing(self, account: Account, segment: str, facts: Facts, progress: Progress) -> Iterator[Case]:
        """Each open invoice of a customer, oldest due first, with what rests it whatever the sequence says."""
        credit = allocate(account)
        own = list(blockers.of_customer(account.customer, unreadable=account.customer.id in self._unreadable))
        for invoice in account.invoices:
            met = credit.get(invoice.id, _NOTHING)
            contacts = progress.contacts.get(invoice.id, ())
            if not any(contact.level for contact in contacts):
                contacts = (*reminded_before(invoice, self._today), *contacts)
            noted = (*progress.noted.resting.get("", ()), *progress.noted.resting.get(invoice.id, ()))
            resting = blockers.of_invoice(invoice, met, contacts, self._reminding, noted)
            sequence = self._sequence_of(invoice, segment, facts)
            yield Case(invoice, sequence, contacts, (self._today - invoice.due_date).days, met, own + resting)

    def _sequence_of(self, invoice: Invoice, segment: str, facts: Facts) -> PlannedSequence:
        for test, sequence in self._choices[segment]:
            if test is None or test(self._facts(invoice, facts)) is True:
                return sequence
        raise LookupError("no sequence took the invoice, although the last one takes every one")

    def _find_step(self, case: Case, customer: Customer, facts: Facts, calendar: Calendar) -> None:
        def facts_of(invoice: Invoice) -> Facts:
            return self._facts(invoice, facts)

        sequence = case.sequence
        if case.overdue:
            coming = sequence.next_overdue(case.invoice, case.contacts, facts_of, self._today, calendar)
            self._take_overdue(case, coming, calendar)
            return
        planned, upcoming = sequence.heads_up(case.invoice, case.contacts, facts_of, self._today, calendar)
        if planned is not None and self.reach(customer, sequence.name, planned.step):
            case.step = planned.step
            case.why = f"{case.invoice.id} falls due on {case.invoice.due_date}: {planned.told}"
            return
        first = sequence.next_overdue(case.invoice, case.contacts, facts_of, self._today, calendar)
        case.next_step = None if upcoming or first is None else first.step
        case.next_day = upcoming or (first.goes_on if first else None)

    def _take_overdue(self, case: Case, coming: Next | None, calendar: Calendar) -> None:
        if coming is None:
            detail = f"every step of '{case.sequence.name}' has been taken; a person decides what comes next"
            case.reasons.append(Reason(Blocker.SEQUENCE_USED_UP, detail))
            return
        case.repeat = coming.repeat
        if case.peace and case.peace.until and max(coming.reached_on, self._today) < case.peace.until:
            case.reasons.append(case.peace)
        if coming.reached_on > self._today:
            case.next_step, case.next_day = coming.step, coming.goes_on
            return
        case.step, case.reached_on = coming.step, coming.reached_on
        days = f"{case.days_past_due} day{'' if case.days_past_due == 1 else 's'}"
        case.why = f"{case.invoice.id} is {days} past due: {coming.told}"
        if not calendar.is_sending_day(self._today):
            case.reasons.append(not_today(self._today, calendar))

    def _facts(self, invoice: Invoice, facts: Facts) -> Facts:
        own_currency = invoice.currency == self._currency  # amounts in rules are in the company's currency
        return {
            **facts,
            "amount": invoice.amount if own_currency else None,
            "balance": invoice.balance if own_currency else None,
            "days_past_due": (self._today - invoice.due_date).days,
            "tags": invoice.tags or facts.get("tags"),
            "terms": invoice.terms or facts.get("terms"),
            "currency": invoice.currency,
        }


def reminded_before(invoice: Invoice, today: date) -> tuple[Contact, ...]:
    """What the export says was sent before remindr knew the invoice, as a contact of no sequence of ours.

    A level is one of friendly, firm, formal and final, counted from 1; without a day it was on the due date, which
    holds nothing up.
    """
    level = min(invoice.reminder_level or (1 if invoice.last_reminded else 0), Level.FINAL)
    on = invoice.last_reminded or invoice.due_date
    return (Contact(invoice.id, "", "", level, on),) if level > 0 and on <= today else ()


def not_today(today: date, calendar: Calendar) -> Reason:
    """Why nothing goes out on a day that is none for sending."""
    until = calendar.next_sending_day(today)
    return Reason(Blocker.NOT_A_SENDING_DAY, f"{today} is not a sending day", until)
