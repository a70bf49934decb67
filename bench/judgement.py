"""Measures how well segments and risk_score tell later lateness, on the past that an invoice export holds.

    python bench/judgement.py INVOICES.csv --from 2012-09-01 --to 2013-10-01

The starter's segments are judged at every review in that time, with nothing known that came later. Each customer
counts once per cut, by the mean days late of the invoices that are unpaid at the cut and fall due in the next 90 days
(days late as in the metrics: 0 to 90, an unpaid one at its age when the export ends). AUC is the chance that of two
customers of one cut the one who pays more than 7 days late afterwards has the worse answer, ties counting half,
pooled over cuts (Hanley and McNeil, Radiology 143, 1982).
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean

from remindr.core.segment import Classifier
from remindr.history.history import HistoryView
from remindr.history.settings import HistorySettings
from remindr.journal.database import open_journal
from remindr.model.classification import Reviewed
from remindr.model.policy import Policy
from remindr.pipeline.reviews import Reviews
from remindr.project.load import load_policy
from remindr.sources.book import Book, load_book

LATE = 7  # days; whoever pays later than this on average turned out late
AHEAD = 90  # days
BACK_AND_FORTH = 30  # days within which a change must not be undone
ORDER = {"reliable": 0, "new": 1, "slow": 2, "problem": 3}

_LATER = f"""
SELECT customer_id, avg(least(greatest(coalesce(cleared_on, $end) - due_date, 0), 90))
FROM invoices WHERE kind = 'invoice' AND due_date > $cut AND due_date <= $cut + {AHEAD}
AND (cleared_on IS NULL OR cleared_on > $cut) GROUP BY customer_id
"""


@dataclass(frozen=True)
class Judged:
    """One customer at one cut: what was said, and how late the next invoices were."""

    segment: str
    risk_score: float
    later: float


def cuts(first: date, last: date) -> Iterator[date]:
    """The first of every month from `first` to `last`."""
    day = first
    while day <= last:
        yield day
        day = (day.replace(day=1) + timedelta(32)).replace(day=1)


class Days:
    """The segments of a book on any day, as a run on that day would have them."""

    def __init__(self, book: Book, policy: Policy) -> None:
        self._book = book
        self._policy = policy
        self._classifier = Classifier(policy)
        self._newest: dict[date, dict[str, Reviewed]] = {}  # what reviews found holds until the next one

    def segments(self, day: date) -> dict[str, str]:
        """Customer id to segment."""
        reviewed = self._reviewed(day)
        view = HistoryView(self._book.connection, day, HistorySettings.of(self._policy.project))
        return {
            customer_id: self._classifier.classify(customer_id, history, day, reviewed.get(customer_id)).segment
            for customer_id, history in view.metrics()
        }

    def _reviewed(self, day: date) -> dict[str, Reviewed]:
        with open_journal(":memory:", Path(), create=False) as journal:
            reviews = Reviews(self._book.connection, self._policy, day, journal)
            if reviews.days[0] not in self._newest:
                self._newest[reviews.days[0]] = reviews.in_force()
        return self._newest[reviews.days[0]]


def judged_at(book: Book, policy: Policy, days: Days, cut: date) -> Iterator[Judged]:
    """Every customer with something to come after the cut."""
    later = dict(book.connection.execute(_LATER, {"cut": cut, "end": book.exported_on}).fetchall())
    segments = days.segments(cut)
    view = HistoryView(book.connection, cut, HistorySettings.of(policy.project))
    for customer, history in view.histories():
        if customer.id in later and customer.id in segments:
            risk_score = float(str(history["risk_score"]))
            yield Judged(segments[customer.id], risk_score, later[customer.id])


def auc(pairs: Iterable[tuple[float, bool]]) -> float:
    """The chance that a late one scores higher than one in time; ties count half."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    for score, late in pairs:
        scores[late].append(score)
    wins = sum((a > b) + (a == b) / 2 for a in scores[True] for b in scores[False])
    return wins / (len(scores[True]) * len(scores[False]))


@dataclass(frozen=True)
class Changes:
    """How restless segments are, a customer-month being a customer seen for a month."""

    changes: int
    customer_months: float
    undone: int

    @property
    def rate(self) -> float:
        return self.changes / self.customer_months


def changes_between(days: Days, first: date, last: date) -> Changes:
    """What a run on every single day would have seen change."""
    seen: dict[str, list[tuple[date, str]]] = defaultdict(list)
    customer_days = 0
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        segments = days.segments(day)
        customer_days += len(segments)
        for customer_id, segment in segments.items():
            if not seen[customer_id] or seen[customer_id][-1][1] != segment:
                seen[customer_id].append((day, segment))
    undone = sum(
        before == after and (back - away).days <= BACK_AND_FORTH
        for runs in seen.values()
        for (_, before), (away, _), (back, after) in zip(runs, runs[1:], runs[2:], strict=False)
    )
    changes = sum(len(runs) - 1 for runs in seen.values())
    return Changes(changes, customer_days / (365.25 / 12), undone)


def tell(judged: Sequence[Judged], changes: Changes) -> None:
    """The figures, a line each."""
    groups: Mapping[str, list[float]] = defaultdict(list)
    for one in judged:
        groups[one.segment].append(one.later)
    print(f"customers at cuts                       {len(judged)}")
    by_segment = auc((ORDER[one.segment], one.later > LATE) for one in judged)
    print(f"AUC of more than {LATE} days late: segments   {by_segment:.3f}")
    print(
        f"AUC of more than {LATE} days late: risk_score {auc((one.risk_score, one.later > LATE) for one in judged):.3f}"
    )
    for segment in ORDER:
        if later := groups.get(segment):
            share = len(later) / len(judged)
            print(f"later days late, {segment:10}              {fmean(later):6.2f}  ({share:.0%} of the customers)")
    print(f"changes per customer and month          {changes.rate:.2%} ({changes.changes} changes)")
    print(f"undone within {BACK_AND_FORTH} days                   {changes.undone}")


def start_project(folder: Path, export: Path, currency: str) -> None:
    """The starter set on the export."""
    program = [sys.executable, "-m", "remindr", "init", str(folder)]
    company = ["--name", "Harbour & Finch", "--email", "accounts@harbourfinch.example", "--currency", currency]
    subprocess.run([*program, *company], check=True, stdout=subprocess.DEVNULL)
    settings = folder / "remindr.yaml"
    settings.write_text(re.sub("(?m)^  customers:.*\n", "", settings.read_text()))
    (folder / "exports" / f"invoices{export.suffix}").symlink_to(export.resolve())


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how well segments tell later lateness.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="DATE")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True, metavar="DATE")
    parser.add_argument("--currency", default="USD")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start_project(Path(folder), given.export, given.currency)
        policy = load_policy(Path(folder)).policy
        with load_book(Path(folder), policy.project, today=given.last, own=policy.columns) as book:
            days = Days(book, policy)
            judged = [one for cut in cuts(given.first, given.last) for one in judged_at(book, policy, days, cut)]
            tell(judged, changes_between(days, given.first, given.last))


if __name__ == "__main__":
    main()
