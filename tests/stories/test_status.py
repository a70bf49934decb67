"""What `remindr status` says over the days: what ran, what waits for a person, what comes next."""

import contextlib
import json
import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from office import Office, open_office

from remindr.project.doubts import STARTER_EMAIL

pytestmark = pytest.mark.usefixtures("new_years_eve")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Oak & Sons owe 1,000.00 on one invoice, due on Monday, 2 November."""
    made = open_office(tmp_path)
    made.export("2026-11-20", A1="1000.00")
    return made


def status(office: Office, day: str) -> Any:
    return json.loads(office.does("status --json", on=day))


def waiting(office: Office, day: str) -> dict[str, str | None]:
    """The codes of what waits for a person, each with since when."""
    return {one["code"]: one["since"] for one in status(office, day)["waiting"]}


def test_before_the_first_run_it_says_what_to_do(office: Office) -> None:
    assert office.does("status", on="2026-11-20") == (
        "Nothing was run yet: remindr preview shows what would go out.\n\nNothing waits for you.\n\n"
        "A run now would write 1 e-mail: remindr preview shows them, remindr run writes them.\n"
    )


def test_after_a_run_it_says_what_was_written_and_when_the_next_contact_is(office: Office) -> None:
    office.run("2026-11-20")
    assert office.does("status", on="2026-11-20") == (
        "Last run 2026-11-20-1 at 2026-12-31 12:00, as of 2026-11-20, on the export of 2026-11-20: "
        "wrote 1 e-mail; 1 open invoice without a notice.\n\nNothing waits for you.\n\n"
        "A run now would send nothing. Next: Monday, 2026-11-30, about 1 open invoice: "
        "remindr preview --as-of 2026-11-30\n"
    )


def test_a_run_that_was_taken_back_is_told_so(office: Office) -> None:
    office.run("2026-11-20")
    office.does("discard 2026-11-20-1 --yes --by Ada", on="2026-11-20")
    assert "wrote 1 e-mail, all of it taken back since; 1 open invoice" in office.does("status", on="2026-11-20")
    assert status(office, "2026-11-20")["last_run"]["taken_back"]


def test_a_flag_keeps_the_day_on_which_it_was_first_raised(office: Office) -> None:
    office.does("note oak paid-says-customer --by Ada", on="2026-11-20")
    assert waiting(office, "2026-11-20") == {"paid_says_customer": None}
    office.run("2026-11-20")
    office.run("2026-11-23", A1="1000.00")
    assert waiting(office, "2026-11-24") == {"paid_says_customer": "2026-11-20"}


def test_of_one_kind_the_newest_flag_comes_first(office: Office) -> None:
    office.export("2026-11-20", A1="1000.00", A2="1000.00")
    office.does("note A1 paid-says-customer --by Ada", on="2026-11-20")
    office.run("2026-11-20")
    office.does("note A2 paid-says-customer --by Ada", on="2026-11-23")
    found = status(office, "2026-11-23")["waiting"]
    assert [(one["invoice_id"], one["since"]) for one in found] == [("A2", None), ("A1", "2026-11-20")]


def test_a_flag_that_ended_and_came_back_counts_from_the_second_time_on(office: Office) -> None:
    office.does("note oak paid-says-customer --by Ada", on="2026-11-20")
    office.run("2026-11-20")
    office.run("2026-11-23", A1="0.00")
    office.run("2026-11-24", A1="1000.00")
    office.run("2026-11-25", A1="1000.00")
    assert waiting(office, "2026-11-25") == {"paid_says_customer": "2026-11-24"}


def test_with_exit_code_it_is_4_until_the_flag_was_seen(office: Office) -> None:
    office.does("note oak paid-says-customer --by Ada", on="2026-11-20")
    office.run("2026-11-20")
    said = office.does("status --exit-code", on="2026-11-20", code=4)
    assert "remindr note 007 ack --flag paid_says_customer" in said
    office.does("note 007 ack --flag paid_says_customer --by Ada", on="2026-11-20")
    assert "Nothing waits for you." in office.does("status --exit-code", on="2026-11-20")


def test_quiet_speaks_only_when_a_person_is_needed(office: Office) -> None:
    assert office.does("status -q", on="2026-11-20") == ""
    office.does("note oak paid-says-customer --by Ada", on="2026-11-20")
    assert "paid_says_customer" in office.does("status -q", on="2026-11-20")


def test_promises_of_the_week_are_listed_and_broken_ones_stay(office: Office) -> None:
    office.does("note oak promise --until 2026-12-01 --amount 400 --by Ada", on="2026-11-20")
    assert status(office, "2026-11-20")["promises"] == []
    (due,) = status(office, "2026-11-24")["promises"]
    assert (due["on"], due["amount"], due["invoices"]) == ("2026-12-01", "400.00", ["A1"])
    assert "due today" in office.does("status", on="2026-12-01")
    late = " ".join(office.does("status", on="2026-12-03").split())
    assert "due 2026-12-01 Oak & Sons (007) A1 400.00 GBP by 2026-12-01; an export of 2026-12-02 or later" in late
    office.export("2026-12-03", A1="1000.00")
    assert "broken_promise" in office.does("status", on="2026-12-03")
    assert status(office, "2026-12-03")["promises"] == []


def test_disputes_and_holds_without_an_end_are_listed_until_somebody_ends_them(office: Office) -> None:
    office.export("2026-11-20", A1="1000.00", A2="1000.00", A3="1000.00")
    office.does("note A1 dispute --by Ada", "--text", "wrong price", on="2026-11-20")
    office.does("note A2 hold --until 2026-12-01 --by Ada", on="2026-11-20")
    office.does("note A3 hold --by Ada", on="2026-11-20")
    told = " ".join(office.does("status", on="2026-11-20").split())
    assert (
        "Disputed, or on hold "
        "disputed Oak & Sons (007) A1 the invoice is disputed, noted on 2026-11-20 by Ada: wrong price "
        "remindr note A1 resolved "
        "on_hold Oak & Sons (007) A3 the invoice is on hold, noted on 2026-11-20 by Ada remindr note A3 release"
    ) in told
    assert not status(office, "2026-11-20")["person_needed"]
    office.does("note A1 resolved --by Ada", on="2026-11-23")
    assert [one["invoices"] for one in status(office, "2026-11-23")["resting"]] == [["A3"]]


def test_what_ends_a_hold_of_a_customer_with_one_invoice_is_about_the_customer(office: Office) -> None:
    office.does("note oak hold --by Ada", on="2026-11-20")
    (resting,) = status(office, "2026-11-20")["resting"]
    assert (resting["invoices"], resting["command"]) == (["A1"], "remindr note 007 release")
    office.does(f"{resting['command'].removeprefix('remindr ')} --by Ada", on="2026-11-23")
    assert status(office, "2026-11-23")["resting"] == []


def test_what_the_export_holds_back_is_listed_with_the_day_on_which_it_was_first_seen(office: Office) -> None:
    for day in ("2026-11-20", "2026-11-23"):
        export = office.root / f"exports/invoices-{day}.csv"
        office.export(day, A1="1000.00", A2="1000.00")
        head, *rows = export.read_text("utf-8").splitlines()
        held = [f"{head},Hold", *(f"{row},{'stopped' if ',007,' in row else ''}" for row in rows)]
        export.write_text("\n".join(held) + "\n", "utf-8")
        office.does("run", on=day)
    (resting,) = status(office, "2026-11-23")["resting"]
    assert (resting["code"], resting["invoices"], resting["since"]) == ("on_hold", ["A1", "A2"], "2026-11-20")
    assert resting["command"] == "remindr explain 007"


def test_what_a_guard_has_against_a_run_is_said(office: Office) -> None:
    told = office.does("status --exit-code", on="2026-12-28", code=4)
    assert "A run would be refused" in told
    assert "38 days before 2026-12-28" in told
    told = office.does("status", on="2026-12-29")
    assert "Once that is put right, a run would write 1 e-mail" in told
    assert "A run now would" not in told


def test_while_the_company_is_the_invented_one_it_says_that_nothing_can_be_run(office: Office) -> None:
    settings = office.root / "remindr.yaml"
    settings.write_text(settings.read_text("utf-8").replace("accounts@harbourfinch.example", STARTER_EMAIL), "utf-8")
    assert "still the starter's" in office.does("status --exit-code", on="2026-11-20", code=4)


def test_without_exports_it_tells_the_last_run_and_what_is_wrong(office: Office) -> None:
    office.run("2026-11-20")
    for file in (office.root / "exports").iterdir():
        file.unlink()
    told = office.does("status", on="2026-11-23", code=1)
    assert told.startswith("Last run 2026-11-20-1")
    assert "exports/invoices*.csv" in told


def change_journal(office: Office, statement: str) -> list[Any]:
    """What a crash would have left behind, or what the journal has."""
    with contextlib.closing(sqlite3.connect(office.root / ".remindr" / "journal.db")) as journal, journal:
        return journal.execute(statement).fetchall()


def test_a_message_in_doubt_is_listed_once_with_its_notice_until_it_was_seen(office: Office) -> None:
    office.run("2026-11-20")
    change_journal(office, "UPDATE delivery_states SET state = 'uncertain' WHERE ordinal = 3")
    found = status(office, "2026-11-23")
    (one,) = found["uncertain"]
    assert (one["customer_name"], one["on"], one["step"], one["invoices"]) == (
        "Oak & Sons", "2026-11-20", "gentle/first", ["A1"]
    )  # fmt: skip
    assert one["command"] == "remindr uncertain"
    told = office.does("status", on="2026-11-23")
    assert "Went out or not? Nobody knows" in told
    assert "in_doubt" not in told
    office.does("note oak ack --flag in_doubt --by Ada", on="2026-11-23")
    assert status(office, "2026-11-23")["uncertain"] == []


def test_a_folder_in_doubt_is_settled_as_a_whole(office: Office) -> None:
    """Its notices went out together or not at all, and what did not go out is written again."""
    office.run("2026-11-20")
    change_journal(office, "UPDATE delivery_states SET state = 'uncertain' WHERE ordinal = 3")
    told = office.does("uncertain", on="2026-11-23")
    assert "\n2026-11-20-1\n  2026-11-20, all of the run: 1 e-mail; its files were to be in outbox/2026-11-20-1" in told
    assert "gentle/first" not in told
    assert re.search(r"  \w+ +gentle/first +email +A1", office.does("uncertain -v", on="2026-11-23"))
    ((key,),) = change_journal(office, "SELECT key FROM notices LIMIT 1")
    said = office.does(f"uncertain --sent {key}", on="2026-11-23", code=1)
    assert "settle all of it: 2026-11-20-1" in said
    office.does("uncertain --resend 2026-11-20-1 --yes --by Ada", on="2026-11-23")
    assert "Nothing is in doubt" in office.does("uncertain", on="2026-11-23")
    assert sum(office.run("2026-11-23").values()) > 0


def test_a_run_that_did_not_come_to_its_end_is_said_and_needs_a_person(office: Office) -> None:
    office.run("2026-11-20")
    change_journal(office, "DELETE FROM run_results")
    told = office.does("status --exit-code", on="2026-11-20", code=4)
    assert told.splitlines()[0].endswith("it did not come to its end. The next run settles what it left: remindr run")
    assert status(office, "2026-11-20")["last_run"]["finished_at"] is None


def test_of_many_of_a_kind_a_few_are_shown_and_all_with_v(office: Office) -> None:
    numbers = {f"B{number}": "1000.00" for number in range(9)}
    office.export("2026-11-20", **numbers)
    for number in numbers:
        office.does(f"note {number} paid-says-customer --by Ada", on="2026-11-20")
    told = office.does("status", on="2026-11-20")
    assert told.count("remindr note 007 ack") == 5
    assert "and 4 more" in told
    assert office.does("status -v", on="2026-11-20").count("remindr note 007 ack") == 9
