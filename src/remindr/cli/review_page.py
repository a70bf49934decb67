"""`remindr segment --changes --html`: the review as one page, with a decision on each customer that needs no click."""

from collections.abc import Iterable, Iterator
from shlex import quote
from typing import TYPE_CHECKING

from remindr.cli.page_views import sums_text
from remindr.cli.preview_page import private_words, put, show_page
from remindr.cli.segment_changes import stayed_words
from remindr.cli.terminal import plural, tell
from remindr.core.audit import Balances, Totals
from remindr.core.explain import decision_words
from remindr.core.told import day_words, money_words
from remindr.pages.review import MoveRow, OverrideRow, ReviewCard, ReviewDocument, ReviewPart, review_html
from remindr.pipeline.audit import Auditor
from remindr.pipeline.changes import Moved, SegmentChanges, Stayed
from remindr.pipeline.up_for_review import NextStep, Overridden, Review, UpForReview, up_for_review
from remindr.project.yaml import as_scalar

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

_STAYS = "stays"


def write_review(at: "Station", found: SegmentChanges, only: str | None, file: str, *, show: bool, quiet: bool) -> None:
    """Writes the page to a file or to stdout, and shows it if asked to."""
    path = put(file, review_html(review_document(at, found, only)))
    if path and not quiet:
        tell(f"{file}: {_counted(found)}. {private_words()}")
    if path and show:
        show_page(path)


def review_document(at: "Station", found: SegmentChanges, only: str | None = None) -> ReviewDocument:
    """Everything on the page."""
    auditor = Auditor(at)
    review = up_for_review(auditor, found, only)
    return {
        "company": at.policy.project.company.name,
        "title": f"Review of {day_words(review.day)}",
        "lead": list(_lead(at, review)),
        "notes": list(at.warnings),
        "moves": list(_moves(review)),
        "parts": list(_parts(auditor, review)),
        "overrides": [_override_row(one) for one in review.overridden],
    }


def _counted(found: SegmentChanges) -> str:
    moved = plural(len(found.moved), "customer")
    return (
        f"{moved} moved, {len(found.on_the_way):,} on the way, {len(found.stayed):,} in a provisional segment for long"
    )


def _lead(at: "Station", review: Review) -> Iterator[str]:
    yield f"{_counted(review.found)}."
    if review.everybody:
        totals = _added_up(review.everybody)
        yield f"Together they owe {_owed(totals.balances)}."
    since, then = day_words(review.found.since), day_words(review.then)
    yield (
        f"As of {day_words(at.today, weekday=True)}, compared with the review of {since}; payments are counted up to "
        f"{day_words(at.counted_until)}. The next review is on {then}."
    )


def _added_up(everybody: Iterable[UpForReview]) -> Totals:
    totals = Totals()
    for one in everybody:
        totals.add(one.audited.facts, one.audited.balances)
    return totals


def _moves(review: Review) -> Iterator[MoveRow]:
    """Who goes the same way, added up, each customer once."""
    rows: dict[tuple[str, str, str], list[UpForReview]] = {}
    parts = (("on the way", review.on_the_way), ("moved", review.moved), (_STAYS, review.stayed))
    for when, everybody in parts:
        for one in everybody:
            rows.setdefault((*_from_to(one.change), when), []).append(one)
    for (before, after, when), same in rows.items():
        balances = _added_up(same).balances
        yield {
            "before": before,
            "after": after or before,
            "when": when,
            "customers": len(same),
            "open": [money_words(one.open, currency) for currency, one in sorted(balances.items()) if one.open],
            "overdue": [
                money_words(one.overdue, currency) for currency, one in sorted(balances.items()) if one.overdue
            ],
        }


def _from_to(change: Moved | Stayed) -> tuple[str, str]:
    return (change.before, change.after) if isinstance(change, Moved) else (change.segment, "")


def _parts(auditor: Auditor, review: Review) -> Iterator[ReviewPart]:
    cards = _Cards(auditor, review)
    since = day_words(review.found.since)
    yield from _part(
        "On the way", "Talk to them before the tone changes.", [cards.on_the_way(one) for one in review.on_the_way]
    )
    twice = len(review.found.moved) - len(review.moved)
    again = " Whoever moved more than once, or is on the way again, stands here once." if twice else ""
    yield from _part(
        "Moved",
        f"Since the review of {since}; newest first, then by what is overdue.{again}",
        [cards.moved(one) for one in review.moved],
    )
    about = (
        "Too little is known of them, and nothing more seems to come. Do the exports lack the days on which they paid?"
    )
    yield from _part(
        "In a provisional segment for over six months", about, [cards.stayed(one) for one in review.stayed]
    )


def _part(title: str, about: str, cards: list[ReviewCard]) -> Iterator[ReviewPart]:
    if cards:
        yield {"title": title, "about": about, "cards": cards}


