"""Plans, classifications and runs as JSON documents and as tables."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from remindr.cli.shapes import (
    Because,
    BlockerReason,
    ChargedInvoice,
    DueLine,
    ExplainedInvoice,
    Explanation,
    Fact,
    OpenLine,
    PlanDocument,
    PlannedNotice,
    QuarantinedCell,
    RaisedFlag,
    RunDocument,
    SegmentedCustomer,
    Segments,
    SkippedInvoice,
    UpcomingLine,
    WaitingStep,
)
from remindr.cli.terminal import iso
from remindr.core.attaching import told_of
from remindr.core.decided import decisive
from remindr.core.explain import Case, segment_place, step_place
from remindr.model.approvals import Waiting
from remindr.model.book import Invoice, Quarantined
from remindr.model.classification import Evidence, MetricValue
from remindr.model.outcome import RunSummary
from remindr.model.plan import Charge, Correspondent, Flag, Line, Message, Notice, Plan, Skipped
from remindr.pipeline.audit import Audited, Auditor


def money_text(amount: Decimal) -> str:
    """The exact amount with two decimals, or up to four where there are more."""
    short = amount.quantize(Decimal("0.01"))
    return str(short if short == amount else amount.normalize())


def amounts(totals: Mapping[str, Decimal]) -> dict[str, str]:
    """Currency to amount as text."""
    return {currency: money_text(amount) for currency, amount in totals.items()}


def fact(value: MetricValue) -> Fact:
    """A metric as JSON knows it: amounts as text, numbers as numbers, unknown as null."""
    if isinstance(value, Decimal):
        return money_text(value)
    if value is None or isinstance(value, int | float | str):
        return value
    return value.isoformat()


def segments_document(auditor: Auditor, only: str | None = None) -> Segments:
    """`segment --json`, of all customers or only one."""
    return {
        "schema": "remindr.segments/1",
        "as_of": auditor.at.today.isoformat(),
        "customers": [_segmented(auditor, one) for one in auditor.customers(only)],
    }


def _segmented(auditor: Auditor, one: Audited) -> SegmentedCustomer:
    classification = one.classification
    return {
        "customer_id": one.customer.id,
        "customer_name": one.customer.name,
        "segment": classification.segment,
        "reviewed_on": classification.reviewed_on.isoformat(),
        "moving_to": classification.moving_to,
        "next_review": iso(classification.next_review),
        "sequence": auditor.at.policy.segment(classification.segment).sequence,
        "traits": list(classification.traits),
        "metrics": {name: fact(value) for name, value in one.facts.items()},
        "because": [because(test) for test in auditor.tried(one)],
    }


def because(test: Evidence) -> Because:
    """One test as JSON."""
    margin: float | str | None = None
    if test.margin is not None:
        margin = money_text(test.margin) if isinstance(test.value, Decimal) else float(test.margin)
    return {
        "segment": test.segment,
        "metric": test.metric,
        "operator": test.operator,
        "threshold": test.threshold,
        "value": fact(test.value),
        "passed": test.passed,
        "margin": margin,
    }


def plan_document(plan: Plan, messages: Mapping[str, Message], held: int) -> PlanDocument:
    """`preview --json`; `messages` holds the leading message of each notice by the notice's key."""
    document: PlanDocument = {
        "schema": "remindr.plan/1",
        "as_of": plan.as_of.isoformat(),
        "notices": [_notice(notice, messages[notice.key]) for notice in plan.notices],
        "skipped": [_skipped(skipped) for skipped in plan.skipped],
        "flags": [_flag(flag) for flag in plan.flags],
        "quarantined": [quarantined_cell(cell) for cell in plan.quarantined],
        "summary": {
            "notices": len(plan.notices),
            "by_channel": by_channel(plan.notices),
            "skipped": len(plan.skipped),
            "held": held + len(plan.waiting),
        },
    }
    if plan.waiting:
        document["waiting"] = [waiting_document(one) for one in plan.waiting]
    return document


