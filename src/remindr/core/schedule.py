"""What each customer hears today: at most one notice, led by the firmest step that is due, or the reasons why not.

Where a project wants one message per invoice, each that is due has a notice of its own.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from remindr.core.announced import call_notice, due_calls
from remindr.core.approvals import Gate, is_due
from remindr.core.blockers import ONE_DAY, over_budget, spent_channels
from remindr.core.calendar import Calendar, Calendars
from remindr.core.cases import Case, Cases
from remindr.core.charges import LateCharges
from remindr.core.contact import NOTHING_SPENT, Reach, escalation
from remindr.core.hours import told_hours
from remindr.core.pacing import Pacing
from remindr.core.rules import Facts
from remindr.model.book import Account, Customer, Invoice
from remindr.model.classification import Classification
from remindr.model.money import total_by_currency
from remindr.model.outcome import Progress
from remindr.model.plan import Blocker, ChannelName, FollowUp, Line, Notice, Reason, Skipped
from remindr.model.policy import Policy, Step
from remindr.model.terms import Level

_TIMES_FULL = 3  # calling days without room, after which something else goes out
_ALSO_DUE_BELOW = 2  # levels under the leading one from which a line stands in a list of its own


@dataclass(frozen=True, slots=True)
class Decision:
    """What one customer hears at T, and the reasons for every open invoice that goes without.

    `more` are the other notices of a day on which each invoice has its own.
    """

    notice: Notice | None
    skipped: tuple[Skipped, ...] = field(default=())
    more: tuple[Notice, ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """All of them."""
        return (self.notice, *self.more) if self.notice else ()


@dataclass(frozen=True, slots=True)
class _Matter:
    """A customer at T: what is owed, what is known, the days that hold, and whether there is room for a call."""

    account: Account
    classification: Classification
    facts: Facts
    progress: Progress
    calendar: Calendar
    calls_full: bool = False

    @property
    def customer(self) -> Customer:
        return self.account.customer


class _Lead(NamedTuple):
    """The case that leads a notice, its step, and how the customer is reached."""

    case: Case
    step: Step
    found: Reach


class Scheduler:
    """A policy at a date, ready to decide customer by customer."""

    def __init__(
        self,
        policy: Policy,
        today: date,
        *,
        unreadable: frozenset[str] = frozenset(),
        run_days: Collection[date] | None = None,
        first_live: bool = False,
    ) -> None:
        """`unreadable` are the customers named in a row that could not be read; `run_days` is None for every day.

        On a project's `first_live` run everything waits for an approval.
        """
        self._policy = policy
        self._today = today
        self._run_days = run_days
        self._calendars = Calendars(policy.project)
        self._cases = Cases(policy, today, unreadable)
        currency, late_payment = policy.project.company.currency, policy.project.late_payment
        self._pacing = Pacing(policy.project.reminding, currency, policy.project.currencies, today)
        self._budgets = policy.project.reminding.at_most.by_channel
        self._contacts = policy.project.contacts
        self._charges = LateCharges(late_payment, currency, today) if late_payment else None
        self._gate = Gate(policy, today, first=first_live)

    def calendar(self, customer: Customer) -> Calendar:
        """The sending and calling days that hold for a customer."""
        return self._calendars.of(customer.country)

    def decide(
        self,
        account: Account,
        classification: Classification,
        facts: Facts,
        progress: Progress,
        *,
        calls_full: bool = False,
    ) -> Decision:
        """The customer's notice at T, if any, and why the rest is silent.

        With `calls_full` there is no room for another call today.
        """
        calendar = self.calendar(account.customer)
        matter = _Matter(account, classification, facts, progress, calendar, calls_full)
        cases, stern = self._judged(matter)
        notices = self._notices(matter, cases, stern=stern)
        if self._charges:
            notices = [self._charges.beside(notice, cases) for notice in notices]
        if self._policy.project.calls.hours:
            notices = [self.telling_hours(notice) for notice in notices]
        first, *more = notices or (None,)
        covered = frozenset(number for notice in notices for number in _covered_by(notice))
        rest = [case for case in cases if case.invoice.id not in covered]
        reminded = any(notice.level > Level.HEADS_UP for notice in notices)
        quiet_until = self._pacing.quiet_until(progress, reminded_today=reminded)
        if not self._gate.is_open:
            self._gate.settle(rest, quiet_until, matter.calendar, lambda case: self._is_rung(matter.customer, case))
        skipped = tuple(self._skipped(case, matter, quiet_until) for case in rest)
        return Decision(first, skipped, tuple(more))

    def asked(
        self, account: Account, classification: Classification, facts: Facts, progress: Progress
    ) -> Iterator[Notice]:
        """What would go out today if all that waits for an approval had it, whatever day and room for calls."""
        matter = _Matter(account, classification, facts, progress, self.calendar(account.customer))
        cases, stern = self._judged(matter)
        waiting = [case for case in cases if case.waiting and is_due(case)]
        for case in waiting:
            case.reasons.clear()
        if not waiting:
            return
        if self._policy.project.reminding.one_message_per == "invoice":
            leading = [(case, [case]) for case in _in_order(waiting)]
        else:
            leading = [(_in_order([case for case in cases if case.ready])[0], cases)]
        for case, taking in leading:
            if lead := self._lead(matter.customer, case):
                notice = self._notice(matter, taking, lead, stern=stern)
                yield self._charges.beside(notice, cases) if self._charges else notice

    def _lead(self, customer: Customer, case: Case) -> _Lead | None:
        found = self._cases.reach(customer, case.sequence.name, case.step) if case.step else None
        return _Lead(case, case.step, found) if case.step and found else None

    def _judged(self, matter: _Matter) -> tuple[list[Case], bool]:
        """Each open invoice with all that keeps it back; whether a friendly step has to be said firmly."""
        facts, progress, calendar = matter.facts, matter.progress, matter.calendar
        cases = self._cases.judge(matter.account, matter.classification.segment, facts, progress, calendar)
        if not self._gate.is_open:
            self._gate.close(cases, matter.customer, matter.classification, facts, progress, self._cases.reach)
        return cases, self._pacing.apply(cases, progress, calendar)

    def announced(
        self, account: Account, classification: Classification, facts: Facts, progress: Progress
    ) -> Notice | None:
        """The call that the customer was told to expect by now, about what is still open and does not rest.

        It takes no step, and nothing waits for it. Several of them are one call.
        """
        due = due_calls(progress.announced, self._today, self.calendar(account.customer))
        if not due:
            return None
        told = [number for call in due for number in call.invoices]
        about = self.about(account, classification, facts, progress, told)
        made = (call_notice(self._policy, account.customer, classification, one, about, self._today) for one in due)
        notice = next(filter(None, made), None) if about else None
        if notice is None:
            return None
        return self.telling_hours(self._charges.beside(notice, about) if self._charges else notice)

    def telling_hours(self, notice: Notice) -> Notice:
        """The notice, with the hours among its reasons if it is a call and the project has any for calls."""
        hours, company = self._policy.project.calls.hours, self._policy.project.company
        if hours is None or notice.channels[0] != "call":
            return notice
        told = told_hours(hours, notice.customer.country or company.country, company.timezone, self._today)
        return replace(notice, why=(*notice.why, told))

    def about(
        self,
        account: Account,
        classification: Classification,
        facts: Facts,
        progress: Progress,
        invoices: Collection[str],
    ) -> list[Case]:
        """Those of these invoices that are still open and do not rest, whatever the sequence says."""
        cases = list(self._cases.standing(account, classification.segment, facts, progress))
        self._pacing.rest_small(cases)
        return [case for case in cases if case.invoice.id in invoices and not case.reasons]

    def _notices(self, matter: _Matter, cases: list[Case], *, stern: bool) -> list[Notice]:
        """The customer's notice, in a list; one for each invoice that is due where the project wants that."""
        if self._policy.project.reminding.one_message_per == "invoice":
            return list(self._one_each(matter, cases, stern=stern))
        lead = self._choose_lead(matter, cases, self._spent(matter.progress.channel_days))
        return [self._notice(matter, cases, lead, stern=stern)] if lead else []

    def _one_each(self, matter: _Matter, cases: list[Case], *, stern: bool) -> Iterator[Notice]:
        """A notice for each invoice that is due, the firmest first, while contacts are left; calls are one call."""
        stern = stern or any(case.ready and case.level >= Level.FORMAL for case in cases)
        left, days = cases, matter.progress.overdue_contact_days
        by_channel = dict(matter.progress.channel_days)
        while lead := self._choose_lead(matter, left, self._spent(by_channel)):
            if lead.case.overdue and (spent := over_budget(days, self._policy.project.reminding, self._today)):
                _wait([case for case in left if case.ready and case.overdue], spent)
                continue
            called = lead.found.channels[0] == "call"
            taking = [
                case
                for case in left
                if case is lead.case or (called and case.ready and self._is_rung(matter.customer, case))
            ]
            notice = self._notice(matter, taking, lead, stern=stern)
            yield notice if called else replace(notice, about=lead.case.invoice.id)
            left = [case for case in left if all(case is not one for one in taking)]
            if lead.case.overdue:
                days = (*days, self._today)
                by_channel |= {one: (*by_channel.get(one, ()), self._today) for one in notice.channels}

    def _spent(self, days: Mapping[str, Sequence[date]]) -> Mapping[ChannelName, Reason]:
        """The channels on which the customer was contacted as often as the project wants, each with the reason."""
        return spent_channels(days, self._budgets, self._today) if days and self._budgets else NOTHING_SPENT

    def _is_rung(self, customer: Customer, case: Case) -> bool:
        return case.step is not None and self._rings(customer, case.sequence.name, case.step)

    def _choose_lead(self, matter: _Matter, cases: list[Case], spent: Mapping[ChannelName, Reason]) -> _Lead | None:
        """The case that leads, its step and how the customer is reached; what cannot be said waits with its reason.

        Nobody is reminded of overdue money on a `spent` channel; who is to be reached as they prefer is then reached on
        another one.
        """
        while ready := [case for case in cases if case.ready]:
            case = _in_order(ready)[0]
            if case.step is None:
                return None
            found = self._cases.reach(matter.customer, case.sequence.name, case.step)
            if found is None:
                case.reasons.append(_no_address(case.step))
                continue
            if spent and case.overdue and found.channels[0] in spent:
                other = self._on_another(matter.customer, case.sequence.name, case.step, spent)
                if other is None:
                    case.reasons.append(spent[found.channels[0]])
                    continue
                found = other
            lead = _Lead(case, case.step, found)
            if found.channels[0] != "call":
                return lead
            calling_day = matter.calendar.next_calling_day(self._today)
            if calling_day != self._today:
                detail = "waits for the next day on which calls are made"
                _wait(ready, Reason(Blocker.NOT_A_SENDING_DAY, detail, calling_day))
            elif not matter.calls_full:
                return lead
            elif written := self._instead_of_call(matter, lead, ready, spent):
                return lead._replace(found=written)
        return None

    def _on_another(
        self, customer: Customer, sequence: str, step: Step, spent: Mapping[ChannelName, Reason]
    ) -> Reach | None:
        """How a customer is reached as they prefer, but for the channels that are spent; None if the step says how."""
        found = self._cases.reach(customer, sequence, step, spent=spent) if step.by == "preferred" else None
        return found if found and found.to else None

    def _instead_of_call(
        self, matter: _Matter, lead: _Lead, ready: list[Case], spent: Mapping[ChannelName, Reason]
    ) -> Reach | None:
        """What goes out where there was no room for a call for the third time; None if the call waits on.

        The customer's other invoices wait for the call the first time only.
        """
        case, calendar = lead.case, matter.calendar
        times = sum(map(self._was_run, calendar.calling_days(case.reached_on or self._today, self._today)))
        found = None
        if times >= _TIMES_FULL and case.approved is None:  # what was approved is a call
            found = self._cases.reach(matter.customer, case.sequence.name, lead.step, calls=False, spent=spent)
        if found is not None and found.channels[0] != "sms":  # who has a phone alone is rung
            why = f"there was no room for a call {times} times, so {found.channels[0]} instead"
            return Reach(found.channels, found.to, why, instead=True)
        until = calendar.next_calling_day(self._today + ONE_DAY)
        _wait(ready if times <= 1 else [case], Reason(Blocker.CALLS_FULL, "the list of calls is full today", until))
        return None

    def _was_run(self, day: date) -> bool:
        return self._run_days is None or day == self._today or day in self._run_days

    def _notice(self, matter: _Matter, cases: list[Case], lead: _Lead, *, stern: bool) -> Notice:
        case, leading, found = lead
        taking = _in_order([one for one in cases if one.ready and one.overdue == case.overdue])
        least = leading.level - _ALSO_DUE_BELOW
        others = cases if case.overdue and len(cases) > len(taking) else ()
        words = self._words(lead, stern=stern)
        then, silent = self._then(matter, lead, words)
        escalated = escalation(self._contacts, matter.customer, leading, found) if self._contacts else None
        return Notice(
            key=self._key(matter, lead),
            purpose="reminder",
            as_of=self._today,
            customer=matter.customer,
            segment=matter.classification.segment,
            traits=matter.classification.traits,
            sequence=case.sequence.name,
            step=words.id,
            level=words.level,
            tone=self._cases.tone(matter.classification.segment),
            channels=found.channels,
            to=found.to,
            invoices=tuple([_line(one) for one in taking if one.level > least]),
            also_due=tuple([_line(one) for one in taking if one.level <= least]),
            also_open=tuple([_open_line(one) for one in others if _only_open(one)]),
            upcoming=tuple([_line(one) for one in others if not one.overdue and one.ready]),
            respond_by=self._respond_by(taking, matter.calendar),
            credits=total_by_currency((one.invoice.currency, one.credit) for one in taking if one.credit),
            total=total_by_currency((one.invoice.currency, one.invoice.balance - one.credit) for one in taking),
            follow_ups=then,
            why=(
                *(one.why for one in taking),
                *_approved(taking),
                *((found.why,) if found.why else ()),
                *silent,
                *((escalated.why,) if escalated else ()),
            ),
            instead=found.why if found.instead else None,
            cc=escalated.cc if escalated else (),
        )

    def _key(self, matter: _Matter, lead: _Lead) -> str:
        """The notice's key; another one for a step that is taken anew because its call went to a wrong number."""
        case, step, _ = lead
        calls = matter.progress.unreached.get(case.invoice.id, ())
        place = (case.sequence.name, step.id, case.repeat)
        times = sum((one.sequence, one.step, one.repeat) == place for one in calls)
        return notice_key(case.invoice, *place, *((f"after {times} wrong numbers",) if times else ()))

    def _then(self, matter: _Matter, lead: _Lead, words: Step) -> tuple[tuple[FollowUp, ...], tuple[str, ...]]:
        """The call that the notice announces, or why it announces none although its step would."""
        case, leading, found = lead
        if leading.then is None or found.channels[0] == "call":
            return (), ()
        if not matter.customer.phone:
            return (), ("no phone number on file, so no call is announced",)
        if not self._cases.tells_of_calls(case.sequence.name, words, found.channels[0]):
            return (), (f"the {found.channels[0]} of '{words.id}' does not say when we ring, so no call follows",)
        key = notice_key(case.invoice, case.sequence.name, leading.id, case.repeat, "announced_call")
        day = matter.calendar.next_calling_day(self._today + ONE_DAY)
        return (FollowUp(leading.then, day, key, leading.id),), ()

    def _words(self, lead: _Lead, *, stern: bool) -> Step:
        """The step whose words are used: a friendly one is said firmly beside a formal matter."""
        if lead.step.level == Level.FRIENDLY and stern:
            return self._cases.firm_words(lead.case, lead.step, lead.found.channels[0])
        return lead.step

    def _respond_by(self, taking: Iterable[Case], calendar: Calendar) -> date | None:
        spans = [case.step.respond_within for case in taking if case.step and case.step.respond_within]
        days = [calendar.next_sending_day(calendar.add(self._today, span)) for span in spans]
        return max(days, default=None)

    def _skipped(self, case: Case, matter: _Matter, quiet_until: date) -> Skipped:
        customer, calendar = matter.customer, matter.calendar
        step = case.step or case.next_step
        named = None if step is None else step.id
        reasons = case.reasons or [_later(case), *self._never(case, customer)]
        lifts = [reason.until for reason in reasons]
        known = [day for day in lifts if day is not None]
        if not known or len(known) < len(lifts):
            return Skipped(customer.id, case.invoice.id, tuple(reasons), None, named, case.waiting)
        day = max(*known, case.next_day or self._today)
        if step is not None and step.level > Level.HEADS_UP:
            day = max(day, quiet_until)
        day = calendar.next_sending_day(day)
        if step is not None and self._rings(customer, case.sequence.name, step):
            day = calendar.next_calling_day(day)
        return Skipped(customer.id, case.invoice.id, tuple(reasons), day, named)

    def _never(self, case: Case, customer: Customer) -> Iterator[Reason]:
        """Why the next step will not be taken either unless somebody finds an address by then."""
        step = case.next_step
        if step is None or step.level < Level.FORMAL:
            return
        if self._cases.reach(customer, case.sequence.name, step) is None:
            yield _no_address(step)

    def _rings(self, customer: Customer, sequence: str, step: Step) -> bool:
        found = self._cases.reach(customer, sequence, step) if self._cases.rings(sequence, step) else None
        return found is not None and found.channels[0] == "call"


