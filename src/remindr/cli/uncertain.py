"""`remindr uncertain`: messages of which nobody knows whether they went out, and a person's word on them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.note import By, refuse_future, user_name
from remindr.cli.options import AsJson, AsOf, Directory, Quiet
from remindr.cli.terminal import confirmed, plural, say, tell, tell_json, tell_table
from remindr.errors import DataError, Exit, ProjectError

if TYPE_CHECKING:
    from remindr.cli.shapes import UncertainDocument
    from remindr.journal.uncertain import InDoubt

Sent = Annotated[
    list[str] | None,
    typer.Option("--sent", metavar="NOTICE|RUN", help="It went out: the next step comes in its time. Or 'all'."),
]
Resend = Annotated[
    list[str] | None,
    typer.Option(
        "--resend", metavar="NOTICE|RUN", help="It did not go out: the next run writes it again, if it is still due."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def main(
    sent: Sent = None,
    resend: Resend = None,
    by: By = None,
    yes: Yes = False,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """List messages of which nobody knows whether they went out, or settle them.

    remindr sends none of them again by itself. Look into the mailbox's sent items or the mail server's log, then say
    what you found: --sent or --resend. What is sent again has the same Message-ID, by which mail programs know it.
    """
    from remindr.cli.session import locked, open_session
    from remindr.journal.database import open_journal
    from remindr.journal.records import moment
    from remindr.pipeline.doubtful import Said, meant, settle_doubts
    from remindr.pipeline.settle import recover

    session = open_session(directory, as_of)
    refuse_future(session)
    project = session.policy.project
    if not (sent or resend):
        with open_journal(project.journal_in_use, session.root, create=False) as journal:
            found, unfinished = journal.in_doubt(), journal.unfinished()
        if unfinished:
            run_id = unfinished[-1].run_id
            say(f"note: run {run_id} is at work, or broke off; the next remindr run says what became of its messages")
        _tell(found, json=json, quiet=quiet or bool(unfinished))
        return Exit.DONE
    if set(sent or ()) & set(resend or ()):
        raise ProjectError("one message cannot be both --sent and --resend")
    at = moment(session.now)
    with (
        locked(session, "uncertain"),
        open_journal(project.journal_in_use, session.root, create=True) as journal,
    ):
        for settled in recover(journal, session.root, project.delivery.email.outbox, at):
            say(f"note: {settled.told}")
        found = journal.in_doubt()
        words = {True: sent or [], False: resend or []}
        chosen = {
            went: [one for word in its for one in (found if word == "all" else meant(found, word))]
            for went, its in words.items()
        }
        again = plural(len(chosen[False]), "message")
        if chosen[False] and not yes and not confirmed(f"Send {again} again, which may be there already?"):
            raise DataError("nothing was settled", hint="remindr run asks nobody again; --yes here does not ask either")
        for went, its in chosen.items():
            settle_doubts(journal, its, Said(went, by or user_name()), at=at)
        left = journal.in_doubt()
    if json:
        tell_json(_document(left))
    elif not quiet:
        _tell_settled(len(chosen[True]), len(chosen[False]), len(left))
    return Exit.DONE


def _tell_settled(sent: int, again: int, left: int) -> None:
    if sent:
        tell(f"{plural(sent, 'message')} went out: the next step comes in its time.")
    if again:
        tell(f"{plural(again, 'message')} did not go out: the next remindr run writes what is still due.")
    if left:
        tell(f"{plural(left, 'message')} still in doubt: remindr uncertain")


def _tell(found: "list[InDoubt]", *, json: bool, quiet: bool) -> None:
    if json:
        tell_json(_document(found))
        return
    if not found:
        if not quiet:
            tell("Nothing is in doubt: of every message it is known whether it went out.")
        return
    tell(
        f"{plural(len(found), 'message')} of which nobody knows whether {'it' if len(found) == 1 else 'they'} went out:"
    )
    rows = [
        (f"{one.on}", one.key if one.alone else one.run_id, one.customer_id, f"{one.sequence}/{one.step}",
         ", ".join(one.channels), ", ".join(one.invoices))
        for one in found
    ]  # fmt: skip
    tell_table(("date", "notice", "customer", "step", "by", "invoices"), rows)
    tell("Look whether it is among what was sent, then: remindr uncertain --sent NOTICE, or --resend NOTICE.")


def _document(found: "list[InDoubt]") -> "UncertainDocument":
    """`uncertain --json`"""
    return {
        "schema": "remindr.uncertain/1",
        "notices": [
            {
                "key": one.key,
                "run_id": one.run_id,
                "customer_id": one.customer_id,
                "as_of": one.on.isoformat(),
                "sequence": one.sequence,
                "step": one.step,
                "channels": list(one.channels),
                "invoices": list(one.invoices),
            }
            for one in found
        ],
    }
