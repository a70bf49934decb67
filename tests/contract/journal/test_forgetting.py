"""What is forgotten is empty, for one customer alone; what was done stays done."""

from datetime import timedelta
from typing import Any

import pytest
from journals import DAY, SEVEN, Desk, notice

from remindr.errors import Refused
from remindr.journal.claim import recipient_hash
from remindr.model.notes import Note
from remindr.model.outcome import State

ADA = recipient_hash("ada@lovelace.example")


def noted(customer_id: str) -> Note:
    return Note(f"key of {customer_id}", DAY, customer_id, "", "hold", "Bo", "in hospital", until=DAY)


def test_texts_and_marks_go_and_notes_stay(desk: Desk) -> None:
    desk.send(notice("C1"), notice("C2"))
    desk.journal.note([noted("C1"), noted("C2")], at=SEVEN)
    assert desk.journal.forget({"C1"}) == 1
    assert [(one.customer_id, one.text, one.until) for one in desk.journal.notes(DAY)] == [
        ("C1", "", DAY),
        ("C2", "in hospital", DAY),
    ]
    assert {one.customer_id: one.recipient for one in desk.journal.reminded_on(DAY)} == {"C1": "", "C2": ADA}
    assert desk.journal.forget({"C1"}) == 0


def test_who_is_forgotten_has_had_their_notices_all_the_same(desk: Desk) -> None:
    sent = notice("C1")
    desk.send(sent)
    desk.journal.forget({"C1"})
    desk.reopen()
    assert desk.journal.keys_of({"C1"}) == [sent.key]
    assert desk.progress(("C1", "INV-1"))["C1"].noticed_today
    with pytest.raises(Refused, match="already has this notice"):
        desk.claim(notice("C1"))


def test_a_run_in_doubt_has_not_ended(desk: Desk) -> None:
    for ago, state in ((2, State.SENT), (1, State.UNCERTAIN)):
        day = DAY - timedelta(ago)
        desk.settle(desk.claim(notice("C1", step=f"s{ago}", as_of=day), as_of=day), State.COMMITTING, state)
        desk.journal.finish_run(
            f"{day}-1", at=SEVEN, sent={"email": 1}, failed=0, uncertain=0, held=0, skipped=0
        )  # fmt: skip
    desk.claim(notice("C1"))
    ids = [f"{DAY - timedelta(ago)}-1" for ago in (2, 1, 0)]
    assert desk.journal.ended(ids) == {ids[0]}
    assert desk.journal.notices_by_day(DAY, 5) == [(DAY - timedelta(1), 1), (DAY - timedelta(2), 1)]


def test_what_is_planned_again_counts_for_what_is_usual_and_what_was_taken_back_does_not(desk: Desk) -> None:
    end: dict[str, Any] = {"at": SEVEN, "sent": {}, "failed": 0, "uncertain": 0, "held": 0, "skipped": 0}
    desk.settle(desk.claim(notice("C1"), notice("C2")), State.ABANDONED)
    desk.journal.finish_run(f"{DAY}-1", **end)
    desk.send(notice("C1"), notice("C3"))
    desk.journal.finish_run(f"{DAY}-2", **end)
    assert desk.journal.notices_by_day(DAY, 5) == [(DAY, 3)]
    begun = desk.journal.begin_discard(f"{DAY}-2", None, on=DAY, by="Ada", text="", at=SEVEN)
    desk.journal.end_discard(begun, at=SEVEN)
    assert desk.journal.notices_by_day(DAY, 5) == [(DAY, 2)]
