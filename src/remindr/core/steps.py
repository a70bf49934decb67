"""When a step of a sequence is reached, and which one comes next for an invoice.

Overdue steps come in order, one at a time, with the sequence's own spacing kept from the last contact about
the invoice; heads-ups come before and on the due date, and only the latest one reached.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import itemgetter

from remindr.core.calendar import Calendar
from remindr.core.rules import Facts, Test, Traits, compile_rule
from remindr.model.book import Invoice
from remindr.model.outcome import Contact
from remindr.model.policy import Sequence as WrittenSequence
from remindr.model.policy import Step
from remindr.model.terms import Level, StepTime

_FRESH_DAYS = 3  # a heads-up dated sooner after the invoice than this says nothing the invoice did not
_CHANGE_DAYS = 7  # least time between contacts about an invoice across a change of sequence

FactsOf = Callable[[Invoice], Facts]


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step ready to be judged: its place among its kind, its condition and its sooner time compiled.

    `told` is how reasons name it: "'first', 3 days after due". `after` is the time between the due date and the
    step, None where it takes more than adding to find its day.
    """

    step: Step
    told: str
    after: timedelta | None
    index: int
    condition: Test | None
    sooner: tuple[StepTime, Test] | None

    def day(self, invoice: Invoice, calendar: Calendar) -> date:
        """The day the step names for an invoice, before any moving to sending days."""
        return plain_day(self.step.at, invoice, calendar) if self.after is None else invoice.due_date + self.after


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next for an invoice: the step, how reasons name it, the day it is reached, the day it may go."""

    step: Step
    told: str
    reached_on: date
    goes_on: date
    repeat: int = 0


class PlannedSequence:
    """A sequence, compiled: heads-ups and overdue steps apart, steps found by their id."""

    def __init__(self, written: WrittenSequence, traits: Traits) -> None:
        self.name = written.name
        self.tone = written.tone
        heads_ups = [step for step in written.steps if step.level == Level.HEADS_UP]
        overdue = [step for step in written.steps if step.level != Level.HEADS_UP]
        self.heads_ups = tuple(_compile(step, index, traits) for index, step in enumerate(heads_ups))
        self.overdue = tuple(_compile(step, index, traits) for index, step in enumerate(overdue))
        self._names = {written.name, written.renamed_from}
        self._by_age = written.entry == "by_age"
        self._repeat = written.after_last
        self._index = {name: planned.index for planned in self.overdue for name in _names(planned.step)}

    def next_overdue(
        self, invoice: Invoice, contacts: Sequence[Contact], facts_of: FactsOf, today: date, calendar: Calendar
    ) -> Next | None:
        """The overdue step that comes next, reached or not; None when the sequence is used up.

        A step that is reached while its `if` fails is passed over; one not yet reached is judged then.
        """
        for planned in self.overdue[self._position(invoice, contacts, today, calendar) :]:
            sooner = planned.sooner if planned.sooner and planned.sooner[1](facts_of(invoice)) is True else None
            reached_on = self._reached_on(planned, sooner and sooner[0], invoice, contacts, calendar)
            passed_over = reached_on <= today and planned.condition and planned.condition(facts_of(invoice)) is not True
            if not passed_over:
                told = f"'{planned.step.id}', {planned.step.sooner}" if sooner else planned.told
                return Next(planned.step, told, reached_on, calendar.next_sending_day(reached_on))
        return self._again(contacts, calendar) if self._repeat.times else None

    def _again(self, contacts: Sequence[Contact], calendar: Calendar) -> Next | None:
        """The last step once more, if it was taken here and has repeats left."""
        last = self.overdue[-1]
        taken = [one for one in contacts if self._is_mine(one) and self._index[one.step] == last.index]
        number = max((one.repeat for one in taken), default=self._repeat.times) + 1
        if number > self._repeat.times:
            return None
        reached_on = max([taken[-1].on + timedelta(days=self._repeat.days), *_answered(contacts, calendar)])
        told = f"'{last.step.id}' again ({number} of {self._repeat.times}), {self._repeat.days} days after the last"
        return Next(last.step, told, reached_on, calendar.next_sending_day(reached_on), number)

    def _position(self, invoice: Invoice, contacts: Sequence[Contact], today: date, calendar: Calendar) -> int:
        """Index of the first step beyond every contact: by its place in this sequence, else by its level.

        Before any contact it is the first step, or the last one that the invoice is old enough for.
        """
        beyond = [self._beyond(contact) for contact in contacts if contact.level > Level.HEADS_UP]
        if beyond or not self._by_age:
            return max(beyond, default=0)
        old_enough = (one.index for one in self.overdue if one.day(invoice, calendar) <= today)
        return max(old_enough, default=0)

    def firm_steps(self) -> Iterator[Step]:
        """The steps that speak more firmly than a friendly one, mildest first."""
        return (one.step for one in self.overdue if one.step.level >= Level.FIRM)

    def _is_mine(self, contact: Contact) -> bool:
        return contact.sequence in self._names and contact.step in self._index

    def _beyond(self, contact: Contact) -> int:
        if self._is_mine(contact):
            return self._index[contact.step] + 1
        above = (planned.index for planned in self.overdue if planned.step.level > contact.level)
        return next(above, len(self.overdue))

    def _reached_on(
        self,
        planned: PlannedStep,
        sooner: StepTime | None,
        invoice: Invoice,
        contacts: Sequence[Contact],
        calendar: Calendar,
    ) -> date:
        own = planned.day(invoice, calendar)
        if sooner is not None:
            own = min(own, plain_day(sooner, invoice, calendar))
        if not contacts:
            return own
        return max([own, *self._waits(planned, own, invoice, contacts, calendar)])

    def _waits(
        self, planned: PlannedStep, own: date, invoice: Invoice, contacts: Sequence[Contact], calendar: Calendar
    ) -> Iterator[date]:
        """The days before which what was said earlier keeps an invoice quiet.

        A date given to the customer holds for every invoice of that notice, those soon due included.
        """
        taken = [contact for contact in contacts if contact.level > Level.HEADS_UP]
        if taken:
            yield taken[-1].on + timedelta(days=self._gap(planned, own, invoice, taken[-1], calendar))
        yield from _answered(contacts, calendar)

    def _gap(self, planned: PlannedStep, own: date, invoice: Invoice, last: Contact, calendar: Calendar) -> int:
        """Days the sequence leaves between a step and the one before it in the file, sent or not."""
        gap = 1
        if planned.index > 0:
            before = self.overdue[planned.index - 1]
            gap = max(gap, (own - before.day(invoice, calendar)).days)
        return gap if last.sequence in self._names else max(gap, _CHANGE_DAYS)

    def heads_up(
        self, invoice: Invoice, contacts: Sequence[Contact], facts_of: FactsOf, today: date, calendar: Calendar
    ) -> tuple[PlannedStep | None, date | None]:
        """The heads-up to give now, and the day of the next one to come; both None where there is none.

        Heads-ups move to the previous sending day. Only the latest one reached counts; it is left out when
        it was given (or another sequence gave one), when its condition fails, or when the invoice is too
        fresh to need it.
        """
        if not self.heads_ups:
            return None, None
        upcoming: date | None = None
        reached: list[tuple[date, PlannedStep]] = []
        for planned in self.heads_ups:
            day = planned.day(invoice, calendar)
            sends = calendar.previous_sending_day(day)
            if sends <= today:
                reached.append((day, planned))
            elif upcoming is None or sends < upcoming:
                upcoming = sends
        if not reached or any(contact.level > Level.HEADS_UP for contact in contacts):
            return None, upcoming
        day, planned = max(reached, key=itemgetter(0))
        given = any(one.sequence not in self._names or one.step in _names(planned.step) for one in contacts)
        return (planned if not given and _wanted(planned, day, invoice, facts_of) else None), upcoming


def _compile(step: Step, index: int, traits: Traits) -> PlannedStep:
    condition = None if step.condition is None else compile_rule(step.condition, traits)
    sooner = None if step.sooner is None else (step.sooner.at, compile_rule(step.sooner.condition, traits))
    simple = step.at.anchor == "due" and not step.at.working
    after = timedelta(days=step.at.offset) if simple else None
    return PlannedStep(step, f"'{step.id}', {step.at}", after, index, condition, sooner)


def _names(step: Step) -> tuple[str, ...]:
    """What a step is called, and what it was called before."""
    return (step.id, step.renamed_from) if step.renamed_from else (step.id,)


def _answered(contacts: Sequence[Contact], calendar: Calendar) -> Iterator[date]:
    """The working day after the last date that was given to the customer."""
    answers = [contact.respond_by for contact in contacts if contact.respond_by is not None]
    if answers:
        yield calendar.shift(max(answers), 1, working=True)


def _wanted(planned: PlannedStep, day: date, invoice: Invoice, facts_of: FactsOf) -> bool:
    if invoice.issue_date is not None and (day - invoice.issue_date).days < _FRESH_DAYS:
        return False
    return planned.condition is None or planned.condition(facts_of(invoice)) is True


def plain_day(at: StepTime, invoice: Invoice, calendar: Calendar) -> date:
    """The day a step time names for an invoice, before any moving to sending days."""
    if at.anchor == "issue":
        return calendar.shift(invoice.issue_date or invoice.due_date, at.offset, working=at.working)
    start = invoice.due_date
    if at.anchor == "end of the due month":
        start = start.replace(day=monthrange(start.year, start.month)[1])
    return calendar.shift(start, at.offset, working=at.working)
