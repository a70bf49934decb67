"""Promises to pay: kept, broken or open, judged from what exports show to be owed of what they are about."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from remindr.core.calendar import Calendar
from remindr.core.told import money_words
from remindr.model.notes import Note, Part, Promise

GRACE = 1  # working days after the date of a part, in which the payment still comes in time
MOST_BROKEN = 2  # broken ones, after which a new promise does not rest chasing by itself
LATEST = timedelta(days=366)  # a later date is a slip of the year
_ONE_DAY = timedelta(days=1)


def misdated(day: date, on: date) -> str | None:
    """Why nobody promises a day in a note of the day `on`; None if they may."""
    if day < on:
        return f"past on {on}, the day of the note"
    return "more than a year away: is the year right?" if day > on + LATEST else None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What exports show of a promise: owed when it was made, at the end of each of its last days, and now."""

    basis: Decimal
    at_end: Mapping[date, Decimal]
    now: Decimal


@dataclass(frozen=True, slots=True)
class Judge:
    """When promises are judged, and by what: payments are known up to and with `known_until`.

    A rest below `small` is nothing; broken promises count for `window` days.
    """

    today: date
    known_until: date
    calendar: Calendar
    small: Decimal = Decimal(0)
    window: int = 365


def last_day(part: Part, calendar: Calendar) -> date:
    """The last day on which what was promised comes in time."""
    return calendar.shift(part.on, GRACE, working=True)


def judged(
    notes: Sequence[Note],
    evidence: Callable[[Note], Evidence],
    judge: Judge,
    approved: Container[str] = frozenset(),
) -> tuple[Promise, ...]:
    """One customer's promises, given oldest first, as they stand; a later one takes the place of an open one.

    After two that were broken, one that is not yet due is `not accepted` unless a person has approved it: `approved`
    are the keys of such.
    """
    accepted: list[Note] = []
    for note in notes:
        before = [_standing(one, evidence(one), _replaced_on(one, accepted), judge) for one in notes]
        if note.key in approved or _broken_by(before, note.on, judge.window) < MOST_BROKEN:
            accepted.append(note)
    return tuple(
        _standing(note, evidence(note), _replaced_on(note, accepted), judge, accepted=note in accepted)
        for note in notes
    )  # fmt: skip


def _broken_by(promises: Sequence[Promise], day: date, window: int) -> int:
    return broken_in([one.broken_on for one in promises if one.broken_on], day, window)


def broken_in(broken: Sequence[date], day: date, window: int) -> int:
    """How many promises were broken in the window that ends with a day."""
    return sum(day - timedelta(days=window) < one <= day for one in broken)


def _replaced_on(note: Note, accepted: Sequence[Note]) -> date | None:
    """The day of the next promise about the same."""
    place = accepted.index(note) + 1 if note in accepted else len(accepted)
    return next((one.on for one in accepted[place:] if one.invoice_id in ("", note.invoice_id)), None)


def _standing(
    note: Note, known: Evidence, replaced_on: date | None, judge: Judge, *, accepted: bool = True
) -> Promise:  # fmt: skip
    last = note.parts[-1]
    for part, allowed in _allowed(note, known.basis):
        end = last_day(part, judge.calendar)
        if replaced_on is not None and replaced_on <= end:
            return Promise(note, "replaced", part, replaced_on, owed=known.now)
        if judge.today > end and judge.known_until >= end:
            if known.at_end[end] > allowed + judge.small:
                so_far, left = _so_far(note, known.basis, judge)
                missing = so_far if known.now > left + judge.small else None
                return Promise(note, "broken", part, end, end + _ONE_DAY, known.now, missing)
        elif known.now > allowed + judge.small:
            return Promise(note, "open" if accepted else "not accepted", part, end, owed=known.now)
    return Promise(note, "kept", last, last.on, owed=known.now)


def _so_far(note: Note, basis: Decimal, judge: Judge) -> tuple[Part, Decimal]:
    """What was promised in all for days that are over, by the last of them, and what may still be owed then."""
    over = [(part, left) for part, left in _allowed(note, basis) if judge.today > last_day(part, judge.calendar)]
    amounts = [part.amount for part, _ in over if part.amount is not None]
    part, left = over[-1]
    return Part(part.on, sum(amounts, Decimal(0)) if len(amounts) == len(over) else None), left


def _allowed(note: Note, basis: Decimal) -> Iterator[tuple[Part, Decimal]]:
    """Each part with what may still be owed once it is paid."""
    promised = Decimal(0)
    for part in note.parts:
        promised = basis if part.amount is None else promised + part.amount
        yield part, max(basis - promised, Decimal(0))


def part_words(part: Part, currency: str) -> str:
    """`500.00 GBP by 2026-12-01`."""
    return f"{'all of it' if part.amount is None else money_words(part.amount, currency)} by {part.on}"


def promise_words(note: Note) -> str:
    """`500.00 GBP by 2026-12-01 and 500.00 GBP by 2026-12-15`."""
    return " and ".join(part_words(part, note.currency) for part in note.parts)
