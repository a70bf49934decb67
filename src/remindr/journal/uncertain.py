"""What nobody can know: deliveries that were on their way when their run broke off, or that no answer came to."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, exists, literal, select

from remindr.journal.engine import in_parts
from remindr.journal.schema import deliveries, delivery_states, lines, notices
from remindr.model.outcome import State
from remindr.model.plan import ChannelName


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A notice of which nobody knows whether it went out. `delivery_id` may be that of others, too: a run's folder."""

    delivery_id: int
    alone: bool
    run_id: str
    key: str
    customer_id: str
    on: date
    sequence: str
    step: str
    channels: tuple[ChannelName, ...]
    invoices: tuple[str, ...]

    @property
    def settled_as(self) -> str:
        """The word by which a person settles it: the notice, or the run whose folder it was in."""
        return self.key if self.alone else self.run_id


_later = delivery_states.alias("later")
_IN_DOUBT = (
    select(notices, deliveries.c.run_id, deliveries.c.kind)
    .join(deliveries, deliveries.c.id == notices.c.delivery_id)
    .join(delivery_states, delivery_states.c.delivery_id == deliveries.c.id)
    .where(
        delivery_states.c.state == literal(State.UNCERTAIN.value, literal_execute=True),  # as the index has it
        ~exists().where(
            _later.c.delivery_id == delivery_states.c.delivery_id, _later.c.ordinal > delivery_states.c.ordinal
        ),
    )
    .order_by(notices.c.id)
)


def read_in_doubt(connection: Connection) -> Iterator[InDoubt]:
    """All of them, oldest first."""
    rows = connection.execute(_IN_DOUBT).all()
    about = _invoices(connection, [row.id for row in rows])
    for row in rows:
        yield InDoubt(
            row.delivery_id, row.kind == "email", row.run_id, row.key, row.customer_id, date.fromisoformat(row.as_of),
            row.sequence, row.step, tuple(row.channels.split()), tuple(about[row.id]),
        )  # fmt: skip


def _invoices(connection: Connection, numbers: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for some in in_parts(numbers):
        query = select(lines.c.notice_id, lines.c.invoice_id).where(
            lines.c.notice_id.in_(some), lines.c.role.in_(("due", "also_due"))
        )
        for notice_id, invoice_id in connection.execute(query.order_by(lines.c.invoice_id)):
            found[notice_id].append(invoice_id)
    return found
