"""Find a project, read its files, and say everything that is wrong with them at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from remindr.errors import NoProject, Problem, ProjectError
from remindr.model.policy import Policy, Project, Sequence, TemplateSource
from remindr.model.written import Written
from remindr.project.check import Reading, columns_in_rules, mistakes
from remindr.project.doubts import doubts
from remindr.project.mistakes import problems_of
from remindr.project.places import places
from remindr.project.text import read_text
from remindr.project.yaml import Document, read_yaml

PROJECT_FILE = "remindr.yaml"

_Model = TypeVar("_Model", bound=Written)


@dataclass(frozen=True, slots=True)
class LoadedPolicy:
    """A project that can be used: what it says, where it says it, and what is worth a second look."""

    root: Path
    policy: Policy
    document: Document  # remindr.yaml
    sequence_documents: Mapping[str, Document]  # by sequence
    warnings: tuple[Problem, ...]


def find_root(start: Path) -> Path:
    """The nearest folder with a remindr.yaml, from `start` upwards; NoProject if there is none."""
    try:
        start = start.resolve()
    except FileNotFoundError:
        raise NoProject("the folder you are in is no longer there", hint="cd to your project's folder") from None
    for folder in (start, *start.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    hint = "remindr init starts a project here; -C DIR works on one elsewhere"
    if (start / "remindr.yml").is_file():
        hint = "there is a remindr.yml: rename it to remindr.yaml"
    raise NoProject(f"no {PROJECT_FILE} in {start} or above", hint=hint)


def load_policy(root: Path, *, thorough: bool = True) -> LoadedPolicy:
    """What the project in `root` says; ProjectError with every problem of all its files.

    Without `thorough` the templates' insides and the holidays' region are not looked at: commands that
    compose nothing need not wait for the libraries that know them.
    """
    reader = _Reader(root)
    reading = _with_columns(root, reader.read())
    problems = [*reader.problems, *mistakes(reading, thorough=thorough)]
    if problems or reading.project is None or reading.document is None:
        raise ProjectError(sorted(problems, key=_in_order))
    where = places(reading.document, reading.documents)
    policy = Policy(
        reading.project,
        reading.sequences,
        reading.templates,
        reader.fingerprint(),
        where,
        tuple(sorted(columns_in_rules(reading) & reading.columns)),
    )
    return LoadedPolicy(
        root, policy, reading.document, reading.documents, tuple(doubts(policy, reading.document, reading.documents))
    )


def _with_columns(root: Path, reading: Reading) -> Reading:
    """The same with the names of the exports' columns; the exports are looked at only if a rule asks for one."""
    if reading.project is None or not columns_in_rules(reading):
        return reading
    from remindr.sources.headers import column_names

    return replace(reading, columns=column_names(root, reading.project))


def _in_order(problem: Problem) -> tuple[bool, str, int, int]:
    """remindr.yaml first, then file by file, from the top."""
    return problem.file != PROJECT_FILE, problem.file or "", problem.line or 0, problem.col or 0


@dataclass
class _Reader:
    """Reads the files of one project and collects what is wrong with each of them."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    _template_names: list[str] = field(default_factory=list)
    _hash: dict[str, str] = field(default_factory=dict)

    def read(self) -> Reading:
        """As much of the project as can be made out."""
        document = self._document(self.root / PROJECT_FILE)
        project = self._validated(document, Project)
        documents: dict[str, Document] = {}
        sequences: dict[str, Sequence] = {}
        names = []
        for path in self._files("sequences", "*.yaml"):
            names.append(path.stem)
            if found := self._document(path):
                documents[path.stem] = found
                if sequence := self._validated(found, Sequence):
                    sequences[path.stem] = sequence
        self._misnamed()
        templates = {template.name: template for template in self._templates()}
        return Reading(
            document, project, documents, sequences, frozenset(names), templates, frozenset(self._template_names)
        )

    def fingerprint(self) -> str:
        """A hash over the names and texts of all files that were read."""
        whole = sha256()
        for name, digest in sorted(self._hash.items()):
            whole.update(f"{name}\0{digest}\n".encode())
        return whole.hexdigest()

    def _files(self, folder: str, pattern: str) -> list[Path]:
        found = sorted(path for path in (self.root / folder).glob(pattern) if not path.name.startswith("."))
        return [path for path in found if not self._leads_out(path, self.root / folder)]

    def _leads_out(self, path: Path, folder: Path) -> bool:
        """Whether it is a link to a file elsewhere, whose words would go out to customers; the folder may be a link."""
        if not path.is_symlink() or not path.exists() or path.resolve().is_relative_to(folder.resolve()):
            return False
        what = f"is a link that leads out of {folder.name}/"
        self.problems.append(Problem(what, file=self._shown(path), hint="put a copy of the file in its place"))
        return True

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _document(self, path: Path) -> Document | None:
        try:
            document = read_yaml(path, self._shown(path))
        except ProjectError as error:
            self.problems += error.problems
            return None
        self._remember(document.shown, document.text)
        return document

    def _validated(self, document: Document | None, model: type[_Model]) -> _Model | None:
        if document is None:
            return None
        if not isinstance(document.data, dict):
            what = "is empty" if document.data is None else "does not consist of 'key: value' lines"
            self.problems.append(Problem(what, file=document.shown))
            return None
        try:
            return model.model_validate(document.data, by_alias=True, by_name=False)
        except ValidationError as error:
            self.problems += problems_of(error, document, model)
            return None

    def _misnamed(self) -> None:
        for path in self._files("sequences", "*.yml"):
            what = "is not read: its name ends in .yml"
            self.problems.append(Problem(what, file=self._shown(path), hint=f"rename it to {path.stem}.yaml"))

    def _templates(self) -> Iterator[TemplateSource]:
        for path in self._files("templates", "**/*.j2"):
            shown = self._shown(path)
            name = shown.removeprefix("templates/").removesuffix(".j2")
            self._template_names.append(name)
            try:
                text = read_text(path, shown)
            except ProjectError as error:
                self.problems += error.problems
            else:
                self._remember(shown, text)
                yield TemplateSource(name, shown, text)

    def _remember(self, shown: str, text: str) -> None:
        self._hash[shown] = sha256(text.encode()).hexdigest()
