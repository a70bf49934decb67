"""Whoever edits a template reaches nothing but the values of a message, and cannot keep the machine busy."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateError
from messages import composed, notice, source

import remindr
from remindr.core.compose import ComposeError
from remindr.core.meter import MOST_WORK
from remindr.core.sandbox import render
from remindr.core.template_text import environment
from remindr.core.templates import Templates
from remindr.errors import ProjectError

SRC = Path(remindr.__file__).parent

LOOP = "{% for x in invoices %}"
ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ customer.__class__ }}",
    "{{ customer['__class__'] }}",
    "{{ customer|attr('__class__') }}",
    "{{ invoices.__class__.__base__ }}",
    "{{ metrics.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ joiner.__init__ }}",
    "{{ lipsum.__globals__['os'] }}",
    "{{ namespace.__init__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context.environment }}",
    "{{ ''|attr('format') }}",
    "{{ ('{0.__class__}'|attr('format'))(1) }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "{% set f = '{0.__class__}'.format %}{{ f(1) }}",
    "{% set f = '{0.__class__}'.format_map %}{{ f({}) }}",
    "{{ ['{0.__class__}']|map('format', 1)|list }}",
    "{{ ['x']|map(attribute='__class__')|list }}",
    "{{ ['x']|map('attr', '__class__')|list }}",
    "{{ ['x']|selectattr('__class__')|list }}",
    "{{ ['x']|sort(attribute='__class__.__name__') }}",
    "{{ ['x']|groupby('__class__') }}",
    "{{ ['x']|unique(attribute='__class__')|list }}",
    "{{ ['x']|max(attribute='__class__') }}",
    LOOP + "{{ loop.__class__ }}{% endfor %}",
    LOOP + "{{ loop.__init__.__globals__ }}{% endfor %}",
    LOOP + "{{ loop._iterable }}{% endfor %}",
    "{% macro m() %}{{ caller.__globals__ }}{% endmacro %}{{ m() }}",
    "{% macro m() %}{% endmacro %}{{ m.__call__.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m._environment }}",
    "{{ total.__class__ }}",
    "{{ today.__class__ }}",
    "{{ count.__class__ }}",
    "{{ count.real }}",
    "{{ invoices.append(1) }}",
    "{{ invoices.clear() }}",
    "{{ customer.update({'name': 1}) }}",
    "{{ customer.pop('name') }}",
    "{{ customer.setdefault('x', 1) }}",
    "{{ invoices[0].clear() }}",
    "{{ traits.sort() }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../../etc/passwd' %}",
    "{% include 'file:///etc/passwd' %}",
    "{% import 'os' as os %}{{ os }}",
    "{% from 'os' import system %}",
    "{% extends '/etc/passwd' %}",
    "{{ config }}{{ request }}{{ environment }}",
    "{{ x|safe }}",
    "{{ 'x'|pprint }}",
    "{{ 'x'|tojson }}",
    "{{ 'x'|xmlattr }}",
    "{% set customer.name = 'x' %}",
    "{% do invoices.append(1) %}",
    "{{ loop }}",
    "{{ print('x') }}",
    "{{ open('/etc/passwd') }}",
    "{{ '(step)'|map('(weigh)')|first|attr('__class__') }}",
)


@pytest.mark.parametrize("text", ESCAPES)
def test_a_template_reaches_nothing_but_values(text: str) -> None:
    """It is an error, or at most the place of a value that is not there is shown."""
    try:
        shown = composed(f"Subject: x\n\n{text}").text
    except (TemplateError, ProjectError, ComposeError):
        return
    assert shown in ("[Undefined]", "x") or re.fullmatch(r"\[\(Undefined, \['x'\]\)\]", shown), shown


def test_no_value_of_a_message_has_methods_that_change_anything() -> None:
    """Everything that a template is given is text, a number, a day, nothing, or a list or dictionary of such."""
    seen: list[Any] = []
    text = "Subject: x\n\n{{ customer.name }}"
    from messages import COUNTED_UNTIL, company

    from remindr.core.facts import FactBook
    from remindr.model.outcome import Progress

    facts = FactBook(company(), COUNTED_UNTIL, {}).of(notice(), {"paid_invoices": 3}, Progress()).facts
    waiting: list[Any] = [facts]
    while waiting:
        one = waiting.pop()
        seen.append(type(one).__name__)
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list | tuple) else ()
    assert set(seen) <= {"dict", "list", "tuple", "str", "int", "bool", "float", "Decimal", "NoneType", "date"}, set(
        seen
    )
    assert composed(text).text == "Oak & Sons"


# Work without end

DOUBLED = "{% set a = 'xxxxxxxxxx' %}"
BUSY = {
    "loops in loops": "{% for a in long %}{% for b in long %}{% endfor %}{% endfor %}",
    "a loop that finds nothing": "{% for a in long %}{% for b in long if false %}{% endfor %}{% endfor %}",
    "loops by macros": "{% macro m() %}{% for a in long %}{% endfor %}{% endmacro %}"
    "{% for a in long %}{{ m() }}{% endfor %}",
    "a range": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "a text times a number": "{{ 'a' * 10**9 }}",
    "a list times a number": "{{ [1] * 10**9 }}",
    "a power": "{{ 9 ** 9 ** 9 }}",
    "percent": "{{ '%1000000000d' % 1 }}",
    "the filter format": "{{ '%1000000000d'|format(1) }}",
    "ljust": "{{ 'a'.ljust(10**9) }}",
    "zfill": "{{ 'a'.zfill(1000000000) }}",
    "expandtabs": "{{ 'a\\t'.expandtabs(1000000000) }}",
    "center": "{{ 'a'|center(1000000000) }}",
    "indent": "{{ 'a\\nb'|indent(1000000000) }}",
    "filesizeformat": "{{ (10**300)|filesizeformat }}",
    "wordwrap": "{{ long|wordwrap(1) }}",
    "tojson": "{{ long|tojson(indent=1000000000) }}",
    "urlize": "{{ long|urlize }}",
    "join": "{{ long|join(long) }}",
    "join in a map": "{{ [long, long, long]|map('join', long)|list|length }}",
    "replace": "{{ long|replace('a', long) }}",
    "replace in a map": "{{ long|map('replace', 'a', long)|list|length }}",
    "default in a map": "{{ long|map('trim', 'a')|map('default', long, true)|map('upper')|list|length }}",
    "doubling by plus": DOUBLED + "{% set a = a + a %}" * 40 + "{{ a|length }}",
    "doubling by tilde": DOUBLED + "{% set a = a ~ a %}" * 40 + "{{ a|length }}",
    "doubling by a block": DOUBLED + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40 + "{{ a|length }}",
    "doubling by a filter": DOUBLED + "{% set a = a|replace('x', 'xx') %}" * 40 + "{{ a|length }}",
    "doubling lists": "{% set a = [1] %}" + "{% set a = a + a %}" * 40 + "{{ a|length }}",
    "lists in lists": "{% set a = [1] %}" + "{% set a = [a, a] %}" * 40 + "{{ a }}",
    "lists in lists compared": "{% set a = [1] %}{% set b = [1] %}"
    + "{% set a = [a, a] %}{% set b = [b, b] %}" * 40
    + "{{ a == b }}",
    "dictionaries in dictionaries": "{% set a = {'x': 1} %}" + "{% set a = {'x': a, 'y': a} %}" * 40 + "{{ a }}",
    "arguments in arguments": "{% macro m(n) %}{{ m(n - 1, varargs, varargs) if n else varargs }}{% endmacro %}"
    "{{ m(40, 1) }}",
    "a sum of lists": "{{ [[1], [2]]|sum(start=[]) }}",
    "a macro that calls itself twice": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}"
    "{{ m(60) }}",
    "a macro that never ends": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "a block that calls itself": "{% block b %}{{ self.b() }}{% endblock %}",
    "a recursive loop": "{% for a in [[1]] recursive %}{{ loop([a]) }}{% endfor %}",
    "including itself": "{% include 't' %}",
    "including itself twice": "{% if n is not defined %}{% set n = 0 %}{% endif %}{% set n = n + 1 %}"
    "{% if n < 60 %}{% include 't' %}{% include 't' %}{% endif %}",
    "importing itself": "{% import 't' as t %}",
    "extending itself": "{% extends 't' %}",
    "much text in a loop": "{% set a %}{% for a in long %}" + "x" * 50_000 + "{% endfor %}{% endset %}",
    "much text in a macro": "{% macro m() %}"
    + "x" * 50_000
    + "{% endmacro %}{% set a %}{% for a in long %}{{ m() }}{% endfor %}{% endset %}",
    "much output": "{% for a in long %}{{ long }}{% endfor %}",
    "searching": "{% for a in long %}{{ long in long }}{{ (long ~ 'b') in long }}{% endfor %}",
    "searching in a test": "{{ long|select('in', long)|list|length }}" * 400,
    "stripping": "{{ long.strip(long) }}",
    "sorting": "{% for a in long %}{% set b = long|sort %}{% endfor %}",
    "slices": "{% for a in long %}{% set b = long[1:] %}{% endfor %}",
    "loops in each other": "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
    "brackets in each other": "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "lists in each other": "{{ " + "[" * 5_000 + "]" * 5_000 + " }}",
    "a number of many digits": "{{ " + "9" * 5_000 + " }}",
    "a sum of many": "{{ " + "1+" * 50_000 + "1 }}",
    "many signs of minus": "{{ " + "-" * 50_000 + "1 }}",
    "conditions in each other": "{% if 1 %}" * 200 + "{% endif %}" * 200,
    "filters in a row": "{{ 'x'" + "|upper" * 5_000 + " }}",
}  # fmt: skip

CHILD = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from messages import source
from remindr.core.sandbox import render
from remindr.core.template_text import environment
from remindr.core.templates import Templates
texts = json.load(sys.stdin)
resource.setrlimit(resource.RLIMIT_AS, (256 * 2**20,) * 2)
for name, text in texts.items():
    sources = {"t": source(text, "t")}
    templates = Templates(sources)
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        told = f"printed {len(render(environment(sources).get_template('t'), {'long': 'a' * 60_000}))}"
    except Exception as error:
        told = f"{type(error).__name__}: {templates.problem(error, 't')}"
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps([name, told, seconds]), flush=True)
"""


