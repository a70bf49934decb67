"""`remindr discard`: take back what a run wrote and nobody has passed on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, By, Directory, Quiet, Text, Yes
from remindr.cli.terminal import confirmed, message_words, plural, tell, tell_json
from remindr.errors import DataError, Exit

if TYPE_CHECKING:
    from remindr.cli.shapes import DiscardedDocument
    from remindr.pipeline.discarding import Taken

What = Annotated[
    str,
    typer.Argument(
        metavar="RUN|NOTICE", help="A run such as 2026-11-20-1; or one notice: its key, or its file in the outbox."
    ),
]


def main(
    what: What,
    text: Text = "",
    by: By = None,
    yes: Yes = False,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Take back what a run wrote, if nobody has passed it on.

    The files move to outbox/discarded, the steps count as not taken, and the next run decides anew.
    """
    from remindr.cli.session import open_session, refuse_future, settled_journal, user_name
    from remindr.journal.records import moment
    from remindr.pipeline.discarding import discard, to_discard

    session = open_session(directory, as_of)
    refuse_future(session)
    folder = session.policy.project.delivery.email.outbox
    at, outbox, said = moment(session.now), session.root / folder, " ".join(text.split())
    with settled_journal(session, "discard") as journal:
        taken = to_discard(journal, outbox, what)
        if not yes and not confirmed(f"Take back {_words(taken)}, and count their steps as not taken?"):
            raise DataError("nothing was taken back")
        place = discard(journal, outbox, taken, on=session.today, by=by or user_name(), text=said, at=at)
    moved = f"{folder}/{place.relative_to(outbox).as_posix()}"
    if json:
        tell_json(_document(taken, moved))
    elif not quiet:
        tell(f"Took back {_words(taken)}; the files are in {moved}.")
        tell("The next run decides anew and writes them again, unless something changes: remindr note WHO hold.")
    return Exit.DONE


def _words(taken: "Taken") -> str:
    """`run 2026-11-20-1: 12 e-mails and 2 calls to 13 customers`."""
    name = f"run {taken.run_id}" if taken.whole else f"step '{taken.notices[0].step}' of run {taken.run_id}"
    return f"{name}: {message_words(taken.by_channel)} to {plural(taken.customers, 'customer')}"


def _document(taken: "Taken", moved: str) -> "DiscardedDocument":
    """`discard --json`"""
    return {
        "schema": "remindr.discarded/1",
        "run_id": taken.run_id,
        "whole": taken.whole,
        "moved_to": moved,
        "notices": [
            {
                "key": one.key,
                "customer_id": one.customer_id,
                "as_of": one.as_of.isoformat(),
                "purpose": one.purpose,
                "step": one.step,
                "channels": list(one.channels),
            }
            for one in taken.notices
        ],
    }
