"""`remindr learn`: reads old exports, so that how customers pay is known from the first day."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, Directory, Quiet, Verbose
from remindr.cli.terminal import iso, plural, tell, tell_json, tell_table
from remindr.errors import Exit

if TYPE_CHECKING:
    from remindr.cli.shapes import LearnedDocument
    from remindr.pipeline.backfill import Backfill

Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Old invoice exports: files, folders or patterns.")]


def main(
    files: Files,
    directory: Directory = Path(),
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Learn from old exports when invoices were settled.

    For exports that have no dates of payment: an invoice open in one export and settled or gone in the next was
    settled in between. Each file needs a day of its own, best in its name. Learning twice changes nothing.
    """
    from remindr.cli.session import open_session, tell_warnings
    from remindr.journal.records import moment
    from remindr.pipeline.backfill import find_exports, learn_exports

    session = open_session(directory, None)
    found = find_exports(session.root, session.policy.project, files)
    learned = learn_exports(session.root, session.policy, found, session.today, at=moment(session.now))
    tell_warnings(learned.notes, quiet=quiet or json)
    if json:
        tell_json(_document(learned))
    elif not quiet:
        _tell(learned, verbose=verbose)
    return Exit.DONE


def _document(learned: "Backfill") -> "LearnedDocument":
    known = learned.remembered
    return {
        "schema": "remindr.learned/1",
        "exports": [
            {"file": one.file, "exported_on": one.day.isoformat(), "open": one.open_invoices} for one in learned.exports
        ],
        "since": iso(known.since),
        "until": iso(known.until),
        "invoices": known.invoices,
        "settlements_observed": known.settled,
        "missing_once": known.missing,
        "undated": learned.undated,
    }


def _tell(learned: "Backfill", *, verbose: bool) -> None:
    known, days = learned.remembered, [one.day for one in learned.exports]
    tell(f"Learned {plural(len(days), 'export')} from {min(days)} to {max(days)}.")
    tell(
        f"The journal knows {plural(known.exports, 'export')} from {known.since} to {known.until}: "
        f"{plural(known.invoices, 'invoice')} seen, {plural(known.settled, 'settlement')} observed."
    )
    if learned.undated:
        were = "invoice was" if learned.undated == 1 else "invoices were"
        tell(f"Still unknown: when {learned.undated:,} settled {were} settled; that was before they were seen open.")
    if known.missing:
        them = "it" if known.missing == 1 else "them"
        gone = plural(known.missing, "invoice")
        tell(f"{gone} gone from the newest export: settled if the next one is without {them}, too.")
    if verbose:
        tell_table(
            ("export", "file", "open", "renamed"),
            [(one.day, one.file, one.open_invoices, one.renamed) for one in learned.exports],
            right=("open", "renamed"),
        )
