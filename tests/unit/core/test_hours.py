"""Hours of the customer's day, told in ours."""

from datetime import date

import pytest
from cases import customer, decide, invoice, policy

from remindr.core.hours import told_hours
from remindr.model.terms import Hours, Miswritten

WINTER, SUMMER = date(2026, 11, 20), date(2026, 7, 1)
OFFICE = Hours.parse("09:00-17:00")


@pytest.mark.parametrize(
    ("country", "home", "day", "told"),
    [
        ("GB", "Europe/London", WINTER, "ring 09:00-17:00"),
        ("DE", "Europe/London", WINTER, "ring 09:00-17:00 their time, 08:00-16:00 yours"),
        ("GB", "Europe/Berlin", SUMMER, "ring 09:00-17:00 their time, 10:00-18:00 yours"),
        ("IN", "Europe/London", WINTER, "ring 09:00-17:00 their time, 03:30-11:30 yours"),
        ("JP", "America/New_York", WINTER, "ring 09:00-17:00 their time, 19:00 the day before-03:00 yours"),
        (None, "Europe/London", WINTER, "ring 09:00-17:00"),
        ("XX", "Europe/London", WINTER, "ring 09:00-17:00"),
        ("RU", "Europe/London", WINTER, "ring 09:00-17:00 their time; RU has several time zones"),
    ],
)
def test_the_hours_are_those_of_the_customers_clock(country: str | None, home: str, day: date, told: str) -> None:
    assert told_hours(OFFICE, country, home, day) == told


def test_in_a_country_of_several_zones_the_hours_fit_all_of_them() -> None:
    """Lisbon has the time of London, and the Azores are an hour behind."""
    told = told_hours(Hours.parse("08:00-21:00"), "PT", "Europe/London", WINTER)
    assert told == "ring 09:00-21:00 your time, which is within 08:00-21:00 everywhere in PT"


@pytest.mark.parametrize("text", ["9-17", "17:00-09:00", "09:00-25:00", "09:00", "09:00-09:00", "09:61-17:00"])
def test_hours_that_no_day_has_are_refused(text: str) -> None:
    with pytest.raises(Miswritten):
        Hours.parse(text)


def test_hours_are_told_with_calls_alone() -> None:
    steps = [
        {"id": "first", "at": "3 days after due", "by": "email", "level": "friendly"},
        {"id": "ring", "at": "10 days after due", "by": "call", "level": "firm"},
    ]
    rules = policy(steps[1:], calls={"hours": "09:00-17:00"})
    who = customer(phone="+4930123456", country="DE")
    called = decide(invoice(due=date(2026, 11, 1)), policy=rules, who=who).notice
    assert called is not None
    assert called.why[-1] == "ring 09:00-17:00 their time, 08:00-16:00 yours"
    written = decide(invoice(due=date(2026, 11, 1)), policy=policy(steps[:1], calls={"hours": "09:00-17:00"}), who=who)
    assert written.notice is not None
    assert "ring" not in " ".join(written.notice.why)
    plain = decide(invoice(due=date(2026, 11, 1)), policy=policy(steps[1:]), who=who).notice
    assert plain is not None
    assert called.why[:-1] == plain.why
