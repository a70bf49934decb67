"""Between learning and history: what people noted joins what exports show."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from remindr.core.calendar import Calendars
from remindr.core.calls import without_wrong_numbers
from remindr.core.noted import OpenInvoice, disputes, note_key, noted
from remindr.core.promises import Evidence, Judge, judged, last_day
from remindr.history.settings import HistorySettings
from remindr.journal.claim import recipient_hash
from remindr.journal.flags import FlagKey
from remindr.journal.journal import Journal
from remindr.model.book import Quarantined
from remindr.model.notes import Note, Noted, Part, Source
from remindr.model.outcome import Ended, Progress
from remindr.model.policy import Policy, Project
from remindr.pipeline.wrong_addresses import ADDRESSES, forget_wrong_addresses
from remindr.sources.book import Book
from remindr.sources.dates import DateOrder
from remindr.sources.notes import SheetNote, note_sheet, sheet_notes
from remindr.sources.sheet import Sheet, Unreadable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from remindr.journal.notes import Owed

Key = tuple[str, str]  # customer id, invoice id

_OPEN = """
SELECT customer_id, invoice_id, due_date, balance, currency, disputed FROM invoices
WHERE kind = 'invoice' AND balance > 0 AND list_contains(CAST($customers AS VARCHAR[]), customer_id)
ORDER BY due_date, invoice_id
"""
_COUNTRIES = """
SELECT customer_id, country FROM customers
WHERE list_contains(CAST($customers AS VARCHAR[]), customer_id)
"""

# What was owed at the end of a day of what a promise is about: an invoice that is open keeps its balance but for the
# payments dated later, one that was settled later was open with its amount less what was paid by then. Where its day
# was only observed, the exports tell, and not the day that is likely. What came in since the promise and is set against
# no invoice yet counts, too.
_OWED = """
WITH asked AS (
    SELECT unnest(CAST($keys AS VARCHAR[])) AS key, unnest(CAST($customers AS VARCHAR[])) AS customer_id,
        unnest(CAST($invoices AS VARCHAR[])) AS invoice_id, unnest(CAST($balances AS DECIMAL(18,4)[])) AS balance,
        unnest(CAST($currencies AS VARCHAR[])) AS currency, unnest(CAST($made AS DATE[])) AS made_on,
        unnest(CAST($days AS DATE[])) AS day
), paid AS (
    SELECT a.key, a.invoice_id, a.day, sum(p.amount) FILTER (p.paid_on <= a.day) AS by_then,
        sum(p.amount) FILTER (p.paid_on > a.day) AS later
    FROM asked a JOIN payments p USING (customer_id, invoice_id) GROUP BY ALL
), credited AS (
    SELECT a.key, a.day, sum(i.balance) AS credit
    FROM (SELECT DISTINCT key, customer_id, currency, made_on, day FROM asked) a
    JOIN invoices i ON i.kind = 'credit' AND i.customer_id = a.customer_id AND i.currency = a.currency
        AND i.balance > 0 AND i.issue_date > a.made_on AND i.issue_date <= a.day
    GROUP BY ALL
), owed AS (
    SELECT a.key, a.day, sum(greatest(0, least(a.balance, CASE
        WHEN i.invoice_id IS NULL OR i.cleared_on <= a.day OR (i.observed AND i.cleared_on <= $until) THEN 0
        WHEN i.balance > 0 THEN i.balance + coalesce(p.later, 0)
        WHEN i.cleared_on IS NULL AND p.key IS NULL THEN 0
        ELSE i.amount - coalesce(p.by_then, 0) END))) AS owed
    FROM asked a
    LEFT JOIN (FROM invoices WHERE kind = 'invoice') i USING (customer_id, invoice_id)
    LEFT JOIN paid p ON p.key = a.key AND p.invoice_id = a.invoice_id AND p.day = a.day
    GROUP BY ALL
)
SELECT key, day, greatest(0, owed - coalesce(credit, 0)) FROM owed LEFT JOIN credited USING (key, day)
"""


@dataclass(frozen=True, slots=True)
class Notebook:
    """What people noted, by customer, and what a run has to remember of it: new notes, and what promises still owe."""

    noted: Mapping[str, Noted] = field(default_factory=dict)
    ended: Mapping[str, Mapping[str, Ended]] = field(default_factory=dict)
    owed: Mapping[str, Decimal] = field(default_factory=dict)
    acknowledged: frozenset[FlagKey] = frozenset()
    new: tuple[Note, ...] = ()  # of the sheet, not recorded yet

    @property
    def broken(self) -> dict[str, tuple[date, ...]]:
        """The days on which promises broke, by customer."""
        return {customer: its.broken for customer, its in self.noted.items() if its.broken}

    def has_seen(self, flag: FlagKey) -> bool:
        """Whether somebody has acknowledged a flag, by itself or for the customer as a whole."""
        return flag in self.acknowledged or (*flag[:2], "") in self.acknowledged

    def added_to(self, progress: Mapping[str, Progress]) -> Mapping[str, Progress]:
        """The progress of customers with what was noted, and what rests no more for it."""
        if not self.noted:
            return progress
        known = dict(progress)
        for customer_id, its in self.noted.items():
            so_far = without_wrong_numbers(known.get(customer_id, Progress()), its.notes)
            ended = _newest(so_far.ended, self.ended.get(customer_id, {}))
            known[customer_id] = replace(so_far, noted=its, ended=ended)
        return known


def _newest(first: Mapping[str, Ended], second: Mapping[str, Ended]) -> dict[str, Ended]:
    found = dict(first)
    for invoice_id, ended in second.items():
        known = found.get(invoice_id)
        found[invoice_id] = ended if known is None or known.on < ended.on else known
    return found


def take_notes(
    root: Path,
    book: Book,
    journal: Journal,
    policy: Policy,
    today: date,
    formerly: Mapping[Key, Sequence[Key]],
    approved: Container[str] = frozenset(),
) -> Notebook:
    """What was noted up to `today`; the book's tables know it after that: disputes, and addresses that are wrong.

    `approved` are the keys of promises that a person has approved.

    Rows of the sheet of notes that cannot be read are set aside in the book.
    """
    recorded = journal.notes(today)
    every = [note for note in recorded if note.source != "sheet"]
    if policy.project.sources.notes:
        sheet = note_sheet(root, policy.project, policy.project.sources.notes, date_order(policy.project, book))
        read, aside = notes_of(sheet, book, policy.project.company.currency, "sheet")
        book.set_aside(aside)
        every += _as_recorded([note for note in read if note.on <= today], recorded)
        every.sort(key=attrgetter("on"))
    if not every:
        return Notebook()
    every = completed(every, book)
    new = tuple(note for note in every if not note.number)
    notes = _renamed(every, formerly)
    notes, replaced = forget_wrong_addresses(book.connection, notes, policy)
    _dispute(book.connection, notes)
    countries = dict(_ask(book.connection, _COUNTRIES, notes))
    return replace(_Reader(book, journal, policy, today, countries, approved, replaced).read(notes), new=new)


def date_order(project: Project, book: Book) -> DateOrder | None:
    """The order in which people here write day and month: as the settings say, else as the exports have it."""
    return project.sources.dates or book.date_order


def _as_recorded(notes: Iterable[Note], recorded: Iterable[Note]) -> list[Note]:
    """The notes as they were when remindr first knew of them, where it did."""
    known = {note.key: note for note in recorded if note.source == "sheet"}
    return [known.get(note.key, note) for note in notes]


def completed(notes: Iterable[Note], book: Book) -> list[Note]:
    """The notes; those that are new with what they are about now: the balances of a promise, the wrong address."""
    every = list(notes)
    promises = [note for note in every if _is_bare(note) and note.kind == "promise"]
    open_ = open_invoices(book, {note.customer_id for note in promises})
    return [_completed(note, book, open_) if _is_bare(note) else note for note in every]


def _is_bare(note: Note) -> bool:
    return not (note.number or note.covers or note.subject)


def _completed(note: Note, book: Book, open_: Mapping[str, Sequence[OpenInvoice]]) -> Note:
    if note.kind == "promise":
        return replace(note, covers=covers(note, open_.get(note.customer_id, ())))
    return replace(note, subject=first_address(book, note.customer_id)) if note.kind == "wrong-address" else note


def first_address(book: Book, customer_id: str, which: str | None = None) -> str:
    """The column of an address on file, with its mark; empty if there is none. By default the first there is."""
    query = f"SELECT {', '.join(ADDRESSES)} FROM customers WHERE customer_id = ?"
    row = book.connection.execute(query, [customer_id]).fetchone() or ()
    known = {column: address for column, address in zip(ADDRESSES, row, strict=False) if address}
    column = which or next(iter(known), "")
    return f"{column} {recipient_hash(known[column])}" if column in known else ""


def notes_of(sheet: Sheet, book: Book, company: str, source: Source) -> tuple[list[Note], list[Quarantined]]:
    """The notes of a sheet, and the rows that cannot be read; the rows of a payment plan are one note."""
    found: dict[tuple[object, ...], Note] = {}
    aside: list[Quarantined] = []
    named = [(row.cells.get("customer_name", ""), row.cells.get("invoice_id", "")) for row in sheet.rows]
    known = _Whom(book, named)
    for (row, read), (customer, invoice) in zip(sheet_notes(sheet, company), named, strict=True):
        customer_id = known.of(customer, invoice)
        if isinstance(read, Unreadable) or customer_id is None:
            why = read if isinstance(read, Unreadable) else _nobody(customer, invoice)
            aside.append(sheet.aside(row, why, customer_id))
            continue
        note = _of_row(read, customer_id, invoice, company, source)
        place = (read.on, customer_id, invoice, read.by) if read.kind == "promise" else (row.row,)
        parts = (*found[place].parts, *note.parts) if place in found else note.parts
        found[place] = replace(found.get(place, note), parts=tuple(sorted(parts, key=attrgetter("on"))))
    with_keys = (replace(note, key=note_key(note)) for note in found.values())
    return [replace(note, by=note.by or sheet.shown) for note in with_keys], aside


def _nobody(customer: str, invoice: str) -> Unreadable:
    if customer:
        return Unreadable("customer_name", customer, "fits no customer of the exports, or several")
    return Unreadable("invoice_id", invoice, "fits no invoice of the exports, or several")


def _of_row(read: SheetNote, customer_id: str, invoice_id: str, company: str, source: Source) -> Note:
    promised = read.kind == "promise" and read.until is not None
    return Note(
        "", read.on, customer_id, invoice_id, read.kind, read.by, read.text,
        until=read.until if read.kind == "hold" else None,
        parts=(Part(read.until, read.amount),) if promised and read.until else (),
        currency=(read.currency or company) if promised else "",
        subject=read.text.split()[0].rstrip(",;:.") if read.kind == "ack" else "",
        source=source,
    )  # fmt: skip


_CALLED = """
SELECT customer_id, lower(name) FROM customers WHERE list_contains(CAST($words AS VARCHAR[]), customer_id)
    OR list_contains(CAST($words AS VARCHAR[]), lower(name))
    OR list_contains(CAST($words AS VARCHAR[]), ltrim(customer_id, '0'))
