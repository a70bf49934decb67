"""What was taken back of what runs wrote: begun, then ended once the files are out of the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, update

from remindr.journal.engine import bulk_insert
from remindr.journal.progress import current_states
from remindr.journal.records import DeliveryKind
from remindr.journal.schema import deliveries, discard_results, discards, lines, notes, notices
from remindr.model.outcome import State


@dataclass(frozen=True, slots=True)
class WrittenNotice:
    """A notice as a run wrote it: where its files are, where its delivery stands, whether it was taken back."""

    number: int
    key: str
    run_id: str
    delivery_id: int
    kind: DeliveryKind
    target: str
    state: State
    customer_id: str
    as_of: date
    purpose: str
    step: str
    channels: tuple[str, ...]
    voided: bool


@dataclass(frozen=True, slots=True)
class BuiltOn:
    """What rests on a notice: a later one, with its run and key, or the note of what came of the call."""

    notice: WrittenNotice
    what: str
    run_id: str = ""
    key: str = ""
    note: int = 0


@dataclass(frozen=True, slots=True)
class Discard:
    """The taking back of a run, or of one of its notices."""

    number: int
    run_id: str
    notice: int | None


_WRITTEN = select(
    notices.c.id,
    notices.c.key,
    deliveries.c.run_id,
    deliveries.c.kind,
    deliveries.c.target,
    notices.c.delivery_id,
    notices.c.customer_id,
    notices.c.as_of,
    notices.c.purpose,
    notices.c.step,
    notices.c.channels,
    notices.c.voided,
).join(deliveries)


def is_discarded(connection: Connection, run_id: str) -> bool:
    """Whether a run was taken back as a whole."""
    return bool(connection.scalar(select(exists().where(discards.c.run_id == run_id, discards.c.notice_id.is_(None)))))


def was_taken_back() -> ColumnElement[bool]:
    """What tells, of notices beside their deliveries, those that a person has taken back."""
    return exists().where(
        notices.c.voided, discards.c.id == discard_results.c.discard_id, discards.c.run_id == deliveries.c.run_id,
        or_(discards.c.notice_id.is_(None), discards.c.notice_id == notices.c.id),
    )  # fmt: skip


def read_written(connection: Connection, run_id: str | None = None, *, key: str | None = None) -> list[WrittenNotice]:
    """The notices of a run, or those with a key, oldest first; all there are without either."""
    query = _WRITTEN.order_by(notices.c.id)
    if run_id is not None:
        query = query.where(deliveries.c.run_id == run_id)
    if key is not None:
        query = query.where(notices.c.key == key)
    rows = connection.execute(query).all()
    states = current_states(connection, sorted({row.delivery_id for row in rows})) if rows else {}
    return [
        WrittenNotice(
            row.id, row.key, row.run_id, row.delivery_id, row.kind, row.target, states[row.delivery_id],
            row.customer_id, date.fromisoformat(row.as_of), row.purpose, row.step, tuple(row.channels.split()),
            row.voided,
        )
        for row in rows
    ]  # fmt: skip


def read_built_on(connection: Connection, taken: Sequence[WrittenNotice]) -> Iterator[BuiltOn]:
    """What rests on these notices: a later one about the same, or what came of the call."""
    own = {one.number: one for one in taken}
    earlier, later, its = lines.alias("earlier"), lines.alias("later"), notices.alias("its")
    told = ("also_open",)  # stood there for information only
    query = (
        select(
            earlier.c.notice_id, its.c.id, its.c.key, deliveries.c.run_id, its.c.as_of, its.c.step, earlier.c.invoice_id
        )
        .select_from(notices)
        .join(earlier, and_(earlier.c.customer_id == notices.c.customer_id, earlier.c.notice_id == notices.c.id))
        .join(
            later,
            and_(
                later.c.customer_id == earlier.c.customer_id,
                later.c.invoice_id == earlier.c.invoice_id,
                later.c.notice_id > earlier.c.notice_id,
            ),
        )
        .join(its, its.c.id == later.c.notice_id)
        .join(deliveries, deliveries.c.id == its.c.delivery_id)
        .where(
            notices.c.id >= min(own), notices.c.id <= max(own), earlier.c.role.not_in(told), later.c.role.not_in(told),
            ~its.c.voided,
        )
    )  # fmt: skip
    for number, other, key, run_id, as_of, step, invoice_id in connection.execute(query):
        if number in own and other not in own:
            what = f"step '{step}' of {as_of} about {invoice_id} came after it"
            yield BuiltOn(own[number], what, run_id, key)
    rung = {one.key: one for one in taken if "call" in one.channels}
    undo = notes.alias("undo")
    undone = exists().where(undo.c.undoes == notes.c.id)
    called = select(notes.c.id, notes.c.subject, notes.c.noted_on).where(notes.c.kind == "called", ~undone)
    for number, subject, noted_on in connection.execute(called) if rung else ():
        if (one := rung.get(subject.partition(" ")[0])) is not None:
            yield BuiltOn(one, f"what came of the call was noted on {noted_on}", note=number)


def store_discard(
    connection: Connection, run_id: str, notice: int | None, *, on: date, by: str, text: str, at: str
) -> int:
    """Stores that it is begun; its number."""
    number = (connection.scalar(select(func.max(discards.c.id))) or 0) + 1
    bulk_insert(connection, discards, [(number, at, on.isoformat(), by, text, run_id, notice)])
    return number


def read_begun(connection: Connection) -> list[Discard]:
    """Those that were begun and never ended, oldest first."""
    query = select(discards.c.id, discards.c.run_id, discards.c.notice_id).outerjoin(discard_results)
    rows = connection.execute(query.where(discard_results.c.at.is_(None)).order_by(discards.c.id))
    return [Discard(*row) for row in rows]


def store_end(connection: Connection, discard: Discard, at: str) -> None:
    """Stores its end, and takes its notices out of the walls."""
    bulk_insert(connection, discard_results, [(discard.number, at)])
    of_run = select(deliveries.c.id).where(deliveries.c.run_id == discard.run_id)
    one = notices.c.delivery_id.in_(of_run) if discard.notice is None else notices.c.id == discard.notice
    connection.execute(update(notices).where(one).values(voided=True))
