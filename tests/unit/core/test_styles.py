"""Casual, brief or formal: whose style it is, and what it changes."""

from typing import Any

import pytest
from messages import STARTER, composed, customer, notice

from remindr.core.styles import Speaker
from remindr.core.table import WORDS
from remindr.model.book import Customer
from remindr.model.policy import Styles

ANN = {"first_name": "Ann", "last_name": "Finch"}
STYLES = {
    "industries": {"Design": "casual", "public  sector": "formal"},
    "customers": {"C7": "brief"},
    "column": "Style",
}
FIRST = (STARTER / "gentle" / "first.email.j2").read_text(encoding="utf-8")


def style(who: Customer) -> str | None:
    return Speaker(Styles.model_validate(STYLES), WORDS).style(who)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, None),
        ({"industry": "design"}, "casual"),
        ({"industry": "Public Sector "}, "formal"),
        ({"industry": "mining"}, None),
        ({"industry": "design", "style": "Formal"}, "formal"),
        ({"industry": "design", "style": "loud"}, "casual"),
        ({"id": "C7", "industry": "design", "style": "formal"}, "brief"),
    ],
)
def test_a_customers_own_style_comes_before_the_column_and_that_before_the_industry(
    told: dict[str, str], expected: str | None
) -> None:
    number = told.pop("id", "C1")
    assert style(customer(id=number, fields=told)) == expected


def said(template: str, settings: Any = None, **fields: str) -> str:
    return composed(template, notice(who=customer(fields=fields)), settings=settings).text


def greeted(**fields: str) -> str:
    return said(FIRST, {"styles": STYLES}, **fields).partition("\n")[0]


def test_casual_is_by_first_name_and_formal_by_surname_or_to_sir_or_madam() -> None:
    assert greeted() == "Hello Oak & Sons,"
    assert greeted(style="casual", **ANN) == "Hi Ann,"
    assert greeted(style="casual", last_name="Finch") == "Hello Oak & Sons,"
    assert greeted(style="formal", **ANN) == "Dear Ann Finch,"
    assert greeted(style="formal", last_name="Finch") == "Dear Finch,"
    assert greeted(style="formal", first_name="Ann") == "Dear Sir or Madam,"
    assert greeted(style="brief", **ANN) == "Hello Oak & Sons,"


def test_a_hostile_name_is_only_a_name() -> None:
    assert greeted(style="casual", first_name="{{ 7*7 }}\r\nBcc: x {last_name}", last_name="y") == (
        "Hi {{ 7*7 }} Bcc: x y,"
    )


def test_brief_leaves_out_what_only_explains() -> None:
    explains = "may simply have slipped through"
    assert explains in said(FIRST)
    assert explains not in said(FIRST, {"styles": STYLES}, style="brief")
    assert said(FIRST, {"styles": STYLES}, style="brief").count("\n\n\n") == 0


def test_templates_know_the_style() -> None:
    words = "Subject: x\n\n{{ style or 'none' }}"
    assert said(words) == "none"
    assert said(words, {"styles": STYLES}, industry="design") == "casual"
