"""What each customer hears today: at most one notice, led by the firmest step that is due, or the reasons why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b

from remindr.core import blockers
from remindr.core.calendar import Calendar, Calendars
from remindr.core.contact import Reach, reach, speakable
from remindr.core.credits import allocate
from remindr.core.rules import Facts
from remindr.core.steps import Next, PlannedSequence
from remindr.model.book import Account, Customer, Invoice
from remindr.model.classification import Classification
from remindr.model.money import total_by_currency
from remindr.model.outcome import Progress
from remindr.model.plan import Blocker, Line, Notice, Reason, Skipped
from remindr.model.policy import Policy, Step
from remindr.model.terms import Level

_ALSO_DUE_BELOW = 2  # levels under the leading one from which a line stands in a list of its own


@dataclass(slots=True)
class _Case:
    """One open invoice while it is being judged."""

    invoice: Invoice
    days_past_due: int
    credit: Decimal
    reasons: list[Reason]
    step: Step | None = None  # to be taken today, if nothing forbids it
    why: str = ""
    next_step: Step | None = None  # what comes next, if nothing does today
    next_day: date | None = None  # and when
    overdue: bool = False

    def __post_init__(self) -> None:
        self.overdue = self.days_past_due > 0

    @property
    def ready(self) -> bool:
        return self.step is not None and not self.reasons


@dataclass(frozen=True, slots=True)
class Decision:
    """What one customer hears at T, and the reasons for every open invoice that goes without."""

    notice: Notice | None
    skipped: tuple[Skipped, ...] = field(default=())


class Scheduler:
    """A policy at a date, ready to decide customer by customer."""

    def __init__(self, policy: Policy, today: date, *, unreadable: frozenset[str] = frozenset()) -> None:
        """`unreadable` are the customers named in a row that could not be read."""
        self._today = today
        self._unreadable = unreadable
        self._currency = policy.project.company.currency
        self._reminding = policy.project.reminding
        self._calendars = Calendars(policy.project)
        traits = policy.project.traits
        self._sequences = {name: PlannedSequence(written, traits) for name, written in policy.sequences.items()}
        self._speaks = {
            (name, step.id): speakable(policy, name, step)
            for name, written in policy.sequences.items()
            for step in written.steps
        }
        self._sequence_of = {segment.name: segment.sequence for segment in policy.project.segments}

    def decide(self, account: Account, classification: Classification, facts: Facts, progress: Progress) -> Decision:
        """The customer's notice at T, if any, and why the rest is silent."""
        calendar = self._calendars.of(account.customer.country)
        sequence = self._sequences[self._sequence_of[classification.segment]]
        cases = self._open_cases(account, progress)
        for case in cases:
            self._find_step(case, account.customer, sequence, facts, progress, calendar)
        self._apply_pacing(cases, progress, calendar)
        chosen = self._choose_lead(account, sequence, cases, calendar)
        notice = chosen and self._notice(account, classification, sequence, cases, *chosen, calendar)
        covered = _covered_by(notice) if notice else frozenset()
        rest = [case for case in cases if case.invoice.id not in covered]
        quiet_until = self._quiet_until(progress, notice or None)
        return Decision(
            notice or None,
            tuple(self._skipped(case, account.customer, sequence.name, quiet_until, calendar) for case in rest),
        )

    def _open_cases(self, account: Account, progress: Progress) -> list[_Case]:
        credit = allocate(account)
        own = list(blockers.of_customer(account.customer, unreadable=account.customer.id in self._unreadable))
        nothing = Decimal(0)
        cases = []
        for invoice in account.invoices:
            met = credit.get(invoice.id, nothing)
            resting = blockers.of_invoice(invoice, met, progress.contacts.get(invoice.id, ()))
            cases.append(_Case(invoice, (self._today - invoice.due_date).days, met, own + resting))
        return cases

    def _find_step(
        self,
        case: _Case,
        customer: Customer,
        sequence: PlannedSequence,
        facts: Facts,
        progress: Progress,
        calendar: Calendar,
    ) -> None:
        contacts = progress.contacts.get(case.invoice.id, ())

        def facts_of(invoice: Invoice) -> Facts:
            return self._invoice_facts(invoice, facts)

        if case.overdue:
            coming = sequence.next_overdue(case.invoice, contacts, facts_of, self._today, calendar)
            self._take_overdue(case, coming, sequence, calendar)
            return
        planned, upcoming = sequence.heads_up(case.invoice, contacts, facts_of, self._today, calendar)
        if planned is not None and reach(customer, planned.step, self._speaks[sequence.name, planned.step.id]):
            case.step = planned.step
            case.why = f"{case.invoice.id} falls due on {case.invoice.due_date}: {planned.told}"
            return
        first = sequence.next_overdue(case.invoice, contacts, facts_of, self._today, calendar)
        case.next_step = None if upcoming or first is None else first.step
        case.next_day = upcoming or (first.goes_on if first else None)

    def _take_overdue(self, case: _Case, coming: Next | None, sequence: PlannedSequence, calendar: Calendar) -> None:
        if coming is None:
            detail = f"every step of '{sequence.name}' has been taken; a person decides what comes next"
            case.reasons.append(Reason(Blocker.SEQUENCE_USED_UP, detail))
            return
        if coming.reached_on > self._today:
            case.next_step, case.next_day = coming.step, coming.goes_on
            return
        case.step = coming.step
        case.why = f"{case.invoice.id} is {_days(case.days_past_due)} past due: {coming.told}"
        if not calendar.is_sending_day(self._today):
            until = calendar.next_sending_day(self._today)
            case.reasons.append(Reason(Blocker.NOT_A_SENDING_DAY, f"{self._today} is not a sending day", until))

    def _invoice_facts(self, invoice: Invoice, facts: Facts) -> Facts:
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

    def _apply_pacing(self, cases: list[_Case], progress: Progress, calendar: Calendar) -> None:
        overdue = [case for case in cases if case.overdue]
        small = self._below_minimum(overdue)
        pacing = list(blockers.of_pacing(progress, self._reminding, self._today))
        for case in overdue:
            if case.invoice.currency in small:
                case.reasons.append(small[case.invoice.currency])
            if case.step is not None:
                case.reasons.extend(pacing)
        self._rest_heads_ups(cases, overdue, progress, calendar)

    def _below_minimum(self, overdue: Iterable[_Case]) -> Mapping[str, Reason]:
        """The reason per currency whose net overdue total is not worth a reminder."""
        least = self._reminding.ignore_below
        if least is None:
            return {}
        currency = least.unit or self._currency
        owed = total_by_currency(
            (case.invoice.currency, case.invoice.balance - case.credit) for case in overdue if not case.invoice.disputed
        ).get(currency)
        if owed is None or owed >= least.number:
            return {}
        detail = f"{owed:.2f} {currency} overdue in all, less than {least.number} {currency}"
        return {currency: Reason(Blocker.BELOW_MINIMUM, detail)}

    def _rest_heads_ups(self, cases: list[_Case], overdue: list[_Case], progress: Progress, calendar: Calendar) -> None:
        """Heads-ups go by themselves only where no overdue notice is near; they travel with one that goes today."""
        if any(case.ready for case in overdue):
            return
        near = self._today + timedelta(days=self._reminding.wait_between_contacts.days)
        soon = [day for case in overdue if not case.reasons and (day := case.next_day) and day <= near]
        for case in cases:
            if case.overdue or case.step is None:
                continue
            if progress.noticed_today:
                until = self._today + blockers.ONE_DAY
                case.reasons.append(Reason(Blocker.WAITING, "a notice went to this customer today", until))
            elif soon:
                case.reasons.append(Reason(Blocker.RIDES_ALONG, f"goes with the reminder of {min(soon)}", min(soon)))
            elif not calendar.is_sending_day(self._today):
                until = calendar.next_sending_day(self._today)
                case.reasons.append(Reason(Blocker.NOT_A_SENDING_DAY, f"{self._today} is not a sending day", until))

    def _choose_lead(
        self, account: Account, sequence: PlannedSequence, cases: list[_Case], calendar: Calendar
    ) -> tuple[_Case, Reach] | None:
        """The case that leads the notice and how the customer is reached; what cannot be said waits with its reason."""
        while ready := [case for case in cases if case.ready]:
            lead = min(ready, key=_leading_first)
            if lead.step is None:
                return None
            found = reach(account.customer, lead.step, self._speaks[sequence.name, lead.step.id])
            if found is None:
                detail = f"a {lead.step.level.word} step needs an address in writing, and there is none on file"
                lead.reasons.append(Reason(Blocker.NO_CONTACT_DETAILS, detail))
                continue
            if found.channels[0] != "call":
                return lead, found
            calling_day = calendar.next_calling_day(self._today)
            if calling_day == self._today:
                return lead, found
            for case in ready:
                detail = "waits for the next day on which calls are made"
                case.reasons.append(Reason(Blocker.NOT_A_SENDING_DAY, detail, calling_day))
        return None

    def _notice(
        self,
        account: Account,
        classification: Classification,
        sequence: PlannedSequence,
        cases: list[_Case],
        lead: _Case,
        found: Reach,
        calendar: Calendar,
    ) -> Notice | None:
        if lead.step is None:
            return None
        leading = lead.step
        taking = sorted((case for case in cases if case.ready and case.overdue == lead.overdue), key=_leading_first)
        main = [case for case in taking if _level(case) > leading.level - _ALSO_DUE_BELOW]
        below = [case for case in taking if _level(case) <= leading.level - _ALSO_DUE_BELOW]
        return Notice(
            key=notice_key(lead.invoice, sequence.name, leading.id),
            purpose="reminder",
            as_of=self._today,
            customer=account.customer,
            segment=classification.segment,
            traits=classification.traits,
            sequence=sequence.name,
            step=leading.id,
            level=leading.level,
            tone=sequence.tone,
            channels=found.channels,
            to=found.to,
            invoices=tuple(_line(case, sequence.name) for case in main),
            also_due=tuple(_line(case, sequence.name) for case in below),
            also_open=tuple(_line(case) for case in cases if lead.overdue and _only_open(case)),
            upcoming=tuple(_line(case, sequence.name) for case in cases if lead.overdue and _coming(case)),
            respond_by=self._respond_by(taking, calendar),
            credits=total_by_currency((case.invoice.currency, case.credit) for case in taking if case.credit),
            total=total_by_currency((case.invoice.currency, case.invoice.balance - case.credit) for case in taking),
            why=(*(case.why for case in taking), *((found.why,) if found.why else ())),
            instead=found.why if found.instead else None,
        )

    def _respond_by(self, taking: Iterable[_Case], calendar: Calendar) -> date | None:
        spans = [case.step.respond_within for case in taking if case.step and case.step.respond_within]
        days = [calendar.next_sending_day(calendar.add(self._today, span)) for span in spans]
        return max(days, default=None)

    def _quiet_until(self, progress: Progress, notice: Notice | None) -> date:
        """The first day on which the customer may hear of overdue money again."""
        wait = timedelta(days=max(1, self._reminding.wait_between_contacts.days))
        if notice is not None and notice.level > Level.HEADS_UP:
            return self._today + wait
        return progress.overdue_contact_days[-1] + wait if progress.overdue_contact_days else self._today

    def _skipped(
        self, case: _Case, customer: Customer, sequence: str, quiet_until: date, calendar: Calendar
    ) -> Skipped:
        reasons = case.reasons or [self._later(case)]
        lifts = [reason.until for reason in reasons]
        known = [day for day in lifts if day is not None]
        step = case.step or case.next_step
        named = None if step is None else step.id
        if not known or len(known) < len(lifts):
            return Skipped(customer.id, case.invoice.id, tuple(reasons), None, named)
        day = max(*known, case.next_day or self._today)
        if step is not None and step.level > Level.HEADS_UP:
            day = max(day, quiet_until)
        day = calendar.next_sending_day(day)
        if step is not None and self._rings(customer, sequence, step):
            day = calendar.next_calling_day(day)
        return Skipped(customer.id, case.invoice.id, tuple(reasons), day, named)

    def _rings(self, customer: Customer, sequence: str, step: Step) -> bool:
        found = reach(customer, step, self._speaks[sequence, step.id])
        return found is not None and found.channels[0] == "call"

    def _later(self, case: _Case) -> Reason:
        if case.next_day is None:
            return Reason(Blocker.SEQUENCE_USED_UP, "the sequence has no step for it; a person decides what comes next")
        return Reason(Blocker.NEXT_STEP_LATER, f"the next step is on {case.next_day}", case.next_day)


def notice_key(lead: Invoice, sequence: str, step: str, repeat: int = 0, purpose: str = "reminder") -> str:
    """The same 24 hexadecimal characters for the same decision, whenever and wherever it is made."""
    parts = (purpose, lead.customer_id, lead.id, sequence, step, str(repeat))
    return blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def _leading_first(case: _Case) -> tuple[int, date, Decimal, str]:
    return -_level(case), case.invoice.due_date, -case.invoice.balance, case.invoice.id


def _level(case: _Case) -> Level:
    return case.step.level if case.step else Level.HEADS_UP


def _line(case: _Case, sequence: str | None = None) -> Line:
    if sequence is None or case.step is None:
        return Line(case.invoice, case.days_past_due)
    return Line(case.invoice, case.days_past_due, sequence, case.step.id, case.step.level)


def _only_open(case: _Case) -> bool:
    """Overdue and resting only because its time has not come."""
    return case.overdue and case.step is None and not case.reasons


def _coming(case: _Case) -> bool:
    return not case.overdue and case.ready


def _days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _covered_by(notice: Notice) -> frozenset[str]:
    lines = (*notice.invoices, *notice.also_due, *notice.upcoming)
    return frozenset(line.invoice.id for line in lines)
