"""Which export is which, told from the headers before anything is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from remindr.errors import DataError, Problem
from remindr.sources.columns import recognised
from remindr.sources.dialect import find_dialect
from remindr.sources.private import PrivateFolder
from remindr.sources.read import columns_of
from remindr.sources.recognition import find_profile
from remindr.sources.snapshot import Snapshot, take_snapshot
from remindr.sources.synonyms import Role

_ROLES: Final[tuple[Role, ...]] = ("invoices", "payments", "customers")  # what needs most columns is tried first
_DATED: Final = frozenset({"issue_date", "due_date"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a file is an export of, None if of nothing; `lacking` is what it would need to be one of invoices."""

    file: Path
    shown: str
    role: Role | None
    lacking: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a person has said of their exports: columns by field, and whether they know the terms."""

    columns: Mapping[str, str] = field(default_factory=dict)
    terms: bool = False


NOTHING_KNOWN: Final = Known()


def recognise(file: Path, shown: str, timezone: str, known: Known = NOTHING_KNOWN) -> Recognised:
    """What a file is an export of; RemindrError if it cannot be read as a table at all."""
    with PrivateFolder() as folder:
        snapshot = take_snapshot(file, shown, Path(folder), timezone)
        find_dialect(snapshot, "invoices", {})
        lacking: tuple[Problem, ...] = ()
        for role in sorted(_ROLES, key=lambda role: _likeness(snapshot, role), reverse=True):
            try:
                if _is_one(snapshot, role, known):
                    return Recognised(file, shown, role, lacking)
            except DataError as error:
                lacking = lacking or error.problems
    return Recognised(file, shown, None, lacking)


def _likeness(snapshot: Snapshot, role: Role) -> float:
    """How alike a file is to such an export of a known package."""
    try:
        dialect = find_dialect(snapshot, role, {})
    except DataError:
        return 0
    return find_profile(dialect.headers, dialect.sample, role).likeness


def _is_one(snapshot: Snapshot, role: Role, known: Known) -> bool:
    """Whether a file has all that such an export needs, and does not look like a mistaken one of invoices."""
    dialect = find_dialect(snapshot, role, known.columns)
    columns = columns_of(snapshot, dialect, role, "auto", known.columns, terms_known=known.terms)
    if columns.profile.name:
        return True
    if role == "invoices":
        return bool(_DATED & columns.positions.keys())
    return recognised(dialect.headers, role, {}) + 1 >= recognised(dialect.headers, "invoices", {})
