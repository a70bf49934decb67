"""How SQL reads a column of text once Python has given its few distinct texts a meaning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from remindr.errors import DataError, Problem
from remindr.sources.table import BLANKS, Table

MOST_WORDS: Final = 250_000


@dataclass(frozen=True, slots=True)
class Typed:
    """How SQL reads one field: the value, whether the cell could not be read, the join it needs."""

    value: str
    unreadable: str = "false"
    join: str = ""
    unknown: tuple[str, ...] = ()  # texts without a meaning


def nothing(sql_type: str) -> Typed:
    """A field that the file does not have."""
    return Typed(f"CAST(NULL AS {sql_type})")


def ask(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> Any:
    """The first row of an answer."""
    return connection.execute(query, list(values)).fetchall()[0]


def distinct(connection: duckdb.DuckDBPyConnection, table: Table, field: str, text: str, most: int) -> list[str]:
    """The distinct texts of an expression over a field, blank ones left out; DataError if there are too many."""
    query = f"SELECT DISTINCT {text} FROM {table.name} WHERE {text} IS NOT NULL LIMIT {most + 1}"
    texts = [row[0] for row in connection.execute(query).fetchall()]
    if len(texts) > most:
        what = f"'{table.columns.header(field)}' has too many different values"
        raise DataError(
            Problem(what, *table.place(0), hint="is it the right column? 'sources: columns:' names another")
        )
    return sorted(text for text in texts if text.strip(BLANKS))


def mapping(
    connection: duckdb.DuckDBPyConnection, name: str, texts: Sequence[str], values: Sequence[Any], sql_type: str
) -> None:
    """A temporary table of texts and what they mean."""
    connection.execute(
        f"CREATE TEMP TABLE {name} AS SELECT unnest(CAST($1 AS VARCHAR[])) AS text, "
        f"unnest(CAST($2 AS {sql_type}[])) AS value",
        [texts, values],
    )


def word_map(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    field: str,
    meaning: Callable[[str], Any],
    sql_type: str = "VARCHAR",
    text: str | None = None,
) -> Typed:
    """A field whose distinct texts `meaning` is asked about; None is an unreadable one.

    `text` is the SQL of the text, where that is not simply the column of the field.
    """
    if text is None and field not in table.fields:
        return nothing(sql_type)
    text = text or field
    words = distinct(connection, table, field, text, MOST_WORDS)
    meanings = [meaning(word.strip(BLANKS)) for word in words]
    name = f"meaning_{table.role}_{field}"
    mapping(connection, name, words, meanings, sql_type)
    unknown = tuple(word for word, value in zip(words, meanings, strict=True) if value is None)
    unreadable = f"({name}.text IS NOT NULL AND {name}.value IS NULL)" if unknown else "false"
    return Typed(f"{name}.value", unreadable, f"LEFT JOIN {name} ON {name}.text = {text}", unknown)


def first_with(
    connection: duckdb.DuckDBPyConnection, table: Table, text: str, sample: str, what: str, hint: str
) -> Problem:
    """A problem placed at the first cell whose text, an SQL expression, is `sample`."""
    (ordinal,) = ask(connection, f"SELECT min(rowid) FROM {table.name} WHERE {text} = ?", [sample])
    return Problem(what, *table.place(ordinal or 0), hint=hint)
