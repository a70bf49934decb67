"""However many rows a package gives an invoice: what is read and what is set aside add up to what the file says."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remindr.model.policy import Project
from remindr.sources.book import load_book
from remindr.sources.profiles import all_profiles

PROFILES = {profile.name: profile for profile in all_profiles()}
NAMES = ("Ada & Co", "Bäckerei Vogt", "O'Hara", "Lowe; Smith, Ltd", "Totals & Sons")
FIRST_DAY = date(2026, 1, 13)  # the 13th shows the order of day and month


@dataclass(frozen=True)
class Bill:
    """One invoice: the cents of its lines and of its payments; `spoilt` is the row of it with an unreadable amount."""

    name: str
    lines: tuple[int, ...]
    payments: tuple[int, ...]
    issued: date
    spoilt: int | None = None

    @property
    def amount(self) -> int:
        return sum(self.lines)

    @property
    def balance(self) -> int:
        return self.amount - sum(self.payments)

    @property
    def due(self) -> date:
        return self.issued + timedelta(days=30)


Row = Mapping[str, str]
Rows = list[tuple[list[str], int]]  # a record, and the place of its bill; -1 for rows of no bill


def cents(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02}"


def spoil(text: str, bill: Bill, row: int) -> str:
    return "soon" if bill.spoilt == row else text


def number(at: int) -> str:
    return f"INV-{at + 1:04}"


def xero(bill: Bill, at: int) -> Iterator[Row]:
    """The whole amount stands in each row of a line."""
    for row, line in enumerate(bill.lines):
        yield {
            "ContactName": bill.name, "InvoiceNumber": number(at), "InvoiceDate": f"{bill.issued:%d/%m/%Y}",
            "DueDate": f"{bill.due:%d/%m/%Y}", "Total": spoil(cents(bill.amount), bill, row),
            "InvoiceAmountPaid": cents(bill.amount - bill.balance), "InvoiceAmountDue": cents(bill.balance),
            "LineAmount": cents(line), "Currency": "GBP", "Type": "Sales invoice", "Status": "Awaiting Payment",
        }  # fmt: skip


def freshbooks(bill: Bill, at: int) -> Iterator[Row]:
    """Only the lines have amounts."""
    for row, line in enumerate(bill.lines):
        yield {
            "Client Name": bill.name, "Invoice #": number(at), "Date Issued": bill.issued.isoformat(),
            "Date Due": bill.due.isoformat(), "Invoice Status": "sent", "Currency": "GBP",
            "Line Total": spoil(cents(line), bill, row),
        }  # fmt: skip


def erpnext(bill: Bill, at: int) -> Iterator[Row]:
    """Only the first row has more than an item."""
    yield {
        "ID": number(at), "Customer": bill.name, "Customer Name": bill.name, "Date": bill.issued.isoformat(),
        "Payment Due Date": bill.due.isoformat(), "Grand Total": spoil(cents(bill.amount), bill, 0),
        "Outstanding Amount": cents(bill.balance), "Currency": "GBP", "Status": "Unpaid", "Item Code (Items)": "A",
    }  # fmt: skip
    yield from ({"Item Code (Items)": f"B{row}"} for row in range(1, len(bill.lines)))


def dolibarr(bill: Bill, at: int) -> Iterator[Row]:
    """A row for each payment, and one without any if nothing was paid."""
    for row, paid in enumerate(bill.payments or (0,)):
        yield {
            "Company name": bill.name, "Invoice ref.": number(at), "Invoice date": bill.issued.isoformat(),
            "Due date": bill.due.isoformat(), "Total (inc. tax)": cents(bill.amount), "Invoice paid": "0",
            "Invoice status": "1", "Payment amount": spoil(cents(paid) if paid else "", bill, row),
            "Payment date": bill.due.isoformat() if paid else "",
        }  # fmt: skip


def quickbooks(bill: Bill, at: int) -> Iterator[Row]:
    """Below the customer's heading, above the customer's total."""
    yield {
        "Date": f"{bill.issued:%m/%d/%Y}", "Transaction type": "Invoice", "Num": number(at), "Term": "Net 30",
        "Due date": f"{bill.due:%m/%d/%Y}", "Open balance": spoil(cents(bill.balance), bill, 0),
    }  # fmt: skip


def once(_: Bill) -> int:
    return 1


@dataclass(frozen=True)
class Package:
    """How a package writes invoices, what the total of its file is, and in how many rows an amount can be spoilt."""

    profile: str
    rows: Callable[[Bill, int], Iterator[Row]]
    spoilable: Callable[[Bill], int]
    owed: Callable[[Bill], int] = lambda bill: bill.balance
    more: tuple[str, ...] = ()


PACKAGES = (
    Package("xero-invoices", xero, lambda bill: len(bill.lines)),
    Package(
        "freshbooks-invoices", freshbooks, lambda bill: len(bill.lines), lambda bill: bill.amount, more=("Date Due",)
    ),
    Package("erpnext-sales-invoices", erpnext, once, more=("Item Code (Items)",)),
    Package("dolibarr-invoices", dolibarr, lambda bill: len(bill.payments or (0,))),
    Package("quickbooks-online-open-invoices", quickbooks, once),
)


def written(package: Package, bills: list[Bill]) -> tuple[str, dict[int, int]]:
    """The file, and for each row of it, as spreadsheets count, the place of its bill."""
    headers = [*PROFILES[package.profile].headers, *package.more]
    headings = PROFILES[package.profile].customer_in_headings
    records: list[list[str]] = [["", *headers] if headings else headers]
    places: dict[int, int] = {}
    for name in dict.fromkeys(bill.name for bill in bills):
        if headings:
            records.append([name, *[""] * len(headers)])
        theirs = [(at, bill) for at, bill in enumerate(bills) if bill.name == name]
        for at, bill in theirs:
            for row in package.rows(bill, at):
                assert row.keys() <= set(headers)
                cells = [row.get(header, "") for header in headers]
                records.append(["", *cells] if headings else cells)
                places[len(records)] = at
        if headings:
            total = cents(sum(package.owed(bill) for _, bill in theirs))
            records.append([f"Total for {name}", *[""] * (len(headers) - 1), total])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(records)
    return text.getvalue(), places


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    lines = tuple(draw(st.lists(st.integers(1, 10**7), min_size=1, max_size=4)))
    share = draw(st.integers(1, 4))
    parts = draw(st.integers(0, 2))
    paid = tuple(part for part in [sum(lines) // (share + 2)] * parts if part)
    issued = FIRST_DAY + timedelta(days=draw(st.integers(0, 200)))
    return Bill(draw(st.sampled_from(NAMES)), lines, paid, issued)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as made:
        yield Path(made)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.profile)
@settings(max_examples=12, deadline=None)
@given(good=st.lists(bills(), min_size=6, max_size=10), bad=st.lists(bills(), max_size=2), data=st.data())
def test_what_is_read_and_what_is_set_aside_add_up(
    folder: Path, package: Package, good: list[Bill], bad: list[Bill], data: st.DataObject
) -> None:
    spoilt = [
        Bill(one.name, one.lines, one.payments, one.issued, data.draw(st.integers(0, package.spoilable(one) - 1)))
        for one in bad
    ]
    anchor = Bill("Ada & Co", (123456,), (), FIRST_DAY)
    every = data.draw(st.permutations([anchor, *good, *spoilt]))
    content, places = written(package, every)
    (folder / "invoices.csv").write_text(content, encoding="utf-8")
    project = Project.model_validate(
        {
            "version": 1,
            "company": {"name": "Quay", "email": "a@quay.example", "currency": "GBP", "timezone": "Europe/London"},
            "sources": {"invoices": "invoices.csv"},
            "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
        }
    )
    with load_book(folder, project, today=date(2026, 11, 20)) as book:
        found = book.connection.execute("SELECT invoice_id, balance FROM invoices ORDER BY invoice_id").fetchall()
        aside = {places[row.row] for row in book.quarantined}
        silent = book.unreadable_customers
        profile = book.files[0].profile.name
    assert profile == package.profile
    sound = [(number(at), Decimal(package.owed(bill)) / 100) for at, bill in enumerate(every) if bill.spoilt is None]
    assert found == sound
    assert aside == {at for at, bill in enumerate(every) if bill.spoilt is not None}
    assert {bill.name for bill in spoilt} <= silent
    whole = sum(package.owed(bill) for bill in every)
    assert sum(balance for _, balance in found) * 100 + sum(package.owed(every[at]) for at in aside) == whole
