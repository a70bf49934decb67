"""The table of invoices as HTML, from `_parts/table.html.j2`."""

from collections.abc import Mapping
from itertools import chain, count
from typing import Any

from jinja2 import Template

from remindr.core.sandbox import render
from remindr.core.stencil import Hole, Stencil, escaped_each, in_ascii
from remindr.core.table import Group, Table

Shape = tuple[Any, ...]

_MOST_SHAPES = 512


class TablePage:
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
        return stencil.fill(escaped_each(_flat(table))) if stencil else self._render(table)

    def _render(self, table: Table) -> str:
        return in_ascii(render(self._template, self._values(table)))

    def _values(self, table: Table) -> dict[str, Any]:
        return {
            "words": self._words,
            "overdue": "overdue" in table.columns,
            "due": [_lines(group) for group in table.due],
            "sums": [{"text": text, "amount": amount, "total": total} for text, amount, total in table.sums],
            "information": [_lines(group) for group in table.information],
        }


def _lines(group: Group) -> dict[str, Any]:
    names = ("id", "due_date", "days_overdue", "invoiced", "open", "pay_link")
    rows = zip(group.rows, group.links, strict=True)
    return {"title": group.title, "lines": [dict(zip(names, (*row, link), strict=True)) for row, link in rows]}


def _shape(table: Table) -> Shape:
    """What tables must have in common to share a stencil: all but the values, and which values are absent."""
    shape: list[Any] = [table.columns, len(table.due)]
    for group in chain(table.due, table.information):
        shape.append(group.title)
        for (_, _, days, invoiced, _), link in zip(group.rows, group.links, strict=True):
            shape.append((days != "", invoiced != "", link != ""))
    shape += [text for text, _, _ in table.sums]
    return tuple(shape)


def _flat(table: Table) -> list[str]:
    """Every value of the table in the order in which `_with_holes` numbers them."""
    values: list[str] = []
    for group in chain(table.due, table.information):
        for row in group.rows:
            values += row
        values += group.links
    values += [amount for _, amount, _ in table.sums]
    return values


def _with_holes(table: Table) -> Table:
    """The same table with a hole in place of every value; what `_shape` knows to be absent stays absent."""
    numbers = count()

    def hole(text: str, *, may_lack: bool = False) -> Any:
        number = next(numbers)
        return "" if may_lack and not text else Hole(number)

    def pierced(group: Group) -> Group:
        rows: list[Any] = [
            (hole(number), hole(due), hole(days, may_lack=True), hole(invoiced, may_lack=True), hole(balance))
            for number, due, days, invoiced, balance in group.rows
        ]
        return Group(group.title, rows, [hole(link, may_lack=True) for link in group.links])

    due, information = [pierced(group) for group in table.due], [pierced(group) for group in table.information]
    sums = [(text, hole(amount), total) for text, amount, total in table.sums]
    return Table(table.columns, due, sums, information)
