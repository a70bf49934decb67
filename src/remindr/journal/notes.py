"""What people noted: rows that only ever come; the last undo of a note is what takes it back."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, RowMapping, exists, func, select

from remindr.core.past import PastNote
from remindr.journal.engine import bulk_insert
from remindr.journal.schema import notes, promised_owed, run_flags, run_results, runs
from remindr.model.notes import Note, Part

_UNDO = "undo"

Owed = Mapping[str, Mapping[date, Decimal]]  # by the key of a promise and the day of an export
Acknowledged = tuple[str, str, str]  # a flag: code, customer id, invoice id or empty text


def read_notes(connection: Connection, today: date) -> list[Note]:
    """Those dated up to a day and not taken back by then, oldest first."""
    return [one.note for one in read_all_notes(connection, today) if one.taken_back_on is None]


def read_all_notes(connection: Connection, today: date) -> list[PastNote]:
    """Those dated up to a day, with those that were taken back by then, oldest first."""
    query = select(notes).where(notes.c.noted_on <= today.isoformat()).order_by(notes.c.noted_on, notes.c.id)
    rows = connection.execute(query).mappings().all()
    undone = {row["undoes"]: row for row in rows if row["kind"] == _UNDO}
    return [_past_note(row, undone.get(row["id"])) for row in rows if row["kind"] != _UNDO]


def _past_note(row: RowMapping, undo: RowMapping | None) -> PastNote:
    if undo is None:
        return PastNote(_note(row))
    return PastNote(_note(row), date.fromisoformat(undo["noted_on"]), undo["noted_by"])


def _note(row: RowMapping) -> Note:
    return Note(
        key=row["key"],
        on=date.fromisoformat(row["noted_on"]),
        customer_id=row["customer_id"],
        invoice_id=row["invoice_id"],
        kind=row["kind"],
        by=row["noted_by"],
        text=row["text"],
        until=date.fromisoformat(row["until"]) if row["until"] else None,
        parts=tuple(map(_part, row["parts"].splitlines())),
        currency=row["currency"],
        covers={invoice: Decimal(balance) for invoice, balance in json.loads(row["covers"] or "{}").items()},
        subject=row["subject"],
        source=row["source"],
        number=row["id"],
    )


def _part(text: str) -> Part:
    day, _, amount = text.partition(" ")
    return Part(date.fromisoformat(day), Decimal(amount) if amount else None)


def store_notes(connection: Connection, new: Iterable[Note], at: str) -> list[Note]:
    """Stores those that are not there yet, with their numbers, which are returned; one taken back does not come back.

    Only what was typed in may be noted again after it was taken back.
    """
    rows = connection.execute(select(notes.c.id, notes.c.key, notes.c.undoes)).all()
    taken_back = {row.undoes for row in rows if row.undoes is not None}
    known, standing = {row.key for row in rows}, {row.key for row in rows if row.id not in taken_back}
    number, stored = max((row.id for row in rows), default=0), []
    for note in new:
        if note.key in (standing if note.source == "command" else known):
            continue
        number += 1
        known.add(note.key)
        standing.add(note.key)
        stored.append((number, note))
    bulk_insert(connection, notes, (_row(number, note, at) for number, note in stored))
    return [replace(note, number=number) for number, note in stored]


def _row(number: int, note: Note, at: str) -> tuple[Any, ...]:
    parts = "\n".join(f"{part.on} {part.amount if part.amount is not None else ''}".strip() for part in note.parts)
    covers = json.dumps({invoice: str(balance) for invoice, balance in note.covers.items()}) if note.covers else ""
    until = note.until.isoformat() if note.until else None
    return (
        number, note.key, at, note.source, note.on.isoformat(), note.customer_id, note.invoice_id, note.kind, note.by,
        note.text, until, parts, note.currency, covers, note.subject, None,
    )  # fmt: skip


def store_undo(connection: Connection, note: Note, *, on: date, by: str, at: str) -> None:
    """Takes a note back: one more note, which says so."""
    number = (connection.scalar(select(func.max(notes.c.id))) or 0) + 1
    row = (
        number, f"undo {note.number}", at, "command", on.isoformat(), note.customer_id, note.invoice_id, _UNDO, by,
        "", None, "", "", "", "", note.number,
    )  # fmt: skip
    bulk_insert(connection, notes, [row])


def read_owed(connection: Connection) -> Owed:
    """What exports showed to be owed of what promises are about."""
    found: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for key, exported_on, owed in connection.execute(select(promised_owed)):
        found[key][date.fromisoformat(exported_on)] = Decimal(owed)
    return found


def store_owed(connection: Connection, day: date, owed: Mapping[str, Decimal]) -> None:
    """Stores what an export showed, for promises of which it says something new; the first word of a day stays."""
    text = day.isoformat()
    known = set(connection.scalars(select(promised_owed.c.key).where(promised_owed.c.exported_on == text)))
    bulk_insert(connection, promised_owed, ((key, text, str(value)) for key, value in owed.items() if key not in known))


def read_acknowledged(connection: Connection, today: date) -> frozenset[Acknowledged]:
    """The flags that were acknowledged, and that every finished run since has raised: their cause goes on."""
    undone = select(notes.c.undoes).where(notes.c.undoes.is_not(None))
    wanted = notes.c.kind == "ack", notes.c.noted_on <= today.isoformat(), notes.c.id.not_in(undone)
    query = select(notes.c.subject, notes.c.customer_id, notes.c.invoice_id, notes.c.recorded_at).where(*wanted)
    return frozenset(
        (code, customer_id, invoice_id)
        for code, customer_id, invoice_id, since in connection.execute(query).all()
        if not _ended_since(connection, (code, customer_id, invoice_id), since)
    )


def _ended_since(connection: Connection, flag: Acknowledged, since: str) -> bool:
    """Whether a run that came to its end since then did not raise a flag; without an invoice, for none of them."""
    code, customer_id, invoice_id = flag
    of_invoice = [run_flags.c.invoice_id == invoice_id] if invoice_id else []
    raised = exists().where(
        run_flags.c.run_id == runs.c.run_id,
        run_flags.c.code == code,
        run_flags.c.customer_id == customer_id,
        *of_invoice,
    )
    query = select(runs.c.run_id).join(run_results).where(runs.c.started_at > since, ~raised).limit(1)
    return connection.scalar(query) is not None
