"""Small factories for what goes out: a company, its templates, a notice to a customer, the message made of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from remindr.core.compose import Composer
from remindr.model.book import Customer, Invoice
from remindr.model.outcome import Progress
from remindr.model.plan import ChannelName, Line, Message, Notice
from remindr.model.policy import Company, Policy, Project, Sequence, TemplateSource

FRIDAY = date(2026, 11, 20)
COUNTED_UNTIL = date(2026, 11, 19)
STARTER = Path(__file__).parents[2] / "templates"
EMAIL = "steady/first.email"
NBSP = "\u00a0"


def company(**changed: Any) -> Company:
    """An English company."""
    given = {
        "name": "Harbour & Finch Ltd",
        "email": "accounts@harbour.example",
        "country": "GB",
        "currency": "GBP",
        "timezone": "Europe/London",
    }
    return Company(**{**given, **changed})


def parts() -> dict[str, str]:
    """The shared parts of the starter set, and its words for any step."""
    files = [*STARTER.glob("_parts/*.j2"), *STARTER.glob("_any/*.j2")]
    return {file.relative_to(STARTER).as_posix().removesuffix(".j2"): file.read_text("utf-8") for file in files}


def source(text: str, name: str = EMAIL) -> TemplateSource:
    """A template file."""
    return TemplateSource(name, f"templates/{name}.j2", text)


def policy(templates: Mapping[str, str] | None = None, **changed: Any) -> Policy:
    """A project with one sequence; the starter set's parts stand beside the given templates."""
    project = Project.model_validate(
        {
            "version": 1,
            "company": company(**changed).model_dump(exclude_none=True),
            "sources": {"invoices": "invoices.csv"},
            "segments": [{"name": "everybody", "default": True, "sequence": "steady"}],
        }
    )
    step = {"id": "first", "at": "3 days after due", "by": "email", "level": "friendly"}
    sequence = Sequence.model_validate({"name": "steady", "about": "for tests", "tone": "plain", "steps": [step]})
    texts = {**parts(), **(templates or {})}
    return Policy(project, {"steady": sequence}, {name: source(text, name) for name, text in texts.items()})


def customer(**changed: Any) -> Customer:
    """Somebody who can be reached by e-mail."""
    return Customer(**{"id": "C1", "name": "Oak & Sons", "email": "ap@oak.example", "country": "GB", **changed})


def line(number: str = "INV-1", balance: str = "100", *, days: int = 12, level: int | None = 1, **changed: Any) -> Line:
    """An invoice that fell due so many days ago."""
    due = FRIDAY - timedelta(days=days)
    amount = Decimal(changed.pop("amount", balance))
    given = {"issue_date": due - timedelta(days=30), "amount": amount, "balance": Decimal(balance), "currency": "GBP"}
    invoice = Invoice(**{"id": number, "customer_id": "C1", "due_date": due, **given, **changed})
    return Line(invoice, days, "steady" if level is not None else None, "first" if level is not None else None, level)


def notice(*lines: Line, who: Customer | None = None, **changed: Any) -> Notice:
    """A reminder about these invoices, or about one of a hundred pounds."""
    lines = lines or (line(),)
    addressee = who or customer()
    credits_: dict[str, Decimal] = changed.get("credits", {})
    totals: dict[str, Decimal] = {}
    for one in (*lines, *changed.get("also_due", ())):
        totals[one.invoice.currency] = totals.get(one.invoice.currency, Decimal(0)) + one.invoice.balance
    for currency, amount in credits_.items():
        totals[currency] -= amount
    given: dict[str, Any] = {
        "key": "2026-11-20 C1",
        "purpose": "reminder",
        "as_of": FRIDAY,
        "customer": addressee,
        "segment": "everybody",
        "traits": (),
        "sequence": "steady",
        "step": "first",
        "level": 1,
        "tone": "plain",
        "channels": ("email",),
        "to": addressee.email or "",
        "invoices": lines,
        "total": totals,
    }
    return Notice(**{**given, **changed})


def composed(
    text: str,
    to: Notice | None = None,
    *,
    after: Progress | None = None,
    history: Any = None,
    settings: Mapping[str, Any] | None = None,
    **changed: Any,
) -> Message:
    """The message that a template makes of a notice; `settings` are those of the project beside the company."""
    made = policy({EMAIL: text}, **changed)
    if settings:
        written = made.project.model_dump(by_alias=True, exclude_unset=True)
        made = replace(made, project=Project.model_validate({**written, **settings}))
    composer = Composer(made, COUNTED_UNTIL)
    (message,) = composer.compose(to or notice(), history or {}, after or Progress())
    return message


def message(
    text: str = "Hello", *, subject: str = "Reminder", channel: ChannelName = "email", **changed: Any
) -> Message:
    """A message as the composer would hand it over."""
    html = changed.pop("html", f"<!DOCTYPE html>\n<p>{text}</p>\n" if channel in {"email", "letter"} else None)
    threaded = changed.pop("in_reply_to", None)
    given = {"channels": (channel,), **changed}
    return Message(notice(**given), channel, subject, text, html, threaded)
