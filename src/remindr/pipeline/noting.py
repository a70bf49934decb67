"""A note from what somebody said: checked against the book, so that it is about something and can be judged later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING

from remindr.core.noted import note_key, too_much
from remindr.core.promises import misdated, promise_words
from remindr.errors import DataError, ProjectError
from remindr.model.notes import KINDS, Kind, Note, Part, Source
from remindr.model.terms import Miswritten, Quantity
from remindr.pipeline.find import Meant
from remindr.pipeline.notes import covers, date_order, first_address, open_invoices
from remindr.pipeline.plan import decisions
from remindr.sources.dates import DAY_FIRST, MONTH_FIRST, DateOrder, both_readings, parse_date, vote

if TYPE_CHECKING:
    from remindr.core.noted import OpenInvoice
    from remindr.model.plan import Flag
    from remindr.pipeline.station import Station

_COLUMNS = {"email": "email", "phone": "phone", "letter": "address"}  # of customers, by what people call them
_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of a customer or an invoice, days as they were written.

    `parts` are the days and amounts of a promise, `until` is the last day of a hold. `which` is the address that is
    wrong, `flag` the flag that was seen; without them the first, or every one.
    """

    kind: Kind
    by: str
    text: str = ""
    until: str | None = None
    parts: tuple[tuple[str, Quantity | None], ...] = ()
    which: str | None = None
    flag: str | None = None


def kind_of(word: str) -> Kind:
    """The kind of note that a word names; ProjectError with the known ones."""
    for kind in KINDS:
        if word == kind:
            return kind
    raise ProjectError(f"unknown kind of note '{word}'", hint=f"known: {', '.join(KINDS)}")


def payment(text: str) -> tuple[str, Quantity | None]:
    """The day and the amount in `2026-12-01 500`; ProjectError if there is no such amount."""
    day, _, amount = text.strip().partition(" ")
    return day, money(amount) if amount.strip() else None


def day_of(text: str, order: DateOrder | None) -> date:
    """The day that somebody wrote, day and month in `order` if the text leaves it open; ProjectError if it is none."""
    written = vote("", text)
    found = parse_date(text, (written and written.order) or order)
    if found:
        return found
    if written:
        asked = " or ".join(str(parse_date(text, one)) for one in (DAY_FIRST, MONTH_FIRST))
        raise ProjectError(f"'{text}' can be read in two ways: {both_readings(text)}", hint=f"write {asked}")
    raise ProjectError(f"'{text}' is not a day", hint="write it as year-month-day, like 2026-12-01")


def money(text: str) -> Quantity:
    """An amount as people write it; ProjectError if it is none."""
    try:
        found = Quantity.parse(text)
    except Miswritten as error:
        raise ProjectError(str(error), hint="write it like 500 or 500 GBP") from None
    if found.unit in ("%", "days") or found.number <= 0:
        raise ProjectError(f"'{text}' is not an amount of money", hint="write it like 500 or 500 GBP")
    return found


def written(at: "Station", meant: Meant, said: Said, *, source: Source = "command") -> list[Note]:
    """The notes that say it, of the station's day; an error that says what is missing.

    Several only where several flags were seen.
    """
    base = Note("", at.today, meant.customer_id, meant.invoice_id or "", said.kind, said.by, said.text, source=source)
    open_ = open_invoices(at.book, [meant.customer_id]).get(meant.customer_id, [])
    if said.kind == "promise":
        notes = [_promise(at, base, said, open_)]
    elif said.kind == "ack":
        notes = list(_seen(at, base, said.flag))
    elif said.kind == "wrong-address":
        notes = [replace(base, invoice_id="", subject=_address(at, meant.customer_id, said.which))]
    else:
        if said.kind in ("dispute", "paid-says-customer") and not base.invoice_id:
            base = replace(base, invoice_id=_only(open_, said.kind))
        _refuse_endless(at, base)
        notes = [replace(base, until=_last_day(at, said))]
    return [replace(note, key=note_key(note)) for note in notes]


def _last_day(at: "Station", said: Said) -> date | None:
    if said.kind != "hold" or said.until is None:
        return None
    last = day_of(said.until, date_order(at.policy.project, at.book))
    if last < at.today:
        raise ProjectError(f"{last} is past: nothing would rest", hint="--until is the last day of the hold")
    return last