def test_no_template_is_busy_for_long_or_takes_much_memory() -> None:
    """Each ends within 5 seconds of work, and all of them in 256 MB, with the template and its line named."""
    pytest.importorskip("resource", reason="Windows has no such limits")
    support = str(Path(__file__).parents[1] / "support")
    done = subprocess.run(
        [sys.executable, "-c", CHILD, support], input=json.dumps(BUSY), capture_output=True, text=True, check=False
    )
    found = {name: (told, seconds) for name, told, seconds in map(json.loads, done.stdout.splitlines())}
    assert set(found) == set(BUSY), (done.returncode, done.stderr[-500:])
    for name, (told, seconds) in found.items():
        assert seconds < 5, (name, seconds)
        if not told.startswith("printed"):
            assert "templates/t.j2:1" in told, (name, told)
            assert "MemoryError" not in told, name
    harmless = {name for name, (told, _) in found.items() if told.startswith("printed")}
    assert harmless <= {"conditions in each other", "filters in a row", "searching in a test", "a sum of many"}, (
        harmless
    )


def test_an_ordinary_message_makes_little_of_the_work_that_is_allowed() -> None:
    long = "Subject: x\n\n" + "{% for x in invoices %}{{ x.id|upper|trim }} {{ x.balance }}\n{% endfor %}" * 5
    sources = {"t": source(long, "t")}
    sandbox = environment(sources)
    lines = [{"id": f"INV-{number}", "balance": "100.00"} for number in range(100)]
    render(sandbox.get_template("t"), {"invoices": lines})
    assert MOST_WORK - sandbox.meter._left < MOST_WORK / 20


