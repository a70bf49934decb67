"""The first sheet of an XLSX workbook as CSV, every cell as the text a person means by it."""

import csv
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum, ZipError, load_workbook

from remindr.errors import DataError, Problem, Refused

LARGEST_UNPACKED = 2 * 1024**3
_MOST_PARTS = 10_000
_LARGE, _DENSEST = 64 * 1024**2, 200  # workbooks of that size unpack to ten or thirty times their size
LARGEST_EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number


def sheet_to_csv(workbook: Path, target: Path, shown: str) -> int:
    """Writes the first visible sheet that has anything in it, returns the number of line ends written."""
    try:
        _refuse_bomb(workbook, shown)
        rows = _first_sheet(load_workbook(str(workbook)))
    except (BadZipFile, ZipError):
        hint = "export or save it again"
        raise Refused(Problem("the workbook is cut short or damaged", shown, hint=hint)) from None
    except CalamineError as error:
        hint = "export the list as CSV or XLSX"
        raise DataError(Problem(f"this is no XLSX workbook ({error})", shown, hint=hint)) from None
    line_ends = 0
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for row in rows:
            cells = [cell_text(cell) for cell in row]
            writer.writerow(cells)
            line_ends += 1 + sum(cell.count("\n") for cell in cells)
    return line_ends


def _refuse_bomb(workbook: Path, shown: str) -> None:
    """DataError if far more would come out of the workbook than anybody has put in; nothing is unpacked for that."""
    with ZipFile(workbook) as archive:
        parts = archive.infolist()
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unpacked > LARGEST_UNPACKED:
        raise DataError(Problem(f"the workbook unpacks to {unpacked >> 20:,} MB; it may have 2,048", shown))
    if len(parts) > _MOST_PARTS or (unpacked > _LARGE and unpacked > _DENSEST * packed):
        hint = "export the list as CSV"
        raise DataError(
            Problem(f"the workbook unpacks to {unpacked >> 20:,} MB in {len(parts):,} parts", shown, hint=hint)
        )


def _first_sheet(book: CalamineWorkbook) -> list[list[Any]]:
    visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
    for name in visible:
        rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if any(cell != "" for row in rows for cell in row):
            return rows
    return []


def cell_text(cell: Any) -> str:
    """The text of a cell: no decimals on whole numbers, fifteen digits on others, ISO dates."""
    match cell:
        case str():
            return cell.replace("\r\n", "\n").replace("\r", "\n")
        case bool():
            return "true" if cell else "false"
        case int():
            return str(cell)
        case float():
            return _number_text(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
        case date():
            return cell.isoformat()
        case time() | timedelta():
            return str(cell)
    return "" if cell is None else str(cell)


def _number_text(number: float) -> str:
    if number.is_integer() and abs(number) < LARGEST_EXACT:
        return str(int(number))
    text = f"{number:.15g}"
    if "e" not in text or abs(number) >= LARGEST_EXACT:
        return text
    return f"{number:.20f}".rstrip("0")
