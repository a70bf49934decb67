"""The room templates run in: they can read plain values and arrange them, and nothing else.

Whoever edits a template is not trusted with the machine. On top of Jinja's sandbox: no globals, only the
filters that are listed here, only a few methods of text and lists, no way to blow a small template up into a
large one, and an end to how much one template may write, and to the work it may make.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from typing import Any, cast

from jinja2 import (
    Environment,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    nodes,
    pass_environment,
    pass_eval_context,
)
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.nodes import EvalContext
from jinja2.runtime import BlockReference, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from remindr.core.meter import Meter, made_to_count

FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "groupby", "int",
    "items", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "reverse",
    "select", "selectattr", "sort", "string", "striptags", "title", "truncate", "unique", "upper", "wordcount",
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
_LONGEST_NEEDLE = 200  # what a text may be searched for or stripped of
_CALL = 20
_NOT_READ = "this is nested too deeply, or holds too long a number"


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja with all that the module says taken away."""

    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def __init__(self, **options: Any) -> None:
        self.meter = Meter()
        # What is optimised away would be worked out while compiling, and not be counted.
        super().__init__(undefined=StrictUndefined, optimized=False, finalize=self.meter.printed(), **options)
        self.globals.clear()
        filters: dict[str, Any] = {name: JINJA_FILTERS[name] for name in FILTERS}
        filters.update(OWN_FILTERS)
        self.filters = {name: self.meter.counting(one) for name, one in filters.items()} | self.meter.filters
        self.tests = {name: self.meter.counting(cast("Any", one)) for name, one in self.tests.items()}

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
        """The result of `*`, `**` or `%`, as long as numbers of everyday size go in and come out; any of `+`."""
        if operator == "+":
            return self.meter.weighed(left) + self.meter.weighed(right)
        if not (_is_number(left) and _is_number(right)):
            raise SecurityError(f"'{operator}' works on numbers only")
        if operator == "**" or abs(left) > _LARGEST_NUMBER or abs(right) > _LARGEST_NUMBER:
            raise SecurityError(f"'{operator}' is too large a calculation for a template")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, called: Any, /, *given: Any, **named: Any) -> Any:
        """What the macro or method answers, the call and all that goes in and comes out counted."""
        owner = getattr(called, "__self__", None)
        if isinstance(owner, str) and any(isinstance(one, str) and len(one) > _LONGEST_NEEDLE for one in given):
            raise SecurityError(f"no text is looked for that is longer than {_LONGEST_NEEDLE} characters")
        self.meter.step(_CALL)
        self.meter.weighed((given, named, owner if isinstance(owner, str | list | dict) else None))
        return self.meter.weighed(super().call(context, called, *given, **named))

    def get_template(self, *given: Any, **named: Any) -> Template:
        """The template of that name; taking one in counts as work."""
        self.meter.step(_CALL)
        return super().get_template(*given, **named)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        with _told(name, filename):
            return super()._parse(source, name, filename)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        with _told(name, filename):
            return super()._generate(made_to_count(source), name, filename, defer_init)

    def _compile(self, source: str, filename: str) -> Any:
        with _told(None, filename):
            return super()._compile(source, filename)


@contextmanager
def _told(name: str | None, filename: str | None) -> Iterator[None]:
    """Turns what Python cannot take of a template into a mistake in that template."""
    try:
        yield
    except TemplateSyntaxError:
        raise
    except (SyntaxError, RecursionError, ValueError, MemoryError) as error:
        raise TemplateSyntaxError(_NOT_READ, 1, name, filename) from error


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal)


def _replace(text: Any, old: str, new: str, count: int = -1) -> str:
    """The text with `old` replaced by `new`, as long as that stays a text of sensible length."""
    whole = str(text)
    if whole.count(old) * len(new) > LONGEST_TEXT:
        raise SecurityError("'replace' would make a very long text")
    return whole.replace(old, new, count)


@pass_eval_context
def _join(context: EvalContext, values: Iterable[Any], d: Any = "", attribute: Any = None) -> str:
    """The values one after the other with `d` between, as long as that stays a text of sensible length."""
    every = list(values)
    if len(every) * len(str(d)) > LONGEST_TEXT:
        raise SecurityError("'join' would make a very long text")
    joined: str = JINJA_FILTERS["join"](context, every, d, attribute)
    return joined


@pass_environment
def _sum(environment: Environment, values: Iterable[Any], attribute: Any = None, start: Any = 0) -> Any:
    """The sum of the numbers; texts and lists are put together otherwise."""
    if not _is_number(start):
        raise SecurityError("'sum' works on numbers only")
    return JINJA_FILTERS["sum"](environment, values, attribute, start)


def _trim(value: Any, chars: str | None = None) -> Any:
    """The text without the characters at its ends, blanks unless others are named."""
    if chars is not None and len(chars) > _LONGEST_NEEDLE:
        raise SecurityError(f"'trim' takes no more than {_LONGEST_NEEDLE} characters")
    return JINJA_FILTERS["trim"](value, chars)


def _round(value: Any, precision: int = 0) -> Any:
    """The number with so many decimals; a whole number when that is none."""
    return round(value, min(precision, 10)) if precision > 0 else round(value)


OWN_FILTERS: dict[str, Any] = {
    "join": _join,
    "replace": _replace,
    "round": _round,
    "sum": _sum,
    "trim": _trim,
}


def render(template: Template, values: dict[str, Any]) -> str:
    """What the template makes of the values. It is stopped when it writes far more than a message holds."""
    environment = template.environment
    if isinstance(environment, Sandbox):
        environment.meter.start()
    context = environment.context_class(environment, values, template.name, template.blocks)
    pieces = template.root_render_func(context)
    text: str = "".join(islice(pieces, _MOST_PIECES))
    if len(text) > LONGEST_TEXT or next(pieces, None) is not None:
        raise SecurityError(f"the text is longer than {LONGEST_TEXT:,} characters")
    return text
