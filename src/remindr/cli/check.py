"""`remindr check`: are the project's files right, and how were the exports read?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from remindr.cli.options import AsJson, AsOf, Directory, Quiet, Verbose
from remindr.cli.terminal import plural, say, tell, tell_json
from remindr.errors import Exit

if TYPE_CHECKING:
    from remindr.model.policy import Project
    from remindr.sources.book import Book
    from remindr.sources.lookalikes import LookAlikes
    from remindr.sources.quality import Quality

MOST_ALIKE = 10
MOST_LINES = 20


def main(
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Check the project's files and the exports."""
    from remindr.cli.check_views import tell_exports
    from remindr.cli.session import open_session
    from remindr.core.audit import METRICS
    from remindr.pipeline.attachments import told_of_missing
    from remindr.pipeline.crowding import audit_of, crowding
    from remindr.pipeline.station import station
    from remindr.project.aliases import unborne_aliases
    from remindr.project.correspondents import unknown_owners, unknown_roles
    from remindr.project.currencies import currencies_not_held
    from remindr.sources.lookalikes import look_alikes
    from remindr.sources.quality import quality

    session = open_session(directory, as_of, thorough=True)
    with station(session.root, session.policy, session.today, also=METRICS) as at:
        book, notes, project = at.book, at.told(verbose=True), session.policy.project
        unborne = unborne_aliases(session.document, book.unborne_aliases, _called(book))
        unheld = currencies_not_held(session.document, project, _currencies(book))
        strange = unknown_owners(session.document, project, _owners(book)) if project.owners else ()
        nobodys = unknown_roles(session.document, project, _roles(book, project))
        lacking = told_of_missing(at)
        without = [session.document.problem(("delivery", "email", "attach"), lacking, key=True)] if lacking else []
        warnings = (*session.warnings, *unborne, *unheld, *strange, *nobodys, *without, *crowding(at, audit_of(at)))
        alike = look_alikes(book.connection, most=MOST_ALIKE)
        terms = project.sources.terms
        found = quality(book, terms=terms.days if terms else None, learned=at.learned.warnings)
        if json:
            tell_json(_document(warnings, book, found, notes, alike))
            return Exit.DONE
        for warning in warnings:
            say(f"warning: {warning}")
        if not quiet:
            tell(f"{session.root.name}: {plural(len(project.segments), 'segment')}, "
                 f"{plural(len(session.policy.sequences), 'sequence')}, "
                 f"{plural(len(session.policy.templates), 'template')}: no mistakes found")  # fmt: skip
            tell_exports(book, found, (*at.notes, *book.asides), verbose=verbose)
            _tell_alike(alike)
    return Exit.DONE


def _currencies(book: "Book") -> list[str]:
    """The currencies in which something is open."""
    query = "SELECT DISTINCT currency FROM invoices WHERE kind = 'invoice' AND balance > 0"
    return [currency for (currency,) in book.connection.execute(query).fetchall()]


def _owners(book: "Book") -> list[tuple[str, int]]:
    """Every account owner with the number of customers, those with most customers first."""
    query = "SELECT owner, count(*) FROM customers WHERE owner IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
    return book.connection.execute(query).fetchall()


def _roles(book: "Book", project: "Project") -> list[str]:
    """Every role that somebody in the customers' export has; none where no column of it says roles."""
    if not (project.contacts and project.contacts.role):
        return []
    return [role for (role,) in book.connection.execute("SELECT role FROM roles").fetchall()]


def _called(book: "Book") -> Iterator[str]:
    """Every number and name in the book."""
    for customer in book.connection.execute("SELECT customer_id, name FROM customers").fetchall():
        yield from customer


def _document(
    warnings: tuple[object, ...], book: "Book", found: "Quality", notes: tuple[str, ...], alike: "LookAlikes"
) -> object:
    from remindr.cli.check_views import file_document, quality_document

    return {
        "schema": "remindr.check/1",
        "warnings": [str(warning) for warning in warnings] + list(notes),
        "exported_on": book.exported_on.isoformat(),
        "files": [file_document(file) for file in book.files],
        **quality_document(found),
        "quarantined": [
            {"file": cell.file, "row": cell.row, "column": cell.column, "value": cell.value, "reason": cell.reason}
            for cell in book.quarantined
        ],
        "look_alikes": [
            {
                "kind": one.kind,
                "number": one.number or None,
                "names": list(one.names),
                "customers": [{"customer_id": number, "name": name} for number, name in one.customers],
                "aliases": {one.aliases[0]: list(one.aliases[1])},
            }
            for one in alike.shown
        ],
        "more_look_alikes": alike.more,
    }


def _tell_alike(alike: "LookAlikes") -> None:
    """Who may be somebody else, each with the lines that would say so."""
    from remindr.project.yaml import as_scalar
    from remindr.sources.lookalikes import told

    if not alike.shown:
        return
    tell()
    tell("Who may be one customer; if they are, copy the lines below 'aliases:' in remindr.yaml:")
    for one in alike.shown:
        customer, others = one.aliases
        tell()
        tell(f"note: {told(one)}")
        tell(f"  {as_scalar(customer)}:")
        for other in others[:MOST_LINES]:
            tell(f"    - {as_scalar(other)}")
        if len(others) > MOST_LINES:
            tell(f"    # and {len(others) - MOST_LINES} more")
    if alike.more:
        tell()
        tell(f"… and {plural(alike.more, 'more pair or group', 'more pairs or groups')} like these")
