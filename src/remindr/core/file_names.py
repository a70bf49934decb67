"""Which file is whose: numbers of invoices as names of files, and names of files read for numbers."""

import re
from collections.abc import Iterator
from typing import Final

NUMBER: Final = "{invoice_id}"
_UNFIT: Final = r'[\x00-\x1f\x7f/\\:*?"<>|]'  # no file can have these in its name everywhere
_LONGEST: Final = 200


def as_name(number: str) -> str:
    """The number as it can stand in a file's name: 2026/17 is 2026-17. Empty if that is not possible."""
    name = re.sub(_UNFIT, "-", number.strip())
    return "" if not name.strip(". ") or name != name.strip(" ") or len(name) > _LONGEST else name


def alike_sql(column: str) -> str:
    """SQL for what is the same in a column's texts that `as_name` makes alike."""
    return f"lower(regexp_replace(trim({column}), '{_UNFIT}', '-', 'g'))"


class Shape:
    """A pattern with `*`, to read the number of an invoice out of a path."""

    def __init__(self, pattern: str) -> None:
        before, _, after = pattern.partition(NUMBER)
        self._before, self._after = _as_regex(before), _as_regex(after)
        self._open_before, self._open_after = before.endswith("*"), after.startswith("*")

    def numbers_in(self, path: str) -> Iterator[str]:
        """Every part of a path that the pattern takes for the number; beside a `*` it neither goes on nor begins."""
        ends = [end for end in range(1, len(path) + 1) if self._ends(path, end)]
        for start in range(len(path)):
            if self._starts(path, start):
                yield from (path[start:end] for end in ends if end > start and "/" not in path[start:end])

    def _starts(self, path: str, at: int) -> bool:
        if self._open_before and at and path[at].isalnum() and path[at - 1].isalnum():
            return False
        return self._before.fullmatch(path, 0, at) is not None

    def _ends(self, path: str, at: int) -> bool:
        if self._open_after and at < len(path) and path[at].isalnum() and path[at - 1].isalnum():
            return False
        return self._after.fullmatch(path, at) is not None


def _as_regex(pattern: str) -> re.Pattern[str]:
    return re.compile("[^/]*".join(map(re.escape, re.split(r"\*+", pattern))))


def only_longest(numbers: frozenset[str]) -> str | None:
    """The number that holds all the others; None if there is none such."""
    longest = max(numbers, key=len, default=None)
    return longest if longest and all(number in longest for number in numbers) else None
