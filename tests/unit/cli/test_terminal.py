"""What people read on stdout."""

import pytest

from remindr.cli.terminal import tell_table


def test_columns_are_as_wide_as_their_widest_cell(capsys: pytest.CaptureFixture[str]) -> None:
    tell_table(("customer", "amount"), [("Ahlers", "7.50"), ("Brandt & Sons", "1,200.00")], right=("amount",))
    assert capsys.readouterr().out == (
        "customer         amount\n"
        "Ahlers             7.50\n"
        "Brandt & Sons  1,200.00\n"
    )  # fmt: skip


def test_wide_letters_take_two_places_and_accents_none(capsys: pytest.CaptureFixture[str]) -> None:
    tell_table(("name", "town"), [("日本", "Kyoto"), ("Rene\u0301", "Paris")])
    assert capsys.readouterr().out == "name  town\n日本  Kyoto\nRene\u0301  Paris\n"


def test_a_cell_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell_table(("name",), [("two\nlines\x1b[2J",)])
    assert capsys.readouterr().out == "name\ntwo lines[2J\n"
