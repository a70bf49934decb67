"""`remindr approve`: what waits for a person's word, and the word."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from remindr.cli.options import AsJson, AsOf, By, Directory, Quiet, Text, Verbose
from remindr.cli.preview import tell_message
from remindr.cli.terminal import plural, tell, tell_json, tell_table
from remindr.errors import Exit, ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from remindr.cli.shapes import ApprovalsDocument
    from remindr.model.approvals import Waiting
    from remindr.pipeline.approving import Choice

_SHOWN = 20
Done = Literal["listed", "approved", "refused"]
Who = Annotated[
    list[str] | None,
    typer.Argument(metavar="[WHO]...", help="Customers or invoices: number, name, or a part that fits only one."),
]
Everything = Annotated[bool, typer.Option("--all", help="Everything that waits.")]
OfSegment = Annotated[
    str | None, typer.Option("--segment", metavar="NAME", help="What waits for the customers of a segment.")
]
Refused = Annotated[
    list[str] | None,
    typer.Option("--not", metavar="WHO", help="Refuse it: the step rests until somebody approves it after all."),
]


def main(
    who: Who = None,
    everything: Everything = False,
    segment: OfSegment = None,
    refused: Refused = None,
    text: Text = "",
    by: By = None,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Approve what goes out only with a person's word; alone, list what waits for one.

    An approval is good for a week from the first day on which the step may go, while address, balance and template stay
    what they are. The next run sends it; nothing is sent by this command. The list has every message in full with -v.
    """
    from remindr.cli.session import locked, open_session, refuse_future, user_name
    from remindr.journal.database import open_journal
    from remindr.journal.records import moment
    from remindr.pipeline.approving import all_waiting, chosen, word_given
    from remindr.pipeline.plan import waiting_words
    from remindr.pipeline.station import station

    said = " ".join(text.split())
    choice = _choice(who, refused, said, segment, everything=everything)
    session = open_session(directory, as_of)
    if choice is None:
        with station(session.root, session.policy, session.today) as at:
            waiting = all_waiting(at)
            asking = {one.customer_id for one in waiting if not one.refused}
            words = list(waiting_words(at, asking)) if verbose and not json else []
        _tell_listed(waiting, session.today, json=json, quiet=quiet)
        for notice, message in words:
            tell_message(notice, message)
        return Exit.DONE
    refuse_future(session)
    with locked(session, "approve"):
        with station(session.root, session.policy, session.today) as at:
            picked = chosen(at, all_waiting(at), choice)
            given = [word_given(at, one, by=by or user_name(), text=said, refused=bool(refused)) for one in picked]
        with open_journal(session.policy.project.journal_in_use, session.root, create=True) as journal:
            journal.approve(given, at=moment(session.now))
    if json:
        tell_json(document(session.today, picked, "refused" if refused else "approved"))
    elif not quiet:
        _tell_done(picked, refused=bool(refused))
    return Exit.DONE


def _choice(
    who: list[str] | None, refused: list[str] | None, text: str, segment: str | None, *, everything: bool
) -> "Choice | None":
    """What the command line asks for; None if only for the list."""
    from remindr.pipeline.approving import Choice

    if sum(map(bool, (who, refused, segment, everything))) > 1:
        what = "customers and invoices, --segment, --all and --not do not go together"
        raise ProjectError(what, hint="use one of them, then the next")
    if refused and not text:
        raise ProjectError("a refusal says why", hint='add --text "in dispute since Monday"')
    if not (who or refused or segment or everything):
        if text:
            raise ProjectError("--text belongs to what is approved or refused", hint="name it: remindr approve INVOICE")
        return None
    return Choice(tuple(refused or who or ()), everything, segment)


def _tell_listed(waiting: "Sequence[Waiting]", today: "date", *, json: bool, quiet: bool) -> None:
    if json:
        tell_json(document(today, waiting, "listed"))
        return
    asked = [one for one in waiting if not one.refused]
    if not asked and not quiet:
        tell(f"Nothing waits for an approval on {today}.")
    if asked:
        customers = len({one.customer_id for one in asked})
        wait = "waits" if len(asked) == 1 else "wait"
        tell(f"{_things(asked)} of {plural(customers, 'customer')} {wait} for an approval on {today}.")
        _tell_tables(asked)
        tell()
        tell("remindr approve WHO approves those of a customer or an invoice, --all everything; --not WHO refuses.")
    refused = [one for one in waiting if one.refused]
    if refused and not quiet:
        tell(f"{_things(refused)} refused and at rest.")
        _tell_tables(refused)


def _tell_tables(waiting: "Sequence[Waiting]") -> None:
    """What waits, under each reason for which it does."""
    by_reason: dict[str, list[Waiting]] = {}
    for one in waiting:
        by_reason.setdefault(one.why, []).append(one)
    for why, own in by_reason.items():
        tell()
        tell(f"{why[0].upper()}{why[1:]}:")
        columns = ("customer", "invoice", "step", "open", "waits since", "may go until", "goes to", "in a notice of")
        rows = [(*_row(one), _notice(one)) for one in own]
        width = len(columns) - (not any(row[-1] for row in rows))
        tell_table(columns[:width], [row[:width] for row in rows], right=("open",))


def _row(one: "Waiting") -> tuple[object, ...]:
    from remindr.core.told import money_words

    who = f"{one.customer_name} ({one.customer_id})" if one.customer_name != one.customer_id else one.customer_id
    what = one.what.removeprefix("step ").strip("'")
    to = f"{'+'.join(one.channels)} {one.to.replace(chr(10), ', ')}".strip()
    until = "" if one.refused else one.until
    return who, one.invoice_id, what, money_words(one.balance, one.currency), one.since, until, to


def _notice(one: "Waiting") -> str:
    """What it goes out with, where it does not go by itself: `step final, 3 invoices, 1,234.00 GBP`."""
    from remindr.core.told import totals_words

    notice = one.notice
    if notice is None or (notice.invoices == (one.invoice_id,) and notice.step == one.bound.step):
        return ""
    return f"{notice.step}, {plural(len(notice.invoices), 'invoice')}, {totals_words(notice.total)}"


def _things(waiting: "Sequence[Waiting]") -> str:
    """`2 steps and 1 promise`."""
    promises = sum(bool(one.promise) for one in waiting)
    steps = len(waiting) - promises
    told = [plural(steps, "step")] if steps else []
    return " and ".join([*told, plural(promises, "promise")] if promises else told)


def _tell_done(picked: "Sequence[Waiting]", *, refused: bool) -> None:
    from remindr.core.told import money_words

    if not picked:
        tell("Nothing waits for an approval.")
        return
    for one in picked[:_SHOWN]:
        about = f"invoice {one.invoice_id} of {one.customer_id}" if one.invoice_id else f"customer {one.customer_id}"
        to = f" to {one.to.replace(chr(10), ', ')}" if one.to else ""
        what = f"{one.what} for {about}, {money_words(one.balance, one.currency)}{to}"
        tell(f"Refused: {what}" if refused else f"Approved until {one.until}: {what}")
    if len(picked) > _SHOWN:
        tell(f"and {len(picked) - _SHOWN:,} more")
    if not refused:
        tell("remindr run sends what is approved, on the first day on which it may go.")


def document(today: "date", waiting: "Sequence[Waiting]", done: "Done") -> "ApprovalsDocument":
    """`approve --json`"""
    from remindr.cli.views import waiting_document

    return {
        "schema": "remindr.approvals/1",
        "as_of": today.isoformat(),
        "done": done,
        "steps": [waiting_document(one) for one in waiting],
    }
