"""Segments that do not tell the book's customers apart: nobody reaches them, or nearly everybody does."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from remindr.core.audit import Audit, habits
from remindr.errors import Problem
from remindr.history.history import CUSTOMERS_TO_COMPARE, PAID_TO_BE_TYPICAL
from remindr.pipeline.audit import Auditor

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

_MOST = 0.6  # of the overdue customers in one segment, beyond which the sequences hardly differ
_FEW = 5  # overdue customers of whom no share is worth a word


def audit_of(at: "Station") -> Audit:
    """The book added up. The station has to know the metrics that an audit needs."""
    audit = Audit((segment.name for segment in at.policy.project.segments), paid=PAID_TO_BE_TYPICAL)
    for one in Auditor(at).customers():
        audit.add(one.classification, one.facts, one.balances)
    return audit


def crowding(at: "Station", audit: Audit) -> Iterator[Problem]:
    """What the book says about the segments, each at its place; nothing while too few customers can be compared."""
    if audit.compared < CUSTOMERS_TO_COMPARE:
        return
    for index, (name, totals) in enumerate(audit.segments.items()):
        file, _, line = at.policy.place("segments", index).partition(":")
        if not totals.customers:
            what, hint = f"no customer is in the segment '{name}' now", "does its rule ask for too much?"
            yield Problem(what, file or None, int(line) if line else None, hint=f"{hint} {habits(audit)}")
        share = totals.overdue / max(audit.all.overdue, 1)
        if share > _MOST and audit.all.overdue >= _FEW:
            what = f"segment '{name}' holds {totals.overdue:,} of {audit.all.overdue:,} overdue customers ({share:.0%})"
            hint = f"limits between these numbers would tell them apart: {habits(audit)}"
            yield Problem(what, file or None, int(line) if line else None, hint=hint)
