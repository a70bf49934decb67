"""What notes come to: which invoices rest and until when, what ended lately, what a person should look at."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b

from remindr.core.calendar import Calendar
from remindr.core.promises import Judge, part_words, promise_words
from remindr.core.told import money_words
from remindr.model.money import total_by_currency
from remindr.model.notes import Note, Noted, Promise
from remindr.model.outcome import Ended
from remindr.model.plan import Blocker, Flag, Reason

SAYS_PAID = 5  # working days in which a payment that the customer speaks of may show up
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice with something open now."""

    id: str
    due_date: date
    balance: Decimal
    currency: str
    disputed: bool = False


@dataclass(slots=True)
class _Rests:
    """What rests, note by note; what ended."""

    resting: dict[str, list[Reason]] = field(default_factory=dict)
    ended: dict[str, Ended] = field(default_factory=dict)

    def rest(self, invoice_id: str, reason: Reason) -> None:
        self.resting.setdefault(invoice_id, []).append(reason)

    def end(self, invoice_id: str, ended: Ended) -> None:
        known = self.ended.get(invoice_id)
        if known is None or known.on <= ended.on:
            self.ended[invoice_id] = ended


def noted(
    notes: Sequence[Note],
    promises: Sequence[Promise],
    open_: Sequence[OpenInvoice],
    judge: Judge,
    replaced: Container[str] = frozenset(),
) -> tuple[Noted, dict[str, Ended]]:
    """What one customer's notes, given oldest first, come to; and what rests no more, by invoice.

    `replaced` are the keys of notes about an address for which the usual one stands in.
    """
    rests = _Rests()
    disputed, resolved = _disputed(notes)
    for note in disputed.values():
        rests.rest(note.invoice_id, Reason(Blocker.DISPUTED, f"the invoice is disputed{_source(note)}"))
    for invoice_id, ended in resolved.items():
        rests.end(invoice_id, ended)
    _holds(notes, rests, judge.today)
    numbers = {one.id for one in open_}
    for note in said_paid(notes, numbers):
        until = _paid_by(note, judge.calendar) + _ONE_DAY
        detail = f"the customer says that it is paid{_source(note)}; the payment gets {SAYS_PAID} working days"
        if judge.today < until:
            rests.rest(note.invoice_id, Reason(Blocker.ON_HOLD, detail, until))
    for promise in promises:
        _promised(promise, rests, judge)
    broken = tuple(sorted(one.broken_on for one in promises if one.broken_on))
    unkept = tuple(one for one in promises if _is_unkept(one, promises, judge.small))
    flags = (*map(_broken_flag, unkept), *_other_flags(notes, promises, numbers, replaced))
    resting = {invoice_id: tuple(reasons) for invoice_id, reasons in rests.resting.items()}
    return Noted(tuple(notes), tuple(promises), resting, flags, broken, unkept), rests.ended


def disputes(notes: Sequence[Note]) -> Iterator[Note]:
    """The disputes that were not resolved since."""
    yield from _disputed(notes)[0].values()


def _disputed(notes: Sequence[Note]) -> tuple[dict[str, Note], dict[str, Ended]]:
    """What is disputed, by the first note of several, and what is no more."""
    active: dict[str, Note] = {}
    ended: dict[str, Ended] = {}
    for note in notes:
        if note.kind == "dispute":
            active.setdefault(note.invoice_id, note)
        elif note.kind == "resolved":
            for invoice_id in _about(note, active):
                del active[invoice_id]
                ended[invoice_id] = Ended("dispute", note.on)
    return active, ended


def _about(note: Note, active: Mapping[str, Note]) -> list[str]:
    """The invoices that a note puts an end for; one about the customer is about all."""
    return [invoice_id for invoice_id in active if note.invoice_id in ("", invoice_id)]


def _holds(notes: Sequence[Note], rests: _Rests, today: date) -> None:
    """The newest hold of each is the one that counts; it ends with its last day or with a release."""
    active: dict[str, Note] = {}
    for note in notes:
        if note.kind == "hold":
            active[note.invoice_id] = note
        elif note.kind == "release":
            for invoice_id in _about(note, active):
                hold = active.pop(invoice_id)
                lapsed = hold.until is not None and hold.until < note.on
                rests.end(invoice_id, Ended("hold", hold.until + _ONE_DAY if lapsed and hold.until else note.on))
    for invoice_id, hold in active.items():
        over = hold.until + _ONE_DAY if hold.until else None
        if over and over <= today:
            rests.end(invoice_id, Ended("hold", over))
        else:
            what = "the invoice is" if invoice_id else "the customer is"
            last = f" until {hold.until}" if hold.until else ""
            rests.rest(invoice_id, Reason(Blocker.ON_HOLD, f"{what} on hold{last}{_source(hold)}", over))


