"""The words of what has been: what became of messages, what exports showed, in which order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from remindr.core.past import (
    Past,
    PastFlag,
    PastIdentity,
    PastLine,
    PastMessage,
    PastNote,
    PastNotice,
    PastSighting,
    TakenBack,
)
from remindr.core.rests import Rest, RestKey
from remindr.core.timeline import Beside, Paid, about, timeline
from remindr.model.notes import Note
from remindr.model.outcome import State
from remindr.model.plan import ChannelName

FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)


def message(channel: ChannelName = "email", state: State = State.SENT, kind: str = "outbox") -> PastMessage:
    return PastMessage(channel, state, kind, "2026-11-20-1")


def line(number: str = "A1", role: str = "due", balance: str = "100") -> PastLine:
    return PastLine(number, role, Decimal(balance), "GBP")  # type: ignore[arg-type]


def notice(*messages: PastMessage, voided: bool = False) -> PastNotice:
    """A firm reminder about A1."""
    told = messages or (message(),)
    return PastNotice(
        "key", "2026-11-20-1", FRIDAY, "reminder", "slow", "steady", "second", 2, "hash", None, voided, (line(),), told
    )  # fmt: skip


def sighting(number: str = "A1", closed_on: date | None = None, opened_on: date = FRIDAY) -> PastSighting:
    amount = Decimal(100)
    due = date(2026, 11, 2)
    return PastSighting(
        "C1", number, opened_on, closed_on, "missing" if closed_on else None, due, amount, "GBP", amount
    )


def words(past: Past, beside: Beside | None = None) -> list[str]:
    return [event.what for event in timeline(past, beside or Beside(outbox="outbox"))]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.SENT, "written to outbox/2026-11-20-1"),
        (State.FAILED, "failed: nothing went out"),
        (State.UNCERTAIN, "uncertain: nobody knows whether it went out"),
        (State.CLAIMED, "not written yet: the run was interrupted, and the next one settles it"),
        (State.ABANDONED, "never written: the run was interrupted, and the notice was planned again"),
    ],
)
def test_what_became_of_a_message_is_said(state: State, expected: str) -> None:
    (told,) = words(Past(notices=(notice(message(state=state)),)))
    assert told == f"e-mail: firm reminder (steady/second) about A1 (100.00 GBP); {expected}"


def test_channels_that_fared_differently_are_told_one_by_one() -> None:
    (told,) = words(Past(notices=(notice(message(kind="email"), message("letter", State.FAILED)),)))
    assert told.startswith("e-mail and letter: firm reminder")
    assert told.endswith("; e-mail sent through the mail server, letter failed: nothing went out")


@pytest.mark.parametrize(
    ("state", "detail", "expected"),
    [
        (State.FAILED, "550 5.1.1", "not taken by the mail server (550 5.1.1): nothing went out"),
        (State.FAILED, "put off: 450 4.2.0", "put off by the mail server (450 4.2.0), and planned again"),
        (State.FAILED, "by Ada", "it did not go out, and was planned again, as Ada said"),
        (State.SENT, "by Ada", "it went out, as Ada said"),
        (State.ABANDONED, "", "not sent: the run stopped before it, and it was planned again"),
    ],
)
def test_what_became_of_an_email_is_said_with_the_reason(state: State, detail: str, expected: str) -> None:
    (told,) = words(Past(notices=(notice(replace(message(state=state, kind="email"), detail=detail)),)))
    assert told.endswith(f"; {expected}")


def test_a_message_to_an_address_that_was_wrong_says_so() -> None:
    wrong = Note("k", MONDAY, "C1", "", "wrong-address", "the mail server", subject="email hash")
    past = Past(notices=(replace(notice(message()), recipient="hash"),), notes=(PastNote(wrong),))
    told = next(one for one in words(past, Beside(addresses={})) if "reminder" in one)
    assert "; to the address that was noted as wrong on 2026-11-23; " in told


def test_what_was_taken_back_by_a_person_does_not_count() -> None:
    back = TakenBack(MONDAY, "Ada", "wrong price")
    told, later = words(Past(notices=(replace(notice(voided=True), taken_back=back),)))
    assert told.endswith("written to outbox/2026-11-20-1; taken back on 2026-11-23 by Ada, so it does not count")
    assert later == "taken back by Ada: the e-mail of 2026-11-20 (steady/second) about A1: wrong price"


def test_what_was_never_written_is_not_taken_back_with_its_run() -> None:
    never = replace(notice(message(state=State.ABANDONED), voided=True), taken_back=TakenBack(MONDAY, "Ada"))
    (told,) = words(Past(notices=(never,)))
    assert "taken back" not in told


def test_a_notice_says_what_else_it_names_asks_and_announces() -> None:
    one = replace(
        notice(), lines=(line(), line("A2", "upcoming"), line("A3", "also_open")), respond_by=MONDAY, announced=MONDAY
    )
    (told,) = words(Past(notices=(one,)))
    assert "coming due: A2; open, too: A3; asks for an answer by 2026-11-23; announces a call on Monday, 23" in told


def test_an_address_that_is_on_file_is_named() -> None:
    past = Past(notices=(notice(),))
    (told,) = words(past, Beside(addresses={"hash": "ap@oak.example"}, outbox="outbox"))
    assert "; to ap@oak.example; " in told
    (told,) = words(past, Beside(addresses={}, outbox="outbox"))
    assert "; to an address that is not used any more; " in told


def test_an_invoice_that_is_missing_once_may_come_back() -> None:
    gone = sighting(closed_on=MONDAY)
    opened = "first seen open: A1 (100.00 GBP, due 2026-11-02)"
    assert words(Past(sightings=(gone,), exported_on=MONDAY)) == [
        opened, "missing from the export of that day: A1 (100.00 GBP)"
    ]  # fmt: skip
    assert words(Past(sightings=(gone,), exported_on=date(2026, 11, 24))) == [
        opened, "gone from the exports, so settled: A1 (100.00 GBP)"
    ]  # fmt: skip
    again = sighting(opened_on=date(2026, 11, 25))
    assert words(Past(sightings=(gone, again), exported_on=date(2026, 11, 25)))[-1].startswith("open again: A1")


def test_the_day_of_payment_is_told_where_exports_know_it() -> None:
    past = Past(sightings=(replace(sighting(closed_on=MONDAY), how="settled"),), exported_on=MONDAY)
    beside = Beside(settled={"A1": FRIDAY}, payments=(Paid("A1", FRIDAY, Decimal(100), "GBP"),))
    assert words(past, beside)[1:] == [
        "payment of 100.00 GBP for A1",
        "settled in the export of that day: A1 (100.00 GBP, paid on 2026-11-20)",
    ]


def test_on_one_day_what_was_seen_comes_before_what_was_done() -> None:
    past = Past(
        notices=(notice(),),
        sightings=(sighting(),),
        identities=(PastIdentity("C1", "A1", "C9", "1", FRIDAY),),
        rests=(Rest(RestKey("C1", "", "hold"), FRIDAY, MONDAY),),
        flags=(PastFlag("turning_late", "", FRIDAY, MONDAY),),
        exported_on=FRIDAY,
    )
    events = timeline(past, Beside(moves=[(FRIDAY, "reliable", "slow")]))
    kinds = ["seen", "rest", "identity", "segment", "message", "flag", "rest", "flag"]
    assert [event.kind for event in events] == kinds
    assert events[2].what == "A1 is what was 1 of customer C9 until then; what was said about it counts on"
    assert [one.kind for one in about(events, {"B7"})] == ["rest", "segment", "flag", "rest", "flag"]
