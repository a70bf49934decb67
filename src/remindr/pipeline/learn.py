"""Between loading and history: what exports do not say is learned from how they differ.

The export at hand is compared with what earlier ones showed. Looking is free; only `remember` writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta

from remindr.core.rests import Rest, RestChanges, RestKey, ended
from remindr.core.rests import observe as observe_rests
from remindr.core.sightings import Export, Sighting, observe
from remindr.history.observed import Settlements
from remindr.history.shown import Key, Shown
from remindr.journal.journal import Journal
from remindr.journal.sightings import SEPARATOR, Began, ExportSeen, Row
from remindr.model.outcome import Ended
from remindr.model.plan import Flag
from remindr.sources.book import Book

_ENDED_LATELY = timedelta(days=60)  # what ended before that holds nothing up any more
_KNOWN_ENOUGH_DAYS = 90  # exports that reach back so far have shown how most customers pay

_RENAMED_LATELY = timedelta(days=30)  # in which somebody will object, if ever
_RESTING = """
SELECT customer_id, invoice_id, unnest(list_filter([
    CASE WHEN disputed THEN 'dispute' END, CASE WHEN hold IS NOT NULL THEN 'hold' END], lambda it: it IS NOT NULL))
FROM invoices WHERE kind = 'invoice' AND balance > 0 AND (disputed OR hold IS NOT NULL)
UNION ALL SELECT customer_id, '', 'hold' FROM customers WHERE hold IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """A book beside what the journal remembers: sightings that go and those that come, invoices with another id."""

    export: Export
    exports: tuple[date, ...]  # all that are known, this one included
    is_new: bool
    shown: Shown
    settlements: Settlements
    gone: tuple[Began, ...]
    new: tuple[Row, ...]
    renamed: tuple[Row, ...]
    rests: tuple[Rest, ...]  # disputes and holds that last or ended lately, this export's included
    rest_changes: RestChanges


@dataclass(frozen=True, slots=True)
class Learned:
    """What is known beyond the book: flags by customer, what rests no more, and what a person should know."""

    compared: Compared
    flags: Mapping[str, tuple[Flag, ...]]
    ended: Mapping[str, Mapping[str, Ended]]  # by customer and invoice
    warnings: tuple[str, ...]
    formerly: Mapping[Key, Sequence[Key]]  # other ids of the book's invoices


def learn(book: Book, journal: Journal, today: date) -> Learned:
    """Completes the book's invoices as of `today` by what other exports showed."""
    compared = compare(book, journal)
    undated, since = compared.settlements.mostly_undated, compared.exports[0]
    compared.settlements.date(compared.exports, today)
    formerly = _formerly(compared.shown)
    journal.know_formerly(formerly)
    unknown = undated and (today - since).days < _KNOWN_ENOUGH_DAYS
    return Learned(
        compared,
        _flags(compared.shown, compared.export.day),
        ended(compared.rests, today),
        (_lateness_unknown(book, since),) if unknown else (),
        formerly,
    )


def compare(book: Book, journal: Journal) -> Compared:
    """The book's invoices beside what earlier exports showed."""
    exports = journal.exports()
    export = around(book.invoices_of, exports)
    shown, settlements = Shown(book.connection, export, book.unreadable_customers), Settlements(book.connection)
    closed_since = None if settlements.lacking else export.day
    shown.recall(journal.sightings(closed_since=closed_since), journal.identities())
    renamed = shown.rename()
    gone, new = _changes(shown, export)
    shown.correct(gone, [SEPARATOR.join(cell or "" for cell in row) for row in new])
    return Compared(
        export,
        tuple(sorted({*exports, export.day})),
        export.day not in exports,
        shown,
        settlements,
        gone,
        (*new, *settlements.at_first_sight(export)),
        tuple((*row, export.day.isoformat()) for row in renamed),
        *_rests(book, journal, export),
    )


def _rests(book: Book, journal: Journal, export: Export) -> tuple[tuple[Rest, ...], RestChanges]:
    """Disputes and holds once this export has shown its own, and what it changes: nothing if there is a newer one."""
    known = journal.rests(ended_since=export.day - _ENDED_LATELY)
    if export.after is not None:
        return tuple(known), RestChanges()
    shown = {RestKey(*row) for row in book.connection.execute(_RESTING).fetchall()}
    customers_of = max(export.day, book.customers_of)
    changes = observe_rests(known, shown, export.day, customers_of=customers_of, unseen=book.unreadable_customers)
    gone = set(changes.gone)
    return (*(rest for rest in known if rest not in gone), *changes.new), changes


def around(day: date, exports: Iterable[date]) -> Export:
    """An export's day between those of its neighbours."""
    others = [*exports]
    return Export(
        day,
        max((other for other in others if other < day), default=None),
        min((other for other in others if other > day), default=None),
    )


def remember(compared: Compared, journal: Journal, *, at: str) -> None:
    """Records what an export showed; nothing is written for one that shows what is known."""
    new = [*compared.new, *compared.shown.unknown()]
    if compared.is_new or compared.gone or new or compared.renamed or compared.rest_changes:
        shown_open = compared.shown.open_invoices()
        seen = ExportSeen(compared.export.day, shown_open, compared.gone, new, compared.renamed, compared.rest_changes)
        journal.remember(seen, at=at)


def _changes(shown: Shown, export: Export) -> tuple[tuple[Began, ...], list[Row]]:
    """Sightings that go, by key and first day, and rows of those that come."""
    gone: list[Began] = []
    new: list[Row] = []
    for key, look, facts, known in shown.differing():
        then = observe(known, export, look, facts)
        gone += [(*key, one.opened_on.isoformat()) for one in known if one not in then]
        new += [_row(key, one) for one in then if one not in known]
    return tuple(gone), new


def _row(key: Key, one: Sighting) -> Row:
    closed_on = one.closed_on and one.closed_on.isoformat()
    return (*key, one.opened_on.isoformat(), closed_on, one.how, *astuple(one.facts))


def _formerly(shown: Shown) -> dict[Key, Sequence[Key]]:
    found: dict[Key, list[Key]] = defaultdict(list)
    for customer_id, invoice_id, *former in shown.former_ids():
        found[customer_id, invoice_id].append((former[0], former[1]))
    return dict(found)


def _flags(shown: Shown, day: date) -> dict[str, tuple[Flag, ...]]:
    """One flag for each open invoice that got another id lately, by customer."""
    flags: dict[str, list[Flag]] = defaultdict(list)
    for customer_id, invoice_id, first_customer_id, first_invoice_id, since in shown.renamed(day - _RENAMED_LATELY):
        was = first_invoice_id if customer_id == first_customer_id else f"{first_invoice_id} of {first_customer_id}"
        detail = f"was {was} until {since}; what was said about it counts on"
        flags[customer_id].append(Flag("identity_changed", customer_id, detail, invoice_id))
    return {customer_id: tuple(its_flags) for customer_id, its_flags in flags.items()}


def _lateness_unknown(book: Book, since: date) -> str:
    """What is said while nobody can know how customers pay."""
    name = next(file.name for file in book.files if file.role == "invoices")
    return (
        f"{name}: no dates of payment, so how late customers pay is unknown and they count as new until it is learned "
        f"from their exports (known since {since}): remindr learn old-exports/*.csv"
    )
