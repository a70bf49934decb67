"""The call sheet as a file: made to ring from, to be filled in, and to be printed."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from typing import Any

from remindr.channels.sheet import harmless
from remindr.core.calls import OUTCOMES

TOLD = (
    "Customer", "Who", "Phone", "Dial locally", "Why", "What to say", "Last promise", "Kept", "Invoices", "Total",
)  # fmt: skip
TO_FILL_IN = ("Outcome", "Promised date", "Promised amount", "Next call", "Note")
HEADINGS = (*TOLD, *TO_FILL_IN, "Key")
_WIDTHS = (10, 22, 17, 16, 32, 48, 24, 8, 14, 14, 13, 13, 13, 13, 28, 4)
_EMPTY_ROWS = 1  # below the last call, so that the drop-down is there for a row that is moved down
_A4, _LETTER = 9, 1


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call as it stands in the sheet: the cells that are told, and the key by which it is recognised."""

    told: tuple[str, ...]
    key: str


def as_csv(rows: Sequence[CallRow]) -> bytes:
    """The sheet as CSV that Excel opens rightly, in which no cell can be a formula."""
    text = StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for row in rows:
        cells = (*row.told, *("" for _ in TO_FILL_IN), row.key)
        writer.writerow([harmless(cell.replace("\0", "")) for cell in cells])
    return text.getvalue().encode("utf-8-sig", "replace")


def as_workbook(rows: Sequence[CallRow], *, title: str, letter: bool = False) -> bytes:
    """The sheet as a workbook: the outcome is chosen from a list, the key is hidden, one page wide on paper."""
    import xlsxwriter

    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("Calls")
        _lay_out(book, page, title, letter=letter)
        top = book.add_format({"valign": "top", "text_wrap": True, "border": 1, "border_color": "#D0D0D0"})
        for at, row in enumerate(rows, start=1):
            for column, cell in enumerate(row.told):
                page.write_string(at, column, cell, top)  # a string is never run, whatever it begins with
            page.write_string(at, len(HEADINGS) - 1, row.key)
        _validate(book, page, last=max(len(rows), 1) + _EMPTY_ROWS)
    return target.getvalue()


def _lay_out(book: Any, page: Any, title: str, *, letter: bool) -> None:
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#F0F0F0"})
    for column, (heading, width) in enumerate(zip(HEADINGS, _WIDTHS, strict=True)):
        page.set_column(column, column, width, None, {"hidden": True} if heading == "Key" else {})
        page.write_string(0, column, heading, head)
    page.freeze_panes(1, 2)
    page.set_landscape()
    page.set_paper(_LETTER if letter else _A4)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_header(f"&L{title.replace('&', '&&')}&R&P of &N")


def _validate(book: Any, page: Any, *, last: int) -> None:
    """What may be filled in where; a day that is typed in looks like 2026-12-31 in every country."""
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    column = {heading: number for number, heading in enumerate(HEADINGS)}
    choice = {"validate": "list", "source": list(OUTCOMES), "error_title": "Outcome", "error_message": "Choose one."}
    page.data_validation(1, column["Outcome"], last, column["Outcome"], choice)
    for heading in ("Promised date", "Next call"):
        rule = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_message": "Type in a day."}
        page.data_validation(1, column[heading], last, column[heading], rule)
        page.set_column(column[heading], column[heading], _WIDTHS[column[heading]], day)
