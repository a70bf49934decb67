"""The amount columns of a file: one decimal mark per column, found in the file or asked for; exact decimals."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import duckdb

from remindr.errors import Answer, DataError, Problem, Question
from remindr.sources.amounts import (
    APOSTROPHES,
    DASHES,
    MOST_DECIMALS,
    NO_CENTS,
    SIGN,
    Mark,
    Marks,
    count_marks,
    decimals,
    plain_number,
    take_apart,
)
from remindr.sources.table import BLANKS, Table
from remindr.sources.values import Typed, ask, distinct, first_with, mapping, nothing

MONEY: Final = "DECIMAL(18,4)"
MOST_SHAPES: Final = 50_000
NO_COINS: Final = (
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
)  # fmt: skip
THOUSAND_COINS: Final = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_APOSTROPHES_SQL: Final = APOSTROPHES.replace("'", "''")


def shape_sql(field: str) -> str:
    """The shape of an amount: every digit but nought is a nine."""
    return f"translate({field}, '12345678', '99999999')"


def type_amounts(
    connection: duckdb.DuckDBPyConnection, table: Table, fields: Sequence[str], setting: Mark | None
) -> tuple[dict[str, Typed], dict[str, str], Mark | None]:
    """How to read the amount fields, the SQL of the currency words in them, and the decimal mark of the file.

    A DataError says why the mark cannot be told, or that the setting contradicts the file. Where the file leaves it
    open and there is no setting, it is as the package always writes amounts.
    """
    present = [field for field in fields if field in table.fields]
    counted: dict[str, Marks] = {}
    shapes: dict[str, list[str]] = {}
    for field in present:
        plain = _plain_marks(connection, table, field)
        if plain is None:
            shapes[field] = distinct(connection, table, field, shape_sql(field), MOST_SHAPES)
        counted[field] = plain or count_marks(shapes.get(field, ()))
    marks = _decide(connection, table, counted, setting)
    typed = {field: nothing(MONEY) for field in fields}
    for field in present:
        marked = field in shapes
        typed[field] = _marked(connection, table, field, shapes[field], marks[field]) if marked else _plain(field)
    told = {marks[field] for field in present if counted[field].mark or counted[field].either}
    units = {field: _unit_sql(field) for field in present if any(map(_unit, shapes.get(field, ())))}
    return typed, units, told.pop() if len(told) == 1 else None


def from_cents(amount: Typed, currency: str) -> Typed:
    """An amount that is written in the smallest coins of its currency, an SQL expression."""
    without, thousandths = (", ".join(f"'{code}'" for code in codes) for codes in (NO_COINS, THOUSAND_COINS))
    coins = f"CASE WHEN {currency} IN ({without}) THEN 1 WHEN {currency} IN ({thousandths}) THEN 1000 ELSE 100 END"
    return replace(amount, value=f"CAST({amount.value} / ({coins}) AS {MONEY})")


def _plain(field: str) -> Typed:
    value = f"TRY_CAST({field} AS {MONEY})"
    return Typed(value, f"({field} IS NOT NULL AND {value} IS NULL)")


def _plain_marks(connection: duckdb.DuckDBPyConnection, table: Table, field: str) -> Marks | None:
    """The marks of a column of bare numbers that SQL casts exactly; None if any cell is more than that."""
    look = (
        f"SELECT count({field}) = count(TRY_CAST({field} AS {MONEY})), "
        f"bool_or(contains({field}, 'e') OR contains({field}, 'E') OR contains({field}, '_')), "
        f"max(CASE WHEN contains({field}, '.') THEN strlen({field}) - strpos({field}, '.') ELSE 0 END), "
        f"any_value({field}) FILTER (contains({field}, '.') AND left(right({field}, 4), 1) <> '.'), "
        f"bool_or(contains({field}, '.')) FROM "
    )
    for rows in (f"(SELECT {field} FROM {table.name} LIMIT 1000)", table.name):  # most that fail do so at once
        castable, odd, most_decimals, pointed, any_point = ask(connection, look + rows)
        if not castable or odd or (most_decimals or 0) > MOST_DECIMALS:
            return None
    return None if any_point and pointed is None else Marks(point=pointed)


def _decide(
    connection: duckdb.DuckDBPyConnection, table: Table, counted: Mapping[str, Marks], setting: Mark | None
) -> dict[str, Mark]:
    """One mark per column; a column that leaves it open follows its siblings where they agree."""
    told = {marks.mark for marks in counted.values() if marks.mark}
    decided: dict[str, Mark] = {}
    problems: list[Problem] = []
    for field, marks in counted.items():
        mark = marks.mark or setting or (next(iter(told)) if len(told) == 1 else table.columns.profile.decimals)
        if refusal := _refusal(connection, table, field, marks, mark, setting):
            problems.append(refusal)
        decided[field] = mark or "point"
    if problems:
        raise DataError(problems)
    return decided


def _refusal(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    field: str,
    marks: Marks,
    mark: Mark | None,
    setting: Mark | None,
) -> Problem | None:
    header = table.columns.header(field)
    if marks.point and marks.comma and not setting:
        texts = [_with_shape(connection, table, field, shape) for shape in (marks.point, marks.comma)]
        what = (
            f"the amounts under '{header}' contradict each other: '{texts[0]}' has a decimal point, "
            f"'{texts[1]}' a decimal comma"
        )
        hint = (
            "export the list again with one number format; if a few amounts are only mistyped, write "
            "'decimals: point' or 'decimals: comma' under 'sources:' in remindr.yaml"
        )
        return first_with(connection, table, field, texts[1], what, hint)
    if setting and marks.mark and marks.mark != setting:
        text = _with_shape(connection, table, field, marks.point or marks.comma or "")
        what = f"'{text}' under '{header}' has a decimal {marks.mark}"
        hint = f"take 'decimals: {setting}' out of 'sources:' in remindr.yaml"
        return first_with(connection, table, field, text, what, hint)
    if marks.either and mark is None:
        text = _with_shape(connection, table, field, marks.either)
        number = written.number if (written := take_apart(text)) else text
        what = (
            f"the amounts can be read in two ways: '{text}' under '{header}' is {plain_number(number, 'comma')} if the "
            f"comma is the decimal mark, {plain_number(number, 'point')} if the point is"
        )
        hint = "write 'decimals: comma' or 'decimals: point' under 'sources:' in remindr.yaml"
        problem = first_with(connection, table, field, text, what, hint)
        answers = (Answer("decimals", sign, f"{text} is {plain_number(number, sign)}") for sign in SIGN)
        return replace(problem, question=Question("What is its decimal mark?", tuple(answers), (header,)))
    return None


def _with_shape(connection: duckdb.DuckDBPyConnection, table: Table, field: str, shape: str) -> str:
    """The first text of a column that has a shape, or that is the text itself."""
    query = f"SELECT {field} FROM {table.name} WHERE {shape_sql(field)} = ? OR {field} = ? ORDER BY rowid LIMIT 1"
    return str(ask(connection, query, [shape, shape])[0])


def _marked(
    connection: duckdb.DuckDBPyConnection, table: Table, field: str, shapes: Sequence[str], mark: Mark
) -> Typed:
    """A column with thousands, signs or symbols; shapes that Python cannot read are unreadable in SQL too."""
    name = f"bad_shapes_{table.role}_{field}"
    bad = [shape for shape in shapes if not _readable(shape, mark)]
    mapping(connection, name, bad, bad, "VARCHAR")
    bare, negative = _bare_sql(field, [shape for shape in shapes if shape not in set(bad)])
    number = f"replace(replace({bare}, '.', ''), ',', '.')" if mark == "comma" else f"replace({bare}, ',', '')"
    value = f"TRY_CAST({number} AS {MONEY})"
    if negative:
        value = f"CAST(CASE WHEN {negative} THEN -1 ELSE 1 END * {value} AS {MONEY})"
    if bad:
        value = f"CASE WHEN {shape_sql(field)} NOT IN (SELECT text FROM {name}) THEN {value} END"
    return Typed(value, f"({field} IS NOT NULL AND ({value}) IS NULL AND trim({field}, '{BLANKS}') <> '')")


def _readable(shape: str, mark: Mark) -> bool:
    written = take_apart(shape)
    plain = plain_number(written.number, mark) if written else None
    return plain is not None and decimals(plain) <= MOST_DECIMALS


def _bare_sql(field: str, shapes: Sequence[str]) -> tuple[str, str]:
    """The SQL of the digits and marks alone, and of the test for a negative amount; empty if none is."""
    if any(_is_tricky(shape) for shape in shapes):
        trimmed = f"regexp_replace(trim({field}, '{BLANKS}'), '{NO_CENTS}', '')"
        core = f"regexp_replace({trimmed}, '\\p{{L}}+\\.?', '', 'g')"
        digits = f"regexp_replace({core}, '[^0-9.,]', '', 'g')"
        return f"coalesce(nullif({digits}, ''), '0')", f"regexp_matches({core}, '[-{DASHES}(]')"
    letters = sorted(set("".join(shapes)) - set("0123456789.,"))
    bare = field
    for letter in letters:  # several times as fast as one regular expression
        bare = f"replace({bare}, chr({ord(letter)}), '')"
    signs = [letter for letter in letters if letter == "(" or re.fullmatch(f"[-{DASHES}]", letter)]
    return bare, " OR ".join(f"contains({field}, chr({ord(sign)}))" for sign in signs)


def _is_tricky(shape: str) -> bool:
    """Whether a mark or a dash in it is neither decimal mark, thousands nor minus: `Fr. 9`, `9,-`, `-`."""
    return bool(re.search(rf"[^\W\d_]\.|{NO_CENTS}", shape)) or not re.search(r"\d", shape)


def _unit(shape: str) -> str:
    return written.unit if (written := take_apart(shape)) else ""


def _unit_sql(field: str) -> str:
    """The currency word or symbol in an amount's cell, or NULL."""
    bare = (
        f"regexp_replace({field}, '[0-9,()\\s\\x{{00a0}}\\x{{202f}}\\x{{2009}}{_APOSTROPHES_SQL}+{DASHES}-]', '', 'g')"
    )
    return f"nullif(trim({bare}, '.'), '')"
