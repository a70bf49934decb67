"""A project around the exports that a person has: which is which, what they leave open, what is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

from remindr.errors import Answer, DataError, Problem, ProjectError, Question, Refused
from remindr.model.policy import Project, Sources
from remindr.pipeline.exports import Exports, files_of, sort_out
from remindr.pipeline.trial import currencies_of
from remindr.project.init import init_project, project_of, refuse_existing, settings
from remindr.project.own_sources import SETTINGS, OwnSources, pattern_for
from remindr.sources.book import Book, SourceFile, load_book
from remindr.sources.columns import field_name
from remindr.sources.examples import cells_under
from remindr.sources.find import seen_from
from remindr.sources.roles import Known
from remindr.sources.synonyms import Role

FOLDER: Final = "exports"
_NONE: Final = "XXX"  # ISO 4217 for no currency: amounts that name none are in it while the files are looked at
_MOST_QUESTIONS: Final = 2  # of one file; with more open it is not an export that we know how to read


class Unanswered(ProjectError):
    """What the files leave open, with cells of the columns that each question is about. Nothing was written."""

    def __init__(self, problems: Iterable[Problem], cells: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
        super().__init__(map(_with_settings, problems))
        self.cells = cells


@dataclass(frozen=True, slots=True)
class Counted:
    """What one load of the exports showed."""

    files: tuple[SourceFile, ...]
    currencies: tuple[str, ...]
    invoices: int
    customers: int
    aside: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """A project that was started: what was written, where each export is now, and how it will be read."""

    written: tuple[Path, ...]
    placed: Mapping[Role, str]
    copied: Mapping[Role, Path]
    own: OwnSources
    counted: Counted
    currency: str
    names_currency: bool
    notes: tuple[str, ...]


def begin(target: Path, names: Sequence[str], said: Mapping[str, str], company: Mapping[str, str]) -> Begun:
    """Starts a project in `target` around the exports named, which are copied into it unless they are there already.

    `said` are settings under `sources:` that a person has given, columns by their field. Unanswered if the files need
    more of them, DataError if they cannot be used; nothing is written then.
    """
    refuse_existing(target)
    root = Path.cwd()
    timezone = project_of(settings(company)).company.timezone
    own = _said(said)
    with _questions_told(root, names, timezone):
        exports = sort_out(root, names, timezone, Known(own.columns, "terms" in said))
        looked = _look(root, exports, own, company)
        own = _found(own, looked.files)
        named = [code for code in looked.currencies if code != _NONE]
        company = {"currency": named[0], **company} if named else company
        counted = _load(root, exports, own, company)
        if _profiles(counted) != _profiles(looked):
            own = replace(own, settings={key: value for key, value in own.settings.items() if key in said})
            counted = _load(root, exports, own, company)
    placed = _places(target, exports)
    copied = {role: exports.files[role].file for role, shown in placed.items() if not _is_at(target, exports, role)}
    patterns: dict[str, str] = {role: _pattern(target, role, placed, exports) for role in placed}
    own = replace(own, patterns=patterns, titles=_titles(counted.files))
    copies = {placed[role]: file for role, file in copied.items()}
    written = init_project(target, company=company, sources=own, exports=copies)
    project = project_of((target / "remindr.yaml").read_text(encoding="utf-8"))
    names_currency = bool(named) and company["currency"] in looked.currencies
    return Begun(
        tuple(written), placed, copied, own, counted, project.company.currency, names_currency, exports.notes
    )  # fmt: skip


def _said(said: Mapping[str, str]) -> OwnSources:
    """What a person has said; ProjectError if there is no such setting and no such field."""
    columns = {key: value for key, value in said.items() if key not in SETTINGS}
    named = {field_name(key.removeprefix("columns.")): header for key, header in columns.items()}
    return OwnSources({}, settings={key: said[key] for key in said if key in SETTINGS}, columns=named)


@contextmanager
def _questions_told(root: Path, names: Sequence[str], timezone: str) -> Iterator[None]:
    """Unanswered instead of a DataError that one or two settings would mend."""
    try:
        yield
    except (DataError, Refused) as error:
        problems = _askable(error.problems)
        if not problems:
            raise DataError(map(_without_remindr_yaml, error.problems)) from None
        files = {seen_from(root, file): file for file in files_of(names)}
        cells = {
            problem.file: cells_under(files[problem.file], problem.question.columns, timezone)
            for problem in problems
            if problem.file in files and problem.question
        }
        raise Unanswered(problems, cells) from None


def _askable(problems: Sequence[Problem]) -> list[Problem]:
    """The problems of the only file in which all can be answered; none if there are several, or none such."""
    by_file = [list(group) for _, group in groupby(problems, lambda problem: problem.file)]
    fit = [group for group in by_file if len(group) <= _MOST_QUESTIONS and all(one.question for one in group)]
    return fit[0] if len(fit) == 1 else []


def _with_settings(problem: Problem) -> Problem:
    """The problem with what to add to the command line, for those who are not asked."""
    question = problem.question or Question("")
    ways = [said(answer) for answer in question.answers] + [f"--set {way}" for way in _in_words(question)]
    return replace(problem, hint="run it on a terminal and answer, or add " + " or ".join(ways))


def said(answer: Answer) -> str:
    """How a command line gives an answer."""
    written = f"{answer.setting.removeprefix('columns.')}={answer.value}"
    return f"--set {written!r}" if not written.isascii() or set(written) & set(" '\"$&()*;#") else f"--set {written}"


def _in_words(question: Question) -> Iterator[str]:
    if question.in_words:
        yield f"'{question.in_words}=30 days' (your days from invoice to due date)"


def _without_remindr_yaml(problem: Problem) -> Problem:
    """A hint for somebody who has no remindr.yaml yet; init takes settings from the command line."""
    if problem.hint is None or "remindr.yaml" not in problem.hint:
        return problem
    return replace(problem, hint=f"{problem.hint} (init takes such a setting as --set NAME=VALUE)")


def _look(root: Path, exports: Exports, own: OwnSources, company: Mapping[str, str]) -> Counted:
    """A first load, in no currency if none was said; some exports can only be read in the company's own."""
    try:
        return _load(root, exports, own, {"currency": _NONE, **company})
    except DataError:
        return _load(root, exports, own, company)


