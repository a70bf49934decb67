"""Past notices beside what came after them: how many, by which channel, and those one would rather not have sent."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from remindr.model.plan import Notice
from remindr.model.terms import Level

DAYS = 90  # that are replayed
CROSSING = 3  # days after a notice within which a payment was on its way already
SHOWN = 20  # regretted notices that are kept

Cause = Literal["hard", "disputed", "crossed"]  # the worst first
_CAUSES: tuple[Cause, ...] = ("hard", "disputed", "crossed")


@dataclass(frozen=True, slots=True)
class Later:
    """What is known by now: the day each invoice was settled, and each customer's disputed invoices.

    Settled invoices stand under customer and number; those that are open or have no date are left out.
    """

    settled: Mapping[tuple[str, str], date]
    disputed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Regret:
    """A notice one would rather not have sent: the invoice that says why, and the days until it was paid."""

    cause: Cause
    notice: Notice
    invoice_id: str
    days: int | None = None


def regret(notice: Notice, later: Later) -> Regret | None:
    """Why a notice about overdue money should not have gone out, as far as is known by now; None if nothing says so.

    A firm word was too hard if the customer paid by the next day. A payment crossed with the notice if it was made
    up to three days after.
    """
    if notice.level == Level.HEADS_UP or notice.purpose == "announced_call":  # what announced it is judged
        return None
    days, invoice_id = min(_paid_after(notice, later), default=(CROSSING + 1, ""))
    if notice.level >= Level.FIRM and days <= 1:
        return Regret("hard", notice, invoice_id, days)
    if notice.customer.id in later.disputed:
        return Regret("disputed", notice, later.disputed[notice.customer.id])
    return Regret("crossed", notice, invoice_id, days) if days <= CROSSING else None


def _paid_after(notice: Notice, later: Later) -> Iterable[tuple[int, str]]:
    """How many days after the notice each invoice that it asks for was settled."""
    for line in notice.asked:
        settled = later.settled.get((line.invoice.customer_id, line.invoice.id))
        if settled is not None:
            yield (settled - notice.as_of).days, line.invoice.id


@dataclass(slots=True)
class Replay:
    """Notices counted one by one; of the regretted ones only the worst are kept."""

    since: date
    until: date
    channels: Counter[str] = field(default_factory=Counter)  # the leading ones
    causes: Counter[Cause] = field(default_factory=Counter)
    customers: set[str] = field(default_factory=set)
    worst: list[Regret] = field(default_factory=list)

    def add(self, notice: Notice, later: Later) -> None:
        """Counts a notice."""
        self.channels[notice.channels[0]] += 1
        self.customers.add(notice.customer.id)
        found = regret(notice, later)
        if found is not None:
            self.causes[found.cause] += 1
            self.worst = sorted([*self.worst, found], key=_worst_first)[:SHOWN]

    @property
    def notices(self) -> int:
        """How many there were."""
        return self.channels.total()

    @property
    def regretted(self) -> int:
        """How many of them one would rather not have sent."""
        return self.causes.total()


def _worst_first(one: Regret) -> tuple[int, int, Decimal, date, str]:
    notice = one.notice
    total = max(notice.total.values(), default=Decimal(0))
    return _CAUSES.index(one.cause), -notice.level, -total, notice.as_of, notice.customer.id


def cause_words(one: Regret) -> str:
    """`HF-4102 was paid the next day`, `they dispute HF-4102 now`."""
    if one.days is None:
        return f"they dispute {one.invoice_id} now"
    when = {0: "on the same day", 1: "the next day"}.get(one.days, f"{one.days} days later")
    return f"{one.invoice_id} was paid {when}"


def causes_words(causes: Mapping[Cause, int]) -> str:
    """`2 spoke firmly to somebody who paid by the next day, 9 crossed with a payment`; only those there are."""
    words: Mapping[Cause, str] = {
        "hard": "spoke firmly to somebody who paid by the next day",
        "disputed": "went to customers with a dispute now",
        "crossed": f"crossed with a payment of the {CROSSING} days after",
    }
    return ", ".join(f"{causes[cause]:,} {words[cause]}" for cause in _CAUSES if causes.get(cause))
