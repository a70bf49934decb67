"""No pattern of ours takes long over any text: it is tried against long texts made to mislead it."""

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import remindr

LENGTH = 3_000
BUDGET = 5  # seconds of work for each; what is right takes milliseconds

SIGNS = (
    "a",
    "A",
    "0",
    " ",
    "\t",
    "\n",
    "-",
    ".",
    ",",
    "'",
    '"',
    "_",
    "=",
    "<",
    "(",
    "[",
    "{",
    "{%",
    "{#",
    "/",
    ":",
    ";",
    "é",
    "\u00a0",
)
ENDS = ("!", "\x00", "\n!")
PAIRS = (
    "a ",
    "a.",
    "a-",
    "0,",
    "0.",
    "1 ",
    "a@",
    " \n",
    "\n\n",
    "a\n",
    "{%a",
    "{% %}",
    "<a ",
    "a=",
    "0 a",
    "total ",
    "day ",
    "--",
    ", ",
    "<!--",
    "=?",
)


def patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    """Every compiled pattern that a module of remindr holds, alone or in a table."""
    for found in pkgutil.walk_packages(remindr.__path__, "remindr."):
        if found.name.endswith("__main__") or ".migrations" in found.name:
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            for one in _within(value):
                yield f"{found.name}.{name}", one


def _within(value: object) -> Iterator[re.Pattern[str] | re.Pattern[bytes]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _within(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _within(one)


def texts() -> Iterator[str]:
    for part in (*SIGNS, *PAIRS):
        run = part * (LENGTH // len(part))
        yield from (run + end for end in ENDS)


def _is_searched(name: str) -> bool:
    """Whether the module looks for the pattern anywhere in a text, and not only at its beginning."""
    module, _, own = name.rpartition(".")
    text = Path(str(importlib.import_module(module).__file__)).read_text("utf-8")
    return re.search(rf"\b{own}\.(?:search|sub|subn|finditer|findall|split)\b|\b{own}\b(?!\.|:| =)", text) is not None


def try_all() -> None:
    """Prints the seconds that each pattern took over the text that held it up most."""
    import time

    every = list(dict.fromkeys(texts()))
    for pattern, name in {pattern: name for name, pattern in patterns()}.items():
        worst, searches = (0.0, ""), _is_searched(name)
        for text in every:
            given: Any = text.encode() if isinstance(pattern.pattern, bytes) else text
            begun = time.process_time()
            pattern.match(given)
            pattern.fullmatch(given)
            if searches:
                pattern.search(given)
            worst = max(worst, (time.process_time() - begun, text[:6] + text[-3:]))
        print(json.dumps([name, *worst]), flush=True)  # noqa: T201


def test_no_pattern_takes_long_over_any_text(show: Callable[..., None]) -> None:
    """In a process of its own that is ended when it takes far too long: a pattern that explodes cannot be stopped."""
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=False, timeout=300)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, (found[-1:], done.stderr[-500:])
    slow = [one for one in found if one[1] > BUDGET]
    assert slow == []
    tried = len(list(dict.fromkeys(texts())))
    show(f"patterns: {len(found)} x {tried} texts, the slowest {max(one[1] for one in found):.2f} s for one text")
    assert len(found) > 100


if __name__ == "__main__":
    try_all()
