"""Exports that a person names: which is which, the newest of each kind, and what is to say of the others."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from remindr.errors import DataError, Problem, Refused
from remindr.model.policy import Sources
from remindr.pipeline.one_list import chosen_list, one_list, together
from remindr.sources.book import Book
from remindr.sources.dialect import find_dialect
from remindr.sources.examples import cells_under
from remindr.sources.find import named_files, seen_from
from remindr.sources.private import PrivateFolder
from remindr.sources.roles import NOTHING_KNOWN, Known, Recognised, recognise
from remindr.sources.snapshot import take_snapshot
from remindr.sources.synonyms import Role
from remindr.sources.vocabulary import CURRENCIES

_CELLS_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Exports:
    """The newest export of each kind, the further files of a list that is in several, and what is to say of others."""

    files: Mapping[Role, Recognised]
    notes: tuple[str, ...]
    older: tuple[Recognised, ...] = ()
    parts: Mapping[Role, tuple[Recognised, ...]] = field(default_factory=dict)

    @property
    def sources(self) -> Sources:
        """The exports as a project would name them."""
        return Sources.model_validate({role: together([one.file for one in self.read(role)]) for role in self.files})

    def read(self, role: Role) -> list[Recognised]:
        """The files of a kind that are read: the newest, and the others of its list."""
        return [self.files[role], *self.parts.get(role, ())]

    def same_kind(self, role: Role) -> list[Path]:
        """All files of a kind that were named, the newest first."""
        return [one.file for one in (*self.read(role), *(one for one in self.older if one.role == role))]


@contextmanager
def without_a_project() -> Iterator[None]:
    """Every reason not to use the exports, told to somebody who has no remindr.yaml to mend."""
    try:
        yield
    except (DataError, Refused) as error:
        raise DataError(map(_told_without_a_project, error.problems)) from None


def _told_without_a_project(problem: Problem) -> Problem:
    problem = nothing_written(problem)
    if problem.hint is None or "remindr.yaml" not in problem.hint:
        return problem
    return replace(problem, hint=f"{problem.hint}, in a project: remindr init --from starts one and asks")


def nothing_written(problem: Problem) -> Problem:
    """The problem in the words of a command that sends nothing anyway."""
    hint = problem.hint and problem.hint.replace("nothing was sent", "nothing was written")
    return replace(problem, hint=hint)


def sort_out(
    root: Path,
    names: Sequence[str],
    timezone: str,
    known: Known = NOTHING_KNOWN,
    chosen: Mapping[str, str] | None = None,
) -> Exports:
    """Which of the files is the export of what; DataError if none is one of invoices.

    `chosen` is the file of a kind that a person named where nothing tells which one is newer.
    """
    found = [recognise(file, seen_from(root, file), timezone, known) for file in files_of(names)]
    by_role: dict[Role, list[Recognised]] = {}
    for one in found:
        if one.role is not None:
            by_role.setdefault(one.role, []).append(one)
    if "invoices" not in by_role:
        raise _no_invoices(found)
    said = chosen or {}
    lists = {
        role: chosen_list(role, files, said[role]) if role in said else one_list(root, role, files, timezone, known)
        for role, files in by_role.items()
    }
    return Exports(
        files={role: one.newest for role, one in lists.items()},
        notes=(*(note for one in lists.values() for note in one.notes), *_unknown(found), *_no_files(root, names)),
        older=tuple(file for one in lists.values() for file in one.older),
        parts={role: one.parts for role, one in lists.items() if one.parts},
    )


def refuse_unread(book: Book) -> None:
    """DataError with the first cells if not one row of the invoice export could be read."""
    (count,) = book.connection.execute("SELECT count(*) FROM invoices").fetchone() or (0,)
    names = [file.name for file in book.files if file.role == "invoices"]
    cells = [cell for cell in book.quarantined if cell.file in names]
    if count or not cells:
        return
    hint = "mend these cells where the list comes from, and export it again; nothing was written"
    *told, last = (
        Problem(_unread(cell.column, cell.value, cell.reason), cell.file, cell.row) for cell in cells[:_CELLS_TOLD]
    )
    raise DataError([Problem("not one row can be read", names[0]), *told, replace(last, hint=hint)])


def _unread(column: str, value: str, reason: str) -> str:
    return f"'{value}' under '{column}': {reason}" if column else f"{value}: {reason}"


def files_of(names: Sequence[str]) -> list[Path]:
    """Every file that is named, once; DataError with all names that mean nothing."""
    meant = {name: [file for file in named_files(name) if file.is_file()] for name in names}
    problems = [_nothing_meant(name) for name, files in meant.items() if not files]
    if problems:
        raise DataError(problems)
    return list(dict.fromkeys(file for files in meant.values() for file in files))


def headers_of(file: Path, timezone: str) -> tuple[str, ...]:
    """The headers of an export; none if it is no table."""
    with PrivateFolder() as folder:
        try:
            return find_dialect(take_snapshot(file, file.name, Path(folder), timezone), "invoices", {}).headers
        except (DataError, Refused):
            return ()


def first_currency(file: Path, timezone: str) -> str | None:
    """The first currency code in the first cells of an export; None if there is none."""
    cells = cells_under(file, headers_of(file, timezone), timezone)
    return next((cell for under in cells.values() for cell in under if cell in CURRENCIES), None)


def _nothing_meant(name: str) -> Problem:
    hint = "name your invoice export, and if you have them those of customers and payments"
    path = Path(name)
    if path.is_dir():
        return Problem(f"the folder '{name}' has no CSV or XLSX file in it", hint=hint)
    if path.is_symlink():
        return Problem(f"'{name}' is a link to a file that is not there", hint=hint)
    return Problem(f"there is no file '{name}'", hint=hint)


def _no_files(root: Path, names: Sequence[str]) -> Iterator[str]:
    """What has the name of an export in a folder that was named, and is none."""
    for file in dict.fromkeys(file for name in names for file in named_files(name) if not file.is_file()):
        what = "a folder" if file.is_dir() else "a link to a file that is not there"
        yield f"{seen_from(root, file)}: left out, for it is {what}"


def _unknown(found: Sequence[Recognised]) -> Iterator[str]:
    for one in found:
        if one.role is None:
            yield f"{one.shown}: left out, for it is no export of invoices, customers or payments"


def _no_invoices(found: Sequence[Recognised]) -> DataError:
    """What the files lack, or what they are instead."""
    kinds = [f"{one.shown} is one of {one.role}" for one in found if one.role]
    if len(kinds) == len(found):
        return DataError(f"no invoice export: {', '.join(kinds)}", hint="name your list of invoices, too")
    return DataError(problem for one in found if one.role is None for problem in one.lacking)
