"""The sheet in which people keep promises, disputes and holds: a row a note, or a part of a payment plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from remindr.core.promises import misdated
from remindr.model.notes import Kind
from remindr.model.policy import Project
from remindr.sources.dates import DateOrder
from remindr.sources.find import find_files
from remindr.sources.sheet import Sheet, SheetRow, Unreadable, by_word, read_sheet

_WORDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "promise": ("promise", "promised", "promise to pay", "payment plan", "Zusage", "Zahlungszusage", "Ratenzahlung",
                "toezegging", "promesse", "promesa"),
    "dispute": ("dispute", "disputed", "Reklamation", "strittig", "betwist", "litige", "disputa"),
    "resolved": ("resolved", "dispute resolved", "erledigt", "geklärt", "opgelost", "résolu", "resuelto"),
    "hold": ("hold", "on hold", "pause", "Mahnsperre", "gesperrt", "pauze", "bloqué", "pausa"),
    "release": ("release", "released", "freigabe", "freigegeben", "vrijgeven", "libéré", "liberado"),
    "wrong-address": ("wrong-address", "wrong e-mail", "falsche Adresse", "verkeerd adres", "mauvaise adresse"),
    "paid-says-customer": ("paid-says-customer", "says paid", "paid", "bezahlt laut Kunde"),
    "ack": ("ack", "acknowledged", "seen"),
}  # fmt: skip
_KIND_OF: Final = by_word(_WORDS)
NEEDED: Final = (("noted_on",), ("customer_name", "invoice_id"), ("note_kind",))


@dataclass(frozen=True, slots=True)
class SheetNote:
    """A note as it stands in a sheet; whom it means is for the book to say."""

    row: SheetRow
    on: date
    customer: str
    invoice: str
    kind: Kind
    until: date | None
    amount: Decimal | None
    currency: str
    text: str
    by: str


def note_sheet(root: Path, project: Project, pattern: str, order: DateOrder | None) -> Sheet:
    """The newest sheet that a pattern matches."""
    file = find_files(root, pattern, project.company.timezone, "notes")[0]
    return sheet_of(file.path, file.shown, project, order)


def sheet_of(path: Path, shown: str, project: Project, order: DateOrder | None) -> Sheet:
    """A file as a sheet of notes; `order` is that of day and month where the sheet leaves it open."""
    return read_sheet(path, shown, "notes", project, NEEDED, days=("noted_on", "until"), order=order)


def sheet_notes(sheet: Sheet, company: str) -> Iterator[tuple[SheetRow, SheetNote | Unreadable]]:
    """Each row with the note in it, or with what makes it unreadable."""
    for row in sheet.rows:
        try:
            yield row, _note(sheet, row, company)
        except Unreadable as why:
            yield row, why


def _note(sheet: Sheet, row: SheetRow, company: str) -> SheetNote:
    if row.broken:
        raise Unreadable("", row.cells["text"], row.broken)
    cells = row.cells
    kind = sheet.word(row, "note_kind", _KIND_OF)
    on, until = sheet.day(row, "noted_on"), sheet.day(row, "until")
    if on is None or kind is None:
        raise Unreadable("noted_on", "", "no date: the day on which it was said")
    if kind == "promise" and until is None:
        raise Unreadable("until", "", "a promise without a date")
    if until is not None and (why := misdated(until, on)) and (kind == "promise" or until < on):
        raise Unreadable("until", cells["until"], why)
    amount, currency = sheet.amount(row, "amount", company) if kind == "promise" else (None, "")
    customer, invoice = cells.get("customer_name", ""), cells.get("invoice_id", "")
    if not customer and not invoice:
        raise Unreadable("customer_name", "", "neither a customer nor an invoice")
    if kind in ("dispute", "paid-says-customer") and not invoice:
        raise Unreadable("invoice_id", "", f"'{kind}' is about an invoice")
    text = " ".join(cells.get("text", "").split())
    if kind == "ack" and not text:
        raise Unreadable("text", "", "which flag was seen: its name, such as turning_late")
    return SheetNote(row, on, customer, invoice, kind, until, amount, currency, text, cells.get("noted_by", ""))
