"""Why a customer or an invoice is treated as it is: facts, rule, segment, sequence, step, date, in a few sentences.

Everything said here was decided elsewhere, by the code that `preview` and `run` use; this only puts it into words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from remindr.core.decided import decisive
from remindr.core.moving import MOVING
from remindr.core.noted import note_words, standing_words
from remindr.core.review import objecting_review
from remindr.core.rules import Facts
from remindr.core.told import (
    counted_words,
    day_words,
    days_words,
    metric_words,
    money_words,
    relation_words,
    shortlist,
    tell_tests,
    totals_words,
)
from remindr.model.book import Account, Customer, Invoice, Quarantined
from remindr.model.classification import Classification, Evidence
from remindr.model.money import total_by_currency
from remindr.model.outcome import Contact, Progress
from remindr.model.plan import Blocker, Flag, Line, Notice, Reason, Skipped
from remindr.model.policy import Policy

_NOTES = 3  # the newest ones that are told
SENTENCES = 10  # what can be read aloud on the phone
_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_CHANNELS = {"email": "an e-mail", "call": "a call", "sms": "a text message", "letter": "a letter"}


@dataclass(frozen=True, slots=True)
class AskedInvoice:
    """The invoice or credit that was asked about, as it stood at T. `due_date` is None for one not yet issued at T."""

    id: str
    kind: str
    due_date: date | None
    amount: Decimal
    balance: Decimal
    currency: str
    cleared: date | None


@dataclass(frozen=True, slots=True)
class Case:
    """All that was known and decided about one customer at T. `account` is None if nothing is open.

    `more` are the other reminders of the day, where each invoice has its own.
    `judged` are the facts that decided the segment; `held` is why a notice could not be put into words; `later` is how
    the invoices of today's notice stand once it has gone out.
    """

    policy: Policy
    today: date
    counted_until: date
    customer: Customer
    facts: Facts
    judged: Facts
    classification: Classification
    account: Account | None
    progress: Progress
    notice: Notice | None
    skipped: tuple[Skipped, ...]
    flags: tuple[Flag, ...]
    held: str | None
    unreadable: tuple[Quarantined, ...]
    later: tuple[Skipped, ...] = ()
    asked: AskedInvoice | None = None
    too_few: bool = False  # customers to compare with: the book's own figure is assumed
    more: tuple[Notice, ...] = ()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Every notice of today that has a line about what was asked."""
        every = (self.notice, *self.more) if self.notice else ()
        return tuple(one for one in every if self._asked_of(one))

    def _asked_of(self, notice: Notice) -> tuple[Line, ...]:
        lines = notice.taken
        return tuple(line for line in lines if self.asked is None or line.invoice.id == self.asked.id)

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """What is open and was asked about."""
        every = self.account.invoices if self.account else ()
        return tuple(one for one in every if self.asked is None or one.id == self.asked.id)

    @property
    def going(self) -> tuple[Line, ...]:
        """The lines of today's notices that were asked about, those that only stand there for information left out."""
        return tuple(line for notice in self.notices for line in self._asked_of(notice))

    @property
    def first_lines(self) -> tuple[Line, ...]:
        """Those of them that stand in the first such notice."""
        return self._asked_of(self.notices[0]) if self.notices else ()

    @property
    def silent(self) -> tuple[Skipped, ...]:
        """The invoices asked about that go without a notice."""
        return tuple(one for one in self.skipped if self.asked is None or one.invoice_id == self.asked.id)

    @property
    def currency(self) -> str:
        """The company's currency, in which metrics are."""
        return self.policy.project.company.currency

    def call_on(self, invoice_id: str) -> date | None:
        """The next day after today on which they were told that we ring about an invoice, if it does not rest."""
        told = [call.on for call in self.progress.announced if invoice_id in call.invoices]
        for notice in self.notices:
            if any(line.invoice.id == invoice_id for line in notice.asked):
                told += [one.on for one in notice.follow_ups]
        resting = any(one.invoice_id == invoice_id and _rests(one) for one in self.skipped)
        return min((day for day in told if day > self.today and not resting), default=None)

    def next_on(self, invoice_id: str, day: date | None) -> date | None:
        """The day of the next contact about an invoice: `day`, or that of a call that was announced for before it."""
        return min((known for known in (day, self.call_on(invoice_id)) if known), default=None)

    @property
    def call_coming(self) -> date | None:
        """The day of the announced call that is the next contact; None where something else comes sooner."""
        calls = [day for one in self.invoices if (day := self.call_on(one.id))]
        other = self.coming.next_contact if self.coming else None
        return min(calls) if calls and (other is None or min(calls) <= other) else None

    @property
    def coming(self) -> Skipped | None:
        """What may go out next if nothing is paid, after today; None if something has to change first."""
        numbers = {one.id for one in self.invoices}
        dated = [one for one in self.later or self.skipped if one.next_contact and one.invoice_id in numbers]
        return min(dated, key=lambda one: one.next_contact or self.today, default=None)


