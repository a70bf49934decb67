"""Did you mean: the known word that comes nearest to a misspelt one."""

from collections.abc import Iterable

_NEAR = 70  # of 100; below that a suggestion confuses more often than it helps
_LISTED = 12


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to a misspelt one; None if none comes near."""
    from rapidfuzz import fuzz

    meant = _spoken(word)
    likeness = {
        name: max(fuzz.ratio(meant, _spoken(name)), fuzz.token_sort_ratio(meant, _spoken(name))) for name in known
    }
    best = max(likeness, key=lambda name: likeness[name], default=None)
    return best if best is not None and likeness[best] >= _NEAR else None


def nearest_few(word: str, known: Iterable[str], *, limit: int = 3) -> list[str]:
    """The names nearest to a misspelt part of one, the nearest first; empty if none comes near."""
    from rapidfuzz import fuzz, process

    found = process.extract(word, list(known), scorer=fuzz.WRatio, processor=_spoken, limit=limit, score_cutoff=_NEAR)
    return [name for name, _, _ in found]


def did_you_mean(word: str, known: Iterable[str], *, limit: int = _LISTED) -> str | None:
    """A hint with the nearest known word, and all of them if they are no more than `limit`."""
    words = sorted(set(known))
    near = nearest(word, words)
    parts = [f"did you mean '{near}'?"] if near else []
    if 0 < len(words) <= limit:
        parts.append(f"known: {', '.join(words)}")
    return " ".join(parts) or None


def _spoken(word: str) -> str:
    return word.casefold().replace("-", " ").replace("_", " ")
