"""Old exports into the journal: read like the project's own, in the order of their days, all of them or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from glob import escape
from pathlib import Path

from remindr.errors import DataError, Problem, RemindrError
from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.journal.lock import run_lock
from remindr.journal.sightings import Remembered
from remindr.model.policy import Policy, Project
from remindr.pipeline.learn import compare, remember
from remindr.sources.book import Book, load_book
from remindr.sources.find import Candidate, find_files, named_files


@dataclass(frozen=True, slots=True)
class LearnedExport:
    """One file that was learned: the day it is of, what it shows open, how many invoices have another id in it."""

    file: str
    day: date
    open_invoices: int
    renamed: int


@dataclass(frozen=True, slots=True)
class Backfill:
    """What was learned, by the day of the export, and what the journal remembers now.

    `undated` counts the invoices that the newest of these exports shows settled on a day that is not known.
    """

    exports: tuple[LearnedExport, ...]
    remembered: Remembered
    undated: int
    notes: tuple[str, ...]


def find_exports(root: Path, project: Project, wanted: Iterable[str]) -> list[Candidate]:
    """The files that names, patterns and folders mean, each once, in the order of their days as far as names tell.

    Of a folder those that are named like the project's own export, or else all tables. DataError names all that
    mean nothing.
    """
    found: dict[Path, Candidate] = {}
    problems = []
    for name in wanted:
        paths = _paths(name, Path(project.sources.invoices).name)
        if not paths:
            hint = "name files, folders or patterns of old invoice exports"
            problems.append(Problem(f"no file matches '{name}'", hint=hint))
        for path in paths:
            (candidate,) = find_files(root, escape(str(path)), project.company.timezone, "invoices")
            found.setdefault(path, candidate)
    if problems:
        raise DataError(problems)
    return sorted(found.values(), key=lambda file: (file.day, file.shown))


def _paths(name: str, pattern: str) -> list[Path]:
    files = named_files(name)
    return [file for file in files if file.match(pattern)] or files if Path(name).is_dir() else files


def learn_exports(root: Path, policy: Policy, files: Sequence[Candidate], today: date, *, at: str) -> Backfill:
    """Records what old exports showed; DataError with every mistake of all files, and nothing is recorded."""
    with (
        run_lock(root, policy.project.journal_in_use, "learn"),
        open_journal(policy.project.journal_in_use, root, create=True) as journal,
        journal.together(),
    ):
        reader = _Reader(root, policy.project, journal, today, at)
        for file in files:
            reader.read(file, newest=file == files[-1])
        if reader.problems:
            raise DataError(reader.problems)
        return Backfill(tuple(reader.learned), journal.remembered(), reader.undated, tuple(reader.notes))


class _Reader:
    """Learns file by file; once there is a problem it only looks for more of them."""

    def __init__(self, root: Path, project: Project, journal: Journal, today: date, at: str) -> None:
        self._root, self._project, self._journal, self._today, self._at = root, project, journal, today, at
        self._by_day: dict[date, tuple[str, str]] = {}
        self.learned: list[LearnedExport] = []
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.undated = 0

    def read(self, file: Candidate, *, newest: bool) -> None:
        """Learns one export; of the newest it is looked up what stays unknown."""
        sources = self._project.sources.model_copy(update={"invoices": escape(str(file.path))})
        project = self._project.model_copy(update={"sources": sources})
        try:
            with load_book(self._root, project, today=self._today) as book:
                if self._is_another(book, file.shown) and not self.problems:
                    self.learned.append(self._learn(book, file.shown, newest=newest))
        except RemindrError as error:
            self.problems += [problem for problem in error.problems if problem not in self.problems]

    def _is_another(self, book: Book, shown: str) -> bool:
        """Whether there was no export of that day yet; a different one is a problem, and so is one of days to come."""
        day, sha256 = book.invoices_of, next(one.sha256 for one in book.files if one.role == "invoices")
        other, its_hash = self._by_day.setdefault(day, (shown, sha256))
        if day > self._today:
            self.problems.append(Problem(f"is of {day}, which is after {self._today}", shown))
        if other == shown:
            return True
        if its_hash == sha256:
            self.notes.append(f"{shown}: the same file as {other}, so not read again")
        else:
            hint = "put the day of the export into its name, like invoices-2026-03-31.csv, or leave one of them out"
            self.problems.append(Problem(f"is of {day}, and so is {other}; which of them is meant?", shown, hint=hint))
        return False

    def _learn(self, book: Book, shown: str, *, newest: bool) -> LearnedExport:
        compared = compare(book, self._journal)
        remember(compared, self._journal, at=self._at)
        if newest:
            self.undated = compared.settlements.date(compared.exports, book.invoices_of)
        return LearnedExport(shown, book.invoices_of, compared.shown.open_invoices(), len(compared.renamed))
