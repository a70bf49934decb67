"""Writes a book of invoices of any size, the same every time: customers.csv and invoices.csv.

    python bench/make_book.py --customers 1000 --as-of 2026-11-20 --out build/bench/10k

Each customer has ten invoices and one of four habits. Of a regular customer's invoices about seven in ten are
paid, one is not due yet and two are overdue, some of those part paid; now and then there is a credit note.
"""

import argparse
import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

INVOICES_EACH = 10
CUSTOMER_COLUMNS = ("customer_id", "name", "email", "phone", "country", "language", "preferred_channel")
INVOICE_COLUMNS = (
    "invoice_id", "customer_id", "customer_name", "email", "type", "issue_date", "due_date", "amount",
    "amount_paid", "paid_date", "status", "currency",
)  # fmt: skip
TRADES = ("Joinery", "Bakeries", "Logistics", "Opticians", "Print", "Dental Supplies", "Timber", "Catering", "Motors")
PLACES = ("Ashby", "Brook", "Calder", "Dunmore", "Elm Hill", "Fairfield", "Glen", "Harrow", "Inver", "Kirkby", "Larne")
COUNTRIES = (("GB", "44"), ("IE", "353"), ("DE", "49"))


@dataclass(frozen=True)
class Habit:
    """How a kind of customer pays: its share of the book, how late, and how much of it is paid by now."""

    share: float
    days_late: float
    spread: float
    paid: float
    not_due: float


HABITS = (
    Habit(share=0.50, days_late=0, spread=5, paid=0.70, not_due=0.08),
    Habit(share=0.25, days_late=11, spread=6, paid=0.70, not_due=0.08),
    Habit(share=0.15, days_late=40, spread=12, paid=0.70, not_due=0.08),
    Habit(share=0.10, days_late=2, spread=5, paid=0.15, not_due=0.55),  # new here
)
CREDIT_NOTES = 0.02
PART_PAID = 0.03


class Book:
    """Customers and invoices as rows of text, drawn from one seeded source of chance."""

    def __init__(self, as_of: date, seed: int) -> None:
        self.as_of = as_of
        self.chance = random.Random(seed)
        self.invoices = 0

    def customer(self, number: int) -> tuple[str, ...]:
        country, prefix = self.chance.choice(COUNTRIES)
        name = f"{self.chance.choice(PLACES)} {self.chance.choice(TRADES)} {number} Ltd"
        address = f"accounts@customer{number}.example"
        return (f"K{number:07d}", name, address, f"+{prefix}20{number:08d}", country, "en", "email")

    def invoices_of(self, customer: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        (habit,) = self.chance.choices(HABITS, [habit.share for habit in HABITS])
        for _ in range(INVOICES_EACH):
            self.invoices += 1
            issued, due, cents, paid, cleared, status = self._fate(habit)
            yield (
                f"R{self.invoices:08d}", *customer[:3], "credit_note" if cents < 0 else "invoice",
                issued.isoformat(), due.isoformat(), written(cents), written(paid), cleared, status, "EUR",
            )  # fmt: skip

    def _fate(self, habit: Habit) -> tuple[date, date, int, int, str, str]:
        """Issue date, due date, cents, cents paid, day cleared, status of one more invoice."""
        draw, cents = self.chance.random(), max(500, round(100 * self.chance.lognormvariate(6.4, 1)))
        terms = timedelta(self.chance.choice((14, 30, 30, 60)))
        if draw < habit.paid:
            due = self.as_of - timedelta(self.chance.randint(40, 400))
            late = round(self.chance.gauss(habit.days_late, habit.spread))
            cleared = min(due + timedelta(max(-10, late)), self.as_of)
            return due - terms, due, cents, cents, cleared.isoformat(), "paid"
        if draw < habit.paid + habit.not_due:
            due = self.as_of + timedelta(self.chance.randint(1, 14))
            return due - terms, due, cents, 0, "", "open"
        if draw >= 1 - CREDIT_NOTES:
            issued = self.as_of - timedelta(self.chance.randint(1, 30))
            return issued, issued, -cents, 0, "", "open"
        due = self.as_of - timedelta(self.chance.randint(4, 90))
        part_paid = draw >= 1 - CREDIT_NOTES - PART_PAID
        return due - terms, due, cents, cents // 2 if part_paid else 0, "", "open"


def written(cents: int) -> str:
    """Cents as an amount: -1205 is -12.05."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def make_book(customers: int, as_of: date, out: Path, seed: int = 11) -> int:
    """Writes the two files into `out`; the number of invoices comes back."""
    out.mkdir(parents=True, exist_ok=True)
    book = Book(as_of, seed)
    with (out / "customers.csv").open("w", newline="") as people, (out / "invoices.csv").open("w", newline="") as bills:
        customer_rows, invoice_rows = csv.writer(people), csv.writer(bills)
        customer_rows.writerow(CUSTOMER_COLUMNS)
        invoice_rows.writerow(INVOICE_COLUMNS)
        for number in range(1, customers + 1):
            customer = book.customer(number)
            customer_rows.writerow(customer)
            invoice_rows.writerows(book.invoices_of(customer))
    return book.invoices


def main() -> None:
    arguments = argparse.ArgumentParser(description="Write a book of invoices of any size, the same every time.")
    arguments.add_argument("--customers", type=int, required=True)
    arguments.add_argument("--as-of", type=date.fromisoformat, required=True)
    arguments.add_argument("--seed", type=int, default=11)
    arguments.add_argument("--out", type=Path, required=True)
    given = arguments.parse_args()
    invoices = make_book(given.customers, given.as_of, given.out, given.seed)
    print(f"{invoices} invoices of {given.customers} customers in {given.out}")


if __name__ == "__main__":
    main()
