"""The HTML of e-mails and letters: the same words, safe whatever customers are called, readable for everybody."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import COUNTED_UNTIL, EMAIL, composed, customer, line, notice, parts, policy

from remindr.core.compose import ComposeError, Composer
from remindr.errors import ProjectError
from remindr.model.outcome import Progress

VOID = {"meta", "br"}
LINK = "https://pay.example/{invoice_id}?from=mail&c={customer_id}"


class Outline(HTMLParser):
    """Collects the tags, texts and links of a page, and fails where tags do not match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


def html(text: str, to: Any = None, **changed: Any) -> str:
    made = composed(f"Subject: About {{{{ customer.name }}}}\n\n{text}", to, **changed).html
    assert made is not None
    return made


def body(page: str) -> str:
    """What stands between the frame's beginning and the footer."""
    return page.partition('break-word">\n')[2].partition('<p class="line quiet"')[0]


def test_paragraphs_stay_paragraphs_and_lines_stay_lines() -> None:
    page = html("Dear {{ customer.name }},\n\none\ntwo\n\nbye")
    assert re.sub(r' style="[^"]*"', "", body(page)).split("\n") == [
        "<p>Dear Oak &amp; Sons,</p>", "<p>one<br>", "two</p>", "<p>bye</p>", "", "",
    ]  # fmt: skip


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</title></style><b>",
    "<!-- ",
    "]]>",
    "&lt;b&gt;",
    "{{ 7*7 }}{% include 'x' %}",
    "%s %(x)s {0} {x}",
    "a\0b\x01c\x02d",
    "x\ud800",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name(name: str) -> None:
    harmless, evil = (
        Outline(html("{{ customer.name }} {{ invoice.id }}\n\n{{ invoice_table }}", to, pay_link=LINK))
        for to in (notice(), notice(line(name), who=customer(name=name, id=name, address=name)))
    )
    assert evil.tags == harmless.tags
    assert len(evil.links) == len(harmless.links)
    assert all(link.startswith(("https://pay.example/", "mailto:")) for link in evil.links)


NAMING = Composer(policy({EMAIL: "Subject: {{ customer.name }}\n\nDear {{ customer.name }},"}), COUNTED_UNTIL)
PLAIN = Outline((NAMING.compose(notice(), {}, Progress()))[0].html or "").tags


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn"])))  # HTML has no words for what is no character
def test_no_name_changes_the_page_and_every_name_can_be_read(name: str) -> None:
    (message,) = NAMING.compose(notice(who=customer(name=name)), {}, Progress())
    page = Outline(message.html or "")
    assert page.tags == PLAIN
    assert message.text in "".join(page.texts)


def test_the_page_is_plain_ascii_and_says_the_same() -> None:
    page = html("{{ customer.name }} {{ total }}", notice(who=customer(name="Żółć & 株式会社 🏭")))
    assert page.isascii()
    assert "Żółć & 株式会社 🏭 £100.00" in unescape(page)


# Links


def test_the_companys_own_pay_link_can_be_followed() -> None:
    page = Outline(html("Pay at {{ pay_link }}.", pay_link=LINK))
    assert page.links[0] == "https://pay.example/INV-1?from=mail&c=C1"
    assert "".join(page.texts).count("https://pay.example/INV-1?from=mail&c=C1.") == 1


def test_words_before_a_pay_link_are_its_button_and_the_address_stays_to_be_seen() -> None:
    page = html("Pay online: {{ pay_link }}\n\nOr pay here: {{ pay_link }} by card", pay_link=LINK)
    address = "https://pay.example/INV-1?from=mail&amp;c=C1"
    assert re.search(f'<a class="button" href="{re.escape(address)}"[^>]*>Pay online</a><br>', page)
    assert page.count('class="button"') == 1
    assert "".join(Outline(page).texts).count("https://pay.example/INV-1?from=mail&c=C1") == 2


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://pay.example/INV-2",
        "https://pay.example/INV-1",
        "https://pay.example.evil.example/INV-1?from=mail&c=C1",
        "https://pay.example/INV-1?from=mail&c=C1/../../x",
        "javascript:alert(1)",
        "www.evil.example",
    ],
)
def test_no_other_address_becomes_a_link(address: str) -> None:
    page = Outline(html(f"{address} {{{{ customer.name }}}}", notice(who=customer(name=address)), pay_link=LINK))
    assert [link for link in page.links if not link.startswith("mailto:accounts@")] == []


# The frame


def test_the_page_names_its_language_title_and_both_colour_schemes() -> None:
    page = html("Hello")
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "<title>About Oak &amp; Sons</title>" in page
    assert 'name="color-scheme" content="light dark"' in page
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page


def test_nothing_is_fetched_from_anywhere() -> None:
    page = html("{{ invoice_table }}", pay_link=LINK)
    assert not re.search(r"src=|url\(|@import|<link|<script|<iframe|<form", page)


def test_the_footer_tells_who_writes() -> None:
    page = html("Hello", phone="+44 20 7946 0018", address="1 Quay\nBristol")
    footer = page.partition('<p class="line quiet"')[2]
    assert "1 Quay, Bristol" in footer
    assert "+44 20 7946 0018" in footer
    assert "mailto:accounts@harbour.example" in footer


