"""Steps that go out only after a person has approved them: what asks for it, and what an approval holds for.

An approval is about one step of one invoice. It counts while the address, the balance and the template are what they
were, and for a week from the first day on which the step may go; other invoices do not matter to it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import blake2b

from remindr.core.calendar import Calendar
from remindr.core.cases import Case
from remindr.core.contact import Reach
from remindr.core.rules import Facts, compile_rule
from remindr.core.told import money_words
from remindr.model.approvals import Approval, Bound, Waiting
from remindr.model.book import Customer
from remindr.model.classification import Classification
from remindr.model.outcome import Progress
from remindr.model.plan import Blocker, Reason
from remindr.model.policy import Policy, Step

HOLDS = timedelta(days=7)  # from the first day on which the step may go
_WAITS = frozenset(
    {
        Blocker.WAITING, Blocker.OVER_BUDGET, Blocker.NOT_A_SENDING_DAY, Blocker.CALLS_FULL, Blocker.RIDES_ALONG,
        Blocker.NEEDS_APPROVAL,
    }
)  # fmt: skip

ReachOf = Callable[[Customer, str, Step], Reach | None]


class Gate:
    """A policy at a date, ready to hold back what a person has not approved."""

    def __init__(self, policy: Policy, today: date, *, first: bool = False) -> None:
        """On a project's `first` live run every step asks for an approval."""
        self._policy = policy
        self._today = today
        self._first = first
        traits, flags = policy.project.traits, policy.project.flags
        self._holding = {name: compile_rule(flag.when, traits) for name, flag in flags.items() if flag.hold}
        asking = any(step.approval for sequence in policy.sequences.values() for step in sequence.steps)
        self._marks: dict[tuple[str, str, tuple[str, ...]], str] = {}
        self.is_open = not (first or asking or self._holding)

    def close(
        self,
        cases: Iterable[Case],
        customer: Customer,
        classification: Classification,
        facts: Facts,
        progress: Progress,
        reach: ReachOf,
    ) -> None:
        """Gives each case whose step asks for an approval, and has none, that as a reason to wait."""
        held = self._held_by(classification, facts)
        for case in cases:
            if case.step is None or not is_due(case):
                continue
            why = self._why(case.step, held)
            found = reach(customer, case.sequence.name, case.step) if why else None
            if why and found:
                self._ask(case, case.step, customer, classification.segment, progress, found, why)

    def _held_by(self, classification: Classification, facts: Facts) -> str | None:
        """The first flag that holds reminders back, if one is raised."""
        if not self._holding:
            return None
        seen = {**facts, "segment": classification.segment}
        return next((name for name, test in self._holding.items() if test(seen) is True), None)

    def _why(self, step: Step, held: str | None) -> str | None:
        if step.approval:
            return f"step '{step.id}' goes only after a person has approved it"
        if held:
            return f"the flag '{held}' holds it until a person approves"
        return "on the first live run a person approves everything" if self._first else None

    def _ask(
        self, case: Case, step: Step, customer: Customer, segment: str, progress: Progress, found: Reach, why: str
    ) -> None:
        bound = self._bound(case, step, customer, found)
        said = progress.approvals.get(case.invoice.id, ())
        last = next((one for one in reversed(said) if one.bound.place == bound.place), None)
        changed = changes(last.bound, bound) if last else ""
        if last and not changed and last.until and self._today <= last.until:
            case.approved = last
            return
        refused = last if last and not changed and last.until is None else None
        detail = _detail(why, last, changed) if last else _other_step(why, said, case, self._today)
        case.reasons.append(Reason(Blocker.NEEDS_APPROVAL, detail))
        case.waiting = Waiting(
            customer.id, customer.name, case.invoice.id, segment, bound, f"step '{step.id}'", int(step.level),
            found.channels, found.to, case.invoice.balance, case.invoice.currency, case.reached_on or self._today,
            self._today, detail, refused,
        )  # fmt: skip

    def _bound(self, case: Case, step: Step, customer: Customer, found: Reach) -> Bound:
        letter = customer.address if "letter" in found.channels else ""
        balance = money_words(case.invoice.balance, case.invoice.currency)
        recipient = _mark((*found.channels, found.to, letter or ""))
        template = self._template(case.sequence.name, step.id, found.channels)
        return Bound(case.sequence.name, step.id, case.repeat, recipient, balance, template)

    def _template(self, sequence: str, step: str, channels: tuple[str, ...]) -> str:
        known = self._marks.get((sequence, step, channels))
        if known is None:
            names = (self._policy.template_for(sequence, step, channel) for channel in channels)
            texts = (*_texts(self._policy, filter(None, names)), *_company(self._policy))
            known = self._marks[sequence, step, channels] = _mark(texts)
        return known

    def settle(
        self, cases: Iterable[Case], quiet_until: date, calendar: Calendar, rings: Callable[[Case], bool]
    ) -> None:
        """Once every other wait is known: until when an approval given now would hold; nobody asks for what rests.

        The customer hears of overdue money again from `quiet_until` on.
        """
        for case in cases:
            if case.waiting is None:
                continue
            if not is_due(case):
                case.waiting = None
                case.reasons[:] = [one for one in case.reasons if one.code != Blocker.NEEDS_APPROVAL]
                continue
            lifts = [reason.until for reason in case.reasons if reason.until]
            first = calendar.next_sending_day(max([self._today, *lifts, *([quiet_until] if case.overdue else [])]))
            first = calendar.next_calling_day(first) if rings(case) else first
            case.waiting = replace(case.waiting, until=first + HOLDS)


