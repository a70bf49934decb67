"""Which package's export a row of headers is."""

from remindr.sources.profiles import all_profiles
from remindr.sources.recognition import find_profile


def headers_of(profile: str) -> list[str]:
    return next(list(one.headers) for one in all_profiles() if one.name == profile)


def test_zone_or_unit_in_brackets_is_no_part_of_a_header() -> None:
    renamed = [header.replace(" (UTC)", " (Europe/Berlin)") for header in headers_of("stripe-invoices")]
    match = find_profile(renamed, (), "invoices")
    assert match.profile.name == "stripe-invoices"
    assert match.found == len(match.profile.known)
