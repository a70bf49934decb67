"""Small factories that read like a case file: who owes what since when, and what the project says about it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from remindr.core.schedule import Decision, Scheduler
from remindr.model.book import Account, Customer, Invoice
from remindr.model.classification import Classification
from remindr.model.outcome import Contact, Progress
from remindr.model.plan import Skipped
from remindr.model.policy import Policy, Project, Sequence, TemplateSource
from remindr.model.terms import Level

FRIDAY = date(2026, 11, 20)

STEADY: list[dict[str, Any]] = [
    {"id": "heads-up", "at": "5 days before due", "by": "email", "level": "heads-up"},
    {"id": "first", "at": "3 days after due", "by": "email", "level": "friendly"},
    {"id": "second", "at": "10 days after due", "by": "email", "level": "firm"},
    {"id": "formal", "at": "16 days after due", "by": "email", "level": "formal", "respond_within": "7 days"},
    {"id": "final", "at": "25 days after due", "by": "email", "also": "letter", "level": "final"},
]


def policy(
    steps: list[dict[str, Any]] | None = None,
    *,
    sequences: Mapping[str, list[dict[str, Any]]] | None = None,
    templates: tuple[str, ...] = ("_any/any.email", "_any/any.call", "_any/any.sms"),
    **settings: Any,
) -> Policy:
    """A project with one segment per sequence; the last is everybody's."""
    written = dict(sequences or {"steady": steps or STEADY})
    names = list(written)
    project = Project.model_validate(
        {
            "version": 1,
            "company": {
                "name": "Harbour",
                "email": "a@harbour.example",
                "currency": "GBP",
                "timezone": "Europe/London",
            },
            "sources": {"invoices": "invoices.csv"},
            "segments": [
                *({"name": name, "when": f"industry is {name}", "sequence": name} for name in names[:-1]),
                {"name": names[-1], "default": True, "sequence": names[-1]},
            ],
            **settings,
        }
    )
    made = {
        name: Sequence.model_validate({"name": name, "about": "for tests", "tone": "plain", "steps": steps})
        for name, steps in written.items()
    }
    texts = {name: TemplateSource(name, f"templates/{name}.j2", "Subject: x\n\nx {{ call_on }}") for name in templates}
    return Policy(project, made, texts)


def customer(**changed: Any) -> Customer:
    """Somebody who can be reached by e-mail."""
    return Customer(**{"id": "C1", "name": "Oak & Sons", "email": "ap@oak.example", **changed})


def invoice(number: str = "INV-1", *, due: date, balance: str = "100", **changed: Any) -> Invoice:
    """An open invoice, issued 30 days before it is due."""
    issued = date.fromordinal(due.toordinal() - 30)
    given = {"issue_date": issued, "amount": Decimal(balance), "balance": Decimal(balance), "currency": "GBP"}
    return Invoice(**{"id": number, "customer_id": "C1", "due_date": due, **given, **changed})


def contact(
    step: str, level: Level, on: date, *, number: str = "INV-1", sequence: str = "steady", **more: Any
) -> Contact:
    """A step that an invoice has taken."""
    return Contact(number, sequence, step, int(level), on, **more)


def progress(*contacts: Contact, noticed_today: bool = False) -> Progress:
    """What the journal knows after these contacts."""
    by_invoice: dict[str, tuple[Contact, ...]] = {}
    for one in sorted(contacts, key=lambda one: one.on):
        by_invoice[one.invoice_id] = (*by_invoice.get(one.invoice_id, ()), one)
    days = sorted({one.on for one in contacts if one.level > 0})
    return Progress(by_invoice, tuple(days), noticed_today)


def decide(
    *invoices: Invoice,
    today: date = FRIDAY,
    policy: Policy,
    who: Customer | None = None,
    after: Progress | None = None,
    segment: str | None = None,
    facts: Mapping[str, Any] | None = None,
    credit: Mapping[str, str] | None = None,
    unreadable: frozenset[str] = frozenset(),
    traits: tuple[str, ...] = (),
) -> Decision:
    """What a customer with these open invoices hears on a day."""
    account = Account(
        who or customer(),
        tuple(sorted(invoices, key=lambda one: (one.due_date, one.id))),
        {currency: Decimal(amount) for currency, amount in (credit or {}).items()},
    )
    name = segment or policy.project.segments[-1].name
    classification = Classification(account.customer.id, name, traits, today)
    scheduler = Scheduler(policy, today, unreadable=unreadable)
    return scheduler.decide(account, classification, facts or {}, after or Progress())


def said(decision: Decision) -> tuple[str, list[str]]:
    """The step and the invoices of a notice."""
    assert decision.notice is not None
    return decision.notice.step, [line.invoice.id for line in decision.notice.invoices]


def silent(decision: Decision) -> dict[str, list[str]]:
    """The blockers per invoice."""
    return {one.invoice_id: [reason.code.value for reason in one.reasons] for one in decision.skipped}


def only(decision: Decision) -> Skipped:
    """The one invoice that goes without a notice."""
    assert decision.notice is None
    (one,) = decision.skipped
    return one
