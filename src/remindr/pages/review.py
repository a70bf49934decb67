"""One self-contained page for a review: whose segment changes, why, and a decision on each, without a script.

Everything is text as people read it; the page only lays it out.
"""

from typing import TypedDict

from remindr.pages.frame import rendered


class ReviewCard(TypedDict):
    """A customer on the page, with the three decisions there are.

    `after` is empty for one who stays where they are. `lines` are those of an override, `place` is where they belong;
    `command` is empty where there is nothing to hold back.
    """

    id: str
    name: str
    before: str
    after: str
    when: str
    why: str
    owes: str
    sequence: str
    flags: list[str]
    earlier: list[str]
    leave: str
    override: str
    place: str
    lines: str
    call: str
    command: str


class ReviewPart(TypedDict):
    """Customers under one title; `about` is what there is to say of all of them."""

    title: str
    about: str
    cards: list[ReviewCard]


class MoveRow(TypedDict):
    """Customers who go the same way, added up. Sums are texts, one for each currency."""

    before: str
    after: str
    when: str
    customers: int
    open: list[str]
    overdue: list[str]


class OverrideRow(TypedDict):
    """A customer whose segment a person set."""

    id: str
    name: str
    segment: str
    until: str
    reason: str
    reviews: str


class ReviewDocument(TypedDict):
    """The whole page."""

    company: str
    title: str
    lead: list[str]
    notes: list[str]
    moves: list[MoveRow]
    parts: list[ReviewPart]
    overrides: list[OverrideRow]


def review_html(document: ReviewDocument) -> str:
    """The page."""
    return rendered("review", page=document)
