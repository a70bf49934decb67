"""`remindr forget`: delete what names a customer, and keep what stops anybody from being reminded twice."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, Directory, Quiet, Yes
from remindr.cli.terminal import confirmed, plural, say, tell, tell_json
from remindr.errors import DataError, Exit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from remindr.cli.shapes import ForgottenDocument
    from remindr.pipeline.forgetting import Forgotten

Who = Annotated[str, typer.Argument(metavar="CUSTOMER", help="A number, a name, or a part of one that fits only one.")]


def main(who: Who, yes: Yes = False, directory: Directory = Path(), json: AsJson = False, quiet: Quiet = False) -> int:
    """Delete what names a customer: messages in the outbox, texts of notes and approvals, marks of addresses.

    Numbers, days, amounts and steps stay, so that nobody is reminded twice. Exports and a sheet of notes are yours.
    """
    from remindr.cli.session import locked, open_session
    from remindr.journal.records import moment
    from remindr.pipeline.forgetting import forget, ids_meant

    session = open_session(directory, None)
    with locked(session, "forget"):
        customer_id, every = ids_meant(session.root, session.policy, session.today, who)
        if not yes and not confirmed(f"Delete all messages to customer {customer_id}, and every text about them?"):
            raise DataError("nothing was deleted")
        done = forget(session.root, session.policy, every, moment(session.now))
    for settled in done.settled:
        say(f"note: {settled.told}")
    if json:
        tell_json(_document(customer_id, every, done))
    elif not quiet:
        tell(
            f"Forgot customer {customer_id}: {plural(done.messages, 'message')} deleted, "
            f"{plural(done.texts, 'text')} emptied. Numbers, days and steps stay, so nobody is reminded twice."
        )
    for path in done.unread:
        say(f"note: {path} was saved in another way, and cannot be searched: look for customer {customer_id} in it")
    return Exit.DONE


def _document(customer_id: str, every: "Iterable[str]", done: "Forgotten") -> "ForgottenDocument":
    """`forget --json`"""
    return {
        "schema": "remindr.forgotten/1",
        "customer_id": customer_id,
        "formerly": sorted(set(every) - {customer_id}),
        "messages": done.messages,
        "texts": done.texts,
        "not_searched": list(done.unread),
    }
