"""What people approved and refused: rows that only ever come; the newest of a step is what counts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from remindr.journal.engine import bulk_insert
from remindr.journal.schema import approvals
from remindr.model.approvals import Approval, Bound


def read_approvals(connection: Connection, today: date, *, after: str = "") -> list[Approval]:
    """Those given up to a day, and recorded after a moment, oldest first."""
    query = select(approvals).where(approvals.c.given_on <= today.isoformat(), approvals.c.recorded_at > after)
    return [_approval(row) for row in connection.execute(query.order_by(approvals.c.id)).mappings()]


def _approval(row: RowMapping) -> Approval:
    bound = Bound(
        row["sequence"], row["step"], row["repeat"], row["recipient"], row["balance"], row["template"]
    )  # fmt: skip
    until = date.fromisoformat(row["until"]) if row["until"] else None
    on = date.fromisoformat(row["given_on"])
    return Approval(
        row["customer_id"], row["invoice_id"], bound, on, row["given_by"], row["text"], until, row["promise"], row["id"]
    )  # fmt: skip


def store_approvals(connection: Connection, new: Iterable[Approval], at: str) -> list[Approval]:
    """Stores them; they come back with their numbers."""
    first = (connection.scalar(select(func.max(approvals.c.id))) or 0) + 1
    stored = [replace(one, number=number) for number, one in enumerate(new, first)]
    bulk_insert(connection, approvals, (_row(one, at) for one in stored))
    return stored


def _row(one: Approval, at: str) -> tuple[Any, ...]:
    bound = one.bound
    return (
        one.number, at, one.on.isoformat(), one.by, one.text, one.until and one.until.isoformat(), one.customer_id,
        one.invoice_id, bound.sequence, bound.step, bound.repeat, bound.recipient, bound.balance, bound.template,
        one.promise,
    )  # fmt: skip
