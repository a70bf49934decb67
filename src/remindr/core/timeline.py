"""What is remembered of a customer, told day by day: one event a line, oldest first, as a letter file is kept."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from operator import attrgetter
from typing import Literal, get_args

from remindr.core.noted import note_words
from remindr.core.past import Past, PastIdentity, PastLine, PastMessage, PastNote, PastNotice, PastSighting
from remindr.core.promises import promise_words
from remindr.core.rests import Rest
from remindr.core.told import day_words, money_words
from remindr.model.approvals import Approval
from remindr.model.outcome import BY, PUT_OFF, State
from remindr.model.terms import Level

Kind = Literal["seen", "payment", "rest", "identity", "segment", "note", "approval", "message", "discard", "flag"]
_ORDER: tuple[Kind, ...] = get_args(Kind)  # within a day

_CHANNELS = {"email": "e-mail", "call": "call on the list", "sms": "text message", "letter": "letter"}
_STATES = {
    State.CLAIMED: "not written yet: the run was interrupted, and the next one settles it",
    State.COMMITTING: "interrupted while it was written; the next run settles it",
    State.FAILED: "failed: nothing went out",
    State.UNCERTAIN: "uncertain: nobody knows whether it went out",
    State.ABANDONED: "never written: the run was interrupted, and the notice was planned again",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened on a day, in words; about the customer as a whole without `invoices`.

    A message, and the taking back of it, has its `notice`, a note its `note`, with how a promise `stands` where that is
    known; an approval has what was said of the first of its invoices.
    """

    on: date
    kind: Kind
    what: str
    invoices: tuple[str, ...] = ()
    notice: PastNotice | None = None
    note: PastNote | None = None
    stands: str | None = None
    approval: Approval | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment as the exports have it, or, without an amount, the day an invoice was settled."""

    invoice_id: str
    on: date
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Beside:
    """What the exports of today add to what is remembered; all of it is empty where they cannot be read.

    `addresses` has those that are used, by what stands for them; `promises` how each stands, by the key of its note.
    """

    addresses: Mapping[str, str] | None = None
    promises: Mapping[str, str] | None = None
    payments: Sequence[Paid] = ()
    settled: Mapping[str, date] | None = None
    moves: Sequence[tuple[date, str, str]] = ()
    outbox: str = ""


def timeline(past: Past, beside: Beside) -> tuple[Event, ...]:
    """All events, oldest first."""
    wrong = _wrong_addresses(past)
    events = [
        *_seen(past, beside),
        *(_payment(one) for one in beside.payments),
        *_fallen(past),
        *(event for rest in past.rests for event in _rest(rest)),
        *(_identity(one) for one in past.identities),
        *(_moved(*move) for move in beside.moves),
        *(_note(one, past, beside) for one in past.notes),
        *_approvals(past),
        *(_message(one, beside, wrong) for one in past.notices),
        *(event for one in past.notices for event in _taken_back(one)),
        *(event for flag in past.flags for event in _flag(flag.code, flag.invoice_id, flag.since, flag.until)),
    ]  # fmt: skip
    return tuple(sorted(events, key=lambda event: (event.on, _ORDER.index(event.kind))))


def about(events: Iterable[Event], numbers: Collection[str]) -> tuple[Event, ...]:
    """The events about invoices of these numbers, and those about the customer as a whole."""
    return tuple(one for one in events if not one.invoices or any(number in numbers for number in one.invoices))


def _seen(past: Past, beside: Beside) -> Iterator[Event]:
    """What exports showed, one event for all invoices of a day."""
    opened: dict[tuple[date, str], list[PastSighting]] = defaultdict(list)
    closed: dict[tuple[date, str], list[PastSighting]] = defaultdict(list)
    known: set[tuple[str, str]] = set()
    for one in sorted(past.sightings, key=attrgetter("opened_on", "due_date", "invoice_id")):
        key = one.customer_id, one.invoice_id
        if one.opened_on != one.closed_on:
            opened[one.opened_on, "open again" if key in known else "first seen open"].append(one)
        known.add(key)
        if one.closed_on:
            closed[one.closed_on, _end(one, past.exported_on)].append(one)
    for (on, words), group in opened.items():
        told = [f"{one.invoice_id} ({_money(one)}, due {one.due_date})" for one in group]
        yield Event(on, "seen", f"{words}: {', '.join(told)}", _numbers(group))
    for (on, words), group in closed.items():
        told = [f"{one.invoice_id} ({_money(one)}{_paid_on(one, beside)})" for one in group]
        yield Event(on, "seen", f"{words}: {', '.join(told)}", _numbers(group))


def _end(one: PastSighting, newest: date | None) -> str:
    if one.opened_on == one.closed_on:
        return "settled when it was first seen"
    if one.how == "settled":
        return "settled in the export of that day"
    last = newest is None or one.closed_on is None or newest <= one.closed_on
    return "missing from the export of that day" if last else "gone from the exports, so settled"


def _money(one: PastSighting) -> str:
    return money_words(one.amount, one.currency)


def _paid_on(one: PastSighting, beside: Beside) -> str:
    paid = (beside.settled or {}).get(one.invoice_id)
    return f", paid on {paid}" if paid else ""


def _numbers(group: Iterable[PastSighting]) -> tuple[str, ...]:
    return tuple(one.invoice_id for one in group)


def _payment(one: Paid) -> Event:
    words = f"payment of {money_words(one.amount, one.currency)} for {one.invoice_id}"
    return Event(one.on, "payment", words, (one.invoice_id,))


def _fallen(past: Past) -> Iterator[Event]:
    """Balances that went down between two notices, or since the last one."""
    points: dict[str, list[tuple[date, Decimal, str]]] = defaultdict(list)
    reminders = (notice for notice in past.notices if notice.purpose != "thank_you")
    for notice in reminders:
        for line in notice.lines:
            points[line.invoice_id].append((notice.on, line.balance, line.currency))
    for one in past.sightings:
        if one.closed_on is None and past.exported_on:
            points[one.invoice_id].append((past.exported_on, one.balance, one.currency))
    for number, known in points.items():
        known.sort(key=lambda point: point[0])
        for (_, before, _), (on, after, currency) in pairwise(known):
            if after < before:
                fell = f"{number} had gone down from {money_words(before, currency)} to {money_words(after, currency)}"
                yield Event(on, "seen", fell, (number,))


def _rest(rest: Rest) -> Iterator[Event]:
    number = rest.key.invoice_id
    what = f"{number or 'the customer'} {'disputed' if rest.key.cause == 'dispute' else 'on hold'}"
    invoices = (number,) if number else ()
    yield Event(rest.since, "rest", f"the export shows {what}", invoices)
    if rest.until:
        yield Event(rest.until, "rest", f"the export no longer shows {what}", invoices)


def _identity(one: PastIdentity) -> Event:
    was = one.first_invoice_id
    if one.customer_id != one.first_customer_id:
        was += f" of customer {one.first_customer_id}"
    what = f"{one.invoice_id} is what was {was} until then; what was said about it counts on"
    return Event(one.since, "identity", what, tuple(dict.fromkeys((one.invoice_id, one.first_invoice_id))))


def _moved(on: date, before: str, after: str) -> Event:
    return Event(on, "segment", f"segment {before} → {after}, by the review of that day")


def _note(one: PastNote, past: Past, beside: Beside) -> Event:
    note = one.note
    who = f"note {note.number} by {note.by}" if note.number else f"note by {note.by}"
    subject = f", {note.invoice_id}" if note.invoice_id else ""
    stands = (beside.promises or {}).get(note.key) if one.taken_back_on is None else None
    words = (
        f"{who}{subject}: {_call_words(note.subject, note.text, past) if note.kind == 'called' else note_words(note)}"
    )
    words += f" ({stands})" if stands else ""
    if note.kind == "called" and note.until:
        words += f"; next call on {note.until}"
    if one.taken_back_on:
        words += f"; taken back on {one.taken_back_on} by {one.taken_back_by}"
    numbers = (note.invoice_id,) if note.invoice_id else tuple(note.covers)
    return Event(note.on, "note", words, numbers, note=one, stands=stands)


def _call_words(subject: str, text: str, past: Past) -> str:
    """What came of a call, and which call it was."""
    key, _, outcome = subject.partition(" ")
    made = next((notice for notice in past.notices if notice.key == key), None)
    return f"{f'the call of {made.on}' if made else 'a call'}: {outcome}{f': {text}' if text else ''}"


def _approvals(past: Past) -> Iterator[Event]:
    """What people approved and refused, one event for all invoices that were said the same of in one breath."""
    said: dict[tuple[object, ...], list[Approval]] = defaultdict(list)
    for one in past.approvals:
        said[one.on, one.by, one.text, one.until, one.bound.place, one.promise].append(one)
    for group in said.values():
        first = group[0]
        word = f"approved by {first.by} until {first.until}" if first.until else f"refused by {first.by}"
        what = f"{word}: {_approved(group, past)}{f': {first.text}' if first.text else ''}"
        numbers = tuple(one.invoice_id for one in group if one.invoice_id)
        yield Event(first.on, "approval", what, numbers, approval=first)


def _approved(group: Sequence[Approval], past: Past) -> str:
    """The step with its invoices and what was open of them, or the promise."""
    first = group[0]
    if first.promise:
        note = next((one.note for one in past.notes if one.note.key == first.promise), None)
        return f"promise of {promise_words(note)}" if note else f"a promise about {first.bound.balance}"
    bound = first.bound
    again = ", once more," if bound.repeat else ""
    invoices = ", ".join(f"{one.invoice_id} ({one.bound.balance})" for one in group)
    return f"step {bound.sequence}/{bound.step}{again} about {invoices}"


def _taken_back(one: PastNotice) -> Iterator[Event]:
    """That a person discarded a notice, told on the day of that, too."""
    if one.taken_back is None or _freed(one):
        return
    back = one.taken_back
    what = f"taken back by {back.by}: the {_channels(one)} of {one.on} ({one.sequence}/{one.step})"
    what += f" about {', '.join(line.invoice_id for line in one.lines)}{f': {back.text}' if back.text else ''}"
    yield Event(back.on, "discard", what, tuple(line.invoice_id for line in one.lines), notice=one)


def _not_used(recipient: str, wrong: Mapping[str, date]) -> str:
    known = wrong.get(recipient)
    return f"the address that was noted as wrong on {known}" if known else "an address that is not used any more"


def _wrong_addresses(past: Past) -> dict[str, date]:
    """When addresses were noted as wrong, by what stands for them."""
    notes = (one.note for one in past.notes if one.note.kind == "wrong-address" and one.taken_back_on is None)
    return {note.subject.partition(" ")[2]: note.on for note in notes}


def _message(one: PastNotice, beside: Beside, wrong: Mapping[str, date]) -> Event:
    asked = [line for line in one.lines if line.role in ("due", "also_due")]
    coming = [line.invoice_id for line in one.lines if line.role == "upcoming"]
    named = [line.invoice_id for line in one.lines if line.role == "also_open"]
    thanks = one.purpose == "thank_you"
    subject = ", ".join(line.invoice_id for line in asked) if thanks else _lines(asked)
    words = f"{_channels(one)}: {_purpose(one)} {subject}"
    words += f"; coming due: {', '.join(coming)}" if coming else ""
    words += f"; open, too: {', '.join(named)}" if named else ""
    words += f"; asks for an answer by {one.respond_by}" if one.respond_by else ""
    words += f"; announces a call on {day_words(one.announced, weekday=True)}" if one.announced else ""
    if beside.addresses is not None:
        words += f"; to {beside.addresses.get(one.recipient) or _not_used(one.recipient, wrong)}"
    words += f"; {_became(one, beside.outbox)}"
    return Event(one.on, "message", words, tuple(line.invoice_id for line in one.lines), notice=one)


def _channels(one: PastNotice) -> str:
    return " and ".join(_CHANNELS.get(message.channel, message.channel) for message in one.messages) or "message"


def _purpose(one: PastNotice) -> str:
    if one.purpose == "thank_you":
        return "thanks for"
    if one.purpose == "announced_call":
        return f"the announced call ({one.sequence}/{one.step}) about"
    level = Level(one.level)
    spoken = "heads-up" if level is Level.HEADS_UP else f"{level.word} reminder"
    return f"{spoken} ({one.sequence}/{one.step}) about"


def _lines(lines: Iterable[PastLine]) -> str:
    return ", ".join(f"{one.invoice_id} ({money_words(one.balance, one.currency)})" for one in lines) or "nothing"


def _became(one: PastNotice, outbox: str) -> str:
    """What became of the messages; once where it is the same for all."""
    told = {message.channel: _state(message, outbox) for message in one.messages}
    if len(set(told.values())) > 1:
        words = ", ".join(f"{_CHANNELS.get(channel, channel)} {state}" for channel, state in told.items())
    else:
        words = next(iter(told.values()), "")
    if one.taken_back is None or _freed(one):
        return words
    return f"{words}; taken back on {one.taken_back.on} by {one.taken_back.by}, so it does not count"


def _freed(one: PastNotice) -> bool:
    """Whether it does not count because it was never written, whatever a person took back later."""
    return bool({message.state for message in one.messages} & {State.FAILED, State.ABANDONED})


def _state(message: PastMessage, outbox: str) -> str:
    alone = message.kind != "outbox"
    if message.detail.startswith(BY):
        went = "it went out" if message.state is State.SENT else "it did not go out, and was planned again"
        return f"{went}, as {message.detail.removeprefix(BY)} said"
    if message.state is State.SENT:
        return "sent through the mail server" if alone else f"written to {outbox}/{message.target}"
    if alone and message.state is State.ABANDONED:
        return "not sent: the run stopped before it, and it was planned again"
    if alone and message.state is State.FAILED:
        return _refused(message.detail)
    return _STATES.get(message.state, message.state.value)


def _refused(detail: str) -> str:
    if detail.startswith(PUT_OFF):
        return f"put off by the mail server ({detail.removeprefix(PUT_OFF)}), and planned again"
    return f"not taken by the mail server{f' ({detail})' if detail else ''}: nothing went out"


def _flag(code: str, invoice_id: str, since: date, until: date | None) -> Iterator[Event]:
    numbers = (invoice_id,) if invoice_id else ()
    subject = f", {invoice_id}" if invoice_id else ""
    yield Event(since, "flag", f"flag {code}{subject}{'' if until else ', which still stands'}", numbers)
    if until:
        yield Event(until, "flag", f"flag {code}{subject} has ended", numbers)


def with_sightings(past: Past, gone: Collection[tuple[str, ...]], new: Iterable[PastSighting], on: date) -> Past:
    """What is remembered, corrected by an export of a day that no run has recorded yet."""
    kept = [one for one in past.sightings if (one.customer_id, one.invoice_id, one.opened_on.isoformat()) not in gone]
    newest = max(on, past.exported_on) if past.exported_on else on
    return replace(past, sightings=(*kept, *new), exported_on=newest)
