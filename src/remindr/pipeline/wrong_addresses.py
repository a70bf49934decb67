"""Addresses that somebody noted are wrong: the book forgets them, and the usual ones stand in where there are any."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from remindr.journal.claim import recipient_hash
from remindr.model.book import OWN
from remindr.model.notes import Note
from remindr.model.policy import Policy
from remindr.sources.people import USUAL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ADDRESSES: Final = ("email", "phone", "address")  # columns of customers that a note can say are wrong

_Place = tuple[str, str]  # customer id, column


def forget_wrong_addresses(
    connection: "DuckDBPyConnection", notes: Iterable[Note], policy: Policy
) -> tuple[list[Note], frozenset[str]]:
    """The notes that count, and the keys of those about an address for which the usual one stands in.

    A note about an address that the export has replaced counts no more.
    """
    every = list(notes)
    wrong = [note for note in every if note.kind == "wrong-address"]
    on_file = _on_file(connection, {note.customer_id for note in wrong}, policy) if wrong else {}
    standing = {note.key for note in wrong if _mark(note) in map(recipient_hash, on_file.get(_place(note), ()))}
    left: dict[_Place, list[str]] = {_place(note): on_file[_place(note)] for note in wrong if note.key in standing}
    for note in wrong:
        if note.key in standing:
            left[_place(note)] = [one for one in left[_place(note)] if recipient_hash(one) != _mark(note)]
    for place, right in left.items():
        _use(connection, place, right, [one for one in on_file[place] if one not in right], policy)
    replaced = frozenset(note.key for note in wrong if left.get(_place(note)))
    return [note for note in every if note.kind != "wrong-address" or note.key in standing], replaced


def _place(note: Note) -> _Place:
    return note.customer_id, note.subject.partition(" ")[0]


def _mark(note: Note) -> str:
    return note.subject.partition(" ")[2]


def _on_file(connection: "DuckDBPyConnection", customers: Iterable[str], policy: Policy) -> dict[_Place, list[str]]:
    """The addresses of customers, the one that is used first."""
    columns = (*ADDRESSES, *(USUAL if policy.project.contacts else ()))
    query = f"SELECT customer_id, {', '.join(columns)} FROM customers WHERE customer_id IN (SELECT unnest($customers))"
    found: dict[_Place, list[str]] = defaultdict(list)
    for customer_id, *row in connection.execute(query, {"customers": sorted(customers)}).fetchall():
        for column, address in zip(columns, row, strict=True):
            if address:
                found[customer_id, column.removeprefix("usual_")].append(address)
    return dict(found)


def _use(connection: "DuckDBPyConnection", place: _Place, right: list[str], wrong: list[str], policy: Policy) -> None:
    """Writes down the first address that is right as the customer's; nobody is called like the owner of a wrong one."""
    customer_id, column = place
    values = {column: next(iter(right), None)}
    project = policy.project
    if column == "email" and project.contacts and project.contacts.role:
        styles = project.styles
        names = {project.contacts.role, *((styles.first_name, styles.last_name) if styles else ())}
        values |= dict.fromkeys((OWN + name for name in names & set(policy.columns)), None)
    written = ", ".join(f"{name} = ?" for name in values)
    connection.execute(f"UPDATE customers SET {written} WHERE customer_id = ?", [*values.values(), customer_id])
    if column == "email" and project.contacts and project.contacts.above:
        above = OWN + project.contacts.above
        query = f"UPDATE customers SET {above} = NULL WHERE customer_id = ? AND list_contains(?, lower({above}))"
        connection.execute(query, [customer_id, [one.lower() for one in wrong]])
