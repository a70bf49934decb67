"""The status as a JSON document."""

from datetime import date

from remindr.cli.shapes import (
    DueCall,
    DuePromise,
    HeldNotice,
    LastRun,
    RestingInvoices,
    StatusDocument,
    UncertainNotice,
    Waiting,
)
from remindr.cli.terminal import iso
from remindr.cli.views import money_text, quarantined_cell
from remindr.core.attention import asked_words, command_for
from remindr.journal.records import RunRecord
from remindr.model.approvals import Waiting as WaitsForWord
from remindr.model.notes import Promise
from remindr.pipeline.calls import Call
from remindr.pipeline.plan import Held
from remindr.pipeline.status import Raised, Resting, Status, Uncertain


def status_document(found: Status) -> StatusDocument:
    """`status --json`"""
    return {
        "schema": "remindr.status/1",
        "as_of": found.today.isoformat(),
        "exported_on": found.exported_on.isoformat(),
        "person_needed": found.person_needed,
        "last_run": None if found.last is None else _last(found.last, at_work=found.at_work is not None),
        "refused": [problem.what for problem in found.refused],
        "waiting": [
            *(_asked(one.waiting, one.code, one.since) for one in found.asked),
            *(_raised(found, one) for one in found.flags),
        ],
        "at_rest": [_asked(one, "refused") for one in found.rests],
        "resting": [_resting(found, one) for one in found.resting],
        "unreadable": [quarantined_cell(cell) for cell in found.unreadable],
        "held": [_held(one) for one in found.held],
        "uncertain": [_uncertain(found, one) for one in found.uncertain],
        "promises": [_promise(found, one) for one in found.promises],
        "calls": [_call(one) for one in found.calls],
        "sends": dict(found.sends),
        "next_contact": iso(found.next_contact),
        "next_invoices": found.next_invoices,
    }


def _last(last: RunRecord, *, at_work: bool) -> LastRun:
    return {
        "run_id": last.run_id,
        "as_of": last.as_of.isoformat(),
        "started_at": last.started_at,
        "finished_at": last.finished_at,
        "at_work": at_work,
        "exported_on": iso(last.exported_on),
        "sent": dict(last.sent),
        "failed": last.failed,
        "left": last.left,
        "uncertain": last.uncertain,
        "held": last.held,
        "skipped": last.skipped,
        "taken_back": last.taken_back,
    }


def _asked(one: WaitsForWord, code: str, since: date | None = None) -> Waiting:
    return {
        "code": code,
        "customer_id": one.customer_id,
        "customer_name": one.customer_name,
        "invoice_id": one.invoice_id or None,
        "detail": asked_words(one),
        "since": iso(since),
        "command": command_for(code, one.customer_id, one.invoice_id),
    }


def _raised(found: Status, one: Raised) -> Waiting:
    flag = one.flag
    return {
        "code": flag.code,
        "customer_id": flag.customer_id,
        "customer_name": found.names.get(flag.customer_id, flag.customer_id),
        "invoice_id": flag.invoice_id,
        "detail": flag.detail,
        "since": iso(one.since),
        "command": command_for(flag.code, flag.customer_id, flag.invoice_id),
    }


def _resting(found: Status, one: Resting) -> RestingInvoices:
    return {
        "code": one.code.value,
        "customer_id": one.customer_id,
        "customer_name": found.names.get(one.customer_id, one.customer_id),
        "invoices": list(one.invoices),
        "detail": one.detail,
        "since": iso(one.since),
        "command": one.command,
    }


def _held(one: Held) -> HeldNotice:
    customer = one.notice.customer
    return {"customer_id": customer.id, "customer_name": customer.name, "problem": str(one.problem)}


def _uncertain(found: Status, one: Uncertain) -> UncertainNotice:
    return {
        "key": one.key,
        "customer_id": one.customer_id,
        "customer_name": found.names.get(one.customer_id, one.customer_id),
        "on": one.on.isoformat(),
        "step": one.step,
        "invoices": list(one.invoices),
        "command": command_for("in_doubt", one.customer_id, one.invoices[0]),
    }


def _promise(found: Status, one: Promise) -> DuePromise:
    customer_id, amount = one.note.customer_id, one.part.amount
    return {
        "customer_id": customer_id,
        "customer_name": found.names.get(customer_id, customer_id),
        "invoices": list(one.note.covers),
        "on": one.part.on.isoformat(),
        "amount": None if amount is None else money_text(amount),
        "currency": one.note.currency,
        "command": command_for("broken_promise", customer_id),
    }


def _call(one: Call) -> DueCall:
    customer = one.notice.customer
    return {
        "key": one.key,
        "customer_id": customer.id,
        "customer_name": customer.name,
        "attempt": one.attempt,
    }
