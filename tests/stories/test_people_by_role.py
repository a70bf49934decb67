"""A list of contacts with a row for each person: accounts payable is written to, the director gets what is serious."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import time_machine
from office import SETTINGS, Office, open_office
from projects import write_files

FIRST, FINAL = "2026-11-06", "2026-11-23"
SEQUENCE = """\
name: gentle
about: Two steps.
tone: friendly
steps:
  - id: first
    at: 3 days after due
    by: email
    level: friendly
  - id: final
    at: 17 days after due
    by: email
    level: final
"""
WORDS = "Subject: Open\n\n{{ total }} is open. Counted up to {{ counted_until }}."
PEOPLE = """\
Customer No,Customer,Contact name,Role,Email,Phone
007,Oak & Sons,Dora,Director,boss@group.example,+442079460001
007,Oak & Sons,Sam,Sales,sam@oak.example,+442079460002
007,Oak & Sons,Ann,Accounts payable,ann@oak.example,+442079460003
008,Elm Ltd,Dora,Director,boss@group.example,
008,Elm Ltd,Cy,Owner,cy@elm.example,
"""
CONTACTS = """\
contacts:
  role: Role
  accounts_payable: accounts payable
  escalation: [director, cfo]
"""


@pytest.fixture(autouse=True)
def _new_years_eve() -> Iterator[None]:
    with time_machine.travel("2026-12-31T12:00:00Z", tick=False):
        yield


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Oak & Sons owe 1,000.00 since 2 November; Elm, with the same director, as much once `both_owe`."""
    settings = SETTINGS.replace("  max_age", "  customers: exports/people*.csv\n  max_age")
    by_default = settings.replace("sequence: firm", "sequence: gentle") + CONTACTS
    made = open_office(tmp_path, by_default)
    words = {f"templates/gentle/{step}.email.j2": WORDS for step in ("first", "final")}
    write_files(made.root, {"sequences/gentle.yaml": SEQUENCE} | words)
    export(made, FIRST)
    return made


def export(office: Office, day: str, people: str = PEOPLE) -> None:
    office.export(day, A1="1000.00")
    write_files(office.root, {f"exports/people-{day}.csv": people})


def both_owe(office: Office, day: str) -> None:
    export(office, day)
    invoices = office.root / "exports" / f"invoices-{day}.csv"
    invoices.write_text(
        invoices.read_text("utf-8").replace("2027-01-31,50.00,50.00", "2026-11-03,50.00,50.00"), "utf-8"
    )


def written_to(office: Office, day: str) -> dict[str, tuple[str, list[str]]]:
    notices: list[dict[str, Any]] = office.plan(day)["notices"]
    return {one["customer_id"]: (one["to"], one.get("cc", [])) for one in notices}


def test_accounts_payable_are_written_to_and_the_director_gets_a_copy_of_what_is_final(office: Office) -> None:
    assert written_to(office, FIRST) == {"007": ("ann@oak.example", [])}
    assert office.run(FIRST) == {"email": 1}
    export(office, FINAL)
    assert written_to(office, FINAL) == {"007": ("ann@oak.example", ["boss@group.example"])}
    shown = office.does("preview -v", on=FINAL)
    assert "To: ann@oak.example\nCc: boss@group.example\n" in shown
    assert "a final step goes to boss@group.example, too" in shown
    assert office.run(FINAL) == {"email": 1}
    (file,) = [file for file in office.root.rglob("*.eml") if b"boss@" in file.read_bytes()]
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (read["To"].addresses[0].addr_spec, read["Cc"]) == ("ann@oak.example", "boss@group.example")


def test_a_director_of_two_customers_gets_one_copy_a_day_also_after_a_run(office: Office) -> None:
    office.run(FIRST)
    both_owe(office, FIRST)
    assert office.run(FIRST) == {"email": 1}, "Elm hears for the first time"
    both_owe(office, FINAL)
    assert set(written_to(office, FINAL)) == {"007"}
    assert "goes to the same address today" in office.why_silent(FINAL, "Z9")
    assert office.run(FINAL) == {"email": 1}
    assert "went to the same address today" in office.why_silent(FINAL, "Z9")
    assert written_to(office, "2026-11-24") == {"008": ("cy@elm.example", ["boss@group.example"])}


def test_an_address_noted_as_wrong_gives_way_to_the_usual_one_until_the_export_has_another(office: Office) -> None:
    office.does("note oak wrong-address --by Ada", on=FIRST)
    assert written_to(office, FIRST) == {"007": ("sam@oak.example", [])}
    assert "the usual one is used instead" in office.flags(FIRST)["wrong_address"]
    export(office, FIRST, PEOPLE.replace("ann@", "new@"))
    assert written_to(office, FIRST) == {"007": ("new@oak.example", [])}
    assert office.flags(FIRST) == {}


def test_what_was_taken_back_goes_to_the_same_people_again(office: Office) -> None:
    office.run(FIRST)
    export(office, FINAL)
    assert office.run(FINAL) == {"email": 1}
    office.does(f"discard {FINAL}-1 --yes", on=FINAL)
    assert written_to(office, FINAL) == {"007": ("ann@oak.example", ["boss@group.example"])}


def test_accounts_payable_are_rung_at_their_own_number(office: Office) -> None:
    calls = SEQUENCE.replace("by: email\n    level: friendly", "by: call\n    level: friendly")
    write_files(office.root, {"sequences/gentle.yaml": calls, "templates/gentle/first.call.j2": "{{ total }} is open."})
    (notice,) = office.plan(FIRST)["notices"]
    assert (notice["channels"], notice["to"]) == (["call"], "+442079460003")
