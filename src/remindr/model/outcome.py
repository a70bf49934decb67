"""What came of it: the states a delivery goes through, the progress of invoices, the summary of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a delivery stands. What a crash leaves in `committing` becomes `uncertain` unless it can be proven."""

    CLAIMED = "claimed"
    COMMITTING = "committing"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    ABANDONED = "abandoned"  # claimed, provably never delivered: free to be planned again


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
class Progress:
    """What the journal knows of one customer: steps taken per open invoice, days of overdue contacts (newest last)."""

    contacts: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)  # by invoice id, oldest first
    overdue_contact_days: tuple[date, ...] = ()
    noticed_today: bool = False


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What `run` reports. `outbox` is None when nothing was written."""

    run_id: str
    as_of: date
    sent: Mapping[str, int]
    failed: int
    uncertain: int
    held: int
    skipped: int
    outbox: str | None
