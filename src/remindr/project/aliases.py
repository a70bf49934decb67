"""Mistakes in `aliases:` that show without a look at the exports, and aliases that nothing in them bears."""

from collections.abc import Iterable, Iterator
from typing import Any

from remindr.errors import Problem
from remindr.project.near import nearest_few
from remindr.project.rules import mapping
from remindr.project.yaml import Document, Keys

_CHAIN = "write all that means one customer below that customer, in one list"


def mistakes_in_aliases(document: Document) -> Iterator[Problem]:
    """An alias of two customers, of an alias or of itself, and an override for an alias."""
    heads = mapping(document.data, "aliases")
    of: dict[str, str] = {}
    for path, head, alias in _entries(document):
        if alias == head:
            yield document.problem(path, f"'{alias}' is the customer itself", hint="leave this line out")
        elif alias in heads:
            yield document.problem(
                path, f"'{alias}' has aliases of its own, so this is an alias of an alias", hint=_CHAIN
            )
        elif of.get(alias) == head:
            yield document.problem(path, f"'{alias}' is written twice", hint="leave this line out")
        elif alias in of:
            hint = "an alias means one customer: leave one of them out"
            yield document.problem(path, f"'{alias}' is an alias of '{of[alias]}', too", hint=hint)
        of.setdefault(alias, head)
    for customer in mapping(document.data, "overrides"):
        if customer in of:
            what = f"'{customer}' is an alias of '{of[customer]}'"
            hint = (
                "an override is for the customer: write their number, or their name where the exports have no numbers"
            )
            yield document.problem(("overrides", customer), what, hint=hint, key=True)


def unborne_aliases(document: Document, unborne: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    """A warning for each of the `unborne` texts, with the nearest of the `known` numbers and names."""
    missing = frozenset(unborne)
    names = [name for name in known if name not in missing] if missing else []
    for head in mapping(document.data, "aliases"):
        if head in missing:
            what = f"nobody in the exports is called '{head}'; customers who are joined under it read this name"
            yield document.problem(("aliases", head), what, hint=_meant(head, names), key=True)
    for path, _, alias in _entries(document):
        if alias in missing:
            yield document.problem(path, f"nobody in the exports is called '{alias}'", hint=_meant(alias, names))


def _meant(word: str, names: list[str]) -> str | None:
    near = nearest_few(word, names, limit=1)
    return f"did you mean '{near[0]}'?" if near else None


def _entries(document: Document) -> Iterator[tuple[Keys, str, str]]:
    """Every alias with its path and its customer."""
    for head, written in mapping(document.data, "aliases").items():
        if isinstance(written, list):
            yield from (
                (("aliases", head, at), head, str(alias)) for at, alias in enumerate(written) if _is_text(alias)
            )
        elif _is_text(written):
            yield ("aliases", head), head, str(written)


def _is_text(written: Any) -> bool:
    return written is not None and not isinstance(written, bool | list | dict)
