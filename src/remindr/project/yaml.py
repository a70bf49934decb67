"""A strict YAML reader that remembers where everything stands.

YAML has traps for people who only wanted to write a setting: `NO` turns into false, `012` into ten, a key
written twice silently wins, an alias can blow up a file. Here a text stays a text unless it is plainly a
number, true, false or empty; the traps are reported with the place, in words that need no knowledge of YAML.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from remindr.errors import Problem, ProjectError
from remindr.project.broken import explain
from remindr.project.text import UNPRINTABLE, Place, excerpt, quoted, read_text, smooth

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 20
MAX_NODES = 50_000
MAX_PROBLEMS = 100
MAX_DIGITS = 15  # longer ones are references and phone numbers, not quantities

Key = str | int
Keys = tuple[Key, ...]

_INT = re.compile(rf"0|-?[1-9][0-9]{{0,{MAX_DIGITS - 1}}}")
_PLAIN_SCALAR = re.compile(r"\w(?:[\w .,&'()/+-]*[\w.)])?")  # begins and ends as no sign of YAML's does
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
# libyaml's parser is ten times faster and marks the same places; wheels for rare platforms lack it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says, and where it says it.

    `data` is made of dict (keys are text), list, str, int, bool and None. A path is the keys and list
    positions that lead to a value: `("segments", 2, "when")`.
    """

    shown: str
    data: Any
    text: str = field(repr=False)
    _keys: dict[Keys, Place] = field(repr=False)
    _values: dict[Keys, Place] = field(repr=False)

    def has(self, path: Keys) -> bool:
        """Whether the file has something at that path."""
        return path in self._values

    def place(self, path: Keys) -> str:
        """`file:line` of what stands at the path; KeyError if the file has nothing there."""
        start = (self._keys.get(path) or self._values[path]).start
        return f"{self.shown}:{self.text.count(chr(10), 0, start) + 1}"

    def problem(
        self, path: Keys, what: str, *, hint: str | None = None, within: str | None = None, key: bool = False
    ) -> Problem:
        """A problem with the value at the path, or with its key.

        `within` is a piece of the value to point at. A path the file lacks is placed at what encloses it.
        """
        while path not in self._values:
            path, key = path[:-1], True
        place = self._values[path]
        if path in self._keys and (key or place.start == place.end):
            place = self._keys[path]
        elif within:
            place = _narrow(self.text, place, within)
        return excerpt(self.shown, self.text, place, what, hint)


def read_yaml(path: Path, shown: str) -> Document:
    """The document in the file; ProjectError with every problem found if it cannot be used.

    `shown` is the file's name as messages should give it.
    """
    return parse_yaml(read_text(path, shown), shown)


def parse_yaml(text: str, shown: str) -> Document:
    """The document that a text stands for; ProjectError with every problem found if it cannot be used."""
    text = smooth(text, shown)
    builder = _Builder(text, shown)
    try:
        data = builder.document()
    except yaml.MarkedYAMLError as error:
        builder.problems.append(explain(error, text, shown))
    except (ValueError, OverflowError):  # from PyYAML's own parser: chr() of a number that is none
        builder.problems.append(Problem("a '\\' in double quotes that stands for no character", file=shown))
    if builder.problems:
        raise ProjectError(builder.problems)
    return Document(shown, data, text, builder.keys, builder.values)


def as_scalar(text: str) -> str:
    """A text as it is written in YAML: plain where that says the same, else in quotes."""
    if _PLAIN_SCALAR.fullmatch(text) and text not in _WORDS:
        return text
    return f'"{text.translate(_ESCAPED)}"'


def _narrow(text: str, place: Place, within: str) -> Place:
    """Where a piece of a value stands, as a whole word if it can be found as one; else the value's place."""
    for pattern in (rf"(?<![\w-]){re.escape(within)}(?![\w-])", re.escape(within)):
        if match := re.compile(pattern).search(text, place.start, place.end):
            return Place(match.start(), match.end())
    return place


