"""`remindr history`: what was sent, heard and seen over the days, in words and as JSON."""

import contextlib
import io
import json
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from office import SETTINGS, Office, open_office
from projects import write_files

from remindr.cli import run_app

pytestmark = pytest.mark.usefixtures("new_years_eve")

STORY = """\
Oak & Sons (007)

2026-11-20  first seen open: A1 (1,000.00 GBP, due 2026-11-02), A2 (1,000.00 GBP, due 2026-11-02)
2026-11-20  e-mail: friendly reminder (gentle/first) about A1 (1,000.00 GBP), A2 (1,000.00 GBP); to ap@oak.example; \
written to outbox/2026-11-20-1
2026-11-23  note 1 by Ada: hold until 2026-11-24; taken back on 2026-11-23 by Bea
2026-11-24  note 3 by Ada, A1: promise to pay 400.00 GBP by 2026-12-01 (kept)
2026-11-24  note 4 by Ada, A2: dispute: wrong price
2026-12-02  note 5 by Ada, A2: resolved
2026-12-03  note 6 by Ada, A1: the customer says that it is paid
2026-12-03  flag paid_says_customer, A1
2026-12-11  settled in the export of that day: A2 (1,000.00 GBP)
2026-12-11  A1 had gone down from 1,000.00 GBP to 600.00 GBP
2026-12-11  e-mail: firm reminder (gentle/second) about A1 (600.00 GBP); to ap@oak.example; written to \
outbox/2026-12-11-1
2026-12-14  settled in the export of that day: A1 (1,000.00 GBP)
2026-12-14  e-mail: thanks for A1, A2; to ap@oak.example; written to outbox/2026-12-14-1
2026-12-14  flag paid_says_customer, A1 has ended
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that nothing has happened in yet."""
    return open_office(tmp_path)


def live_through(office: Office) -> None:
    """Four weeks: two reminders, a hold in error, a promise that is kept, a dispute, everything paid in the end."""
    office.run("2026-11-20", A1="1000.00", A2="1000.00")
    office.does("note oak hold --until 2026-11-24 --by Ada", on="2026-11-23")
    office.does("note oak --undo --by Bea", on="2026-11-23")
    office.does("note A1 promise --until 2026-12-01 --amount 400 --by Ada", on="2026-11-24")
    office.does("note A2 dispute --by Ada", "--text", "wrong price", on="2026-11-24")
    office.run("2026-11-24", A1="1000.00", A2="1000.00")
    office.does("note A2 resolved --by Ada", on="2026-12-02")
    office.does("note A1 paid-says-customer --by Ada", on="2026-12-03")
    office.run("2026-12-03", A1="600.00", A2="1000.00")
    office.run("2026-12-11", A1="600.00", A2="0.00")
    office.run("2026-12-14", A1="0.00", A2="0.00")


def document(office: Office, day: str, *who: str) -> Any:
    """The history as JSON, held against its schema."""
    found = json.loads(office.does("history --json", *who, on=day))
    schemas = json.loads(_printed_schemas())
    jsonschema.Draft202012Validator(schemas[found["schema"]]).validate(found)
    return found


@cache
def _printed_schemas() -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run_app(["schema", "--output"])
    return out.getvalue()


def kinds(found: Any) -> list[str]:
    return [event["kind"] for event in found["events"]]


def test_it_tells_everything_in_order_newest_last(office: Office) -> None:
    live_through(office)
    assert office.does("history oak", on="2026-12-14") == STORY


def test_it_is_the_same_without_exports_but_for_what_only_they_know(office: Office) -> None:
    live_through(office)
    for file in (office.root / "exports").iterdir():
        file.unlink()
    told = office.does("history 7", on="2026-12-14").splitlines()
    assert told[-1].startswith("note: names, payments, how promises stand and changes of segment are missing")
    expected = STORY.replace("Oak & Sons (007)", "007").replace(" (kept)", "").replace("; to ap@oak.example", "")
    assert told[:-1] == expected.splitlines()
    assert document(office, "2026-12-14", "007")["missing"].startswith("names, payments")


