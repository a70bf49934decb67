"""Text messages: signs that every telephone has, and one message where a shorter name makes it one."""

import pytest

from remindr.core.text_message import length, text_message

NAME = "Harbour & Finch Import and Export Ltd"


def test_a_text_that_fits_stays_as_it_is() -> None:
    text = f"{NAME}: " + "x" * (160 - len(NAME) - 2)
    assert text_message(text, NAME) == text


def test_a_name_gives_way_before_anything_else_does() -> None:
    rest = ": £1,154.61 for invoice HF-4217. " + "x" * 60 + f" {NAME}"
    text = text_message(NAME + rest, NAME)
    assert text == NAME[: 160 - len(rest)] + rest
    assert length(text) <= 160


def test_a_name_is_never_cut_beyond_recognition() -> None:
    assert text_message(NAME + "x" * 300, NAME) == "Harbour & F" + "x" * 300


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("12\u00a0345,00\u202fzł", "12 345,00 zl"),
        ("O\u2019Brien \u2013 \u201cCafé\u201d\u2026", 'O\'Brien - "Café"...'),
        ("Ångström, Žižek, Øre, ñ, ê", "Ångström, Zizek, Øre, ñ, e"),
        ("株式会社 🏭", "株式会社 🏭"),
    ],
)
def test_signs_become_the_nearest_that_telephones_have(written: str, plain: str) -> None:
    assert text_message(written, "") == plain


def test_some_signs_count_twice() -> None:
    assert length("€5 [a]") == 9
