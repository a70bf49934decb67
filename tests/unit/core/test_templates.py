"""How template files are read, and the room they run in."""

import time
from typing import Any

import pytest
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError, UndefinedError
from messages import composed, notice, source

from remindr.core.sandbox import FILTERS, LONGEST_TEXT, OWN_FILTERS, render
from remindr.core.template_text import environment, part
from remindr.core.templates import Templates
from remindr.errors import ProjectError


def fill(text: str, **values: Any) -> str:
    """What a template of that text prints."""
    return render(environment({"t": source(text, "t")}).get_template("t"), values)


# Reading


def test_the_heading_ends_at_the_first_empty_line() -> None:
    parts = part("Subject: Hello {{ x }}\n\nDear all,\n\nbye\n")
    assert (parts.subject, parts.body, parts.body_line) == ("Hello {{ x }}", "Dear all,\n\nbye\n", 2)


def test_a_text_without_a_subject_is_all_body() -> None:
    assert part("Payments: none\n\nMore").subject is None
    assert part("Payments: none\n\nMore").body == "Payments: none\n\nMore"


def test_comments_and_windows_line_ends_before_the_subject_do_no_harm() -> None:
    parts = part("\ufeff{# for\r\nslow payers #}\r\nsubject: Hello\r\n\r\nText\r\n")
    assert (parts.subject, parts.body, parts.subject_line, parts.body_line) == ("Hello", "Text\n", 2, 4)


def test_a_tag_on_a_line_of_its_own_leaves_no_line_behind() -> None:
    text = "one\n{% if yes %}\ntwo\n  {% endif %}  \n{# note #}\nthree{% if yes %}!{% endif %}\nfour"
    assert fill(text, yes=True) == "one\ntwo\nthree!\nfour"
    assert fill(text, yes=False) == "one\nthree\nfour"


def test_a_tag_at_the_end_of_a_line_leaves_the_line_break_alone() -> None:
    assert fill("{% if a %}x{% endif %}\n\ny", a=False) == "\n\ny"


def test_a_template_may_include_another() -> None:
    sources = {"_parts/bye": source("Bye, {{ name }}", "_parts/bye"), "t": source('{% include "_parts/bye" %}.', "t")}
    assert render(environment(sources).get_template("t"), {"name": "Ann"}) == "Bye, Ann."


def test_values_are_escaped_in_html_templates_only() -> None:
    sources = {"a": source("{{ x }}", "a"), "a.html": source("{{ x }}", "a.html")}
    assert render(environment(sources).get_template("a"), {"x": "<&>"}) == "<&>"
    assert render(environment(sources).get_template("a.html"), {"x": "<&>"}) == "&lt;&amp;&gt;"


@pytest.mark.parametrize(
    ("text", "line", "shown"),
    [
        ("Subject: a\n\nb\n\n{{ traits[9] }}", 5, "{{ traits[9] }}"),
        ("Subject: {{ traits[9] }}\n\nb", 1, "Subject: {{ traits[9] }}"),
        ("{#\n#}\nSubject: {{ traits[9] }}\n\nb", 3, "Subject: {{ traits[9] }}"),
        ("Subject: a\n\n{% if 1 %}\nb\n{% endif %}\nc {{ traits[9] }}", 6, "c {{ traits[9] }}"),
    ],
)
def test_an_error_names_the_line_of_the_file(text: str, line: int, shown: str) -> None:
    templates = Templates({"s/a.email": source(text, "s/a.email")})
    with pytest.raises(UndefinedError) as caught:
        render(templates.words("s/a.email").template, {"traits": []})
    problem = templates.problem(caught.value, "s/a.email")
    assert (problem.file, problem.line, problem.source) == ("templates/s/a.email.j2", line, shown)
    assert problem.what == "list object has no element 9"


def test_an_error_in_an_included_template_names_that_one() -> None:
    sources = {"p": source("a\n{{ traits[9] }}", "p"), "t": source("{% include 'p' %}", "t")}
    templates = Templates(sources)
    with pytest.raises(UndefinedError) as caught:
        render(templates.words("t").template, {"traits": []})
    assert templates.problem(caught.value, "t").place == "templates/p.j2:2"


def test_a_template_with_a_variable_that_no_message_has_is_not_even_tried() -> None:
    templates = Templates({"s/a.email": source("Subject: a\n\n{% if credits %}{{ nobody }}{% endif %}", "s/a.email")})
    with pytest.raises(ProjectError, match=r"templates/s/a.email.j2:3:20: unknown variable 'nobody'"):
        templates.words("s/a.email")


# What templates cannot do