def _promised(promise: Promise, rests: _Rests, judge: Judge) -> None:
    if promise.standing == "open":
        until = promise.rests_until + _ONE_DAY
        detail = f"the customer promised {part_words(promise.part, promise.note.currency)}{_source(promise.note)}"
        if until <= judge.today:
            until = judge.today + _ONE_DAY
            detail += f"; an export of {promise.rests_until} or later will tell whether it was kept"
        for invoice_id in promise.note.covers:
            rests.rest(invoice_id, Reason(Blocker.PROMISED, detail, until))
    elif promise.standing == "kept":
        detail = f"the promise of {promise_words(promise.note)} was kept; what is left waits until then"
        for invoice_id in promise.note.covers:
            rests.end(invoice_id, Ended("promise", promise.rests_until))
            if judge.today <= promise.rests_until:
                rests.rest(invoice_id, Reason(Blocker.PROMISED, detail, promise.rests_until + _ONE_DAY))


def said_paid(notes: Iterable[Note], open_: Iterable[str]) -> Iterator[Note]:
    """What customers say is paid and is still open, the newest of each invoice."""
    still = set(open_)
    newest = {note.invoice_id: note for note in notes if note.kind == "paid-says-customer"}
    yield from (note for invoice_id, note in newest.items() if invoice_id in still or (not invoice_id and still))


def _paid_by(note: Note, calendar: Calendar) -> date:
    return calendar.shift(note.on, SAYS_PAID, working=True)


def _is_unkept(promise: Promise, promises: Sequence[Promise], small: Decimal) -> bool:
    """Whether a promise was broken, and neither made good since nor followed by one that still stands."""
    if promise.standing != "broken" or promise.owed <= small:
        return False
    later = promises[promises.index(promise) + 1 :]
    return not any(
        one.standing in ("open", "kept") and one.note.invoice_id in ("", promise.note.invoice_id) for one in later
    )


def _broken_flag(promise: Promise) -> Flag:
    note = promise.note
    open_ = f"{money_words(promise.owed, note.currency)} is still open"
    detail = f"promised {part_words(promise.part, note.currency)}{_source(note)}; {open_}"
    return Flag("broken_promise", note.customer_id, detail, note.invoice_id or None)


def _other_flags(
    notes: Sequence[Note], promises: Sequence[Promise], open_: Iterable[str], replaced: Container[str]
) -> Iterator[Flag]:
    for promise in promises:
        if promise.standing == "not accepted":
            note = promise.note
            detail = (
                f"promised {promise_words(note)}{_source(note)}, but broke two before: chasing goes on until approved"
            )
            yield Flag("promise_not_accepted", note.customer_id, detail, note.invoice_id or None)
    for note in said_paid(notes, open_):
        detail = f"the customer says that it is paid{_source(note)}: look for the payment"
        yield Flag("paid_says_customer", note.customer_id, detail, note.invoice_id or None)
    for note in notes:
        if note.subject.endswith(" send a copy") and note.kind == "called":
            detail = f"asked for a copy of the invoice on the phone{_source(note)}"
            yield Flag("send_a_copy", note.customer_id, detail)
        if note.kind == "wrong-address":
            used = "the usual one is used instead" if note.key in replaced else "it is not used"
            detail = f"{address_words(note)} on file is wrong{_source(note)}: {used}; find another"
            yield Flag("wrong_address", note.customer_id, detail)


def too_much(note: Note, about: Iterable[OpenInvoice]) -> str | None:
    """Why a promise is one of more than it can be about, `about` being that; None if it is not."""
    own = list(about)
    owed = total_by_currency((one.currency, one.balance) for one in own)
    promised = sum((part.amount for part in note.parts if part.amount is not None), Decimal(0))
    if promised <= owed.get(note.currency, Decimal(0)):
        return None
    amounts = " and ".join(money_words(amount, currency) for currency, amount in owed.items())
    return f"more than what is open: {amounts} on {', '.join(one.id for one in own)}" if own else "for what is not open"


def note_key(note: Note) -> str:
    """The same 24 hexadecimal characters for the same note, wherever it was written down."""
    said = (
        note.on, note.customer_id, note.invoice_id, note.kind, note.until or "",
        *((part.on, "" if part.amount is None else part.amount.normalize()) for part in note.parts),
        note.currency, " ".join(note.text.split()), note.by, note.subject,
    )  # fmt: skip
    return blake2b("\0".join(map(str, said)).encode(), digest_size=12).hexdigest()


def address_words(note: Note) -> str:
    """Which kind of address a note says is wrong: `the e-mail address`."""
    channel = note.subject.partition(" ")[0]
    return {"phone": "the phone number", "address": "the postal address"}.get(channel, "the e-mail address")


def standing_words(noted: Noted, note: Note) -> str:
    """How a promise stands: ` (kept)`; empty for other notes."""
    return next((f" ({one.standing})" for one in noted.promises if one.note == note), "")


def _source(note: Note) -> str:
    """Who noted it when, and why."""
    return f", noted on {note.on} by {note.by}{f': {note.text}' if note.text else ''}"


def note_words(note: Note) -> str:
    """What a note says, in a few words: `promise: 500.00 GBP by 2026-12-01`."""
    told = {
        "promise": f"promise to pay {promise_words(note)}",
        "hold": f"hold until {note.until}" if note.until else "hold",
        "paid-says-customer": "the customer says that it is paid",
        "wrong-address": f"{address_words(note)} is wrong",
        "ack": f"flag {note.subject} seen",
        "called": f"called: {note.subject.partition(' ')[2]}",
    }.get(note.kind, note.kind)
    return f"{told}{f': {note.text}' if note.text else ''}"
