"""`remindr segment --changes`: who moved, who is on the way, who stays provisional for long."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from remindr.cli.shapes import Change, ChangesDocument, StayedCustomer
from remindr.cli.terminal import iso, plural, tell, tell_wrapped
from remindr.cli.views import because
from remindr.core.explain import decision_words
from remindr.core.told import day_words
from remindr.pipeline.changes import Moved, SegmentChanges, Stayed

if TYPE_CHECKING:
    from remindr.model.policy import Policy

SHOWN = 20
_Entry = TypeVar("_Entry", Moved, Stayed)


def tell_changes(found: SegmentChanges, policy: "Policy", *, verbose: bool) -> None:
    """The three lists, each with the numbers that decided."""
    currency = policy.project.company.currency

    def move(one: Moved) -> tuple[str, str]:
        link = " on" if one.on and one.on <= found.today else ", next review"
        when = "" if one.on is None else f"{link} {day_words(one.on)}"
        told = decision_words(one.after, one.evidence, one.facts, currency)
        return f"{one.customer.id}  {one.customer.name}: {one.before} → {one.after}{when}", told

    def stay(one: Stayed) -> tuple[str, str]:
        told = decision_words(one.segment, one.evidence, one.facts, currency)
        return f"{one.customer.id}  {one.customer.name}: {one.segment} {stayed_words(one)}", told

    since = day_words(found.since)
    _tell(f"{plural(len(found.moved), 'customer')} moved since the review of {since}", found.moved, move, verbose)
    tell()
    title = f"{plural(len(found.on_the_way), 'customer')} on the way: talk to them before the tone changes"
    _tell(title, found.on_the_way, move, verbose)
    tell()
    title = f"{plural(len(found.stayed), 'customer')} in a provisional segment for over six months, without a history"
    _tell(title, found.stayed, stay, verbose)


def stayed_words(one: Stayed) -> str:
    """`since 1 May 2026 or longer`."""
    return f"since {day_words(one.since)} or longer"


def _tell(title: str, entries: Sequence[_Entry], words: Callable[[_Entry], tuple[str, str]], verbose: bool) -> None:
    tell_wrapped(f"{title}{':' if entries else '.'}", rest="")
    shown = entries if verbose else entries[:SHOWN]
    for one in shown:
        head, told = words(one)
        tell_wrapped(head, first="  ", rest="      ")
        tell_wrapped(told, first="      ", rest="      ")
    if len(shown) < len(entries):
        tell(f"  and {len(entries) - len(shown):,} more: remindr segment --changes -v lists them all")


def changes_document(found: SegmentChanges) -> ChangesDocument:
    """`segment --changes --json`"""
    return {
        "schema": "remindr.changes/1",
        "as_of": found.today.isoformat(),
        "since": found.since.isoformat(),
        "moved": [_change(one) for one in found.moved],
        "on_the_way": [_change(one) for one in found.on_the_way],
        "stayed": [_stayed(one) for one in found.stayed],
    }


def _change(one: Moved) -> Change:
    return {
        "customer_id": one.customer.id,
        "customer_name": one.customer.name,
        "from_segment": one.before,
        "to_segment": one.after,
        "on": iso(one.on),
        "because": [because(test) for test in one.evidence],
    }


def _stayed(one: Stayed) -> StayedCustomer:
    return {
        "customer_id": one.customer.id,
        "customer_name": one.customer.name,
        "segment": one.segment,
        "since": one.since.isoformat(),
        "because": [because(test) for test in one.evidence],
    }