class _Builder:
    """Events in, plain values out; keeps the places and collects the problems."""

    def __init__(self, text: str, shown: str) -> None:
        self.text, self.shown = text, shown
        self.keys: dict[Keys, Place] = {}
        self.values: dict[Keys, Place] = {}
        self.problems: list[Problem] = []
        self._lines = (0, *accumulate(len(line) for line in text.splitlines(keepends=True)))
        self._nodes = 0
        self._events: Iterator[Any] = iter(())

    def document(self) -> Any:
        """The value of the one document; None for an empty file."""
        self.values[()] = Place(0, 0)
        self._events = iter(yaml.parse(self.text, Loader=_LOADER))
        data = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._add(_place(event), "a second document begins here", "leave out the line with ---")
                    break
            elif isinstance(event, yaml.NodeEvent):
                data = self._node(event, ())
        return data

    def _node(self, event: Any, path: Keys) -> Any:
        self._count(event, path)
        place = _place(event)
        if isinstance(event, yaml.AliasEvent):
            self._add(place, f"'*{event.anchor}' would repeat something named elsewhere", _QUOTE)
            return None
        if event.anchor is not None:
            self._add(place, f"'&{event.anchor}' would name this for use elsewhere", _QUOTE)
        if event.tag is not None:
            self._add(place, f"a word beginning with '!' has a special meaning in YAML: {quoted(event.tag)}", _QUOTE)
        if isinstance(event, yaml.ScalarEvent):
            self.values[path] = place
            if found := UNPRINTABLE.search(event.value):
                what = f"a '\\' here stands for an invisible character (U+{ord(found[0]):04X})"
                self._add(place, what, "use single quotes: 'C:\\exports'")
            return _scalar(event)
        return self._sequence(path, place) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(path, place)

    def _count(self, event: Any, path: Keys) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop(event, "more than 50,000 entries, and nobody writes that much by hand")
        if len(path) >= MAX_DEPTH and isinstance(event, yaml.CollectionStartEvent):
            self._stop(event, "nested more than 20 levels deep", "is there a bracket or an indent too many?")

    def _sequence(self, path: Keys, place: Place) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                self.values[path] = Place(place.start, _place(event).end)
                break
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Keys, place: Place) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                self.values[path] = Place(place.start, _place(event).end)
                break
            key = self._key(event, path)
            value = self._node(next(self._events), (*path, key))
            if key in entries:
                continue
            entries[key] = value
        return entries

    def _key(self, event: Any, path: Keys) -> str:
        place = _place(event)
        if not isinstance(event, yaml.ScalarEvent):
            self._node(event, (*path, "?"))
            self._add(place, "a list or mapping cannot be a key", "text with [ ] or { } goes in quotes")
            return "?"
        key = str(event.value)
        if not key:
            self._add(place, "a key is missing before the ':'")
        elif key == "<<" and event.implicit[0]:
            self._add(place, "'<<' would merge in something named elsewhere", "write the keys out")
        where = (*path, key)
        if where in self.keys:
            first = bisect_right(self._lines, self.keys[where].start)
            self._add(place, f"'{key}' is written twice", f"the first one is on line {first}; keep one of them")
        else:
            self.keys[where] = place
        return key

    def _stop(self, event: Any, what: str, hint: str | None = None) -> NoReturn:
        self._add(Place(_place(event).start, _place(event).start + 1), what, hint)
        raise ProjectError(self.problems)

    def _add(self, place: Place, what: str, hint: str | None = None) -> None:
        self.problems.append(excerpt(self.shown, self.text, place, what, hint))
        if len(self.problems) >= MAX_PROBLEMS:
            raise ProjectError(self.problems)


_QUOTE = "if it is meant as text, put it in quotes"


def _place(event: Any) -> Place:
    return Place(event.start_mark.index, event.end_mark.index)


def _scalar(event: Any) -> Any:
    """The value of a scalar: plain words of YAML 1.2's core and plain integers, all else is text."""
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INT.fullmatch(text) else text
