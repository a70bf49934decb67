"""What the guards have against a run."""

from hashlib import blake2b

from remindr.core.calendar import Calendars
from remindr.core.guards import apart, clock, refusals, shrunk, stale, untold
from remindr.errors import Problem
from remindr.pipeline.station import Station
from remindr.sources.book import Book
from remindr.sources.columns import TELL_WHAT_IS_OPEN


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
            ("untold", untold(None if last is None or _tells(here) else (last.open_invoices, last.invoice_rows))),
            ("clock", clock(here.today, here.journal.highest_as_of())),
        ),
        allowed,
    )
    return list(found)


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
