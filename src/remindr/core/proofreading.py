"""Mistakes in templates that can be told before a single message is made."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache

from jinja2 import TemplateAssertionError, TemplateError, TemplateSyntaxError, meta, nodes

from remindr.core.sandbox import Sandbox
from remindr.core.template_text import environment, part
from remindr.core.variables import FIELDS, LISTS, PARTS, variables_of
from remindr.errors import Problem
from remindr.model.policy import TemplateSource

_DEEPEST_LOOP = 2
_DECLARING = (
    nodes.For, nodes.Assign, nodes.AssignBlock, nodes.Macro, nodes.CallBlock, nodes.With, nodes.Import,
    nodes.FromImport, nodes.Block, nodes.Extends,
)  # fmt: skip
_INCLUDING = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")


@cache
def _sandbox() -> Sandbox:
    return environment({})


@dataclass(frozen=True, slots=True)
class _Reading:
    """A template's tree, all nodes of it in one list, and the variables it needs from outside."""

    tree: nodes.Template
    nodes: tuple[nodes.Node, ...]
    named: frozenset[str]


@lru_cache(maxsize=1024)
def _read(name: str, text: str) -> _Reading:
    """What the template says; TemplateSyntaxError if it cannot be read."""
    return _reading(_sandbox().parse(text, name))


def _reading(tree: nodes.Template) -> _Reading:
    """What the tree of a template says.

    Most templates declare nothing of their own. Only for the others Jinja has to work out what belongs to whom.
    """
    found = _all_nodes(tree)
    if not any(isinstance(node, _DECLARING) for node in found):
        return _Reading(tree, found, frozenset(node.name for node in found if isinstance(node, nodes.Name)))
    return _Reading(tree, found, frozenset(meta.find_undeclared_variables(tree)))


def _all_nodes(tree: nodes.Template) -> tuple[nodes.Node, ...]:
    """Every node, in the order of the text."""
    found: list[nodes.Node] = []
    waiting: list[nodes.Node] = [tree]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += reversed(list(node.iter_child_nodes()))
    return tuple(found)


def undeclared(
    source: TemplateSource, metrics: Collection[str] | None = None, tree: nodes.Template | None = None
) -> list[tuple[int, int, str]]:
    """Line, column and name of every variable that no message has: `custmer`, `company.emial`.

    With the names of the `metrics`, those behind `metrics.` are looked at, too. A template that cannot be
    read has none: `syntax_problem` speaks of it. Who has parsed it already gives its `tree`.
    """
    text = _unified(source)
    try:
        reading = _reading(tree) if tree else _read(source.name, text)
    except TemplateError:
        return []
    strange = reading.named - variables_of(source.name).keys()
    found: list[tuple[int, tuple[str, ...]]] = [
        (node.lineno, (node.name,)) for node in reading.nodes if isinstance(node, nodes.Name) and node.name in strange
    ]
    if source.name not in PARTS:
        found += _strange_parts(reading.nodes, metrics)
    lines = text.split("\n")
    return sorted({(line, _column(lines[line - 1], words), ".".join(words)) for line, words in found})


def _strange_parts(found: Sequence[nodes.Node], metrics: Collection[str] | None) -> list[tuple[int, tuple[str, ...]]]:
    fields: dict[str, Collection[str]] = {**FIELDS, **_loop_fields(found)}
    if metrics is not None:
        fields["metrics"] = metrics
    return [
        (node.lineno, (node.node.name, node.attr))
        for node in found
        if isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and node.attr not in fields.get(node.node.name, (node.attr,))
        and node.attr not in ("get", "items", "keys", "values")
    ]


def _loop_fields(found: Sequence[nodes.Node]) -> dict[str, Collection[str]]:
    """What stands behind the dot of loop variables that run over invoices; others are left alone."""
    fields: dict[str, Collection[str]] = {}
    other: set[str] = set()
    for loop in found:
        if not isinstance(loop, nodes.For) or not isinstance(loop.target, nodes.Name):
            continue
        over = loop.iter.node if isinstance(loop.iter, nodes.Filter) else loop.iter
        if isinstance(over, nodes.Name) and over.name in LISTS:
            fields[loop.target.name] = LISTS[over.name]
        else:
            other.add(loop.target.name)
    return {name: inner for name, inner in fields.items() if name not in other}


def _column(line: str, words: tuple[str, ...]) -> int:
    """Where the name stands inside a tag of the line, counted from 1."""
    name = re.compile(r"\b" + r"\s*\.\s*".join(map(re.escape, words)) + r"\b")
    spans = [*(match.span() for match in _TAGS.finditer(line)), (0, len(line))]
    for start, end in spans:
        if match := name.search(line, start, end):
            return match.start() + 1
    return 1


