"""Calls that a message announces: the day that the customer is told, and the notice of that day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from remindr.core.blockers import ONE_DAY
from remindr.core.calendar import Calendar
from remindr.core.cases import Case
from remindr.model.book import Customer
from remindr.model.classification import Classification
from remindr.model.money import total_by_currency
from remindr.model.outcome import AnnouncedCall
from remindr.model.plan import FollowUp, Line, Notice
from remindr.model.policy import Calls, Policy, Step

_LATEST = 5  # working days after the day that was told; a later call would puzzle


class CallDays:
    """The calls that are promised by day, so that no day is promised more of them than fit into it."""

    def __init__(self, calls: Calls, promised: Iterable[AnnouncedCall]) -> None:
        self._capacity = calls.capacity
        self._given: dict[tuple[str, date], date] = {}
        self._taken = Counter(call.on for call in promised)

    def promise(self, notice: Notice, calendar: Calendar) -> Notice:
        """The notice with its call on the first day from the one it has that has room; that room is taken.

        Where each invoice has its own notice, those of a customer announce one call.
        """
        return replace(notice, follow_ups=tuple(self._with_room(notice, one, calendar) for one in notice.follow_ups))

    def _with_room(self, notice: Notice, wanted: FollowUp, calendar: Calendar) -> FollowUp:
        day = self._given.get((notice.customer.id, wanted.on)) if notice.about else None
        if day is None:
            day = wanted.on
            while self._capacity is not None and self._taken[day] >= self._capacity:
                day = calendar.next_calling_day(day + ONE_DAY)
            self._taken[day] += 1
            self._given[notice.customer.id, wanted.on] = day
        return replace(wanted, on=day)


def due_calls(announced: Iterable[AnnouncedCall], today: date, calendar: Calendar) -> list[AnnouncedCall]:
    """The calls to make today: those for today, and those that were missed not long ago, soonest first."""
    if calendar.next_calling_day(today) != today:
        return []
    return [call for call in announced if call.on <= today and calendar.working_days_between(call.on, today) <= _LATEST]


def call_notice(
    policy: Policy, customer: Customer, classification: Classification, call: AnnouncedCall, cases: Sequence[Case],
    today: date,
) -> Notice | None:  # fmt: skip
    """The notice of an announced call about these cases; None if the step that announced it is no more."""
    known = _as_written_now(policy, call)
    if known is None:
        return None
    sequence, step = known
    cases = sorted(cases, key=lambda case: (case.invoice.due_date, -case.invoice.balance, case.invoice.id))
    return Notice(
        key=call.key,
        purpose="announced_call",
        as_of=today,
        customer=customer,
        segment=classification.segment,
        traits=classification.traits,
        sequence=sequence,
        step=step.id,
        level=step.level,
        tone=policy.sequence_of(classification.segment).tone,
        channels=("call",),
        to=customer.phone or "",
        invoices=tuple(Line(one.invoice, one.days_past_due, sequence, step.id, step.level) for one in cases),
        credits=total_by_currency((one.invoice.currency, one.credit) for one in cases if one.credit),
        total=total_by_currency((one.invoice.currency, one.invoice.balance - one.credit) for one in cases),
        why=(f"we said on {call.said_on} that we would ring on {call.on}", *map(_still_open, cases)),
    )


def _still_open(case: Case) -> str:
    return f"{case.invoice.id}, due on {case.invoice.due_date}, is still open"


def _as_written_now(policy: Policy, call: AnnouncedCall) -> tuple[str, Step] | None:
    """The sequence and the step that announced a call, by the names that they have now."""
    for sequence in policy.sequences.values():
        if call.sequence in (sequence.name, sequence.renamed_from):
            for step in sequence.steps:
                if call.step in (step.id, step.renamed_from):
                    return sequence.name, step
    return None
