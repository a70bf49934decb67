"""The flags that runs raised. Only a run that came to its end tells which flags stand, and which do no more."""

from datetime import date

from sqlalchemy import Connection, func, select

from remindr.journal.schema import run_flags, run_results, runs

FlagKey = tuple[str, str, str]  # code, customer id, invoice id or empty text

_KEY = (run_flags.c.code, run_flags.c.customer_id, run_flags.c.invoice_id)
_FINISHED = (
    select(runs.c.run_id, runs.c.as_of, func.row_number().over(order_by=runs.c.id.desc()).label("place"))
    .join(run_results)
    .subquery()
)  # the newest has place 1


def read_flags_raised(connection: Connection) -> frozenset[FlagKey]:
    """The flags of the newest run that came to its end."""
    newest = select(runs.c.run_id).join(run_results).order_by(runs.c.id.desc()).limit(1).scalar_subquery()
    rows = connection.execute(select(*_KEY).where(run_flags.c.run_id == newest))
    return frozenset((code, customer_id, invoice_id) for code, customer_id, invoice_id in rows)


def read_flags_since(connection: Connection) -> dict[FlagKey, date]:
    """The same, each with the day of the oldest run since which every one has raised it."""
    raised = (
        select(
            *_KEY,
            _FINISHED.c.as_of,
            _FINISHED.c.place,
            func.row_number().over(partition_by=_KEY, order_by=_FINISHED.c.place).label("times"),
        )
        .join(_FINISHED, _FINISHED.c.run_id == run_flags.c.run_id)
        .subquery()
    )
    key = raised.c.code, raised.c.customer_id, raised.c.invoice_id
    unbroken = raised.c.place == raised.c.times  # raised by each of the newest `place` runs
    rows = connection.execute(select(*key, func.min(raised.c.as_of)).where(unbroken).group_by(*key))
    return {(code, customer, invoice): date.fromisoformat(first) for code, customer, invoice, first in rows}
