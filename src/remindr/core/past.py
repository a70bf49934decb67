"""What is remembered of one customer: all that was said, heard and seen, as the journal keeps it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from remindr.core.rests import Rest
from remindr.core.sightings import How
from remindr.model.approvals import Approval
from remindr.model.notes import Note
from remindr.model.outcome import State
from remindr.model.plan import ChannelName, Purpose

Key = tuple[str, str]  # customer id, invoice id
Role = Literal["due", "also_due", "also_open", "upcoming"]


@dataclass(frozen=True, slots=True)
class PastLine:
    """An invoice in a notice; `role` is due, also_due, also_open or upcoming, `balance` what was open then."""

    invoice_id: str
    role: Role
    balance: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PastMessage:
    """What became of a notice on one channel: alone, or in the folder `target` with others if its `kind` is outbox.

    `detail` is why: what a mail server said, or who settled it.
    """

    channel: ChannelName
    state: State
    kind: str
    target: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """That a person discarded what a run had written: when, who, and why."""

    on: date
    by: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class PastNotice:
    """A notice as it was decided. `recipient` stands for the address; `announced` is the day of a call it announced.

    `voided` says that it does not count: nobody was reminded by it, for the run was interrupted, or a person discarded
    it.
    """

    key: str
    run_id: str
    on: date
    purpose: Purpose
    segment: str
    sequence: str
    step: str
    level: int
    recipient: str
    respond_by: date | None
    voided: bool
    lines: tuple[PastLine, ...] = ()
    messages: tuple[PastMessage, ...] = ()
    announced: date | None = None
    taken_back: TakenBack | None = None


@dataclass(frozen=True, slots=True)
class PastNote:
    """A note, and when and by whom it was taken back."""

    note: Note
    taken_back_on: date | None = None
    taken_back_by: str = ""


@dataclass(frozen=True, slots=True)
class PastSighting:
    """A while in which exports showed an invoice open; the balance is the one that was seen last."""

    customer_id: str
    invoice_id: str
    opened_on: date
    closed_on: date | None
    how: How | None
    due_date: date
    amount: Decimal
    currency: str
    balance: Decimal


@dataclass(frozen=True, slots=True)
class PastIdentity:
    """Another id of an invoice, from an export on."""

    customer_id: str
    invoice_id: str
    first_customer_id: str
    first_invoice_id: str
    since: date


@dataclass(frozen=True, slots=True)
class PastFlag:
    """A flag from the run that raised it up to the first that did no more; `until` is None while it stands."""

    code: str
    invoice_id: str
    since: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Whose:
    """Under what the journal knows somebody: customer ids, and invoices that once were another customer's."""

    customers: frozenset[str]
    invoices: frozenset[Key] = frozenset()

    def owns(self, customer_id: str, invoice_id: str) -> bool:
        """Whether something that stands under these ids is theirs."""
        return customer_id in self.customers or (customer_id, invoice_id) in self.invoices


@dataclass(frozen=True, slots=True)
class Past:
    """All of it, each kind oldest first. `exported_on` is the newest export that was seen."""

    notices: tuple[PastNotice, ...] = ()
    notes: tuple[PastNote, ...] = ()
    sightings: tuple[PastSighting, ...] = ()
    identities: tuple[PastIdentity, ...] = ()
    rests: tuple[Rest, ...] = ()
    flags: tuple[PastFlag, ...] = ()
    approvals: tuple[Approval, ...] = ()
    exported_on: date | None = None
