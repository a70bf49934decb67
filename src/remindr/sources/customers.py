"""Everybody named in the book: from the customers file, and from what the invoice file says of them."""

from collections.abc import Iterator, Sequence
from typing import Final

import duckdb

from remindr.model.book import OWN
from remindr.model.policy import Project
from remindr.sources.emails import told_of_contradictions, told_of_emails, type_emails
from remindr.sources.identity import CustomerKey, trimmed
from remindr.sources.people import NOBODY, USUAL, find_people
from remindr.sources.synonyms import MORE_PHONES, Role
from remindr.sources.table import Table
from remindr.sources.values import MOST_WORDS, ask, distinct, nothing, word_map
from remindr.sources.words import channel_of, hold_reason, language_of, says_yes

OF_INVOICES_TOO: Final = ("phone", "country", "industry", "credit_rating", "company_size", "owner")
OF_THEIR_OWN_FILE: Final = ("tags", "terms")  # in an invoice file these speak of the invoice
COLUMNS: Final = (
    "name", "email", "phone", "address", "country", "language", "preferred_channel", "do_not_contact", "hold",
    "industry", "credit_rating", "company_size", "tags", "terms", "owner",
)  # fmt: skip
_ADDRESS: Final = ("address", "address_2", "address_3", "address_4", "city", "region", "postcode")
_LABEL: Final = r"\s*\p{L}[\p{L} .-]*:\s*"
_UNCLEAR_NAMED: Final = 2
NULL: Final = "CAST(NULL AS VARCHAR)"


def describe_customers(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    key: CustomerKey,
    name: str,
    *,
    only: str = "true",
    project: Project | None = None,
) -> list[str]:
    """Makes a table of one row per customer of a file: for each field the first filled cell.

    `only` narrows the rows looked at; `project` is given where the file is the one that tells of their people. Returns
    what a person should know.
    """
    own = table.role == "customers"
    language = word_map(connection, table, "language", lambda text: language_of(text) or text)
    channel = word_map(connection, table, "preferred_channel", channel_of)
    silence = word_map(connection, table, "do_not_contact", lambda text: says_yes(text) is not False, "BOOLEAN")
    hold = word_map(connection, table, "hold", hold_reason) if own else nothing("VARCHAR")
    emails = type_emails(connection, table, only)
    values = {field: _text(table, field) for field in OF_INVOICES_TOO}
    values |= {field: _text(table, field) if own else NULL for field in OF_THEIR_OWN_FILE}
    extra = [field for field in table.fields if field.startswith(OWN)]
    values |= {field: _text(table, field) for field in extra}
    country = values["country"]
    values |= {
        "name": _name(table),
        "phone": _phone(table),
        "email": emails.typed.value,
        "address": _address(table),
        "country": f"CASE WHEN strlen({country}) = 2 THEN upper({country}) ELSE {country} END",
        "language": language.value,
        "preferred_channel": channel.value,
        "do_not_contact": f"coalesce({silence.value}, false)",
        "hold": f"nullif({hold.value}, '')",
    }
    people = find_people(connection, table, project, values, only) if project else NOBODY
    values |= people.fields
    order = key.order.format(table.name)
    best = {column: _first(value, column, order) for column, value in values.items()}
    best |= people.ranked(values, order) if project and project.contacts else {}
    said = ", ".join(f"{value} AS {column}" for column, value in best.items())
    joins = " ".join((*(typed.join for typed in (language, channel, silence, hold, emails.typed)), *people.joins))
    connection.execute(
        f"CREATE TABLE {name} AS SELECT {key.id} AS customer_id, min({order}) AS ordinal, "
        f"{people.rows} AS rows, {said} FROM {table.name} {joins} WHERE {key.id} IS NOT NULL AND {only} GROUP BY 1"
    )
    told = list(people.told)
    if own:
        told += _told_of_silence(connection, table)
        told += _unknown_channels(table, channel.unknown)
        told += told_of_emails(connection, table, emails)
        address = people.address(emails.typed)
        told += told_of_contradictions(connection, table, key, address, people.alike, name)
    return told


def _first(value: str, column: str, order: str) -> str:
    if value == NULL:
        return NULL
    if column == "do_not_contact":
        return f"bool_or({value})"
    return f"arg_min({value}, {order})"


def _text(table: Table, field: str) -> str:
    return trimmed(field) if field in table.fields else NULL


def _name(table: Table) -> str:
    """The name, on one line."""
    if "customer_name" not in table.fields:
        return NULL
    return f"regexp_replace({trimmed('customer_name')}, '\\s+', ' ', 'g')"


def _phone(table: Table) -> str:
    """The first number of a row."""
    fields = [field for field in ("phone", *MORE_PHONES) if field in table.fields]
    return f"coalesce({', '.join(map(_number, fields))}, NULL)" if fields else NULL


