"""What waits for a person's word before it goes out, and the words that were given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Bound:
    """What an approval holds for. Recipient and template are marks: enough to see that they changed."""

    sequence: str
    step: str
    repeat: int
    recipient: str
    balance: str  # with its currency
    template: str

    @property
    def place(self) -> tuple[str, str, int]:
        """Which step of which sequence it is, the last one perhaps for the second time."""
        return self.sequence, self.step, self.repeat


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person said of one step of one invoice on a day; a refusal where `until` is None.

    `until` is the last day on which the step may go. `promise` is the key of a promise that was approved instead of a
    step; `number` is the number in the journal, 0 before it is there.
    """

    customer_id: str
    invoice_id: str
    bound: Bound
    on: date
    by: str
    text: str = ""
    until: date | None = None
    promise: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Together:
    """The notice that a step would go out in today: the step that leads it, the invoices to pay, what they come to."""

    step: str
    invoices: tuple[str, ...]
    total: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step of an invoice, or a promise, that waits for a person's word.

    `since` is the day from which the step could have been taken, `until` the last day on which an approval given now
    would hold. `why` says what asks for it, `refused` who said no. A promise has its key in `promise`. `notice` is None
    where nobody has looked.
    """

    customer_id: str
    customer_name: str
    invoice_id: str
    segment: str
    bound: Bound
    what: str
    level: int
    channels: tuple[str, ...]
    to: str
    balance: Decimal
    currency: str
    since: date
    until: date
    why: str
    refused: Approval | None = None
    promise: str = ""
    notice: Together | None = None