def test_without_exports_a_name_is_not_known_and_both_are_said(office: Office) -> None:
    live_through(office)
    for file in (office.root / "exports").iterdir():
        file.unlink()
    told = office.does("history oak", on="2026-12-14", code=1)
    assert "no customer or invoice of the number 'oak' is remembered" in told
    assert "no file matches" in told


def test_a_past_day_knows_nothing_of_what_came_later(office: Office) -> None:
    live_through(office)
    told = office.does("history oak", on="2026-11-24")
    assert "(open)" in told
    assert "2026-12" not in told.replace("by 2026-12-01", "")


def test_of_one_invoice_it_tells_what_is_about_it_or_about_the_customer(office: Office) -> None:
    live_through(office)
    told = office.does("history A2", on="2026-12-14")
    assert told.startswith("Oak & Sons (007), invoice A2\n\n2026-11-20  first seen open: A2 (")
    assert "wrong price" in told
    assert "hold until" in told
    assert "promise" not in told


def test_with_text_the_words_come_from_the_outbox_and_are_missed_when_it_is_gone(office: Office) -> None:
    office.run("2026-11-20", A1="1000.00")
    told = office.does("history oak --text", on="2026-11-20")
    assert "            To: Oak & Sons <ap@oak.example>\n            Subject: " in told
    assert "Hello Oak & Sons," in told
    (event,) = [one for one in document(office, "2026-11-20", "oak", "-v")["events"] if one["kind"] == "message"]
    (message,) = event["notice"]["messages"]
    assert message["file"].startswith("outbox/2026-11-20-1/email/0001-oak-sons-")
    assert message["text"].startswith("Hello Oak & Sons,")
    (office.root / "outbox" / "2026-11-20-1").rename(office.root / "elsewhere")
    told = office.does("history oak -v", on="2026-11-20")
    assert "(the words of the email are gone: outbox/2026-11-20-1 has them no more)" in told


def test_the_words_of_calls_texts_and_letters_are_found_too(office: Office) -> None:
    steps = "\n".join(
        f"  - id: {name}\n    at: {day} days after due\n    by: {name}\n    level: {level}"
        for name, day, level in (("call", 3, "friendly"), ("sms", 20, "firm"), ("letter", 30, "formal"))
    )
    sequence = f"name: ways\nabout: All ways.\ntone: plain\nsteps:\n{steps}\n"
    words = {"templates/ways/letter.letter.j2": LETTER}
    settings = {"sequences/ways.yaml": sequence, "remindr.yaml": SETTINGS.replace("gentle", "ways")}
    write_files(office.root, settings | words)
    for day in ("2026-11-17", "2026-12-07", "2026-12-17"):
        write_files(office.root, {f"exports/invoices-{day}.csv": HEAD + ROW})
        office.run(day)
    events = [one["notice"] for one in document(office, "2026-12-17", "oak", "--text")["events"] if "notice" in one]
    (call,), (sms,), (letter,) = (event["messages"] for event in events)
    assert (call["to"], sms["to"]) == ("+442079460001", "+442079460001")
    assert "A1" in call["text"]
    assert "A1" in sms["text"]
    assert "Oak Lane 1" in letter["text"]
    assert "<" not in letter["text"]


LETTER = "Subject: Open\n\nDear {{ customer.name }},\n\n{{ invoice_table }}\n\nUp to {{ counted_until }}.\n"
HEAD = (
    "Invoice Number,Customer Number,Customer Name,Email,Phone,Address,Invoice Date,Due Date,Amount,Balance,Currency\n"
)
ROW = 'A1,007,Oak & Sons,,+442079460001,"Oak Lane 1, London",2026-10-03,2026-11-02,1000.00,1000.00,GBP\n'


