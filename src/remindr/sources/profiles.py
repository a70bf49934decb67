"""What is known of the accounting packages: one YAML file each in `profiles/`, found by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Final

from remindr.errors import Problem, ProjectError
from remindr.sources.folding import fold
from remindr.sources.synonyms import Role


@dataclass(frozen=True, slots=True)
class Profile:
    """One file layout of one package: the headers it is known by, and what its headers and words mean."""

    name: str = ""
    role: Role = "invoices"
    known_by: frozenset[str] = frozenset()  # folded headers, all of them
    columns: Mapping[str, str] = field(default_factory=dict)  # field to header
    statuses: Mapping[str, str] = field(default_factory=dict)  # folded word to state
    kinds: Mapping[str, str] = field(default_factory=dict)


NO_PROFILE: Final = Profile()


def find_profile(headers: Sequence[str], role: Role, setting: str) -> Profile:
    """The profile a file is known by, NO_PROFILE if it is none's. `setting` is auto or the name of a package."""
    profiles = _all()
    if setting != "auto":
        names = sorted({profile.name for profile in profiles})
        if setting not in names:
            near = get_close_matches(setting, names, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: auto, {', '.join(names)}"
            raise ProjectError(Problem(f"sources: format: there is no format '{setting}'", "remindr.yaml", hint=hint))
        profiles = tuple(profile for profile in profiles if profile.name == setting)
    words = {fold(header) for header in headers}
    return next((one for one in profiles if one.role == role and one.known_by <= words), NO_PROFILE)


@cache
def _all() -> tuple[Profile, ...]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, where the wheel has it
    folder = files("remindr.sources") / "profiles"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(_profile(yaml.load(file.read_text("utf-8"), loader)) for file in found)  # noqa: S506  # both are safe


def _profile(written: Mapping[str, Any]) -> Profile:
    return Profile(
        name=written["name"],
        role=written["role"],
        known_by=frozenset(map(fold, written["known_by"])),
        columns=written.get("columns", {}),
        statuses={fold(word): state for word, state in written.get("statuses", {}).items()},
        kinds={fold(word): kind for word, kind in written.get("kinds", {}).items()},
    )
