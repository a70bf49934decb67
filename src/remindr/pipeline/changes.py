"""Who moved from one segment to another at which review, who is on the way, and who stays provisional for long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from remindr.core.decided import decisive
from remindr.core.review import review_days
from remindr.core.rules import Facts
from remindr.model.book import Customer
from remindr.model.classification import Classification, Evidence
from remindr.model.policy import Every
from remindr.pipeline.plan import segments

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

LONG_MONTHS = 6  # in a provisional segment, after which somebody should ask why nothing more is known
_MOST_REVIEWS = 60  # that changes look back over


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer whose segment another review changed, or may change: `on` is its day, `facts` are what it saw."""

    customer: Customer
    before: str
    after: str
    on: date | None
    evidence: tuple[Evidence, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Stayed:
    """A customer who has been in a provisional segment since `since`."""

    customer: Customer
    segment: str
    since: date
    evidence: tuple[Evidence, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class SegmentChanges:
    """All changes after `since` up to `today`, newest first, and what is about to change or never does."""

    since: date
    today: date
    moved: tuple[Moved, ...]
    on_the_way: tuple[Moved, ...]
    stayed: tuple[Stayed, ...]


def reviews_back(every: Every, today: date, since: date | None) -> int:
    """How many reviews before the newest one have to be known to tell the changes after `since`."""
    days = review_days(today, every, _MOST_REVIEWS)
    if since is None:
        return 1
    return next((index for index, day in enumerate(days) if day <= since), _MOST_REVIEWS - 1)


def changes(at: "Station", only: str | None, back: int) -> SegmentChanges:
    """The changes of the last `back` reviews, of all customers or only one; the station has to know that many more."""
    people = {customer.id: (customer, facts, found) for customer, facts, found in segments(at, only)}
    moved = tuple(move for index in range(back) for move in _moved(at, people, index))
    return SegmentChanges(
        at.reviews.days[back], at.today, moved, tuple(_on_the_way(at, people)), tuple(_stayed(at, people))
    )


_People = Mapping[str, tuple[Customer, Facts, Classification]]


def _moved(at: "Station", people: _People, index: int) -> Iterator[Moved]:
    """Everybody whose segment is another one from this review on."""
    before, day = at.reviews.in_force(index + 1), at.reviews.days[index]
    for customer_id, found in sorted(at.reviews.in_force(index).items()):
        earlier = before.get(customer_id)
        if earlier is None or earlier.segment == found.segment or customer_id not in people:
            continue
        if people[customer_id][2].override is not None:
            continue
        facts = at.reviews.facts(customer_id, found.on)
        tests = decisive(at.policy.project, found.segment, facts)
        yield Moved(people[customer_id][0], earlier.segment, found.segment, day, tests, facts)


def _on_the_way(at: "Station", people: _People) -> Iterator[Moved]:
    for customer, facts, found in people.values():
        if found.moving_to is not None:
            tests = decisive(at.policy.project, found.moving_to, facts)
            yield Moved(customer, found.segment, found.moving_to, found.next_review, tests, facts)


def _stayed(at: "Station", people: _People) -> Iterator[Stayed]:
    provisional = {segment.name for segment in at.policy.project.segments if segment.provisional}
    long_ago = review_days(at.today, "month", LONG_MONTHS + 1)[-1]
    for customer, facts, found in people.values():
        lasting = found.since is not None and found.since <= long_ago and found.moving_to is None
        if found.segment in provisional and lasting and found.override is None and found.since:
            yield Stayed(customer, found.segment, found.since, decisive(at.policy.project, found.segment, facts), facts)
