"""The samples as workbooks, as packages export them or people save them: amounts are numbers, days are dates.

The book must be the one of the CSV sample. Only those samples are left out of which a workbook says other things.
"""

import shutil
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from reading import said
from samples import TODAY, project_of, sample_folders
from xlsxwriter import Workbook

from mutations import take_apart
from remindr.sources.amounts import parse_amount
from remindr.sources.book import SourceFile, load_book
from remindr.sources.dates import parse_date
from remindr.sources.profiles import all_profiles

_UNUSABLE = {profile.name for profile in all_profiles() if profile.unusable}
FOLDERS = [folder for folder in sample_folders() if folder.name.partition(".")[0] not in _UNUSABLE]
_DATES = ("issue_date", "due_date", "cleared_on", "paid_on")
_AMOUNTS = ("amount", "balance", "paid")


def as_workbook(csv: Path, file: SourceFile) -> Path:
    """The sample saved as a workbook beside it, in place of it."""
    sheet = take_apart(csv.read_bytes(), file.header_row, file.delimiter)
    dates = {sheet.headers.index(file.columns[name]) for name in _DATES if file.columns.get(name) in sheet.headers}
    amounts = {sheet.headers.index(file.columns[name]) for name in _AMOUNTS if file.columns.get(name) in sheet.headers}
    target = csv.with_suffix(".xlsx")
    with Workbook(str(target)) as book:
        page, day = book.add_worksheet("Report"), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, record in enumerate(sheet.records):
            for column, cell in enumerate(record):
                typed = _typed(cell, file, column in dates, column in amounts) if at in sheet.body else cell
                if isinstance(typed, str):
                    page.write_string(at, column, typed.lstrip("\ufeff"))
                elif isinstance(typed, date):
                    page.write_datetime(at, column, datetime.combine(typed, time()), day)
                else:
                    page.write_number(at, column, typed)
    csv.unlink()
    return target


def _typed(cell: str, file: SourceFile, is_date: bool, is_amount: bool) -> Any:
    amount = parse_amount(cell, file.decimal_mark or "point") if is_amount else None
    day = parse_date(cell, file.date_order) if is_date and file.date_order else None
    return (
        float(amount)
        if amount is not None and cell.strip("-").replace(",", "").replace(".", "").isdigit()
        else day or cell
    )


@pytest.mark.parametrize("sample", FOLDERS, ids=lambda folder: folder.name)
def test_a_workbook_gives_the_book_of_the_sample(sample: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(sample, tmp_path / sample.name)
    contents = {file.name: file.read_bytes() for file in folder.glob("*.csv")}
    with load_book(folder, project_of(folder), today=TODAY) as book:
        plain, files = said(book, contents), book.files
    for file in files:
        if file.name.endswith(".csv"):
            as_workbook(folder / file.name, file)
    with load_book(folder, project_of(folder), today=TODAY) as book:
        saved = said(book, {file.name: b"" for file in book.files})
        assert {file.profile.name for file in book.files} == {file.profile.name for file in files}
    assert saved.facts == plain.facts
