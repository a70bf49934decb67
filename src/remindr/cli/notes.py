"""`remindr notes`: sheets of notes as people keep them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, Directory, Quiet
from remindr.cli.terminal import plural, tell, tell_json, tell_unreadable
from remindr.errors import DataError, Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remindr.cli.shapes import ImportedDocument
    from remindr.model.book import Quarantined
    from remindr.model.notes import Note

app = typer.Typer(
    name="notes", help="Take over notes that are kept in a sheet.", no_args_is_help=True, rich_markup_mode=None
)
File = Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or XLSX file.")]


@app.callback()
def _notes() -> None:
    """Take over notes that are kept in a sheet."""


@app.command(name="import")
def take_over(
    file: File, directory: Directory = Path(), as_of: AsOf = None, json: AsJson = False, quiet: Quiet = False
) -> int:
    """Take the notes of a sheet into the journal, once.

    Columns: Date, Customer, Invoice, Kind, Until, Amount, Text, By. Importing a sheet twice changes nothing; rows that
    cannot be read are told and the others taken. A sheet that you go on keeping belongs under 'sources: notes:'.
    """
    from remindr.cli.session import locked, open_session
    from remindr.journal.database import open_journal
    from remindr.journal.records import moment
    from remindr.pipeline.notes import completed, date_order, notes_of
    from remindr.pipeline.station import station
    from remindr.sources.notes import sheet_of

    check_file(file)
    session = open_session(directory, as_of)
    project = session.policy.project
    with locked(session, "notes"):
        with station(session.root, session.policy, session.today) as at:
            sheet = sheet_of(file, str(file), project, date_order(project, at.book))
            read, aside = notes_of(sheet, at.book, project.company.currency, "import")
            notes = completed(read, at.book)
        with open_journal(project.journal_in_use, session.root, create=True) as journal:
            stored = journal.note(notes, at=moment(session.now))
    return tell_imported(stored, len(notes) - len(stored), aside, as_json=json, quiet=quiet)


def check_file(file: Path) -> None:
    """DataError if there is no such file."""
    if not file.is_file():
        raise DataError(f"there is no file '{file}'", hint="name the CSV or XLSX file that was filled in")


def tell_imported(
    stored: "Sequence[Note]", known: int, aside: "Sequence[Quarantined]", *, as_json: bool, quiet: bool
) -> Exit:
    """Tells what an import took and what it could not read; returns how the command ends."""
    if as_json:
        tell_json(_document(stored, known, aside))
    elif not quiet or aside:
        _tell_taken(stored, known, aside)
    return Exit.PARTIAL if aside else Exit.DONE


def _document(stored: "Sequence[Note]", known: int, aside: "Sequence[Quarantined]") -> "ImportedDocument":
    """`notes import --json` and `calls import --json`"""
    from remindr.cli.views import quarantined_cell

    return {
        "schema": "remindr.imported/1",
        "recorded": len(stored),
        "known": known,
        "unreadable": [quarantined_cell(cell) for cell in aside],
    }


def _tell_taken(stored: "Sequence[Note]", known: int, aside: "Sequence[Quarantined]") -> None:
    """What an import took, and what it could not read."""
    from remindr.cli.note import about
    from remindr.core.noted import note_words

    before = f", {known:,} known before" if known else ""
    tell(f"{plural(len(stored), 'note')} recorded{before}.")
    for note in stored:
        tell(f"  {note.number}: {about(note)}, {note_words(note)}{_only_about(note)}")
    if aside:
        tell(f"{plural(len(aside), 'row')} could not be read; mend and import the file again:")
        tell_unreadable(aside)


def _only_about(note: "Note") -> str:
    """What a promise is about, because nothing else rests for it; empty for other notes."""
    from remindr.core.told import shortlist

    about = shortlist(list(note.covers))
    return f"; it is about {about} only: their other invoices are asked for as before" if about else ""
