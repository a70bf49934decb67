"""The call sheet: whom to ring today, with what was promised before; and what people wrote into it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from remindr.core.announced import call_notice
from remindr.core.calls import MOST_DAYS_BACK, OUTCOMES, Made, attempt_of, attempt_today, made_of, outcome_of, row_key
from remindr.core.compose import ComposeError, Composer
from remindr.core.contended import CallList, Contender
from remindr.core.noted import too_much
from remindr.core.promises import misdated
from remindr.core.schedule import Decision, Scheduler
from remindr.core.segment import Classifier
from remindr.core.told import shortlist
from remindr.model.book import Account, Quarantined
from remindr.model.classification import History
from remindr.model.notes import Note, Part, Promise
from remindr.model.outcome import AnnouncedCall
from remindr.model.plan import Notice
from remindr.pipeline.notes import date_order, first_address, open_invoices
from remindr.pipeline.plan import Decided, decisions
from remindr.pipeline.remembered import NO_PROGRESS
from remindr.sources.sheet import Sheet, SheetRow, Unreadable, by_word, read_sheet

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

_OUTCOME_OF = by_word({one: (one,) for one in OUTCOMES})
_FILLED_IN = {"outcome", "until", "amount", "next_call", "text"}


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make today: its notice, what to say, which attempt it is, and the last promise of the customer.

    `key` is what its row is recognised by in the sheet.
    """

    key: str
    notice: Notice
    text: str
    attempt: int
    promise: Promise | None


def calls_today(at: "Station", decided: Iterable[Decided] | None = None) -> list[Call]:
    """Today's calls and those that runs have listed and nobody has made, whom to ring first at the top.

    `decided` are the day's decisions, at least those that call, if they are known already.
    """
    desk = _CallDesk(at)
    planned = {
        one.customer_id: (one.notice, one.messages[0].text)
        for one in (decisions(at) if decided is None else decided)
        if one.notice and one.notice.channels[0] == "call"
    }
    if not planned and not desk.listed:
        return []
    found: list[tuple[Contender, Call]] = []
    for account, history in at.view.accounts():
        known = planned.get(account.customer.id)
        if known or account.customer.id in desk.listed:
            found += desk.calls(account, history, known)
    ranked = CallList(at.policy).in_order(one for one, _ in found)
    by_customer = {contender.customer_id: call for contender, call in found}
    return [by_customer[one.customer_id] for one in ranked]


class _CallDesk:
    """What runs have listed, and what came of it."""

    def __init__(self, at: "Station") -> None:
        self._at = at
        self._classifier = Classifier(at.policy)
        self._scheduler = Scheduler(at.policy, at.today, unreadable=at.book.unreadable_customers)
        self._composer: Composer | None = None
        self.listed = at.journal.listed_calls(since=at.today - MOST_DAYS_BACK, today=at.today)

    def calls(
        self, account: Account, history: History, planned: tuple[Notice, str] | None
    ) -> Iterator[tuple[Contender, Call]]:
        """The customer's call, if there is one: that of today's plan, else the newest that was listed."""
        customer_id = account.customer.id
        facts, progress = self._at.facts(customer_id, history), self._at.progress.get(customer_id, NO_PROGRESS)
        reviewed = self._at.reviewed.get(customer_id)
        classification = self._classifier.classify(customer_id, facts, self._at.today, reviewed)
        contender = Contender(account, classification, facts, progress, Decision(None))
        found = (*planned, 1) if planned and not made_of(progress, planned[0].key) else self._again(contender)
        if found:
            notice, text, attempt = found
            notice = replace(notice, why=(*notice.why, *_left_out(account)))
            promise = progress.noted.promises[-1] if progress.noted.promises else None
            key = row_key(self._at.policy.project.company.name, notice.key, attempt)
            yield replace(contender, decision=Decision(notice)), Call(key, notice, text, attempt, promise)

    def _again(self, one: Contender) -> tuple[Notice, str, int] | None:
        calendar = self._scheduler.calendar(one.account.customer)
        for call in reversed(self.listed.get(one.customer_id, ())):
            attempt = attempt_today(call, one.progress, self._at.today, calendar)
            notice = self._notice(one, call) if attempt else None
            if attempt and notice and (text := self._text(notice, one)) is not None:
                return notice, text, attempt
        return None

    def _notice(self, one: Contender, call: AnnouncedCall) -> Notice | None:
        cases = self._scheduler.about(one.account, one.classification, one.facts, one.progress, call.invoices)
        made = call_notice(self._at.policy, one.account.customer, one.classification, call, cases, self._at.today)
        if made is None or not cases:
            return None
        before = (_last_time(note) for note in made_of(one.progress, call.key)[-1:])
        why = (f"on the list since {call.on}", *before, *made.why[1:])
        return self._scheduler.telling_hours(replace(made, purpose="reminder", why=why))

    def _text(self, notice: Notice, one: Contender) -> str | None:
        """What to say; None if it cannot be put into words. The listing itself is no contact that it would speak of."""
        if self._composer is None:
            self._composer = Composer(self._at.policy, self._at.counted_until)
        contacts = {
            invoice_id: tuple(contact for contact in every if contact.notice_key != notice.key)
            for invoice_id, every in one.progress.contacts.items()
        }
        try:
            return self._composer.compose(notice, one.facts, replace(one.progress, contacts=contacts))[0].text
        except ComposeError:
            return None


