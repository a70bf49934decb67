"""Which flags stand, and since when: told by runs that came to their end."""

from datetime import date

from journals import SEVEN, Desk, notice

TURNING = ("turning_late", "C1", "")
USED_UP = ("sequence_used_up", "C1", "INV-1")


def run(desk: Desk, day: int, *flags: tuple[str, str, str]) -> None:
    """A run on a day of November that raised these flags and came to its end."""
    start = desk.start(date(2026, 11, day))
    desk.journal.begin(start, at=SEVEN)
    desk.journal.finish_run(start.run_id, at=SEVEN, sent={}, failed=0, uncertain=0, held=0, skipped=0, flags=flags)


def test_before_the_first_run_no_flag_stands(desk: Desk) -> None:
    assert desk.journal.flags_raised() == frozenset()
    assert desk.journal.flags_since() == {}


def test_a_flag_stands_since_the_first_run_of_an_unbroken_row(desk: Desk) -> None:
    run(desk, 18, TURNING)
    run(desk, 19)
    run(desk, 20, TURNING, USED_UP)
    run(desk, 21, TURNING)
    run(desk, 21, TURNING)
    assert desk.journal.flags_since() == {TURNING: date(2026, 11, 20)}


def test_a_run_that_was_interrupted_says_nothing_of_flags(desk: Desk) -> None:
    run(desk, 18, TURNING)
    desk.claim(notice())
    assert desk.journal.flags_raised() == {TURNING}
    assert desk.journal.flags_since() == {TURNING: date(2026, 11, 18)}


def test_the_last_run_is_remembered_with_what_it_sent(desk: Desk) -> None:
    start = desk.start()
    desk.journal.begin(start, at=SEVEN)
    desk.journal.finish_run(start.run_id, at=SEVEN, sent={"email": 7}, failed=1, uncertain=2, held=3, skipped=4)
    last = desk.journal.last_run()
    assert last is not None
    assert (last.sent, last.failed, last.uncertain, last.held, last.skipped) == ({"email": 7}, 1, 2, 3, 4)