def _load(root: Path, exports: Exports, own: OwnSources, company: Mapping[str, str]) -> Counted:
    project = project_of(settings(company, replace(own, patterns={"invoices": "exports/invoices*.csv"})))
    with load_book(root, _reading(project, exports.sources), today=date.max) as book:
        return _counted(book)


def _reading(project: Project, files: Sources) -> Project:
    """The same settings on the files where they are now."""
    where = {"invoices": files.invoices, "customers": files.customers, "payments": files.payments}
    return project.model_copy(update={"sources": project.sources.model_copy(update=where)})


def _counted(book: Book) -> Counted:
    query = "SELECT count(*) FILTER (kind = 'invoice'), count(DISTINCT customer_id) FROM invoices"
    invoices, customers = book.connection.execute(query).fetchone() or (0, 0)
    return Counted(
        book.files, currencies_of(book.connection), invoices, customers, len(book.quarantined), book.warnings
    )


def _found(own: OwnSources, files: Sequence[SourceFile]) -> OwnSources:
    """With the package if all files that are known are of one, and the columns that were matched by a near spelling."""
    packages = {file.profile.package for file in files if file.profile.name}
    known = any(file.profile.name for file in files if file.role == "invoices")
    named = {"format": packages.pop()} if known and len(packages) == 1 else {}
    near = [(name, file.columns[name]) for file in files for name, how in file.how.items() if how == "spelling"]
    once = {name: header for name, header in near if {other for key, other in near if key == name} == {header}}
    return replace(own, settings={**named, **own.settings}, columns={**once, **own.columns})


def _profiles(counted: Counted) -> list[str]:
    return [file.profile.name for file in counted.files]


def _titles(files: Sequence[SourceFile]) -> dict[str, str]:
    return {file.role: file.profile.title for file in files if file.profile.name}


def _is_at(target: Path, exports: Exports, role: Role) -> bool:
    return exports.files[role].file.resolve().is_relative_to(target.resolve())


def _places(target: Path, exports: Exports) -> dict[Role, str]:
    """Where each export will be, seen from the project: where it is if that is inside, else in `exports`."""
    placed: dict[Role, str] = {}
    for role, found in exports.files.items():
        if _is_at(target, exports, role):
            placed[role] = found.file.resolve().relative_to(target.resolve()).as_posix()
            continue
        shown = f"{FOLDER}/{found.file.name}"
        placed[role] = f"{FOLDER}/{role}-{found.file.name}" if shown in placed.values() else shown
    return placed


def _pattern(target: Path, role: Role, placed: Mapping[Role, str], exports: Exports) -> str:
    """The pattern for tomorrow's file, which takes no file that is there and is something else."""
    shown = placed[role]
    folder = (target / shown).parent
    there = {(Path(shown).parent / path.name).as_posix() for path in folder.iterdir()} if folder.is_dir() else set()
    same = {path.resolve() for path in exports.same_kind(role)}
    mine = {(Path(shown).parent / path.name).as_posix() for path in same if path.parent == folder.resolve()}
    others = {other for key, other in placed.items() if key != role}
    return pattern_for(shown, (there | others) - mine - {shown})
