"""Exports that a person names: which is which, the newest of each kind, and what is to say of the others."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path

from remindr.errors import DataError, Problem, Refused
from remindr.model.policy import Sources
from remindr.sources.find import find_files, named_files, seen_from
from remindr.sources.roles import NOTHING_KNOWN, Known, Recognised, recognise
from remindr.sources.synonyms import Role

_SINGULAR: dict[Role, str] = {"invoices": "invoice", "customers": "customer", "payments": "payment"}


@dataclass(frozen=True, slots=True)
class Exports:
    """The newest export of each kind, and what is to say about the others."""

    files: dict[Role, Recognised]
    notes: tuple[str, ...]
    older: tuple[Recognised, ...] = ()

    @property
    def sources(self) -> Sources:
        """The exports as a project would name them."""
        named = {role: escape(str(found.file)) for role, found in self.files.items()}
        return Sources.model_validate(named)

    def same_kind(self, role: Role) -> list[Path]:
        """The newest export of a kind and the older ones that were named, too."""
        return [self.files[role].file, *(one.file for one in self.older if one.role == role)]


@contextmanager
def without_a_project() -> Iterator[None]:
    """Every reason not to use the exports, told to somebody who has no remindr.yaml to mend."""
    try:
        yield
    except (DataError, Refused) as error:
        raise DataError(map(_told_without_a_project, error.problems)) from None


def _told_without_a_project(problem: Problem) -> Problem:
    if problem.hint is None or "remindr.yaml" not in problem.hint:
        return problem
    return replace(problem, hint=f"{problem.hint}, in a project: remindr init --from starts one and asks")


def sort_out(root: Path, names: Sequence[str], timezone: str, known: Known = NOTHING_KNOWN) -> Exports:
    """Which of the files is the export of what; DataError if none is one of invoices."""
    found = [recognise(file, seen_from(root, file), timezone, known) for file in files_of(names)]
    by_role: dict[Role, list[Recognised]] = {}
    for one in found:
        if one.role is not None:
            by_role.setdefault(one.role, []).append(one)
    if "invoices" not in by_role:
        raise _no_invoices(found)
    newest = {role: _newest_first(root, of_role, timezone) for role, of_role in by_role.items()}
    left = [one for one in found if one.role is None]
    files = {role: of_role[0] for role, of_role in newest.items()}
    older = tuple(one for of_role in newest.values() for one in of_role[1:])
    return Exports(files, tuple(_left_out(newest.values(), left)), older)


def files_of(names: Sequence[str]) -> list[Path]:
    """Every file that is named, once; DataError with all names that mean nothing."""
    meant = {name: named_files(name) for name in names}
    hint = "name your invoice export, and if you have them those of customers and payments"
    problems = [Problem(f"there is no file '{name}'", hint=hint) for name, files in meant.items() if not files]
    if problems:
        raise DataError(problems)
    return list(dict.fromkeys(file for files in meant.values() for file in files))


def _newest_first(root: Path, files: Iterable[Recognised], timezone: str) -> list[Recognised]:
    dated = [(find_files(root, escape(str(one.file)), timezone, "invoices")[0], one) for one in files]
    dated.sort(key=lambda pair: pair[0].newness, reverse=True)
    return [one for _, one in dated]


def _left_out(newest: Iterable[Sequence[Recognised]], unknown: Sequence[Recognised]) -> Iterator[str]:
    for first, *others in newest:
        for other in others:
            what = _SINGULAR[other.role] if other.role else ""
            yield f"{other.shown}: left out, for {first.shown} is the newer {what} export; remindr learn reads old ones"
    for one in unknown:
        yield f"{one.shown}: left out, for it is no export of invoices, customers or payments"


def _no_invoices(found: Sequence[Recognised]) -> DataError:
    """What the files lack, or what they are instead."""
    kinds = [f"{one.shown} is one of {one.role}" for one in found if one.role]
    if len(kinds) == len(found):
        return DataError(f"no invoice export: {', '.join(kinds)}", hint="name your list of invoices, too")
    return DataError(problem for one in found if one.role is None for problem in one.lacking)
