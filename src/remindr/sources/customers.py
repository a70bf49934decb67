"""Everybody named in the book: from the customers file, and from what the invoice file says of them."""

from collections.abc import Sequence
from typing import Final

import duckdb

from remindr.sources.identity import CustomerKey, customer_key, trimmed
from remindr.sources.invoices import hold_reason
from remindr.sources.table import Table
from remindr.sources.values import word_map
from remindr.sources.words import channel_of, language_of, says_yes

PLAIN: Final = ("email", "phone", "country", "industry", "credit_rating", "company_size", "owner")
OF_THE_FILE: Final = ("tags", "terms")  # in an invoice file these speak of the invoice
_EMAIL: Final = r"[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+"
_ADDRESS: Final = ("address", "address_2", "address_3", "city", "region", "postcode")
COLUMNS: Final = (
    "name", "email", "phone", "address", "country", "language", "preferred_channel", "do_not_contact", "hold",
    "industry", "credit_rating", "company_size", "tags", "terms", "owner",
)  # fmt: skip


def describe_customers(
    connection: duckdb.DuckDBPyConnection, table: Table, key: CustomerKey, name: str, *, only: str = "true"
) -> None:
    """Makes a table of one row per customer of a file: what it says of them, the first word on anything winning.

    `only` narrows the rows looked at.
    """
    language = word_map(connection, table, "language", lambda text: language_of(text) or text)
    channel = word_map(connection, table, "preferred_channel", channel_of)
    silence = word_map(connection, table, "do_not_contact", lambda text: says_yes(text) is not False, "BOOLEAN")
    hold = word_map(connection, table, "hold", hold_reason) if table.role == "customers" else None
    values = {
        "name": key.name,
        "email": _email(table),
        "address": _address(table),
        "language": language.value,
        "preferred_channel": channel.value,
        "do_not_contact": silence.value,
        "hold": f"nullif({hold.value}, '')" if hold else "CAST(NULL AS VARCHAR)",
        **{field: _text(table, field) for field in (*PLAIN[1:], *OF_THE_FILE)},
    }
    country = values["country"]
    values["country"] = f"CASE WHEN strlen({country}) = 2 THEN upper({country}) ELSE {country} END"
    joins = " ".join(typed.join for typed in (language, channel, silence, hold) if typed)
    said = ", ".join(
        f"{'bool_or' if column == 'do_not_contact' else 'any_value'}({values[column]}) AS {column}"
        for column in COLUMNS
    )
    connection.execute(
        f"CREATE TABLE {name} AS SELECT {key.id} AS customer_id, min({table.name}.rowid) AS ordinal, {said} "
        f"FROM {table.name} {joins} WHERE {key.id} IS NOT NULL AND {only} GROUP BY 1"
    )


def gaps(connection: duckdb.DuckDBPyConnection, invoices: Table, key: CustomerKey) -> str:
    """SQL for the rows of the invoice file that may know what the customers file does not."""
    fields = {"name" if field == "customer_name" else field for field in invoices.fields}
    holes = [f"{column} IS NULL" for column in COLUMNS if column in fields and column not in OF_THE_FILE]
    connection.execute(f"""
        CREATE TEMP TABLE sought AS SELECT DISTINCT f.customer_id FROM facts f LEFT JOIN listed l USING (customer_id)
        WHERE l.customer_id IS NULL{"".join(f" OR l.{hole}" for hole in holes)}
    """)
    return f"{key.id} IN (SELECT customer_id FROM sought)"


def _text(table: Table, field: str) -> str:
    present = field in table.fields and (table.role == "customers" or field in PLAIN)
    return trimmed(field) if present else "CAST(NULL AS VARCHAR)"


def _email(table: Table) -> str:
    """The first e-mail address in the cell; NULL if there is none."""
    return f"nullif(regexp_extract(email, '{_EMAIL}'), '')" if "email" in table.fields else "CAST(NULL AS VARCHAR)"


def _address(table: Table) -> str:
    parts = [trimmed(field) for field in _ADDRESS if field in table.fields]
    return f"nullif(concat_ws('\n', {', '.join(parts)}), '')" if parts else "CAST(NULL AS VARCHAR)"


def merge_customers(connection: duckdb.DuckDBPyConnection, *, listed: bool) -> None:
    """Makes the table `customers` from what the invoice file says (`named`) and the customers file (`listed`)."""
    connection.execute("""
        CREATE TABLE customers (
            customer_id VARCHAR NOT NULL, name VARCHAR NOT NULL, email VARCHAR, phone VARCHAR, address VARCHAR,
            country VARCHAR, language VARCHAR, preferred_channel VARCHAR, do_not_contact BOOLEAN NOT NULL,
            hold VARCHAR, listed BOOLEAN NOT NULL, industry VARCHAR, credit_rating VARCHAR, company_size VARCHAR,
            tags VARCHAR, terms VARCHAR, owner VARCHAR
        )
    """)
    said: Sequence[str] = [column for column in COLUMNS if column not in ("name", "do_not_contact")]
    if not listed:
        connection.execute(
            f"INSERT INTO customers BY NAME SELECT customer_id, coalesce(name, customer_id) AS name, {', '.join(said)}, "
            "coalesce(do_not_contact, false) AS do_not_contact, true AS listed FROM named ORDER BY ordinal"
        )
        return
    match = "l.customer_id = n.customer_id"
    best = ", ".join(f"coalesce(l.{column}, n.{column}) AS {column}" for column in said)
    connection.execute(
        f"INSERT INTO customers BY NAME SELECT coalesce(n.customer_id, l.customer_id) AS customer_id, "
        f"coalesce(l.name, n.name, n.customer_id) AS name, {best}, "
        "coalesce(l.do_not_contact, false) OR coalesce(n.do_not_contact, false) AS do_not_contact, "
        f"l.customer_id IS NOT NULL AS listed FROM named n FULL JOIN listed l ON {match} "
        "ORDER BY n.ordinal, l.ordinal"
    )


def customers_key(connection: duckdb.DuckDBPyConnection, table: Table, invoices: CustomerKey) -> CustomerKey:
    """How to tell the customers file's rows apart so that they meet those of the invoice file."""
    if invoices.by_name and "customer_name" in table.fields:
        return CustomerKey("customer_name", "customer_name", by_name=True)
    return customer_key(connection, table)
