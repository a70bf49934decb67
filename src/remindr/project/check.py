"""Does the project fit together: every name that is used must exist, every step must have words.

Pure over what could be read. It works on the files as written beside the values they became, so that one
broken segment does not hide the mistakes in the others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from remindr.errors import Problem
from remindr.history.metrics import METRICS
from remindr.model.policy import Project, Sequence, TemplateSource
from remindr.project.aliases import mistakes_in_aliases
from remindr.project.codes import unknown_codes
from remindr.project.correspondents import mistakes_in_correspondents, unknown_columns
from remindr.project.delivery import mistakes_in_delivery
from remindr.project.late_payment import mistakes_in_late_payment
from remindr.project.near import did_you_mean
from remindr.project.rules import Names, entries, leaves_of_project, leaves_of_sequence, mapping
from remindr.project.sense import asked_columns, circles, is_taken, mistakes_in
from remindr.project.steps import mistakes_in_steps
from remindr.project.wording import mistakes_in_templates, steps_without_words
from remindr.project.yaml import Document, Keys

_PLACEHOLDERS = ("invoice_id", "customer_id")


@dataclass(frozen=True, slots=True)
class Reading:
    """As much of a project as could be read. What is None or missing here has been reported already."""

    document: Document | None
    project: Project | None
    documents: Mapping[str, Document]  # of sequences, by file name
    sequences: Mapping[str, Sequence]
    sequence_names: frozenset[str]  # of all files, the unreadable ones too, as with templates
    templates: Mapping[str, TemplateSource]
    template_names: frozenset[str]
    columns: frozenset[str] = frozenset()  # of the exports, if a rule asks for any


def mistakes(reading: Reading, *, thorough: bool) -> Iterator[Problem]:
    """Everything that keeps the project from being used."""
    if document := reading.document:
        names = _names(document, reading.columns)
        leaves = list(leaves_of_project(document))
        yield from _segments(document, reading.sequence_names)
        yield from mistakes_in(leaves, names)
        yield from circles(leaves, names.traits)
        yield from _trait_names(document)
        yield from _overrides(document, names.segments)
        yield from mistakes_in_aliases(document)
        yield from _money(document, reading.project)
        yield from _calls(document, reading.project, names)
        yield from _own_rate(document, names)
        yield from _pay_link(document)
        yield from mistakes_in_late_payment(document, names.currency)
        yield from mistakes_in_correspondents(document, reading.project)
        yield from mistakes_in_delivery(document, reading.project)
        yield from unknown_columns(document, reading.project, reading.columns)
        if thorough:
            yield from unknown_codes(document)
        for sequence in reading.documents.values():
            yield from mistakes_in(leaves_of_sequence(sequence), names)
    for name, sequence_document in reading.documents.items():
        yield from _sequence(name, sequence_document, reading)
    if thorough:
        yield from mistakes_in_templates(reading.templates)


def columns_in_rules(reading: Reading) -> frozenset[str]:
    """The names that rules and other settings ask for and that could only be columns of the exports."""
    if reading.document is None:
        return frozenset()
    others = reading.project.people_columns if reading.project else frozenset()
    leaves = chain(leaves_of_project(reading.document), *map(leaves_of_sequence, reading.documents.values()))
    return asked_columns(leaves, mapping(reading.document.data, "traits")) | others


def _names(document: Document, columns: frozenset[str]) -> Names:
    company = mapping(document.data, "company").get("currency")
    return Names(
        traits=frozenset(name for name in mapping(document.data, "traits") if not is_taken(name)),
        segments=tuple(str(segment.get("name")) for segment in entries(document.data, "segments")),
        currency=company if isinstance(company, str) else None,
        columns=columns,
    )


def _segments(document: Document, sequences: Iterable[str]) -> Iterator[Problem]:
    segments = entries(document.data, "segments")
    yield from _twice(document, "segments", "name", segments)
    for index, segment in enumerate(segments):
        path: Keys = ("segments", index)
        last = index == len(segments) - 1
        is_default = segment.get("default") not in (None, False)
        if is_default and not last:
            what = "only the last segment can be the default: those below it would get nobody"
            yield document.problem((*path, "default"), what)
        elif is_default and segment.get("when") is not None:
            yield document.problem((*path, "when"), "the default takes everybody else, whatever a rule says", key=True)
        elif last and segment and not is_default:
            hint = "add 'default: true' and leave out 'when:'; it takes everybody no segment above took"
            yield document.problem(path, "the last segment must be the default", hint=hint)
        elif segment.get("when") is None and not is_default and segment:
            yield document.problem(
                path, "missing 'when'", hint="Who belongs here. The first segment that matches wins."
            )
        yield from _known(document, (*path, "sequence"), "sequence", sequences, "there is no sequences/{}.yaml")
        yield from _choices(document, path, segment, sequences)


def _choices(document: Document, path: Keys, segment: dict[str, Any], sequences: Iterable[str]) -> Iterator[Problem]:
    """Mistakes in a segment's `sequences:`, of which the first that fits an invoice wins."""
    choices = entries(segment, "sequences")
    if choices and "sequence" in segment:
        what = "a segment has either 'sequence' or 'sequences'"
        hint = "write the sequence of all other invoices as the last of 'sequences', without if"
        yield document.problem((*path, "sequence"), what, hint=hint, key=True)
    for index, choice in enumerate(choices):
        place: Keys = (*path, "sequences", index)
        last = index == len(choices) - 1
        if last and "if" in choice:
            hint = "add one more below it, without if, that all other invoices get"
            yield document.problem((*place, "if"), "the last sequence takes every other invoice", hint=hint, key=True)
        elif not last and choice and "if" not in choice:
            yield document.problem(place, "without if it takes every invoice: those below it would get none")
        yield from _known(document, (*place, "sequence"), "sequence", sequences, "there is no sequences/{}.yaml")