ESCAPES = (
    "{{ ''.__class__ }}",
    "{{ ''['__class__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ ().__class__.__base__.__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ lipsum.__globals__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ range(5) }}",
    "{{ namespace(a=1) }}",
    "{{ joiner() }}",
    "{{ dict(a=1) }}",
    "{{ '{0.__class__}'.format(1) }}",
    "{{ '{a.__class__}'.format_map({'a': 1}) }}",
    "{{ ''|attr('format') }}",
    "{% set f = '{0.__class__}'.format %}{{ f(1) }}",
    "{{ ['{0.__class__}']|map('format', 1)|list }}",
    "{{ 'a'.encode() }}",
    "{{ 'a'.join(['b']) }}",
    "{{ (1).real }}",
    "{{ number.bit_length() }}",
    "{{ things.append(1) }}",
    "{{ things.pop() }}",
    "{{ table.update({'a': 1}) }}",
    "{{ table.clear() }}",
    "{{ table.__class__ }}",
    "{{ things|map(attribute='__class__')|join }}",
    "{{ things|sort(attribute='__class__') }}",
    "{{ things|groupby('__class__') }}",
    "{{ things|sum(attribute='__class__') }}",
    "{{ 'x'|safe }}",
    "{{ 'x'|format(1) }}",
    "{{ 'x'|center(10) }}",
    "{{ 'x'|indent }}",
    "{{ 'x'|pprint }}",
    "{{ 'x'|xmlattr }}",
    "{{ things|random }}",
    "{{ things|batch(3) }}",
    "{{ things|slice(3) }}",
    "{{ ''|wordwrap(1) }}",
    "{{ 'a'|urlize }}",
    "{{ x }}",
    "{% include '/etc/passwd' %}",
    "{% include '../../etc/passwd' %}",
    "{% include 't' %}",
    "{% import 't' as t %}",
    "{% for a in things %}{{ loop.__class__ }}{% endfor %}",
    "{% for a in things %}{{ loop._iterator }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m.__call__ }}",
    "{% macro m() %}{% endmacro %}{{ m._func }}",
)


@pytest.mark.parametrize("text", ESCAPES)
def test_a_template_cannot_leave_its_room(text: str) -> None:
    with pytest.raises((TemplateError, RecursionError, TypeError)):
        fill(text, things=[1, 2], table={"b": 1}, number=3)


HUGE = (
    "{{ 'a' * 10**9 }}",
    "{{ 'a' * 1000000000 }}",
    "{{ [1] * 1000000000 }}",
    "{{ 10 ** 1000000000 }}",
    "{{ 9 ** 9 ** 9 ** 9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%1000000000d'|format(1) }}",
    "{{ 'a'.ljust(1000000000) }}",
    "{{ 'a'.zfill(1000000000) }}",
    "{{ 'a'.center(1000000000) }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'a'.expandtabs(1000000000) }}",
    "{{ long|replace('a', long) }}",
    "{{ long|replace('', long) }}",
    "{{ 'a'.replace('a', 'b') }}",
    "{% for a in long %}{% for b in long %}x{% endfor %}{% endfor %}",
    "{% for a in long %}{{ long }}{% endfor %}",
)


@pytest.mark.parametrize("text", HUGE)
def test_a_small_template_cannot_make_a_huge_text(text: str) -> None:
    begun = time.monotonic()
    with pytest.raises(TemplateError):
        fill(text, long="a" * 5000)
    assert time.monotonic() - begun < 2


def test_rounding_takes_no_time_however_precise() -> None:
    assert fill("{{ 1.25|round(1000000000) }} {{ 1.26|round(1) }} {{ 2.5|round }} {{ 12.0|round }}") == "1.25 1.3 2 12"


def test_everyday_calculations_work() -> None:
    assert fill("{{ 3 * count }} {{ 7 % 4 }} {{ count // 2 }} {{ count - 1 }}", count=4) == "12 3 2 3"


def test_a_text_may_be_long_but_not_endless() -> None:
    assert len(fill("{{ long }}", long="a" * LONGEST_TEXT)) == LONGEST_TEXT
    with pytest.raises(SecurityError, match="longer than 200,000 characters"):
        fill("{{ long }}a", long="a" * LONGEST_TEXT)


def test_the_usual_means_are_there() -> None:
    text = (
        "{{ name|upper }} {{ name.upper() }} {{ words|join(', ') }} {{ words|length }} {{ nothing|default('-') }} "
        "{{ name.startswith('A') }} {{ table.b }} {{ table['b'] }} {{ table.get('c', 2) }} "
        "{% for key, value in table.items() %}{{ loop.index }}{{ key }}{{ value }}{% endfor %} "
        "{{ words|first }}{{ words|last }} {{ '3'|int + 1 }} {{ ' x '|trim }} {{ name|replace('n', 'm') }} "
        "{{ words|sort(reverse=true)|join }} {{ items_|map(attribute='n')|join('+') }} {{ 'a' in words }}"
    )
    done = fill(text, name="Ann", words=["a", "b"], table={"b": 1}, items_=[{"n": 1}, {"n": 2}])
    assert done == "ANN ANN a, b 2 - True 1 1 2 1b1 ab 4 x Amm ba 1+2 True"


def test_every_filter_that_is_told_of_exists() -> None:
    known = environment({}).filters
    assert {name for name in known if name.isalpha()} == {*FILTERS, *OWN_FILTERS}


def test_macros_and_recursive_loops_work() -> None:
    assert fill("{% macro hi(x) %}hi {{ x }}{% endmacro %}{{ hi('you') }}") == "hi you"
    text = "{% for a in tree recursive %}{{ a.n }}{{ loop(a.below) if a.below }}{% endfor %}"
    assert fill(text, tree=[{"n": 1, "below": [{"n": 2, "below": []}]}]) == "12"


def test_what_a_customer_wrote_is_never_a_template() -> None:
    who = notice().customer
    hostile = type(who)(**{**{name: getattr(who, name) for name in who.__slots__}, "name": "{{ 7*7 }}{% raw %}"})
    message = composed("Subject: {{ customer.name }}\n\nDear {{ customer.name }}", notice(who=hostile))
    assert message.subject == "{{ 7*7 }}{% raw %}"
    assert message.text == "Dear {{ 7*7 }}{% raw %}"