def _rests(skipped: Skipped) -> bool:
    """Whether nobody is rung about an invoice, whatever was announced."""
    still = (Blocker.SEQUENCE_USED_UP, Blocker.NO_CONTACT_DETAILS)
    return any(reason.until is None and reason.code not in still for reason in skipped.reasons)


def explanation(case: Case, *, most: int | None = SENTENCES) -> list[str]:
    """The sentences, from the facts to the next contact; `most` leaves out invoices that have the least to say."""
    asked = case.asked
    opening = [_title(case)]
    if asked is not None and not case.invoices:
        return [*opening, _closed(asked, case.today)]
    opening += [_owed(case), _habit(case), _segment(case), *_review(case)]
    if not case.invoices:
        return [*opening, "Nothing is open, so nothing goes out.", *_unreadable(case), *_flags(case)]
    opening += [_sequence(case), _said(case), *_noted(case)]
    today, silence = _today(case), list(_silence(case))
    ending = [*_unreadable(case), _next(case), *_flags(case)]
    room = None if most is None else max(1, most - len(opening) - len(today) - len(ending))
    return [*opening, *today, *_shortened(silence, room), *ending]


def _shortened(lines: Sequence[str], room: int | None) -> list[str]:
    if room is None or len(lines) <= room:
        return list(lines)
    if room == 1:
        return [f"{len(lines)} kinds of invoices go without a reminder today: remindr explain -v says why."]
    rest = len(lines) - room + 1
    return [*lines[: room - 1], f"The same kind of thing holds {rest} more invoices: see remindr explain -v."]


def _title(case: Case) -> str:
    who = f"{case.customer.name} ({case.customer.id})"
    what = f"Invoice {case.asked.id} of {who}" if case.asked and case.asked.kind == "invoice" else who
    until = case.counted_until
    counted = "that day" if until == case.today else day_words(until)
    return f"{what} on {day_words(case.today, weekday=True)}; payments are counted up to {counted}."


def _closed(asked: AskedInvoice, today: date) -> str:
    """What is to say of something on which nothing is open."""
    money = money_words(asked.amount, asked.currency)
    if asked.kind != "invoice":
        left = f"{money_words(asked.balance, asked.currency)} of it is left" if asked.balance else "all of it is used"
        return (
            f"{asked.id} is a credit of {money}; {left}. Credits are set against the oldest invoices; none is chased."
        )
    if asked.due_date is None:
        return f"It was not issued yet on {day_words(today)}, so nothing goes out about it."
    due = f"It came to {money} and was due on {day_words(asked.due_date)}"
    if asked.cleared is None:
        return f"{due}. The exports say that it is settled, but not when; nothing goes out about it any more."
    late = (asked.cleared - asked.due_date).days
    when = f"{days_words(late)} late" if late > 0 else "in time"
    return f"{due}; it was settled on {day_words(asked.cleared)}, {when}. Nothing goes out about it any more."


