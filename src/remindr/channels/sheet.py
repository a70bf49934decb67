"""Lists for spreadsheets: CSV that Excel opens rightly, and in which no cell can be a formula."""

import csv
import unicodedata
from collections.abc import Sequence

from remindr.channels.stage import Stage

_STARTS_FORMULA = ("=", "+", "-", "@")
_SPACES = ("\t", "\r", "\n")


class Sheet:
    """One CSV file on the stage, with a heading row."""

    def __init__(self, stage: Stage, name: str, headings: Sequence[str]) -> None:
        self._file = stage.list(name)
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        self._writer.writerow(headings)

    def add(self, cells: Sequence[str]) -> None:
        """Writes a row."""
        self._writer.writerow([harmless(cell.replace("\0", "")) for cell in cells])

    def close(self) -> None:
        """Writes out what is still held back."""
        self._file.close()


def harmless(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would otherwise run it."""
    start = cell.lstrip(" ")[:1]
    if start.isalnum():
        return cell
    seen = next((sign for sign in cell if sign.isprintable() and not sign.isspace()), "")
    meant = unicodedata.normalize("NFKC", seen)
    return f"'{cell}" if start in _SPACES or meant.startswith(_STARTS_FORMULA) else cell
