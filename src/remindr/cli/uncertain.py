"""`remindr uncertain`: messages of which nobody knows whether they went out, and a person's word on them."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, By, Directory, Quiet, Verbose, Yes
from remindr.cli.terminal import confirmed, message_words, plural, say, tell, tell_json, tell_table
from remindr.errors import DataError, Exit, ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from remindr.channels.kept import Kept
    from remindr.cli.session import Session
    from remindr.cli.shapes import NoticeInDoubt, UncertainDocument
    from remindr.journal.uncertain import InDoubt

    Doubt = tuple[InDoubt, Kept | None]  # with the e-mail as the outbox still has it

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
_SHOWN = 10  # notices or runs, unless all are asked for


def main(
    sent: Sent = None,
    resend: Resend = None,
    by: By = None,
    yes: Yes = False,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """List messages of which nobody knows whether they went out, or settle them.

    remindr sends none of them again by itself. Look into the mailbox's sent items or the mail server's log, then say
    what you found: --sent or --resend. What is sent again has the same Message-ID, by which mail programs know it.
    """
    from remindr.cli.session import open_session, refuse_future

    session = open_session(directory, as_of)
    refuse_future(session)
    if set(sent or ()) & set(resend or ()):
        raise ProjectError("one message cannot be both --sent and --resend")
    if not (sent or resend):
        found, unfinished = _listed(session)
        if found and not json:
            _tell(_looked_up(session, found), session.policy.project.delivery.email.outbox, in_full=verbose)
        elif not (json or quiet or unfinished):
            tell("Nothing is in doubt: of every message it is known whether it went out.")
    else:
        went, again, found = _settled(session, sent or [], resend or [], by, yes=yes)
        if not (json or quiet):
            _tell_settled(went, again, len(found))
    if json:
        tell_json(_document(_looked_up(session, found)))
    return Exit.DONE


def _listed(session: "Session") -> "tuple[Sequence[InDoubt], bool]":
    """What is in doubt, and whether a run has not come to its end."""
    from remindr.journal.database import open_journal

    with open_journal(session.policy.project.journal_in_use, session.root, create=False) as journal:
        found, unfinished = journal.in_doubt(), journal.unfinished()
    if unfinished:
        run_id = unfinished[-1].run_id
        say(f"note: run {run_id} is at work, or broke off; the next remindr run says what became of its messages")
    return found, bool(unfinished)


def _settled(
    session: "Session", sent: Sequence[str], resend: Sequence[str], by: str | None, *, yes: bool
) -> "tuple[int, int, Sequence[InDoubt]]":
    """How many went out by a person's word, how many did not, and what is still in doubt."""
    from remindr.cli.session import settled_journal, user_name
    from remindr.journal.records import moment
    from remindr.pipeline.doubtful import Said, meant, settle_doubts

    with settled_journal(session, "uncertain") as journal:
        found = journal.in_doubt()

        def named(words: Sequence[str]) -> "list[InDoubt]":
            return [one for word in words for one in (found if word == "all" else meant(found, word))]

        went, again = named(sent), named(resend)
        question = f"Send {plural(len(again), 'message')} again, which may be there already?"
        if again and not yes and not confirmed(question):
            raise DataError("nothing was settled", hint="remindr run asks nobody again; --yes here does not ask either")
        for its, is_sent in ((went, True), (again, False)):
            settle_doubts(journal, its, Said(is_sent, by or user_name()), at=moment(session.now))
        return len(went), len(again), journal.in_doubt()


def _tell_settled(sent: int, again: int, left: int) -> None:
    if sent:
        tell(f"{plural(sent, 'message')} went out: the next step comes in its time.")
    if again:
        tell(f"{plural(again, 'message')} did not go out: the next remindr run writes what is still due.")
    if left:
        tell(f"{plural(left, 'message')} still in doubt: remindr uncertain")


def _looked_up(session: "Session", found: "Sequence[InDoubt]") -> "list[Doubt]":
    """Each with its e-mail, by which a person can look for it; None where it has none, or the file is gone."""
    from remindr.channels.kept import kept

    outbox = session.root / session.policy.project.delivery.email.outbox
    return [(one, kept(outbox, one.run_id, one.key, "email") if "email" in one.channels else None) for one in found]


def _tell(found: "Sequence[Doubt]", outbox: str, *, in_full: bool) -> None:
    many = len(found) > 1
    tell(f"{plural(len(found), 'message')} of which nobody knows whether {'they' if many else 'it'} went out:")
    groups = [list(group) for _, group in groupby(found, key=lambda one: one[0].settled_as)]
    for group in groups if in_full else groups[:_SHOWN]:
        tell()
        tell(group[0][0].settled_as)
        if group[0][0].alone:
            _tell_mail(*group[0])
        else:
            _tell_folder(group, outbox, in_full=in_full)
    if not in_full and len(groups) > _SHOWN:
        tell()
        tell(f"and {len(groups) - _SHOWN:,} more: remindr uncertain -v")
    tell()
    tell("Look whether it is among what was sent, then: remindr uncertain --sent NOTICE, or --resend NOTICE.")


def _tell_mail(one: "InDoubt", mail: "Kept | None") -> None:
    tell(f"  {one.on}, {one.sequence}/{one.step} about {', '.join(one.invoices)}, to customer {one.customer_id}")
    for name, value in _head(mail):
        tell(f"  {name}: {value}")
    if mail is None:
        tell("  (the file of the e-mail is gone)")


def _head(mail: "Kept | None") -> "Iterator[tuple[str, str]]":
    """What mailboxes and logs know an e-mail by."""
    if mail is not None:
        yield from (("To", mail.to), ("Subject", mail.subject), ("Message-ID", mail.message_id))


def _tell_folder(group: "Sequence[Doubt]", outbox: str, *, in_full: bool) -> None:
    """A run's folder, which went out as a whole or not at all."""
    from collections import Counter

    messages = Counter[str](channel for one, _ in group for channel in one.channels)
    run_id = group[0][0].run_id
    tell(f"  {group[0][0].on}, all of the run: {message_words(messages)}; its files were to be in {outbox}/{run_id}")
    if in_full:
        rows = [
            (f"  {one.customer_id}", f"{one.sequence}/{one.step}", ", ".join(one.channels), ", ".join(one.invoices))
            for one, _ in group
        ]
        tell_table(("  customer", "step", "by", "invoices"), rows)


def _document(found: "Sequence[Doubt]") -> "UncertainDocument":
    """`uncertain --json`"""
    return {"schema": "remindr.uncertain/1", "notices": [_notice(*one) for one in found]}


def _notice(one: "InDoubt", mail: "Kept | None") -> "NoticeInDoubt":
    return {
        "key": one.key,
        "run_id": one.run_id,
        "customer_id": one.customer_id,
        "as_of": one.on.isoformat(),
        "sequence": one.sequence,
        "step": one.step,
        "channels": list(one.channels),
        "invoices": list(one.invoices),
        "to": mail.to if mail else None,
        "subject": mail.subject if mail else None,
        "message_id": mail.message_id if mail else None,
    }
