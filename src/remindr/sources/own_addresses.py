"""Addresses of the company itself in exports: a reminder to one's own mailbox reaches no customer, and may loop."""

from collections.abc import Iterable, Iterator
from typing import Final

import duckdb

from remindr.core.addresses import mailbox
from remindr.model.book import OWN
from remindr.model.policy import Project
from remindr.sources.emails import addresses_in
from remindr.sources.synonyms import MORE_EMAILS
from remindr.sources.table import Table

_NAMED: Final = 3


def forget_own_addresses(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table], project: Project) -> list[str]:
    """Takes the company's own addresses out of the columns of addresses; returns what a person should know of that."""
    own = frozenset(_own(project))
    people = [OWN + column for column in project.contacts.columns] if project.contacts else []
    told = []
    for table in tables:
        fields = [field for field in ("email", *MORE_EMAILS, *people) if field in table.fields]
        counted = sum(_forget(connection, table, field, own) for field in fields)
        if counted:
            cells = "1 e-mail cell has" if counted == 1 else f"{counted:,} e-mail cells have"
            named = ", ".join(sorted(own)[:_NAMED])
            told.append(f"{table.shown}: {cells} an address of your own ({named}), which counts as none")
    return told


def _own(project: Project) -> Iterator[str]:
    """The addresses that e-mails come from, that answers go to and that copies are kept at."""
    archive = project.delivery.email.archive_to
    written = (project.company.email, archive, *(owner.email for owner in project.owners.values()))
    yield from (mailbox(one).lower() for one in written if one)


def _forget(connection: duckdb.DuckDBPyConnection, table: Table, field: str, own: frozenset[str]) -> int:
    """The number of cells of a column that lost an address."""
    holds = " OR ".join(f"contains(lower({field}), ?)" for _ in own)
    query = f"SELECT {field}, count(*) FROM {table.name} WHERE {holds} GROUP BY 1 ORDER BY 1"
    counted = 0
    for cell, rows in connection.execute(query, sorted(own)).fetchall():
        found = addresses_in(cell)
        left = [one for one in found if one.lower() not in own]
        if len(left) < len(found):
            counted += rows
            connection.execute(
                f"UPDATE {table.name} SET {field} = ? WHERE {field} = ?", ["; ".join(left) or None, cell]
            )
    return counted
