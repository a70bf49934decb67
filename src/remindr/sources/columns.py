"""Headers to fields: what the project says, then the synonym table, then near-certain spellings, else a question."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from remindr.errors import Problem, ProjectError
from remindr.sources.amounts import SIGN, parse_amount
from remindr.sources.dates import DAY_FIRST, MONTH_FIRST, parse_date
from remindr.sources.folding import fold
from remindr.sources.profiles import NO_PROFILE, Profile
from remindr.sources.synonyms import FIELD_NAMES, LINE_ITEM_HEADERS, SYNONYMS, Role

NEAR_CERTAIN = 93  # of 100; a slip in a long word passes, another word does not
SHORTEST_GUESSED = 7
LIKE_ENOUGH = 55  # to be named in a question
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]\s*$")
HEADING = -1  # the position of a field that stands in heading rows

_ALIASES = {"name": "customer_name", "customer": "customer_id", "type": "kind", "invoice": "invoice_id"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a file holds which field (position and header), and which columns are not used."""

    positions: Mapping[str, int]
    headers: Mapping[str, str]
    unused: tuple[str, ...]
    line_items: bool = False
    profile: Profile = NO_PROFILE

    def header(self, field: str) -> str:
        """The file's own word for a field; the field's name where the file has no such column."""
        return self.headers.get(field, field)

    def with_headings(self) -> "Columns":
        """The same for a file in which the customer stands in heading rows, not in a column."""
        return replace(self, positions={**self.positions, "customer_name": HEADING})


@cache
def _folded(role: Role) -> dict[str, tuple[str, ...]]:
    return {field: tuple(dict.fromkeys(fold(word) for word in words)) for field, words in SYNONYMS[role].items()}


@cache
def _known(role: Role) -> frozenset[str]:
    return frozenset(word for words in _folded(role).values() for word in words)


@cache
def _line_item_words() -> frozenset[str]:
    return frozenset(fold(word) for word in LINE_ITEM_HEADERS)


def recognised(cells: Sequence[str], role: Role, wanted: Mapping[str, str]) -> int:
    """How many of these cells read like headers of such a file."""
    words = _known(role) | {fold(header) for header in wanted.values()}
    return sum(1 for cell in set(cells) if cell and (fold(cell) in words or _bare(cell) in words))


def _bare(header: str) -> str:
    """A folded header without what stands in brackets after it: `Amount (EUR)`, `Due Date (UTC)`."""
    return fold(_BRACKETS.sub("", header))


def field_name(written: str) -> str:
    """The field that a key under `sources: columns:` stands for; ProjectError if there is none of that name."""
    field = _ALIASES.get(written, written)
    known = sorted({name for role in SYNONYMS.values() for name in role})
    if field in known:
        return field
    near = get_close_matches(written, known, 1)
    hint = f"did you mean '{near[0]}'?" if near else "known: " + ", ".join(known)
    raise ProjectError(Problem(f"sources: columns: there is no field '{written}'", "remindr.yaml", hint=hint))


def match_columns(
    headers: Sequence[str], role: Role, wanted: Mapping[str, str], profile: Profile = NO_PROFILE
) -> Columns:
    """The columns of a file with these headers. `wanted` maps fields to headers; an empty header means no column."""
    free = {position: fold(header) for position, header in enumerate(headers) if header.strip()}
    taken = _take_wanted(free, role, {**profile.columns, **wanted})
    open_fields = [field for field in _folded(role) if field not in taken and wanted.get(field) != ""]
    _take_synonyms(free, taken, role, open_fields)
    bare = {position: _bare(headers[position]) for position in free}
    _take_synonyms(bare, taken, role, [field for field in open_fields if field not in taken])
    free = {position: word for position, word in free.items() if position in bare}
    _take_near(free, taken, role, [field for field in open_fields if field not in taken])
    return Columns(
        positions=taken,
        headers={field: headers[position] for field, position in taken.items()},
        unused=tuple(headers[position] for position in free),
        line_items=any(word in _line_item_words() for word in free.values()),
        profile=profile,
    )


def _take_wanted(free: dict[int, str], role: Role, wanted: Mapping[str, str]) -> dict[str, int]:
    taken: dict[str, int] = {}
    for field, header in wanted.items():
        if field not in _folded(role) or not header:
            continue
        position = next((at for at, word in free.items() if word == fold(header)), None)
        if position is not None:
            taken[field] = position
            del free[position]
    return taken


def _take_synonyms(free: dict[int, str], taken: dict[str, int], role: Role, fields: Sequence[str]) -> None:
    for field in fields:
        for word in _folded(role)[field]:
            position = next((at for at, header in free.items() if header == word), None)
            if position is not None:
                taken[field] = position
                del free[position]
                break


def _take_near(free: dict[int, str], taken: dict[str, int], role: Role, fields: Sequence[str]) -> None:
    """Takes headers that are a slip away from one field's word, and from no other field's."""
    candidates = {at: word for at, word in free.items() if len(word) >= SHORTEST_GUESSED and word not in _known(role)}
    if not candidates or not fields:
        return
    from rapidfuzz.fuzz import ratio  # only files with unknown headers need it

    for position, header in candidates.items():
        near = {
            field
            for field, words in _folded(role).items()
            if any(len(word) >= SHORTEST_GUESSED and ratio(header, word) >= NEAR_CERTAIN for word in words)
        }
        if len(near) == 1 and (field := near.pop()) in fields and field not in taken:
            taken[field] = position
            del free[position]


def missing_column(file: str, row: int, field: str, columns: Columns, sample: Mapping[str, str], role: Role) -> Problem:
    """Says which column a file lacks, with its nearest header and the setting that names it.

    `sample` maps headers to a cell under them: a date is only looked for among dates.
    """
    name = FIELD_NAMES.get(field, field)
    nearest = _nearest(field, [header for header in columns.unused if _may_hold(field, sample.get(header, ""))], role)
    if nearest:
        hint = f"if it is '{nearest}', write '{field}: {nearest}' under 'sources: columns:' in remindr.yaml"
    else:
        others = ", ".join(f"'{header}'" for header in columns.unused if header) or "no other columns"
        hint = f"write '{field}: ITS HEADER' under 'sources: columns:' in remindr.yaml; the file has {others}"
    return Problem(f"no column for the {name}", file, row, hint=hint)


def _may_hold(field: str, cell: str) -> bool:
    """Whether a cell looks like the values of a field; an empty one may be anything."""
    dated = any(parse_date(cell, order) for order in (DAY_FIRST, MONTH_FIRST))
    if not cell or field.endswith(("_date", "_on")):
        return not cell or dated
    if field in ("amount", "balance", "paid"):
        return not dated and any(parse_amount(cell, mark) is not None for mark in SIGN)
    return not dated


def _nearest(field: str, headers: Sequence[str], role: Role) -> str | None:
    """The header most like the field's words; the only one left is it in any case."""
    from rapidfuzz.fuzz import partial_ratio, ratio  # only errors need it

    def likeness(header: str) -> float:
        word = fold(header)
        return max(ratio(word, known) + partial_ratio(word, known) / 4 for known in _folded(role)[field])

    named = [header for header in headers if fold(header)]
    best = max(named, key=likeness, default=None)
    return best if best is not None and (len(named) == 1 or likeness(best) > LIKE_ENOUGH) else None


def nearest_header(written: str, headers: Sequence[str]) -> str | None:
    """The header that somebody who wrote `written` may have meant."""
    folded = {fold(header): header for header in headers if fold(header)}
    near = get_close_matches(fold(written), list(folded), 1, 0.6)
    return folded[near[0]] if near else None
