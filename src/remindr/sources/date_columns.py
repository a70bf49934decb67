"""The date columns of a file: one order of day and month for all of them, found in the file or asked for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import duckdb

from remindr.errors import Answer, DataError, Problem, Question
from remindr.sources.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    Ballot,
    DateOrder,
    both_readings,
    count_votes,
    is_nothing,
    last_day_in,
    parse_date,
    parse_day_of_year,
)
from remindr.sources.table import Table
from remindr.sources.values import MOST_WORDS, Typed, ask, distinct, first_with, mapping, nothing

_TIME: Final = r"(\s+|T)\d{1,2}[:.]\d\d.*$"


def type_dates(
    connection: duckdb.DuckDBPyConnection, table: Table, fields: Sequence[str], setting: DateOrder | None
) -> tuple[dict[str, Typed], DateOrder | None]:
    """How to read the date fields, and the order of day and month if the file needed one.

    A DataError says why the order cannot be told, or that the setting contradicts the file. Where the file leaves it
    open and there is no setting, it is as the package always writes dates.
    """
    usual = table.columns.profile.dates
    texts = {field: _without_time(connection, table, field) for field in fields if field in table.fields}
    found = {field: distinct(connection, table, field, text, MOST_WORDS) for field, text in texts.items()}
    ballot = count_votes(found)
    fallback = setting or (usual if usual != "day/month" else None)
    if refusal := _refusal(connection, table, ballot, texts, setting, fallback):
        raise DataError(refusal)
    order = ballot.order or (fallback if ballot.either or ballot.day_first else None)
    name = f"days_{table.role}"
    known = sorted({text for of_field in found.values() for text in of_field if not is_nothing(text)})
    mapping(connection, name, known, list(map(_reader(table, order), known)), "DATE")
    typed = {field: nothing("DATE") for field in fields}
    for field, text in texts.items():
        day = f"day_{field}"
        join = f"LEFT JOIN {name} {day} ON {day}.text = {text}"
        typed[field] = Typed(f"{day}.value", f"({day}.text IS NOT NULL AND {day}.value IS NULL)", join)
    return typed, order


def _reader(table: Table, order: DateOrder | None) -> Callable[[str], date | None]:
    """How the texts of a file become days; a DataError if they have no year and no title row gives one."""
    if table.columns.profile.dates != "day/month":
        return lambda text: parse_date(text, order)
    ends = {last_day_in(page.dialect.titles) for page in table.pages}
    end = ends.pop()
    if ends or end is None:
        what = "the dates in this file have no year, and the row above the headers does not say which it is"
        raise DataError(Problem(what, table.shown, hint="export the list again, with its first row"))
    return lambda text: parse_day_of_year(text, end) or parse_date(text, order)


def _without_time(connection: duckdb.DuckDBPyConnection, table: Table, field: str) -> str:
    """The SQL of the text before any time of day; without it a column of times has as many texts as rows."""
    (timed,) = ask(connection, f"SELECT bool_or(contains({field}, ':')) FROM {table.name}")
    return f"regexp_replace({field}, '{_TIME}', '')" if timed else field


def _refusal(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    ballot: Ballot,
    texts: Mapping[str, str],
    setting: DateOrder | None,
    fallback: DateOrder | None,
) -> Problem | None:
    def header(column: str) -> str:
        return table.columns.header(column)

    if ballot.order and setting and ballot.order != setting:
        sample = ballot.day_first or ballot.month_first
        what = f"'{sample.text}' under '{header(sample.column)}' is not {setting}" if sample else ""
        hint = f"the dates of this file are {ballot.order}: take 'dates:' out of 'sources:' in remindr.yaml"
    elif ballot.day_first and ballot.month_first and not setting:
        sample, other = ballot.day_first, ballot.month_first
        what = (
            f"the dates contradict each other: '{sample.text}' under '{header(sample.column)}' has the day first, "
            f"'{other.text}' under '{header(other.column)}' the month"
        )
        hint = (
            "export the list again with one date format; if a few dates are only mistyped, write "
            f"'dates: {DAY_FIRST}' or 'dates: {MONTH_FIRST}' under 'sources:' in remindr.yaml"
        )
    elif ballot.either and not ballot.order and not fallback:
        sample = ballot.either
        place = f"'{sample.text}' under '{header(sample.column)}'"
        what = f"the dates can be read in two ways: {place} is {both_readings(sample.text)}"
        hint = f"write 'dates: {DAY_FIRST}' or 'dates: {MONTH_FIRST}' under 'sources:' in remindr.yaml"
        problem = first_with(connection, table, texts[sample.column], sample.text, what, hint)
        return replace(problem, question=_question(sample.text, header(sample.column)))
    else:
        return None
    return first_with(connection, table, texts[sample.column], sample.text, what, hint) if sample else None


def _question(text: str, header: str) -> Question:
    """Which of day and month comes first, with what a date of the file would then mean."""
    days = {order: parse_date(text, order) for order in (DAY_FIRST, MONTH_FIRST)}
    answers = (Answer("dates", order, f"{text} is {day.day} {day:%B %Y}") for order, day in days.items() if day)
    return Question("Which comes first in its dates?", tuple(answers), (header,))
