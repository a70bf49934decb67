"""Text files as people save them: decoded kindly, and quoted back at the place of a mistake."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import NamedTuple

from remindr.errors import Problem, ProjectError

MAX_BYTES = 1_000_000
_SHOWN_COLUMNS = 160
_SHOWN_VALUE = 60
_SAVE_AS = "save the file again with the encoding UTF-8"

_BREAKS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})
_TAB_INDENT = re.compile(r"^[ ]*\t[ \t]*(?![ \t#\n]|$)", re.MULTILINE)
_PASTED_SPACE = re.compile(r"^[ \t\u00a0]+|(?<=[:-])\u00a0", re.MULTILINE)
# Control characters and what else has no place in a text file.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


class Place(NamedTuple):
    """A stretch of a text, as character positions."""

    start: int
    end: int


def quoted(value: object) -> str:
    """A value between quotes, cut to a length that fits a message, without anything unprintable."""
    text = _printable(str(value))
    return f"'{text}'" if len(text) <= _SHOWN_VALUE else f"'{text[: _SHOWN_VALUE - 1]}…'"


def read_text(path: Path, shown: str) -> str:
    """The text of a UTF-8 file, with line feeds only and without a byte order mark.

    ProjectError if the file cannot be read, is no UTF-8, or is too large to have been written by hand.
    `shown` is the file's name as messages should give it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ProjectError(Problem(f"cannot be read: {error.strerror or error}", file=shown)) from None
    if len(data) > MAX_BYTES:
        raise ProjectError(Problem("is larger than 1 MB, and nobody writes that much by hand", file=shown))
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise ProjectError(Problem("is saved as UTF-16 ('Unicode'), not as UTF-8", file=shown, hint=_SAVE_AS))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProjectError(_undecodable(data, error.start, shown)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def smooth(text: str, shown: str) -> str:
    """A text ready to be parsed as YAML: every character stays on its line and column.

    Tabs between words become spaces, so do line separators, and pasted non-breaking spaces where YAML wants
    a space. A tab that indents has no one meaning, and ProjectError says so.
    """
    if match := UNPRINTABLE.search(text):
        what = f"an invisible character (U+{ord(match[0]):04X}) that cannot stand in a text file"
        raise ProjectError(excerpt(shown, text, Place(match.start(), match.end()), what, "delete it"))
    if "\u00a0" in text:
        text = _PASTED_SPACE.sub(lambda found: found[0].replace("\u00a0", " "), text)
    if "\t" in text:
        if match := _TAB_INDENT.search(text):
            raise ProjectError(_tab_problem(text, match, shown))
        text = text.replace("\t", " ")
    return text.translate(_BREAKS)


def excerpt(shown: str, text: str, place: Place, what: str, hint: str | None = None) -> Problem:
    """A problem at a stretch of the text, with the line it begins on and a caret under it."""
    start = text.rfind("\n", 0, place.start) + 1
    end = text.find("\n", place.start)
    line = text[start : end if end >= 0 else len(text)].rstrip()
    offset = min(place.start - start, len(line))  # blanks at the end are not shown
    return Problem(
        what,
        file=shown,
        line=text.count("\n", 0, place.start) + 1,
        col=offset + 1,
        source=_printable(line[:_SHOWN_COLUMNS]) if offset < _SHOWN_COLUMNS else None,
        width=max(1, min(place.end - place.start, min(len(line), _SHOWN_COLUMNS) - offset)),
        hint=hint,
    )


def _tab_problem(text: str, match: re.Match[str], shown: str) -> Problem:
    tab = text.index("\t", match.start())
    more = len(_TAB_INDENT.findall(text)) - 1
    lines = f" (and {more} more line{'s' if more > 1 else ''})" if more else ""
    what = f"this line begins with a tab{lines}"
    return excerpt(shown, text, Place(tab, tab + 1), what, "indent with spaces, two for each level")


def _undecodable(data: bytes, at: int, shown: str) -> Problem:
    before = data[:at].decode("utf-8-sig", "replace")
    text = before + data[at:].decode("utf-8", "replace")
    what = "a character that is not UTF-8"
    return excerpt(shown, text, Place(len(before), len(before) + 1), what, _SAVE_AS)


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
