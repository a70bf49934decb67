"""The room templates run in: they can read plain values and arrange them, and nothing else.

Whoever edits a template is not trusted with the machine. On top of Jinja's sandbox: no globals, only the
filters that are listed here, only a few methods of text and lists, no way to blow a small template up into a
large one, and an end to how much one template may write.
"""

from decimal import Decimal
from itertools import islice
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "groupby", "int",
    "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse",
    "select", "selectattr", "sort", "string", "striptags", "sum", "title", "trim", "truncate", "unique",
    "upper", "wordcount",
)  # fmt: skip
_METHODS: dict[type, frozenset[str]] = {
    str: frozenset({
        "capitalize", "count", "endswith", "find", "isdigit", "lower", "lstrip", "removeprefix", "removesuffix",
        "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper",
    }),
    list: frozenset({"count", "index"}),
    dict: frozenset({"get", "items", "keys", "values"}),
}  # fmt: skip
_LOOP = frozenset({
    "changed", "cycle", "depth", "depth0", "first", "index", "index0", "last", "length", "nextitem", "previtem",
    "revindex", "revindex0",
})  # fmt: skip
LONGEST_TEXT = 200_000
_MOST_PIECES = 100_000
_LARGEST_NUMBER = 10**15


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with all that the module says taken away."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, **options: Any) -> None:
        super().__init__(undefined=StrictUndefined, **options)
        self.globals.clear()
        self.filters = {name: JINJA_FILTERS[name] for name in FILTERS} | {"replace": _replace, "round": _round}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """What stands behind a dot. Our own dictionaries are asked first: it is right, and quick."""
        if type(obj) is dict:
            try:
                return obj[attribute]
            except KeyError:
                pass
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        """Whether a template may see it: the listed methods of text, lists and dictionaries, and `loop`."""
        if isinstance(obj, LoopContext):
            return attr in _LOOP
        return attr in _METHODS.get(type(obj), ())

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call it: its own macros and blocks, recursive loops and the listed methods."""
        if isinstance(obj, Macro | BlockReference | LoopContext):
            return True
        owner, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        return name in (_LOOP if isinstance(owner, LoopContext) else _METHODS.get(type(owner), ()))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """The result of `*`, `**` or `%`, as long as numbers go in and a number of everyday size comes out."""
        if not (_is_number(left) and _is_number(right)):
            raise SecurityError(f"'{operator}' works on numbers only")
        if operator == "**" or abs(left) > _LARGEST_NUMBER or abs(right) > _LARGEST_NUMBER:
            raise SecurityError(f"'{operator}' is too large a calculation for a template")
        return super().call_binop(context, operator, left, right)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal)


def _replace(text: Any, old: str, new: str, count: int = -1) -> str:
    """The text with `old` replaced by `new`, as long as that stays a text of sensible length."""
    whole = str(text)
    if whole.count(old) * len(new) > LONGEST_TEXT:
        raise SecurityError("'replace' would make a very long text")
    return whole.replace(old, new, count)


def _round(value: Any, precision: int = 0) -> Any:
    """The number with so many decimals; a whole number when that is none."""
    return round(value, min(precision, 10)) if precision > 0 else round(value)


def render(template: Template, values: dict[str, Any]) -> str:
    """What the template makes of the values. It is stopped when it writes far more than a message holds."""
    environment = template.environment
    context = environment.context_class(environment, values, template.name, template.blocks)
    pieces = template.root_render_func(context)
    text: str = "".join(islice(pieces, _MOST_PIECES))
    if len(text) > LONGEST_TEXT or next(pieces, None) is not None:
        raise SecurityError(f"the text is longer than {LONGEST_TEXT:,} characters")
    return text