def _number(field: str) -> str:
    """The first number of a cell, also of one like `Phone:905-216-6077 Mobile:905-216-6078`."""
    first = f"regexp_replace(regexp_replace({field}, '{_LABEL}', ''), '[\\s,;]{_LABEL}.*$', '', 's')"
    return f"CASE WHEN strpos({field}, ':') > 0 THEN nullif(trim({first}), '') ELSE {trimmed(field)} END"


def _address(table: Table) -> str:
    parts = [trimmed(field) for field in _ADDRESS if field in table.fields]
    return f"nullif(concat_ws('\n', {', '.join(parts)}), '')" if parts else NULL


def _told_of_silence(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """Cells that silence a customer although they say neither yes nor no: it may be another column."""
    field = "do_not_contact"
    if field not in table.fields:
        return
    unclear = [text for text in distinct(connection, table, field, field, MOST_WORDS) if says_yes(text) is None]
    if unclear:
        query = f"SELECT count(*) FROM {table.name} WHERE {field} IN (SELECT unnest(CAST($1 AS VARCHAR[])))"
        (count,) = ask(connection, query, [unclear])
        cells = "1 cell is" if count == 1 else f"{count:,} cells are"
        named = ", ".join(f"'{text}'" for text in unclear[:_UNCLEAR_NAMED])
        what = f"under '{table.columns.header(field)}' {cells} neither a yes nor a no, and taken for a yes"
        yield f"{table.shown}: {what}: {named}; these customers hear nothing"


def _unknown_channels(table: Table, channels: tuple[str, ...]) -> list[str]:
    if not channels:
        return []
    named = ", ".join(f"'{word}'" for word in channels[:5])
    return [f"{table.shown}: unknown preferred channel {named}; known: email, phone, sms, letter"]


def gaps(connection: duckdb.DuckDBPyConnection, invoices: Table, key: CustomerKey) -> str:
    """SQL for the rows of the invoice file that may know what the customers file does not."""
    fields = {"name" if field == "customer_name" else field for field in invoices.fields}
    holes = [f" OR l.{column} IS NULL" for column in COLUMNS if column in fields and column not in OF_THEIR_OWN_FILE]
    connection.execute(f"""
        CREATE TEMP TABLE sought AS SELECT DISTINCT f.customer_id FROM facts f LEFT JOIN listed l USING (customer_id)
        WHERE l.customer_id IS NULL{"".join(holes)}
    """)
    return f"{key.id} IN (SELECT customer_id FROM sought)"


def describes_customers(project: Project) -> Role:
    """The file whose columns rules can ask for: that of customers, else that of invoices."""
    return "customers" if project.sources.customers else "invoices"


def entitle(connection: duckdb.DuckDBPyConnection, groups: Sequence[str]) -> None:
    """Gives customers who exist as a group of others alone the name of the group, which is their id."""
    if groups:
        connection.execute(
            "UPDATE customers SET name = customer_id WHERE customer_id IN (SELECT unnest(CAST($1 AS VARCHAR[])))",
            [list(groups)],
        )


def merge_customers(connection: duckdb.DuckDBPyConnection, listed: Table | None) -> None:
    """Makes the table `customers` from what the invoice file says (`named`) and the customers file (`listed`)."""
    described = connection.execute(f"DESCRIBE {'listed' if listed else 'named'}").fetchall()
    extra = [column for column, *_ in described if column.startswith(OWN) or column in USUAL]
    connection.execute(f"""
        CREATE TABLE customers (
            customer_id VARCHAR NOT NULL, name VARCHAR NOT NULL, email VARCHAR, phone VARCHAR, address VARCHAR,
            country VARCHAR, language VARCHAR, preferred_channel VARCHAR, do_not_contact BOOLEAN NOT NULL,
            hold VARCHAR, listed BOOLEAN NOT NULL, industry VARCHAR, credit_rating VARCHAR, company_size VARCHAR,
            tags VARCHAR, terms VARCHAR, owner VARCHAR{"".join(f", {field} VARCHAR" for field in extra)}
        )
    """)
    said = [column for column in COLUMNS if column not in ("name", "do_not_contact")]
    if not listed:
        connection.execute(
            "INSERT INTO customers BY NAME "
            f"SELECT customer_id, coalesce(name, customer_id) AS name, {', '.join([*said, *extra])}, "
            "do_not_contact, true AS listed FROM named ORDER BY ordinal"
        )
        return
    best = ", ".join([*(f"coalesce(l.{column}, n.{column}) AS {column}" for column in said), *extra])
    connection.execute(
        "INSERT INTO customers BY NAME SELECT coalesce(n.customer_id, l.customer_id) AS customer_id, "
        f"coalesce(l.name, n.name, l.customer_id, n.customer_id) AS name, {best}, "
        "coalesce(l.do_not_contact, false) OR coalesce(n.do_not_contact, false) AS do_not_contact, "
        "l.customer_id IS NOT NULL AS listed FROM named n FULL JOIN listed l ON l.customer_id = n.customer_id "
        "ORDER BY l.ordinal NULLS LAST, n.ordinal"
    )
