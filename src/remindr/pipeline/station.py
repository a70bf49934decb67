"""A project loaded at a date: where every command begins."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from remindr.core.mentions import mentioned_metrics
from remindr.history.history import RECENT_DAYS, HistoryView
from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.model.classification import History, MetricValue
from remindr.model.outcome import Progress
from remindr.model.policy import Policy
from remindr.pipeline.settle import Settled, recover
from remindr.sources.book import Book, load_book

NO_PROGRESS = Progress()


@dataclass(frozen=True, slots=True)
class Station:
    """A project loaded at a date: what it says, what is owed, what was done."""

    root: Path
    policy: Policy
    today: date
    book: Book
    journal: Journal
    view: HistoryView
    progress: dict[str, Progress]
    settled: tuple[Settled, ...]

    @property
    def counted_until(self) -> date:
        """The day up to which payments are counted: the export's own, or T in a look back."""
        return min(self.book.exported_on, self.today)

    def facts(self, customer_id: str, history: History) -> dict[str, MetricValue]:
        """A customer's metrics with those that the journal knows."""
        progress = self.progress.get(customer_id, NO_PROGRESS)
        sent = {contact.notice_key for contacts in progress.contacts.values() for contact in contacts}
        recent = [day for day in progress.overdue_contact_days if (self.today - day).days <= RECENT_DAYS]
        return {**history, "broken_promises": 0, "reminders_open": len(sent), "reminders_90d": len(recent)}


@contextmanager
def station(
    root: Path, policy: Policy, today: date, *, writing: bool = False, at: str = "", every_metric: bool = False
) -> Iterator[Station]:
    """The project ready to be asked.

    `writing` creates the journal and settles what a crash left behind, recorded as of the moment `at`. Only the
    metrics that the policy mentions are computed, unless `every_metric` is asked for.
    """
    with ExitStack() as stack:
        book = stack.enter_context(load_book(root, policy.project, today=today))
        journal = stack.enter_context(open_journal(policy.project.journal, root, create=writing))
        settled = recover(journal, root, policy.project.delivery.email.dir, at) if writing else ()
        only = None if every_metric else mentioned_metrics(policy)
        view = HistoryView(book.connection, today, policy.project.company.currency, only=only)
        window = max(RECENT_DAYS, policy.project.reminding.at_most.days)
        since = date.fromordinal(today.toordinal() - window)
        progress = journal.progress(view.open_items(), today=today, contacts_since=since)
        yield Station(root, policy, today, book, journal, view, progress, settled)
