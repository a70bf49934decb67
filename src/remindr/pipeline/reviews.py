"""What the reviews before T found each customer to be.

A review uses what was recorded before its day. Reviews are looked up one by one, newest first, until every
customer's segment is decided; two are enough for nearly all of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from remindr.core.mentions import deciding_metrics
from remindr.core.review import LOOKED_BACK, deciding, review_days, run_start
from remindr.core.segment import Classifier
from remindr.history.history import HistoryView
from remindr.history.metrics import METRICS
from remindr.history.settings import HistorySettings
from remindr.journal.journal import Journal
from remindr.model.classification import History, Reviewed
from remindr.model.notes import Noted
from remindr.model.policy import Policy
from remindr.pipeline.remembered import NO_PROGRESS, journal_metrics, progress_at

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OF_THE_JOURNAL = frozenset(name for name, metric in METRICS.items() if metric.scope == "journal")
_OF_REMINDERS = frozenset({"reminders_open", "reminders_90d"})


class Reviews:
    """The answers of a project's reviews up to T, each looked up when it is first asked for.

    Looking one up lays the book down as it stood then, so any other view of it has to be laid down again after.
    """

    def __init__(
        self,
        connection: "DuckDBPyConnection",
        policy: Policy,
        today: date,
        journal: Journal,
        *,
        keep_facts: bool = False,
        further_back: int = 0,
        broken: Mapping[str, Sequence[date]] = MappingProxyType({}),
        only: Sequence[str] | None = None,
    ) -> None:
        """`keep_facts` keeps what the answers rest on, and looks back all the way to tell since when.

        `further_back` more reviews are there beyond those that decide at T. `broken` are the days on which customers
        broke promises. `only` these customers are looked up, if not all.
        """
        self._connection = connection
        self._policy = policy
        self._journal = journal
        self._classifier = Classifier(policy)
        self._metrics = deciding_metrics(policy) | ({"book_days_late"} if keep_facts else frozenset())
        self._provisional = frozenset(one.name for one in policy.project.segments if one.provisional)
        self._keep_facts = keep_facts
        self._broken = broken
        self._only = only
        self._answers: list[dict[str, str]] = []  # by review, newest first
        self._facts: list[dict[str, History]] = []
        self.days = review_days(today, policy.project.review.every, LOOKED_BACK + further_back)

    def in_force(self, at: int = 0) -> dict[str, Reviewed]:
        """Customer id to what was in force from review `at` on; without those who had no invoice by then."""
        found: dict[str, Reviewed] = {}
        self._look_up_to(at + 1)
        waiting = list(self._answers[at])
        looked = LOOKED_BACK if self._keep_facts else min(self._policy.project.review.agree, LOOKED_BACK)
        reviewed = cache(Reviewed)
        while waiting:
            undecided: list[str] = []
            self._look_up_to(at + looked, waiting)
            for customer_id in waiting:
                answers = self.answers(customer_id, at, looked)
                index = deciding(answers, self._provisional, self._policy.project.review.agree)
                if index is None:
                    undecided.append(customer_id)
                else:
                    start = run_start(answers, index)
                    segment = answers[index] or ""
                    found[customer_id] = reviewed(segment, self.days[at + index], self.days[at + start])
            waiting = undecided
            looked += 1
        return found

    def look_all_up(self) -> None:
        """Looks up every review now, for there can be no look-up once the view at T is laid down."""
        self._look_up_to(len(self.days))

    def answers(self, customer_id: str, at: int = 0, count: int = LOOKED_BACK) -> list[str | None]:
        """What a customer was found to be at `count` reviews from `at` on, newest first; None before any invoice.

        Fewer where no more were looked up.
        """
        return [answers.get(customer_id) for answers in self._answers[at : at + count]]

    def facts(self, customer_id: str, day: date) -> History:
        """What a review saw of a customer, if facts are kept; empty if that day is no review or they were not there."""
        index = self.days.index(day) if day in self.days else len(self._facts)
        return self._facts[index].get(customer_id, {}) if index < len(self._facts) else {}

    def _look_up_to(self, count: int, customers: Sequence[str] | None = None) -> None:
        """Looks up so many reviews; later ones only of the customers who are still undecided, unless facts are kept."""
        all_asked = self._keep_facts or len(self._answers) < self._policy.project.review.agree
        few = self._only if all_asked or self._only else customers
        while len(self._answers) < count:
            self._look_up(self.days[len(self._answers)], few)

    def seen(self, wanted: Mapping[str, date]) -> dict[str, History]:
        """What the review of that day saw of each customer, with the book's own figure; looked up now.

        Customers whose day is no review of ours are left out.
        """
        found: dict[str, History] = {}
        for review in {*wanted.values()} & {*self.days}:
            few = [customer_id for customer_id, day in wanted.items() if day == review]
            found.update(self._facts_at(review, few, self._metrics | {"book_days_late"}))
        return found

    def _look_up(self, review: date, customers: Sequence[str] | None) -> None:
        """Adds the answers of the next older review, of these customers or all."""
        answers: dict[str, str] = {}
        kept: dict[str, History] = {}
        for customer_id, facts in self._facts_at(review, customers, self._metrics):
            answers[customer_id] = self._classifier.answer(facts)
            if self._keep_facts:
                kept[customer_id] = facts
        self._answers.append(answers)
        self._facts.append(kept)

    def _facts_at(
        self, review: date, customers: Sequence[str] | None, metrics: frozenset[str]
    ) -> Iterator[tuple[str, History]]:
        """What a review saw of these customers, or of all."""
        day = review - timedelta(1)
        settings = HistorySettings.of(self._policy.project)
        only, reminders = metrics - _OF_THE_JOURNAL, bool(metrics & _OF_REMINDERS)
        view = HistoryView(self._connection, day, settings, only=only, accounts=reminders)
        remembered = self._remembered(view, day)
        for customer_id, history in view.metrics(customers):
            yield customer_id, history if remembered is None else {**history, **remembered(customer_id)}

    def _remembered(self, view: HistoryView, day: date) -> Callable[[str], History] | None:
        """What the journal knew of a customer, if segments depend on it."""
        if not self._metrics & _OF_THE_JOURNAL:
            return None
        asked = self._metrics & _OF_REMINDERS
        progress = progress_at(self._journal, view, day) if asked else {}
        window = self._policy.project.metrics.window.days

        def known(customer_id: str) -> History:
            its = progress.get(customer_id, NO_PROGRESS)
            if broken := self._broken.get(customer_id):
                its = replace(its, noted=Noted(broken=tuple(broken)))
            return journal_metrics(its, day, window)

        return known
