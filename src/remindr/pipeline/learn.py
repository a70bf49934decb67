"""Between loading and history: what exports do not say is learned from how they differ.

The export at hand is compared with what earlier ones showed. Looking is free; only `remember` writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date

from remindr.core.sightings import Export, Sighting, observe
from remindr.history.observed import Key, Observed
from remindr.journal.journal import Journal
from remindr.journal.sightings import SEPARATOR, ExportSeen, Row
from remindr.model.plan import Flag
from remindr.sources.book import Book

_KNOWN_ENOUGH_DAYS = 90  # exports that reach back so far have shown how most customers pay


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known beyond the book, and what the journal does not know yet of its export.

    `dated` and `vanished` count the invoices that
    were settled on an observed day, in the export and gone from it; `undated` those of the export still without.
    """

    export: Export
    flags: Mapping[str, tuple[Flag, ...]]
    warnings: tuple[str, ...]
    dated: int
    vanished: int
    undated: int
    observed: Observed
    gone: tuple[tuple[str, str, str], ...]
    new: tuple[Row, ...]
    renamed: tuple[Row, ...]
    is_new: bool


def learn(book: Book, journal: Journal, today: date) -> Learned:
    """Completes the book's invoices as of `today` by what other exports showed."""
    exports = journal.exports()
    export = around(book.invoices_of, exports)
    observed = Observed(book.connection, export, book.unreadable_customers)
    lacks_dates = observed.lacks_dates
    observed.recall(journal.sightings(closed_since=None if lacks_dates else export.day), journal.identities())
    renamed = observed.rename() if exports else []
    gone, new = _changes(observed, export)
    observed.correct(gone, [SEPARATOR.join(cell or "" for cell in row) for row in new])
    undated = observed.undated
    dated, vanished = observed.date_settlements(sorted({*exports, export.day}), today)
    journal.know_formerly(_formerly(observed))
    since = min(exports, default=export.day)
    lacking = lacks_dates and (today - since).days < _KNOWN_ENOUGH_DAYS
    return Learned(
        export=export,
        flags=_flags(observed, export.day),
        warnings=(_unknown(book, since),) if lacking else (),
        dated=dated,
        vanished=vanished,
        undated=undated - dated,
        observed=observed,
        gone=gone,
        new=new,
        renamed=tuple((*row, export.day.isoformat()) for row in renamed),
        is_new=export.day not in exports,
    )


def around(day: date, exports: Iterable[date]) -> Export:
    """An export's day between those of its neighbours."""
    others = [*exports]
    return Export(
        day,
        max((other for other in others if other < day), default=None),
        min((other for other in others if other > day), default=None),
    )


def remember(learned: Learned, journal: Journal, *, at: str) -> None:
    """Records what an export showed; nothing is written for one that shows what is known."""
    new = (*learned.new, *learned.observed.new_rows())
    if learned.is_new or learned.gone or new or learned.renamed:
        seen = ExportSeen(learned.export.day, learned.observed.open_invoices(), learned.gone, new, learned.renamed)
        journal.remember(seen, at=at)


def _changes(observed: Observed, export: Export) -> tuple[tuple[tuple[str, str, str], ...], tuple[Row, ...]]:
    """Sightings that go, by key and first day, and rows of those that come."""
    gone: list[tuple[str, str, str]] = []
    new: list[Row] = []
    for key, look, facts, known in observed.compare():
        then = observe(known, export, look, facts)
        gone += [(*key, one.opened_on.isoformat()) for one in known if one not in then]
        new += [_row(key, one) for one in then if one not in known]
    return tuple(gone), tuple(new)


def _row(key: Key, one: Sighting) -> Row:
    closed_on = one.closed_on and one.closed_on.isoformat()
    return (*key, one.opened_on.isoformat(), closed_on, one.how, *astuple(one.facts))


def _formerly(observed: Observed) -> dict[Key, tuple[Key, ...]]:
    found: dict[Key, tuple[Key, ...]] = {}
    for *now, customer_id, invoice_id in observed.former_ids():
        key = (now[0], now[1])
        found[key] = (*found.get(key, ()), (customer_id, invoice_id))
    return found


def _flags(observed: Observed, day: date) -> dict[str, tuple[Flag, ...]]:
    """One flag for each invoice that this export gave another id, by customer."""
    flags: dict[str, list[Flag]] = defaultdict(list)
    for customer_id, invoice_id, first_customer_id, first_invoice_id in observed.renamed_on(day):
        was = first_invoice_id if customer_id == first_customer_id else f"{first_invoice_id} of {first_customer_id}"
        detail = f"was {was} until now; what was said about it counts on"
        flags[customer_id].append(Flag("identity_changed", customer_id, detail, invoice_id))
    return {customer_id: tuple(its_flags) for customer_id, its_flags in flags.items()}


def _unknown(book: Book, since: date) -> str:
    """What is said while nobody can know how customers pay."""
    name = next(file.name for file in book.files if file.role == "invoices")
    return (
        f"{name}: no dates of payment, so how late customers pay is unknown and they count as new until it is learned "
        f"from their exports (known since {since}): remindr learn old-exports/*.csv"
    )
