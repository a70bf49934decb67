"""What a project may say and probably does not mean. `check` shows it; nothing stops for it."""

from collections.abc import Iterable, Iterator, Mapping

from remindr.core.contact import telling_of_calls
from remindr.errors import Problem
from remindr.model.policy import THANK_YOU, Policy, Sequence, Step, TemplateSource
from remindr.model.terms import Level
from remindr.model.written import STEP_CHANNELS
from remindr.project.late_payment import doubts_about_late_payment
from remindr.project.near import nearest
from remindr.project.steps import is_heads_up
from remindr.project.yaml import Document

_MANY_SEGMENTS = 6
STARTER_EMAIL = "accounts@your-company.example"


def doubts(policy: Policy, document: Document, sequences: Mapping[str, Document]) -> Iterator[Problem]:
    """Everything worth a second look, in the order of the files."""
    yield from _company(policy, document)
    yield from _segments(policy, document)
    yield from doubts_about_late_payment(policy, document)
    for name, sequence in policy.sequences.items():
        yield from _sequence(policy, sequence, sequences[name])
    for template in policy.templates.values():
        yield from _template(policy, template)


def _company(policy: Policy, document: Document) -> Iterator[Problem]:
    if policy.project.company.email == STARTER_EMAIL:
        what = "the company is still the one of the starter set"
        yield document.problem(("company", "email"), what, hint="write your own name and address before you send")


def _segments(policy: Policy, document: Document) -> Iterator[Problem]:
    count = len(policy.project.segments)
    if count > _MANY_SEGMENTS:
        what = f"{count} segments are more than people keep apart"
        hint = f"up to {_MANY_SEGMENTS} is a good number; traits say what else matters"
        yield document.problem(("segments", _MANY_SEGMENTS), what, hint=hint)


def _sequence(policy: Policy, sequence: Sequence, document: Document) -> Iterator[Problem]:
    yield from _untold_calls(policy, sequence, document)
    used = {name for segment in policy.project.segments for name in segment.sequence_names}
    if sequence.name not in used:
        yield document.problem(("name",), f"no segment uses the sequence '{sequence.name}'")
    first = next((index for index, step in enumerate(sequence.steps) if not is_heads_up(step)), None)
    calls = any("call" in (step.by, step.then) for step in sequence.steps)
    if first is not None and sequence.steps[first].level >= Level.FORMAL and not calls:
        what = f"the first word about overdue money is '{sequence.steps[first].level.word}', and nobody rings"
        yield document.problem(("steps", first, "level"), what, hint="begin milder, or add a step by: call")


def _untold_calls(policy: Policy, sequence: Sequence, document: Document) -> Iterator[Problem]:
    """Calls that nobody is told of, because the words of their step do not."""
    for index, step in enumerate(sequence.steps):
        channels = ("email", "sms", "letter") if step.by == "preferred" else (step.by,)
        silent = _silent_of_calls(policy, sequence.name, step, channels) if step.then else []
        if silent:
            do = "does" if len(silent) == 1 else "do"
            what = f"'{step.id}' announces a call, and {' and '.join(silent)} {do} not say when"
            hint = "write there: We will ring you on {{ call_on }}. Whoever is not told is not rung"
            yield document.problem(("steps", index, "then"), what, hint=hint)


def _silent_of_calls(policy: Policy, sequence: str, step: Step, channels: Iterable[str]) -> list[str]:
    """The files with words of a step that do not say when the customer will be rung."""
    silent = set(channels) - telling_of_calls(policy, sequence, step)
    names = {policy.template_for(sequence, step.id, channel) for channel in silent}
    return sorted(policy.templates[name].path for name in names if name)


def _template(policy: Policy, template: TemplateSource) -> Iterator[Problem]:
    folder, _, name = template.name.rpartition("/")
    if folder.startswith("_"):
        return
    step, _, channel = name.partition(".")
    sequence = policy.sequences.get(folder)
    steps = ["any", *(step.id for step in sequence.steps)] if sequence else []
    if sequence and sequence.thank_you:
        steps.append(THANK_YOU)
    if sequence is None:
        hint = _meant(folder, list(policy.sequences))
    elif step not in steps:
        hint = _meant(step, steps)
    elif channel.removesuffix(".html") not in STEP_CHANNELS:
        hint = _meant(channel, list(STEP_CHANNELS))
    else:
        return
    yield Problem("no step uses this template", file=template.path, hint=hint)


def _meant(word: str, known: list[str]) -> str | None:
    near = nearest(word, known)
    return f"did you mean '{near}' instead of '{word}'?" if near else None
