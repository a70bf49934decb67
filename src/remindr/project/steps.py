"""Do the steps of a sequence follow each other: earlier before later, milder before firmer."""

from collections.abc import Iterator

from remindr.errors import Problem
from remindr.model.policy import Sequence, Step
from remindr.model.terms import Level, StepTime
from remindr.project.yaml import Document, Keys

_WRITTEN = ("email", "letter", "preferred")


def mistakes_in_steps(sequence: Sequence, document: Document) -> Iterator[Problem]:
    """Every step that does not fit its place, its level or the steps before it."""
    before: Step | None = None  # the overdue step above
    for index, step in enumerate(sequence.steps):
        path: Keys = ("steps", index)
        if is_heads_up(step):
            yield from _heads_up(step, before, path, document)
        else:
            yield from _overdue(step, before, path, document)
            before = step
        yield from _times(step, path, document)
        if step.then and step.by == "call":
            what = f"'{step.id}' is a call itself, so no call can come of it"
            yield document.problem((*path, "then"), what, hint="write by: email above, or leave this line out")
    yield from _renamed(sequence, document)
    yield from _repeated(sequence, document)


def _renamed(sequence: Sequence, document: Document) -> Iterator[Problem]:
    """Two steps must not answer to one name."""
    present = {step.id for step in sequence.steps}
    for index, step in enumerate(sequence.steps):
        if step.renamed_from in present:
            what = f"there is still a step called '{step.renamed_from}'"
            yield document.problem(("steps", index, "renamed_from"), what)


def _repeated(sequence: Sequence, document: Document) -> Iterator[Problem]:
    """Only the last step can come again, or the tone would drop."""
    last, again = sequence.steps[-1].id, sequence.after_last.step
    if again and again != last:
        known = [step.id for step in sequence.steps]
        what = f"unknown step '{again}'" if again not in known else f"'{again}' is not the last step"
        yield document.problem(("after_last",), what, hint=f"the last one is '{last}'", within=again)


def is_heads_up(step: Step) -> bool:
    """Whether a step goes out before anything is overdue."""
    if step.at.anchor == "due":
        return step.at.offset <= 0
    return step.at.anchor == "issue" and step.level is Level.HEADS_UP


def _heads_up(step: Step, before: Step | None, path: Keys, document: Document) -> Iterator[Problem]:
    if step.level is not Level.HEADS_UP:
        what = f"'{step.at}' is before anything is overdue, so '{step.level.word}' is too firm"
        yield document.problem((*path, "level"), what, hint="write level: heads-up, or a time after due")
    elif before:
        what = f"a heads-up cannot come after '{before.id}', which is about overdue money"
        yield document.problem((*path, "id"), what, hint="move it above the first step after due")


def _overdue(step: Step, before: Step | None, path: Keys, document: Document) -> Iterator[Problem]:
    level = (*path, "level")
    if step.level is Level.HEADS_UP:
        what = f"'{step.at}' is after the due date, so it is no heads-up"
        yield document.problem(level, what, hint="write level: friendly, or a time before or on due")
    elif before and step.level <= before.level:
        what = f"'{step.level.word}' is not firmer than the step before it ('{before.id}' is {before.level.word})"
        hint = "each step after due is firmer than the one before: friendly, firm, formal, final"
        yield document.problem(level, what, hint=hint)
    if step.level >= Level.FORMAL and step.by not in _WRITTEN and step.also is None:
        what = f"'{step.level.word}' has to be in writing, and '{step.by}' is not"
        yield document.problem((*path, "by"), what, hint="write by: email or by: letter")
    if before and _not_later(step.at, before.at):
        what = f"'{step.at}' is not later than the step before it ('{before.id}' is {before.at})"
        yield document.problem((*path, "at"), what)


def _times(step: Step, path: Keys, document: Document) -> Iterator[Problem]:
    if step.sooner and _not_later(step.at, step.sooner.at):
        what = f"'{step.sooner.at}' is not sooner than '{step.at}'"
        yield document.problem((*path, "sooner"), what)


def _not_later(later: StepTime, earlier: StepTime) -> bool:
    """Whether the first is surely not after the second; working days and calendar days are not compared."""
    alike = (later.anchor, later.working) == (earlier.anchor, earlier.working)
    return alike and later.offset <= earlier.offset
