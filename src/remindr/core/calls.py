"""Calls between being listed and being made: what came of them, and which are listed once more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import blake2b
from typing import Literal, get_args

from remindr.core.calendar import Calendar
from remindr.model.notes import Note
from remindr.model.outcome import AnnouncedCall, Progress

Outcome = Literal["reached", "no answer", "left a message", "wrong number", "promise", "dispute", "send a copy"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_WRONG: Outcome = "wrong number"
NOT_SPOKEN: tuple[Outcome, ...] = ("no answer", "left a message")
LATEST = 5  # working days after which a call that nobody has spoken of counts as made
MOST_TRIES = 3
MOST_DAYS_BACK = timedelta(days=60)  # for how long a listed call can be spoken of


@dataclass(frozen=True, slots=True)
class Made:
    """What a row of a call sheet says once the call was made; `next_call` asks for another one on that day.

    `key` is that of the notice and the number of the attempt.
    """

    key: str
    outcome: Outcome
    promised_on: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    next_call: date | None = None
    text: str = ""


def row_key(company: str, key: str, attempt: int) -> str:
    """What a row of a company's call sheet is recognised by: customers and invoices of others have the same numbers."""
    return f"{_mark(company)}-{key}-{attempt}"


def attempt_of(company: str, row: str) -> str | None:
    """The notice's key and the attempt that `row_key` was made of; None if it is not a key of the company's."""
    mark, _, attempt = row.partition("-")
    return attempt if mark == _mark(company) else None


def _mark(company: str) -> str:
    return blake2b(company.encode(), digest_size=3).hexdigest()


def outcome_of(note: Note) -> str:
    """What came of the call that a note is about."""
    return note.subject.partition(" ")[2]


def call_of(note: Note) -> str:
    """The key of the notice of the call that a note is about."""
    return note.subject.partition(" ")[0]


def made_of(progress: Progress, key: str) -> list[Note]:
    """What was noted of attempts at a call, oldest first."""
    return [note for note in progress.noted.notes if note.kind == "called" and call_of(note) == key]


def without_wrong_numbers(progress: Progress, notes: Iterable[Note]) -> Progress:
    """The progress without calls to a number that was wrong: their steps are still to be taken, in another way."""
    wrong = {call_of(note) for note in notes if note.kind == "called" and outcome_of(note) == _WRONG}
    if not wrong:
        return progress
    every = progress.contacts.items()
    reached = {number: tuple(one for one in own if one.notice_key not in wrong) for number, own in every}
    unreached = {number: tuple(one for one in own if one.notice_key in wrong) for number, own in every}
    return replace(progress, contacts=reached, unreached=unreached)


def are_rung_again(
    listed: Mapping[str, Iterable[AnnouncedCall]], progress: Mapping[str, Progress], today: date, calendar: Calendar
) -> int:
    """How many customers are listed once more today because nobody was reached, or another call was agreed on."""
    return sum(
        any((attempt_today(call, progress[one], today, calendar) or 1) > 1 for call in calls)
        for one, calls in listed.items()
        if one in progress
    )


def attempt_today(call: AnnouncedCall, progress: Progress, today: date, calendar: Calendar) -> int | None:
    """Which attempt at a listed call is due today; None if there is none any more, or not yet.

    Nobody was spoken to: it is listed on other days, twice more. What went out about the same since takes its place,
    unless a day was agreed on for it.
    """
    made = made_of(progress, call.key)
    agreed = made[-1].until if made else None
    if agreed is None and _went_since(call, progress):
        return None
    if not made:
        return 1 if calendar.working_days_between(call.on, today) <= LATEST else None
    if agreed is None and (outcome_of(made[-1]) not in NOT_SPOKEN or len(made) >= MOST_TRIES):
        return None
    since = agreed or calendar.shift(made[-1].on, 1, working=True)
    in_time = since <= today and calendar.working_days_between(since, today) <= LATEST
    return len(made) + 1 if in_time else None


def _went_since(call: AnnouncedCall, progress: Progress) -> bool:
    contacts = (contact for number in call.invoices for contact in progress.contacts.get(number, ()))
    return any(contact.on > call.on and contact.notice_key != call.key for contact in contacts)
