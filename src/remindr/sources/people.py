"""Several people of a customer: whose address and number count, told by columns of their own or by rows with roles."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import duckdb

from remindr.model.book import OWN
from remindr.model.policy import Contacts, Project, folded_role
from remindr.sources.emails import Emails, told_of_cells, type_column
from remindr.sources.identity import FOLDED
from remindr.sources.table import Table
from remindr.sources.values import Typed, word_map

USUAL: Final = ("usual_email", "usual_phone")  # columns of customers, where `contacts:` names somebody who comes first
_BETWEEN: Final = re.compile(r"[;,|/\r\n]+")
_FAR: Final = 10_000_000_000  # more than any place in the order of rows


@dataclass(frozen=True, slots=True)
class People:
    """How SQL reads what the people of a customer have, row by row.

    `first` is what comes before the usual e-mail address or number, `fields` are further columns of customers. Rows of
    one customer that say `alike` in common are expected to agree.
    """

    first: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()  # fields that say who it is that is written to
    by_role: bool = False
    rank: str = "0"  # whose address is the usual one, the least first
    alike: str = "''"
    joins: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def rows(self) -> str:
        """How many rows a customer has, people of different roles counted as one."""
        return f"count(*) - count(DISTINCT {self.alike}) + 1" if self.by_role else "count(*)"

    def address(self, usual: Typed) -> Typed:
        """How SQL reads the address that each row speaks for."""
        if self.by_role or "email" not in self.first:
            return replace(usual, join=" ".join((usual.join, *self.joins)))
        value = f"coalesce({self.first['email']}, {usual.value})"
        return Typed(value, join=" ".join((usual.join, *self.joins)))

    def ranked(self, values: Mapping[str, str], order: str) -> dict[str, str]:
        """What customers have once all of their rows are looked at, by column; `values` is what each row says."""
        usual = {name: f"arg_min({values[name]}, {order} + {self.rank} * {_FAR})" for name in ("email", "phone")}
        found = {f"usual_{name}": value for name, value in usual.items()}
        for name, value in self.first.items():
            found[name] = f"coalesce(arg_min({value}, {order}), {usual[name]})"
        if self.names:
            first, own = self.first["email"], values["email"]
            rank = f"CASE WHEN {first} IS NOT NULL THEN -1 WHEN {own} IS NULL THEN 3 ELSE {self.rank} END"
            place = f"{order} + {rank} * {_FAR}"
            found |= {name: f"arg_min_null({values[name]}, {place})" for name in self.names}
        return found


NOBODY: Final = People()


def find_people(
    connection: duckdb.DuckDBPyConnection, table: Table, project: Project, values: Mapping[str, str], only: str
) -> People:
    """How to read the people that `contacts:` names in the rows that `only` picks; `values` reads e-mail and phone."""
    contacts = project.contacts
    if contacts is None:
        return NOBODY
    if contacts.role is None:
        return _of_columns(connection, table, contacts, only)
    if OWN + contacts.role not in table.fields:
        return NOBODY
    styles = project.styles
    names = {contacts.role, *((styles.first_name, styles.last_name) if styles else ())}
    fields = {OWN + name for name in names} & set(table.fields)
    return _of_roles(connection, table, contacts, values, fields)


def _of_columns(connection: duckdb.DuckDBPyConnection, table: Table, contacts: Contacts, only: str) -> People:
    columns = [OWN + column for column in contacts.columns if OWN + column in table.fields]
    found = {column: type_column(connection, table, column, only) for column in columns}
    payable = found.get(OWN + (contacts.payable or ""))
    return People(
        first={"email": payable.typed.value} if payable else {},
        fields={column: emails.typed.value for column, emails in found.items()},
        alike=f"({payable.typed.value} IS NULL)" if payable else "''",
        joins=tuple(emails.typed.join for emails in found.values()),
        told=tuple(_told(connection, table, contacts, found)),
    )


def _told(
    connection: duckdb.DuckDBPyConnection, table: Table, contacts: Contacts, found: Mapping[str, Emails]
) -> Iterator[str]:
    """Cells that are no address, and what is done instead."""
    positions = table.columns.positions
    for column, emails in found.items():
        if positions[column] != positions.get("email"):  # those of the usual column are told anyway
            is_first = column == OWN + (contacts.payable or "")
            instead = "the usual address is used" if is_first else "nobody gets a copy there"
            header = table.headers[positions[column]]
            yield from told_of_cells(connection, table, column, emails, where=f" under '{header}'", instead=instead)


def _of_roles(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    contacts: Contacts,
    values: Mapping[str, str],
    names: Collection[str],
) -> People:
    role = OWN + (contacts.role or "")
    duties = word_map(connection, table, role, lambda cell: _duties(cell, contacts), "VARCHAR[]")
    payable, above = (f"coalesce(list_contains({duties.value}, '{duty}'), false)" for duty in ("payable", "above"))
    _remember_roles(connection, table, role)
    copied = {OWN + contacts.above: f"CASE WHEN {above} THEN {values['email']} END"} if contacts.above else {}
    return People(
        first={name: f"CASE WHEN {payable} THEN {values[name]} END" for name in ("email", "phone")},
        fields=copied,
        names=frozenset(names),
        by_role=True,
        rank=f"CASE WHEN {payable} THEN 1 WHEN {above} THEN 2 ELSE 0 END",
        alike=f"coalesce({FOLDED.format(role)}, '')",
        joins=(duties.join,),
    )


def _duties(cell: str, contacts: Contacts) -> list[str]:
    """What somebody with such a role is written to for."""
    roles = set(_roles(cell))
    named = {"payable": contacts.accounts_payable, "above": contacts.escalation}
    return [duty for duty, words in named.items() if roles & set(words)]


def _roles(cell: str) -> Iterator[str]:
    """The role in a cell; where several are listed, each of them, too."""
    yield from filter(None, dict.fromkeys(map(folded_role, (cell, *_BETWEEN.split(cell)))))


def _remember_roles(connection: duckdb.DuckDBPyConnection, table: Table, role: str) -> None:
    """Makes the table `roles`: the roles that somebody has."""
    cells = connection.execute(f"SELECT DISTINCT {role} FROM {table.name} WHERE {role} IS NOT NULL").fetchall()
    known = sorted({word for (cell,) in cells for word in _roles(cell)})
    connection.execute("CREATE TABLE roles AS SELECT unnest(CAST($1 AS VARCHAR[])) AS role", [known])
