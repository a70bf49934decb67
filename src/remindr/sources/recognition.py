"""Which package's export a file is: told from its headers and a few cells, and how sure that is."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Final

from remindr.errors import Problem, ProjectError
from remindr.sources.folding import bare, fold
from remindr.sources.profiles import NO_PROFILE, Profile, all_profiles
from remindr.sources.synonyms import SYNONYMS, Role
from remindr.sources.words import kind_of, state_of

SHARE_OF_PROFILE: Final = 0.7  # of the headers a profile is known by, weighed
SHARE_IF_ALL_KNOWN: Final = 0.45  # where the file has no other headers: somebody has taken columns out
SHARE_OF_FILE: Final = 0.5  # of the file's headers
SHARE_IF_NAMED: Final = 0.3  # where `format:` names the package
AHEAD: Final = 1.15  # times as likely as an export of any other package
_ODD_CELL: Final = 0.7


@dataclass(frozen=True, slots=True)
class Match:
    """A profile, how many of its headers a file has, and how alike the two are, from 0 to 1."""

    profile: Profile = NO_PROFILE
    found: int = 0
    likeness: float = 0.0


NO_MATCH: Final = Match()


def find_profile(headers: Sequence[str], sample: Sequence[str], role: Role, setting: str = "auto") -> Match:
    """The profile that a file is known by, NO_MATCH if it is none's or several packages' alike.

    `sample` is a row of the file, `setting` auto or the name of a package or profile, whose best profile is then taken.
    """
    profiles = [profile for profile in _named(setting) if profile.role == role]
    matches = sorted(_matches(headers, sample, profiles, named=setting != "auto"), key=_likeness)
    if setting != "auto":
        return matches[-1] if matches else NO_MATCH
    if not matches:
        return NO_MATCH
    best = matches[-1]
    rival = max((one.likeness for one in matches if one.profile.package != best.profile.package), default=0)
    return best if best.likeness >= AHEAD * rival else NO_MATCH


def has_export(setting: str, role: Role) -> bool:
    """Whether the package or profile that `format:` names has a usable export of this role."""
    return any(profile.role == role and not profile.unusable for profile in _named(setting))


def _likeness(match: Match) -> float:
    return match.likeness


def _named(setting: str) -> tuple[Profile, ...]:
    """The profiles that `sources: format:` speaks of; ProjectError if there are none of that name."""
    profiles = all_profiles()
    if setting == "auto":
        return profiles
    named = tuple(profile for profile in profiles if setting in (profile.package, profile.name))
    if named:
        return named
    packages = sorted({profile.package for profile in profiles})
    near = get_close_matches(setting, packages, 1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: auto, {', '.join(packages)}"
    raise ProjectError(Problem(f"sources: format: there is no format '{setting}'", "remindr.yaml", hint=hint))


def _matches(headers: Sequence[str], sample: Sequence[str], profiles: Iterable[Profile], *, named: bool) -> list[Match]:
    words = {word for word in map(bare, headers) if word}
    found = []
    for profile in profiles:
        share = _weight(profile.known & words, profile) / (_weight(profile.known, profile) or 1)
        covered = len(words & (profile.known | profile.known_sometimes)) / (len(words) or 1)
        needed = SHARE_IF_ALL_KNOWN if covered == 1 else SHARE_OF_PROFILE
        if share >= SHARE_IF_NAMED if named else share >= needed and covered >= SHARE_OF_FILE:
            likeness = share * (1 + covered) / 2 * _ODD_CELL ** _odd_cells(profile, headers, sample)
            found.append(Match(profile, len(profile.known & words), likeness))
    return found


def _weight(words: Iterable[str], profile: Profile) -> float:
    """How telling headers are: little if many packages or people write them, or if nothing is read from them."""
    packages, common = _packages_by_header(), _common_headers()
    return sum(
        (0.5 if word in common else 1) * (1 if word in profile.used else 0.25) / packages[word] for word in words
    )


@cache
def _packages_by_header() -> Mapping[str, int]:
    by_package = {(profile.package, word) for profile in all_profiles() for word in profile.known}
    return Counter(word for _, word in by_package)


@cache
def _common_headers() -> frozenset[str]:
    return frozenset(fold(word) for fields in SYNONYMS.values() for words in fields.values() for word in words)


def _odd_cells(profile: Profile, headers: Sequence[str], sample: Sequence[str]) -> int:
    """How many cells of a row do not look like this profile's: a word of status or type that it does not know."""
    row = dict(zip(headers, sample, strict=False))
    cells = {field: cell for field, header in profile.headers_in(headers).items() if (cell := row.get(header, ""))}
    shaped = ((cells.get(name) or row.get(name), shape) for name, shape in profile.cells.items())
    odd = sum(1 for cell, shape in shaped if cell and not re.fullmatch(shape, cell))
    if profile.kinds and "kind" in cells:
        odd += kind_of(cells["kind"], profile.papers) is None
    if profile.statuses and "status" in cells:
        odd += state_of(cells["status"], profile.states) is None
    return odd
