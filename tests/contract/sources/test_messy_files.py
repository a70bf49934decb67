"""Whatever a file looks like, every invoice in it is either read exactly or set aside at its place."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remindr.model.policy import Project
from remindr.sources.book import load_book

FIRST_DAY = date(2026, 1, 1)
NAMES = (
    "Ada & Co",
    "Bäckerei Vogt",
    'The "Quay"',
    "Lowe; Smith, Ltd",
    "Two\nLines",
    "Total Energies",
    " padded ",
    "O'Hara",
)


@dataclass(frozen=True)
class Style:
    """How one file is written."""

    delimiter: str
    line_end: str
    encoding: str
    comma: bool
    grouped: bool
    symbol: str
    day: str
    quoting: int
    title_rows: int
    blank_rows: bool
    total: bool
    last_line_end: bool


@dataclass(frozen=True)
class Item:
    """One invoice row; `damage` says which cell is spoilt."""

    name: str
    cents: int
    due: date
    damage: str


styles = st.builds(
    Style,
    delimiter=st.sampled_from([",", ";", "\t"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    comma=st.booleans(),
    grouped=st.booleans(),
    symbol=st.sampled_from(["", "€", "£", "USD"]),
    day=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d %b %Y", "%Y-%m-%d 00:00:00"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    title_rows=st.integers(0, 3),
    blank_rows=st.booleans(),
    total=st.booleans(),
    last_line_end=st.booleans(),
)
sound = st.builds(
    Item,
    name=st.sampled_from(NAMES),
    cents=st.integers(1, 10**9),
    due=st.integers(0, 364).map(lambda days: FIRST_DAY + timedelta(days=days)),
    damage=st.just(""),
)
damaged = st.builds(
    Item,
    name=st.sampled_from(NAMES),
    cents=st.integers(1, 10**9),
    due=st.just(FIRST_DAY),
    damage=st.sampled_from(["due", "amount", "number", "cells"]),
)


def money(cents: int, style: Style) -> str:
    point, group = (",", ".") if style.comma else (".", ",")
    whole = f"{cents // 100:,}".replace(",", group if style.grouped else "")
    return f"{style.symbol}{whole}{point}{cents % 100:02}"


def write(items: list[Item], style: Style) -> tuple[bytes, dict[int, Item]]:
    """The file and, for every item, its spreadsheet row."""
    lines: list[list[str]] = [["Open items", "", "", ""]] * style.title_rows
    lines.append(["Customer", "Invoice No", "Amount", "Due Date"])
    places: dict[int, Item] = {}
    for number, item in enumerate(items):
        if style.blank_rows and number % 3 == 0:
            lines.append([] if number % 2 else ["", "", "", ""])
        row = [item.name, f"R-{number:04}", money(item.cents, style), item.due.strftime(style.day)]
        if item.damage in ("due", "amount"):
            row[{"due": 3, "amount": 2}[item.damage]] = "soon"
        if item.damage == "number":
            row[1] = ""
        lines.append([*row, "too", "many"] if item.damage == "cells" else row)
        places[len(lines)] = item
    if style.total:
        lines += [["TOTAL", "", money(sum(item.cents for item in items), style), ""], ["", "", "", ""]]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=style.delimiter, lineterminator=style.line_end, quoting=style.quoting).writerows(lines)  # type: ignore[arg-type]
    text = stream.getvalue()
    return (text if style.last_line_end else text.removesuffix(style.line_end)).encode(style.encoding), places


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as made:
        yield Path(made)


@settings(max_examples=40, deadline=None)
@given(
    style=styles, good=st.lists(sound, min_size=5, max_size=12), bad=st.lists(damaged, max_size=3), seed=st.randoms()
)
def test_every_invoice_is_read_exactly_or_set_aside(
    folder: Path, style: Style, good: list[Item], bad: list[Item], seed: Random
) -> None:
    anchor = Item("Ada & Co", 123456, date(2026, 12, 28), "")  # shows the order of day and month, and the decimal mark
    items = [*good, *bad]
    seed.shuffle(items)
    content, places = write([anchor, *items, anchor], style)
    (folder / "invoices.csv").write_bytes(content)
    project = Project.model_validate(
        {
            "version": 1,
            "company": {"name": "Quay", "email": "a@quay.example", "currency": "EUR", "timezone": "Europe/Berlin"},
            "sources": {"invoices": "invoices.csv"},
            "segments": [{"name": "all", "default": True, "sequence": "gentle"}],
        }
    )
    with load_book(folder, project, today=date(2026, 11, 20)) as book:
        read = book.connection.execute(
            "SELECT customer_id, amount, due_date, currency FROM invoices ORDER BY ordinal"
        ).fetchall()
        aside = {row.row for row in book.quarantined}
        unreadable = book.unreadable_customers
    currency = {"": "EUR", "€": "EUR", "£": "GBP", "USD": "USD"}[style.symbol]
    expected = [
        (item.name.strip(), Decimal(item.cents) / 100, item.due, currency)
        for item in places.values()
        if not item.damage
    ]
    assert read == expected
    assert aside == {row for row, item in places.items() if item.damage}
    known = {item.name.strip() for item in places.values() if item.damage != "cells"}
    assert unreadable == {item.name.strip() for item in bad} & known
    whole = sum(item.cents for item in places.values())
    assert sum(row[1] for row in read) * 100 + sum(places[row].cents for row in aside) == whole
