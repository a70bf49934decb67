"""File names: for people, for every system, and never made of raw ids."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages import customer, notice

from remindr.channels.names import file_name, slug

HOSTILE = (
    "../../etc/passwd", "..", ".", "/", "\\", "C:\\Windows", "a\0b", "CON", "con.txt", "NUL", "COM1", "LPT9.eml", "aux",
    "x" * 300, "Ö" * 300, "株式会社", " leading", "trailing. ", "a:b", 'a|b?c*d<e>f"g', "-rf", "~", "$HOME", "%PATH%",
    "\u202eexe.txt", "a\nb", "", "desktop.ini", "İstanbul", "ﬁne", "é", "e\u0301", "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("key", [*HOSTILE[:6], "2026-11-20 C1"])
def test_a_hostile_name_or_key_makes_an_ordinary_file_name(name: str, key: str) -> None:
    made = file_name(7, notice(who=customer(name=name, id=name), key=key), ".eml")
    assert re.fullmatch(r"0007-[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{12}\.eml", made)
    assert len(made) <= 64


@given(st.text(), st.text())
def test_every_name_and_key_makes_an_ordinary_file_name(name: str, key: str) -> None:
    made = file_name(1, notice(who=customer(name=name), key=key), ".html")
    assert re.fullmatch(r"0001-[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{12}\.html", made)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Oak & Sons Ltd.", "oak-sons-ltd"),
        ("Köhler & Söhne", "kohler-sohne"),
        ("株式会社", "customer"),
        ("", "customer"),
        ("A very long name of a company that goes on and on", "a-very-long-name-of-a-company-that-goes"),
    ],
)
def test_people_can_tell_whose_file_it_is(name: str, told: str) -> None:
    assert slug(name) == told


def test_two_notices_never_share_a_name_not_even_where_case_does_not_count() -> None:
    names = {file_name(number, notice(key=key), "").lower() for number in (1, 2) for key in ("a", "A", "b")}
    assert len(names) == 6