def _last_time(note: Note) -> str:
    """`no answer on 2026-11-19: try the mobile`."""
    return f"{outcome_of(note)} on {note.on}{f': {note.text}' if note.text else ''}"


def _left_out(account: Account) -> Iterator[str]:
    """What the person who rings should know of, and not ask for."""
    if disputed := [invoice.id for invoice in account.invoices if invoice.disputed]:
        yield f"disputed, and not part of this call: {shortlist(disputed)}"


def sheet_of_calls(path: Path, at: "Station") -> Sheet:
    """A filled-in call sheet."""
    project, needed = at.policy.project, (("call_key",), ("outcome",))
    order = date_order(project, at.book)
    return read_sheet(path, str(path), "calls", project, needed, days=("until", "next_call"), order=order)


def notes_of_calls(sheet: Sheet, at: "Station", by: str) -> tuple[list[Note], list[Quarantined]]:
    """The notes that the filled rows of a call sheet make, and the rows that cannot be read."""
    known = _known_calls(at)
    before = {note.key: note for note in at.journal.notes(at.today)}
    notes: list[Note] = []
    aside: list[Quarantined] = []
    for row in sheet.rows:
        if not row.broken and not row.cells.keys() & _FILLED_IN:
            continue
        try:
            made = _made(sheet, row, at)
            _refuse_moved(row, made, known)
            told = list(_notes(at, made, known, by))
            _refuse_changed(made, told, before)
            notes += told
        except Unreadable as why:
            aside.append(sheet.aside(row, why, row.cells.get("customer_id")))
    return notes, aside


def _known_calls(at: "Station") -> dict[str, tuple[str, Sequence[str]]]:
    """Customer and invoices of every call that is or was on a list, by the notice's key."""
    listed = at.journal.listed_calls(since=at.today - MOST_DAYS_BACK, today=at.today)
    known: dict[str, tuple[str, Sequence[str]]] = {
        call.key: (customer_id, call.invoices) for customer_id, calls in listed.items() for call in calls
    }
    for one in decisions(at):
        if one.notice and one.notice.channels[0] == "call":
            numbers = [line.invoice.id for line in one.notice.asked]
            known.setdefault(one.notice.key, (one.customer_id, numbers))
    return known


def _refuse_moved(row: SheetRow, made: Made, known: Mapping[str, tuple[str, Sequence[str]]]) -> None:
    """Unreadable if the row is about somebody else than its key is: cells were sorted or pasted without it."""
    called, _ = known.get(made.key.rpartition("-")[0], ("", ()))
    written = row.cells.get("customer_id", "")
    if called and written and written.lstrip("0") != called.lstrip("0"):
        what = f"the key is of a call to {called}, this row is about {written}: cells were moved without the key"
        raise Unreadable("call_key", made.key, what)