def is_due(case: Case) -> bool:
    """Whether nothing but days and waits keep a step back: only then is a person asked."""
    return all(reason.code in _WAITS for reason in case.reasons)


def changes(then: Bound, now: Bound) -> str:
    """What is no more as it was approved, in words; empty if it all is."""
    told = []
    if then.balance != now.balance:
        told.append(f"the balance is {now.balance} now, and was {then.balance}")
    if then.recipient != now.recipient:
        told.append("it goes to another address")
    if then.template != now.template:
        told.append("the template or the company's details have been changed")
    return " and ".join(told)


def _detail(why: str, last: Approval, changed: str) -> str:
    """Why it waits although somebody has said something of it before."""
    word = "approved" if last.until else "refused"
    said = f"{word} on {last.on} by {last.by}{f': {last.text}' if last.text else ''}"
    if changed:
        return f"{why}; {said}, but {changed}"
    if last.until:
        return f"{why}; {said}, which held until {last.until}"
    return f"{said}; it rests until a person approves or its address, balance or template changes"


def _other_step(why: str, said: Sequence[Approval], case: Case, today: date) -> str:
    """What asks, and that another step of the invoice was approved and has not gone, where that is so."""
    taken = {(one.sequence, one.step, one.repeat) for one in case.contacts}
    other = next(
        (one for one in reversed(said) if one.until and today <= one.until and one.bound.place not in taken), None
    )
    if other is None:
        return why
    step = f"step '{other.bound.step}' of '{other.bound.sequence}'"
    return f"{why}; what was approved on {other.on} by {other.by} was {step}"


def _texts(policy: Policy, names: Iterable[str]) -> Iterator[str]:
    """The templates of these names, with all that they take in, each as it is written."""
    left, seen = list(names), set[str]()
    while left:
        name = left.pop()
        if name in seen:
            continue
        seen.add(name)
        source = policy.templates.get(name)
        if source:
            yield f"{name}\n{source.text}"
            left += [other for other in policy.templates if other == f"{name}.html" or other in source.text]


def _company(policy: Policy) -> Iterator[str]:
    """What customers read of the company in every message: above all where to pay."""
    company = policy.project.company
    shown = (company.name, company.email, company.phone, company.address, company.how_to_pay, company.pay_link)
    yield from (text or "" for text in shown)


def _mark(texts: Iterable[str]) -> str:
    return blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def approved_promises(said: Iterable[Approval]) -> frozenset[str]:
    """The keys of the promises that a person has approved, and not refused since."""
    last = {one.promise: one for one in said if one.promise}
    return frozenset(key for key, one in last.items() if one.until)
