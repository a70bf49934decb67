"""Headers to fields: what the project says, then the synonym table, then near-certain spellings, else a question."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from typing import Literal

from remindr.errors import Problem, ProjectError
from remindr.model.book import OWN
from remindr.sources.folding import bare, fold
from remindr.sources.profiles import Profile, known_headers
from remindr.sources.recognition import NO_MATCH, Match
from remindr.sources.synonyms import LINE_ITEM_HEADERS, SYNONYMS, TO_PAY, Role

NEAR_CERTAIN = 93  # of 100; a slip in a long word passes, another word does not
SHORTEST_GUESSED = 7
TELL_WHAT_IS_OPEN = frozenset({"balance", "paid", "status", "cleared_on"})
_SLIP = 0.75  # of 1: how alike a field must be to what was written, to be suggested
_FORGOTTEN = 2  # letters
_WORDS = re.compile(r"\w+")
How = Literal["setting", "profile", "name", "synonym", "spelling", "heading"]
HEADING = -1  # the position of a field that stands in heading rows

_ALIASES = {"name": "customer_name", "customer": "customer_id", "type": "kind", "invoice": "invoice_id"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a file holds which field (position and header), how that is known, and which are not used."""

    positions: Mapping[str, int]
    headers: Mapping[str, str]
    unused: tuple[str, ...]
    how: Mapping[str, How]
    line_items: bool = False
    match: Match = NO_MATCH

    @property
    def profile(self) -> Profile:
        """What is known of the export; NO_PROFILE if nothing is."""
        return self.match.profile

    def header(self, field: str) -> str:
        """The file's own word for a field; the field's name where the file has no such column."""
        return self.headers.get(field, field)

    def with_date_for(self, field: str, other: str) -> "Columns":
        """The same with the column of `other` read as that of `field`."""
        positions = {field if name == other else name: at for name, at in self.positions.items()}
        headers = {field if name == other else name: header for name, header in self.headers.items()}
        how = {field if name == other else name: how for name, how in self.how.items()}
        return replace(self, positions=positions, headers=headers, how=how)

    def with_own(self, names: Iterable[str], headers: Sequence[str]) -> "Columns":
        """The same with the columns that rules call by these names, where the file has them."""
        named = {column_name(header): at for at, header in reversed(list(enumerate(headers)))}
        own = {OWN + name: named[name] for name in names if name in named}
        unused = tuple(header for header in self.unused if OWN + column_name(header) not in own)
        return replace(self, positions={**self.positions, **own}, unused=unused)

    def with_headings(self) -> "Columns":
        """The same for a file in which the customer stands in heading rows, not in a column."""
        return replace(self, positions={**self.positions, "customer_name": HEADING})


def column_name(header: str) -> str:
    """What rules call a column: the words of its header in small letters, joined by `_`."""
    return "_".join(_WORDS.findall(header.lower()))


@cache
def folded_words(role: Role) -> dict[str, tuple[str, ...]]:
    """The words for each field of a role, folded, the most telling first."""
    return {field: tuple(dict.fromkeys(fold(word) for word in words)) for field, words in SYNONYMS[role].items()}


@cache
def _known(role: Role) -> frozenset[str]:
    return frozenset(word for words in folded_words(role).values() for word in words)


@cache
def _to_pay() -> frozenset[str]:
    return frozenset(map(fold, TO_PAY))


@cache
def _line_item_words() -> frozenset[str]:
    return frozenset(fold(word) for word in LINE_ITEM_HEADERS)


def recognised(cells: Sequence[str], role: Role, wanted: Mapping[str, str]) -> int:
    """How many of these cells read like headers of such a file."""
    known, named = _headers_of(role), {fold(header) for header in wanted.values()}
    folded = ((fold(cell), bare(cell)) for cell in set(cells) if cell)
    return sum(1 for words in folded if not known.isdisjoint(words) or not named.isdisjoint(words))


@cache
def _headers_of(role: Role) -> frozenset[str]:
    """Every header that such a file may have, in synonyms and profiles, folded."""
    return _known(role) | known_headers(role)


def field_name(written: str) -> str:
    """The field that a key under `sources: columns:` stands for; ProjectError if there is none of that name."""
    field = _ALIASES.get(written, written)
    known = sorted({name for role in SYNONYMS.values() for name in role})
    if field in known:
        return field
    # A few letters are a slip; more of them may turn the meaning round: `contact` is far from `do_not_contact`.
    slips = [name for name in known if written not in name or len(name) - len(written) <= _FORGOTTEN]
    near = get_close_matches(written, slips, 1, _SLIP)
    hint = f"did you mean '{near[0]}'?" if near else "known: " + ", ".join(known)
    raise ProjectError(Problem(f"sources: columns: there is no field '{written}'", "remindr.yaml", hint=hint))


