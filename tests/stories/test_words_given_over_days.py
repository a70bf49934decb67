"""What people approve, refuse and take back over some days, as `remindr history` and `remindr status` tell it."""

import json
from pathlib import Path
from typing import Any

import pytest
from office import SETTINGS, Office, open_asking_office, open_office

pytestmark = pytest.mark.usefixtures("new_years_eve")

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"
STORY = """\
Oak & Sons (007)

2026-11-09  first seen open: A1 (1,000.00 GBP, due 2026-11-02), A2 (1,000.00 GBP, due 2026-11-02)
2026-11-09  e-mail: friendly reminder (gentle/first) about A1 (1,000.00 GBP), A2 (1,000.00 GBP); to ap@oak.example; \
written to outbox/2026-11-09-1
2026-11-23  approved by Ada until 2026-11-30: step gentle/final about A1 (1,000.00 GBP), A2 (1,000.00 GBP)
2026-11-23  e-mail: final reminder (gentle/final) about A1 (1,000.00 GBP), A2 (1,000.00 GBP); to ap@oak.example; \
written to outbox/2026-11-23-1; taken back on 2026-11-24 by Bea, so it does not count
2026-11-24  A2 had gone down from 1,000.00 GBP to 900.00 GBP
2026-11-24  refused by Bea: step gentle/final about A2 (900.00 GBP): in talks
2026-11-24  taken back by Bea: the e-mail of 2026-11-23 (gentle/final) about A1, A2: wrong price
2026-11-25  e-mail: final reminder (gentle/final) about A1 (1,000.00 GBP); to ap@oak.example; written to \
outbox/2026-11-25-1
2026-11-26  approved by Ada until 2026-12-07: step gentle/final about A2 (900.00 GBP): talks are over
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_asking_office(tmp_path)


def live_through(office: Office) -> None:
    """Approved and written, taken back a day later, one of the two changed and refused, and approved after all."""
    office.does("approve oak --by Ada", on=MONDAY)
    assert office.run(MONDAY) == {"email": 1}
    office.does(f"discard {MONDAY}-1 --yes --by Bea", "--text", "wrong price", on=TUESDAY)
    office.export(TUESDAY, A1="1000.00", A2="900.00")
    office.does("approve --not A2 --by Bea", "--text", "in talks", on=TUESDAY)
    assert office.run(WEDNESDAY) == {"email": 1}
    office.does("approve A2 --by Ada", "--text", "talks are over", on=THURSDAY)


def events(office: Office, day: str, kind: str) -> list[Any]:
    found = json.loads(office.does("history oak --json", on=day))["events"]
    return [one for one in found if one["kind"] == kind]


def status(office: Office, day: str) -> Any:
    return json.loads(office.does("status --json", on=day))


def test_the_history_tells_who_approved_refused_and_took_back_what(office: Office) -> None:
    live_through(office)
    told = "".join(line for line in office.does("history oak", on=THURSDAY).splitlines(True) if "  flag " not in line)
    assert told == STORY


def test_on_an_earlier_day_nothing_is_known_of_what_was_taken_back_later(office: Office) -> None:
    live_through(office)
    told = office.does("history oak", on=MONDAY)
    assert "taken back" not in told
    assert "refused" not in told


def test_json_has_what_was_said_and_what_was_taken_back(office: Office) -> None:
    live_through(office)
    approved, refused, after_all = events(office, THURSDAY, "approval")
    assert approved["invoices"] == ["A1", "A2"]
    assert refused["approval"] == {
        "sequence": "gentle", "step": "final", "repeat": 0, "by": "Bea", "text": "in talks", "until": None
    }  # fmt: skip
    assert after_all["approval"]["until"] == "2026-12-07"
    (discard,) = events(office, THURSDAY, "discard")
    assert (discard["on"], discard["notice"]["taken_back_on"]) == (TUESDAY, TUESDAY)


def test_the_words_of_what_was_taken_back_are_still_told(office: Office) -> None:
    live_through(office)
    told = office.does("history oak --text", on=THURSDAY)
    assert told.count("            Subject: ") == 3
    assert "are gone" not in told
    (_, taken_back, _) = events(office, THURSDAY, "message")
    assert taken_back["notice"]["voided"]


def test_one_message_that_was_taken_back_is_found_among_the_discarded(office: Office) -> None:
    (message,) = (office.root / "outbox" / "2026-11-09-1" / "email").glob("*.eml")
    office.does(f"discard {message} --yes --by Bea", on="2026-11-10")
    told = office.does("history oak --text", on="2026-11-10")
    assert "Hello Oak & Sons," in told
    assert "taken back by Bea: the e-mail of 2026-11-09 (gentle/first) about A1, A2\n" in told


def test_a_step_that_waits_stands_once_in_the_status_until_somebody_has_spoken(office: Office) -> None:
    assert office.run(MONDAY) == {}
    one, other = status(office, TUESDAY)["waiting"]
    assert (one["code"], one["invoice_id"], one["since"], one["command"]) == (
        "needs_approval", "A1", MONDAY, "remindr approve"
    )  # fmt: skip
    assert one["detail"].startswith(f"step 'final', 1,000.00 GBP, waits since {MONDAY}: step 'final' goes only after")
    assert other["invoice_id"] == "A2"
    assert office.does("status --exit-code", on=TUESDAY, code=4).count("needs_approval") == 2
    office.does("approve oak --by Ada", on=TUESDAY)
    assert status(office, TUESDAY)["waiting"] == []


def test_what_was_refused_rests_and_asks_nobody(office: Office) -> None:
    office.does("approve A1 --by Ada", on=MONDAY)
    office.does("approve --not A2 --by Bea", "--text", "in talks", on=MONDAY)
    found = status(office, TUESDAY)
    assert (found["waiting"], found["person_needed"]) == ([], False)
    (rests,) = found["at_rest"]
    assert (rests["invoice_id"], rests["command"]) == ("A2", "remindr approve A2")
    told = " ".join(office.does("status --exit-code", on=TUESDAY).split())
    assert (
        "Refused, and at rest refused Oak & Sons (007) A2 step 'final', 1,000.00 GBP, waits since 2026-11-23: "
    ) in told
    assert f"refused on {MONDAY} by Bea: in talks; it rests until" in told
    office.does("approve A2 --by Ada", on=TUESDAY)
    assert status(office, TUESDAY)["at_rest"] == []


def test_a_third_promise_is_asked_about_in_status_and_its_acceptance_is_history(tmp_path: Path) -> None:
    office = open_office(tmp_path, SETTINGS.replace("max_age: 30 days", "max_age: 300 days"))
    office.export("2026-11-03", A1="1000.00")
    for made, until, day in (("03", "04", "06"), ("06", "09", "11")):
        office.does(f"note oak promise --until 2026-11-{until} --by Ada", on=f"2026-11-{made}")
        office.export(f"2026-11-{day}", A1="1000.00")
    office.does("note oak promise --until 2026-11-30 --by Ada", on="2026-11-11")
    (asked,) = [one for one in status(office, "2026-11-11")["waiting"] if one["code"] == "promise_not_accepted"]
    assert asked["detail"].startswith("promise of all of it by 2026-11-30, 1,000.00 GBP: they broke 2 promises before")
    assert asked["command"] == "remindr approve"
    office.does("approve oak --by Bob", on="2026-11-11")
    assert "promise_not_accepted" not in [one["code"] for one in status(office, "2026-11-11")["waiting"]]
    (accepted,) = events(office, "2026-11-11", "approval")
    assert accepted["what"] == "approved by Bob until 2026-12-01: promise of all of it by 2026-11-30"
