"""Exports that came to harm, and what a run makes of them: the notices it writes, line by line."""

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random

from shop import CUSTOMERS, DAY, INVOICES, LATER, ask, export_to, open_shop, run_arguments

from mutations import cuts, swapping, take_apart

PAID = {"0004", "0007"}  # between the two days
_MANY = ("cut", "swapped columns", "swapped cells", "shrunk")

_HISTORY = "".join(
    f"{number:04},{number % 7 + 1:02},,2024-{number % 9 + 1:02}-03,2024-{number % 9 + 2:02}-03,{number}.50,0.00,GBP\n"
    for number in range(101, 121)
)
_LINES = (
    "SELECT n.purpose, n.customer_id, n.step, l.invoice_id, l.role, l.step, l.balance, l.currency FROM notices n "
    "JOIN lines l ON l.notice_id = n.id WHERE NOT n.voided AND n.as_of > ?"
)

Lines = frozenset[tuple[str, ...]]


def about_paid(lines: Lines) -> set[str]:
    """The invoices among these lines that are paid; thanks for them are in order."""
    return {line[3] for line in lines if line[0] != "thank_you"} & PAID


@dataclass(frozen=True, slots=True)
class Harm:
    """What was done to the exports of the later day: their new content by path, None if they are gone."""

    kind: str
    what: str
    files: dict[str, bytes | None]
    day: str = LATER


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made of it: its exit code, what it said, the lines of its notices."""

    harm: Harm
    code: int
    err: str
    lines: Lines
    delivered: int


def invoices_of(day: str) -> str:
    """The invoice file of a day, with what was paid long ago."""
    header, *rows = INVOICES.splitlines(keepends=True)
    shown = [_paid(row) if day == LATER and row[:4] in PAID else row for row in rows]
    return header + "".join(shown) + _HISTORY


def _paid(row: str) -> str:
    cells = next(csv.reader([row]))
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([*cells[:6], "0.00", cells[7]])
    return out.getvalue()


def open_harmed(root: Path) -> Path:
    """The shop after a first day's run, with the unharmed exports of the later day."""
    from remindr.cli import run_app

    open_shop(root, invoices=invoices_of(DAY))
    assert run_app(run_arguments(root)) == 0
    return export_to(root, LATER, invoices=invoices_of(LATER))


def made_of(harm: Harm, before: Path, root: Path) -> Made:
    """The run of the day on a copy of the project; it is made in this process."""
    from remindr.cli import run_app

    shutil.copytree(before, root)
    for path, content in harm.files.items():
        (root / path).unlink()
        if content is not None:
            (root / path).write_bytes(content)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()) as said:
        code = run_app(run_arguments(root, harm.day))
    made = seen_of(harm, code, said.getvalue(), root)
    shutil.rmtree(root)
    return made


def seen_of(harm: Harm, code: int, err: str, root: Path) -> Made:
    """What a run has made, by the journal and the outbox."""
    lines = frozenset(tuple(map(str, row)) for row in ask(root, _LINES.replace("?", f"'{DAY}'")))
    folders = [path for path in (root / "outbox").iterdir() if not path.name.startswith(f"{DAY}-")]
    return Made(harm, code, err, lines, sum(path.is_file() for folder in folders for path in folder.rglob("*")))


def chosen(count: int) -> list[Harm]:
    """As many harms as that: one of each kind that has few, and an even spread of the others."""
    every = list(harms())
    few = [harm for harm in every if harm.kind not in _MANY]
    many = [harm for harm in every if harm.kind in _MANY]
    room = min(max(count - len(few), 0), len(many))
    return few + [many[number * len(many) // room] for number in range(room)]


def harms() -> Iterator[Harm]:
    """All harms; cuts are at every byte."""
    for file, text in ((_INVOICES, invoices_of(LATER)), (_CUSTOMERS, CUSTOMERS)):
        content = text.encode()
        yield from (Harm("cut", f"{file} {one.what}", {file: one.content}) for one in cuts(content))
        yield Harm("emptied", file, {file: b""})
        yield Harm("header only", file, {file: content.partition(b"\n")[0] + b"\n"})
        yield Harm("deleted", file, {file: None})
        yield from _columns(file, content)
    yield from _shrunk()
    everything: dict[str, bytes | None] = {
        f"exports/{name}-{day}.csv": None for name in ("invoices", "customers") for day in (DAY, LATER)
    }
    yield Harm("deleted", "all", everything)
    yield from (Harm("stale", day, {}, day) for day in ("2025-03-25", "2025-04-20", "2026-03-20"))


_INVOICES, _CUSTOMERS = f"exports/invoices-{LATER}.csv", f"exports/customers-{LATER}.csv"


def _columns(file: str, content: bytes) -> Iterator[Harm]:
    sheet = take_apart(content, 1, ",")
    for one, other in combinations(range(sheet.width), 2):
        for kind, cells_only in (("swapped columns", False), ("swapped cells", True)):
            swapped = sheet.each(swapping(one, other), cells_only=cells_only).written().encode()
            yield Harm(kind, f"{file}: {sheet.headers[one]} and {sheet.headers[other]}", {file: swapped})


def _shrunk() -> Iterator[Harm]:
    header, *rows = invoices_of(LATER).splitlines(keepends=True)
    random = Random(1)  # noqa: S311 - the same rows each time
    for percent in range(31, 91):
        kept = sorted(random.sample(range(len(rows)), len(rows) * (100 - percent) // 100))
        left = header + "".join(rows[row] for row in kept)
        yield Harm("shrunk", f"by {percent} %", {_INVOICES: left.encode()})


Replace = Callable[[Path], None]


def replacements() -> dict[str, Replace]:
    """What may happen to the invoice file of a project while it is read."""
    whole = invoices_of(LATER).encode()
    half = whole[: len(whole) // 2]
    return {
        "another file in its place": lambda path: _put(path, invoices_of(LATER).replace(",0.00,", ",5.00,").encode()),
        "a half one in its place": lambda path: _put(path, half),
        "the same again in its place": lambda path: _put(path, whole),
        "written anew": lambda path: _set(path, whole),
        "cut off": lambda path: _set(path, half),
        "emptied": lambda path: _set(path, b""),
        "longer": lambda path: _set(path, whole + b"0999,01,,2025-01-01,2025-01-02,9.00,9.00,GBP\n"),
        "gone": Path.unlink,
    }


def _put(path: Path, content: bytes) -> None:
    new = path.with_name("new")
    new.write_bytes(content)
    new.rename(path)


def _set(path: Path, content: bytes) -> None:
    path.write_bytes(content)