def waiting_document(one: Waiting) -> WaitingStep:
    """A step or a promise that waits for a person's word as JSON."""
    refused, notice = one.refused, one.notice
    return {
        "customer_id": one.customer_id,
        "customer_name": one.customer_name,
        "invoice_id": one.invoice_id or None,
        "segment": one.segment,
        "sequence": one.bound.sequence or None,
        "step": None if one.promise else one.bound.step,
        "repeat": one.bound.repeat,
        "level": None if one.promise else one.level,
        "promise": one.what if one.promise else None,
        "channels": list(one.channels),
        "to": one.to,
        "balance": money_text(one.balance),
        "currency": one.currency,
        "since": one.since.isoformat(),
        "until": one.until.isoformat(),
        "why": one.why,
        "refused": {"on": refused.on.isoformat(), "by": refused.by, "text": refused.text} if refused else None,
        "notice": {"step": notice.step, "invoices": [*notice.invoices], "total": amounts(notice.total)}
        if notice
        else None,
    }


def by_channel(notices: Iterable[Notice]) -> dict[str, int]:
    """How many messages go out on each channel."""
    return dict(sorted(Counter(channel for notice in notices for channel in notice.channels).items()))


def _notice(notice: Notice, message: Message) -> PlannedNotice:
    planned: PlannedNotice = {
        "key": notice.key,
        "purpose": notice.purpose,
        "customer_id": notice.customer.id,
        "customer_name": notice.customer.name,
        "segment": notice.segment,
        "sequence": notice.sequence,
        "step": notice.step,
        "level": int(notice.level),
        "channels": list(notice.channels),
        "to": notice.to,
        "subject": message.subject,
        "body": message.text,
        "invoices": [_due(line) for line in notice.invoices],
        "also_due": [_due(line) for line in notice.also_due],
        "also_open": [_open(line) for line in notice.also_open],
        "upcoming": [_upcoming(line) for line in notice.upcoming],
        "respond_by": iso(notice.respond_by),
        "credits": amounts(notice.credits),
        "total": amounts(notice.total),
        "follow_ups": [{"channel": one.channel, "on": one.on.isoformat()} for one in notice.follow_ups],
        "needs_approval": False,
        "why": list(notice.why),
    }
    if notice.charges:
        planned["charges"] = [_charged(charge) for charge in notice.charges]
    envelope = message.envelope
    if envelope.sender:
        planned["sender"] = envelope.sender.email
    if envelope.cc:
        planned["cc"] = [one.email for one in envelope.cc]
    if envelope.bcc:
        planned["bcc"] = list(envelope.bcc)
    if notice.attachments:
        planned["attachments"] = [
            {"invoice_id": one.invoice_id, "file": one.path, "bytes": one.size} for one in notice.attachments
        ]
    return planned


def head_lines(message: Message) -> Iterator[tuple[str, str]]:
    """The lines in the head of an e-mail that not every one has, a name and a text each."""
    if message.channel != "email":
        return
    envelope, files = message.envelope, message.notice.attachments
    if envelope.sender:
        yield "From", _person(envelope.sender)
    if envelope.cc:
        yield "Cc", ", ".join(map(_person, envelope.cc))
    if envelope.bcc:
        yield "Bcc", ", ".join(envelope.bcc)
    if files:
        yield "With", f"{told_of(message.notice)} ({', '.join(one.name for one in files)})"


def _person(one: Correspondent) -> str:
    return f"{one.name} <{one.email}>" if one.name else one.email


def _charged(charge: Charge) -> ChargedInvoice:
    return {
        "invoice_id": charge.invoice_id,
        "interest": money_text(charge.interest),
        "fees": money_text(charge.fee + charge.earlier_fees),
        "currency": charge.currency,
    }


def _due(line: Line) -> DueLine:
    return {
        "invoice_id": line.invoice.id,
        "sequence": line.sequence or "",
        "step": line.step or "",
        "level": int(line.level or 0),
        "days_past_due": line.days_past_due,
        "balance": money_text(line.invoice.balance),
        "currency": line.invoice.currency,
    }


def _open(line: Line) -> OpenLine:
    return {
        "invoice_id": line.invoice.id,
        "days_past_due": line.days_past_due,
        "balance": money_text(line.invoice.balance),
        "currency": line.invoice.currency,
    }


def _upcoming(line: Line) -> UpcomingLine:
    return {
        "invoice_id": line.invoice.id,
        "step": line.step or "",
        "days_past_due": line.days_past_due,
        "balance": money_text(line.invoice.balance),
        "currency": line.invoice.currency,
    }


