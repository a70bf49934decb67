"""The plan is data: what will be sent, what is left alone and why, what a person must look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from remindr.model.approvals import Waiting
from remindr.model.book import Customer, Invoice, Quarantined
from remindr.model.written import ChannelWord

Purpose = Literal["reminder", "thank_you", "announced_call"]
ChannelName = ChannelWord


class Blocker(StrEnum):
    """Every reason for silence."""

    NEXT_STEP_LATER = "next_step_later"
    DISPUTED = "disputed"
    ON_HOLD = "on_hold"
    PROMISED = "promised"
    DO_NOT_CONTACT = "do_not_contact"
    BELOW_MINIMUM = "below_minimum"
    COVERED_BY_CREDIT = "covered_by_credit"
    WAITING = "waiting"
    OVER_BUDGET = "over_budget"
    NO_CONTACT_DETAILS = "no_contact_details"
    NEEDS_APPROVAL = "needs_approval"
    NOT_A_SENDING_DAY = "not_a_sending_day"
    CALLS_FULL = "calls_full"
    IN_DOUBT = "in_doubt"
    SEQUENCE_USED_UP = "sequence_used_up"
    UNKNOWN_CUSTOMER = "unknown_customer"
    UNREADABLE_ROW = "unreadable_row"
    RIDES_ALONG = "rides_along"
    BEFORE_START = "before_start"
    NO_ATTACHMENT = "no_attachment"


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice in a notice. `step` is None for the invoices that only stand there for information."""

    invoice: Invoice
    days_past_due: int
    sequence: str | None = None
    step: str | None = None
    level: int | None = None
    repeat: int = 0


@dataclass(frozen=True, slots=True)
class Charge:
    """What a notice asks for beside the balance of one invoice, in the invoice's currency.

    `fee` is the one for this notice, `earlier_fees` those of the levels that were reached before; `told` is how all of
    it comes about.
    """

    invoice_id: str
    currency: str
    interest: Decimal
    fee: Decimal
    earlier_fees: Decimal
    told: str

    @property
    def total(self) -> Decimal:
        """All of it together."""
        return self.interest + self.fee + self.earlier_fees


@dataclass(frozen=True, slots=True)
class Attachment:
    """The file of an invoice that goes with an e-mail: `path` is seen from the project, `size` in bytes."""

    invoice_id: str
    path: str
    size: int

    @property
    def name(self) -> str:
        """What the file is called, without its folder."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An invoice whose file does not go with the e-mail although it should, and why."""

    invoice_id: str
    why: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A contact that a notice announces, with the day that the customer is told; `step` is what announces it.

    `key` is the key that its own notice will have.
    """

    channel: ChannelName
    on: date
    key: str
    step: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One decision to contact one customer, covering one or more invoices.

    `key` is the same for the same decision whenever it is made. `channels` begins with the leading channel;
    `to` is the address on it. `total` is the sum of the balances of `invoices` and `also_due` less `credits`,
    per currency; `charges` are asked for on top of it.
    """

    key: str
    purpose: Purpose
    as_of: date
    customer: Customer
    segment: str
    traits: tuple[str, ...]
    sequence: str
    step: str
    level: int
    tone: str
    channels: tuple[ChannelName, ...]
    to: str
    invoices: tuple[Line, ...]
    also_due: tuple[Line, ...] = ()
    also_open: tuple[Line, ...] = ()
    upcoming: tuple[Line, ...] = ()
    respond_by: date | None = None
    credits: Mapping[str, Decimal] = field(default_factory=dict)
    total: Mapping[str, Decimal] = field(default_factory=dict)
    follow_ups: tuple[FollowUp, ...] = ()
    why: tuple[str, ...] = ()
    instead: str | None = None  # why another channel than the one asked for
    about: str = ""  # the invoice that has this notice to itself; empty for the customer's one notice of the day
    charges: tuple[Charge, ...] = ()  # interest and fees, for those invoices that have any
    attachments: tuple[Attachment, ...] = ()  # of its e-mail, in the order of the lines
    left_out: tuple[LeftOut, ...] = ()
    cc: tuple[str, ...] = ()  # addresses of the customer that get a copy of its e-mail

    @property
    def asked(self) -> tuple[Line, ...]:
        """What is to be paid now."""
        return (*self.invoices, *self.also_due)

    @property
    def taken(self) -> tuple[Line, ...]:
        """Everything that takes a step with this notice."""
        return (*self.invoices, *self.also_due, *self.upcoming)


@dataclass(frozen=True, slots=True)
class Reason:
    """One blocker of one invoice; `until` is the day it lifts, None when only a person can lift it."""

    code: Blocker
    detail: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """An open invoice without a notice today, with every reason and the next day something could go out.

    `step` is what comes next in the sequence where that is known; heads-ups to come are not named. `waiting` is there
    if the step waits for a person's word.
    """

    customer_id: str
    invoice_id: str
    reasons: tuple[Reason, ...]
    next_contact: date | None = None
    step: str | None = None
    waiting: Waiting | None = None


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a person should look at."""

    code: str
    customer_id: str
    detail: str
    invoice_id: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that `run` would do at T, and all that it would not."""

    as_of: date
    counted_until: date  # payments are counted up to and including this day
    notices: tuple[Notice, ...]
    skipped: tuple[Skipped, ...]
    flags: tuple[Flag, ...]
    quarantined: tuple[Quarantined, ...]

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The steps that wait for a person's approval; not those that a person has refused."""
        every = (one.waiting for one in self.skipped)
        return tuple(one for one in every if one and not one.refused)


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Somebody in the head of an e-mail; the name may be empty."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who stands in the head of an e-mail beside the customer; without a `sender` it comes from the company."""

    sender: Correspondent | None = None
    cc: tuple[Correspondent, ...] = ()
    bcc: tuple[str, ...] = ()


PLAIN = Envelope()


@dataclass(frozen=True, slots=True)
class File:
    """A file as it goes out."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """The words of one notice on one channel, rendered and not yet sent. `html` is None where a channel has none.

    `files` are the notice's attachments once they are read, which is when the message is written.
    """

    notice: Notice
    channel: ChannelName
    subject: str
    text: str
    html: str | None = None
    in_reply_to: str | None = None  # key of the first notice about the leading invoice, for e-mail threading
    files: tuple[File, ...] = ()
    envelope: Envelope = PLAIN
