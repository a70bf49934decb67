"""What came of it: the states a delivery goes through, the progress of invoices, the summary of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, Literal

from remindr.model.approvals import Approval
from remindr.model.notes import NOTHING_NOTED, Noted


class State(StrEnum):
    """Where a delivery stands. What a crash leaves in `committing` becomes `uncertain` unless it can be proven."""

    CLAIMED = "claimed"
    COMMITTING = "committing"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    ABANDONED = "abandoned"  # claimed, provably never delivered: free to be planned again


# How the detail kept beside a state begins: the mail server may take it another time, or a person said what it is.
PUT_OFF: Final = "put off: "
BY: Final = "by "


@dataclass(frozen=True, slots=True)
class Contact:
    """One step that one invoice took part in."""

    invoice_id: str
    sequence: str
    step: str
    level: int
    on: date
    repeat: int = 0
    respond_by: date | None = None
    notice_key: str = ""
    state: State = State.SENT


@dataclass(frozen=True, slots=True)
class AnnouncedCall:
    """A call that a customer was told to expect and that was not made yet, and the open invoices it is about.

    `sequence` and `step` are what announced it; `key` is the key of its own notice.
    """

    key: str
    on: date
    said_on: date
    sequence: str
    step: str
    invoices: tuple[str, ...]


Cause = Literal["dispute", "hold", "promise"]


@dataclass(frozen=True, slots=True)
class Ended:
    """Something that had kept an invoice quiet, and the day from which it did no more."""

    cause: Cause
    on: date


@dataclass(frozen=True, slots=True)
class Progress:
    """What the journal knows of one customer: steps taken per open invoice, days of overdue contacts, newest last.

    A day with several of them stands there several times. `channel_days` has the same by channel, with calls that were
    announced, where the project limits a channel. `announced` are the calls to come, and those that were
    missed, soonest first. `ended` is what rests no more, by invoice id; under an empty one that of the whole customer.
    `noted` is what people noted, `approvals` what they said of steps that ask for one. `unreached` are calls to a wrong
    number: their steps count as not taken.
    """

    contacts: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)  # by invoice id, oldest first
    overdue_contact_days: tuple[date, ...] = ()
    noticed_today: bool = False
    announced: tuple[AnnouncedCall, ...] = ()
    ended: Mapping[str, Ended] = field(default_factory=dict)
    noted: Noted = NOTHING_NOTED
    channel_days: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    approvals: Mapping[str, tuple[Approval, ...]] = field(default_factory=dict)  # by invoice id, oldest first
    unreached: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)  # by invoice id


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What `run` reports. `outbox` is None when nothing was written.

    `held` are notices without words and steps that wait for an approval; `left` is how many notices a run that was
    limited to some, or that stopped, leaves for the next; None for one that came through.
    """

    run_id: str
    as_of: date
    sent: Mapping[str, int]
    failed: int
    uncertain: int
    held: int
    skipped: int
    outbox: str | None
    left: int | None = None
