"""Mistakes in templates that are told before anything is sent."""

import pytest
from messages import parts, source

from remindr.core.templates import known_names, syntax_problem, undeclared
from remindr.core.variables import FIELDS, VARIABLES


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Subject: custmer {{ custmer }}\n\nx", (1, 21, "custmer")),
        ("Subject: x\n\n  {{ custmer.name }}", (3, 6, "custmer")),
        ("Subject: x\n\n{{ company.emial }}", (3, 4, "company.emial")),
        ("Subject: x\n\nemial: {{ company . emial }}", (3, 11, "company.emial")),
        ("Subject: x\n\n{{ invoice.total }}", (3, 4, "invoice.total")),
        ("Subject: x\n\n{% for it in invoices %}\n{{ it.id }} {{ it.nr }}\n{% endfor %}", (4, 16, "it.nr")),
        ("Subject: x\n\n{% for it in also_due|sort %}{{ it.nr }}{% endfor %}", (3, 33, "it.nr")),
        ("Subject: x\n\n{% if total and totl %}x{% endif %}", (3, 17, "totl")),
        ("Subject: x\n\n{{ total|replace('a', totl) }}", (3, 23, "totl")),
        ("Subject: x\n\n{% if\n  totl %}x{% endif %}", (4, 3, "totl")),
        ("Subject: x\r\n\r\n{{ totl }}", (3, 4, "totl")),
    ],
)
def test_a_variable_that_no_message_has_is_found_where_it_stands(text: str, found: tuple[int, int, str]) -> None:
    assert undeclared(source(text)) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "{% set mine = total %}{{ mine }}",
        "{% for it in invoices %}{{ loop.index }} {{ it.id }} {{ it.pay_link }}{% endfor %}",
        "{% for word in traits %}{{ word.anything }}{% endfor %}",
        "{% for key, value in metrics.items() %}{{ key }}{{ value }}{% endfor %}",
        "{% macro m(a) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(1) %}x{% endcall %}",
        "{{ customer.get('name') }}",
        "{% raw %}{{ custmer }}{% endraw %}",
        "{# {{ custmer }} #}",
    ],
)
def test_what_exists_is_not_complained_about(text: str) -> None:
    assert undeclared(source(f"Subject: x\n\n{text}")) == []


def test_every_variable_that_is_told_of_may_be_used() -> None:
    words = [*VARIABLES, *(f"{name}.{part}" for name, fields in FIELDS.items() for part in fields)]
    assert undeclared(source("Subject: x\n\n" + "".join(f"{{{{ {word} }}}}\n" for word in words))) == []


def test_metrics_are_looked_at_when_their_names_are_known() -> None:
    text = source("Subject: x\n\n{{ metrics.avg_days_late }} {{ metrics.avg_days_lat }}")
    assert undeclared(text) == []
    assert undeclared(text, metrics=("avg_days_late",)) == [(3, 32, "metrics.avg_days_lat")]


def test_a_template_that_cannot_be_read_has_no_undeclared_variables() -> None:
    assert undeclared(source("{{ a b }}")) == []
    assert undeclared(source("{% set a = 1 %}{{ a|nofilter }}")) == []


def test_an_unknown_filter_does_not_hide_an_unknown_variable() -> None:
    text = source("Subject: x\n\n{{ totl|nofilter }}")
    assert undeclared(text) == [(3, 4, "totl")]
    assert "there is no filter 'nofilter'" in str(syntax_problem(text))
    text = source("Subject: x\n\n{% set a = 1 %}{{ a|nofilter }}")
    assert "there is no filter 'nofilter'" in str(syntax_problem(text))


@pytest.mark.parametrize("name", parts())
def test_the_shared_parts_are_without_mistakes(name: str) -> None:
    text = source(parts()[name], name)
    assert undeclared(text) == []
    assert syntax_problem(text, list(parts())) is None


def test_the_layout_knows_only_what_does_not_change_with_the_customer() -> None:
    text = source("{{ body }}{{ customer.name }}", "_parts/layout.html")
    assert undeclared(text) == [(1, 14, "customer")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Hello",
            (
                "templates/steady/first.email.j2:1:1: an e-mail template begins with 'Subject: …'\n"
                "    Hello\n    ^\n"
                "  hint: the first line is the subject, then an empty line, then the text"
            ),
        ),
        (
            "Subject: x\nCc: y\n\nHello",
            (
                "templates/steady/first.email.j2:2:1: 'Cc: y' does not belong in the heading\n"
                "    Cc: y\n    ^\n"
                "  hint: 'Subject:' is the only heading line; leave an empty line before the text"
            ),
        ),
        (
            "Subject:\n\nHello",
            "templates/steady/first.email.j2:1:1: the subject is empty\n    Subject:\n    ^",
        ),
        (
            "Subject: x\n\nA\n{{ total|titel }}",
            (
                "templates/steady/first.email.j2:4:10: there is no filter 'titel'\n"
                "    {{ total|titel }}\n             ^^^^^\n"
                "  hint: did you mean 'title'?"
            ),
        ),
        (
            "Subject: x\n\n{% if total is odder %}x{% endif %}",
            (
                "templates/steady/first.email.j2:3:16: there is no test 'odder'\n"
                "    {% if total is odder %}x{% endif %}\n                   ^^^^^\n"
                "  hint: did you mean 'odd'?"
            ),
        ),
        (
            "Subject: x\n\n{% if count %}\nA",
            (
                "templates/steady/first.email.j2:3:1: unexpected end of template. Jinja was looking for the following "
                "tags: 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'\n"
                "    {% if count %}\n    ^"
            ),
        ),
        (
            "Subject: x\n\n{{ total total }}",
            (
                "templates/steady/first.email.j2:3:1: expected token 'end of print statement', got 'total'\n"
                "    {{ total total }}\n    ^"
            ),
        ),
        (
            "Subject: x\n\n{% include '_parts/by' %}",
            (
                "templates/steady/first.email.j2:3:13: there is no template '_parts/by'\n"
                "    {% include '_parts/by' %}\n                ^^^^^^^^^\n"
                "  hint: include looks below templates/: write templates/_parts/by.j2"
            ),
        ),
        (
            f"Subject: x\n\n{3 * '{% for a in traits %}'}x{3 * '{% endfor %}'}",
            (
                "templates/steady/first.email.j2:3:1: loops stand in each other more than 2 deep\n"
                f"    {3 * '{% for a in traits %}'}x{3 * '{% endfor %}'}\n"
                "    ^"
            ),
        ),
        (
            "Subject: x\n\n",
            "templates/steady/first.email.j2:1:1: there is no text under the subject\n    Subject: x\n    ^",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_do(text: str, said: str) -> None:
    assert str(syntax_problem(source(text), ["_parts/bye"])) == said


def test_a_good_template_has_no_problem() -> None:
    assert syntax_problem(source("Subject: {{ total }}\n\n{{ invoice_table }}")) is None
    assert syntax_problem(source("Ring them about {{ total }}.", "steady/first.call")) is None


def test_every_name_is_offered_for_did_you_mean() -> None:
    names = known_names(source("x"))
    assert {"company", "company.how_to_pay", "invoice.pay_link", "total"} <= names.keys()
    assert "customer.name" not in known_names(source("x", "_parts/layout.html"))
