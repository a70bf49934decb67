"""How remindr says no: a problem has a place, a fact and a hint; an error has an exit code."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes. 0 also means that nothing was due."""

    DONE = 0
    STOPPED = 1  # before anything was done: data cannot be used, cannot write
    USAGE = 2  # the command line or the project's files are wrong
    PARTIAL = 3  # some messages failed or are uncertain, or rows were newly quarantined
    PERSON_NEEDED = 4  # only with --exit-code
    REFUSED = 5  # by a guard
    NO_PROJECT = 10
    LOCKED = 11
    BUG = 70
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Answer:
    """A setting under `sources:` that answers a question, with what it means; columns are `columns.balance`."""

    setting: str
    value: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What a file leaves open, and the settings that would answer it.

    `columns` are those whose cells show what is meant; `in_words` is the setting to ask for if no answer fits.
    """

    text: str
    answers: tuple[Answer, ...] = ()
    columns: tuple[str, ...] = ()
    in_words: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a person should mend: `file:line:col: what`, the source line with a caret, a hint.

    `line` and `col` count from 1; either may be None where a file has no such place. `source` is the
    text of the line, `width` how many characters the caret underlines. A `question` is there if a setting would do.
    """

    what: str
    file: str | None = None
    line: int | None = None
    col: int | None = None
    source: str | None = None
    width: int = 1
    hint: str | None = None
    question: Question | None = None

    @property
    def place(self) -> str:
        """`file:line:col`, as far as known; empty when nothing is."""
        parts = [self.file, self.line, self.col]
        known = []
        for part in parts:
            if part is None:
                break
            known.append(str(part))
        return ":".join(known)

    def __str__(self) -> str:
        lines = [f"{self.place}: {self.what}" if self.place else self.what]
        if self.source is not None:
            lines.append(f"    {self.source}")
            if self.col is not None:
                lines.append("    " + " " * (self.col - 1) + "^" * max(1, self.width))
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class RemindrError(Exception):
    """Something that ends the command, with the exit code that tells scripts what kind of thing it was."""

    exit_code = Exit.STOPPED

    def __init__(self, problems: Problem | str | Iterable[Problem], *, hint: str | None = None) -> None:
        if isinstance(problems, str):
            problems = Problem(problems, hint=hint)
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ProjectError(RemindrError):
    """The project's own files or the command line are wrong."""

    exit_code = Exit.USAGE


class DataError(RemindrError):
    """An export cannot be used, or a place cannot be written to; nothing was done."""

    exit_code = Exit.STOPPED


class Refused(RemindrError):
    """A guard said no; nothing was sent. The hint names what overrides it."""

    exit_code = Exit.REFUSED


class NoProject(RemindrError):
    """There is no remindr.yaml here or above."""

    exit_code = Exit.NO_PROJECT


class Locked(RemindrError):
    """Another run is at work on this project."""

    exit_code = Exit.LOCKED
