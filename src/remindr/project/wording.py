"""Has every step its words, and does every template make sense."""

from collections.abc import Collection, Iterator, Mapping

from remindr.errors import Problem
from remindr.history.metrics import METRICS
from remindr.model.policy import THANK_YOU, Sequence, Step, TemplateSource, template_for
from remindr.project.near import did_you_mean, nearest
from remindr.project.text import Place, excerpt
from remindr.project.yaml import Document


def steps_without_words(
    name: str, sequence: Sequence, document: Document, templates: Collection[str]
) -> Iterator[Problem]:
    """Every step that has no template for the channel it speaks on."""
    if sequence.thank_you and f"{name}/{THANK_YOU}.email" not in templates:
        what = f"there are no words of thanks: templates/{name}/{THANK_YOU}.email.j2 is missing"
        yield document.problem(("thank_you",), what, hint=_nearby(f"{name}/{THANK_YOU}.email", templates), key=True)
    for index, step in enumerate(sequence.steps):
        for key, channel in _channels(step):
            if template_for(templates, name, step.id, channel) is None:
                missing = f"{name}/{step.id}.{channel}"
                what = f"step '{step.id}' has no words: templates/{missing}.j2 is missing"
                yield document.problem(("steps", index, key), what, hint=_nearby(missing, templates))


def _channels(step: Step) -> Iterator[tuple[str, str]]:
    yield "by", "email" if step.by == "preferred" else step.by
    if step.also:
        yield "also", step.also
    if step.then:
        yield "then", step.then


def _nearby(missing: str, templates: Collection[str]) -> str | None:
    folder = missing.partition("/")[0]
    near = nearest(missing, [name for name in templates if name.startswith(f"{folder}/")])
    return f"there is templates/{near}.j2: does its name fit?" if near else None


def mistakes_in_templates(templates: Mapping[str, TemplateSource]) -> Iterator[Problem]:
    """Every template that cannot be used, and every variable that no message has."""
    from remindr.core.proofreading import syntax_problem, undeclared

    for source in templates.values():
        if problem := syntax_problem(source, templates):
            yield problem
        for line, col, name in undeclared(source, METRICS):
            place = _place(source.text, line, col, name)
            yield excerpt(source.path, source.text, place, f"unknown variable '{name}'", _meant(source, name))


def _meant(source: TemplateSource, name: str) -> str | None:
    from remindr.core.proofreading import known_names
    from remindr.core.variables import FIELDS

    owner, dot, _ = name.rpartition(".")
    known = set(known_names(source))
    if owner == "metrics":
        known = {f"metrics.{metric}" for metric in METRICS}
    elif dot and owner not in known:  # a loop over invoices gives its own name to each of them
        known = {f"{owner}.{part}" for part in FIELDS["invoice"]}
    return did_you_mean(name, known, limit=0)


def _place(text: str, line: int, col: int, name: str) -> Place:
    start = sum(len(one) + 1 for one in text.split("\n")[: line - 1]) + col - 1
    return Place(start, start + len(name))
