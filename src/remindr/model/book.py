"""What is owed and by whom: customers and their open invoices, as of a date.

The whole book stays in DuckDB tables; these values are made only for customers who have something open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

OWN = "own_"  # before the name of a column that only a project's rules know


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is reminded, and how they can be reached. Absent things are None, never empty text."""

    id: str
    name: str
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    country: str | None = None
    language: str | None = None
    preferred_channel: str | None = None
    do_not_contact: bool = False
    hold: str | None = None
    listed: bool = True  # False: named on an invoice, but missing from the customers file
    fields: Mapping[str, str] = field(default_factory=dict)  # industry, tags, owner, and columns that rules ask for


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice with something open at T. `balance` is gross: credits are counted beside it.

    `reminder_level` and `last_reminded` are what the export knows of reminders that others sent before.
    """

    id: str
    customer_id: str
    issue_date: date | None
    due_date: date
    amount: Decimal
    balance: Decimal
    currency: str
    disputed: bool = False
    hold: str | None = None
    terms: str | None = None
    tags: str | None = None
    reminder_level: int | None = None
    last_reminded: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One customer's position at T: what is open, and the unallocated credit per currency."""

    customer: Customer
    invoices: tuple[Invoice, ...]
    credits: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A cell that could not be read. `row` counts as a spreadsheet does, the first line of the file is 1."""

    file: str
    row: int
    column: str
    value: str
    reason: str
    customer_id: str | None = None
