"""A project around the exports that a person has: which is which, what they leave open, what is written."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

from remindr.errors import Answer, DataError, Problem, ProjectError, Question, Refused
from remindr.model.money import NO_CURRENCY
from remindr.model.policy import Project, Sources
from remindr.pipeline.exports import (
    Exports,
    files_of,
    first_currency,
    headers_of,
    nothing_written,
    refuse_unread,
    sort_out,
)
from remindr.pipeline.trial import currencies_of
from remindr.project.country import currencies_of as currencies_in
from remindr.project.init import init_project, project_of, refuse_existing, settings
from remindr.project.own_sources import SETTINGS, OwnSources, pattern_for
from remindr.sources.book import Book, SourceFile, load_book
from remindr.sources.columns import field_name
from remindr.sources.examples import cells_under
from remindr.sources.find import seen_from
from remindr.sources.folding import fold
from remindr.sources.missing import nearest_header
from remindr.sources.roles import Known, Recognised
from remindr.sources.synonyms import Role

FOLDER: Final = "exports"
_ROLES: Final[tuple[Role, ...]] = ("invoices", "customers", "payments")
COMPANY: Final = "company."  # before what is said of the company, among the settings
_WRITTEN: Final = re.compile(r"""write '([a-z_]+): (?:""|([^'"]*))'""")  # what a hint says to write into remindr.yaml
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
    """A project that was started: what was written, where each export is now, and how it will be read.

    `placed` and `copied` are by the name of the file as it was read; `named` are the currencies that the files name.
    """

    written: tuple[Path, ...]
    placed: Mapping[str, str]
    copied: Mapping[str, Path]
    own: OwnSources
    counted: Counted
    currency: str
    named: tuple[str, ...]
    notes: tuple[str, ...]


def begin(target: Path, names: Sequence[str], said: Mapping[str, str], company: Mapping[str, str]) -> Begun:
    """Starts a project in `target` around the exports named, which are copied into it unless they are there already.

    `said` are settings under `sources:` that a person has given, columns by their field, and what of the company was
    asked about. Unanswered if the files need more of them, DataError if they cannot be used; nothing is written then.
    """
    refuse_existing(target)
    root = Path.cwd()
    company = {**company, **{key.removeprefix(COMPANY): said[key] for key in said if key.startswith(COMPANY)}}
    timezone = project_of(settings(company)).company.timezone
    chosen: dict[str, str] = {role: said[role] for role in _ROLES if role in said}
    own = _said({key: value for key, value in said.items() if key not in chosen and not key.startswith(COMPANY)})
    with _questions_told(root, names, timezone, own):
        exports = sort_out(root, names, timezone, Known(own.columns, "terms" in said), chosen)
        looked, named = _look(root, exports, own, company)
        own = _found(own, looked.files)
        company = {"currency": _currency(exports, company, named), **company}
        counted = _load(root, exports, own, company)
        if _profiles(counted) != _profiles(looked):
            own = replace(own, settings={key: value for key, value in own.settings.items() if key in said})
            counted = _load(root, exports, own, company)
    placed = _places(target, exports)
    copied = {one.shown: one.file for _, one in _read(exports) if not _is_at(target, one)}
    patterns: dict[str, str] = {role: _pattern(target, role, placed, exports) for role in exports.files}
    own = replace(own, patterns=patterns, titles=_titles(counted.files))
    copies = {placed[shown]: file for shown, file in copied.items()}
    written = init_project(target, company=company, sources=own, exports=copies)
    return Begun(tuple(written), placed, copied, own, counted, company["currency"], named, exports.notes)


def _currency(exports: Exports, company: Mapping[str, str], named: Sequence[str]) -> str:
    """The company's currency: what was said, what most invoices name, the country's; DataError that asks for it."""
    there = currencies_in(company.get("country", ""))
    known = [company[key] for key in ("currency",) if key in company] or named or (there if len(there) == 1 else ())
    if known:
        return known[0]
    question = Question(
        "Which is your currency?",
        tuple(Answer(f"{COMPANY}currency", code, f"the currency of {company['country']}") for code in there),
        in_words=f"{COMPANY}currency",
    )
    hint = "name your currency: --currency EUR"
    raise DataError(Problem("no file names a currency", exports.files["invoices"].shown, hint=hint, question=question))


def _said(said: Mapping[str, str]) -> OwnSources:
    """What a person has said; ProjectError if there is no such setting and no such field."""
    columns = {key: value for key, value in said.items() if key not in SETTINGS}
    named = {field_name(key.removeprefix("columns.")): header for key, header in columns.items()}
    return OwnSources({}, settings={key: said[key] for key in said if key in SETTINGS}, columns=named)


@contextmanager
def _questions_told(root: Path, names: Sequence[str], timezone: str, own: OwnSources) -> Iterator[None]:
    """Unanswered instead of a DataError that one or two settings would mend."""
    try:
        yield
    except (DataError, Refused, ProjectError) as error:
        files = {seen_from(root, file): file for file in files_of(names)}
        _refuse_unknown_headers(own.columns, files.values(), timezone)
        if isinstance(error, ProjectError):
            raise
        problems = _askable(error.problems)
        if not problems:
            raise DataError(map(_without_remindr_yaml, error.problems)) from None
        cells = {
            problem.file: cells_under(files[problem.file], problem.question.columns, timezone)
            for problem in problems
            if problem.file in files and problem.question
        }
        raise Unanswered(problems, cells) from None


