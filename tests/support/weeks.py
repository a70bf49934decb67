"""Two years of a seeded book, and the exports that its owner might have kept of them."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from projects import COMPANY

LAST = date(2026, 11, 20)
WINDOW = 730
TERMS = (14, 30, 30, 45)

# How a kind of customer pays: its share of the book, days late, and how far single invoices stray from that.
HABITS = ((0.45, -3.0, 3.0), (0.25, 6.0, 4.0), (0.18, 18.0, 8.0), (0.12, 40.0, 15.0))

SETTINGS = (
    COMPANY
    + """\
sources:
  invoices: exports/invoices*.csv
segments:
  - name: new
    when: paid_invoices < 3
    sequence: welcome
  - name: problem
    when:
      - avg_days_late > 10
      - days_late_vs_book > 150%
    sequence: welcome
  - name: slow
    when:
      - avg_days_late > 3
      - days_late_vs_book > 50%
    sequence: welcome
  - name: reliable
    default: true
    sequence: welcome
"""
)


@dataclass(frozen=True)
class Bill:
    """One invoice with the day it is paid."""

    customer: str
    number: str
    issued: date
    due: date
    cents: int
    paid: date


def make_bills(customers: int, *, seed: int = 7) -> list[Bill]:
    """About an invoice a month for each customer over two years, in the order of their days."""
    chance = random.Random(seed)  # noqa: S311 - a book, not a secret
    found = []
    for one in range(customers):
        ((_, late, spread),) = chance.choices(HABITS, [share for share, _, _ in HABITS])
        usual, terms, every = chance.gauss(late, spread), chance.choice(TERMS), chance.randint(18, 45)
        day = chance.randint(0, every)
        while day < WINDOW:
            issued = LAST - timedelta(WINDOW - day)
            due = issued + timedelta(terms)
            paid = max(issued, due + timedelta(round(chance.gauss(usual, spread))))
            found.append(Bill(f"Customer {one:04d} Ltd", "", issued, due, chance.randint(2000, 900000), paid))
            day += max(1, round(chance.gauss(every, 6)))
    found.sort(key=lambda bill: (bill.issued, bill.customer))
    return [
        Bill(bill.customer, f"INV-{number:05d}", bill.issued, bill.due, bill.cents, bill.paid)
        for number, bill in enumerate(found, 1)
    ]


def write_export(path: Path, bills: list[Bill], day: date, *, dates: bool = False, only_open: bool = False) -> Path:
    """What the package would have written that day; `dates` adds those of payment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["ContactName", "EmailAddress", "InvoiceNumber", "InvoiceDate", "DueDate", "Total", "InvoiceAmountPaid",
             "InvoiceAmountDue", "Currency", "Type", "Status", *(["Paid Date"] if dates else [])]
        )  # fmt: skip
        writer.writerows(
            _row(bill, day, dates=dates) for bill in _known(bills, day) if day < bill.paid or not only_open
        )
    return path


def _known(bills: list[Bill], day: date) -> Iterator[Bill]:
    return (bill for bill in bills if bill.issued <= day)


def _row(bill: Bill, day: date, *, dates: bool) -> list[str]:
    settled, total = bill.paid <= day, f"{bill.cents / 100:.2f}"
    email = bill.customer.split()[1] + "@customers.example"
    row = [bill.customer, email, bill.number, bill.issued.strftime("%d/%m/%Y"), bill.due.strftime("%d/%m/%Y"), total]
    row += [total if settled else "0.00", "0.00" if settled else total, "GBP", "Sales invoice"]
    row.append("Paid" if settled else "Awaiting Payment")
    return [*row, bill.paid.strftime("%d/%m/%Y") if settled else ""] if dates else row