class _Cards:
    """Puts those who are up for review into words."""

    def __init__(self, auditor: Auditor, review: Review) -> None:
        self._auditor = auditor
        self._policy = auditor.at.policy
        self._today = auditor.at.today
        self._then = review.then
        self._currency = self._policy.project.company.currency

    def on_the_way(self, one: UpForReview) -> ReviewCard:
        """Somebody whom a review to come moves, if it finds the same as today."""
        before, _ = _from_to(one.change)
        day, then = day_words(one.on or self._then), day_words(self._then)
        reviews = "that review finds" if one.on == self._then else f"the reviews from {then} until then find"
        told = f"Nothing to do: it happens by itself on {day}, if {reviews} the same as today."
        since = one.audited.classification.since
        known = f"; {before} since {day_words(since)}" if since else ""
        sequence = self._both(one, "Now", f"From {day} on")
        kept = f"They stay in '{before}' until {day_words(one.again)}, the review after the move."
        return self._card(
            one, when=f"from {day} on{known}", sequence=sequence, leave=told, override=kept, segment=before
        )

    def moved(self, one: UpForReview) -> ReviewCard:
        """Somebody whom a review has moved."""
        before, after = _from_to(one.change)
        day = day_words(one.on or self._today)
        told = f"Nothing to do: it happened by itself on {day}, and '{after}' holds until reviews find otherwise."
        kept = f"They go back to '{before}' until {day_words(one.again)}, the next review."
        sequence = self._both(one, "Before", "Now", would=True)
        return self._card(one, when=f"since {day}", sequence=sequence, leave=told, override=kept, segment=before)

    def stayed(self, one: UpForReview) -> ReviewCard:
        """Somebody of whom too little is known."""
        change = one.change
        assert isinstance(change, Stayed)  # noqa: S101  # what the part is made of
        others = [segment.name for segment in self._policy.project.segments if segment.name != change.segment]
        names = others or [change.segment]
        chosen = f"the segment that you choose ({', '.join(names)})"
        told = f"Nothing to do: they stay in '{change.segment}' until more is known of how they pay."
        kept = f"They go to {chosen} until {day_words(one.again)}, the next review."
        sequence = f"{self._sequence(change.segment)}{_step(one, one.before)}."
        return self._card(
            one, when=stayed_words(change), sequence=sequence, leave=told, override=kept, segment=names[-1]
        )

    def _card(
        self, one: UpForReview, *, when: str, sequence: str, leave: str, override: str, segment: str
    ) -> ReviewCard:
        before, after = _from_to(one.change)
        customer, change = one.audited.customer, one.change
        return {
            "id": customer.id,
            "name": customer.name,
            "before": before,
            "after": after,
            "when": when,
            "why": decision_words(after or before, change.evidence, change.facts, self._currency),
            "owes": _owed(one.audited.balances),
            "sequence": sequence,
            "flags": [f"{name}: {self._auditor.flag_words(one.audited, name)}" for name in one.audited.flags],
            "earlier": [f"{move.before} → {move.after} on {day_words(move.on or self._today)}" for move in one.earlier],
            "leave": leave,
            "override": override,
            "place": self._place(customer.id),
            "lines": _lines(customer.id, segment, one),
            "call": _call(one),
            "command": _command(one),
        }

    def _both(self, one: UpForReview, now: str, then: str, *, would: bool = False) -> str:
        """What they hear in either segment; in the first one they `would`, if they were still in it."""
        before, after = _from_to(one.change)
        first, second = self._sequence(before), self._sequence(after)
        if first == second:
            return f"{first} in both segments{_step(one, one.after)}."
        if one.audited.balances and (one.before or one.after):
            return f"{now} {first}{_step(one, one.before, would=would)}. {then} {second}{_step(one, one.after)}."
        return f"{now} {first}, {then[0].lower()}{then[1:]} {second}{_step(one, None)}."

    def _sequence(self, segment: str) -> str:
        names = sorted(self._policy.segment(segment).sequence_names)
        return f"{' or '.join(map(repr, names))} ({self._policy.sequence_of(segment).tone})"

    def _place(self, customer_id: str) -> str:
        if place := self._policy.place("overrides", customer_id):
            return f"In place of what stands for them at {place}."
        if self._policy.project.overrides:
            return "Below 'overrides:' in remindr.yaml."
        return "In remindr.yaml, below the line 'overrides:', which has to be added once."


def _step(one: UpForReview, step: NextStep | None, *, would: bool = False) -> str:
    if step is not None:
        named = f"the step '{step.step}'" if step.step else "a step"
        return f", where {named} {'would be' if would else 'is'} next, on {day_words(step.on)}"
    return ", and no step is next as things stand" if one.audited.balances else "; nothing is open, so nothing goes out"


def _owed(balances: Balances) -> str:
    """`120.00 GBP + 80.00 EUR open, 80.00 EUR overdue`."""
    open_ = sums_text((currency, one.open) for currency, one in balances.items() if one.open)
    overdue = sums_text((currency, one.overdue) for currency, one in balances.items() if one.overdue)
    return f"{open_} open, {overdue or 'none'} overdue" if open_ else "nothing"


def _lines(customer_id: str, segment: str, one: UpForReview) -> str:
    """The entry below `overrides:`; an empty reason is refused, so nobody forgets it."""
    return (
        f"  {as_scalar(customer_id)}:\n    segment: {segment}\n"
        f'    reason: ""  # why, in your words\n    until: {one.again}'
    )


def _call(one: UpForReview) -> str:
    if one.hold is None:
        return "Ring when it suits: as things stand nothing goes out that would have to be held back."
    until, silent = day_words(one.hold.until), day_words(one.hold.silent_until, weekday=True)
    return f"Ring by {until}; with this hold nothing overdue is asked for before {silent}."


def _command(one: UpForReview) -> str:
    if one.hold is None:
        return ""
    before, after = _from_to(one.change)
    why = f"{before} to {after}" if after else f"{before} for long"
    return f'remindr note {quote(one.audited.customer.id)} hold --until {one.hold.until} --text "call first: {why}"'


def _override_row(one: Overridden) -> OverrideRow:
    return {
        "id": one.audited.customer.id,
        "name": one.audited.customer.name,
        "segment": one.override.segment,
        "until": day_words(one.override.until) if one.override.until else "no end",
        "reason": one.override.reason,
        "reviews": one.reviews or "nothing yet",
    }
