"""The rules of a project as they are written: every test, and where it stands.

They are taken from the files themselves, so that they can be looked at when another part of a file is broken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from remindr.errors import Problem
from remindr.model.rule import Comparison, Named, leaves, parse_comparison
from remindr.model.terms import Miswritten
from remindr.project.yaml import Document, Keys

Kind = Literal["segment", "trait", "flag", "step"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison or trait of a rule, and where it is written."""

    document: Document
    path: Keys
    kind: Kind
    said: Comparison | Named

    @property
    def name(self) -> str:
        """The metric, field or trait it asks for."""
        return self.said.name if isinstance(self.said, Named) else self.said.metric

    def problem(self, what: str, hint: str | None = None, *, within: str | None = None) -> Problem:
        """A problem with this test, pointing at the name unless told otherwise."""
        return self.document.problem(self.path, what, hint=hint, within=within or self.name)


@dataclass(frozen=True, slots=True)
class Names:
    """What the rules of a project can refer to."""

    traits: frozenset[str]
    segments: tuple[str, ...]
    currency: str | None
    columns: frozenset[str] = frozenset()  # of customers in the exports


def leaves_of_project(document: Document) -> Iterator[Leaf]:
    """Every test in the segments, traits and flags of remindr.yaml."""
    for index, segment in enumerate(entries(document.data, "segments")):
        yield from _leaves(document, ("segments", index, "when"), "segment", segment.get("when"))
        for place, choice in enumerate(entries(segment, "sequences")):
            yield from _leaves(document, ("segments", index, "sequences", place, "if"), "step", choice.get("if"))
    for name, rule in mapping(document.data, "traits").items():
        yield from _leaves(document, ("traits", name), "trait", rule)
    for name, rule in mapping(document.data, "flags").items():
        within = ("when",) if isinstance(rule, dict) and "when" in rule else ()
        yield from _leaves(document, ("flags", name, *within), "flag", rule["when"] if within else rule)


def leaves_of_sequence(document: Document) -> Iterator[Leaf]:
    """Every test in the steps of a sequence."""
    for index, step in enumerate(entries(document.data, "steps")):
        yield from _leaves(document, ("steps", index, "if"), "step", step.get("if"))
        sooner = step.get("sooner")
        if isinstance(sooner, str):
            yield from _leaves(document, ("steps", index, "sooner"), "step", sooner.partition(" if ")[2])


def _leaves(document: Document, path: Keys, kind: Kind, written: Any) -> Iterator[Leaf]:
    if isinstance(written, list):
        for index, inner in enumerate(written):
            yield from _leaves(document, (*path, index), kind, inner)
    elif isinstance(written, dict):
        for word, inner in written.items():
            yield from _leaves(document, (*path, word), kind, inner)
    elif isinstance(written, str):
        try:
            rule = parse_comparison(written)
        except Miswritten:
            return
        for said in leaves(rule):
            yield Leaf(document, path, kind, said)


def mapping(data: Any, key: str) -> dict[str, Any]:
    """The mapping behind a key; empty where the file has something else there."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def entries(data: Any, key: str) -> list[dict[str, Any]]:
    """The mappings of the list behind a key, an empty one for each item that is something else."""
    found = data.get(key) if isinstance(data, dict) else None
    return [item if isinstance(item, dict) else {} for item in found] if isinstance(found, list) else []
