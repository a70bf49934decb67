"""Calls between being listed and being made: what came of them, and which are listed once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from remindr.core.calendar import Calendar
from remindr.model.notes import Note
from remindr.model.outcome import AnnouncedCall

Outcome = Literal["reached", "no answer", "wrong number", "promise", "dispute", "send a copy"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
LATEST = 5  # working days after which a call that nobody has spoken of counts as made
MOST_TRIES = 3


@dataclass(frozen=True, slots=True)
class Made:
    """What a row of a call sheet says once the call was made; `next_call` asks for another one on that day."""

    key: str
    outcome: Outcome
    promised_on: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    next_call: date | None = None
    text: str = ""


def row_key(key: str, attempt: int) -> str:
    """What a row of a call sheet is recognised by."""
    return f"{key}-{attempt}"


def outcome_of(note: Note) -> str:
    """What came of the call that a note is about."""
    return note.subject.partition(" ")[2]


def attempt_today(call: AnnouncedCall, made: Sequence[Note], today: date, calendar: Calendar) -> int | None:
    """Which attempt at a listed call is due today; None if there is none any more, or not yet.

    `made` are the notes of this call, oldest first. Nobody answered: it is listed on other days, twice more.
    """
    if not made:
        return 1 if calendar.working_days_between(call.on, today) <= LATEST else None
    last = made[-1]
    if last.until is None and (outcome_of(last) != "no answer" or len(made) >= MOST_TRIES):
        return None
    since = last.until or calendar.shift(last.on, 1, working=True)
    in_time = since <= today and calendar.working_days_between(since, today) <= LATEST
    return len(made) + 1 if in_time else None
