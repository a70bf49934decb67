"""Writes the two exports of this example: the same files every time, nothing needed but Python.

    python make_data.py

cast.py says who the customers are and what they owe; their paid invoices follow from their habit, with dice that
always fall the same way.
"""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from cast import CAST, Customer

AS_OF = date(2026, 11, 20)
EXPORTS = Path(__file__).parent / "exports"
TERMS = 30
FIRST_NUMBER = 4101

# Days late of a paid invoice; negative is early.
HABITS = {
    "reliable": (-6, -4, -3, -2, -1, 0, 0, 0, 1, 2),
    "slow": (4, 5, 6, 7, 8, 9, 10, 11),
    "problem": (19, 22, 26, 29, 33, 38, 44),
    "new": (-1, 0, 2),
}


INVOICE_COLUMNS = (
    "Invoice Number", "Type", "Customer Number", "Customer Name", "Invoice Date", "Due Date",
    "Total", "Balance", "Currency", "Status", "Paid On", "Disputed",
)  # fmt: skip
CUSTOMER_COLUMNS = (
    "Customer Number", "Customer Name", "E-mail", "Phone", "Address", "Country",
    "Preferred Contact", "Do Not Contact", "On Hold",
)  # fmt: skip

Row = dict[str, str]


def ago(days: int) -> date:
    """The day so many days before the export; a negative number is a day after it."""
    return AS_OF - timedelta(days=days)


def day(when: date) -> str:
    """A date as the accounting package writes it."""
    return when.strftime("%d/%m/%Y")


def an_amount(customer: Customer, dice: random.Random) -> Decimal:
    """An amount that this customer might be billed."""
    return Decimal(dice.randint(customer.typical * 60, customer.typical * 145)) / 100


def money(amount: Decimal, dice: random.Random) -> str:
    """An amount as it stands in the cell: thousands get their comma, unless somebody typed the cell by hand."""
    return f"{amount:.2f}" if dice.random() < 0.1 else f"{amount:,.2f}"


def paid_invoices(customer: Customer, dice: random.Random) -> Iterator[tuple[date, Row]]:
    """What the customer has paid, spread over the last year, with the habit showing in `Paid On`."""
    late_days = [dice.choice(HABITS[customer.habit]) for _ in range(customer.paid)]
    newest = 60 if customer.habit == "problem" else 33
    step = 24 if customer.lately else 32
    for place, late in enumerate((*customer.lately, *late_days[len(customer.lately) :])):
        due = ago(newest + place * step - dice.randint(0, 9))
        issued = due - timedelta(days=TERMS)
        total = money(an_amount(customer, dice), dice)
        disputed = "Yes" if 2 <= place < 2 + customer.once_disputed else ""
        yield issued, {
            "Type": "Invoice", "Invoice Date": day(issued), "Due Date": day(due), "Total": total, "Balance": "0.00",
            "Status": "Paid", "Paid On": day(due + timedelta(days=late)), "Disputed": disputed,
        }  # fmt: skip


def open_invoices(customer: Customer, dice: random.Random) -> Iterator[tuple[date, Row]]:
    """What the customer owes."""
    for invoice in customer.open:
        due = ago(invoice.age)
        issued = due - timedelta(days=TERMS)
        total = Decimal(invoice.amount) if invoice.amount else an_amount(customer, dice)
        balance = total - Decimal(invoice.paid)
        yield issued, {
            "Type": "Invoice", "Invoice Date": day(issued), "Due Date": invoice.due_cell or day(due),
            "Total": money(total, dice), "Balance": money(balance, dice),
            "Currency": invoice.currency or customer.currency,
            "Status": "Open" if balance == total else "Part Paid", "Disputed": "Yes" if invoice.disputed else "",
        }  # fmt: skip


def credit_notes(customer: Customer) -> Iterator[tuple[date, Row]]:
    """What the customer was credited; credit shows as negative amounts."""
    for credit in customer.credits:
        issued = ago(credit.age)
        left = Decimal(credit.left)
        yield issued, {
            "Type": "Credit Note", "Invoice Date": day(issued), "Total": f"-{credit.amount}",
            "Balance": f"{-left:.2f}" if left else "0.00", "Status": "Open" if left else "Paid",
        }  # fmt: skip


def never_sent() -> Iterator[tuple[date, Row]]:
    """An invoice that was voided and one that is still a draft: neither is owed."""
    for days, status in ((70, "Void"), (1, "Draft")):
        issued = ago(days)
        yield issued, {
            "Type": "Invoice", "Invoice Date": day(issued), "Due Date": day(issued + timedelta(days=TERMS)),
            "Total": "199.00", "Balance": "199.00", "Status": status,
        }  # fmt: skip


def invoice_rows() -> list[Row]:
    """Every row of the invoice export, oldest first, numbered as they were issued."""
    dice = random.Random(20261120)
    found: list[tuple[date, Customer, Row]] = []
    for customer in CAST:
        rows = [*paid_invoices(customer, dice), *open_invoices(customer, dice), *credit_notes(customer)]
        if customer.name == "Copperfield Dental Practice":
            rows += never_sent()
        found += [(issued, customer, row) for issued, row in rows]
    found.sort(key=lambda item: (item[0], item[1].number))
    return [
        {"Currency": customer.currency}
        | row
        | {
            "Invoice Number": f"{'CN' if row['Type'] == 'Credit Note' else 'HF'}-{number}",
            "Customer Number": customer.number,
            "Customer Name": customer.name,
        }
        for number, (_, customer, row) in enumerate(found, FIRST_NUMBER)
    ]


def customer_rows() -> list[Row]:
    """Every row of the customer export."""
    return [
        {
            "Customer Number": customer.number,
            "Customer Name": customer.name,
            "E-mail": f"accounts@{customer.site}.example" if customer.site else "",
            "Phone": customer.phone,
            "Address": customer.address.replace(", ", "\n"),
            "Country": customer.country,
        }
        | customer.columns
        for customer in CAST
    ]


def write(name: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    """Writes one export."""
    with (EXPORTS / f"{name}-{AS_OF}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Writes both exports."""
    EXPORTS.mkdir(exist_ok=True)
    write("invoices", INVOICE_COLUMNS, invoice_rows())
    write("customers", CUSTOMER_COLUMNS, customer_rows())


if __name__ == "__main__":
    main()