"""
_NUMBERED = """
SELECT invoice_id, list(DISTINCT customer_id) FROM invoices
WHERE kind = 'invoice' AND list_contains(CAST($words AS VARCHAR[]), invoice_id) GROUP BY 1
"""


class _Whom:
    """Whom the rows of a sheet mean: a customer by number or whole name, else the one who has the invoice."""

    def __init__(self, book: Book, named: Iterable[tuple[str, str]]) -> None:
        pairs = list(named)
        words = {form for customer, _ in pairs for form in (customer, customer.lower(), customer.lstrip("0"))}
        self._called: dict[str, set[str]] = defaultdict(set)
        self._ids = set()
        for customer_id, name in book.connection.execute(_CALLED, {"words": sorted(words)}).fetchall():
            self._ids.add(customer_id)
            for form in (name, customer_id.lstrip("0")):
                self._called[form].add(customer_id)
        numbers = sorted({invoice for _, invoice in pairs if invoice})
        self._has = dict(book.connection.execute(_NUMBERED, {"words": numbers}).fetchall())

    def of(self, customer: str, invoice: str) -> str | None:
        """The customer's id; None if it fits nobody, or several."""
        if customer in self._ids:
            return customer
        if customer:
            found = self._called.get(customer.lower()) or self._called.get(customer.lstrip("0"), set())
        else:
            found = set(self._has.get(invoice, ()))
        return next(iter(found)) if len(found) == 1 else None


