"""No pattern of ours takes long over any text: it is tried against long texts made to mislead it."""

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import remindr

LENGTH = 400
BUDGET = 0.25  # seconds of work for one text, ten times what the slowest takes

SIGNS = (*"aA0 \t\n-.,'\"_=<([{/:;é\u00a0", "{%", "{#")
PAIRS = (
    "a ", "a.", "a-", "0,", "0.", "1 ", "a@", " \n", "\n\n", "a\n", "{%a", "{% %}", "<a ", "a=", "0 a", "total ",
    "day ", "--", ", ", "<!--", "=?",
)  # fmt: skip
ENDS = ("!", "\x00", "\n!")
TEXTS = tuple(dict.fromkeys(part * (LENGTH // len(part)) + end for part in (*SIGNS, *PAIRS) for end in ENDS))

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows cannot break off a search")


class TooLongError(Exception):
    """A search was broken off."""


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Every pattern that a module of remindr holds, alone or in a table, or writes out where it uses it."""
    for found in pkgutil.walk_packages(remindr.__path__, "remindr."):
        if found.name.endswith("__main__") or ".migrations" in found.name:
            continue
        module = importlib.import_module(found.name)
        yield from ((f"{found.name}.{name}", one) for name, value in vars(module).items() for one in _within(value))
        yield from ((found.name, re.compile(text)) for text in _written_out(module))


def _within(value: object) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _within(one)
    elif isinstance(value, dict):
        yield from _within(list(value.values()))


def _written_out(module: ModuleType) -> Iterator[str | bytes]:
    for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str | bytes):
                yield first.value


def slowest(pattern: re.Pattern[Any]) -> float:
    """The seconds of work that it took over the text that held it up most, in whichever way it is used."""
    return max(_took(way, text) for text in TEXTS for way in (pattern.match, pattern.fullmatch, pattern.search))


def _took(way: Callable[[Any], object], text: str) -> float:
    given = text.encode() if isinstance(getattr(way, "__self__").pattern, bytes) else text  # noqa: B009
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, BUDGET)
    way(given)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - begun


@pytest.fixture(autouse=True)
def _broken_off() -> Iterator[None]:
    """A search that takes too long is broken off."""

    def stop(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGVTALRM, stop)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def test_no_pattern_takes_long_over_any_text(show: Callable[..., None]) -> None:
    every = {pattern: name for name, pattern in patterns()}
    took = {}
    for pattern, name in every.items():
        try:
            took[name] = slowest(pattern)
        except TooLongError:
            pytest.fail(f"{name} takes long: {pattern.pattern!r}")
    show(f"patterns: {len(every)} x {len(TEXTS)} texts x 3 ways, the slowest {max(took.values()):.3f} s for one text")
    assert len(every) > 100


@pytest.mark.parametrize("bad", [r"(a+)+$", r"\d+(?:[ .]*\d+)*", r"\s*\s*\s*x", r"(?:\w+\s?)*:"])
def test_a_pattern_that_explodes_is_found(bad: str) -> None:
    with pytest.raises(TooLongError):
        slowest(re.compile(bad))
