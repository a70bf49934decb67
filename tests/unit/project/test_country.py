"""What a country tells of a company in it."""

import pytest

from remindr.project.country import currencies_of, timezone_of


@pytest.mark.parametrize(
    ("country", "currencies", "timezone"),
    [
        ("DE", ("EUR",), "Europe/Berlin"),
        ("GB", ("GBP",), "Europe/London"),
        ("US", ("USD",), None),
        ("PA", ("PAB", "USD"), "America/Panama"),
        ("Nowhere", (), None),
    ],
)
def test_currencies_and_time_of_a_country(country: str, currencies: tuple[str, ...], timezone: str | None) -> None:
    assert (currencies_of(country), timezone_of(country)) == (currencies, timezone)