def match_columns(headers: Sequence[str], role: Role, wanted: Mapping[str, str], match: Match = NO_MATCH) -> Columns:
    """The columns of a file with these headers. `wanted` maps fields to headers; an empty header means no column."""
    free = {position: fold(header) for position, header in enumerate(headers) if header.strip()}
    profile = match.profile
    named = {**wanted, **{field: word for field, word in profile.headers_in(headers).items() if field not in wanted}}
    taken = _take_wanted(free, role, named)
    open_fields = [field for field in folded_words(role) if field not in taken and named.get(field) != ""]
    # What a package calls otherwise is not what it always calls so: an invoice's id is not its number.
    strange = {at: word for at, word in free.items() if word not in profile.known | profile.known_sometimes}
    lost = [field for field in open_fields if field in profile.columns]
    _take_synonyms(strange, taken, role, lost)
    free = {at: word for at, word in free.items() if at not in taken.values()}
    open_fields = [field for field in open_fields if field not in profile.columns]
    _take_synonyms(free, taken, role, open_fields)
    plain = {position: bare(headers[position]) for position in free}
    _take_synonyms(plain, taken, role, [field for field in open_fields if field not in taken])
    free = {position: word for position, word in free.items() if position in plain}
    _take_near(free, strange, taken, role, [field for field in open_fields if field not in taken])
    if "amount" not in taken and "balance" in taken and "balance" not in wanted:
        word = fold(headers[taken["balance"]])
        taken = {"amount" if field == "balance" and word in _to_pay() else field: at for field, at in taken.items()}
    return Columns(
        positions=taken,
        headers={field: headers[position] for field, position in taken.items()},
        unused=tuple(headers[position] for position in free),
        line_items=_has_line_items(free.values(), profile),
        match=match,
        how={field: _how(field, headers[position], wanted, match.profile) for field, position in taken.items()},
    )


def _how(field: str, header: str, wanted: Mapping[str, str], profile: Profile) -> How:
    """How it is known that a header means a field."""
    if field in wanted:
        return "setting"
    if field in profile.columns and fold(header) in profile.used:
        return "profile"
    if fold(header) == fold(field):
        return "name"
    return "synonym" if {fold(header), bare(header)} & _words_of(field) else "spelling"


def _words_of(field: str) -> set[str]:
    return {fold(word) for fields in SYNONYMS.values() for word in fields.get(field, ())}


def _has_line_items(unused: Iterable[str], profile: Profile) -> bool:
    """Whether rows of one invoice are expected to repeat, or to look the same."""
    if profile.name:
        return profile.row != "invoice"
    return any(word in _line_item_words() for word in unused)


def _take_wanted(free: dict[int, str], role: Role, wanted: Mapping[str, str]) -> dict[str, int]:
    taken: dict[str, int] = {}
    for field, header in wanted.items():
        if field not in folded_words(role) or not header:
            continue
        position = next((at for at, word in free.items() if word == fold(header)), None)
        if position is not None:
            taken[field] = position
            del free[position]
    return taken


def _take_synonyms(free: dict[int, str], taken: dict[str, int], role: Role, fields: Sequence[str]) -> None:
    for field in fields:
        for word in folded_words(role)[field]:
            position = next((at for at, header in free.items() if header == word), None)
            if position is not None:
                taken[field] = position
                del free[position]
                break


def _take_near(
    free: dict[int, str], strange: Mapping[int, str], taken: dict[str, int], role: Role, fields: Sequence[str]
) -> None:
    """Takes strange headers that are a slip away from one field's word, and from no other field's."""
    unknown = {at: word for at, word in free.items() if at in strange and word not in _known(role)}
    candidates = {at: word for at, word in unknown.items() if len(word) >= SHORTEST_GUESSED}
    if not candidates or not fields:
        return
    from rapidfuzz.fuzz import ratio  # only files with unknown headers need it

    for position, header in candidates.items():
        near = {
            field
            for field, words in folded_words(role).items()
            if any(len(word) >= SHORTEST_GUESSED and ratio(header, word) >= NEAR_CERTAIN for word in words)
        }
        if len(near) == 1 and (field := near.pop()) in fields and field not in taken:
            taken[field] = position
            del free[position]
