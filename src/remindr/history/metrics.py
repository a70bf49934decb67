"""Every metric, once: its name, its unit, what it means in one line.

The expressions stand beside each other in `history.py`, in one query; the names here are the words people
use in rules.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["days", "count", "share", "times", "money", "months", "text"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One fact about a customer that rules can test. It is unknown (None) where there is no evidence."""

    name: str
    unit: Unit
    meaning: str


_ALL = (
    Metric("paid_invoices", "count", "invoices ever paid, with a known date"),
    Metric("due_invoices", "count", "invoices in the history: due within the window, or still unpaid"),
    Metric("due_invoices_90d", "count", "invoices of the history that fell due in the last 90 days"),
    Metric("avg_days_late", "days", "mean days late over the history; an unpaid invoice counts at its age so far"),
    Metric("avg_days_late_90d", "days", "the same over invoices due in the last 90 days"),
    Metric("median_days_late", "days", "median days late over the history"),
    Metric("p90_days_late", "days", "days late that nine in ten invoices of the history stay within"),
    Metric("worst_days_late", "days", "most days late in the history"),
    Metric("late_rate", "share", "share of the history paid late, or open past the due date"),
    Metric("late_rate_90d", "share", "the same over invoices due in the last 90 days"),
    Metric("book_days_late", "days", "mean of avg_days_late over the customers with three or more paid invoices"),
    Metric("days_late_vs_book", "times", "avg_days_late relative to book_days_late"),
    Metric("risk_score", "days", "avg_days_late, drawn towards the book's where there is little history"),
    Metric("months_known", "months", "whole months since the first invoice"),
    Metric("lifetime_value", "money", "all invoices less credit notes, ever"),
    Metric("typical_invoice", "money", "median invoice amount of the history"),
    Metric("open_amount", "money", "everything open, less credits"),
    Metric("overdue_amount", "money", "everything overdue, less credits"),
    Metric("open_invoices", "count", "invoices with something open"),
    Metric("overdue_share", "share", "overdue_amount relative to open_amount"),
    Metric("oldest_overdue_days", "days", "age of the oldest unpaid, undisputed invoice past its due date"),
    Metric("open_disputes", "count", "invoices disputed now"),
    Metric("dispute_rate", "share", "share of the history ever disputed"),
    Metric("broken_promises", "count", "promises to pay that were broken, in the window"),
    Metric("reminders_open", "count", "reminders sent about invoices that are still open"),
    Metric("reminders_90d", "count", "reminders sent in the last 90 days"),
    Metric("country", "text", "the customer's country"),
    Metric("language", "text", "the customer's language"),
    Metric("preferred_channel", "text", "how the customer likes to be reached: email, phone, sms or letter"),
    Metric("industry", "text", "the customer's industry"),
    Metric("credit_rating", "text", "the customer's credit rating"),
    Metric("company_size", "text", "the customer's size"),
    Metric("tags", "text", "the customer's tags, separated by commas"),
    Metric("terms", "text", "the customer's payment terms"),
    Metric("owner", "text", "who looks after the customer"),
)

METRICS = {metric.name: metric for metric in _ALL}
CUSTOMER_FIELDS = tuple(metric.name for metric in _ALL if metric.unit == "text")
