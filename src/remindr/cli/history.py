"""`remindr history`: everything that was decided, sent, heard and changed, as a letter file has it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, Directory, Quiet
from remindr.cli.terminal import say, tell, tell_json, tell_wrapped
from remindr.errors import Exit

if TYPE_CHECKING:
    from datetime import date

    from remindr.channels.kept import Kept
    from remindr.cli.shapes import HistoryDocument, PastApproval, PastEvent, PastMessage, PastNotice
    from remindr.core.past import PastMessage as OfJournal
    from remindr.core.past import PastNotice as Sent
    from remindr.core.timeline import Event
    from remindr.model.approvals import Approval
    from remindr.pipeline.past import Told

Word = Annotated[
    str, typer.Argument(metavar="CUSTOMER|INVOICE", help="A number, a name, or a part of one that fits only one.")
]
Invoice = Annotated[
    str | None, typer.Argument(metavar="[INVOICE]", help="After a customer: one of their invoices.", show_default=False)
]
Text = Annotated[
    bool, typer.Option("--text", "-v", "--verbose", help="Show the words of each message, too, from the outbox.")
]

_INDENT = " " * 12


@dataclass(frozen=True, slots=True)
class _Outbox:
    """Where the words of messages are, as people see the folder."""

    root: Path
    shown: str

    def kept(self, notice: "Sent", message: "OfJournal") -> "Kept | None":
        """The words of a notice on a channel; None if they are gone."""
        from remindr.channels.discarding import discarded
        from remindr.channels.kept import kept

        base = self.root / self.shown
        elsewhere = discarded(base, message.target) if notice.taken_back else ()
        places = (message.target, *elsewhere)
        found = (kept(base, place, notice.key, message.channel) for place in places)
        return next(filter(None, found), None)


def main(
    word: Word,
    invoice: Invoice = None,
    text: Text = False,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Show what has been with a customer or an invoice, the newest at the end.

    What was sent and what became of it, approvals, what was taken back, calls, notes and promises, what exports showed,
    changes of segment, flags. It comes from the journal; without exports it says what is missing. The words are those
    of the files in the outbox.
    """
    from remindr.cli.session import open_session
    from remindr.pipeline.past import told

    session = open_session(directory, as_of)
    found = told(session.root, session.policy, session.today, word, invoice)
    outbox = _Outbox(session.root, session.policy.project.delivery.email.outbox) if text else None
    if json:
        tell_json(_document(found, session.today, outbox))
        return Exit.DONE
    if found.missing and not quiet:
        say(f"note: {_missing(found)}")
    _tell(found, outbox)
    return Exit.DONE


def _missing(found: "Told") -> str:
    missing = found.missing
    why = f"{missing.place}: {missing.what}" if missing and missing.place else missing.what if missing else ""
    return (
        f"names, payments, how promises stand and changes of segment are missing, for the exports cannot be read: {why}"
    )


def _tell(found: "Told", outbox: _Outbox | None) -> None:
    who = f"{found.name} ({found.customer_id})" if found.name not in ("", found.customer_id) else found.customer_id
    tell(f"{who}, invoice {found.invoice_id}" if found.invoice_id else who)
    if not found.events:
        tell("Nothing is remembered yet: remindr run records what it does and sees.")
        return
    tell()
    for event in found.events:
        tell_wrapped(event.what, first=f"{event.on}  ", rest=_INDENT)
        if outbox is not None and event.notice and event.kind == "message":
            _tell_words(event.notice, outbox)


def _tell_words(notice: "Sent", outbox: _Outbox) -> None:
    for message in notice.messages:
        words = outbox.kept(notice, message)
        if words is None:
            place = f"{outbox.shown}/{message.target}"
            tell(f"{_INDENT}(the words of the {message.channel} are gone: {place} has them no more)")
            continue
        heads = [f"To: {words.to}"] if words.to else []
        heads += [f"Subject: {words.subject}"] if words.subject else []
        tell()
        for line in (*heads, *([""] if heads else [])):
            tell(f"{_INDENT}{line}".rstrip())
        for line in words.text.splitlines():
            tell(f"{_INDENT}{line}" if line else "")
        tell()


def _document(found: "Told", today: "date", outbox: _Outbox | None) -> "HistoryDocument":
    return {
        "schema": "remindr.history/1",
        "as_of": today.isoformat(),
        "customer_id": found.customer_id,
        "customer_name": found.name or None,
        "invoice_id": found.invoice_id,
        "missing": _missing(found) if found.missing else None,
        "events": [_event(event, outbox) for event in found.events],
    }


def _event(event: "Event", outbox: _Outbox | None) -> "PastEvent":
    from remindr.cli.note import noted_note
    from remindr.cli.terminal import iso

    told: PastEvent = {
        "on": event.on.isoformat(),
        "kind": event.kind,
        "what": event.what,
        "invoices": list(event.invoices),
    }
    if event.notice:
        told["notice"] = _notice(event.notice, outbox)
    if event.approval:
        told["approval"] = _approval(event.approval)
    if event.note:
        told["note"] = noted_note(event.note.note, event.stands)
        told["taken_back_on"] = iso(event.note.taken_back_on)
    return told


def _approval(said: "Approval") -> "PastApproval":
    from remindr.cli.terminal import iso

    return {
        "sequence": None if said.promise else said.bound.sequence,
        "step": None if said.promise else said.bound.step,
        "repeat": said.bound.repeat,
        "by": said.by,
        "text": said.text,
        "until": iso(said.until),
    }


def _notice(notice: "Sent", outbox: _Outbox | None) -> "PastNotice":
    from remindr.cli.terminal import iso
    from remindr.cli.views import money_text

    return {
        "key": notice.key,
        "run_id": notice.run_id,
        "purpose": notice.purpose,
        "segment": notice.segment,
        "sequence": notice.sequence,
        "step": notice.step,
        "level": notice.level,
        "respond_by": iso(notice.respond_by),
        "call_announced_for": iso(notice.announced),
        "voided": notice.voided,
        "taken_back_on": iso(notice.taken_back.on if notice.taken_back else None),
        "lines": [
            {
                "invoice_id": line.invoice_id,
                "role": line.role,
                "balance": money_text(line.balance),
                "currency": line.currency,
            }
            for line in notice.lines
        ],
        "messages": [_message(notice, message, outbox) for message in notice.messages],
    }


def _message(notice: "Sent", message: "OfJournal", outbox: _Outbox | None) -> "PastMessage":
    words = None if outbox is None else outbox.kept(notice, message)
    return {
        "channel": message.channel,
        "state": message.state.value,
        "file": f"{outbox.shown}/{words.file}" if words and outbox else None,
        "to": words.to or None if words else None,
        "subject": words.subject or None if words else None,
        "text": words.text if words else None,
    }
