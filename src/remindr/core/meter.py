"""How much work a template makes: counted while it runs, and ended when it is more than any message needs.

Loops in loops, macros that call themselves and values that double themselves cost nothing to write. So the compiled
template is made to count: every turn of a loop, every call, and the length of whatever is put together or compared.
The unit is about the handling of one character.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from jinja2 import nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context

MOST_WORK = 3_000_000
_TURN = 20  # of a loop, a call, a filter
_VALUE = 4
_STEP, _WEIGH = "(step)", "(weigh)"  # filters that no template can name
_REPEATED = (nodes.Template, nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block)
_LONG = (str, list, tuple, dict)
_SIMPLE = frozenset({str, int, bool, type(None)})


class Meter:
    """The work of one rendering, from `start` on."""

    def __init__(self) -> None:
        self._left = MOST_WORK
        self.filters = {_STEP: self.step, _WEIGH: self.weighed}

    def start(self) -> None:
        """A new rendering begins."""
        self._left = MOST_WORK

    def step(self, work: int) -> bool:
        """True, as long as so much more work may be done; SecurityError after that."""
        self._left -= work
        return self._left >= 0 or self._end()

    def _end(self) -> NoReturn:
        raise SecurityError("the template does far more work than a message needs")

    def weighed(self, value: Any) -> Any:
        """The value, its whole length counted with all that is in it."""
        if type(value) in _SIMPLE:
            self._left -= len(value) if type(value) is str else 1
            return value if self._left >= 0 else self._end()
        waiting = [value]
        while waiting:
            one = waiting.pop()
            self.step(_VALUE + (len(one) if isinstance(one, str) else 0))
            if isinstance(one, list | tuple):
                waiting += one
            elif isinstance(one, dict):
                waiting += one.values()
        return value

    def counting(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The filter or test, counting what it is given and what it makes of that."""

        @wraps(function)
        def counted(*given: Any, **named: Any) -> Any:
            work = _TURN
            for one in given:
                if isinstance(one, _LONG):
                    work += len(one)
            self.step(work)
            made = function(*given, **named)
            if isinstance(made, _LONG):
                self.step(len(made))
            return made

        return counted

    def printed(self) -> Callable[[Context, Any], Any]:
        """What counts every value that is printed, also where it only goes into another value."""

        @pass_context  # which keeps Jinja from doing it while it compiles
        def printed(_: Context, value: Any) -> Any:
            if type(value) is not str and not hasattr(value, "__html__"):
                value = str(value)
            self._left -= _TURN + (len(value) if isinstance(value, str) else 0)
            return value if self._left >= 0 else self._end()

        return printed


def made_to_count(tree: nodes.Template) -> nodes.Template:
    """The tree of a template with counting put into whatever can be repeated or can make values grow."""
    for node in [tree, *tree.find_all(nodes.Node)]:
        if isinstance(node, _REPEATED):
            constant = sum(len(text.data) for text in node.find_all(nodes.TemplateData))
            node.body.insert(0, nodes.ExprStmt(_filtered(nodes.Const(_TURN + constant), _STEP), lineno=node.lineno))
        _count_in(node)
    return tree


def _count_in(node: nodes.Node) -> None:
    if isinstance(node, nodes.For) and node.test is not None:
        node.test = nodes.And(_filtered(nodes.Const(_TURN), _STEP), node.test, lineno=node.lineno)
    elif isinstance(node, nodes.List) or (isinstance(node, nodes.Tuple) and node.ctx == "load"):
        node.items = [_weighed(one) for one in node.items]
    elif isinstance(node, nodes.Pair):
        node.value = _weighed(node.value)
    elif isinstance(node, nodes.Concat):
        node.nodes = [_weighed(one) for one in node.nodes]
    elif isinstance(node, nodes.Compare | nodes.Operand):
        node.expr = _weighed(node.expr)
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice):
        node.node = _weighed(node.node)


def _weighed(value: nodes.Expr) -> nodes.Expr:
    return value if isinstance(value, nodes.Const) else _filtered(value, _WEIGH)


def _filtered(value: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=value.lineno or 1)