def test_a_template_too_deep_to_be_read_is_told_as_a_mistake_in_it() -> None:
    deep = "Subject: x\n\n{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}"
    with pytest.raises(ProjectError, match=r"templates/s/a.email.j2:1:1: this is nested too deeply"):
        Templates({"s/a.email": source(deep, "s/a.email")}).words("s/a.email")


# One pass only


@pytest.mark.parametrize("word", ["from_string", "compile_expression"])
def test_nothing_but_files_of_the_project_is_ever_a_template(word: str) -> None:
    used = [file.name for file in SRC.rglob("*.py") if f".{word}(" in file.read_text("utf-8")]
    assert used == []


def test_there_is_one_environment_for_templates_of_projects_and_it_is_the_sandbox() -> None:
    made = {
        file.relative_to(SRC).as_posix(): ast.unparse(node.func)
        for file in SRC.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("Environment", "Sandbox"))
    }
    assert made == {"core/template_text.py": "Sandbox", "pages/frame.py": "Environment"}


def test_no_shipped_template_trusts_a_value_or_leaves_an_attribute_open() -> None:
    from remindr.project.starter import starter_files

    for path, text in starter_files():
        if path.suffix == ".j2":
            assert "|safe" not in text.replace(" ", ""), path
            assert not any(sign in text for sign in ("={{", "= {{", "Markup", "autoescape")), path
