"""Questions on a terminal that only a person can answer, each with what it means and cells of the file."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

import typer

from remindr.cli.terminal import safe, say
from remindr.errors import Problem, ProjectError, Question
from remindr.model.terms import Miswritten, Span

if TYPE_CHECKING:
    from remindr.pipeline.begin import Unanswered


def answers_to(unanswered: "Unanswered") -> dict[str, str]:
    """The settings that a person chose, by name; what one answer settles for all files is asked once."""
    chosen: dict[str, str] = {}
    for problem in unanswered.problems:
        question = problem.question
        if question and not chosen.keys() & {*(answer.setting for answer in question.answers), question.in_words}:
            setting, value = _ask(problem, question, unanswered.cells.get(problem.file or "", {}))
            chosen[setting] = value
    return chosen


def _ask(problem: Problem, question: Question, cells: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    say(f"{problem.place}: {problem.what}")
    for header in question.columns if all(answer.meaning for answer in question.answers) else ():
        say(f"  under '{header}': {_shown(cells.get(header, ()))}")
    for number, answer in enumerate(question.answers, 1):
        meaning = f"  ({answer.meaning})" if answer.meaning else f": {_shown(cells.get(answer.value, ()))}"
        say(f"  {number}  {answer.value}{meaning}" if answer.value else f"  {number}  {answer.meaning}")
    count = len(question.answers)
    if question.in_words and count:
        say(f"  {count + 1}  none of these")
    number = _number(question.text, count + bool(question.in_words and count)) if count else 1
    if number > count:
        return question.in_words, _IN_WORDS[question.in_words]()
    answer = question.answers[number - 1]
    return answer.setting, answer.value


def _shown(cells: tuple[str, ...]) -> str:
    return ", ".join(map(safe, cells)) or "all cells are empty"


def _number(text: str, most: int) -> int:
    """A number of the list; there is no default, for a wrong one would remind of what is paid or not due."""

    def read(typed: str) -> int:
        if typed.strip().isdecimal() and 1 <= int(typed) <= most:
            return int(typed)
        raise typer.BadParameter("write 1" if most == 1 else f"write a number from 1 to {most}")

    return _prompt(f"{text} {'[1]' if most == 1 else f'[1-{most}]'}", read)


def _terms() -> str:
    def read(typed: str) -> str:
        try:
            return str(Span.parse(f"{typed.strip()} days" if typed.strip().isdecimal() else typed))
        except Miswritten as mistake:
            raise typer.BadParameter(str(mistake)) from None

    return _prompt("From the invoice's date to its due date, for all of them (like 30 days)", read)


def _currency() -> str:
    from babel.numbers import is_currency

    def read(typed: str) -> str:
        code = typed.strip().upper()
        if not is_currency(code):
            raise typer.BadParameter("write its code of three letters: GBP, EUR")
        return code

    return _prompt("Your currency (like EUR)", read)


_IN_WORDS: Final[Mapping[str, Callable[[], str]]] = {"terms": _terms, "company.currency": _currency}
_Answer = TypeVar("_Answer")


def _prompt(text: str, read: Callable[[str], _Answer]) -> _Answer:
    """What was typed, read; ProjectError if the input ends before there is an answer."""
    try:
        answer: _Answer = typer.prompt(text, value_proc=read, err=True)
    except typer.Abort as abort:
        if not isinstance(abort.__context__, EOFError):
            raise
        say("")
        raise ProjectError("the input ended before the question was answered; nothing was written") from None
    return answer