def test_a_customer_who_left_the_exports_is_still_remembered(office: Office) -> None:
    live_through(office)
    export = office.root / "exports" / "invoices-2026-12-16.csv"
    office.export("2026-12-16")
    assert "007" not in export.read_text("utf-8")
    assert "first seen open" in office.does("history 007", on="2026-12-16")
    assert "settled" in office.does("history A1", on="2026-12-16")


def test_who_fits_nobody_or_several_is_told(office: Office) -> None:
    office.export("2026-11-20", B1="1000.00", B2="1000.00")
    assert "no customer or invoice 'nobody'" in office.does("history nobody", on="2026-11-20", code=1)
    told = office.does("history B", on="2026-11-20", code=1)
    assert "fits 2 invoices: B1 of 007, B2 of 007" in told
    assert "remindr history 007 B1" in told
    told = office.does("history elm", on="2026-11-20")
    assert told == "Elm Ltd (008)\n\n2026-11-20  first seen open: Z9 (50.00 GBP, due 2027-01-31)\n"


def test_names_and_notes_cannot_give_orders_to_a_terminal(office: Office) -> None:
    export = office.root / "exports" / "invoices-2026-11-20.csv"
    office.export("2026-11-20", A1="1000.00")
    export.write_text(export.read_text("utf-8").replace("Oak & Sons", "Oak\x1b[2J\u202e & Sons"), "utf-8")
    office.run("2026-11-20")
    office.does("note 007 hold --by Ada", "--text", "\x1b]0;hi\x07there\u202e", on="2026-11-20")
    for told in (office.does("history 007 --text", on="2026-11-20"), office.does("status", on="2026-11-20")):
        assert not {"\x1b", "\x07", "\u202e"} & set(told)
    assert "\x1b" not in office.does("history 007 --json --text", on="2026-11-20")


def test_before_anything_was_run_it_tells_what_todays_export_shows(office: Office) -> None:
    office.export("2026-11-20", A1="1000.00")
    found = document(office, "2026-11-20", "oak")
    assert kinds(found) == ["seen"]
    assert not (office.root / ".remindr" / "journal.db").exists()


def test_another_number_of_an_invoice_goes_on_with_what_was_said(office: Office) -> None:
    office.run("2026-11-20", A1="1000.00")
    office.run("2026-11-23", **{"00A1": "1000.00"})
    told = office.does("history 00A1", on="2026-11-23")
    assert "e-mail: friendly reminder (gentle/first) about A1" in told
    assert "2026-11-23  00A1 is what was A1 until then; what was said about it counts on" in told


def test_the_journal_of_a_newer_remindr_is_refused(office: Office) -> None:
    office.run("2026-11-20", A1="1000.00")
    with contextlib.closing(sqlite3.connect(office.root / ".remindr" / "journal.db")) as journal, journal:
        journal.execute("UPDATE alembic_version SET version_num = '9999'")
    told = office.does("history oak", on="2026-11-20", code=5)
    assert "written by a newer remindr" in told
    assert "written by a newer remindr" in office.does("status", on="2026-11-20", code=5)


def test_the_journal_of_an_older_remindr_is_read_as_it_is(office: Office) -> None:
    office.run("2026-11-20", A1="1000.00")
    journal_file = office.root / ".remindr" / "journal.db"
    with contextlib.closing(sqlite3.connect(journal_file)) as journal, journal:
        journal.executescript(
            "DROP TABLE notes; DROP TABLE promised_owed; DROP TABLE approvals; DROP TABLE discard_results; "
            "DROP TABLE discards; DROP TABLE journal_identity; DROP INDEX deliveries_of_run; "
            "DROP INDEX notices_of_day; DROP INDEX uncertain_deliveries; "
            "UPDATE alembic_version SET version_num = '0005'"
        )
    before = journal_file.read_bytes()
    assert "e-mail: friendly reminder" in office.does("history oak", on="2026-11-20")
    assert office.does("status", on="2026-11-20").startswith("Last run 2026-11-20-1")
    assert journal_file.read_bytes() == before
