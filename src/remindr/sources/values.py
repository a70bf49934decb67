"""From columns of text to typed columns: each decision is made once, over the whole column, and then read by SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from remindr.errors import DataError, Problem
from remindr.model.policy import Sources
from remindr.sources.amounts import Mark, MOST_DECIMALS, Marks, count_marks, decimals, plain_number, take_apart
from remindr.sources.dates import DAY_FIRST, MONTH_FIRST, Ballot, DateOrder, count_votes, is_nothing, parse_date
from remindr.sources.table import Table

MOST_WORDS: Final = 250_000
MOST_SHAPES: Final = 50_000
MONEY: Final = "DECIMAL(18,4)"
_BLANKS: Final = " \t\u00a0\u202f"
_SHAPE: Final = "translate({}, '12345678', '99999999')"


@dataclass(frozen=True, slots=True)
class Typed:
    """How SQL reads one field: the value, whether the cell could not be read, the join it needs."""

    value: str
    unreadable: str = "false"
    join: str = ""


def distinct(connection: duckdb.DuckDBPyConnection, table: Table, field: str, expression: str, most: int) -> list[str]:
    """The distinct texts of an expression over a field; DataError if there are too many for such a column."""
    query = f"SELECT DISTINCT {expression} FROM {table.name} WHERE {field} IS NOT NULL LIMIT {most + 1}"
    texts = [row[0] for row in connection.execute(query).fetchall()]
    if len(texts) > most:
        file, row = table.place(0)
        what = f"the column '{table.columns.header(field)}' has too many different values to be a {field}"
        raise DataError(Problem(what, file, row))
    return texts


def word_map(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    field: str,
    meaning: Callable[[str], Any],
    sql_type: str = "VARCHAR",
    expression: str | None = None,
) -> Typed:
    """A field whose few distinct texts Python gives a meaning to; a text without meaning is unreadable.

    `expression` stands for the text of the field, where that is not simply its column.
    """
    if expression is None and field not in table.fields:
        return Typed(f"CAST(NULL AS {sql_type})")
    text = expression or field
    query = f"SELECT DISTINCT {text} FROM {table.name} WHERE {text} IS NOT NULL LIMIT {MOST_WORDS + 1}"
    words = [row[0] for row in connection.execute(query).fetchall() if row[0].strip(_BLANKS)]
    name = f"meaning_{table.role}_{field}"
    _mapping(connection, name, [(word, meaning(word.strip(_BLANKS))) for word in words], sql_type)
    unreadable = f"{name}.text IS NOT NULL AND {name}.value IS NULL"
    return Typed(f"{name}.value", unreadable, f"LEFT JOIN {name} ON {name}.text = {text}")


def _mapping(
    connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[str, Any]], sql_type: str, extra: str = ""
) -> None:
    connection.execute(
        f"CREATE TEMP TABLE {name} AS SELECT unnest(CAST($1 AS VARCHAR[])) AS text, "
        f"unnest(CAST($2 AS {sql_type}[])) AS value{extra}",
        [[text for text, _ in rows], [value for _, value in rows]],
    )


def type_dates(
    connection: duckdb.DuckDBPyConnection, table: Table, fields: Sequence[str], settings: Sources
) -> tuple[dict[str, Typed], DateOrder | None]:
    """How to read the date fields, and the order of day and month that all of them share."""
    present = [field for field in fields if field in table.fields]
    expressions = {field: _without_time(connection, table, field) for field in present}
    texts = {field: distinct(connection, table, field, expressions[field], MOST_WORDS) for field in present}
    order = _date_order(connection, table, count_votes(texts), expressions, settings)
    name = f"days_{table.role}"
    known = sorted(set().union(*texts.values()) if texts else ())
    _mapping(
        connection, name, [(text, None if is_nothing(text) else parse_date(text, order)) for text in known], "DATE"
    )
    connection.execute(f"ALTER TABLE {name} ADD COLUMN nothing BOOLEAN DEFAULT false")
    nothing = [text for text in known if is_nothing(text)]
    connection.execute(f"UPDATE {name} SET nothing = true WHERE list_contains(CAST($1 AS VARCHAR[]), text)", [nothing])
    typed = {field: Typed("CAST(NULL AS DATE)") for field in fields}
    for field in present:
        day = f"day_{field}"
        unreadable = f"{day}.text IS NOT NULL AND {day}.value IS NULL AND NOT {day}.nothing"
        join = f"LEFT JOIN {name} {day} ON {day}.text = {expressions[field]}"
        typed[field] = Typed(f"{day}.value", unreadable, join)
    return typed, order


def _without_time(connection: duckdb.DuckDBPyConnection, table: Table, field: str) -> str:
    query = f"SELECT bool_or(contains({field}, ':')) FROM {table.name}"
    if not connection.execute(query).fetchall()[0][0]:
        return field
    return f"regexp_replace({field}, '(\\s+|T)\\d{{1,2}}[:.]\\d\\d.*$', '')"


def _date_order(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    ballot: Ballot,
    expressions: Mapping[str, str],
    settings: Sources,
) -> DateOrder | None:
    if ballot.order and settings.dates and ballot.order != settings.dates:
        sample = ballot.day_first or ballot.month_first
        assert sample is not None  # noqa: S101 - an order needs a vote
        what = f"'{sample.text}' under '{table.columns.header(sample.column)}' is not {settings.dates}"
        hint = f"the dates of this file are {ballot.order}: take 'dates:' out of 'sources:' in remindr.yaml"
        raise DataError(_at(connection, table, expressions[sample.column], sample.text, what, hint))
    if ballot.order or settings.dates:
        return ballot.order or settings.dates
    if ballot.day_first and ballot.month_first:
        first, second = ballot.day_first, ballot.month_first
        what = (
            f"the dates contradict each other: '{first.text}' under '{table.columns.header(first.column)}' is "
            f"{DAY_FIRST}, '{second.text}' under '{table.columns.header(second.column)}' is {MONTH_FIRST}"
        )
        hint = "export the list again with one date format"
        raise DataError(_at(connection, table, expressions[first.column], first.text, what, hint))
    if ballot.either:
        sample = ballot.either
        readings = [parse_date(sample.text, order) for order in (DAY_FIRST, MONTH_FIRST)]
        what = (
            f"the dates can be read in two ways: '{sample.text}' under '{table.columns.header(sample.column)}' is "
            + " or ".join(f"{day:%-d %B %Y}" for day in readings if day)
        )
        hint = f"write 'dates: {DAY_FIRST}' or 'dates: {MONTH_FIRST}' under 'sources:' in remindr.yaml"
        raise DataError(_at(connection, table, expressions[sample.column], sample.text, what, hint))
    return None


def _at(
    connection: duckdb.DuckDBPyConnection, table: Table, expression: str, text: str, what: str, hint: str
) -> Problem:
    """A problem placed at the first cell with this text."""
    query = f"SELECT min(rowid) FROM {table.name} WHERE {expression} = ?"
    ordinal = connection.execute(query, [text]).fetchall()[0][0]
    return Problem(what, *table.place(ordinal or 0), hint=hint)


def type_amounts(
    connection: duckdb.DuckDBPyConnection, table: Table, fields: Sequence[str], settings: Sources
) -> tuple[dict[str, Typed], dict[str, str], Mark | None]:
    """How to read the amount fields, the SQL of the currency words beside them, and the decimal mark."""
    present = [field for field in fields if field in table.fields]
    plain = {field: _is_plain(connection, table, field) for field in present}
    shapes = {
        field: distinct(connection, table, field, _SHAPE.format(field), MOST_SHAPES)
        for field in present
        if plain[field] is None
    }
    counted = {field: count_marks(shapes[field]) if field in shapes else (plain[field] or Marks()) for field in present}
    marks = _decide_marks(connection, table, counted, settings)
    typed = {field: Typed(f"CAST(NULL AS {MONEY})") for field in fields}
    units: dict[str, str] = {}
    for field in present:
        if field in shapes:
            typed[field] = _messy(connection, table, field, shapes[field], marks[field])
            units[field] = _unit_sql(field)
        else:
            value = f"TRY_CAST({field} AS {MONEY})"
            typed[field] = Typed(value, f"{field} IS NOT NULL AND {value} IS NULL")
    told = {marks[field] for field in present if counted[field].mark or counted[field].either}
    return typed, units, told.pop() if len(told) == 1 else None


def _is_plain(connection: duckdb.DuckDBPyConnection, table: Table, field: str) -> Marks | None:
    """The marks of a column of bare numbers that SQL casts exactly; None if any cell is more than that."""
    query = (
        f"SELECT count({field}) = count(TRY_CAST({field} AS {MONEY})), "
        f"bool_or(contains({field}, 'e') OR contains({field}, 'E') OR contains({field}, '_')), "
        f"max(CASE WHEN contains({field}, '.') THEN strlen({field}) - strpos({field}, '.') ELSE 0 END), "
        f"any_value({field}) FILTER (contains({field}, '.') AND left(right({field}, 4), 1) <> '.'), "
        f"bool_or(contains({field}, '.')) FROM {table.name}"
    )
    castable, other_marks, most_decimals, pointed, any_point = connection.execute(query).fetchall()[0]
    if not castable or other_marks or (most_decimals or 0) > 4 or (any_point and pointed is None):
        return None
    return Marks(point=pointed)


def _decide_marks(
    connection: duckdb.DuckDBPyConnection, table: Table, counted: Mapping[str, Marks], settings: Sources
) -> dict[str, Mark]:
    """One mark per column; a column that leaves it open follows its siblings if they agree."""
    told = {marks.mark for marks in counted.values() if marks.mark}
    decided: dict[str, Mark] = {}
    for field, marks in counted.items():
        header = table.columns.header(field)
        if marks.point and marks.comma and not settings.decimals:
            what = f"the amounts under '{header}' contradict each other: some have a decimal point, some a comma"
            hint = "export the list again with one number format"
            raise DataError(_at(connection, table, _SHAPE.format(field), marks.comma, what, hint))
        if settings.decimals and marks.mark and marks.mark != settings.decimals:
            what = f"the amounts under '{header}' have a decimal {marks.mark}, not a {settings.decimals}"
            hint = "take 'decimals:' out of 'sources:' in remindr.yaml"
            sample = marks.point or marks.comma or ""
            raise DataError(_at(connection, table, _SHAPE.format(field), sample, what, hint))
        mark = marks.mark or settings.decimals or (next(iter(told)) if len(told) == 1 else None)
        if mark is None and marks.either:
            raise DataError(_either_way(connection, table, field, marks.either))
        decided[field] = mark or "point"
    return decided


def _either_way(connection: duckdb.DuckDBPyConnection, table: Table, field: str, shape: str) -> Problem:
    query = f"SELECT {field} FROM {table.name} WHERE {_SHAPE.format(field)} = ? LIMIT 1"
    text = connection.execute(query, [shape]).fetchall()[0][0]
    written = take_apart(text)
    number = written.number if written else text
    readings = [plain_number(number, "point"), plain_number(number, "comma")]
    what = (
        f"the amounts under '{table.columns.header(field)}' can be read in two ways: '{text}' is "
        f"{readings[0]} with a decimal point, {readings[1]} with a decimal comma"
    )
    hint = "write 'decimals: comma' or 'decimals: point' under 'sources:' in remindr.yaml"
    return _at(connection, table, field, text, what, hint)


def _messy(connection: duckdb.DuckDBPyConnection, table: Table, field: str, shapes: Sequence[str], mark: Mark) -> Typed:
    """An amount column with marks, symbols or signs; shapes that Python cannot read are unreadable in SQL too."""
    name = f"bad_shapes_{table.role}_{field}"
    bad = [shape for shape in shapes if not _readable(shape, mark)]
    _mapping(connection, name, [(shape, shape) for shape in bad], "VARCHAR")
    bare = f"regexp_replace({_core(field)}, '[^0-9.,]', '', 'g')"
    number = f"replace(replace({bare}, '.', ''), ',', '.')" if mark == "comma" else f"replace({bare}, ',', '')"
    signed = f"CASE WHEN regexp_matches({_core(field)}, '[-‐-―−(]') THEN -1 ELSE 1 END"
    value = f"CAST({signed} * TRY_CAST({number} AS {MONEY}) AS {MONEY})"
    good = f"{_SHAPE.format(field)} NOT IN (SELECT text FROM {name})" if bad else "true"
    guarded = f"CASE WHEN {good} THEN {value} END"
    return Typed(guarded, f"nullif(trim({field}, '{_BLANKS}'), '') IS NOT NULL AND ({guarded}) IS NULL")


def _readable(shape: str, mark: Mark) -> bool:
    written = take_apart(shape)
    plain = plain_number(written.number, mark) if written else None
    return plain is not None and decimals(plain) <= MOST_DECIMALS


def _core(field: str) -> str:
    """The cell without currency words and without the `,-` that stands for no cents."""
    trimmed = f"regexp_replace(trim({field}, '{_BLANKS}'), '[.,][-‐-―]{{1,2}}$', '')"
    return f"regexp_replace({trimmed}, '\\p{{L}}+\\.?', '', 'g')"


def _unit_sql(field: str) -> str:
    """The currency word or symbol in an amount's cell, or NULL."""
    return f"nullif(trim(regexp_replace({field}, '[0-9,()''’\\s+‐-―−-]', '', 'g'), '. \u00a0\u202f'), '')"
