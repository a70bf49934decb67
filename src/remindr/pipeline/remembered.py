"""What the journal adds to a customer's metrics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from remindr.core.promises import broken_in
from remindr.history.history import HistoryView
from remindr.history.standing import RECENT_DAYS
from remindr.journal.journal import Journal
from remindr.model.approvals import Approval
from remindr.model.classification import MetricValue
from remindr.model.outcome import Ended, Progress

NO_PROGRESS = Progress()


def journal_metrics(progress: Progress, day: date, window: int) -> dict[str, MetricValue]:
    """The metrics that come from what remindr did itself up to and with a day."""
    sent = {one.notice_key for contacts in progress.contacts.values() for one in contacts if one.on <= day}
    first = day - timedelta(RECENT_DAYS)
    recent = sum(first <= contact <= day for contact in progress.overdue_contact_days)
    broken = broken_in(progress.noted.broken, day, window)
    return {"broken_promises": broken, "reminders_open": len(sent), "reminders_90d": recent}


def progress_at(journal: Journal, view: HistoryView, day: date, *, window: int = RECENT_DAYS) -> dict[str, Progress]:
    """What the journal knows of the customers who have something open in the view, with `window` days of contacts."""
    return journal.progress(view.open_items(), today=day, contacts_since=day - timedelta(window))


def with_ended(progress: Mapping[str, Progress], ended: Mapping[str, Mapping[str, Ended]]) -> Mapping[str, Progress]:
    """The progress of customers with what rests no more."""
    known = {customer: replace(progress.get(customer, NO_PROGRESS), ended=own) for customer, own in ended.items()}
    return {**progress, **known} if known else progress


def with_channels(
    progress: Mapping[str, Progress], days: Mapping[str, Mapping[str, tuple[date, ...]]]
) -> Mapping[str, Progress]:
    """The progress of customers with the days on which they were contacted on each channel."""
    known = {customer: replace(progress.get(customer, NO_PROGRESS), channel_days=own) for customer, own in days.items()}
    return {**progress, **known}


def with_approvals(
    progress: Mapping[str, Progress],
    said: Iterable[Approval],
    formerly: Mapping[tuple[str, str], Sequence[tuple[str, str]]],
) -> Mapping[str, Progress]:
    """The progress of customers with what people said of their steps, under the ids that invoices have now."""
    now = {was: key for key, formers in formerly.items() for was in formers}
    found: dict[str, dict[str, tuple[Approval, ...]]] = {}
    for one in said:
        if not one.promise:
            customer_id, invoice_id = now.get((one.customer_id, one.invoice_id), (one.customer_id, one.invoice_id))
            own = found.setdefault(customer_id, {})
            own[invoice_id] = (*own.get(invoice_id, ()), one)
    known = {customer: replace(progress.get(customer, NO_PROGRESS), approvals=own) for customer, own in found.items()}
    return {**progress, **known} if known else progress