def _refuse_changed(made: Made, told: Sequence[Note], before: Mapping[str, Note]) -> None:
    """Unreadable if the row was taken over already and says something else now: each counts once."""
    for note in told:
        was = before.get(note.key)
        if was and (was.subject, was.parts, was.until) != (note.subject, note.parts, note.until):
            what = f"taken over before with something else (note {was.number}): say with remindr note what holds now"
            raise Unreadable("outcome", made.outcome, what)


def _made(sheet: Sheet, row: SheetRow, at: "Station") -> Made:
    if row.broken:
        raise Unreadable("", row.cells["text"], row.broken)
    outcome = sheet.word(row, "outcome", _OUTCOME_OF, needed=False)
    if outcome is None:
        raise Unreadable("outcome", "", "empty, although the row is filled in: choose what came of the call")
    company, written = at.policy.project.company, row.cells.get("call_key", "")
    key = attempt_of(company.name, written)
    if key is None:
        raise Unreadable(
            "call_key", written, f"not the key of a call of {company.name}: is the sheet of another project?"
        )
    promised_on, next_call = sheet.day(row, "until"), sheet.day(row, "next_call")
    amount, currency = sheet.amount(row, "amount", company.currency)
    if outcome == "promise" and promised_on is None:
        raise Unreadable("until", "", "a promise without its date")
    if outcome != "promise" and (promised_on or amount):
        raise Unreadable("outcome", outcome, "a promised date or amount beside another outcome than promise")
    for field, day in (("until", promised_on), ("next_call", next_call)):
        if day and (why := misdated(day, at.today)):
            raise Unreadable(field, row.cells[field], why)
    text = " ".join(row.cells.get("text", "").split())
    return Made(key, outcome, promised_on, amount, currency, next_call, text)


def _notes(at: "Station", made: Made, known: Mapping[str, tuple[str, Sequence[str]]], by: str) -> Iterator[Note]:
    """What was done, and what follows from it. A row that was read before gives notes of the same keys."""
    notice_key = made.key.rpartition("-")[0]
    if notice_key not in known:
        raise Unreadable("call_key", made.key, "not the key of a call of the last 60 days")
    customer_id, invoices = known[notice_key]
    base = Note(
        f"call {made.key}", at.today, customer_id, "", "called", by, made.text, made.next_call,
        subject=f"{notice_key} {made.outcome}", source="calls",
    )  # fmt: skip
    follow = replace(base, key=f"{base.key} {made.outcome}", subject="", until=None)
    following = list(_following(at, made, follow, invoices))
    yield base
    yield from following


def _following(at: "Station", made: Made, follow: Note, invoices: Sequence[str]) -> Iterator[Note]:
    if made.outcome == "promise" and made.promised_on:
        own = [
            one
            for one in open_invoices(at.book, [follow.customer_id]).get(follow.customer_id, [])
            if one.id in invoices
        ]
        currency = made.currency or (own[0].currency if own else at.policy.project.company.currency)
        about = {one.id: one.balance for one in own if one.currency == currency or made.amount is None}
        parts = (Part(made.promised_on, made.amount),)
        invoice_id = next(iter(about)) if len(about) == 1 else ""
        promise = replace(follow, kind="promise", parts=parts, currency=currency, covers=about, invoice_id=invoice_id)
        if why := too_much(promise, own):
            raise Unreadable("amount", f"{made.amount} {currency}", why)
        yield promise
    elif made.outcome == "dispute":
        named = [number for number in invoices if number in made.text] or list(invoices)
        if len(named) > 1 and len(invoices) == len(named):
            raise Unreadable("text", made.text, f"which of {', '.join(invoices)} is disputed? write it into the note")
        for number in named:
            yield replace(follow, key=f"{follow.key} {number}", kind="dispute", invoice_id=number)
    elif made.outcome == "wrong number":
        subject = first_address(at.book, follow.customer_id, "phone")
        if subject:
            yield replace(follow, kind="wrong-address", subject=subject)