def _ask(connection: "DuckDBPyConnection", query: str, notes: Iterable[Note]) -> list[tuple[Any, ...]]:
    return connection.execute(query, {"customers": sorted({note.customer_id for note in notes})}).fetchall()


def _renamed(notes: Iterable[Note], formerly: Mapping[Key, Sequence[Key]]) -> list[Note]:
    """The notes with the ids that their invoices have now."""
    now = {was: key for key, formers in formerly.items() for was in formers}
    found = []
    for note in notes:
        customer_id, invoice_id = now.get((note.customer_id, note.invoice_id), (note.customer_id, note.invoice_id))
        covers = {now.get((note.customer_id, one), ("", one))[1]: owed for one, owed in note.covers.items()}
        found.append(replace(note, customer_id=customer_id, invoice_id=invoice_id, covers=covers))
    return found


def _dispute(connection: "DuckDBPyConnection", notes: Sequence[Note]) -> None:
    """Marks what is disputed, so that credit and metrics count it as what the export itself calls disputed."""
    found = [note for own in _by_customer(notes).values() for note in disputes(own)]
    if found:
        connection.execute(
            "UPDATE invoices i SET disputed = true FROM (SELECT unnest(CAST($customers AS VARCHAR[])) AS customer_id, "
            "unnest(CAST($invoices AS VARCHAR[])) AS invoice_id) d "
            "WHERE i.kind = 'invoice' AND i.customer_id = d.customer_id AND i.invoice_id = d.invoice_id",
            {"customers": [one.customer_id for one in found], "invoices": [one.invoice_id for one in found]},
        )


