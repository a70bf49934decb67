"""Cases as the preview page shows them: a row for the list, and everything about the customer."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING

from remindr.cli.views import head_lines
from remindr.core.explain import explanation
from remindr.core.noted import note_words, standing_words
from remindr.core.told import day_words, money_words, unit_words
from remindr.history.metrics import METRICS
from remindr.model.book import Invoice, Quarantined
from remindr.model.classification import MetricValue
from remindr.model.money import total_by_currency
from remindr.model.plan import Flag, Line, Message, Skipped
from remindr.model.terms import Level
from remindr.pages.document import (
    Case,
    Figure,
    Head,
    OpenInvoice,
    Raised,
    Row,
    Said,
    Settlement,
    Shown,
    State,
    UnreadableCell,
)

if TYPE_CHECKING:
    from remindr.core.explain import Case as Known
    from remindr.errors import Problem
    from remindr.model.outcome import Contact
    from remindr.pipeline.everybody import SettledInvoice, Told
    from remindr.pipeline.station import Station

# What is worth a glance, in this order; how each is called, and what counts it.
_FIGURES = {
    "avg_days_late": "Days late, on average",
    "worst_days_late": "Days late, at worst",
    "late_rate": "Invoices late",
    "paid_invoices": "Invoices paid",
    "months_known": "Known for",
    "lifetime_value": "Invoiced ever",
    "open_amount": "Open",
    "overdue_amount": "Overdue",
    "reminders_90d": "Reminders in 90 days",
    "dispute_rate": "Invoices disputed",
}
_ALWAYS = frozenset({"avg_days_late", "paid_invoices", "late_rate"})  # said even where they are not known


@dataclass(frozen=True, slots=True)
class _Part:
    """What becomes of an open invoice today."""

    told: str
    line: Line


def page_head(at: "Station", refused: Sequence["Problem"], notes: Sequence[str], asked: str) -> Head:
    """What stands over the list."""
    company = at.policy.project.company
    return {
        "company": company.name,
        "sender": f"{company.name} <{company.email}>",
        "as_of": at.today.isoformat(),
        "day": day_words(at.today, weekday=True),
        "counted_until": day_words(at.counted_until),
        "asked": asked,
        "notes": [*(f"A run would be refused: {problem}" for problem in refused), *notes],
        "unreadable": [_unreadable(cell) for cell in at.book.quarantined],
    }


def _unreadable(cell: Quarantined) -> UnreadableCell:
    return {
        "place": f"{cell.file}:{cell.row}",
        "customer": cell.customer_id or "",
        "column": cell.column,
        "value": cell.value,
        "reason": cell.reason,
    }


def sums_text(totals: Iterable[tuple[str, Decimal]]) -> str:
    """`1,154.61 GBP + 388.00 EUR`; empty for nothing."""
    return " + ".join(money_words(value, currency) for currency, value in total_by_currency(totals).items())


def page_row(told: "Told") -> Row:
    """One customer in the list."""
    case, notice = told.case, told.case.notice
    totals = _totals(case)
    waiting = _next(case.skipped)
    state: State = "goes out" if notice else "held" if told.decided.held else "left alone"
    return {
        "id": case.customer.id,
        "name": case.customer.name,
        "state": state,
        "segment": case.classification.segment,
        "step": f"{notice.sequence} / {notice.step}" if notice else "",
        "channels": list(dict.fromkeys(channel for one in case.notices for channel in one.channels)),
        "to": notice.to.replace("\n", ", ") if notice else "",
        "total": sums_text(totals),
        "amount": float(max((value for _, value in totals), default=Decimal(0))),
        "overdue": max(((case.today - one.due_date).days for one in case.invoices), default=0),
        "invoices": " ".join(one.id for one in case.invoices),
        "flags": list(dict.fromkeys(flag.code for flag in case.flags)),
        "reasons": list(dict.fromkeys(reason.code.value for one in case.skipped for reason in one.reasons)),
        "next": waiting.isoformat() if waiting else "",
    }


def _totals(case: "Known") -> list[tuple[str, Decimal]]:
    """What a notice asks for, else what is open."""
    if case.notices:
        return [total for notice in case.notices for total in notice.total.items()]
    return list(total_by_currency((one.currency, one.balance) for one in case.invoices).items())


def _next(skipped: Iterable[Skipped]) -> date | None:
    return min((one.next_contact for one in skipped if one.next_contact), default=None)


def page_case(told: "Told") -> Case:
    """Everything about one customer."""
    case = told.case
    return {
        "messages": [_shown(message) for message in told.decided.messages],
        "level": Level(case.notice.level).word if case.notice else "",
        "why": [why for notice in case.notices for why in notice.why],
        "instead": (case.notice.instead or "") if case.notice else "",
        "held": case.held or "",
        "sentences": explanation(case, most=None)[1:],
        "invoices": _invoices(case),
        "figures": list(_figures(case)),
        "settled": [_settlement(one) for one in told.settled],
        "said": _said(case),
        "flags": [_flag(flag) for flag in case.flags],
    }


def _shown(message: Message) -> Shown:
    shown: Shown = {"channel": message.channel, "subject": message.subject, "text": message.text, "html": message.html}
    if lines := [[*line] for line in head_lines(message)]:
        shown["lines"] = lines
    return shown


def _invoices(case: "Known") -> list[OpenInvoice]:
    parts = dict(_parts(case))
    skipped = {one.invoice_id: one for one in case.skipped}
    return [_open(case, one, parts.get(one.id), skipped.get(one.id)) for one in case.invoices]


def _parts(case: "Known") -> Iterator[tuple[str, _Part]]:
    """What each invoice of the notice is there for; what it asks for comes last, and so wins."""
    for notice in case.notices:
        groups = (
            ("mentioned", notice.also_open),
            ("due soon", notice.upcoming),
            ("also due", notice.also_due),
            ("asked for", notice.invoices),
        )
        for told, lines in groups:
            for line in lines:
                yield line.invoice.id, _Part(told, line)


def _open(case: "Known", invoice: Invoice, part: _Part | None, skipped: Skipped | None) -> OpenInvoice:
    step = part.line.step if part else skipped.step if skipped else None
    after = skipped or next((one for one in case.later if one.invoice_id == invoice.id), None)
    day = case.next_on(invoice.id, after.next_contact if after else None)
    return {
        "id": invoice.id,
        "due": invoice.due_date.isoformat(),
        "days": (case.today - invoice.due_date).days,
        "open": money_words(invoice.balance, invoice.currency),
        "part": part.told if part else "",
        "step": step or "",
        "reasons": [
            {"code": one.code.value, "detail": one.detail, "until": one.until.isoformat() if one.until else ""}
            for one in (skipped.reasons if skipped else ())
        ],
        "next": day.isoformat() if day else "",
    }


def _figures(case: "Known") -> Iterator[Figure]:
    for name, label in _FIGURES.items():
        value = case.facts.get(name)
        if value is not None or name in _ALWAYS:
            yield {"label": label, "value": _figure(name, value, case.currency)}


def _figure(name: str, value: MetricValue, currency: str) -> str:
    return "not known yet" if value is None else unit_words(value, METRICS[name].unit, currency, places=1)


def _settlement(one: "SettledInvoice") -> Settlement:
    return {"id": one.id, "on": one.on.isoformat(), "late": one.late}


def _said(case: "Known") -> list[Said]:
    """The contacts that open invoices had, newest first, those of one day and step together; and what was noted."""
    numbers: dict[tuple[date, str], list[str]] = {}
    contacts: list[Contact] = [one for every in case.progress.contacts.values() for one in every]
    for one in sorted(contacts, key=lambda one: one.on, reverse=True):
        numbers.setdefault((one.on, f"{one.sequence} / {one.step}"), []).append(one.invoice_id)
    said: list[Said] = [
        {"on": on.isoformat(), "step": step, "invoices": ", ".join(invoices)}
        for (on, step), invoices in numbers.items()
    ]
    noted = case.progress.noted
    said += [
        {
            "on": note.on.isoformat(),
            "step": f"noted by {note.by}: {note_words(note)}{standing_words(noted, note)}",
            "invoices": note.invoice_id,
        }
        for note in noted.notes
    ]
    return sorted(said, key=itemgetter("on"), reverse=True)


def _flag(flag: Flag) -> Raised:
    return {"code": flag.code, "detail": flag.detail, "invoice": flag.invoice_id or ""}
