"""A notice is claimed once, durably, with all that belongs to it, or not at all."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from journals import DAY, LOCATION, SEVEN, Desk, line, notice

from remindr.errors import Exit, Refused
from remindr.journal import schema
from remindr.journal.claim import Claimed
from remindr.journal.journal import Journal
from remindr.model.outcome import State
from remindr.model.terms import Level


def test_a_claim_survives_reopening(desk: Desk) -> None:
    desk.claim(notice())
    desk.reopen()
    (left,) = desk.journal.unfinished()
    assert (left.run_id, left.kind, left.target, left.state) == (
        "2026-11-20-1",
        "outbox",
        "2026-11-20-1",
        State.CLAIMED,
    )
    assert desk.progress(("C1", "INV-1"))["C1"].contacts["INV-1"][0].step == "first"


def test_what_is_kept_of_a_notice(desk: Desk) -> None:
    desk.claim(
        notice(
            "C1",
            ["INV-1"],
            level=Level.FORMAL,
            also_due=(line("C1", "INV-2", "first", Level.FRIENDLY),),
            also_open=(line("C1", "INV-3", None, None),),
            upcoming=(line("C1", "INV-4", "soon", Level.HEADS_UP, repeat=2),),
            channels=("email", "letter"),
            respond_by=date(2026, 12, 1),
            total={"GBP": Decimal("240.00"), "EUR": Decimal("35.50")},
        ),
        fingerprint="whole-policy",
        step_fingerprints={("steady", "first"): "this-step"},
    )
    (kept,) = desk.rows("SELECT channels, respond_by, fingerprint, totals, level, overdue, voided FROM notices")
    assert kept == ("email letter", "2026-12-01", "this-step", "GBP 240.00, EUR 35.50", 3, 1, 0)
    assert desk.rows("SELECT invoice_id, role, step, repeat, level, balance, currency FROM lines") == [
        ("INV-1", "due", "first", 0, 3, "120.0000", "GBP"),
        ("INV-2", "also_due", "first", 0, 1, "120.0000", "GBP"),
        ("INV-3", "also_open", None, 0, None, "120.0000", "GBP"),
        ("INV-4", "upcoming", "soon", 2, 0, "120.0000", "GBP"),
    ]
    assert desk.rows("SELECT channel, delivery_id FROM messages ORDER BY channel") == [("email", 1), ("letter", 1)]


def test_no_name_and_no_address_is_kept(desk: Desk) -> None:
    desk.send(notice())
    stored = "".join(str(desk.rows(f"SELECT * FROM {table}")) for table in schema.metadata.tables)
    if desk.location == LOCATION:
        desk.journal.close()
        stored += str(desk.file.read_bytes())
    assert "C1" in stored
    assert "lovelace" not in stored.lower()


def test_the_same_address_is_recognised_however_it_is_written(desk: Desk) -> None:
    desk.claim(notice("C1", to="Ada@Lovelace.example"), notice("C2", to=" ada@lovelace.example "), notice("C3", to="x"))
    addresses = [row[0] for row in desk.rows("SELECT recipient FROM notices ORDER BY id")]
    assert addresses[0] == addresses[1] != addresses[2]


def test_many_notices_are_claimed_with_all_their_lines(desk: Desk) -> None:
    desk.claim(*(notice(f"C{number}", [f"INV-{number}-{part}" for part in range(3)]) for number in range(1501)))
    assert desk.rows("SELECT count(*), count(DISTINCT customer_id) FROM notices") == [(1501, 1501)]
    assert desk.rows("SELECT count(*), count(DISTINCT notice_id) FROM lines") == [(4503, 1501)]
    assert desk.rows("SELECT count(*) FROM messages") == [(1501,)]


def test_nothing_is_claimed_when_the_notices_break_off(desk: Desk) -> None:
    def broken() -> Iterator[Claimed]:
        yield Claimed(notice("C1"), ("email",))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        desk.journal.claim(desk.start(), broken(), target="x", at=SEVEN)
    assert desk.journal.last_run() is None
    assert desk.journal.unfinished() == []
    assert desk.reopen().progress([("C1", "INV-1")], today=DAY, contacts_since=DAY) == {}


def test_a_notice_is_not_claimed_twice(desk: Desk) -> None:
    desk.send(notice("C0"), notice("C1"))
    with pytest.raises(Refused) as refused:
        desk.claim(notice("C2"), notice("C1", as_of=date(2026, 11, 21)), as_of=date(2026, 11, 21))
    assert refused.value.exit_code == Exit.REFUSED
    assert str(refused.value) == (
        "customer 'C1' already has this notice: reminder of 2026-11-20, claimed by run 2026-11-20-1\n"
        "  hint: nothing was sent; another run was at work meanwhile. Run remindr again: it plans without what is "
        "claimed"
    )
    assert desk.progress(("C2", "INV-1")) == {}
    assert desk.journal.next_run_id(date(2026, 11, 21)) == "2026-11-21-1"


def test_a_customer_is_claimed_once_a_day_for_one_purpose(desk: Desk) -> None:
    desk.send(notice("C1", ["INV-1"]))
    with pytest.raises(Refused, match="customer 'C1' already has this notice"):
        desk.claim(notice("C1", ["INV-2"]))
    desk.send(notice("C1", ["INV-3"], purpose="thank_you"))
    desk.send(notice("C1", ["INV-2"], as_of=date(2026, 11, 21)), as_of=date(2026, 11, 21))


def test_a_run_cannot_hold_one_decision_twice(desk: Desk) -> None:
    with pytest.raises(Refused, match="two notices for one decision"):
        desk.claim(notice("C1"), notice("C1"))
    assert desk.journal.last_run() is None


def test_a_run_is_recorded_once(desk: Desk) -> None:
    desk.journal.begin(desk.start(run_id="2026-11-20-1"), at=SEVEN)
    with pytest.raises(Refused, match="run 2026-11-20-1 is already in the journal"):
        desk.claim(notice(), run_id="2026-11-20-1")


@pytest.mark.parametrize("path", [[State.ABANDONED], [State.FAILED], [State.COMMITTING, State.FAILED]])
def test_what_reached_nobody_can_be_claimed_again(desk: Desk, path: list[State]) -> None:
    desk.settle(desk.claim(notice(), notice("C2")), *path)
    assert desk.reopen().unfinished() == []
    assert desk.progress(("C1", "INV-1"), ("C2", "INV-1")) == {}
    desk.send(notice(), notice("C2"))
    assert len(desk.progress(("C1", "INV-1"))["C1"].contacts["INV-1"]) == 1


@pytest.mark.parametrize(
    "path",
    [[], [State.COMMITTING], [State.COMMITTING, State.SENT], [State.COMMITTING, State.UNCERTAIN]],
)
def test_what_may_have_reached_somebody_stays_claimed(desk: Desk, path: list[State]) -> None:
    desk.settle(desk.claim(notice()), *path)
    with pytest.raises(Refused):
        desk.claim(notice(as_of=date(2026, 12, 1)), as_of=date(2026, 12, 1))


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ([State.ABANDONED], State.COMMITTING),
        ([State.COMMITTING, State.UNCERTAIN], State.ABANDONED),
        ([State.COMMITTING], State.ABANDONED),
        ([State.COMMITTING, State.SENT], State.SENT),
        ([], State.SENT),
    ],
)
def test_a_delivery_that_went_another_way_cannot_be_finished(desk: Desk, path: list[State], state: State) -> None:
    delivery_id = desk.claim(notice())
    desk.settle(delivery_id, *path)
    with pytest.raises(Refused, match=f"cannot be recorded as {state}: in the journal it is"):
        desk.settle(delivery_id, state)


def test_the_states_of_a_delivery_are_history(desk: Desk) -> None:
    delivery_id = desk.claim(notice())
    desk.journal.record(delivery_id, State.COMMITTING, at="2026-11-20T07:00:05Z")
    desk.journal.record(delivery_id, State.SENT, at="2026-11-20T07:00:06Z", detail="settled by the next run")
    assert desk.rows("SELECT ordinal, state, at, detail FROM delivery_states ORDER BY ordinal") == [
        (1, "claimed", SEVEN, ""),
        (2, "committing", "2026-11-20T07:00:05Z", ""),
        (3, "sent", "2026-11-20T07:00:06Z", "settled by the next run"),
    ]


def test_only_what_a_crash_left_behind_is_unfinished(desk: Desk) -> None:
    desk.send(notice("C1"))
    desk.settle(desk.claim(notice("C2")), State.ABANDONED)
    desk.settle(desk.claim(notice("C3")), State.COMMITTING, State.UNCERTAIN)
    committing, claimed = desk.claim(notice("C4")), desk.claim(notice("C5"))
    desk.settle(committing, State.COMMITTING)
    left = [(one.delivery_id, one.run_id, one.state) for one in desk.reopen().unfinished()]
    assert left == [(committing, "2026-11-20-4", State.COMMITTING), (claimed, "2026-11-20-5", State.CLAIMED)]


def test_a_new_journal_knows_no_run(desk: Desk) -> None:
    assert desk.journal.last_run() is None
    assert desk.journal.highest_as_of() is None
    assert desk.journal.next_run_id(DAY) == "2026-11-20-1"


def test_a_run_with_nothing_to_deliver_is_remembered(desk: Desk) -> None:
    desk.journal.begin(desk.start(exported_on=date(2026, 11, 19), quarantine="q", tool_version="0.1.0"), at=SEVEN)
    last = desk.reopen().last_run()
    assert last is not None
    assert (last.run_id, last.as_of, last.exported_on) == ("2026-11-20-1", DAY, date(2026, 11, 19))
    assert (last.invoice_rows, last.open_invoices, last.quarantine, last.tool_version) == (300, 120, "q", "0.1.0")
    assert (last.state, last.started_at, last.finished_at) == (None, SEVEN, None)


def test_the_last_run_says_where_it_stands(desk: Desk) -> None:
    def state_and_end(journal: Journal) -> tuple[State | None, str | None]:
        last = journal.last_run()
        assert last is not None
        return last.state, last.finished_at

    delivery_id = desk.claim(notice())
    assert state_and_end(desk.journal) == (State.CLAIMED, None)
    desk.settle(delivery_id, State.COMMITTING, State.SENT)
    desk.journal.finish_run(
        "2026-11-20-1", at="2026-11-20T07:00:09Z", sent={"email": 1}, failed=0, uncertain=0, held=2, skipped=3
    )
    assert state_and_end(desk.reopen()) == (State.SENT, "2026-11-20T07:00:09Z")
    assert desk.rows("SELECT sent, failed, uncertain, held, skipped FROM run_results") == [('{"email": 1}', 0, 0, 2, 3)]


def test_runs_are_counted_by_their_day(desk: Desk) -> None:
    for as_of in (DAY, DAY, date(2026, 11, 18)):
        desk.journal.begin(desk.start(as_of), at=SEVEN)
    last = desk.journal.last_run()
    assert last is not None
    assert last.run_id == "2026-11-18-1"
    assert desk.journal.next_run_id(DAY) == "2026-11-20-3"
    assert desk.journal.highest_as_of() == DAY
