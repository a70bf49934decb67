"""`remindr note`: what a person has heard of a customer or an invoice, and taking it back."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, By, Directory, Quiet, Text
from remindr.cli.terminal import tell, tell_json, tell_table
from remindr.errors import Exit, ProjectError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from remindr.cli.shapes import NotedNote, NotesDocument
    from remindr.model.notes import Note, Promise
    from remindr.pipeline.find import Meant
    from remindr.pipeline.noting import Said
    from remindr.pipeline.station import Station

Who = Annotated[
    str, typer.Argument(metavar="WHO", help="A customer or an invoice: number, name, or a part that fits only one.")
]
KindOrNumber = Annotated[
    str | None,
    typer.Argument(
        metavar="[KIND]",
        help="promise, dispute, resolved, hold, release, wrong-address, paid-says-customer or ack; without it the "
        "notes are listed. With --undo the number of a note.",
        show_default=False,
    ),
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help="Day of the promised payment, last day of a hold."),
]
Amount = Annotated[
    str | None, typer.Option("--amount", metavar="AMOUNT", help="How much is promised; without it, all of it.")
]
Pay = Annotated[
    list[str] | None,
    typer.Option("--pay", metavar='"DATE AMOUNT"', help="One part of a payment plan; give it once for each."),
]
Which = Annotated[
    str | None, typer.Option("--which", metavar="ADDRESS", help="The wrong address: email, phone or letter.")
]
FlagCode = Annotated[str | None, typer.Option("--flag", metavar="CODE", help="The flag that ack is about; else all.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take back the newest note, or the one with this number.")]


def main(
    who: Who,
    kind: KindOrNumber = None,
    until: Until = None,
    amount: Amount = None,
    pay: Pay = None,
    text: Text = "",
    by: By = None,
    which: Which = None,
    flag: FlagCode = None,
    undo: Undo = False,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Note a promise, a dispute, a hold and the like; runs go by it from now on.

    Promises rest chasing until their date and are judged by the exports; a dispute rests its invoice until 'resolved',
    a hold until its last day or 'release'. Nothing is ever deleted: --undo is a note, too.
    """
    from remindr.cli.session import locked, open_session, refuse_future, user_name
    from remindr.journal.database import open_journal
    from remindr.journal.records import moment
    from remindr.pipeline.find import meant
    from remindr.pipeline.noting import standing_notes, to_take_back, written
    from remindr.pipeline.station import station

    said = None if kind is None or undo else _said(kind, until, amount, pay or [], text, by, which, flag)
    session = open_session(directory, as_of)
    refuse_future(session)
    place, at_moment = session.policy.project.journal_in_use, moment(session.now)
    if said is None and not undo:
        with station(session.root, session.policy, session.today) as at:
            target = meant(at, who)
            _tell_listed(at, target, standing_notes(at, target), json=json)
        return Exit.DONE
    with locked(session, "note"):
        with station(session.root, session.policy, session.today) as at:
            target = meant(at, who)
            gone = [to_take_back(at, target, _number(kind))] if said is None else []
            new = written(at, target, said) if said else []
            broken = len(at.notebook.broken.get(target.customer_id, ()))
        with open_journal(place, session.root, create=True) as journal:
            for one in gone:
                journal.take_back(one, on=session.today, by=by or user_name(), at=at_moment)
            stored = journal.note(new, at=at_moment)
    if json:
        tell_json(document(session.today, [*gone, *(stored or new)], taken_back=bool(gone)))
    elif not quiet:
        _tell(gone, new, stored, broken)
    return Exit.DONE


def _said(
    kind: str, until: str | None, amount: str | None, pay: "Sequence[str]", text: str, by: str | None,
    which: str | None, flag: str | None,
) -> "Said":  # fmt: skip
    from remindr.cli.session import user_name
    from remindr.pipeline.noting import Said, kind_of, money, payment

    found = kind_of(kind)
    parts = tuple(map(payment, pay))
    if pay and (until or amount):
        raise ProjectError("--pay has days and amounts of its own", hint="leave out --until and --amount")
    if amount is not None and found != "promise":
        raise ProjectError("--amount belongs to a promise")
    if found == "promise" and until is not None:
        parts = ((until, money(amount) if amount is not None else None),)
    return Said(found, by or user_name(), " ".join(text.split()), until, parts, which, flag)


def _number(word: str | None) -> int | None:
    if word is None:
        return None
    if not word.isdigit():
        raise ProjectError(
            f"'{word}' is not the number of a note", hint="remindr note WHO lists them with their numbers"
        )
    return int(word)


def _tell(gone: "Sequence[Note]", new: "Sequence[Note]", stored: "Sequence[Note]", broken: int) -> None:
    from remindr.core.noted import note_words
    from remindr.core.promises import MOST_BROKEN

    for one in gone:
        tell(f"Taken back: note {one.number} about {about(one)}, {note_words(one)}.")
    for one in new:
        number = next((other.number for other in stored if other.key == one.key), None)
        if number is None:
            tell(f"It was noted before, so nothing changed: {about(one)}, {note_words(one)}.")
            continue
        tell(f"Noted as {number} about {about(one)}: {note_words(one)}.")
        if one.kind == "promise" and broken >= MOST_BROKEN:
            tell(f"They broke {broken} promises before, so chasing goes on; the promise is a flag for a person.")
        elif one.kind == "promise":
            tell(f"Chasing rests for {', '.join(one.covers)}; the exports will tell whether it is kept.")


def about(note: "Note") -> str:
    """`invoice 0012 of 007`, `customer 007`."""
    return f"invoice {note.invoice_id} of {note.customer_id}" if note.invoice_id else f"customer {note.customer_id}"


def _tell_listed(at: "Station", target: "Meant", notes: "Sequence[Note]", *, json: bool) -> None:
    from remindr.core.noted import note_words

    known = at.progress.get(target.customer_id)
    promises = {one.note.key: one for one in known.noted.promises} if known else {}
    if json:
        tell_json(document(at.today, notes, promises=promises))
    elif not notes:
        tell("Nothing was noted.")
    else:
        rows = [(one.number, one.on, about(one), note_words(one), _stands(one, promises), one.by) for one in notes]
        tell_table(("number", "noted", "about", "what", "stands", "by"), rows)


def _stands(note: "Note", promises: "dict[str, Promise]") -> str:
    return promises[note.key].standing if note.key in promises else ""


def document(
    today: date, notes: "Sequence[Note]", *, taken_back: bool = False, promises: "dict[str, Promise] | None" = None
) -> "NotesDocument":
    """`note --json`"""
    return {
        "schema": "remindr.notes/1",
        "as_of": today.isoformat(),
        "taken_back": taken_back,
        "notes": [noted_note(note, _stands(note, promises or {})) for note in notes],
    }


def noted_note(note: "Note", stands: str | None) -> "NotedNote":
    """A note as JSON, with how a promise stands where that is known."""
    from remindr.cli.terminal import iso
    from remindr.cli.views import money_text

    return {
        "number": note.number or None,
        "on": note.on.isoformat(),
        "customer_id": note.customer_id,
        "invoice_id": note.invoice_id or None,
        "kind": note.kind,
        "until": iso(note.until),
        "payments": [
            {"on": part.on.isoformat(), "amount": None if part.amount is None else money_text(part.amount)}
            for part in note.parts
        ],
        "currency": note.currency or None,
        "text": note.text,
        "by": note.by,
        "stands": stands or None,
    }
