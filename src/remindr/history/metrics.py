"""Every metric, once: its name, its unit, what it means, and the expression that gives it.

Expressions are SQL in three scopes, each over the columns of the one before (see `history.py`):
`invoice` aggregates a customer's invoices as they stood at T, `customer` combines those aggregates,
`book` compares them with the whole book; `field` is a column of the customers table and `journal`
comes from what remindr did itself. Shares and averages are whole numbers of hundredths or
ten-thousandths there (`scale`), rounded half up, so that what is tested is exactly what is shown and
no engine's floating point can move a customer.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["days", "count", "share", "times", "money", "months", "text"]
Scope = Literal["invoice", "customer", "book", "field", "journal"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One fact about a customer that rules can test. It is unknown (None) where there is no evidence."""

    name: str
    unit: Unit
    meaning: str
    scope: Scope
    expression: str = ""
    scale: int = 1


def _rounded(numerator: str, denominator: str) -> str:
    """SQL for numerator / denominator, rounded half up to a whole number; NULL where the denominator is 0.

    Both are whole and not negative, which is what makes the half-up rule this short.
    """
    return f"(2 * ({numerator}) + ({denominator})) // nullif(2 * ({denominator}), 0)"


def _money(total: str, rows: str) -> str:
    """SQL for an amount in the company's currency; unknown as soon as another currency is among the rows."""
    return f"CASE WHEN count(*) FILTER ({rows} AND currency <> $currency) = 0 THEN {total} END"