def _skipped(skipped: Skipped) -> SkippedInvoice:
    return {
        "customer_id": skipped.customer_id,
        "invoice_id": skipped.invoice_id,
        "next_contact": iso(skipped.next_contact),
        "blockers": _blockers(skipped),
    }


def _blockers(skipped: Skipped) -> list[BlockerReason]:
    return [
        {"code": reason.code.value, "detail": reason.detail, "until": iso(reason.until)} for reason in skipped.reasons
    ]


def _flag(flag: Flag) -> RaisedFlag:
    return {
        "code": flag.code,
        "customer_id": flag.customer_id,
        "invoice_id": flag.invoice_id,
        "detail": flag.detail,
    }


def quarantined_cell(cell: Quarantined) -> QuarantinedCell:
    """A cell that could not be read as JSON."""
    return {
        "file": cell.file,
        "row": cell.row,
        "column": cell.column,
        "value": cell.value,
        "reason": cell.reason,
    }


def explanation_document(case: Case, sentences: Sequence[str]) -> Explanation:
    """`explain --json`"""
    classification = case.classification
    sequence = case.policy.segment(classification.segment).sequence
    by_person = classification.override is not None
    tests = () if by_person else decisive(case.policy.project, classification.segment, case.judged)
    return {
        "schema": "remindr.explanation/1",
        "as_of": case.today.isoformat(),
        "counted_until": case.counted_until.isoformat(),
        "customer_id": case.customer.id,
        "customer_name": case.customer.name,
        "invoice_id": case.asked.id if case.asked else None,
        "segment": classification.segment,
        "segment_place": segment_place(case.policy, classification.segment),
        "since": iso(classification.since),
        "reviewed_on": classification.reviewed_on.isoformat(),
        "next_review": iso(classification.next_review),
        "moving_to": classification.moving_to,
        "override": classification.override,
        "because": [because(test) for test in tests],
        "sequence": sequence,
        "sequence_place": case.policy.place("sequences", sequence),
        "notice": next((one.key for one in (*case.notices, case.notice) if one), None),
        "next_contact": iso(case.call_coming or (case.coming.next_contact if case.coming else None)),
        "invoices": [_explained(case, sequence, invoice) for invoice in case.invoices] or _settled(case),
        "flags": [_flag(flag) for flag in case.flags],
        "unreadable": [quarantined_cell(cell) for cell in case.unreadable],
        "sentences": list(sentences),
    }


def _explained(case: Case, sequence: str, invoice: Invoice) -> ExplainedInvoice:
    skipped = next((one for one in case.skipped if one.invoice_id == invoice.id), None)
    step = skipped.step if skipped else next((line.step for line in case.going if line.invoice.id == invoice.id), None)
    return {
        "invoice_id": invoice.id,
        "due_date": invoice.due_date.isoformat(),
        "days_past_due": (case.today - invoice.due_date).days,
        "balance": money_text(invoice.balance),
        "currency": invoice.currency,
        "settled_on": None,
        "goes_out": any(line.invoice.id == invoice.id for line in case.going),
        "step": step,
        "place": step_place(case.policy, sequence, step) if step else "",
        "next_contact": iso(case.next_on(invoice.id, skipped.next_contact if skipped else None)),
        "blockers": _blockers(skipped) if skipped else [],
    }


def _settled(case: Case) -> list[ExplainedInvoice]:
    asked = case.asked
    if asked is None:
        return []
    return [
        {
            "invoice_id": asked.id,
            "due_date": iso(asked.due_date),
            "days_past_due": None,
            "balance": money_text(asked.balance),
            "currency": asked.currency,
            "settled_on": iso(asked.cleared),
            "goes_out": False,
            "step": None,
            "place": "",
            "next_contact": None,
            "blockers": [],
        }
    ]


def run_document(summary: RunSummary) -> RunDocument:
    """`run --json`"""
    document: RunDocument = {
        "schema": "remindr.run/1",
        "run_id": summary.run_id,
        "as_of": summary.as_of.isoformat(),
        "sent": dict(summary.sent),
        "failed": summary.failed,
        "uncertain": summary.uncertain,
        "held": summary.held,
        "skipped": summary.skipped,
        "outbox": summary.outbox,
    }
    if summary.left is not None:
        document["left"] = summary.left
    return document
