"""What a preview page shows. Everything is text as people read it: the page only lays it out.

A customer is a `Row` for the list and its filters, and a `Case` that is looked at one at a time. Dates are ISO, amounts
are written as the command line writes them; `amount` and `overdue` are there to filter and sort by.
"""

from typing import Literal, NotRequired, TypedDict

State = Literal["goes out", "left alone", "held"]


class Row(TypedDict):
    """A customer in the list. `total` is what is asked for, or what is open where nothing goes out."""

    id: str
    name: str
    state: State
    segment: str
    step: str
    channels: list[str]
    to: str
    total: str
    amount: float
    overdue: int
    invoices: str
    flags: list[str]
    reasons: list[str]
    next: str


class Shown(TypedDict):
    """A message as the customer gets it; `html` is None where the channel has none.

    `lines` are those of its head that not every message has, a name and a text each.
    """

    channel: str
    subject: str
    text: str
    html: str | None
    lines: NotRequired[list[list[str]]]


class Silence(TypedDict):
    """A reason for silence; `until` is the day it ends, empty if a person has to end it."""

    code: str
    detail: str
    until: str


class Raised(TypedDict):
    """A flag; `invoice` is empty if it is about the customer."""

    code: str
    detail: str
    invoice: str


class OpenInvoice(TypedDict):
    """An open invoice and what becomes of it today. `days` are past due; `next` is the day of the next contact."""

    id: str
    due: str
    days: int
    open: str
    part: str
    step: str
    reasons: list[Silence]
    next: str


class Figure(TypedDict):
    """One fact about how a customer pays."""

    label: str
    value: str


class Settlement(TypedDict):
    """An invoice that was settled, and how many days after its due date; below 0 is early."""

    id: str
    on: str
    late: int


class Said(TypedDict):
    """A contact that open invoices had before."""

    on: str
    step: str
    invoices: str


class Case(TypedDict):
    """All about one customer. `level` is how firmly the notice speaks, `held` why it found no words.

    `sentences` are those of `remindr explain`.
    """

    messages: list[Shown]
    level: str
    why: list[str]
    instead: str
    held: str
    sentences: list[str]
    invoices: list[OpenInvoice]
    figures: list[Figure]
    settled: list[Settlement]
    said: list[Said]
    flags: list[Raised]


class UnreadableCell(TypedDict):
    """A cell that could not be read, and the customer who gets no notice because of it, if it is known."""

    place: str
    customer: str
    column: str
    value: str
    reason: str


class TriedSegment(TypedDict):
    """A segment of a book that is looked at for the first time, added up. Sums are texts, empty for nothing."""

    name: str
    about: str
    customers: int
    open: str
    overdue: str


class Person(TypedDict):
    """A customer in a segment, what is open, and why the segment."""

    id: str
    name: str
    segment: str
    open: str
    because: str


class Regretted(TypedDict):
    """A notice of the past that one would rather not have sent."""

    on: str
    customer: str
    name: str
    what: str
    because: str


class Trial(TypedDict):
    """What `remindr try` adds. `replay` tells of the past days, or why it cannot; `people` leaves out who is `more`."""

    lead: str
    read: list[str]
    segments: list[TriedSegment]
    people: list[Person]
    more: int
    replay: list[str]
    regretted: list[Regretted]
    unknown: list[str]


class Head(TypedDict):
    """What stands over everything. `notes` is what a person should know before trusting the rest."""

    company: str
    sender: str
    as_of: str
    day: str
    counted_until: str
    asked: str
    notes: list[str]
    unreadable: list[UnreadableCell]
    trial: NotRequired[Trial]
