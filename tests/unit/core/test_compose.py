"""Notices become messages: what templates are given, what becomes of it, and who is held when it fails."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from cases import contact, progress
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import COUNTED_UNTIL, EMAIL, FRIDAY, NBSP, composed, customer, line, notice, policy

from remindr.core.compose import VARIABLES, ComposeError, Composer
from remindr.core.facts import FactBook
from remindr.core.variables import FIELDS, LISTS
from remindr.errors import ProjectError
from remindr.model.outcome import Progress, State
from remindr.model.plan import FollowUp, Message, Notice
from remindr.model.terms import Level


def said(text: str, to: Notice | None = None, **changed: Any) -> str:
    """What a body makes of a notice."""
    return composed(f"Subject: x\n\n{text}", to, **changed).text


def composer(text: str = "Subject: x\n\nHello", **changed: Any) -> Composer:
    return Composer(policy({EMAIL: text}, **changed), COUNTED_UNTIL)


# What templates are given


def test_every_variable_that_is_told_of_is_there_and_no_other() -> None:
    context = FactBook(policy().project.company, COUNTED_UNTIL).of(notice(), {}, Progress())
    assert context.facts.keys() == VARIABLES.keys()
    for name, fields in FIELDS.items():
        assert context.facts[name].keys() == fields.keys()
    for name, fields in LISTS.items():
        assert all(one.keys() == fields.keys() for one in context.facts[name])


def test_amounts_and_dates_come_in_the_customers_language() -> None:
    text = "{{ total }} until {{ counted_until }}, due {{ invoice.due_date }}, {{ invoice.balance }}"
    to = notice(line(balance="1154.61"), who=customer(language="de", country="DE"))
    assert said(text, to) == f"1.154,61{NBSP}€ until 19. November 2026, due 8. November 2026, 1.154,61{NBSP}€".replace(
        "€", "£"
    )
    assert said(text, notice(line(balance="1154.61"), who=customer(country="US"))) == (
        "£1,154.61 until November 19, 2026, due November 8, 2026, £1,154.61"
    )


def test_several_currencies_are_named_apart() -> None:
    to = notice(line(balance="120"), line("INV-2", "35", currency="EUR"))
    assert said("{{ total }}", to) == "£120.00 and €35.00"


def test_credits_are_named_and_taken_off_the_total() -> None:
    to = notice(line(balance="120"), credits={"GBP": Decimal(20)})
    assert said("{{ total }} after {{ credits }}", to) == "£100.00 after £20.00"
    assert said("{{ total }}{% if credits %} after {{ credits }}{% endif %}") == "£100.00"


def test_absent_things_are_empty_text() -> None:
    who = customer(phone=None, address=None, country=None, language=None)
    text = "[{{ customer.phone }}{{ customer.address }}{{ respond_by }}{{ pay_link }}{{ company.how_to_pay }}]"
    assert said(text, notice(who=who)) == "[]"


def test_the_day_of_an_announced_call_is_said_with_its_weekday() -> None:
    call = FollowUp("call", date(2026, 11, 26), "k", "first")
    text = "{% if call_on %}We will ring you on {{ call_on }}.{% endif %}"
    assert said(text, notice(follow_ups=(call,))) == "We will ring you on Thursday, 26 November 2026."
    german = customer(language="de", country="DE")
    assert said("{{ call_on }}", notice(who=german, follow_ups=(call,))) == "Donnerstag, 26. November 2026"
    assert said("[{{ call_on }}]") == "[]"


def test_the_pay_link_is_there_when_exactly_one_invoice_is_to_be_paid() -> None:
    link = "https://pay.example/{invoice_id}?c={customer_id}"
    assert said("{{ pay_link }}", pay_link=link) == "https://pay.example/INV-1?c=C1"
    assert said("[{{ pay_link }}]", notice(line(), line("INV-2")), pay_link=link) == "[]"
    assert said("[{{ pay_link }}]", notice(also_due=(line("INV-2"),)), pay_link=link) == "[]"
    assert said("[{{ pay_link }}]", notice(also_open=(line("INV-2"),)), pay_link=link).startswith("[https")


def test_numbers_in_links_are_encoded() -> None:
    to = notice(line("INV 1/ä?&#<>"), who=customer(id="../C"))
    link = said("{{ pay_link }}", to, pay_link="https://pay.example/{customer_id}/{invoice_id}")
    assert link == "https://pay.example/..%2FC/INV%201%2F%C3%A4%3F%26%23%3C%3E"


def test_a_pay_link_is_not_a_format_string() -> None:
    link = "https://pay.example/{invoice_id.__class__}/{0}/{{invoice_id}}"
    assert said("{{ pay_link }}", pay_link=link) == "https://pay.example/{invoice_id.__class__}/{0}/{INV-1}"


def test_metrics_read_like_figures_and_unknown_ones_are_empty() -> None:
    history = {
        "avg_days_late": 12.3456, "late_rate": 0.375, "paid_invoices": 7, "open_amount": Decimal("1154.6100"),
        "industry": "retail", "worst_days_late": None, "typical_invoice": Decimal("200.00"), "since": FRIDAY,
    }  # fmt: skip
    text = "".join(f"{{{{ metrics.{name} }}}};" for name in history)
    assert said(text, history=history) == "12.3;0.38;7;1154.61;retail;;200;20 November 2026;"


def test_earlier_reminders_about_the_leading_invoice_are_counted() -> None:
    after = progress(
        contact("heads-up", Level.HEADS_UP, date(2026, 10, 1)),
        contact("first", Level.FRIENDLY, date(2026, 10, 12)),
        contact("second", Level.FIRM, date(2026, 10, 19), state=State.UNCERTAIN),
        contact("first", Level.FRIENDLY, date(2026, 10, 20), number="INV-2"),
    )
    text = "{{ reminded_before }} {{ last_reminded_on }}"
    assert said(text, notice(line(), line("INV-2")), after=after) == "1 12 October 2026"
    assert said(text) == "0"


def test_lists_say_at_which_level_each_invoice_stands() -> None:
    to = notice(line(level=4), also_due=(line("INV-2", level=1),), also_open=(line("INV-3", level=None),), level=4)
    text = "{{ level }} {% for it in invoices + also_due + also_open %}[{{ it.level }}]{% endfor %} {{ count }}"
    assert said(text, to) == "final [final][friendly][] 2"


# The text


def test_the_subject_is_one_line_and_the_text_has_no_gaps() -> None:
    message = composed(
        "Subject: Hello   {{ customer.name }}\n\n\nDear all,\n{% if credits %}\n\nOff\n\n{% endif %}\n\n\n  \nBye\n",
        notice(who=customer(name="Oak\nand\tSons")),
    )
    assert message.subject == "Hello Oak and Sons"
    assert message.text == "Dear all,\n\nBye"


def test_an_address_keeps_its_lines() -> None:
    who = customer(address="1 High Street\r\n\r\nYork \n YO1 1AA")
    assert said("{{ customer.address }}", notice(who=who)) == "1 High Street\nYork\nYO1 1AA"


NAMING = composer("Subject: x\n\n[{{ customer.name }}]")


@settings(deadline=None)
@given(st.text())
def test_what_an_export_says_cannot_break_a_line_or_turn_the_writing_around(name: str) -> None:
    (message,) = NAMING.compose(notice(who=customer(name=name)), {}, Progress())
    told = message.text
    assert told.startswith("[")
    assert told.endswith("]")
    assert not set(told) & set("\n\r\t\0\x1b\x85\u202e\u2028\u2029\u2066\ufeff")


def test_a_call_has_notes_and_no_subject() -> None:
    (message,) = Composer(policy(), COUNTED_UNTIL).compose(notice(channels=("call",)), {}, Progress())
    assert message.subject == ""
    assert message.html is None
    assert "19 November 2026" in message.text


GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


@pytest.mark.parametrize("country", ["GB", "DE", "FR", "CH"])
def test_a_text_message_uses_only_signs_that_every_telephone_has(country: str) -> None:
    who = customer(country=country, language=country.lower().replace("gb", "en").replace("ch", "de"))
    to = notice(line(balance="1154.61", currency="EUR"), who=who, channels=("sms",))
    (message,) = Composer(policy(), COUNTED_UNTIL).compose(to, {}, Progress())
    assert set(message.text) <= GSM_7
    assert len(message.text) <= 160


def test_every_channel_of_a_notice_gets_its_message() -> None:
    to = notice(channels=("email", "letter"), who=customer(address="1 High Street\nYork"))
    messages = Composer(policy({EMAIL: "Subject: Hello\n\nDear {{ customer.name }}"}), COUNTED_UNTIL).compose(
        to, {}, Progress()
    )
    assert [(message.channel, message.subject, message.text) for message in messages] == [
        ("email", "Hello", "Dear Oak & Sons"),
        ("letter", "Hello", "Dear Oak & Sons"),
    ]
    assert "1 High Street" in (messages[1].html or "")


def test_a_message_answers_the_first_notice_about_the_invoice() -> None:
    after = progress(
        contact("first", Level.FRIENDLY, date(2026, 10, 12), notice_key="first notice"),
        contact("second", Level.FIRM, date(2026, 10, 19), notice_key="second notice"),
    )
    assert composed("Subject: x\n\nx", after=after).in_reply_to == "first notice"
    assert composed("Subject: x\n\nx").in_reply_to is None


def test_the_same_notice_always_makes_the_same_message() -> None:
    text = "Subject: {{ total }}\n\nDear {{ customer.name }},\n\n{{ invoice_table }}"
    assert composed(text) == composed(text)


# Who is held


def held(text: str, to: Notice | None = None, **changed: Any) -> ComposeError:
    with pytest.raises(ComposeError) as caught:
        composed(text, to, **changed)
    return caught.value


def test_a_text_that_cannot_be_filled_holds_the_customer() -> None:
    error = held("Subject: x\n\nDear {{ traits[9] }}")
    assert error.notice.customer.id == "C1"
    assert str(error.problem) == (
        "templates/steady/first.email.j2:3: list object has no element 9\n"
        "    Dear {{ traits[9] }}\n"
        "  hint: customer C1 gets nothing until this is mended; others are not affected"
    )


@pytest.mark.parametrize(
    "body",
    [
        "{{ 1 // 0 }}",
        "{{ 'a' + 1 }}",
        "{{ invoices[7].id }}",
        "{{ traits|sum }}{{ 'a'|round }}",
        "{% include '_parts/none' %}",
        "{{ 'a' * 10**9 }}",
        "{{ traits.__class__ }}",
        "{{ customer.name() }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_whatever_goes_wrong_in_a_template_holds_that_customer_only(body: str) -> None:
    problem = held(f"Subject: x\n\n{body}").problem
    assert (problem.file, problem.line) == ("templates/steady/first.email.j2", 3)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "oak",
        "a@b.example, c@d.example",
        "a@b.example; c@d.example",
        "Oak <a@b.example>",
        "a@b",
        "ä@b.example",
        "a@b.example\nBcc: c@d.example",
    ],
)
def test_what_is_not_exactly_one_address_holds_the_customer(address: str) -> None:
    error = held("Subject: x\n\nx", notice(who=customer(email=address)))
    assert "customer C1:" in error.problem.what


def test_an_amount_that_is_no_number_holds_the_customer() -> None:
    lines = line(balance="NaN"), line()
    assert "customer C1:" in held("Subject: x\n\nx", notice(lines[0], total={})).problem.what


def test_a_step_without_words_says_which_file_to_write() -> None:
    broken = Composer(policy(), COUNTED_UNTIL)
    with pytest.raises(ComposeError) as caught:
        broken.compose(notice(step="third"), {}, Progress())
    assert str(caught.value) == (
        "no template for the email of step 'third' in sequence 'steady'\n  hint: write templates/steady/third.email.j2"
    )


def test_a_template_that_cannot_be_read_stops_everything() -> None:
    with pytest.raises(ProjectError, match=r"templates/steady/first.email.j2:3:1: expected token"):
        composed("Subject: x\n\n{{ a b }}")


def test_one_customers_failure_leaves_the_others_alone() -> None:
    one = composer("Subject: x\n\n{{ 1 // invoices|length - 1 }}{% if count == 2 %}{{ traits[9] }}{% endif %}")
    with pytest.raises(ComposeError):
        one.compose(notice(line(), line("INV-2")), {}, Progress())
    message: list[Message] = one.compose(notice(), {}, Progress())
    assert message[0].text == "0"