def _owed(case: Case) -> str:
    if case.asked is not None and case.invoices:
        return _one_owed(case.invoices[0], case.today)
    if not case.invoices:
        return "They owe nothing."
    overdue = [one for one in case.invoices if one.due_date < case.today]
    count = counted_words(str(len(case.invoices)), "invoice", "invoices")
    told = f"They owe {_sums(case.invoices)} on {count}"
    if not overdue:
        told += f"; nothing is overdue, the first falls due on {day_words(min(one.due_date for one in case.invoices))}"
    else:
        oldest = min(one.due_date for one in overdue)
        part = "all of it" if len(overdue) == len(case.invoices) else _sums(overdue)
        told += f", {part} overdue, the oldest since {day_words(oldest)} ({days_words((case.today - oldest).days)})"
    credit = {currency: amount for currency, amount in (case.account.credits if case.account else {}).items() if amount}
    return f"{told}{_credit(credit)}."


def _one_owed(invoice: Invoice, today: date) -> str:
    part = "" if invoice.balance == invoice.amount else f" of {money_words(invoice.amount, invoice.currency)}"
    days = (today - invoice.due_date).days
    when = f"it was due on {day_words(invoice.due_date)}, {days_words(days)} ago"
    if days <= 0:
        in_days = f", in {days_words(-days)}" if days else ", today"
        when = f"it falls due on {day_words(invoice.due_date)}{in_days}"
    return f"{money_words(invoice.balance, invoice.currency)}{part} is open; {when}."


def _sums(invoices: Sequence[Invoice]) -> str:
    return totals_words(total_by_currency((one.currency, one.balance) for one in invoices))


def _credit(credit: Mapping[str, Decimal]) -> str:
    told = totals_words(credit)
    return f"; {told} of credit is set against it" if told else ""


def _habit(case: Case) -> str:
    average, paid, book = (case.facts.get(name) for name in ("avg_days_late", "paid_invoices", "book_days_late"))
    known = f"They have paid {counted_words(str(paid or 'no'), 'invoice', 'invoices')} so far"
    if not isinstance(average, float | int):
        return f"{known}, and how they pay is not known yet."
    here = ""
    if isinstance(book, float | int):
        here = f", where an average customer is {days_words(book)} late"
        if case.too_few:
            here = f"; too few customers have paid often enough to compare, so {days_words(book)} is taken as usual"
    if not paid:
        return f"{known}; what is open is {days_words(average)} late on average{here}."
    return f"{known}; on average they are {days_words(average)} late{here}."


def _segment(case: Case) -> str:
    segment, place = case.classification.segment, segment_place(case.policy, case.classification.segment)
    if case.classification.override is not None:
        override = case.policy.project.overrides.get(case.customer.id)
        until = f", until {day_words(override.until)}" if override and override.until else ""
        where = _at(case.policy.place("overrides", case.customer.id))
        return f"Segment '{segment}'{where}: set by a person{until}: {case.classification.override.rstrip('.')}."
    judged_on = case.classification.reviewed_on
    found = "That makes them" if judged_on == case.today else f"The review of {day_words(judged_on)} found them"
    tests = decisive(case.policy.project, segment, case.judged)
    why = decision_words(segment, tests, case.judged, case.currency)
    return f"{found} '{segment}'{_at(place)}: {why}."


def decision_words(segment: str, tests: Sequence[Evidence], facts: Facts, currency: str, *, most: int = 3) -> str:
    """The two or three numbers that decided: `pays 1 day late on average (slow: over 3), 9 paid invoices (new: …)`."""
    own = [test for test in tests if test.segment == segment]
    if own:
        return tell_tests(own[:most], facts, currency)
    telling = sorted(tests, key=lambda test: isinstance(test.value, int) and not test.value)  # nothing counted: last
    told = [
        f"{metric_words(test, facts, currency)} ({test.segment}: {relation_words(test)})" for test in telling[:most]
    ]
    return ", ".join(told) or "everybody is"


def segment_place(policy: Policy, name: str) -> str:
    """`file:line` of a segment; empty where it is not known."""
    names = [segment.name for segment in policy.project.segments]
    return policy.place("segments", names.index(name))


def step_place(policy: Policy, sequence: str, step: str) -> str:
    """`file:line` of a step; empty where it is not known."""
    ids = [one.id for one in policy.sequences[sequence].steps]
    return policy.place("sequences", sequence, "steps", ids.index(step)) if step in ids else ""


def _at(place: str) -> str:
    return f" ({place})" if place else ""


