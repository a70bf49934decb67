"""What the guards have against a run."""

from hashlib import blake2b

from remindr.core.calendar import Calendars
from remindr.core.guards import apart, clock, refusals, shrunk, stale, strange, untold, usual, volume
from remindr.errors import Problem, Refused
from remindr.journal.records import RunRecord
from remindr.pipeline.station import Station
from remindr.sources.book import Book
from remindr.sources.columns import TELL_WHAT_IS_OPEN

_DAYS_COMPARED = 10


def refused_by(here: Station, allowed: frozenset[str] = frozenset()) -> list[Problem]:
    """What the guards have against a run at T; empty if nothing."""
    sources = here.policy.project.sources
    calendar = Calendars(here.policy.project).home
    last = here.journal.last_run()
    found = refusals(
        (
            ("stale", stale(here.book.exported_on, here.today, sources.max_age, calendar)),
            ("stale", apart(file.exported_on for file in here.book.files)),
            ("shrunk", shrunk(invoice_rows(here.book), last.invoice_rows if last else None)),
            ("shrunk", _strange(here, last)),
            ("untold", untold(None if last is None or _tells(here) else (last.open_invoices, last.invoice_rows))),
            ("clock", clock(here.today, here.journal.highest_as_of())),
            ("restored", here.restored),
        ),
        allowed,
    )
    return list(found)


def _strange(here: Station, last: RunRecord | None) -> Problem | None:
    """What is to be said where the invoices of last time are gone, neither open nor paid."""
    compared = here.learned.compared
    if last is None or last.exported_on is None or here.today < compared.export.day:
        return None
    seen = {row[:2] for row in compared.new if row[3] is None or row[4] == "settled"}
    vanished = {one[:2] for one in compared.gone} - seen
    return strange(len(vanished), last.open_invoices, (compared.export.day - last.exported_on).days)


def unusual(here: Station, notices: int) -> Problem | None:
    """What is to be said of so many notices in one run; None if they are usual, or if none has ever gone out."""
    if not here.journal.has_delivered():
        return None
    days = here.journal.notices_by_day(here.today, _DAYS_COMPARED + 2)
    earlier = [one for one in days if one[0] < here.today] or days  # one more, for it says when the oldest begins
    if not earlier:
        return None
    return volume(notices, usual(earlier[: _DAYS_COMPARED + 1], here.today, Calendars(here.policy.project).home))


def refuse_unusual(here: Station, notices: int, allowed: frozenset[str]) -> None:
    """Refused if a run would let many more notices go than usual, and nobody allowed that."""
    if "volume" not in allowed and (problem := unusual(here, notices)):
        raise Refused(problem)


def refuse_changed(here: Station) -> None:
    """Refused if an export has changed since it was read: what it says now may be less, or that somebody has paid."""
    hint = "it was probably still being written, and nothing was sent: run again when it is complete"
    if changed := here.book.changed(here.root):
        raise Refused(Problem("the file has changed since it was read", name, hint=hint) for name in changed)


def _tells(here: Station) -> bool:
    """Whether the exports, or the project, say what is paid."""
    declared = here.policy.project.sources.columns.get("balance") == ""
    return declared or any(file.role == "payments" or TELL_WHAT_IS_OPEN & set(file.columns) for file in here.book.files)


def invoice_rows(book: Book) -> int:
    """How many rows of the invoice files could be read."""
    return sum(file.rows_read for file in book.files if file.role == "invoices")


def quarantine_mark(book: Book) -> str:
    """The same text for the same unreadable cells, wherever they stand in the file; empty when there are none."""
    cells = sorted(f"{cell.column}\0{cell.value}\0{cell.customer_id}" for cell in book.quarantined)
    return blake2b("\n".join(cells).encode(), digest_size=12).hexdigest() if cells else ""
