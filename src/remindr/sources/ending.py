"""The last row of a file without a line end may be cut short although it has all its cells."""

import re
from typing import Final

import duckdb

from remindr.sources.frames import half_written
from remindr.sources.table import Page, Table
from remindr.sources.values import ask

_DECIDING: Final = ("cleared_on", "balance", "paid", "status", "kind", "disputed", "hold", "do_not_contact", "paid_on",
                    "currency")  # fmt: skip
_DAYS: Final = ("issue_date", "due_date", "paid_on", "cleared_on", "last_reminded")
_WHOLE_DAY: Final = re.compile(r"\d{4}\D\d\d\D\d\d|\d\d?\D\d\d?\D\d{4}|\d{8}|\D")
_FREE_TEXT: Final = ("hold", "tags", "terms", "owner", "industry", "company_size", "credit_rating")
# Half of any of these is somebody else's, and looks as good as the whole.
_ANY_LENGTH: Final = ("customer_name", "email", "phone", "address", "city", "region", "postcode", "country")


def check_endings(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[int, str]:
    """Rows whose last cell may be cut short where the file stops, with the field of that cell: it is empty though
    something depends on it, or a name, an address or a whole number that no other row has.

    Refuses a file whose last cell looks like no other in its column: a date, number or word cut in two.
    """
    doubtful: dict[int, str] = {}
    for page in table.pages:
        field = next((name for name, at in page.columns.positions.items() if at == len(page.dialect.headers) - 1), None)
        if page.dialect.ends_whole or field is None or not page.count:
            continue
        last = page.start + page.count - 1
        (text,) = ask(connection, f"SELECT {field} FROM {table.name} WHERE rowid = ?", [last])
        if (text is None and field in _DECIDING) or (text is not None and _is_half(connection, table, last, field)):
            doubtful[last] = field
        elif text is not None and field not in _FREE_TEXT and _is_odd(connection, table, page, field, text):
            raise half_written(*table.place(last))
    return doubtful


def _is_half(connection: duckdb.DuckDBPyConnection, table: Table, last: int, field: str) -> bool:
    """Whether the last cell may be the beginning of a longer one that looks no different: no other row has it."""
    text, others = ask(
        connection,
        f"SELECT l.{field}, (SELECT count(*) FROM {table.name} o WHERE o.rowid <> ? AND o.{field} = l.{field}) "
        f"FROM {table.name} l WHERE l.rowid = ?",
        [last, last],
    )
    whole_number = field in ("amount", "balance", "paid") and not re.search(r"[.,]", text)
    return not others and (whole_number or field in _ANY_LENGTH or field.startswith(("email_", "phone_", "address_")))


def _is_odd(connection: duckdb.DuckDBPyConnection, table: Table, page: Page, field: str, text: str) -> bool:
    """Whether no other cell has the same word, the same shape, or as many decimals; a lone day, whether it is whole."""
    last = page.start + page.count - 1
    query = f"SELECT DISTINCT {field} FROM {table.name} WHERE rowid <> ? AND {field} IS NOT NULL LIMIT 50000"
    others = [row[0] for row in connection.execute(query, [last]).fetchall()]
    if not others:
        return field in _DAYS and _WHOLE_DAY.match(text) is None
    return _shape(text, field) not in {_shape(other, field) for other in others}


def _shape(text: str, field: str) -> str:
    if field in ("amount", "balance", "paid"):
        return re.sub(r"\d", "9", re.sub(r"^.*(?=[.,])", "", text)) if re.search(r"[.,]", text) else ""
    if field in ("status", "kind", "currency", "disputed", "do_not_contact"):
        return text
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text))