_ENDS = {"resolved": "dispute", "release": "hold"}


def _refuse_endless(at: "Station", base: Note) -> None:
    """What stands in the export ends there; a note ends what was noted."""
    cause = _ENDS.get(base.kind)
    if cause and not any(
        note.kind == cause and base.invoice_id in ("", note.invoice_id)
        for note in standing_notes(at, Meant(base.customer_id))
    ):
        hint = f"a {cause} that the export shows ends when the export shows it no more"
        raise DataError(f"no {cause} was noted that '{base.kind}' could end", hint=hint)


def _only(open_: "Sequence[OpenInvoice]", kind: Kind) -> str:
    if len(open_) == 1:
        return open_[0].id
    listed = ", ".join(one.id for one in open_[:_SHOWN]) or "none"
    raise ProjectError(f"'{kind}' is about an invoice; which one?", hint=f"open are: {listed}")


def _promise(at: "Station", base: Note, said: Said, open_: "Sequence[OpenInvoice]") -> Note:
    if not said.parts:
        hint = 'when will they pay? --until 2026-12-01 --amount 500, or several: --pay "2026-12-01 500"'
        raise ProjectError("a promise needs a day", hint=hint)
    order = date_order(at.policy.project, at.book)
    promised = sorted(((day_of(day, order), amount) for day, amount in said.parts), key=itemgetter(0))
    for day, _ in promised:
        if why := misdated(day, at.today):
            raise ProjectError(f"{day} is {why}", hint="--as-of is the day on which it was promised, if not today")
    units = {amount.unit for _, amount in said.parts if amount and amount.unit}
    own = next((one.currency for one in open_ if one.id == base.invoice_id), at.policy.project.company.currency)
    if len(units) > 1 or (base.invoice_id and units - {own}):
        raise ProjectError(f"a promise is in one currency; here it is {own}")
    parts = tuple(Part(day, amount.number if amount else None) for day, amount in promised)
    note = replace(base, parts=parts, currency=units.pop() if units else own)
    about = covers(note, open_)
    if not about:
        raise DataError("nothing is open that the promise could be about", hint="remindr explain shows what is open")
    if why := too_much(note, (one for one in open_ if one.id in about)):
        raise DataError(f"{promise_words(note)} is {why}", hint="leave the amount out if all of it will be paid")
    return replace(note, covers=about)


def _address(at: "Station", customer_id: str, which: str | None) -> str:
    """The column of the address that is wrong, with its mark; by default the first of e-mail, phone and letter."""
    if which not in (None, *_COLUMNS):
        raise ProjectError(f"unknown address '{which}'", hint=f"known: {', '.join(_COLUMNS)}")
    found = first_address(at.book, customer_id, _COLUMNS[which] if which else None)
    if not found:
        raise DataError("there is no such address on file", hint="--which says which one: email, phone or letter")
    return found


def _seen(at: "Station", base: Note, code: str | None) -> Iterator[Note]:
    flags: list[Flag] = [flag for one in decisions(at, base.customer_id) for flag in one.flags]
    asked = [flag for flag in flags if code in (None, flag.code) and base.invoice_id in ("", flag.invoice_id or "")]
    if not asked:
        raised = ", ".join(dict.fromkeys(flag.code for flag in flags)) or "none"
        raise DataError("no such flag is raised today", hint=f"raised for this customer: {raised}")
    for flag in asked:
        yield replace(base, invoice_id=flag.invoice_id or "", subject=flag.code)


def standing_notes(at: "Station", meant: Meant) -> list[Note]:
    """The notes that count at T about a customer, or about one invoice, oldest first."""
    noted = at.notebook.noted.get(meant.customer_id)
    return [note for note in noted.notes if meant.invoice_id in (None, note.invoice_id)] if noted else []


def to_take_back(at: "Station", meant: Meant, number: int | None) -> Note:
    """The note of that number, or the newest; DataError if there is none to take back."""
    own = [note for note in standing_notes(at, meant) if note.source != "sheet"]
    found = [note for note in own if number in (None, note.number)]
    if not found:
        hint = f"theirs are: {', '.join(str(note.number) for note in own)}" if own else "remindr note WHO lists them"
        what = "there is no note to take back" if number is None else f"note {number} is not one of theirs"
        raise DataError(what, hint=hint)
    return max(found, key=lambda note: note.number)
