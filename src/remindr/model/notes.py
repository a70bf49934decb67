"""What people noted beside the exports: promises, disputes, holds, and what else they heard of customers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from remindr.model.plan import Flag, Reason

Kind = Literal[
    "promise", "dispute", "resolved", "hold", "release", "wrong-address", "paid-says-customer", "ack", "called"
]
KINDS: tuple[Kind, ...] = get_args(Kind)[:-1]  # those that people note; the last is what came of a listed call
Source = Literal["command", "sheet", "import", "calls"]


@dataclass(frozen=True, slots=True)
class Part:
    """What is promised for one day; without an amount it is everything."""

    on: date
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that somebody noted on a day; about the whole customer where `invoice_id` is empty.

    `key` is the same for the same note wherever it comes from; `number` is its number in the journal, 0 before it is
    there. `covers` is what a promise is about: the balance of each invoice when remindr first knew of it. `subject` is
    the flag that was acknowledged, the address that was wrong, or a call and what came of it.
    """

    key: str
    on: date
    customer_id: str
    invoice_id: str
    kind: Kind
    by: str
    text: str = ""
    until: date | None = None
    parts: tuple[Part, ...] = ()
    currency: str = ""
    covers: Mapping[str, Decimal] = field(default_factory=dict)
    subject: str = ""
    source: Source = "command"
    number: int = 0


Standing = Literal["open", "kept", "broken", "replaced", "not accepted"]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise as the exports show it. `part` is the next part to be paid, or the one that was not.

    `rests_until` is the last day on which chasing rests for it, `broken_on` the first after its date was missed. Of
    what it is about `owed` is still open. Where a part was not kept, `missing` is what was promised up to today in
    all, until that has come.
    """

    note: Note
    standing: Standing
    part: Part
    rests_until: date
    broken_on: date | None = None
    owed: Decimal = Decimal(0)
    missing: Part | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """What the notes about one customer come to at T.

    `resting` has the reasons to rest by invoice id; `broken` the days on which promises broke, ever; `unkept`
    are the broken ones that were not made good.
    """

    notes: tuple[Note, ...] = ()
    promises: tuple[Promise, ...] = ()
    resting: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    broken: tuple[date, ...] = ()
    unkept: tuple[Promise, ...] = ()


NOTHING_NOTED = Noted()