def _known(
    document: Document, path: Keys, kind: str, known: Iterable[str], otherwise: str | None = None
) -> Iterator[Problem]:
    """A problem if the name at the path is not one of the known ones."""
    name: Any = document.data
    for key in path:
        name = name.get(key) if isinstance(name, dict) else name[key] if isinstance(key, int) else None
    if name is None or str(name) in known:
        return
    hint = did_you_mean(str(name), known) or (otherwise.format(name) if otherwise else None)
    yield document.problem(path, f"unknown {kind} '{name}'", hint=hint)


def _twice(document: Document, key: str, name: str, items: list[dict[str, Any]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, item in enumerate(items):
        value = item.get(name)
        if value is None:
            continue
        if str(value) in first:
            line = document.problem((key, first[str(value)], name), "").line
            what = f"'{value}' is used twice"
            yield document.problem((key, index, name), what, hint=f"the first one is on line {line}")
        first.setdefault(str(value), index)


def _trait_names(document: Document) -> Iterator[Problem]:
    for name in mapping(document.data, "traits"):
        if is_taken(name):
            what = f"'{name}' already has a meaning in rules"
            yield document.problem(("traits", name), what, hint="give the trait another name", key=True)


def _overrides(document: Document, segments: tuple[str, ...]) -> Iterator[Problem]:
    for customer in mapping(document.data, "overrides"):
        yield from _known(document, ("overrides", customer, "segment"), "segment", segments)


def _money(document: Document, project: Project | None) -> Iterator[Problem]:
    """One amount is the company's currency's, and no currency has two."""
    home = project.company.currency if project else ""
    units = [least.unit or home for least in project.reminding.ignore_below] if project else []
    path: Keys = ("reminding", "ignore_below")
    if units and home not in units:
        what = f"the company's currency is {home}, and this is in {', '.join(units)}"
        yield document.problem(path, what, hint=f"write the amount in {home}")
    for unit in sorted({unit for unit in units if units.count(unit) > 1}):
        yield document.problem(path, f"two amounts in {unit}", hint="keep one of them")


def _own_rate(document: Document, names: Names) -> Iterator[Problem]:
    if names.currency and names.currency in mapping(document.data, "currencies"):
        what = f"'{names.currency}' is the company's own currency: all rates are into it"
        yield document.problem(("currencies", names.currency), what, hint="leave this line out", key=True)


def _calls(document: Document, project: Project | None, names: Names) -> Iterator[Problem]:
    """What decides whom to ring first must exist."""
    numbers = [metric.name for metric in METRICS.values() if metric.unit != "text"]
    known = ["broken_promise", "balance", *sorted(names.traits), *numbers]
    for name in project.calls.first if project else ():
        if name not in known:
            hint = did_you_mean(name, known, limit=0) or "known: broken_promise, balance, traits, metrics"
            yield document.problem(("calls", "first"), f"unknown '{name}'", hint=hint, within=name)


def _pay_link(document: Document) -> Iterator[Problem]:
    link = mapping(document.data, "company").get("pay_link")
    for found in re.findall(r"{([^{}]*)}", link) if isinstance(link, str) else ():
        if found not in _PLACEHOLDERS:
            what = f"nothing is filled in for '{{{found}}}'"
            hint = did_you_mean(found, _PLACEHOLDERS)
            yield document.problem(("company", "pay_link"), what, hint=hint, within=f"{{{found}}}")


def _sequence(name: str, document: Document, reading: Reading) -> Iterator[Problem]:
    written = mapping({"root": document.data}, "root").get("name")
    if isinstance(written, str) and written != name:
        what = f"the file is called {name}.yaml and the sequence '{written}'"
        yield document.problem(("name",), what, hint="give both the same name")
    yield from _twice(document, "steps", "id", entries(document.data, "steps"))
    if sequence := reading.sequences.get(name):
        yield from mistakes_in_steps(sequence, document)
        yield from steps_without_words(name, sequence, document, reading.template_names)