def _by_customer(notes: Iterable[Note]) -> dict[str, list[Note]]:
    found: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        found[note.customer_id].append(note)
    return dict(found)


class _Reader:
    """The book and the journal at a date, ready to say what notes come to."""

    def __init__(
        self,
        book: Book,
        journal: Journal,
        policy: Policy,
        today: date,
        countries: Mapping[str, str | None],
        approved: Container[str],
        replaced: Container[str],
    ) -> None:
        self._approved = approved
        self._replaced = replaced
        self._book = book
        self._journal = journal
        self._calendars = Calendars(policy.project)
        self._settings = HistorySettings.of(policy.project)
        self._today = today
        self._countries = countries
        self._known_until = min(book.exported_on, today)
        self._seen: Owed = {}

    def read(self, notes: Sequence[Note]) -> Notebook:
        """What they come to."""
        open_ = open_invoices(self._book, {note.customer_id for note in notes})
        evidence = self._evidence([note for note in notes if note.kind == "promise"])
        found: dict[str, Noted] = {}
        ended: dict[str, Mapping[str, Ended]] = {}
        for customer_id, own in _by_customer(notes).items():
            judge = self._judge(customer_id)
            made = [note for note in own if note.kind == "promise"]
            promises = judged(made, lambda one: evidence[one.key], judge, self._approved)
            its_open = open_.get(customer_id, ())
            found[customer_id], ended[customer_id] = noted(own, promises, its_open, judge, self._replaced)
        waiting = [
            promise.note.key for its in found.values() for promise in its.promises if self._is_watched(promise.note)
        ]
        owed = {key: evidence[key].now for key in waiting}
        return Notebook(found, ended, owed, self._acknowledged(notes))

    def _acknowledged(self, notes: Sequence[Note]) -> frozenset[FlagKey]:
        """The flags that the notes say were seen, without those whose cause has ended since."""
        seen = {(note.subject, note.customer_id, note.invoice_id): note for note in notes if note.kind == "ack"}
        lasting = self._journal.acknowledged(self._today) if seen else frozenset()
        return frozenset(key for key, note in seen.items() if not note.number or key in lasting)

    def _judge(self, customer_id: str) -> Judge:
        country = self._countries.get(customer_id)
        small, window = self._settings.ignore_below, self._settings.window
        return Judge(self._today, self._known_until, self._calendars.of(country), small, window)

    def _last_days(self, note: Note) -> list[date]:
        calendar = self._judge(note.customer_id).calendar
        return [last_day(part, calendar) for part in note.parts]

    def _is_watched(self, note: Note) -> bool:
        """Whether no export as late as its last day was seen before."""
        return not any(day >= self._last_days(note)[-1] for day in self._seen.get(note.key, {}))

    def _evidence(self, promises: Sequence[Note]) -> dict[str, Evidence]:
        if promises:
            self._seen = self._journal.promised_owed()
        asked = [
            (note.key, note.customer_id, invoice_id, str(balance), note.currency, note.on, day)
            for note in promises
            for invoice_id, balance in note.covers.items()
            for day in {*self._last_days(note), *self._told_by(note).values(), self._known_until}
        ]
        names = ("keys", "customers", "invoices", "balances", "currencies", "made", "days")
        columns = zip(*asked, strict=True) if asked else ((),) * len(names)
        parameters: dict[str, Any] = {name: list(column) for name, column in zip(names, columns, strict=True)}
        parameters["until"] = self._known_until
        owed = {(key, day): value for key, day, value in self._book.connection.execute(_OWED, parameters).fetchall()}
        return {note.key: self._evidence_of(note, owed) for note in promises}

    def _told_by(self, note: Note) -> dict[date, date]:
        """The first export up to T that showed what was owed at the end of each last day, where there was one."""
        seen = sorted(day for day in self._seen.get(note.key, {}) if day <= self._known_until)
        first = {day: next((on for on in seen if on >= day), None) for day in self._last_days(note)}
        return {day: on for day, on in first.items() if on is not None}

    def _evidence_of(self, note: Note, owed: Mapping[tuple[str, date], Decimal]) -> Evidence:
        """Owed on each last day: what the first export that knows it showed, and what is known to be paid in between.

        Without such an export it is what today's says.
        """
        nothing = Decimal(0)
        at_end = {day: owed.get((note.key, day), nothing) for day in self._last_days(note)}
        for day, first in self._told_by(note).items():
            between = max(at_end[day] - owed.get((note.key, first), nothing), nothing)
            at_end[day] = self._seen[note.key][first] + between
        return Evidence(sum(note.covers.values(), nothing), at_end, owed.get((note.key, self._known_until), nothing))


