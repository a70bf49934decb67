"""What exports showed of one invoice, as whiles in which it was open; and how one more export changes them.

A while begins with the first export that showed the invoice open and ends with the first later one that did not.
It says the same in whichever order exports are read, so old ones can be learned long after newer ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

How = Literal["settled", "missing"]  # how a while ended: shown with nothing open, or not shown any more
Look = Literal["open", "settled", "missing"]  # how an invoice stands in one export


@dataclass(frozen=True, slots=True)
class Facts:
    """An invoice as an export showed it, in the words of the journal: ISO dates, decimal text."""

    issue_date: str
    due_date: str
    amount: str
    currency: str
    balance: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """A while in which exports showed an invoice open; `closed_on` and `how` are None while it lasts.

    Both days are equal where the invoice was settled already in the first export that could show it.
    """

    opened_on: date
    closed_on: date | None
    how: How | None
    facts: Facts

    def covers(self, day: date) -> bool:
        """Whether the invoice counts as open in an export of that day."""
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True, slots=True)
class Export:
    """The day an export is of, and those of the exports around it that are known."""

    day: date
    before: date | None = None
    after: date | None = None


def observe(known: Sequence[Sighting], export: Export, look: Look, facts: Facts) -> tuple[Sighting, ...]:
    """What is known of an invoice once an export has shown it so, oldest first."""
    around = next((one for one in known if one.covers(export.day)), None)
    if look == "open":
        gone, new = _shown_open(known, around, export, facts)
    elif around:
        gone, new = [around], _closed(around, export, look)
    else:
        gone = [one for one in known if one.closed_on == export.day and look == "settled"]
        new = [replace(one, how="settled") for one in gone]
    kept = [one for one in known if one not in gone]
    return tuple(sorted([*kept, *new], key=lambda one: one.opened_on))


def _shown_open(
    known: Sequence[Sighting], around: Sighting | None, export: Export, facts: Facts
) -> tuple[list[Sighting], list[Sighting]]:
    """The whiles that go and those that come when an invoice is shown open.

    A while beside the export is made longer. One that ended on its very day was known by another export of that day.
    """
    if around:
        return [around], [_seen_again(around, export, facts)]
    earlier = [one for one in known if one.closed_on == export.day]
    later = [one for one in known if export.after and one.opened_on == export.after]
    if later:
        new = replace(later[0], opened_on=export.day)
    else:
        new = Sighting(export.day, export.after, "missing" if export.after else None, facts)
    return [*earlier, *later], [replace(new, opened_on=min(one.opened_on for one in (*earlier, new)))]


def _seen_again(around: Sighting, export: Export, facts: Facts) -> Sighting:
    """The facts are those of the last export that showed it open."""
    later = export.after is not None and (around.closed_on is None or export.after < around.closed_on)
    return around if later else replace(around, facts=facts)


def _closed(around: Sighting, export: Export, how: How) -> list[Sighting]:
    """The while ends here; where later exports showed the invoice open again, another one begins with them."""
    ended = replace(around, closed_on=export.day, how=how)
    kept = [ended] if around.opened_on < export.day or how == "settled" else []
    if export.after and (around.closed_on is None or export.after < around.closed_on):
        return [*kept, replace(around, opened_on=export.after)]
    return kept
