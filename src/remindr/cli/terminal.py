"""Results go to stdout, talk goes to stderr; nothing from a file can move the cursor or colour a line."""

import json
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from remindr.errors import ProjectError

if TYPE_CHECKING:
    from remindr.model.book import Quarantined


_LONGEST_CELL = 1_000


def safe(text: object) -> str:
    """The text without control and formatting characters, which a terminal would obey."""
    plain = str(text)
    if plain.isascii() and plain.isprintable():
        return plain
    return "".join(" " if char in "\n\t" else char for char in plain if _harmless(char))


def _harmless(char: str) -> bool:
    return char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def say(text: str) -> None:
    """Talk: a line on stderr."""
    print("\n".join(safe(line) for line in text.splitlines()), file=sys.stderr)


def tell(text: str = "") -> None:
    """Result: lines on stdout."""
    print("\n".join(safe(line) for line in text.splitlines()))


def tell_wrapped(text: str, *, first: str = "", rest: str = "  ") -> None:
    """Result: a sentence, broken between words where a terminal ends; one line in a pipe."""
    from shutil import get_terminal_size
    from textwrap import fill

    if not sys.stdout.isatty():
        print(first + safe(text))
        return
    width = get_terminal_size().columns
    print(fill(safe(text), width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False))


def tell_json(value: Any) -> None:
    """Result: one JSON document on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=True, indent=2, default=str)
    sys.stdout.write("\n")


def tell_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Iterable[str] = (), heading: bool = True
) -> None:
    """Result: aligned columns without box art; those named in `right` are set to the right.

    On a terminal long cells are folded; pipes and files get whole lines. Nothing is as long as `_LONGEST_CELL` but what
    somebody put there: it would make every row as wide.
    """
    cells = [[_cell(value) for value in row] for row in rows]
    lay_out = _fitted if sys.stdout.isatty() else _aligned
    print("\n".join(line.rstrip() for line in lay_out(columns, cells, frozenset(right), heading=heading)))


def _cell(value: object) -> str:
    text = safe(value)
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _aligned(
    columns: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str], *, heading: bool
) -> Iterator[str]:
    """The table's lines without the library that knows terminals: 0.03 s of each run that cron starts."""
    shown = [columns, *rows] if heading else rows
    widths = [max(map(_width, column)) for column in zip(*shown, strict=True)]
    for row in shown:
        padded = (
            " " * (width - _width(cell)) + cell if column in right else cell + " " * (width - _width(cell))
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        yield "  ".join(padded)


def _width(text: str) -> int:
    """How many columns of a terminal the text takes: wide letters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _fitted(
    columns: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str], *, heading: bool
) -> list[str]:
    """The table's lines, no wider than the terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_header=heading)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(markup=False, highlight=False, emoji=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get().splitlines()


def tell_unreadable(cells: "Iterable[Quarantined]") -> None:
    """Result: the cells that could not be read, with the customer they would have been about."""
    rows = [
        (f"{cell.file}:{cell.row}", cell.customer_id or "?", cell.column, cell.value, cell.reason) for cell in cells
    ]
    tell_table(("place", "customer", "column", "value", "why"), rows)


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 notice`, `3 notices`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


_CHANNELS = {
    "email": ("e-mail", "e-mails"),
    "call": ("call", "calls"),
    "sms": ("SMS", "SMS"),
    "letter": ("letter", "letters"),
}


def message_words(by_channel: Mapping[str, int]) -> str:
    """`12 e-mails, 2 calls`."""
    return ", ".join(plural(count, *_CHANNELS[channel]) for channel, count in by_channel.items())


def is_interactive() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(question: str) -> bool:
    """A person's yes; ProjectError where nobody is there to give it."""
    import typer

    if not is_interactive():
        raise ProjectError(f"{question} Nobody is there to ask", hint="add --yes to go ahead without asking")
    return typer.confirm(safe(question), err=True)


def iso(day: date | None) -> str | None:
    """A date as ISO text, None as None."""
    return None if day is None else day.isoformat()