def test_without_a_layout_e_mails_are_plain_text() -> None:
    bare = policy({EMAIL: "Subject: x\n\nHello"})
    without = {name: text for name, text in bare.templates.items() if name != "_parts/layout.html"}
    composer = Composer(type(bare)(bare.project, bare.sequences, without), COUNTED_UNTIL)
    (message,) = composer.compose(notice(), {}, Progress())
    assert message.html is None


def test_a_layout_may_look_at_the_subject() -> None:
    layout = parts()["_parts/layout.html"].replace("{{ subject }}", "{{ subject|upper }}")
    composer = Composer(policy({EMAIL: "Subject: a & b\n\nHello <b>", "_parts/layout.html": layout}), COUNTED_UNTIL)
    (message,) = composer.compose(notice(), {}, Progress())
    page = message.html or ""
    assert "<title>A &amp; B</title>" in page
    assert "Hello &lt;b&gt;</p>" in page


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("<p>\n{{ boddy }}</p>", "templates/_parts/layout.html.j2:2: 'boddy' is undefined\n    {{ boddy }}</p>"),
        ("{{ body body }}", "templates/_parts/layout.html.j2:1:1: expected token 'end of print statement', got 'body'"),
    ],
)
def test_a_mistake_in_the_layout_stops_everything_before_it_begins(layout: str, said: str) -> None:
    with pytest.raises(ProjectError) as caught:
        Composer(policy({"_parts/layout.html": layout}), COUNTED_UNTIL)
    assert str(caught.value).startswith(said)


def test_a_missing_table_is_told_with_where_to_get_one() -> None:
    bare = policy({EMAIL: "Subject: x\n\n{{ invoice_table }}"})
    without = {name: text for name, text in bare.templates.items() if name != "_parts/table.html"}
    composer = Composer(type(bare)(bare.project, bare.sequences, without), COUNTED_UNTIL)
    with pytest.raises(ProjectError, match=r"templates/_parts/table.html.j2: this template is missing"):
        composer.compose(notice(), {}, Progress())


# Letters


def letter(**changed: Any) -> str:
    who = customer(address="1 High Street\nYork YO1 1AA", **changed)
    text = "Subject: Final notice\n\nDear {{ customer.name }},\n\n{{ invoice_table }}\n\n{{ pay_link }}"
    composer = Composer(policy({EMAIL: text}, address="1 Quay\nBristol", pay_link=LINK), COUNTED_UNTIL)
    (message,) = composer.compose(notice(who=who, channels=("letter",), to=who.address), {}, Progress())
    assert message.html is not None
    return message.html


def test_a_letter_has_sender_address_date_and_subject() -> None:
    page = Outline(letter())
    text = "".join(page.texts)
    for part in (
        "Harbour & Finch Ltd\n1 Quay\nBristol",
        "Oak & Sons\n1 High Street\nYork YO1 1AA",
        "20 November 2026",
        "Final notice",
        "Dear Oak & Sons,",
    ):
        _, found, text = text.partition(part)
        assert found, f"{part!r} is missing or stands too early"


def test_a_letter_prints_on_a4_and_needs_nothing_beside_it() -> None:
    page = letter()
    assert "size: A4" in page
    assert not re.search(r"src=|url\(|@import|<link|<script", page)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_a_name_in_a_letter_too(name: str) -> None:
    assert Outline(letter(name=name)).tags == Outline(letter()).tags


OWN = """\
<!DOCTYPE html>
<html lang="{{ language }}"><title>{{ subject }}</title><body>
<h1>Hello {{ customer.name }}</h1>
{{ invoice_table }}
<p>{{ company.name }}</p>
</body></html>
"""


def own_page(page: str, to: Any = None, text: str = "Subject: Yours\n\nDear {{ customer.name }}") -> str | None:
    composer = Composer(policy({EMAIL: text, f"{EMAIL}.html": page}), COUNTED_UNTIL)
    (made,) = composer.compose(to or notice(), {}, Progress())
    return made.html


def test_a_page_of_the_projects_own_takes_the_place_of_the_layout() -> None:
    page = own_page(OWN)
    assert page is not None
    outline = Outline(page)
    assert "<h1>Hello Oak &amp; Sons</h1>" in page
    assert "<title>Yours</title>" in page
    assert {"INV-1", "£100.00"} <= {text.strip() for text in outline.texts}
    assert "We have" not in page


@pytest.mark.parametrize("name", HOSTILE)
def test_names_stay_text_in_a_page_of_the_projects_own(name: str) -> None:
    page = own_page(OWN.replace("{{ invoice_table }}", ""), notice(who=customer(name="Oak"))) or ""
    hostile = own_page(OWN.replace("{{ invoice_table }}", ""), notice(who=customer(name=name)))
    assert hostile is not None
    assert Outline(hostile).tags == Outline(page).tags


def test_a_letter_that_borrows_the_words_of_the_e_mail_keeps_the_page_of_letters() -> None:
    composer = Composer(policy({EMAIL: "Subject: Yours\n\nDear", f"{EMAIL}.html": OWN}), COUNTED_UNTIL)
    to = notice(who=customer(address="1 Oak Lane, Leeds"), channels=("email", "letter"))
    mail, letter = composer.compose(to, {}, Progress())
    assert "<h1>Hello" in (mail.html or "")
    assert "<h1>Hello" not in (letter.html or "")


def test_a_mistake_in_a_page_of_the_projects_own_is_told_at_its_place() -> None:
    with pytest.raises(ComposeError, match=r"templates/steady/first\.email\.html\.j2:1"):
        own_page("{{ 'x' ** 2 }}")
