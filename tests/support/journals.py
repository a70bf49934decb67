"""A desk with one project's journal on it, and notices to claim that read like a case file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from remindr.journal.claim import Claimed
from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.journal.records import RunStart
from remindr.model.book import Customer, Invoice
from remindr.model.outcome import Progress, State
from remindr.model.plan import Line, Notice

DAY = date(2026, 11, 20)
SEVEN = "2026-11-20T07:00:00Z"
LOCATION = ".remindr/journal.db"


def line(customer_id: str, invoice_id: str, step: str | None = "first", level: int | None = 1, **more: Any) -> Line:
    """An invoice as it stands in a notice; without a step it stands there for information."""
    amount = Decimal("120.0000")
    owed = Invoice(invoice_id, customer_id, date(2026, 9, 20), date(2026, 10, 20), amount, amount, "GBP")
    return Line(owed, 31, step and "steady", step, level, **more)


def notice(
    customer_id: str = "C1",
    invoices: Iterable[str] = ("INV-1",),
    *,
    step: str = "first",
    level: int = 1,
    as_of: date = DAY,
    **changed: Any,
) -> Notice:
    """A reminder to one customer; its key names the customer, the leading invoice and the step."""
    lines = tuple(line(customer_id, invoice_id, step, level) for invoice_id in invoices)
    told: dict[str, Any] = {
        "key": f"{customer_id}/{lines[0].invoice.id if lines else '-'}/{step}",
        "purpose": "reminder",
        "as_of": as_of,
        "customer": Customer(customer_id, "Ada Lovelace & Daughters", email="ada@lovelace.example"),
        "segment": "slow",
        "traits": (),
        "sequence": "steady",
        "step": step,
        "level": level,
        "tone": "formal",
        "channels": ("email",),
        "to": "ada@lovelace.example",
        "invoices": lines,
        "total": {"GBP": Decimal("120.00") * len(lines)},
    }
    return Notice(**(told | changed))


@dataclass
class Desk:
    """One project's journal, opened again and again, and what runs do with it."""

    root: Path
    journal: Journal
    location: str = LOCATION

    @property
    def file(self) -> Path:
        """Where a journal is that is kept on disk."""
        return self.root / LOCATION

    def reopen(self, *, create: bool = True) -> Journal:
        """The journal as the next command finds it."""
        self.journal.close()
        self.journal = open_journal(self.location, self.root, create=create)
        return self.journal

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What stands in the journal, as its database says it."""
        with self.journal._reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def start(self, as_of: date = DAY, **told: Any) -> RunStart:
        """The next run as of a day."""
        numbers: dict[str, Any] = {"run_id": self.journal.next_run_id(as_of), "invoice_rows": 300, "open_invoices": 120}
        return RunStart(as_of=as_of, **(numbers | told))

    def claim(self, *notices: Notice, as_of: date = DAY, **told: Any) -> int:
        """The delivery of a run that claimed these notices."""
        start = self.start(as_of, **told)
        claimed = [Claimed(one, one.channels) for one in notices]
        return self.journal.claim(start, claimed, target=start.run_id, at=SEVEN)

    def settle(self, delivery_id: int, *states: State) -> None:
        """Takes a delivery through these states."""
        for state in states:
            self.journal.record(delivery_id, state, at=SEVEN)

    def send(self, *notices: Notice, as_of: date = DAY) -> int:
        """A run that claimed these notices and passed them on."""
        delivery_id = self.claim(*notices, as_of=as_of)
        self.settle(delivery_id, State.COMMITTING, State.SENT)
        return delivery_id

    def progress(
        self, *items: tuple[str, str], today: date = DAY, since: date = date(2026, 8, 22)
    ) -> dict[str, Progress]:
        """What the journal knows about these open invoices."""
        return self.journal.progress(items, today=today, contacts_since=since)
