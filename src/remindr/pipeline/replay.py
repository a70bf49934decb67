"""The days before T, one after the other, decided as runs would have decided them: nothing is known that came later."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from remindr.core.calendar import Calendars
from remindr.core.mentions import mentioned_metrics
from remindr.core.replay import DAYS, Later, Replay
from remindr.history.history import HistoryView
from remindr.history.settings import HistorySettings
from remindr.model.classification import Reviewed
from remindr.model.outcome import AnnouncedCall, Contact, Progress
from remindr.model.plan import Notice
from remindr.pipeline.explained import after
from remindr.pipeline.plan import contacts
from remindr.pipeline.remembered import NO_PROGRESS
from remindr.pipeline.reviews import Reviews

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

_SETTLED = """
SELECT customer_id, invoice_id, coalesce(cleared_on, paid_on)
FROM invoices LEFT JOIN (SELECT customer_id, invoice_id, max(paid_on) AS paid_on FROM payments GROUP BY ALL)
    USING (customer_id, invoice_id)
WHERE kind = 'invoice' AND balance = 0 AND coalesce(cleared_on, paid_on) IS NOT NULL
"""
_DISPUTED = "SELECT customer_id, min(invoice_id) FROM invoices WHERE disputed AND balance > 0 GROUP BY 1"


def replay(at: "Station") -> Replay:
    """The contacts of the days before T with what came of them; the station's view of the book ends with it."""
    since = at.today - timedelta(DAYS)
    found, later = Replay(since, at.today - timedelta(1)), _later(at)
    for notice in contacts_since(at, since):
        found.add(notice, later)
    return found


def _later(at: "Station") -> Later:
    connection = at.book.connection
    settled = {(row[0], row[1]): row[2] for row in connection.execute(_SETTLED).fetchall()}
    return Later(settled, dict(connection.execute(_DISPUTED).fetchall()))


def contacts_since(at: "Station", since: date) -> Iterator[Notice]:
    """Every reminder, and call that one announced, from a day up to the one before T, as if none had been before."""
    past = _Past(at)
    for day in _sending_days(at, since):
        notices = list(contacts(past.on(day)))
        past.remember(notices)
        yield from notices


def _sending_days(at: "Station", since: date) -> Iterator[date]:
    """The days on which anything can go out: those of the company, whose holidays may not be everybody's."""
    calendar = Calendars(at.policy.project).home
    days = (since + timedelta(ahead) for ahead in range((at.today - since).days))
    yield from (day for day in days if calendar.is_sending_day(day))


class _Past:
    """The station on earlier days, with what was said until then."""

    def __init__(self, at: "Station") -> None:
        self._at = at
        self._only = mentioned_metrics(at.policy)
        self._settings = HistorySettings.of(at.policy.project)
        self._reviewed: tuple[date, dict[str, Reviewed]] | None = None  # by the newest review
        self._said: dict[str, Progress] = {}

    def on(self, day: date) -> "Station":
        """The station as of a day; those of other days end with it."""
        connection = self._at.book.connection
        reviewed = self._reviewed_by(day)
        view = HistoryView(connection, day, self._settings, only=self._only)
        progress = self._progress(view)
        return replace(self._at, today=day, view=view, reviewed=reviewed, progress=progress, run_days=None)

    def _reviewed_by(self, day: date) -> dict[str, Reviewed]:
        reviews = Reviews(self._at.book.connection, self._at.policy, day, self._at.journal)
        if self._reviewed is None or self._reviewed[0] != reviews.days[0]:
            self._reviewed = reviews.days[0], reviews.in_force()
        return self._reviewed[1]

    def _progress(self, view: HistoryView) -> dict[str, Progress]:
        """What was said about what is open, as the journal would know it."""
        about: dict[str, dict[str, tuple[Contact, ...]]] = {customer_id: {} for customer_id in self._said}
        for customer_id, invoice_id in view.open_items():
            said = self._said.get(customer_id, NO_PROGRESS).contacts.get(invoice_id)
            if said:
                about[customer_id][invoice_id] = said
        return {
            customer_id: Progress(
                about[customer_id], said.overdue_contact_days, announced=_still(said.announced, about[customer_id])
            )
            for customer_id, said in self._said.items()
        }

    def remember(self, notices: Iterable[Notice]) -> None:
        """Takes down what went out."""
        for notice in notices:
            known = self._said.get(notice.customer.id, NO_PROGRESS)
            said = after(notice, known) if notice.purpose == "reminder" else known
            to_come = [call for call in known.announced if notice.channels[0] != "call" or call.on > notice.as_of]
            announced = tuple(sorted([*to_come, *_announced(notice)], key=attrgetter("on")))
            self._said[notice.customer.id] = replace(said, announced=announced)


def _announced(notice: Notice) -> Iterator[AnnouncedCall]:
    numbers = tuple(line.invoice.id for line in notice.asked)
    for one in notice.follow_ups:
        yield AnnouncedCall(one.key, one.on, notice.as_of, notice.sequence, one.step, numbers)


def _still(announced: Iterable[AnnouncedCall], about: Container[str]) -> tuple[AnnouncedCall, ...]:
    """The calls of which something is still open; payment cancels the others."""
    left = (replace(call, invoices=tuple(filter(about.__contains__, call.invoices))) for call in announced)
    return tuple(call for call in left if call.invoices)
