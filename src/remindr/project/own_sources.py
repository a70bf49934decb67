"""The `sources:` of a new project, written around the exports that a person has, in place of the starter's."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from glob import escape
from pathlib import PurePosixPath
from typing import Final

from remindr.errors import ProjectError
from remindr.project.yaml import as_scalar

SETTINGS: Final = ("format", "dates", "decimals", "terms", "max_age")
_BLOCK: Final = re.compile(r"(?ms)^sources:\n.*?(?=^  # An older export)")
_AGE: Final = re.compile(r"(?m)^  max_age: .*$")
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_RUNS: Final = re.compile(
    rf"(?<![^\W\d_])(?:\d+[ ._-]+)?{_MONTH}(?![^\W\d_])[ ._-]*\d+|\d+(?:[ ._:T-]+\d+)*|\s?\(\d+\)", re.IGNORECASE
)
_ABSENT: Final = {
    "customers": (
        "May be left out if the invoice file has names and addresses.",
        "customers: exports/customers*.csv",
    ),
    "payments": (
        "Part payments and their dates, if your package exports them.",
        "payments: exports/payments*.csv",
    ),
}


@dataclass(frozen=True, slots=True)
class OwnSources:
    """Patterns and what they are by role, and what else has to be said under `sources:`."""

    patterns: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    def written_into(self, text: str) -> str:
        """The starter's remindr.yaml with these sources; KeyError if it has no such block any more."""
        found = _BLOCK.search(text)
        if found is None:
            raise KeyError("sources")
        text = text[: found.start()] + "\n".join(("sources:", *self._lines(), "")) + text[found.end() :]
        age = self.settings.get("max_age")
        return _AGE.sub(lambda _: f"  max_age: {as_scalar(age)}", text) if age else text

    def _lines(self) -> Iterator[str]:
        for role in ("invoices", "customers", "payments"):
            if role in self.patterns:
                yield from (f"  # {title}" for title in [self.titles.get(role)] if title)
                yield f"  {role}: {as_scalar(self.patterns[role])}"
            else:
                yield from (f"  # {line}" for line in _ABSENT[role])
        for key in SETTINGS:
            if key in self.settings and key != "max_age":
                yield f"  {key}: {as_scalar(self.settings[key])}"
        if self.columns:
            yield "  columns:"
            yield from (f"    {name}: {as_scalar(header)}" for name, header in self.columns.items())


def pattern_for(path: str, others: Iterable[str], parts: Sequence[str] = ()) -> str:
    """A pattern for tomorrow's export of the kind that `path` is: a date or running number in its name is anything.

    The name itself, if the pattern would take one of the `others`, too. `parts` are further files of the same list, in
    the same folder, which it takes as well; ProjectError if none does so without the others.
    """
    file = PurePosixPath(path)
    suffix = escape(file.suffix)
    names = [f"{_starred(file.stem)}{suffix}", *([f"*{suffix}", "*"] if parts else [])]
    patterns: list[str] = [(file.parent / name).as_posix() for name in names]
    for pattern in patterns:
        if all(fnmatchcase(part, pattern) for part in parts) and not any(fnmatchcase(one, pattern) for one in others):
            return pattern
    if parts:
        what = f"{' and '.join((path, *parts))} are parts of one list, but other files are beside them"
        raise ProjectError(what, hint="put the parts into a folder of their own")
    return escape(path)


def _starred(stem: str) -> str:
    """The name with `*` for its dates and numbers; at its end if it has none, for `invoices (1)` comes next."""
    parts = [escape(part) for part in _RUNS.split(stem)]
    if not any(char.isalpha() for part in parts for char in part):
        return "[0-9]*"
    starred = re.sub(r"\*[\s_.-]*(?:\*[\s_.-]*)+", "*", "*".join(parts))
    return starred if "*" in starred else f"{starred}*"
