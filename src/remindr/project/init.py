"""Start a project: settings with notes, the starter's sequences and templates, schemas for editors."""

import json
import re
from collections.abc import Iterable, Mapping
from filecmp import cmp
from functools import cache
from pathlib import Path
from shutil import copy2

from pydantic import ValidationError

from remindr.errors import DataError, Problem, ProjectError
from remindr.journal.seals import break_kept
from remindr.model.policy import Project
from remindr.project.codes import unknown_codes
from remindr.project.load import PROJECT_FILE
from remindr.project.mistakes import problems_of
from remindr.project.own_sources import OwnSources
from remindr.project.schemas import project_schema, sequence_schema
from remindr.project.starter import starter_files, starter_settings
from remindr.project.yaml import as_scalar, parse_yaml

SCHEMAS = ".remindr/schemas"
_IGNORED = ("outbox/", ".remindr/journal*", ".remindr/rehearsal*", "exports/")
_COMPANY_LINE = "(?m)^  {key}: .*$"


def init_project(
    target: Path,
    *,
    company: Mapping[str, str] | None = None,
    sources: OwnSources | None = None,
    exports: Mapping[str, Path] | None = None,
) -> list[Path]:
    """The files written to start a project in `target`, which is created if need be.

    `company` replaces the starter's name, email, country, language, currency or timezone, `sources` its exports;
    `exports` are files to copy, by the path they get. Nothing is ever overwritten: ProjectError if there is a project
    already, or a file of ours with other words in it. What cannot be written whole is not written at all.
    """
    refuse_existing(target)
    copies = exports or {}
    files = _files(settings(company or {}, sources))
    project_of(files[PROJECT_FILE])
    taken = [shown for shown, text in files.items() if _differs(target / shown, text)]
    taken += [shown for shown, file in copies.items() if _another(target / shown, file)]
    if taken:
        hint = "move it away, or start the project in an empty folder"
        raise ProjectError(
            Problem("is there already, and init overwrites nothing", file=name, hint=hint) for name in taken
        )
    written: list[Path] = []
    try:
        (target / "exports").mkdir(parents=True, exist_ok=True)
        written += _ignore(target)
        _copy(target, copies, written)
        _write(target, files, written)
    except OSError as error:
        _take_back(target, written)
        raise _unwritable(error) from None
    break_kept(target, Project.model_fields["journal"].default)  # what was here before is another project
    return written


def refuse_existing(target: Path) -> None:
    """ProjectError if there is a project in the folder."""
    if (target / PROJECT_FILE).exists():
        raise ProjectError(
            Problem("there is a project here already", file=PROJECT_FILE, hint="remindr check tells how it stands")
        )


def _unwritable(error: OSError) -> DataError:
    return DataError(Problem(f"cannot be written: {error.strerror or error}", file=str(error.filename)))


def project_of(text: str) -> Project:
    """The settings that a new remindr.yaml holds; ProjectError if a company's own words cannot be used in it."""
    document = parse_yaml(text, PROJECT_FILE)
    try:
        project = Project.model_validate(document.data, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = problems_of(error, document, Project)
    else:
        problems = list(unknown_codes(document))
    if problems:
        raise ProjectError(Problem(problem.what, hint=problem.hint) for problem in problems)
    return project


@cache
def schema_files() -> Mapping[str, str]:
    """The schemas as a project keeps them, by the path they have there."""
    schemas = {"remindr": project_schema(), "sequence": sequence_schema()}
    return {f"{SCHEMAS}/{name}.json": json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}


def renew_schemas(root: Path) -> list[str]:
    """The schemas that editors read, written anew into a project; DataError if they cannot be."""
    files = schema_files()
    try:
        for shown, text in files.items():
            (root / shown).parent.mkdir(parents=True, exist_ok=True)
            (root / shown).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise _unwritable(error) from None
    return list(files)


def settings(company: Mapping[str, str], sources: OwnSources | None = None) -> str:
    """The starter's remindr.yaml with a company's own words and sources in it."""
    text = starter_settings() if sources is None else sources.written_into(starter_settings())
    for key, value in company.items():
        found = re.search(_COMPANY_LINE.format(key=re.escape(key)), text)
        if found is None:
            raise KeyError(key)
        text = f"{text[: found.start()]}  {key}: {as_scalar(value)}{text[found.end() :]}"
    if currency := company.get("currency"):
        text = text.replace("ignore_below: 10 GBP", f"ignore_below: 10 {currency}")
    if (country := company.get("country")) and country != "GB":
        text = text.replace("holidays: GB-ENG", f"holidays: {country}")
    return text


def _files(remindr_yaml: str) -> dict[str, str]:
    """Path to text of everything init writes; remindr.yaml last, for it is what makes a folder a project."""
    files = dict(schema_files())
    for path, text in starter_files():
        is_sequence = path.parts[0] == "sequences"
        files[path.as_posix()] = _modeline(f"../{SCHEMAS}/sequence.json") + text if is_sequence else text
    files[PROJECT_FILE] = _modeline(f"{SCHEMAS}/remindr.json") + remindr_yaml
    return files


def _modeline(schema: str) -> str:
    return f"# yaml-language-server: $schema={schema}\n"


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") != text
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True


def _another(path: Path, file: Path) -> bool:
    """Whether there is another file already where this one would be copied to."""
    try:
        return path.exists() and not cmp(path, file, shallow=False)
    except OSError:
        return True


def _copy(target: Path, copies: Mapping[str, Path], written: list[Path]) -> None:
    """Copies exports with the time they were written at, which may be all that tells their day."""
    for shown, file in copies.items():
        path = target / shown
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            written.append(path)
            copy2(file, path)


def _write(target: Path, files: Mapping[str, str], written: list[Path]) -> None:
    for shown, text in files.items():
        path = target / shown
        if path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            written.append(path)
            file.write(text)


def _take_back(target: Path, written: Iterable[Path]) -> None:
    """Removes what was written before something could not be; the .gitignore may be older than we are."""
    for path in written:
        if path != target / ".gitignore":
            path.unlink(missing_ok=True)


def _ignore(target: Path) -> list[Path]:
    """The .gitignore, if lines had to be added: customers' data and the journal do not belong into a repository."""
    path = target / ".gitignore"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [line for line in _IGNORED if line not in before.splitlines()]
    if not missing:
        return []
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write(("" if not before or before.endswith("\n") else "\n") + "".join(f"{line}\n" for line in missing))
    return [path]
