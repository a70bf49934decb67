"""No cell that remindr writes for a spreadsheet is calculated by it."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from hostile import BROKEN, EVERY, runs_in_a_spreadsheet
from siege import Siege

from remindr.channels.sheet import harmless


def lists(siege: Siege) -> Iterator[tuple[str, str]]:
    """Every list there is, by name."""
    for file in siege.outbox.glob("*.csv"):
        yield file.name, file.read_text("utf-8-sig")
    yield "calls --csv", (siege.root.parent / "calls.csv").read_text("utf-8-sig")
    yield "segment --csv", siege.printed["segment --csv"][0]


def test_no_cell_of_a_list_is_a_formula(siege: Siege, show: Callable[..., None]) -> None:
    cells = 0
    for name, text in lists(siege):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}, name
        for row in rows:
            cells += len(row)
            assert [cell for cell in row if runs_in_a_spreadsheet(cell)] == [], name
        assert len(rows) > len(EVERY) / 4, name
    show(f"spreadsheets: {len(EVERY)} texts, {cells:,} cells of lists, 0 formulas")


@pytest.mark.parametrize("text", [*EVERY, *BROKEN])
def test_a_cell_is_harmless_and_loses_nothing(text: str) -> None:
    made = harmless(text)
    assert not runs_in_a_spreadsheet(made)
    assert made in (text, f"'{text}")


def test_a_workbook_holds_texts_alone(siege: Siege) -> None:
    with ZipFile(siege.root.parent / "calls.xlsx") as book:
        parts = {name: book.read(name).decode() for name in book.namelist() if name.endswith((".xml", ".rels"))}
    sheets = [text for name, text in parts.items() if "/worksheets/" in name]
    for sheet in sheets:
        assert "<f>" not in sheet
        assert "<f " not in sheet
        assert set(re.findall(r'<c [^>]*?t="(\w+)"', sheet)) == {"s"}
        assert "hyperlink" not in sheet
        assert re.findall(r"<c (?![^>]*\bt=)[^>]*><v>", sheet) == []  # numbers
    assert sum(sheet.count("<row ") for sheet in sheets) > len(EVERY) / 4
    assert not any("externalLink" in name for name in parts)


def test_a_sheet_of_hostile_texts_is_read_as_texts(tmp_path: Path) -> None:
    import xlsxwriter

    from remindr.sources.workbook import sheet_to_csv

    texts = [text for text in EVERY if 0 < len(text) < 30_000]
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        page = book.add_worksheet()
        for at, text in enumerate(texts):
            page.write_string(at, 0, text)
            page.write_string(at, 1, "x")
    sheet_to_csv(tmp_path / "a.xlsx", tmp_path / "a.csv", "a.xlsx")
    with (tmp_path / "a.csv").open(newline="", encoding="utf-8") as stream:
        assert [row[1] for row in csv.reader(stream)] == ["x"] * len(texts)
