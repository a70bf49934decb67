"""What people noted is kept as rows that only ever come."""

from datetime import date
from decimal import Decimal
from typing import Any

from journals import DAY, SEVEN, Desk, notice
from sqlalchemy import text

from remindr.model.notes import Note, Part

LATER = date(2026, 11, 23)
EIGHT, NINE = "2026-11-20T08:00:00Z", "2026-11-23T09:00:00Z"


def note(key: str = "k1", kind: Any = "hold", on: date = DAY, **more: Any) -> Note:
    return Note(**{"key": key, "on": on, "customer_id": "C1", "invoice_id": "", "kind": kind, "by": "Ada", **more})


def test_a_note_comes_back_as_it_was_written_to_the_cent(desk: Desk) -> None:
    plan = (Part(LATER, Decimal("400.10")), Part(date(2026, 12, 1)))
    made = note(kind="promise", parts=plan, currency="GBP", covers={"INV-1": Decimal("1000.0001")}, text="ü; \n 2")
    (stored,) = desk.journal.note([made], at=SEVEN)
    assert desk.reopen().notes(DAY) == [stored]
    assert (stored.number, stored.parts, stored.covers) == (1, plan, {"INV-1": Decimal("1000.0001")})


def test_a_note_of_a_later_day_is_not_known_yet(desk: Desk) -> None:
    desk.journal.note([note(on=LATER)], at=SEVEN)
    assert desk.journal.notes(DAY) == []
    assert len(desk.journal.notes(LATER)) == 1


def test_the_same_note_twice_is_one(desk: Desk) -> None:
    assert len(desk.journal.note([note(), note()], at=SEVEN)) == 1
    assert desk.journal.note([note()], at=EIGHT) == []


def test_taking_back_is_a_note_of_its_day_and_deletes_nothing(desk: Desk) -> None:
    (stored,) = desk.journal.note([note()], at=SEVEN)
    desk.journal.take_back(stored, on=LATER, by="Bea", at=NINE)
    assert desk.journal.notes(DAY) == [stored]
    assert desk.journal.notes(LATER) == []


def test_what_was_typed_in_can_be_noted_again_and_what_was_imported_cannot(desk: Desk) -> None:
    for one in desk.journal.note([note("typed"), note("imported", source="import")], at=SEVEN):
        desk.journal.take_back(one, on=DAY, by="Bea", at=EIGHT)
    again = desk.journal.note([note("typed"), note("imported", source="import")], at=NINE)
    assert [one.key for one in again] == ["typed"]


def test_the_first_word_of_a_day_about_a_promise_stays(desk: Desk) -> None:
    desk.journal.remember_owed(DAY, {"k1": Decimal("1000.00")})
    desk.journal.remember_owed(DAY, {"k1": Decimal("600.00")})
    desk.journal.remember_owed(LATER, {"k1": Decimal("600.00")})
    assert desk.journal.promised_owed() == {"k1": {DAY: Decimal("1000.00"), LATER: Decimal("600.00")}}


def finished_run(desk: Desk, at: str, *flags: tuple[str, str, str]) -> None:
    start = desk.start()
    desk.journal.begin(start, at=at)
    counts = {"failed": 0, "uncertain": 0, "held": 0, "skipped": 0}
    desk.journal.finish_run(start.run_id, at=at, sent={}, flags=flags, **counts)


def test_a_flag_is_acknowledged_until_a_run_has_not_raised_it(desk: Desk) -> None:
    flag = ("turning_late", "C1", "")
    finished_run(desk, "2026-11-20T06:00:00Z")  # before anybody saw it
    (seen,) = desk.journal.note([note(kind="ack", subject="turning_late")], at=SEVEN)
    assert desk.journal.acknowledged(DAY) == {flag}
    finished_run(desk, EIGHT, flag)
    assert desk.journal.acknowledged(DAY) == {flag}
    finished_run(desk, NINE, ("turning_late", "C2", ""))
    assert desk.journal.acknowledged(DAY) == frozenset()
    desk.journal.take_back(seen, on=DAY, by="Bea", at=NINE)
    assert desk.journal.acknowledged(DAY) == frozenset()


def test_listed_calls_are_known_with_their_invoices(desk: Desk) -> None:
    desk.send(notice(invoices=("INV-1", "INV-2"), channels=("call",)), notice("C2", channels=("email",)))
    (call,) = desk.journal.listed_calls(since=DAY, today=DAY)["C1"]
    assert (call.on, call.sequence, call.step, call.invoices) == (DAY, "steady", "first", ("INV-1", "INV-2"))
    assert desk.journal.listed_calls(since=DAY, today=date(2026, 11, 19)) == {}


def test_amounts_and_days_are_text(desk: Desk) -> None:
    desk.journal.note([note(kind="promise", parts=(Part(LATER, Decimal("0.10")),), currency="GBP")], at=SEVEN)
    with desk.journal._connection.begin():
        rows = desk.journal._connection.execute(text("SELECT noted_on, parts, customer_id FROM notes")).all()
    assert [tuple(row) for row in rows] == [("2026-11-20", "2026-11-23 0.10", "C1")]
