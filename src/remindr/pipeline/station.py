"""A project loaded at a date: where every command begins."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from remindr.core.approvals import approved_promises
from remindr.core.mentions import mentioned_metrics
from remindr.errors import Problem
from remindr.history.history import HistoryView
from remindr.history.settings import HistorySettings
from remindr.history.standing import RECENT_DAYS
from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.model.classification import Classification, History, MetricValue, Reviewed
from remindr.model.outcome import Progress
from remindr.model.policy import Policy
from remindr.pipeline.learn import Learned, learn
from remindr.pipeline.notes import Notebook, take_notes
from remindr.pipeline.remembered import (
    NO_PROGRESS,
    journal_metrics,
    progress_at,
    with_approvals,
    with_channels,
    with_ended,
)
from remindr.pipeline.reviews import Reviews
from remindr.pipeline.settle import Settled, recover
from remindr.sources.book import Book, load_book


@dataclass(frozen=True, slots=True)
class Station:
    """A project loaded at a date: what it says, what is owed, what was done."""

    root: Path
    policy: Policy
    today: date
    book: Book
    journal: Journal
    view: HistoryView
    progress: Mapping[str, Progress]
    reviews: Reviews
    reviewed: Mapping[str, Reviewed]  # what the reviews found each customer to be
    settled: tuple[Settled, ...]
    learned: Learned
    notebook: Notebook
    run_days: frozenset[date] | None  # lately; None where that does not matter, or for every day
    first_live: bool = False  # messages would leave this computer, and the journal knows of none or is not the last
    restored: Problem | None = None  # what speaks for the journal not being the one of the last run

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know of the exports."""
        return (*self.learned.warnings, *self.notes)

    @property
    def notes(self) -> tuple[str, ...]:
        """The same without what nobody can know of how customers pay."""
        back = () if self.today >= self.book.exported_on else (_as_they_are_now(self.today, self.book.exported_on),)
        return (*back, *self.book.warnings)

    def told(self, *, verbose: bool) -> tuple[str, ...]:
        """What a command says before anything else: the warnings, and with -v what else was noticed."""
        return (*self.warnings, *(self.book.asides if verbose else ()))

    @property
    def counted_until(self) -> date:
        """The day up to which payments are counted: the export's own, or T in a look back."""
        return min(self.book.exported_on, self.today)

    def facts(self, customer_id: str, history: History) -> dict[str, MetricValue]:
        """A customer's metrics with those that the journal knows."""
        window = self.policy.project.metrics.window.days
        return {**history, **journal_metrics(self.progress.get(customer_id, NO_PROGRESS), self.today, window)}

    def deciding_facts(self, classification: Classification, facts: History) -> History:
        """What the deciding review saw of a customer; `facts`, those at T, if none has decided."""
        return self.reviews.facts(classification.customer_id, classification.reviewed_on) or facts


def _as_they_are_now(today: date, exported_on: date) -> str:
    return (
        f"{today} is before the export of {exported_on}: what has no date in it (disputes, holds, balances of what is "
        "still open, details of customers) counts as it is in the export"
    )


@contextmanager
def station(
    root: Path,
    policy: Policy,
    today: date,
    *,
    writing: bool = False,
    at: str = "",
    thorough: bool = False,
    further_back: int = 0,
    also: frozenset[str] = frozenset(),
) -> Iterator[Station]:
    """The project ready to be asked.

    `writing` creates the journal and settles what a crash left behind, recorded as of the moment `at`. Only what
    decides is computed, and `also` these metrics, unless a `thorough` station is asked for: every metric, and what
    every review saw, with `further_back` more of them.
    """
    with ExitStack() as stack:
        book = stack.enter_context(load_book(root, policy.project, today=today, own=policy.columns))
        journal = stack.enter_context(open_journal(policy.project.journal_in_use, root, create=writing))
        settled = recover(journal, root, policy.project.delivery.email.outbox, at) if writing else ()
        learned = learn(book, journal, today)
        approvals = journal.approvals(today)
        promised = approved_promises(approvals)
        notebook = take_notes(root, book, journal, policy, today, learned.formerly, promised)
        reviews = Reviews(
            book.connection, policy, today, journal, keep_facts=thorough, further_back=further_back,
            broken=notebook.broken,
        )  # fmt: skip
        if thorough:
            reviews.look_all_up()
        reviewed = reviews.in_force()
        mentioned = None if thorough else mentioned_metrics(policy)
        only = None if mentioned is None else mentioned | also
        view = HistoryView(book.connection, today, HistorySettings.of(policy.project), only=only)
        window = max(RECENT_DAYS, policy.project.reminding.at_most.longest)
        known = notebook.added_to(with_ended(progress_at(journal, view, today, window=window), learned.ended))
        progress = with_approvals(known, approvals, learned.formerly)
        if channels := policy.project.reminding.at_most.by_channel:
            since = today - timedelta(max(budget.days for budget in channels.values()))
            progress = with_channels(progress, journal.channel_days(since))
        limited = policy.project.calls.capacity is not None
        run_days = journal.run_days(today - timedelta(RECENT_DAYS)) if limited else None
        restored = journal.restored()
        reaches = policy.project.delivery.reaches_customers
        first_live = reaches and (restored is not None or not journal.has_delivered(live=True))
        yield Station(
            root, policy, today, book, journal, view, progress, reviews, reviewed, settled, learned, notebook, run_days,
            first_live=first_live, restored=restored,
        )  # fmt: skip