def _no_address(step: Step) -> Reason:
    """Why a step can never be taken until somebody finds an address."""
    detail = f"a {step.level.word} step needs an address in writing, and there is none on file"
    return Reason(Blocker.NO_CONTACT_DETAILS, detail)


def _wait(cases: Iterable[Case], reason: Reason) -> None:
    for case in cases:
        case.reasons.append(reason)


def _later(case: Case) -> Reason:
    if case.next_day is None:
        return Reason(Blocker.SEQUENCE_USED_UP, "the sequence has no step for it; a person decides what comes next")
    return Reason(Blocker.NEXT_STEP_LATER, f"the next step is on {case.next_day}", case.next_day)


def notice_key(lead: Invoice, sequence: str, step: str, repeat: int = 0, purpose: str = "reminder") -> str:
    """The same 24 hexadecimal characters for the same decision, whenever and wherever it is made."""
    parts = (purpose, lead.customer_id, lead.id, sequence, step, str(repeat))
    return blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def _approved(cases: Iterable[Case]) -> Iterator[str]:
    """Who let go what goes only with a person's word."""
    for case in cases:
        if said := case.approved:
            yield f"{case.invoice.id} was approved on {said.on} by {said.by}{f': {said.text}' if said.text else ''}"


def _in_order(cases: list[Case]) -> list[Case]:
    """The firmest step first, then what was due first, then what is owed most."""
    return cases if len(cases) == 1 else sorted(cases, key=_leading_first)


def _leading_first(case: Case) -> tuple[int, date, Decimal, str]:
    return -case.level, case.invoice.due_date, -case.invoice.balance, case.invoice.id


def _line(case: Case) -> Line:
    """An invoice that takes its step with the notice."""
    if case.step is None:
        return _open_line(case)
    return Line(case.invoice, case.days_past_due, case.sequence.name, case.step.id, case.step.level, case.repeat)


def _open_line(case: Case) -> Line:
    return Line(case.invoice, case.days_past_due)


def _only_open(case: Case) -> bool:
    """Overdue and resting only because its time has not come."""
    return case.overdue and case.step is None and not case.reasons


def _covered_by(notice: Notice) -> frozenset[str]:
    return frozenset(line.invoice.id for line in notice.taken)