_ALL = (
    Metric(
        "paid_invoices", "count", "invoices ever paid, with a known date", "invoice",
        "count(*) FILTER (kind = 'invoice' AND cleared IS NOT NULL)",
    ),
    Metric(
        "due_invoices", "count", "invoices in the history: due within the window, or still unpaid", "invoice",
        "count(*) FILTER (in_history)",
    ),
    Metric(
        "due_invoices_90d", "count", "invoices of the history that fell due in the last 90 days", "invoice",
        "count(*) FILTER (in_history AND recent)",
    ),
    Metric(
        "avg_days_late", "days", "mean days late over the history; an unpaid invoice counts at its age so far",
        "customer", _rounded("100 * days_late_sum", "due_invoices"), 100,
    ),
    Metric(
        "avg_days_late_90d", "days", "the same over invoices due in the last 90 days",
        "customer", _rounded("100 * days_late_sum_90d", "due_invoices_90d"), 100,
    ),
    Metric(
        "median_days_late", "days", "median days late over the history", "invoice",
        "CAST(2 * quantile_cont(days_late, 0.5) FILTER (in_history) AS BIGINT)", 2,
    ),
    Metric(
        "p90_days_late", "days", "days late that nine in ten invoices of the history stay within (nearest rank)",
        "invoice", "quantile_disc(days_late, 0.9) FILTER (in_history)",
    ),
    Metric(
        "worst_days_late", "days", "most days late in the history", "invoice",
        "max(days_late) FILTER (in_history)",
    ),
    Metric(
        "late_rate", "share", "share of the history that was, or is, later than its due date", "customer",
        _rounded("10000 * late_invoices", "due_invoices"), 10000,
    ),
    Metric(
        "late_rate_90d", "share", "the same over invoices due in the last 90 days", "customer",
        _rounded("10000 * late_invoices_90d", "due_invoices_90d"), 10000,
    ),
    Metric(
        "book_days_late", "days", "mean of avg_days_late over the customers with three or more paid invoices",
        "book", "book_days_late", 100,
    ),
    Metric(
        "days_late_vs_book", "times", "avg_days_late relative to book_days_late", "book",
        _rounded("10000 * avg_days_late", "greatest(book_days_late, 100)"), 10000,
    ),
    Metric(
        "risk_score", "days", "avg_days_late, drawn towards the book's where there is little history", "book",
        _rounded("100 * coalesce(days_late_sum, 0) + 2 * book_days_late", "due_invoices + 2"), 100,
    ),
    Metric(
        "months_known", "months", "whole months since the first invoice", "invoice",
        "date_sub('month', min(issue_date) FILTER (kind = 'invoice'), $today)",
    ),
    Metric(
        "lifetime_value", "money", "all invoices less credit notes, ever", "invoice",
        _money("coalesce(sum(CASE WHEN kind = 'credit' THEN -amount ELSE amount END), 0)", "true"),
    ),
    Metric(
        "typical_invoice", "money", "median invoice amount of the history", "invoice",
        _money("median(amount) FILTER (in_history)", "in_history"),
    ),
    Metric(
        "open_amount", "money", "everything open, less credits; never below 0", "invoice",
        _money("greatest(coalesce(sum(CASE WHEN kind = 'credit' THEN -open_balance ELSE open_balance END), 0), 0)",
               "open_balance > 0"),
    ),
    Metric(
        "overdue_amount", "money", "everything overdue, less credits; never below 0", "invoice",
        _money("greatest(coalesce(sum(CASE WHEN kind = 'credit' THEN -open_balance ELSE open_balance END) "
               "FILTER (kind = 'credit' OR due_date < $today), 0), 0)", "open_balance > 0"),
    ),
    Metric(
        "open_invoices", "count", "invoices with something open", "invoice",
        "count(*) FILTER (kind = 'invoice' AND open_balance > 0)",
    ),
    Metric(
        "overdue_share", "share", "overdue_amount relative to open_amount", "customer",
        _rounded("10000 * CAST(10000 * overdue_amount AS HUGEINT)", "CAST(10000 * open_amount AS HUGEINT)"), 10000,
    ),
    Metric(
        "oldest_overdue_days", "days", "age of the oldest unpaid, undisputed invoice past due and not met by credit",
        "invoice", "$today - min(due_date) FILTER (uncovered AND due_date < $today)",
    ),
    Metric(
        "open_disputes", "count", "invoices disputed now", "invoice",
        "count(*) FILTER (kind = 'invoice' AND disputed AND open_balance > 0)",
    ),
    Metric(
        "dispute_rate", "share", "share of the history, disputed invoices included, that was ever disputed",
        "customer", _rounded("10000 * disputed_ever", "due_or_disputed"), 10000,
    ),
    Metric("broken_promises", "count", "promises to pay that were broken, in the window", "journal"),
    Metric("reminders_open", "count", "reminders sent about invoices that are still open", "journal"),
    Metric("reminders_90d", "count", "reminders sent in the last 90 days", "journal"),
    Metric("country", "text", "the customer's country", "field"),
    Metric("language", "text", "the customer's language", "field"),
    Metric("preferred_channel", "text", "how the customer likes to be reached: email, phone, sms or letter", "field"),
    Metric("industry", "text", "the customer's industry", "field"),
    Metric("credit_rating", "text", "the customer's credit rating", "field"),
    Metric("company_size", "text", "the customer's size", "field"),
    Metric("tags", "text", "the customer's tags, separated by commas", "field"),
    Metric("terms", "text", "the customer's payment terms", "field"),
    Metric("owner", "text", "who looks after the customer", "field"),
)  # fmt: skip

METRICS = {metric.name: metric for metric in _ALL}
CUSTOMER_FIELDS = tuple(metric.name for metric in _ALL if metric.scope == "field")

# Sums that only serve other metrics; they have no name in rules.
PARTS = {
    "invoices_known": "count(*) FILTER (kind = 'invoice')",
    "days_late_sum": "sum(days_late) FILTER (in_history)",
    "days_late_sum_90d": "sum(days_late) FILTER (in_history AND recent)",
    "late_invoices": "count(*) FILTER (in_history AND days_late > 0)",
    "late_invoices_90d": "count(*) FILTER (in_history AND recent AND days_late > 0)",
    "disputed_ever": "count(*) FILTER (disputed AND (in_history OR disputed_now))",
    "due_or_disputed": "count(*) FILTER (in_history OR disputed_now)",
}
