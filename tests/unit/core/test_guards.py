"""Guards refuse with what they saw and the word that overrides them."""

from datetime import date, timedelta

from remindr.core.calendar import Calendar
from remindr.core.guards import Seal, apart, clock, refusals, restored, shrunk, stale, untold, usual, volume
from remindr.core.public_holidays import HolidayDates
from remindr.errors import Problem
from remindr.model.terms import Span, Weekdays

WEEK = Weekdays.parse("mon-fri")
CALENDAR = Calendar(WEEK, WEEK, HolidayDates(None))
FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (20, 23, 24, 25))


def test_an_old_export_is_refused_with_its_age() -> None:
    two_days = Span.parse("2 working days")
    assert stale(FRIDAY, TUESDAY, two_days, CALENDAR) is None
    assert str(stale(FRIDAY, WEDNESDAY, two_days, CALENDAR)) == (
        "the export is of 2026-11-20, 3 working days before 2026-11-25; sources: max_age is 2 working days\n"
        "  hint: export again, or let this run go ahead with --allow stale"
    )
    assert stale(FRIDAY, MONDAY, Span.parse("2 days"), CALENDAR) is not None


def test_a_shrunken_export_is_refused() -> None:
    assert shrunk(70, 100) is None
    assert shrunk(5, None) is None
    assert str(shrunk(69, 100)) == (
        "the invoice export has 69 rows, last time it had 100\n"
        "  hint: export the whole list again, or let this run go ahead with --allow shrunk"
    )


def test_an_export_that_no_longer_says_what_is_paid_is_refused() -> None:
    assert untold(None) is None
    assert untold((10, 10)) is None
    assert str(untold((4, 10))).startswith(
        "no column of the invoice export says what is paid, and last time only 4 of its 10 rows were open"
    )


def test_sources_more_than_a_day_apart_are_refused() -> None:
    assert apart([FRIDAY, date(2026, 11, 19)]) is None
    assert apart([]) is None
    assert "one is of 2026-11-20, another of 2026-11-23" in str(apart([FRIDAY, MONDAY]))


def test_a_clock_that_went_back_is_refused() -> None:
    assert clock(FRIDAY, FRIDAY) is None
    assert clock(FRIDAY, None) is None
    assert "2026-11-20 is before 2026-11-23, the day of the last run" in str(clock(FRIDAY, MONDAY))


def test_a_clock_far_ahead_is_refused_in_words_for_both_causes() -> None:
    assert clock(FRIDAY + timedelta(45), FRIDAY) is None
    assert str(clock(FRIDAY + timedelta(46), FRIDAY)) == (
        "2027-01-05 is 46 days after 2026-11-20, the day of the last run: either the clock of this machine is wrong, "
        "or there was a long pause\n"
        "  hint: check the clock or --as-of. After a pause see with remindr preview what has become due, and let this "
        "run go ahead with --allow clock"
    )


def test_only_named_guards_are_overridden() -> None:
    found = (("stale", Problem("old")), ("shrunk", Problem("small")), ("clock", None))
    assert [problem.what for problem in refusals(found, frozenset({"stale"}))] == ["small"]  # type: ignore[arg-type]


def counts(*notices: int) -> list[tuple[date, int]]:
    """Days with a run from Monday on, the newest first."""
    return [(FRIDAY - timedelta(4 - day), count) for day, count in enumerate(notices)][::-1]


def test_what_is_usual_is_the_median_for_each_day() -> None:
    found = usual(counts(900, 10, 30, 20, 40), FRIDAY + timedelta(1), CALENDAR)
    assert (int(found.a_day), found.days, found.served, found.most) == (25, 4, 1, 75)
    assert usual([(FRIDAY, 140), (date(2026, 11, 13), 9)], FRIDAY, CALENDAR).a_day == 20, "a run a week"


def test_a_run_serves_the_days_at_which_nothing_goes_out() -> None:
    """Runs at the week-end change nothing: they send nothing."""
    week = counts(900, 10, 30, 20, 40)
    week_end = [(FRIDAY + timedelta(2), 0), (FRIDAY + timedelta(1), 0)]
    assert usual(week, MONDAY, CALENDAR) == usual([*week_end, *week], MONDAY, CALENDAR)
    assert usual(week, MONDAY, CALENDAR).most == 225
    assert usual([(FRIDAY + timedelta(1), 7)], MONDAY, CALENDAR).a_day == 7


def test_far_more_notices_than_usual_are_refused() -> None:
    by = usual([(FRIDAY, 10), (FRIDAY - timedelta(1), 10)], FRIDAY, CALENDAR)
    assert volume(30, by) is None
    assert str(volume(1031, by)) == (
        "1,031 notices would go out, and 30 would be the most that is usual: 3 times the 10 that the last day with a "
        "run had for each day, and this run is for 1 day since 2026-11-20\n"
        "  hint: look at them: remindr preview; then let some go with --max 30, or all with --allow volume"
    )
    few = usual(counts(9, 9, 1, 2, 3)[:3], FRIDAY, CALENDAR)
    assert volume(20, few) is None
    assert "the 2.5 that the last 2 days with a run, at the median, had" in str(volume(21, few))


HERE = Seal("a", 7, "desk")


def test_the_journal_that_the_seals_know_passes() -> None:
    assert restored(HERE, None, None) is None
    assert restored(HERE, HERE, HERE) is None
    assert restored(HERE, Seal("a", 5, "desk"), Seal("a", 3, "desk")) is None, "a crash came before the seals"
    assert restored(HERE, Seal("a", 7, ""), None) is None
    assert restored(Seal("a", 7, ""), HERE, None) is None
    assert restored(Seal("b", 0, "desk"), Seal("a", 0, "desk"), None) is None


def test_either_seal_knows_an_older_copy() -> None:
    assert "knows 7 runs, but 9 were made" in str(restored(HERE, Seal("a", 9, "desk"), None))
    assert "knows 7 runs, but 9 were made" in str(restored(HERE, HERE, Seal("a", 9, "desk")))


def test_a_seal_kept_elsewhere_gives_way_to_one_beside_the_journal() -> None:
    """It may have stayed behind where the state folder cannot be written to any more."""
    assert restored(HERE, HERE, Seal("b", 9, "desk")) is None
    assert "another one than the last run's" in str(restored(HERE, None, Seal("b", 9, "desk")))


def test_a_journal_that_moved_to_another_machine_is_refused() -> None:
    assert str(restored(HERE, Seal("a", 7, "laptop"), None)) == (
        "the last run with this journal was on another machine: if both go on, everybody is reminded twice\n"
        "  hint: if the project has moved here for good, let this run go ahead with --allow restored"
    )