def _refuse_unknown_headers(columns: Mapping[str, str], files: Iterable[Path], timezone: str) -> None:
    """ProjectError if a person named a header that no file has."""
    named = {name: header for name, header in columns.items() if header}
    there = dict.fromkeys(header for file in files for header in headers_of(file, timezone)) if named else {}
    unknown = {name: header for name, header in named.items() if fold(header) not in map(fold, there)}
    if unknown and there:
        raise ProjectError(
            Problem(f"--set {name}={header}: there is no header '{header}'", hint=_meant(header, list(there)))
            for name, header in unknown.items()
        )


def _meant(header: str, there: Sequence[str]) -> str:
    near = nearest_header(header, there)
    return f"did you mean '{near}'?" if near else f"the headers are {', '.join(there)}"


def _askable(problems: Sequence[Problem]) -> list[Problem]:
    """The problems of the only file in which all can be answered; none if there are several, or none such."""
    by_file = [list(group) for _, group in groupby(problems, lambda problem: problem.file)]
    fit = [group for group in by_file if len(group) <= _MOST_QUESTIONS and all(one.question for one in group)]
    return fit[0] if len(fit) == 1 else []


def _with_settings(problem: Problem) -> Problem:
    """The problem with what to add to the command line, for those who are not asked."""
    question = problem.question or Question("")
    ways = [*map(said, question.answers), *_in_words(question)]
    return replace(problem, hint="run it on a terminal and answer, or add " + " or ".join(ways))


def said(answer: Answer) -> str:
    """How a command line gives an answer."""
    if answer.setting.startswith(COMPANY):
        return f"--{answer.setting.removeprefix(COMPANY)} {answer.value}"
    written = f"{answer.setting.removeprefix('columns.')}={answer.value}"
    return f"--set {written!r}" if not written.isascii() or set(written) & set(" '\"$&()*;#") else f"--set {written}"


def _in_words(question: Question) -> Iterator[str]:
    if question.in_words == f"{COMPANY}currency" and not question.answers:
        yield "--currency EUR (your currency)"
    elif question.in_words == "terms":
        yield "--set 'terms=30 days' (your days from invoice to due date)"


def _without_remindr_yaml(problem: Problem) -> Problem:
    """A hint for somebody who has no remindr.yaml yet; init takes settings from the command line."""
    problem = nothing_written(problem)
    if problem.hint is None or "remindr.yaml" not in problem.hint:
        return problem
    written = _WRITTEN.search(problem.hint)
    how = said(Answer(written[1], written[2] or "")) if written else "--set NAME=VALUE"
    return replace(problem, hint=f"{problem.hint} (init takes such a setting as {how})")


def _look(root: Path, exports: Exports, own: OwnSources, company: Mapping[str, str]) -> tuple[Counted, tuple[str, ...]]:
    """A first load, and the currencies that the files name, the most frequent first.

    Amounts that name none are in no currency then; a `$` or `kr` is the currency of the company's country, though, and
    some exports can only be read in the company's own.
    """
    try:
        looked = _load(root, exports, own, {**company, "currency": NO_CURRENCY})
        named = [code for code in looked.currencies if code != NO_CURRENCY]
        home = company.get("currency") or next(iter(currencies_in(company.get("country", ""))), None)
        if not named or not home or home in named:
            return looked, tuple(named)
        again = _load(root, exports, own, {**company, "currency": home})
        return again, again.currencies if NO_CURRENCY not in looked.currencies else tuple(named)
    except DataError:
        code = first_currency(exports.files["invoices"].file, project_of(settings(company)).company.timezone)
        looked = _load(root, exports, own, {**({"currency": code} if code else {}), **company})
        return looked, looked.currencies


def _load(root: Path, exports: Exports, own: OwnSources, company: Mapping[str, str]) -> Counted:
    project = project_of(settings(company, replace(own, patterns={"invoices": "exports/invoices*.csv"})))
    with load_book(root, _reading(project, exports.sources), today=date.max) as book:
        refuse_unread(book)
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


def _read(exports: Exports) -> Iterator[tuple[Role, Recognised]]:
    """Every file that is read."""
    return ((role, one) for role in exports.files for one in exports.read(role))


def _is_at(target: Path, one: Recognised) -> bool:
    return one.file.resolve().is_relative_to(target.resolve())


def _places(target: Path, exports: Exports) -> dict[str, str]:
    """Where each export will be, seen from the project: where it is if that is inside, else in `exports`.

    The parts of one list get a folder of their own there, so that a pattern takes them and nothing else.
    """
    placed: dict[str, str] = {}
    for role, one in _read(exports):
        if _is_at(target, one):
            placed[one.shown] = one.file.resolve().relative_to(target.resolve()).as_posix()
            continue
        shown = f"{FOLDER}/{role}/{one.file.name}" if role in exports.parts else f"{FOLDER}/{one.file.name}"
        placed[one.shown] = f"{FOLDER}/{role}-{one.file.name}" if shown in placed.values() else shown
    return placed


def _pattern(target: Path, role: Role, placed: Mapping[str, str], exports: Exports) -> str:
    """The pattern for tomorrow's file, which takes no file that is there and is something else."""
    shown = placed[exports.files[role].shown]
    read = [placed[one.shown] for one in exports.read(role)]
    folder = (target / shown).parent
    there = {(Path(shown).parent / path.name).as_posix() for path in folder.iterdir()} if folder.is_dir() else set()
    same = {path.resolve() for path in exports.same_kind(role)}
    mine = {(Path(shown).parent / path.name).as_posix() for path in same if path.parent == folder.resolve()}
    others = set(placed.values()) - set(read)
    return pattern_for(shown, (there | others) - mine - {shown}, parts=read[1:])
