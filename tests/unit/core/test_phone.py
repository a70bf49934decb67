"""Telephone numbers for machines and for people at home."""

import pytest

from remindr.core.phone import e164, locally


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("020 7946 0001", "GB", "+442079460001"),
        ("+44 (0)20 7946 0001", "DE", "+442079460001"),
        ("0044 20 7946 0001", None, "+442079460001"),
        ("030/901820", "DE", "+4930901820"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("(212) 555-0100", "US", "+12125550100"),
        ("020 7946 0001", None, None),
        ("ext. 12", "GB", None),
        ("", "GB", None),
    ],
)
def test_a_number_is_dialled_from_anywhere(written: str, country: str | None, dialled: str | None) -> None:
    assert e164(written, country) == dialled


@pytest.mark.parametrize(
    ("written", "home", "shown"),
    [
        ("+44 20 7946 0001", "GB", "020 7946 0001"),
        ("+442079460001", "GB", "02079460001"),
        ("+44 (0)20 7946 0001", "GB", "020 7946 0001"),
        ("+49 30 901820", "GB", "+49 30 901820"),
        ("020 7946 0001", "GB", "020 7946 0001"),
        ("+44 20 7946 0001", None, "+44 20 7946 0001"),
    ],
)
def test_at_home_it_is_written_without_the_country(written: str, home: str | None, shown: str) -> None:
    assert locally(written, home) == shown
