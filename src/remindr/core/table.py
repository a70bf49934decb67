"""The table of invoices in a message: once as aligned text, once as HTML.

Both are made of the same cells. The words come from `_parts/words.j2`, the HTML from `_parts/table.html.j2`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from jinja2 import Template

from remindr.core.facts import Context, Facts
from remindr.core.sandbox import render
from remindr.core.stencil import Hole, Stencil, escaped_each
from remindr.errors import Problem, ProjectError

Shape = tuple[Any, ...]

WORDS = {
    "caption": "Invoices",
    "invoice": "Invoice",
    "due": "Due date",
    "overdue": "Days overdue",
    "invoiced": "Invoiced",
    "open": "To pay",
    "also_due": "Also due",
    "credit": "Less credit",
    "total": "Total to pay",
    "also_open": "Also open, for your information",
    "upcoming": "Due soon, for your information",
    "pay": "Pay online",
}
_COLUMNS = {
    (False, False): ("invoice", "due", "open"),
    (True, False): ("invoice", "due", "overdue", "open"),
    (False, True): ("invoice", "due", "invoiced", "open"),
    (True, True): ("invoice", "due", "overdue", "invoiced", "open"),
}  # by whether any line is overdue, and whether any is paid in part
_MOST_SHAPES = 512


def read_words(text: str | None, path: str) -> dict[str, str]:
    """The words of a `words` file, one `name: text` a line; what it leaves out stays English."""
    words = dict(WORDS)
    problems = []
    for number, line in enumerate((text or "").splitlines(), start=1):
        name, colon, word = (part.strip() for part in line.partition(":"))
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or name not in WORDS or not word:
            hint = f"write 'name: text' with one of {', '.join(WORDS)}"
            problems.append(Problem(f"'{name}' is not a word of the table", path, number, 1, line, len(name), hint))
        words[name] = word
    if problems:
        raise ProjectError(problems)
    return words


@dataclass(slots=True)
class Group:
    """Lines under one title; each line's cells stand under the table's columns."""

    title: str
    rows: list[list[str]]
    links: list[str]  # where each line is paid online; empty text where it is not


@dataclass(slots=True)
class Table:
    """All cells of one message's table."""

    columns: tuple[str, ...]
    due: list[Group]
    sums: list[tuple[str, str, bool]]  # text, amount, whether it is the total
    information: list[Group]


def lay_out(context: Context, words: Mapping[str, str]) -> Table:
    """The cells of the table, with only those columns and groups that have something to tell."""
    facts = context.facts
    overdue = partly = False
    for line in chain(facts["invoices"], facts["also_due"], facts["also_open"], facts["upcoming"]):
        overdue = overdue or line["days_past_due"] > 0
        partly = partly or line["amount"] != line["balance"]
    sums = [(words["credit"], credit, False) for credit in context.credits]
    if sums or facts["count"] > 1:
        sums += [(words["total"], total, True) for total in context.totals]

    def groups(*names: str) -> list[Group]:
        return [_group(words.get(name, ""), facts[name], overdue, partly) for name in names if facts[name]]

    return Table(_COLUMNS[overdue, partly], groups("invoices", "also_due"), sums, groups("also_open", "upcoming"))


def _group(title: str, lines: Sequence[Facts], overdue: bool, partly: bool) -> Group:
    return Group(title, [_row(line, overdue, partly) for line in lines], [line["pay_link"] for line in lines])


def _row(line: Facts, overdue: bool, partly: bool) -> list[str]:
    row = [line["id"], line["due_date"]]
    if overdue:
        days = line["days_past_due"]
        row.append(str(days) if days > 0 else "")
    if partly:
        row.append(line["amount"])
    row.append(line["balance"])
    return row


def as_text(table: Table, words: Mapping[str, str]) -> str:
    """The table in aligned columns; below it where to pay each of several invoices online."""
    rows = [[words[column] for column in table.columns]]
    for group in (*table.due, *table.information):
        rows += group.rows
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for _, amount, _ in table.sums:
        widths[-1] = max(widths[-1], len(amount))
    pattern = _pattern(*widths)
    lines = [pattern % tuple(rows[0])]
    for group in table.due:
        lines += _titled(group, pattern)
    if table.sums:
        label = sum(widths[:-1]) + 2 * (len(widths) - 2)
        lines += ["", *[f"{text:<{label}}  {amount:>{widths[-1]}}" for text, amount, _ in table.sums]]
    for group in table.information:
        lines += _titled(group, pattern)
    return "\n".join(lines + _links(table, words))


