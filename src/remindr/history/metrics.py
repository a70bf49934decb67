"""Every metric, once: its name, its unit, what it means, and the expression that gives it.

Expressions are SQL in three scopes, each over the columns of the one before (see `standing.py` for the facts of
an invoice): `invoice` aggregates a customer's invoices as they stood at T, `customer` combines those aggregates,
`book` compares them with the whole book; `field` is a column of the customers table and `journal` comes from
what remindr did itself. Shares and averages are whole numbers of hundredths or ten-thousandths there (`scale`),
rounded half up, so that what is tested is exactly what is shown and no engine's floating point can move a
customer; money is rounded half up to the cent. A metric without evidence is NULL there, and unknown in rules.
"""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["days", "count", "share", "times", "money", "months", "text"]
Scope = Literal["invoice", "customer", "book", "field", "journal"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One fact about a customer that rules can test. It is unknown (None) where there is no evidence.

    `unknown` says when that is, empty for never; `example` is a test of it as people write it.
    """

    name: str
    unit: Unit
    meaning: str
    unknown: str
    example: str
    scope: Scope
    expression: str = ""
    scale: int = 1


def _rounded(numerator: str, denominator: str) -> str:
    """SQL for numerator / denominator, rounded half up to a whole number; NULL where the denominator is 0.

    Both are whole and not negative, which is what makes the half-up rule this short.
    """
    return f"(2 * ({numerator}) + ({denominator})) // nullif(2 * ({denominator}), 0)"


def _money(total: str, worth: str, rows: str) -> str:
    """SQL for an amount in the company's currency; unknown as soon as one of its rows is worth nobody knows what."""
    return f"CASE WHEN count(*) FILTER ({rows} AND {worth} IS NULL) = 0 THEN round({total}, 2) END"


def _sum(worth: str, rows: str) -> str:
    return _money(f"coalesce(sum({worth}) FILTER ({rows}), 0)", worth, rows)


def _median(worth: str, rows: str) -> str:
    """SQL for a median without floating point: the mean of the two middle values, which may be one."""
    lower = f"quantile_disc({worth}, 0.5) FILTER ({rows})"
    upper = f"-quantile_disc(-{worth}, 0.5) FILTER ({rows})"
    return _money(f"CAST(({lower} {upper}) AS DECIMAL(38,12)) * 0.5", worth, rows)


_NO_HISTORY = "the history is empty"
_NO_RECENT = "no invoice of the history fell due in the last 90 days"
_ALL_IN_GRACE = "or all of them are open and not older than the grace"
_NO_RATE = "there is no rate for the currency of one of the invoices"
_EMPTY = "the cell is empty, or no file has the column"

_ALL = (
    Metric(
        "paid_invoices", "count", "invoices ever paid, with a known date", "", "paid_invoices < 3", "invoice",
        "count(*) FILTER (kind = 'invoice' AND cleared IS NOT NULL)",
    ),
    Metric(
        "due_invoices", "count", "invoices in the history: paid and due within the window, or still unpaid", "",
        "due_invoices >= 5", "invoice", "count(*) FILTER (in_history)",
    ),
    Metric(
        "due_invoices_90d", "count", "invoices of the history that fell due in the last 90 days", "",
        "due_invoices_90d >= 3", "invoice", "count(*) FILTER (in_history AND recent)",
    ),
    Metric(
        "avg_days_late", "days",
        "mean days late over the history, 90 at most; an unpaid invoice counts at its age so far",
        _NO_HISTORY, "avg_days_late > 10", "customer", _rounded("100 * days_late_sum", "due_invoices"), 100,
    ),
    Metric(
        "avg_days_late_90d", "days", "mean days late over the invoices of the history due in the last 90 days",
        _NO_RECENT, "avg_days_late_90d > 10", "customer", _rounded("100 * days_late_sum_90d", "due_invoices_90d"), 100,
    ),
    Metric(
        "median_days_late", "days", "median days late over the history", _NO_HISTORY, "median_days_late > 7",
        "invoice", "CAST(2 * quantile_cont(days_late, 0.5) FILTER (in_history) AS BIGINT)", 2,
    ),
    Metric(
        "p90_days_late", "days", "days late that nine in ten invoices of the history stay within (nearest rank)",
        _NO_HISTORY, "p90_days_late > 30", "invoice", "quantile_disc(days_late, 0.9) FILTER (in_history)",
    ),
    Metric(
        "worst_days_late", "days", "most days late in the history, 90 at most", _NO_HISTORY,
        "worst_days_late >= 60", "invoice",
        "max(days_late) FILTER (in_history)",
    ),
    Metric(
        "late_rate", "share", "share of the history that was, or is, more than the grace later than its due date",
        f"{_NO_HISTORY}, {_ALL_IN_GRACE}", "late_rate > 40%", "customer",
        _rounded("10000 * late_invoices", "judged_invoices"), 10000,
    ),
    Metric(
        "late_rate_90d", "share", "late_rate over the invoices of the history due in the last 90 days",
        f"{_NO_RECENT}, {_ALL_IN_GRACE}", "late_rate_90d > 50%", "customer",
        _rounded("10000 * late_invoices_90d", "judged_invoices_90d"), 10000,
    ),
    Metric(
        "book_days_late", "days",
        "mean of avg_days_late over the customers with three or more paid invoices; 6 with fewer than five of them",
        "", "book_days_late > 8", "book", "book_days_late", 100,
    ),
    Metric(
        "days_late_vs_book", "times", "avg_days_late relative to book_days_late (to one day at least)", _NO_HISTORY,
        "days_late_vs_book > 150%", "book", _rounded("10000 * avg_days_late", "greatest(book_days_late, 100)"), 10000,
    ),
    Metric(
        "risk_score", "days", "avg_days_late, drawn towards the book's where there is little history", "",
        "risk_score > 15", "book",
        _rounded("100 * coalesce(days_late_sum, 0) + 2 * book_days_late", "due_invoices + 2"), 100,
    ),
    Metric(
        "months_known", "months", "whole months since the first invoice", "no invoice has an issue date",
        "months_known < 6", "invoice", "date_sub('month', min(issue_date) FILTER (kind = 'invoice'), $today)",
    ),
    Metric(
        "lifetime_value", "money", "all invoices less credit notes, ever", _NO_RATE, "lifetime_value >= 50,000",
        "invoice", _money(
            "coalesce(sum(CASE WHEN kind = 'credit' THEN -worth ELSE worth END), 0)", "worth", "amount <> 0"
        ),
    ),
    Metric(
        "typical_invoice", "money", "median invoice amount of the history", f"{_NO_HISTORY}, or {_NO_RATE}",
        "typical_invoice >= 1,000", "invoice", _median("worth", "in_history"),
    ),
    Metric(
        "open_amount", "money", "everything open, less the credit that meets it", _NO_RATE, "open_amount >= 10,000",
        "invoice", _sum("owed_worth", "owed > 0"),
    ),
    Metric(
        "open_vs_typical", "times", "open_amount relative to typical_invoice", f"{_NO_HISTORY}, or {_NO_RATE}",
        "open_vs_typical > 5", "customer",
        _rounded("10000 * CAST(100 * open_amount AS HUGEINT)", "CAST(100 * typical_invoice AS HUGEINT)"), 10000,
    ),
    Metric(
        "overdue_amount", "money", "everything overdue, less the credit that meets it", _NO_RATE,
        "overdue_amount >= 5,000", "invoice", _sum("owed_worth", "owed > 0 AND due_date < $today"),
    ),
    Metric(
        "open_invoices", "count", "invoices with something open", "", "open_invoices >= 3", "invoice",
        "count(*) FILTER (kind = 'invoice' AND open_balance > 0)",
    ),
    Metric(
        "overdue_share", "share", "overdue_amount relative to open_amount", f"nothing is open, or {_NO_RATE}",
        "overdue_share > 50%", "customer",
        _rounded("10000 * CAST(100 * overdue_amount AS HUGEINT)", "CAST(100 * open_amount AS HUGEINT)"), 10000,
    ),
    Metric(
        "oldest_overdue_days", "days", "age of the oldest unpaid, undisputed invoice past due and not met by credit",
        "there is none", "oldest_overdue_days > 90", "invoice",
        "$today - min(due_date) FILTER (unpaid AND NOT disputed AND NOT met AND due_date < $today)",
    ),
    Metric(
        "open_disputes", "count", "invoices disputed now", "", "open_disputes >= 1", "invoice",
        "count(*) FILTER (kind = 'invoice' AND disputed_now)",
    ),
    Metric(
        "dispute_rate", "share", "share of the history, disputed invoices included, that was ever disputed",
        "there are none", "dispute_rate >= 30%",
        "customer", _rounded("10000 * disputed_ever", "due_or_disputed"), 10000,
    ),
    Metric(
        "broken_promises", "count", "promises to pay that were broken, in the window", "", "broken_promises >= 2",
        "journal",
    ),
    Metric(
        "reminders_open", "count", "reminders sent about invoices that are still open", "", "reminders_open is 0",
        "journal",
    ),
    Metric(
        "reminders_90d", "count", "reminders sent in the last 90 days", "", "reminders_90d >= 6", "journal",
    ),
    Metric("country", "text", "the customer's country", _EMPTY, "country in [DE, AT]", "field"),
    Metric("language", "text", "the customer's language", _EMPTY, "language is de", "field"),
    Metric(
        "preferred_channel", "text", "how the customer likes to be reached: email, phone, sms or letter", _EMPTY,
        "preferred_channel is phone", "field",
    ),
    Metric(
        "industry", "text", "the customer's industry", _EMPTY, "industry in [retail, construction]", "field",
    ),
    Metric("credit_rating", "text", "the customer's credit rating", _EMPTY, "credit_rating in [C, D]", "field"),
    Metric("company_size", "text", "the customer's size", _EMPTY, "company_size is small", "field"),
    Metric("tags", "text", "the customer's tags, separated by commas", _EMPTY, "tags has key account", "field"),
    Metric("terms", "text", "the customer's payment terms", _EMPTY, "terms is 30 days", "field"),
    Metric("owner", "text", "who looks after the customer", _EMPTY, "owner is Maria Lopez", "field"),
)  # fmt: skip

METRICS = {metric.name: metric for metric in _ALL}
CUSTOMER_FIELDS = tuple(metric.name for metric in _ALL if metric.scope == "field")

# Sums that only serve other metrics; they have no name in rules. Open ones not older than the grace are not judged.
_JUDGED = "in_history AND (NOT unpaid OR days_late > $grace)"
PARTS = {
    "invoices_known": "count(*) FILTER (kind = 'invoice')",
    "days_late_sum": "sum(days_late) FILTER (in_history)",
    "days_late_sum_90d": "sum(days_late) FILTER (in_history AND recent)",
    "late_invoices": "count(*) FILTER (in_history AND days_late > $grace)",
    "late_invoices_90d": "count(*) FILTER (in_history AND recent AND days_late > $grace)",
    "judged_invoices": f"count(*) FILTER ({_JUDGED})",
    "judged_invoices_90d": f"count(*) FILTER ({_JUDGED} AND recent)",
    "disputed_ever": "count(*) FILTER (in_history_or_disputed AND disputed)",
    "due_or_disputed": "count(*) FILTER (in_history_or_disputed)",
}