def _review(case: Case) -> Iterator[str]:
    """Since when, until when, and where to."""
    classification = case.classification
    if classification.next_review is None:
        return
    then = day_words(classification.next_review)
    goal = f", and as things stand they are moving to '{classification.moving_to}'" if classification.moving_to else ""
    if objection := objecting_review(classification, case.today, case.policy.project.review.every):
        newest = day_words(objection)
        yield f"The review of {newest} found otherwise, but one alone changes nothing; the next is on {then}{goal}."
    elif classification.since in (None, classification.reviewed_on):
        yield f"The next review is on {then}{goal}."
    else:
        yield f"Every review since {day_words(classification.since)} has found that; the next is on {then}{goal}."


def _sequence(case: Case) -> str:
    segment = case.policy.segment(case.classification.segment)
    if segment.sequences:
        names = _few([f"'{name}'" for name in sorted(segment.sequence_names)])
        place = _at(segment_place(case.policy, segment.name))
        return f"Each invoice of such customers gets one of the sequences {names}, by what it is{place}."
    name = segment.sequence
    written = case.policy.sequences[name]
    return f"Such customers get the sequence '{name}'{_at(case.policy.place('sequences', name))}: {written.about}"


def _said(case: Case) -> str:
    contacts = [one for invoice in case.invoices for one in case.progress.contacts.get(invoice.id, ())]
    if not contacts:
        about = "it" if case.asked else "what is open"
        return f"Nothing was said about {about} yet."
    last = max(contacts, key=lambda one: one.on)
    told = f"Last said: step '{last.step}' on {day_words(last.on)}, {_about(contacts, last)}"
    answer = f", to be answered by {day_words(last.respond_by)}" if last.respond_by else ""
    return f"{told}{answer}{_announced(case)}."


def _noted(case: Case) -> Iterator[str]:
    """What people noted last of what is asked about."""
    noted, asked = case.progress.noted, case.asked
    own = [one for one in noted.notes if asked is None or one.invoice_id in ("", asked.id)]
    told = [
        f"{note_words(one)}{f' about {one.invoice_id}' if one.invoice_id and asked is None else ''}"
        f"{standing_words(noted, one)}, on {one.on} by {one.by}"
        for one in own[: -_NOTES - 1 : -1]
    ]
    if told:
        more = f"; and {len(own) - len(told)} earlier" if len(own) > len(told) else ""
        yield f"Noted: {_dates_in_words('; '.join(told))}{more}."


def _announced(case: Case) -> str:
    """The calls that the customer was told to expect about what is asked for."""
    numbers = {one.id for one in case.invoices}
    days = [call.on for call in case.progress.announced if not numbers.isdisjoint(call.invoices)]
    told = " and on ".join(day_words(day, weekday=True) for day in dict.fromkeys(days))
    return f"; we said we would ring on {told}" if days else ""


def _about(contacts: Sequence[Contact], last: Contact) -> str:
    numbers = [one.invoice_id for one in contacts if one.on == last.on and one.step == last.step]
    return f"about {_few(numbers)}"


def _few(numbers: Sequence[str], most: int = 3) -> str:
    if len(numbers) <= most:
        return " and ".join([", ".join(numbers[:-1]), numbers[-1]]) if len(numbers) > 1 else "".join(numbers)
    return shortlist(numbers, most)


def _today(case: Case) -> list[str]:
    if case.held is not None:
        return [f"Today's notice cannot be put into words: {case.held}"]
    if not case.notices:
        return []
    first, *others = case.notices
    told = [_goes_out(case, first, case.first_lines), *_charges(case.notices, case.going)]
    if not others:
        return told
    rest = _few([f"{one.invoices[0].invoice.id} (step '{one.invoices[0].step}')" for one in others])
    return [*told, f"Each invoice has a message of its own: today also {rest}."]


def _charges(notices: Iterable[Notice], lines: Sequence[Line], most: int = 3) -> Iterator[str]:
    """What the lines are asked for beside their balances, and how it comes about."""
    numbers = {line.invoice.id for line in lines}
    asked = [one for notice in notices for one in notice.charges if one.invoice_id in numbers]
    if asked:
        totals = total_by_currency((one.currency, one.total) for one in asked)
        sums = totals_words(totals)
        told = [f"{one.invoice_id}: {one.told}" for one in asked]
        more = f"; and for {len(told) - most} more" if len(told) > most else ""
        yield f"On top of what is open, {sums} for late payment is asked for. {'; '.join(told[:most])}{more}."