def syntax_problem(source: TemplateSource, templates: Collection[str] = ()) -> Problem | None:
    """The first thing that keeps the template from being used; None if it can be.

    With the names of all `templates`, includes of missing ones are found, too.
    """
    heading = _heading_problem(source)
    if heading:
        return heading
    try:
        reading = _read(source.name, _unified(source))
    except TemplateAssertionError as error:
        return _unknown_filter(source, _all_nodes(_sandbox().parse(_unified(source)))) or _syntax(source, error)
    except TemplateSyntaxError as error:
        return _syntax(source, error)
    found = reading.nodes
    return _unknown_filter(source, found) or _too_deep(source, reading) or _missing_include(source, found, templates)


def _heading_problem(source: TemplateSource) -> Problem | None:
    parts = part(source.text)
    if parts.subject is None and source.name.endswith(".email"):
        hint = "the first line is the subject, then an empty line, then the text"
        return _at(source, 1, "an e-mail template begins with 'Subject: …'", hint)
    if parts.subject == "":
        return _at(source, parts.subject_line + 1, "the subject is empty")
    for number, line in enumerate(parts.others, start=parts.subject_line + 2):
        hint = "'Subject:' is the only heading line; leave an empty line before the text"
        return _at(source, number, f"'{line.strip()[:40]}' does not belong in the heading", hint)
    if parts.subject is not None and not parts.body.strip():
        return _at(source, parts.subject_line + 1, "there is no text under the subject")
    return None


def _syntax(source: TemplateSource, error: TemplateSyntaxError) -> Problem:
    what = error.message or "this cannot be read"
    return _at(source, error.lineno, what[0].lower() + what[1:].rstrip("."))


def _unknown_filter(source: TemplateSource, found: Sequence[nodes.Node]) -> Problem | None:
    """The first filter or test that does not exist here; Jinja itself minds some of them only when it gets there."""
    for node in found:
        if not isinstance(node, nodes.Filter | nodes.Test):
            continue
        kind = "test" if isinstance(node, nodes.Test) else "filter"
        known = _sandbox().tests if kind == "test" else _sandbox().filters
        name = getattr(node, "name", "")
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(filter(str.isalpha, known)))}"
            return _at(source, node.lineno, f"there is no {kind} '{name}'", hint, find=name)
    return None


def _too_deep(source: TemplateSource, reading: _Reading) -> Problem | None:
    if not any(isinstance(node, nodes.For) for node in reading.nodes):
        return None
    found = _loop_below(reading.tree, 0)
    return _at(source, found, f"loops stand in each other more than {_DEEPEST_LOOP} deep") if found else None


def _loop_below(node: nodes.Node, depth: int) -> int | None:
    """The line of the first loop that stands too deep inside others."""
    for child in node.iter_child_nodes():
        inside = depth + isinstance(child, nodes.For)
        if inside > _DEEPEST_LOOP:
            return child.lineno
        if found := _loop_below(child, inside):
            return found
    return None


def _missing_include(source: TemplateSource, found: Sequence[nodes.Node], templates: Collection[str]) -> Problem | None:
    for node in found if templates else ():
        named = node.template if isinstance(node, _INCLUDING) else None
        if isinstance(named, nodes.Const) and str(named.value).removesuffix(".j2") not in templates:
            hint = f"include looks below templates/: write templates/{named.value}.j2"
            return _at(source, node.lineno, f"there is no template '{named.value}'", hint, find=str(named.value))
    return None


def _at(source: TemplateSource, line: int, what: str, hint: str | None = None, find: str = "") -> Problem:
    """A problem on a line of the template, with the caret under `find` where that stands in it."""
    lines = source.text.splitlines()
    shown = lines[line - 1] if 0 < line <= len(lines) else None
    col = shown.find(find) + 1 if shown and find in shown else 1
    return Problem(what, source.path, line, col, shown, len(find) or 1, hint)


def _unified(source: TemplateSource) -> str:
    return source.text.replace("\r\n", "\n").removeprefix("\ufeff")


def known_names(source: TemplateSource) -> Mapping[str, str]:
    """Every name a template may use, dotted ones too, with its meaning: for "did you mean"."""
    known = variables_of(source.name)
    dotted = {f"{name}.{part_}": why for name, parts in FIELDS.items() for part_, why in parts.items() if name in known}
    return {**known, **dotted}
