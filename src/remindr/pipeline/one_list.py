"""Several exports of one kind and one day: one list in parts, one file twice, or a question which of them is newer."""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from filecmp import cmp
from functools import cache
from glob import escape
from pathlib import Path
from typing import Final

from remindr.core.told import day_words
from remindr.errors import Answer, DataError, Problem, Question
from remindr.sources.columns import Columns
from remindr.sources.dialect import find_dialect
from remindr.sources.find import Candidate, find_files
from remindr.sources.private import PrivateFolder
from remindr.sources.read import columns_of
from remindr.sources.roles import Known, Recognised
from remindr.sources.snapshot import take_snapshot
from remindr.sources.synonyms import Role

SINGULAR: Final[Mapping[Role, str]] = {"invoices": "invoice", "customers": "customer", "payments": "payment"}
_AT_ONCE: Final = 60  # seconds; between files that were copied or unpacked together the clock tells nothing
_KEYS: Final[Mapping[Role, tuple[tuple[str, ...], ...]]] = {
    "invoices": (("invoice_id",),),
    "customers": (("customer_id",), ("customer_name",)),
    "payments": (("invoice_id", "customer_id", "customer_name", "paid_on", "amount"),),
}


@dataclass(frozen=True, slots=True)
class OneList:
    """The newest export of a kind, the further files of the same list, older ones, and what is to say of them."""

    newest: Recognised
    parts: tuple[Recognised, ...] = ()
    older: tuple[Recognised, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Contents:
    headers: tuple[str, ...]
    keys: Mapping[tuple[str, ...], None]  # those of the rows, in order


def one_list(root: Path, role: Role, files: Sequence[Recognised], timezone: str, known: Known) -> OneList:
    """Which of the files of a kind are to be read; DataError with a question if nothing tells.

    Files of the newest day are parts of one list if their headers are equal and no row is in two of them.
    """
    (day, newest), *others = _newest_first(root, files, timezone)
    found = OneList(newest)

    @cache
    def contents(file: Recognised) -> _Contents:
        return _contents(file, role, timezone, known)

    for one, file in others:
        if one.day != day.day:
            found = _with_older(found, file)
        elif any(cmp(read.file, file.file, shallow=False) for read in (newest, *found.parts)):
            found = _with_note(found, f"{file.shown}: left out, for it is the same file as {newest.shown}")
        else:
            found = _of_one_day(role, found, file, (day, one), contents)
    return found


def chosen_list(role: Role, files: Sequence[Recognised], chosen: str) -> OneList:
    """The file that a person has chosen, as it was named; DataError if it is none of them."""
    meant = [one for one in files if chosen in (one.shown, one.file.name) or Path(chosen).absolute() == one.file]
    if not meant:
        hint = f"the {role} exports that were named are {', '.join(one.shown for one in files)}"
        raise DataError(f"--set {role}={chosen}: there is no such file among the exports", hint=hint)
    others = tuple(one for one in files if one is not meant[0])
    notes = (f"{one.shown}: left out, for {meant[0].shown} was chosen" for one in others)
    return OneList(meant[0], older=others, notes=tuple(notes))


def together(files: Sequence[Path]) -> str:
    """A pattern for exactly these files; DataError if there is none, for others would be taken for parts, too."""
    if len(files) == 1:
        return escape(str(files[0]))
    folder, names = files[0].parent, [file.name for file in files]
    shortest = min(map(len, names))
    pattern = "".join(_any_of({name[at] for name in names}) for at in range(shortest)) + "*"
    if {file for file in folder.glob(pattern) if file.is_file()} != set(files):
        what = f"{' and '.join(sorted(names))} are parts of one list, but other files are beside them"
        raise DataError(what, hint="put the parts into a folder of their own")
    return f"{escape(str(folder))}/{pattern}"


def _any_of(chars: set[str]) -> str:
    if len(chars) == 1:
        return escape(next(iter(chars)))
    return "?" if chars & set("[]!^-") else f"[{''.join(sorted(chars))}]"


def _newest_first(root: Path, files: Sequence[Recognised], timezone: str) -> list[tuple[Candidate, Recognised]]:
    dated = [(find_files(root, escape(str(one.file)), timezone, "invoices")[0], one) for one in files]
    dated.sort(key=lambda pair: pair[0].newness, reverse=True)
    return dated


def _with_note(found: OneList, note: str) -> OneList:
    return replace(found, notes=(*found.notes, note))


def _with_older(found: OneList, file: Recognised) -> OneList:
    what = SINGULAR[file.role] if file.role else ""
    note = f"{file.shown}: left out, for {found.newest.shown} is the newer {what} export; remindr learn reads old ones"
    return _with_note(replace(found, older=(*found.older, file)), note)


def _of_one_day(
    role: Role,
    found: OneList,
    file: Recognised,
    times: tuple[Candidate, Candidate],
    contents: Callable[[Recognised], _Contents],
) -> OneList:
    """With a file of the newest day: a part of the list, an older one by the clock, or a question."""
    read, added = [contents(part) for part in (found.newest, *found.parts)], contents(file)
    newest, one = times
    shared = [key for part in read for key in part.keys if key in added.keys]
    if added.headers == read[0].headers and not shared:
        return replace(found, parts=(*found.parts, file))
    if newest.written - one.written > _AT_ONCE:
        return _with_older(found, file)
    differing = f"'{shared[0][0]}' is in both" if added.headers == read[0].headers else "their headers differ"
    both = [(found.newest, read[0]), (file, added)]
    raise DataError(_which(role, both, f"both are of {day_words(newest.day)}", differing))


def _which(role: Role, both: Sequence[tuple[Recognised, _Contents]], when: str, differing: str) -> Problem:
    what = (
        f"this and {both[1][0].shown} are {SINGULAR[role]} exports, and nothing tells which is newer: {when}; "
        f"they are no parts of one list, for {differing}"
    )
    answers = tuple(Answer(role, one.shown, _rows(contents)) for one, contents in both)
    question = Question("Which one is to be read?", answers)
    return Problem(what, both[0][0].shown, hint="name the one that counts, and not the other", question=question)


def _rows(contents: _Contents) -> str:
    first = next(iter(contents.keys), ("",))[0]
    return f"{len(contents.keys):,} in it, the first is '{first}'"


def _contents(one: Recognised, role: Role, timezone: str, known: Known) -> _Contents:
    """The headers of a file and what tells its rows apart."""
    with PrivateFolder() as folder:
        snapshot = take_snapshot(one.file, one.shown, Path(folder), timezone)
        dialect = find_dialect(snapshot, role, known.columns)
        columns = columns_of(snapshot, dialect, role, "auto", known.columns, terms_known=known.terms)
        at = _positions(role, columns)
        with snapshot.path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=True))[dialect.header_row :]
    keys = (tuple(row[place].strip() for place in at) for row in rows if len(row) > max(at))
    return _Contents(dialect.headers, {key: None for key in keys if _tells(role, key)})


def _positions(role: Role, columns: Columns) -> list[int]:
    """Where the cells stand that tell the rows apart."""
    for fields in _KEYS[role]:
        found = [columns.positions[field] for field in fields if columns.positions.get(field, -1) >= 0]
        if found:
            return found
    return [0]


def _tells(role: Role, key: tuple[str, ...]) -> bool:
    """Whether cells name a row: a total has no number of an invoice."""
    return any(char.isdigit() for char in key[0]) if role == "invoices" else any(key)