def _goes_out(case: Case, notice: Notice, lines: Sequence[Line]) -> str:
    if notice.purpose == "announced_call":
        number = f" ({notice.to})" if notice.to else ""
        about = _few([line.invoice.id for line in lines])
        return f"Today they get a call{number}, as announced: {_dates_in_words(notice.why[0])}; about {about}."
    first = lines[0]
    how = " and ".join(_CHANNELS[channel] for channel in notice.channels)
    reached = "; ".join(part for part in (notice.to.replace("\n", ", "), notice.instead) if part)
    step = first.step or notice.step
    place = _at(step_place(case.policy, notice.sequence, step))
    why = next((reason for reason in notice.why if reason.startswith(f"{first.invoice.id} ")), "")
    fact, _, told = why.rpartition(f": '{step}', ")
    due = f", {told}{place}, because {_dates_in_words(fact)}" if fact else place
    rest = f"; also about {_few([line.invoice.id for line in lines[1:]])}" if len(lines) > 1 else ""
    answer = f"; to be answered by {day_words(notice.respond_by)}" if notice.respond_by else ""
    ring = "".join(f"; it says that we will ring on {day_words(one.on, weekday=True)}" for one in notice.follow_ups)
    return f"Today they get {how}{f' ({reached})' if reached else ''}: step '{step}'{due}{rest}{answer}{ring}."


def _dates_in_words(text: str) -> str:
    def words(found: re.Match[str]) -> str:
        try:
            return day_words(date.fromisoformat(found[0]))
        except ValueError:
            return found[0]

    return _DAY.sub(words, text)


def _silence(case: Case) -> Iterator[str]:
    """Every reason, with the invoices that rest for it and the day it lifts."""
    resting: dict[tuple[Reason, ...], list[str]] = {}
    for one in case.silent:
        resting.setdefault(one.reasons, []).append(one.invoice_id)
    for reasons, numbers in resting.items():
        told = "; ".join(map(_reason, reasons))
        yield f"No reminder about {'it' if case.asked else _few(numbers)} today: {told}."


def _reason(reason: Reason) -> str:
    detail = _dates_in_words(reason.detail.rstrip("."))
    until = "" if reason.until is None else day_words(reason.until)
    return detail if until in detail else f"{detail} (until {until})"


def _next(case: Case) -> str:
    coming = case.coming
    if case.call_coming is not None:
        day = day_words(case.call_coming, weekday=True)
        return f"If nothing is paid, the next contact is the call on {day} that was announced."
    if coming is None or coming.next_contact is None:
        return "After that it is a person's." if case.going else "There is no next contact until that changes."
    segment = case.policy.segment(case.classification.segment)
    place = _at(step_place(case.policy, segment.sequence, coming.step)) if coming.step and not segment.sequences else ""
    step = f": step '{coming.step}'{place}" if coming.step else ""
    about = f" about {coming.invoice_id}" if len(case.invoices) > 1 else ""
    return f"If nothing is paid, the next contact{about} is on {day_words(coming.next_contact, weekday=True)}{step}."


def _unreadable(case: Case) -> Iterator[str]:
    for cell in case.unreadable[:1]:
        value = f" '{cell.value}'" if cell.value else ""
        column = f", {cell.column}" if cell.column else ""
        more = f", and {len(case.unreadable) - 1} more" if len(case.unreadable) > 1 else ""
        yield f"The row to mend is {cell.file}:{cell.row}{column}{value}: {cell.reason}{more}."


def _flags(case: Case) -> Iterator[str]:
    told_already = {MOVING, *_silences(case)}
    told = [f"{flag.code} ({_dates_in_words(flag.detail)})" for flag in case.flags if flag.code not in told_already]
    if told:
        yield f"For a person to look at: {'; '.join(told)}."


def _silences(case: Case) -> set[str]:
    return {reason.code.value for one in case.skipped for reason in one.reasons}
