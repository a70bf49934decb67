"""Why a text is no YAML, told to somebody who only wanted to change a setting.

The parser says where it gave up. What went wrong is often a line above, so the lines are looked at again.
"""

import re
from typing import Any, NamedTuple

from yaml import MarkedYAMLError

from remindr.errors import Problem
from remindr.project.text import Place, excerpt


class _Cause(NamedTuple):
    at: int
    what: str
    hint: str | None


def explain(error: MarkedYAMLError, text: str, shown: str) -> Problem:
    """The problem that the parser's error stands for."""
    context, problem = error.context or "", error.problem or ""
    found: Any = error.problem_mark or error.context_mark
    began: Any = error.context_mark or found
    if after := _after_closing(text, began.index) or _after_closing(text, found.index):
        cause = after
    elif "mapping values" in problem:
        cause = _colon(text, found.index)
    elif context.endswith(("block mapping", "block collection")):
        cause = _misplaced(text, found.index)
    elif "quoted scalar" in context and re.search("escape|hexdecimal", problem):
        cause = _Cause(text.rfind("\\", 0, found.index + 1), *_ESCAPE)
    else:
        cause = _by_table(context, problem, began.index, found.index)
    return excerpt(shown, text, _visible(text, cause.at), cause.what, cause.hint)


def _by_table(context: str, problem: str, began: int, found: int) -> _Cause:
    for doing, saw, opening, what, hint in _EXPLANATIONS:
        if re.search(doing, context) and re.search(saw, problem):
            return _Cause(began if opening else found, what, hint)
    return _Cause(found, f"cannot be read here: {problem}", None)


def _visible(text: str, at: int) -> Place:
    """The character at the position; the last one before it where the text ends or a line begins empty."""
    while at > 0 and (at >= len(text) or text[at] == "\n"):
        at -= 1
    return Place(at, at + 1)


def _after_closing(text: str, at: int) -> _Cause | None:
    """Text that goes on after the quote or bracket that should have ended it; None if that is not what happened."""
    before = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    if before.endswith(("'", '"')) and before[:-1].rstrip(" :-"):
        what = "text goes on after the closing quote"
        return _Cause(at, what, 'use the other kind of quotes around the whole text: "it\'s"')
    if before.endswith(("]", "}")):
        return _Cause(at, "text goes on after the closing bracket", "text with brackets in it goes in quotes")
    return None


def _colon(text: str, at: int) -> _Cause:
    """A ':' where no key can stand: in a text, below a finished line, or after a line that lacks its own."""
    start = text.rfind("\n", 0, at) + 1
    if re.search(r":\s", text[start:at]):
        what = "a second ':' in this line"
        return _Cause(at, what, "text with ': ' in it goes in quotes; what belongs below a key begins a new line")
    above, line = _line_above(text, start)
    if missing := re.match(r"[ ]*(?:(-)\w|(?:- +)?[\w-]+(:)\S)", line):
        mark = missing.lastindex or 1
        return _Cause(above + missing.start(mark), f"a space is missing after '{missing[mark]}'", None)
    if line.strip() and not re.search(r":(\s|$)", line):
        words = re.match(r"[ ]*(?:- +)?", line)
        begin = above + (words.end() if words else 0)
        return _Cause(begin, "a ':' is missing in this line", "a setting is written 'key: value'")
    return _deeper(start + _depth(text[start:at]))


def _misplaced(text: str, at: int) -> _Cause:
    """Something that belongs neither to the lines above nor to those around them."""
    start = text.rfind("\n", 0, at) + 1
    if text[start:at].strip(" -"):
        return _Cause(at, "this does not belong here", _QUOTES)
    if text[at : at + 2] == "- ":
        return _Cause(at, "a list item that stands neither in a list nor below its key", _BELOW)
    if re.match(r"-\w", text[at:]):
        return _Cause(at, "a space is missing after '-'", None)
    depths = sorted({*_depths_above(text, start)} - {at - start})
    if not depths or depths[-1] < at - start:
        return _deeper(at)
    levels = f"{', '.join(map(str, depths[:-1]))} or {depths[-1]}" if depths[1:] else str(depths[0])
    what = f"this line is indented by {at - start}, the lines above it by {levels}"
    return _Cause(at, what, "keys that belong together stand exactly below each other, list items with their '- ' too")


def _deeper(at: int) -> _Cause:
    what = "this line is indented deeper than the line above it, which is complete"
    return _Cause(at, what, "indent it exactly like the keys it belongs with")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _depths_above(text: str, end: int) -> list[int]:
    """How deep the lines above are indented that something could still be added to."""
    depths: list[int] = []
    for line in reversed(text[:end].splitlines()):
        bare = line.lstrip(" ")
        if not bare or bare.startswith("#"):
            continue
        depth = _depth(line)
        inner = re.match(r"- +(?=[\w-]+:(\s|$))", bare)
        for found in (depth + inner.end(), depth) if inner else (depth,):
            if not depths or found < depths[-1]:
                depths.append(found)
    return depths


def _line_above(text: str, start: int) -> tuple[int, str]:
    """Where the last line with something in it begins, before the line that begins at `start`; and that line."""
    while start > 0:
        end = start - 1
        start = text.rfind("\n", 0, end) + 1
        line = text[start:end]
        if line.strip() and not line.lstrip().startswith("#"):
            return start, line
    return 0, ""


_QUOTES = "text that begins with @ ` % * & ! > | [ { or a quote goes in quotes: 'like this'"
_BRACKETS = "close it in the same line; text that begins with a bracket goes in quotes"
_RULES = f"a rule begins with what it asks for, 'avg_days_late > 10'; {_QUOTES}"
_BELOW = "list items begin with '- ' and stand exactly below each other, on lines of their own below their key"
_ESCAPE = ("a '\\' in double quotes has a special meaning", "use single quotes: 'C:\\exports'")
# What the parser was doing, what it saw, whether to point at where that began; then what to tell.
_EXPLANATIONS = (
    ("", "sequence entries", False, "a list cannot begin in the line of its key", _BELOW),
    ("quoted scalar", "end of stream", True, "a quote that is opened here and never closed", "add the closing quote"),
    ("quoted scalar", "", True, "the quote that is opened here is not closed properly", "add the closing quote"),
    ("flow sequence", "", True, "a '[' that is never closed, or a ',' missing after it", _BRACKETS),
    ("flow mapping", "", True, "a '{' that is never closed, or a ',' missing after it", _BRACKETS),
    ("alias|anchor", "", True, "a '*' or '&' at the start has a special meaning in YAML", _QUOTES),
    ("", "tag handle", False, "a '!' at the start has a special meaning in YAML", _QUOTES),
    ("tag", "", True, "a '!' at the start has a special meaning in YAML", _QUOTES),
    ("block scalar", "", True, "a '>' or '|' at the start begins a text of several lines below it", _RULES),
    ("flow|^$|next token", "cannot start any token", False, "text cannot begin with this character", _QUOTES),
    ("simple key", "", True, "a ':' is missing in this line", "a setting is written 'key: value'"),
    ("directive", "", True, "a line that begins with '%' speaks to YAML itself", "delete it"),
    ("", "YAML document", False, "a line that begins with '%' speaks to YAML itself", "delete it"),
    ("", "document start", False, "this does not belong to the lines above", "is it indented too little?"),
)  # fmt: skip