def covers(note: Note, open_: Iterable[OpenInvoice]) -> dict[str, Decimal]:
    """What a promise is about: its invoice, or what was overdue of the customer's and not disputed, else all open."""
    currencies = {note.currency} if any(part.amount is not None for part in note.parts) else None
    own = [one for one in open_ if currencies is None or one.currency in currencies]
    if note.invoice_id:
        own = [one for one in own if one.id == note.invoice_id]
    own = [one for one in own if not one.disputed] or own
    overdue = [one for one in own if one.due_date < note.on]
    return {one.id: one.balance for one in overdue or own}


def open_invoices(book: Book, customers: Iterable[str]) -> dict[str, list[OpenInvoice]]:
    """What is open of customers, oldest due first."""
    found: dict[str, list[OpenInvoice]] = defaultdict(list)
    for customer_id, *row in book.connection.execute(_OPEN, {"customers": sorted(customers)}).fetchall():
        found[customer_id].append(OpenInvoice(*row))
    return dict(found)


def remember_notes(notebook: Notebook, book: Book, journal: Journal, *, at: str) -> None:
    """Records the notes of a sheet that are new, and what an export shows of promises."""
    if notebook.new or notebook.owed:
        with journal.together():
            journal.note(notebook.new, at=at)
            journal.remember_owed(book.exported_on, notebook.owed)
