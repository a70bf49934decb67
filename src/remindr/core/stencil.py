"""A page that is rendered once and then only filled in.

The layout and the invoice table are ordinary templates. Most of them only print what they are given, so
running Jinja for every message would make the same page again and again. A stencil runs it once, with holes
in place of values. A template that looks at a value instead of printing it cannot be cut that way, and says
so: then it is rendered for every message, as usual.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NoReturn, Self

from jinja2 import Template
from markupsafe import escape

from remindr.core.sandbox import render

_EDGE = "\x00"


class Looked(Exception):
    """The template did something with a value other than printing it."""


class Hole:
    """Stands for a value. It can be printed and is never empty; whatever else is done to it raises `Looked`."""

    __slots__ = ("_mark",)

    def __init__(self, number: int) -> None:
        self._mark = f"{_EDGE}{number}{_EDGE}"

    def __html__(self) -> str:
        return self._mark

    def _refuse(self, *_: object) -> NoReturn:
        raise Looked

    __str__ = __len__ = __iter__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = _refuse
    __add__ = __radd__ = __sub__ = __mul__ = __mod__ = __int__ = __float__ = __hash__ = __getitem__ = _refuse
    __ne__ = __format__ = __round__ = __index__ = __call__ = _refuse

    def __bool__(self) -> bool:
        return True


class Stencil:
    """A rendered page with holes, to be filled with text that is escaped already."""

    __slots__ = ("_choose", "_pattern")

    def __init__(self, page: str) -> None:
        pieces = in_ascii(page).split(_EDGE)
        order = [int(number) for number in pieces[1::2]]
        self._pattern = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self._choose: Callable[[Sequence[str]], tuple[str, ...]] = (
            itemgetter(*order) if len(order) > 1 else lambda values: tuple(values[number] for number in order)
        )

    @classmethod
    def cut(cls, template: Template, values: dict[str, Any]) -> Self | None:
        """The stencil of a template whose values contain holes; None if it has to see the real values."""
        try:
            return cls(render(template, values))
        except Looked:
            return None

    def fill(self, values: Sequence[str]) -> str:
        """The page with each value in the hole of its number."""
        return self._pattern % self._choose(values)


def escaped(text: str) -> str:
    """The text for HTML, safe in double-quoted attributes, too."""
    return in_ascii(str(escape(text)))


def in_ascii(html: str) -> str:
    """The HTML with references for all signs beyond ASCII: it then survives every mail system as it is."""
    return html if html.isascii() else html.encode("ascii", "xmlcharrefreplace").decode("ascii")


def escaped_each(values: Sequence[str]) -> list[str]:
    """Each of the values for HTML."""
    return escaped(_EDGE.join(values)).split(_EDGE)
