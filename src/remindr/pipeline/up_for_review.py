"""Who is up for review: everybody whose segment changes or never does, with what they owe and would hear next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from remindr.core.audit import urgency
from remindr.core.blockers import AFTER_REST
from remindr.core.review import moving_day, next_review
from remindr.core.schedule import Decision, Scheduler
from remindr.model.book import Account
from remindr.model.classification import Classification
from remindr.model.policy import Override
from remindr.pipeline.audit import Audited, Auditor
from remindr.pipeline.changes import Moved, SegmentChanges, Stayed
from remindr.pipeline.plan import scheduler_of
from remindr.pipeline.remembered import NO_PROGRESS

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

_ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step that goes out next if nothing is paid, and its day."""

    step: str
    on: date


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold that leaves time to ring: its last day, and the first day after it that asks for what is overdue."""

    until: date
    silent_until: date


@dataclass(frozen=True, slots=True)
class UpForReview:
    """A customer about whom a person may decide.

    `change` is what it is about, `earlier` are moves before it; `on` is the day from which the new segment is in force,
    None where nothing changes. `before` and `after` are the next steps in either segment, None where none is known;
    `again` is the review at which a decision of today should be looked at again. `hold` is there if there is something
    to hold back.
    """

    audited: Audited
    change: Moved | Stayed
    on: date | None
    before: NextStep | None
    after: NextStep | None
    again: date
    hold: Hold | None
    earlier: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class Overridden:
    """A customer whose segment a person set, today or since the review before; `reviews` is what reviews find."""

    audited: Audited
    override: Override
    reviews: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """All who are up for review, each once: on the way, moved, or in a provisional segment for long."""

    found: SegmentChanges
    day: date
    then: date
    on_the_way: tuple[UpForReview, ...]
    moved: tuple[UpForReview, ...]
    stayed: tuple[UpForReview, ...]
    overridden: tuple[Overridden, ...]

    @property
    def everybody(self) -> tuple[UpForReview, ...]:
        """Every customer about whom a person may decide."""
        return (*self.on_the_way, *self.moved, *self.stayed)


def up_for_review(auditor: Auditor, found: SegmentChanges, only: str | None = None) -> Review:
    """The changes with all that a person needs to decide on them; the station has to be a thorough one."""
    at = auditor.at
    moves: dict[str, list[Moved]] = {}
    for move in (*found.on_the_way, *found.moved):
        moves.setdefault(move.customer.id, []).append(move)
    told = _Told(auditor, only, {*moves, *(one.customer.id for one in found.stayed)})
    heading = {one.customer.id for one in found.on_the_way}
    newest = [own for customer_id, own in moves.items() if customer_id not in heading]
    return Review(
        found,
        day=at.reviews.days[0],
        then=next_review(at.today, at.policy.project.review.every),
        on_the_way=_in_order(told.heading(moves[one.customer.id]) for one in found.on_the_way),
        moved=_in_order(map(told.moved, newest), newest_first=True),
        stayed=_in_order(map(told.stayed, found.stayed)),
        overridden=tuple(_overridden(at, told.audited.values(), found.since)),
    )


def _in_order(everybody: Iterable[UpForReview], *, newest_first: bool = False) -> tuple[UpForReview, ...]:
    """Flagged ones first, then by what is overdue; for moves each review by itself."""

    def key(one: UpForReview) -> tuple[object, ...]:
        day = -one.on.toordinal() if newest_first and one.on else 0
        return day, *urgency(one.audited.classification, one.audited.flags, one.audited.balances)

    return tuple(sorted(everybody, key=key))


def _overridden(at: "Station", everybody: Iterable[Audited], since: date) -> Iterator[Overridden]:
    overrides = at.policy.project.overrides
    for one in everybody:
        override = overrides.get(one.customer.id)
        if override is not None and (override.until is None or override.until >= since):
            reviewed = at.reviewed.get(one.customer.id)
            yield Overridden(one, override, reviewed.segment if reviewed else None)


class _Told:
    """What is known of those who are up for review."""

    def __init__(self, auditor: Auditor, only: str | None, wanted: set[str]) -> None:
        self._at = auditor.at
        kept = wanted | set(auditor.at.policy.project.overrides)
        self.audited = {one.customer.id: one for one in auditor.customers(only) if one.customer.id in kept}
        accounts = (account for account, _ in auditor.at.view.accounts())
        self._accounts = {one.customer.id: one for one in accounts if one.customer.id in wanted}
        self._scheduler = cache(self._scheduler_on)

    def heading(self, moves: list[Moved]) -> UpForReview:
        """Somebody on the way."""
        change, *earlier = moves
        project, one = self._at.policy.project, self.audited[change.customer.id]
        provisional = frozenset(segment.name for segment in project.segments if segment.provisional)
        answers = self._at.reviews.answers(change.customer.id)
        on = moving_day(answers, change.after, provisional, project.review.agree, self._at.today, project.review.every)
        before, after = self._next(one, change.before), self._next(one, change.after, on)
        first = before if before and before.on < on else after
        return self._decided(one, change, on, before, after, first, tuple(earlier))

    def moved(self, moves: list[Moved]) -> UpForReview:
        """Somebody who has moved."""
        change, *earlier = moves
        one = self.audited[change.customer.id]
        before, after = self._next(one, change.before), self._next(one, change.after)
        return self._decided(one, change, change.on, before, after, after, tuple(earlier))

    def stayed(self, change: Stayed) -> UpForReview:
        """Somebody of whom nothing more gets known."""
        one = self.audited[change.customer.id]
        now = self._next(one, change.segment)
        return self._decided(one, change, None, now, now, now)

    def _decided(
        self,
        one: Audited,
        change: Moved | Stayed,
        on: date | None,
        before: NextStep | None,
        after: NextStep | None,
        first: NextStep | None,
        earlier: tuple[Moved, ...] = (),
    ) -> UpForReview:
        again = next_review(max(on or self._at.today, self._at.today), self._at.policy.project.review.every)
        return UpForReview(one, change, on, before, after, again, self._hold(one, first), earlier)

    def _hold(self, one: Audited, first: NextStep | None) -> Hold | None:
        """Until the day before the next step; customers get some days of peace after a hold."""
        if first is None:
            return None
        until = max(self._at.today, first.on - _ONE_DAY)
        calendar = self._scheduler(self._at.today).calendar(one.customer)
        return Hold(until, max(first.on, calendar.shift(until + _ONE_DAY, AFTER_REST, working=True)))

    def _next(self, one: Audited, segment: str, day: date | None = None) -> NextStep | None:
        """What would go out next, as things stand, to a customer in this segment; from `day` on, else from T on."""
        account = self._accounts.get(one.customer.id)
        if account is None:
            return None
        day = day or self._at.today
        return _first(self._decide(account, one, replace(one.classification, segment=segment), day), day)

    def _decide(self, account: Account, one: Audited, classification: Classification, day: date) -> Decision:
        progress = self._at.progress.get(one.customer.id, NO_PROGRESS)
        if day != self._at.today:
            progress = replace(progress, noticed_today=False)
        return self._scheduler(day).decide(account, classification, one.facts, progress)

    def _scheduler_on(self, day: date) -> Scheduler:
        if day == self._at.today:
            return scheduler_of(self._at)
        return Scheduler(self._at.policy, day, unreadable=self._at.book.unreadable_customers)


def _first(decision: Decision, day: date) -> NextStep | None:
    if decision.notice is not None:
        return NextStep(decision.notice.step, day)
    dated = [NextStep(one.step or "", one.next_contact) for one in decision.skipped if one.next_contact]
    return min(dated, key=lambda one: one.on, default=None)