@lru_cache(maxsize=4096)
def _pattern(*widths: int) -> str:
    """A format for a row: invoice and date to the left, figures to the right."""
    return "  ".join(f"%-{width}s" if column < 2 else f"%{width}s" for column, width in enumerate(widths))


def _titled(group: Group, pattern: str) -> list[str]:
    rows = [pattern % tuple(row) for row in group.rows]
    return ["", group.title, *rows] if group.title else rows


def _links(table: Table, words: Mapping[str, str]) -> list[str]:
    """Where to pay which invoice; nothing for a single one, whose link stands in the text."""
    if not table.due or not table.due[0].links[0] or sum(len(group.rows) for group in table.due) < 2:
        return []
    pairs = [(row[0], link) for group in table.due for row, link in zip(group.rows, group.links, strict=True)]
    return ["", f"{words['pay']}:", *(f"{number}: {link}" for number, link in pairs)]


class Page:
    """The HTML of tables. Tables of one shape are rendered once and then only filled in."""

    def __init__(self, template: Template, words: Mapping[str, str]) -> None:
        self._template = template
        self._words = words
        self._stencils: dict[Shape, Stencil | None] = {}

    def html(self, table: Table) -> str:
        """The table as HTML."""
        shape = _shape(table)
        if shape not in self._stencils:
            if len(self._stencils) >= _MOST_SHAPES:
                return self._render(table)
            self._stencils[shape] = Stencil.cut(self._template, self._values(_with_holes(table)))
        stencil = self._stencils[shape]
        return self._render(table) if stencil is None else stencil.fill(escaped_each(_flat(table)))

    def _render(self, table: Table) -> str:
        return render(self._template, self._values(table))

    def _values(self, table: Table) -> dict[str, Any]:
        columns = [{"text": self._words[name], "number": at > 1} for at, name in enumerate(table.columns)]
        return {
            "words": self._words,
            "columns": columns,
            "due": [_lines(group) for group in table.due],
            "sums": [{"text": text, "amount": amount, "total": total} for text, amount, total in table.sums],
            "information": [_lines(group) for group in table.information],
        }


def _lines(group: Group) -> dict[str, Any]:
    rows = zip(group.rows, group.links, strict=True)
    return {
        "title": group.title,
        "lines": [
            {
                "id": row[0],
                "pay_link": link,
                "cells": [{"text": cell, "number": at > 0} for at, cell in enumerate(row[1:])],
            }
            for row, link in rows
        ],
    }


def _shape(table: Table) -> Shape:
    """What tables must have in common to share a stencil: all but the values."""
    groups = [(group.title, *map(bool, group.links)) for group in (*table.due, *table.information)]
    return (table.columns, len(table.due), *groups, *[text for text, _, _ in table.sums])


def _flat(table: Table) -> list[str]:
    """Every value of the table in the order in which `_with_holes` numbers them."""
    values: list[str] = []
    for group in (*table.due, *table.information):
        for row in group.rows:
            values += row
        values += group.links
    return [*values, *(amount for _, amount, _ in table.sums)]


def _with_holes(table: Table) -> Table:
    """The same table with a hole in place of every value; absent links stay absent."""
    numbers = iter(range(10**9))

    def hole(text: str, *, always: bool = True) -> Any:
        number = next(numbers)
        return Hole(number) if text or always else ""

    def pierced(group: Group) -> Group:
        rows = [[hole(cell) for cell in row] for row in group.rows]
        return Group(group.title, rows, [hole(link, always=False) for link in group.links])

    due, information = [pierced(group) for group in table.due], [pierced(group) for group in table.information]
    sums = [(text, hole(amount), total) for text, amount, total in table.sums]
    return Table(table.columns, due, sums, information)
