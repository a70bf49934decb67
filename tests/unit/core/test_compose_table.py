"""The table of invoices, as text and as HTML."""

from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import COUNTED_UNTIL, EMAIL, composed, line, notice, parts, policy

from remindr.core.compose import Composer
from remindr.core.table import WORDS, read_words
from remindr.errors import ProjectError
from remindr.model.outcome import Progress
from remindr.model.plan import Line, Message, Notice

TEXT = "Subject: x\n\n{{ invoice_table }}\n"
LINK = "https://pay.example/{invoice_id}"


class Cells(HTMLParser):
    """The table's cells row by row, as a screen reader meets them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.scopes: list[str | None] = []
        self.caption = ""
        self._in = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in {"th", "td"}:
            self.rows[-1].append("")
        if tag == "th":
            self.scopes.append(dict(attrs).get("scope"))
        if tag in {"th", "td", "caption"}:
            self._in = tag
        if tag == "br":
            self.handle_data(" ")

    def told(self) -> list[list[str]]:
        return [[" ".join(cell.split()) for cell in row] for row in self.rows]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._in:
            self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "caption":
            self.caption += data
        elif self._in:
            self.rows[-1][-1] += data


def table(to: Notice, **changed: Any) -> str:
    return composed(TEXT, to, **changed).text


def cells(to: Notice, **changed: Any) -> Cells:
    return Cells(composed(TEXT, to, **changed).html or "")


def everything() -> Notice:
    return notice(
        line("INV-1", "1154.61", days=42, level=4),
        line("INV-20", "800", amount="12450", days=35, level=4),
        also_due=(line("INV-3", "320"),),
        also_open=(line("INV-4", "99", days=1, level=None),),
        upcoming=(line("INV-5", "1250", days=-4, level=0),),
        credits={"GBP": Decimal(50)},
    )


def test_the_text_is_aligned_and_complete() -> None:
    assert table(everything()) == (
        "Invoice  Due date          Days overdue    Invoiced  Outstanding\n"
        "INV-1    9 October 2026              42                £1,154.61\n"
        "INV-20   16 October 2026             35  £12,450.00      £800.00\n"
        "\n"
        "Also due\n"
        "INV-3    8 November 2026             12                  £320.00\n"
        "\n"
        "Less credit                                               £50.00\n"
        "Total to pay                                           £2,224.61\n"
        "\n"
        "Also open, for your information\n"
        "INV-4    19 November 2026             1                   £99.00\n"
        "\n"
        "Due soon, for your information\n"
        "INV-5    24 November 2026                              £1,250.00"
    )


def test_one_invoice_needs_no_total_and_no_empty_columns() -> None:
    assert table(notice(line(days=-5, level=0))) == (
        "Invoice  Due date          Outstanding\nINV-1    25 November 2026      £100.00"
    )
    assert table(notice()) == (
        "Invoice  Due date         Days overdue  Outstanding\nINV-1    8 November 2026            12      £100.00"
    )


def test_each_currency_has_its_own_total() -> None:
    to = notice(line(balance="120"), line("INV-2", "35", currency="EUR"))
    assert [row.split()[-1] for row in table(to).splitlines() if row.startswith("Total")] == ["£120.00", "€35.00"]


def test_a_total_wider_than_every_line_keeps_the_columns_straight() -> None:
    to = notice(*(line(f"INV-{number}", "999.99") for number in range(1, 4)))
    assert len({len(row) for row in table(to).splitlines() if row}) == 1


def test_several_invoices_tell_where_each_is_paid_online() -> None:
    to = notice(line("INV-1"), also_due=(line("INV 2"),), also_open=(line("INV-3"),))
    assert table(to, pay_link=LINK).endswith(
        "Pay online:\nINV-1: https://pay.example/INV-1\nINV 2: https://pay.example/INV%202"
    )
    assert "Pay online" not in table(notice(), pay_link=LINK)


def test_the_table_is_a_paragraph_of_its_own_wherever_it_is_put() -> None:
    message = composed("Subject: x\n\nSee {{ invoice_table }} and pay.")
    assert message.text.startswith("See\n\nInvoice  ")
    assert message.text.endswith("£100.00\n\nand pay.")
    assert "<p" not in (message.html or "").partition("<table")[2].partition("</table>")[0]


def test_a_number_cannot_break_out_of_its_cell() -> None:
    evil = "<b>\n\0{{ 7*7 }}&\"'%s%(a)s"
    to = notice(line(evil), line("INV-2"))
    assert "<b> {{ 7*7 }}&\"'%s%(a)s" in table(to)
    assert cells(to).rows[1][0] == "<b> {{ 7*7 }}&\"'%s%(a)s"


def test_a_customers_text_does_not_become_a_table() -> None:
    message = composed("Subject: x\n\n{{ invoice.id }}", notice(line("\0")))
    assert "Due date" not in message.text


def test_the_html_says_the_same_as_the_text() -> None:
    found = cells(everything())
    assert found.caption == "Open invoices"
    assert found.told() == [
        ["Invoice", "Due date", "Days overdue", "Outstanding"],
        ["INV-1", "9 October 2026", "42", "£1,154.61"],
        ["INV-20", "16 October 2026", "35", "£800.00 of £12,450.00"],
        ["Also due"],
        ["INV-3", "8 November 2026", "12", "£320.00"],
        ["Less credit", "£50.00"],
        ["Total to pay", "£2,224.61"],
        ["Also open, for your information"],
        ["INV-4", "19 November 2026", "1", "£99.00"],
        ["Due soon, for your information"],
        ["INV-5", "24 November 2026", "", "£1,250.00"],
    ]


def test_every_heading_says_what_it_is_the_heading_of() -> None:
    scopes = cells(everything()).scopes
    assert scopes[:4] == ["col"] * 4
    assert set(scopes[4:]) == {"row", "rowgroup"}
    assert None not in scopes


def test_lines_to_pay_are_linked_and_the_others_are_not() -> None:
    html = composed(TEXT, everything(), pay_link=LINK).html or ""
    assert html.count('<a href="https://pay.example/') == 3
    assert 'aria-label="Pay online: INV-1"' in html
    assert "https://pay.example/INV-4" not in html


LINES = st.builds(
    line,
    st.text(min_size=1, max_size=20),
    st.decimals(0, 10**6, places=2).map(str),
    days=st.integers(-30, 400),
    amount=st.sampled_from(["100", "0.01"]),
    currency=st.sampled_from(["GBP", "EUR", "JPY"]),
)
NOTICES = st.builds(
    notice,
    LINES,
    LINES,
    also_due=st.lists(LINES, max_size=2).map(tuple),
    also_open=st.lists(LINES, max_size=2).map(tuple),
    upcoming=st.lists(LINES, max_size=2).map(tuple),
)
FILLED = Composer(policy({EMAIL: TEXT}, pay_link=LINK), COUNTED_UNTIL)
# The same table from a template that looks at values, and so is rendered anew for every message.
LOOKING = parts()["_parts/table.html"].replace("{{ item.open }}", "{{ item.open if item.open != '' }}")
RENDERED = Composer(policy({EMAIL: TEXT, "_parts/table.html": LOOKING}, pay_link=LINK), COUNTED_UNTIL)


def made(composer: Composer, to: Notice) -> Message:
    (message,) = composer.compose(to, {}, Progress())
    return message


@settings(deadline=None)
@given(NOTICES)
def test_a_table_that_is_filled_in_is_the_table_that_would_have_been_rendered(to: Notice) -> None:
    assert made(FILLED, to) == made(RENDERED, to)


def test_a_designers_table_may_look_at_values() -> None:
    looking = parts()["_parts/table.html"].replace("{{ item.id }}", "{{ item.id|upper }}", 1)
    composer = Composer(policy({EMAIL: TEXT, "_parts/table.html": looking}), COUNTED_UNTIL)
    for number in ("inv-1", "inv-2"):
        assert f">{number.upper()}</th>" in (made(composer, notice(line(number))).html or "")


def test_many_different_shapes_still_work() -> None:
    for count in range(1, 600, 7):
        lines: tuple[Line, ...] = tuple(line(f"INV-{number}") for number in range(count))
        assert (made(FILLED, notice(*lines)).html or "").count('scope="row"') == count + (count > 1)


# The words


def test_the_starter_set_has_every_word() -> None:
    assert read_words(parts()["_parts/words"], "words") == WORDS


def test_words_can_be_changed_and_missing_ones_stay() -> None:
    changed = {EMAIL: TEXT, "_parts/words": "# ours\ncaption: Bills\n\nopen:  Open: now \n"}
    message = made(Composer(policy(changed), COUNTED_UNTIL), notice())
    assert "Open: now" in message.text
    assert Cells(message.html or "").caption == "Bills"
    assert read_words(None, "words") == WORDS


def test_a_word_that_the_table_does_not_know_is_told() -> None:
    with pytest.raises(ProjectError) as caught:
        read_words("caption: x\nopn: y\ntotal\n", "templates/_parts/words.j2")
    known = ", ".join(WORDS)
    assert str(caught.value) == (
        "templates/_parts/words.j2:2:1: 'opn' is not a word of the table\n    opn: y\n    ^^^\n"
        f"  hint: write 'name: text' with one of {known}\n"
        "templates/_parts/words.j2:3:1: 'total' has no text\n    total\n    ^^^^^\n"
        f"  hint: write 'name: text' with one of {known}"
    )
