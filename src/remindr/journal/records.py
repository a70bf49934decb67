"""What goes into the journal and comes out of it, apart from notices: plain values, cheap to import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from remindr.model.outcome import State

DeliveryKind = Literal["outbox", "email", "copy"]  # a run's folder, one e-mail to a customer, a copy for somebody else


def moment(now: datetime) -> str:
    """A moment as the journal keeps it: UTC, to the second."""
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class RunStart:
    """What is known of a run before anything is delivered.

    `exported_on` is the day the exports speak for. `quarantine` stands for the rows that could not be read, so
    that the next run can tell new ones. `fingerprint` stands for everything people wrote; `step_fingerprints` may
    name a finer one per (sequence, step), kept with each notice.
    """

    run_id: str
    as_of: date
    invoice_rows: int
    open_invoices: int
    exported_on: date | None = None
    quarantine: str = ""
    fingerprint: str = ""
    tool_version: str = ""
    step_fingerprints: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as the journal remembers it.

    `state` is where its last delivery stands, None when it had nothing to deliver; `finished_at` is None
    when the run never came to its end, and then nothing is known of what it `sent`, by channel, and what it left.
    `left` is how many e-mails it had claimed and not begun when it stopped.
    """

    run_id: str
    as_of: date
    started_at: str
    exported_on: date | None
    invoice_rows: int
    open_invoices: int
    quarantine: str
    fingerprint: str
    tool_version: str
    state: State | None
    finished_at: str | None
    sent: Mapping[str, int] = field(default_factory=dict)
    failed: int = 0
    left: int = 0
    uncertain: int = 0
    held: int = 0
    skipped: int = 0
    taken_back: bool = False  # as a whole


@dataclass(frozen=True, slots=True)
class UnfinishedDelivery:
    """A delivery that a run left behind in `claimed` or `committing`, and how many messages are in it.

    `target` is a folder's name for the kind `outbox`, else the key of the notice.
    """

    delivery_id: int
    run_id: str
    kind: DeliveryKind
    target: str
    state: State
    messages: int


@dataclass(frozen=True, slots=True)
class ReminderOfDay:
    """A reminder that went out on a day: to whom, by the hash of the address, and how firmly on which channel first."""

    customer_id: str
    recipient: str
    about: str
    level: int
    channel: str
