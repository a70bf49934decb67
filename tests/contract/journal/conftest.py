"""A case file for the journal: notices about invoices of one customer, and journals on real files."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.journal.records import RunStart
from remindr.model.book import Customer, Invoice
from remindr.model.outcome import Progress, State
from remindr.model.plan import Line, Notice

DAY = date(2026, 11, 20)
LOCATION = ".remindr/journal.db"


@dataclass
class Desk:
    """One project's journal, opened again and again, and what people do with it."""

    root: Path
    journal: Journal

    @property
    def file(self) -> Path:
        return self.root / LOCATION

    def reopen(self, *, create: bool = True) -> Journal:
        self.journal.close()
        self.journal = open_journal(LOCATION, self.root, create=create)
        return self.journal

    def start(self, as_of: date = DAY, **told: Any) -> RunStart:
        run_id = told.pop("run_id", None) or self.journal.next_run_id(as_of)
        return RunStart(run_id, as_of, invoice_rows=300, open_invoices=120, **told)

    def claim(self, *notices: Notice, as_of: date = DAY, **told: Any) -> int:
        start = self.start(as_of, **told)
        claimed = [(notice, notice.channels) for notice in notices]
        return self.journal.claim(start, claimed, target=start.run_id, at="2026-11-20T07:00:00Z")

    def settle(self, delivery_id: int, *states: State) -> None:
        for state in states:
            self.journal.record(delivery_id, state, at="2026-11-20T07:00:01Z")

    def send(self, *notices: Notice, as_of: date = DAY) -> None:
        self.settle(self.claim(*notices, as_of=as_of), State.COMMITTING, State.SENT)

    def progress(self, *items: tuple[str, str], today: date = DAY, since: date = date(2026, 8, 22)) -> dict[str, Progress]:
        return self.journal.progress(items, today=today, contacts_since=since)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, open_journal(LOCATION, tmp_path, create=True))
    yield made
    made.journal.close()


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Journal]]:
    """Opens journals that are closed when the test ends."""
    with ExitStack() as stack:
        yield lambda create=True: stack.enter_context(open_journal(LOCATION, tmp_path, create=create))


def line(customer_id: str, invoice_id: str, step: str | None = "first", level: int | None = 1) -> Line:
    balance = Decimal("120.0000")
    invoice = Invoice(invoice_id, customer_id, date(2026, 9, 20), date(2026, 10, 20), balance, balance, "GBP")
    return Line(invoice, 31, None if step is None else "steady", step, level)


def notice(
    customer_id: str = "C1",
    invoices: Iterable[str] = ("INV-1",),
    *,
    step: str = "first",
    level: int = 1,
    as_of: date = DAY,
    **told: Any,
) -> Notice:
    lines = tuple(line(customer_id, invoice_id, step, level) for invoice_id in invoices)
    leading = lines[0].invoice.id if lines else "nothing"
    fields: dict[str, Any] = {
        "key": f"{customer_id}/{leading}/{step}",
        "purpose": "reminder",
        "channels": ("email",),
        "to": "ada@lovelace.example",
        "total": {"GBP": Decimal("120.00") * len(lines)},
    }
    return Notice(
        as_of=as_of,
        customer=Customer(customer_id, "Ada Lovelace & Daughters", email="ada@lovelace.example"),
        segment="slow",
        traits=(),
        sequence="steady",
        step=step,
        level=level,
        tone="formal",
        invoices=lines,
        **(fields | told),
    )
