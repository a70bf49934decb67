"""`remindr check`: are the project's files right, and how were the exports read?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from remindr.cli.options import AsJson, AsOf, Directory, Quiet, Verbose
from remindr.cli.terminal import plural, say, tell, tell_json, tell_unreadable
from remindr.errors import Exit

if TYPE_CHECKING:
    from remindr.sources.book import Book, SourceFile
    from remindr.sources.lookalikes import LookAlikes

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
    from remindr.cli.session import open_session
    from remindr.core.audit import METRICS
    from remindr.pipeline.crowding import audit_of, crowding
    from remindr.pipeline.station import station
    from remindr.project.aliases import unborne_aliases
    from remindr.sources.lookalikes import look_alikes

    session = open_session(directory, as_of, thorough=True)
    with station(session.root, session.policy, session.today, also=METRICS) as at:
        book, notes, project = at.book, at.warnings, session.policy.project
        unborne = unborne_aliases(session.document, book.unborne_aliases, _called(book))
        warnings = (*session.warnings, *unborne, *crowding(at, audit_of(at)))
        alike = look_alikes(book.connection, most=MOST_ALIKE)
        if json:
            tell_json(_document(warnings, book, notes, alike))
            return Exit.DONE
        for warning in warnings:
            say(f"warning: {warning}")
        if not quiet:
            tell(f"{session.root.name}: {plural(len(project.segments), 'segment')}, "
                 f"{plural(len(session.policy.sequences), 'sequence')}, "
                 f"{plural(len(session.policy.templates), 'template')}: no mistakes found")  # fmt: skip
            _tell_book(book, notes, verbose=verbose)
            _tell_alike(alike)
    return Exit.DONE


def _called(book: "Book") -> Iterator[str]:
    """Every number and name in the book."""
    for customer in book.connection.execute("SELECT customer_id, name FROM customers").fetchall():
        yield from customer


def _document(warnings: tuple[object, ...], book: "Book", notes: tuple[str, ...], alike: "LookAlikes") -> object:
    return {
        "schema": "remindr.check/1",
        "warnings": [str(warning) for warning in warnings] + list(notes),
        "exported_on": book.exported_on.isoformat(),
        "files": [
            {
                "role": file.role,
                "file": file.name,
                "exported_on": file.exported_on.isoformat(),
                "encoding": file.encoding,
                "delimiter": file.delimiter,
                "header_row": file.header_row,
                "format": file.profile.name or None,
                "columns": dict(file.columns),
                "rows_read": file.rows_read,
                "rows_folded": file.rows_folded,
                "rows_quarantined": file.rows_quarantined,
                "rows_ignored": file.rows_ignored,
            }
            for file in book.files
        ],
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


def _tell_book(book: "Book", notes: tuple[str, ...], *, verbose: bool) -> None:
    for file in book.files:
        tell()
        tell(f"{file.name} ({file.role}), exported on {file.exported_on}")
        for line in (*_format(file), _dialect(file), _rows(file)):
            tell(f"  {line}")
        tell("  columns: " + ", ".join(f"{field} ← {header}" for field, header in file.columns.items()))
    for warning in notes:
        tell()
        tell(f"note: {warning}")
    if book.quarantined:
        tell()
        shown = book.quarantined if verbose else book.quarantined[:20]
        tell_unreadable(shown)
        if len(shown) < len(book.quarantined):
            tell(f"… and {len(book.quarantined) - len(shown)} more: remindr check -v lists them all")


def _format(file: "SourceFile") -> Iterator[str]:
    """What the file looks like, and what people who use this export should know."""
    profile = file.profile
    if not profile.name:
        yield "no known package's export; its columns are told by their headers"
        return
    untried = "; not yet proved on a real file" if profile.experimental else ""
    yield f"looks like {profile.title} ({file.headers_known} of {len(profile.known)} columns){untried}"
    if profile.note:
        yield profile.note


def _rows(file: "SourceFile") -> str:
    folded = f" ({file.rows_folded:,} of them further rows of an invoice)" if file.rows_folded else ""
    return (
        f"{plural(file.rows_read, 'row')} read{folded}, {file.rows_quarantined} could not be read, "
        f"{file.rows_ignored} blank, title or total rows passed over"
    )


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


def _dialect(file: "SourceFile") -> str:
    found = [f"{file.encoding}, columns separated by {_DELIMITERS.get(file.delimiter, repr(file.delimiter))}"]
    found.append(f"headers in row {file.header_row}")
    if file.date_order:
        found.append(f"dates {file.date_order}")
    if file.decimal_mark:
        found.append(f"decimal {file.decimal_mark}")
    return ", ".join(found)


_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
