"""E-mail cells: usually one address; else several, with names and brackets around them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import duckdb

from remindr.core.addresses import ADDRESS, mailbox
from remindr.sources.identity import CustomerKey, is_decided
from remindr.sources.synonyms import MORE_EMAILS
from remindr.sources.table import BLANKS, Table
from remindr.sources.values import Typed, ask, mapping, nothing
from remindr.sources.vocabulary import YES

_BRACKETS: Final = re.compile(r"<\s*(?:mailto:)?([^<>]*?)\s*>", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"')
_BETWEEN: Final = re.compile(r"[;,|\r\n\t]+")
_AROUND: Final = " '\"()[].\u00a0"
_EMPTY: Final = ("", "-")
_YES: Final = ", ".join(f"'{word}'" for word in map(str.lower, YES))
_SHORT: Final = 64  # bytes; no part of an address as short as that can be too long
_NAMED: Final = 3
_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Emails:
    """How SQL reads the column, and the cells that hold several addresses, or none although they are filled."""

    typed: Typed
    several: Sequence[str] = ()
    unusable: Sequence[str] = ()


def addresses_in(cell: str) -> list[str]:
    """The addresses that a cell plainly holds, in order, each once; nothing is made of pieces of broken ones."""
    return list(dict.fromkeys(address for part in _parts(cell) if (address := _address(part))))


def _parts(cell: str) -> list[str]:
    """`Finch, Ann <a@x.example>, b@x.example` is two parts; blanks part addresses where each piece is one."""
    found: list[str] = []
    for part in _BETWEEN.split(_BRACKETS.sub(r";\1;", _QUOTED.sub(" ", cell))):
        words = part.split()
        found += words if words and all(_address(word) for word in words) else [part]
    return found


def _address(part: str) -> str | None:
    address = part.strip(_AROUND)
    address = address[7:] if address[:7].lower() == "mailto:" else address
    try:
        return mailbox(address) if address.isascii() else None
    except ValueError:
        return None


def type_emails(connection: duckdb.DuckDBPyConnection, table: Table, only: str) -> Emails:
    """The first usable address in the rows that `only` picks: of the main column, else of people who get e-mails."""
    main = type_column(connection, table, "email", only)
    values, joins = [main.typed.value], [main.typed.join]
    for field in MORE_EMAILS:
        if field in table.fields:
            other = type_column(connection, table, field, only).typed
            wanted = f"lower({field}_if) IN ({_YES})" if f"{field}_if" in table.fields else "true"
            values.append(f"CASE WHEN {wanted} THEN {other.value} END")
            joins.append(other.join)
    value = f"coalesce({', '.join(values)})" if len(values) > 1 else main.typed.value
    return replace(main, typed=Typed(value, join=" ".join(filter(None, joins))))


def type_column(connection: duckdb.DuckDBPyConnection, table: Table, field: str, only: str) -> Emails:
    """The first usable address of every cell of a column.

    Cells that are one plain address, as nearly all are, are taken as they stand; the others are looked into.
    """
    if field not in table.fields:
        return Emails(nothing("VARCHAR"))
    pattern = ADDRESS.replace("'", "''")
    plain = f"regexp_full_match({field}, '{pattern}') AND strlen({field}) <= {_SHORT} AND NOT contains({field}, '=?')"
    query = f"SELECT DISTINCT {field} FROM {table.name} WHERE NOT ({plain}) AND {only}"
    found = {cell: addresses_in(cell) for (cell,) in connection.execute(f"{query} ORDER BY 1").fetchall()}
    if not found:
        return Emails(Typed(field))
    name = f"addresses_{table.role}_{field}"
    mapping(connection, name, [*found], [next(iter(addresses), None) for addresses in found.values()], "VARCHAR")
    return Emails(
        Typed(
            f"CASE WHEN {name}.text IS NULL THEN {field} ELSE {name}.value END",
            join=f"LEFT JOIN {name} ON {name}.text = {field}",
        ),
        [cell for cell, addresses in found.items() if len(addresses) > 1],
        [cell for cell, addresses in found.items() if not addresses and cell.strip(BLANKS) not in _EMPTY],
    )


def told_of_emails(connection: duckdb.DuckDBPyConnection, table: Table, emails: Emails) -> list[str]:
    """What a person should know of the e-mail cells of a file."""
    return list(told_of_cells(connection, table, "email", emails))


def told_of_cells(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    field: str,
    emails: Emails,
    *,
    where: str = "",
    instead: str = "",
) -> Iterator[str]:
    """What a person should know of the cells of a column of addresses: `where` it is, what is done `instead`."""
    what = "e-mail cell" if not where else "cell"
    if count := _count(connection, table, field, emails.unusable):
        cells = f"1 {what} holds" if count == 1 else f"{count:,} {what}s hold"
        then = f"; {instead}" if instead else ""
        yield f"{table.shown}:{where} {cells} no address: {_samples(emails.unusable)}{then}"
    if count := _count(connection, table, field, emails.several):
        cells = f"1 {what} holds" if count == 1 else f"{count:,} {what}s hold"
        yield f"{table.shown}:{where} {cells} several addresses, the first is used: {_samples(emails.several)}"


def told_of_contradictions(
    connection: duckdb.DuckDBPyConnection, table: Table, key: CustomerKey, address: Typed, alike: str, described: str
) -> list[str]:
    """What is told of customers whose own rows have different addresses; the table `described` has the one that counts.

    Only rows that are `alike` with that one's are expected to have the same.
    """
    if "email" not in table.fields or not ask(connection, f"SELECT count(*) FROM {described} WHERE rows > 1")[0]:
        return []
    themselves = "NOT behind" if is_decided(connection, table) else "true"
    found = connection.execute(f"""
        WITH said AS (
            SELECT {key.id} AS whose, {address.value} AS address, {alike} AS alike FROM {table.name} {address.join}
            WHERE {themselves}
        ), counts AS (
            SELECT DISTINCT s.whose, s.alike FROM said s JOIN {described} d ON d.customer_id = s.whose
            WHERE d.rows > 1 AND lower(s.address) = lower(d.email)
        )
        SELECT coalesce(d.name, d.customer_id), d.email, list(DISTINCT s.address ORDER BY s.address)
        FROM said s JOIN counts USING (whose, alike) JOIN {described} d ON d.customer_id = s.whose
        WHERE lower(s.address) <> lower(d.email)
        GROUP BY d.customer_id, d.name, d.email ORDER BY d.customer_id
    """).fetchall()
    told = [f"{table.shown}: {name}: {first} counts, not {', '.join(others)}" for name, first, others in found[:_TOLD]]
    if len(found) > _TOLD:
        told.append(f"… {len(found) - _TOLD:,} more customers with several addresses")
    return told


def _count(connection: duckdb.DuckDBPyConnection, table: Table, field: str, cells: Sequence[str]) -> int:
    if not cells:
        return 0
    query = f"SELECT count(*) FROM {table.name} WHERE {field} IN (SELECT unnest(CAST($1 AS VARCHAR[])))"
    return int(connection.execute(query, [list(cells)]).fetchall()[0][0])


def _samples(cells: Sequence[str]) -> str:
    return ", ".join(f"'{' '.join(cell.split())}'" for cell in cells[:_NAMED])
