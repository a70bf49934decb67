"""Ids and names as SQL: trimmed, leading zeros kept, spreadsheet wrappings taken off."""

from dataclasses import dataclass, replace
from typing import Final

import duckdb

from remindr.sources.table import BLANKS, Table

MOST_BLANK_IDS = 0.02
_BEHIND: Final = 1_000_000_000  # more than rows in any file
FOLDED: Final = r"lower(regexp_replace(trim({}), '\s+', ' ', 'g'))"  # a name without capitals and extra blanks


def trimmed(field: str) -> str:
    """A text cell without blanks around it; NULL if nothing is left."""
    return f"nullif(trim({field}, '{BLANKS}'), '')"


def id_sql(connection: duckdb.DuckDBPyConnection, table: Table, field: str) -> str:
    """The SQL of an id: `="007"` is 007, and where every number of a column ends in `.0`, that goes."""
    if field not in table.fields:
        return "CAST(NULL AS VARCHAR)"
    text = field
    query = (
        f"SELECT bool_or(starts_with({field}, '=') OR starts_with({field}, '''')), "
        f"bool_and(ends_with({field}, '.0')) FROM {table.name}"
    )
    wrapped, floats = connection.execute(query).fetchall()[0]
    if wrapped:
        text = f"nullif(regexp_replace({text}, '^=\"(.*)\"$|^''(\\d+)$', '\\1\\2'), '')"
    if floats:
        text = f"regexp_replace({text}, '^(\\d+)\\.0$', '\\1')"
    return text


def mangled_sql(field: str) -> str:
    """True for an id that a spreadsheet has turned into 1.23E+18; its digits are lost."""
    number = f"regexp_full_match({field}, '\\d+([.,]\\d+)?[eE]\\+\\d+')"
    return f"(contains({field}, 'E+') OR contains({field}, 'e+')) AND {number}"


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """How a file tells customers apart: the SQL of the id and of the name, and whether the name is the id.

    `order` is the SQL of the order in which the rows of a customer are asked for details; {} is the table.
    """

    id: str
    name: str
    by_name: bool
    warning: str | None = None
    order: str = "{}.rowid"


def customer_key(connection: duckdb.DuckDBPyConnection, table: Table) -> CustomerKey:
    """By number where the file has numbers for practically everybody, else by name.

    Whose a row is decided to be counts more than what it says; those who are not the customer themselves come last.
    """
    return decided_key(connection, table, written_key(connection, table))


def decided_key(connection: duckdb.DuckDBPyConnection, table: Table, key: CustomerKey) -> CustomerKey:
    """The key that heeds what was decided of the rows of a table, if anything was."""
    if not is_decided(connection, table):
        return key
    return replace(
        key,
        id=f"coalesce({table.name}.belongs, {key.id})",
        order=f"({{0}}.rowid + CASE WHEN {{0}}.behind THEN {_BEHIND} ELSE 0 END)",
    )


def is_decided(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether the rows of a table have a column for whose they were decided to be."""
    query = f"SELECT count(*) FROM (DESCRIBE {table.name}) WHERE column_name = 'belongs'"
    return bool(connection.execute(query).fetchall()[0][0])


def written_key(connection: duckdb.DuckDBPyConnection, table: Table) -> CustomerKey:
    """The same by what is written in the file alone."""
    name = "customer_name" if "customer_name" in table.fields else "CAST(NULL AS VARCHAR)"
    if "customer_id" not in table.fields:
        return CustomerKey(name, name, by_name=True)
    number = id_sql(connection, table, "customer_id")
    if "customer_name" not in table.fields:
        return CustomerKey(number, number, by_name=False)
    query = f"SELECT count(*) - count(customer_id), count(*) FROM {table.name}"
    blank, rows = connection.execute(query).fetchall()[0]
    if blank > max(3, MOST_BLANK_IDS * rows):
        header = table.columns.header("customer_id")
        return CustomerKey(
            name, name, by_name=True,
            warning=f"{table.pages[0].snapshot.shown}: '{header}' is empty in {blank} of {rows} rows, "
            "so customers are told apart by name",
        )  # fmt: skip
    return CustomerKey(number, f"coalesce({name}, {number})", by_name=False)
