"""Promises as exports show them: open, kept, broken, replaced, not accepted."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from cases import policy

from remindr.core.calendar import Calendars
from remindr.core.promises import Evidence, Judge, broken_in, judged, last_day
from remindr.model.notes import Note, Part

CALENDAR = Calendars(policy(reminding={"holidays": "GB-ENG"}).project).home
MADE, FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 27), date(2026, 11, 30)
TUESDAY = date(2026, 12, 1)
THOUSAND = Decimal(1000)


def promise(*parts: Part, on: date = MADE, invoice: str = "", key: str = "p") -> Note:
    return Note(key, on, "C1", invoice, "promise", "Ada", parts=parts, currency="GBP", covers={"INV-1": THOUSAND})


def standing(note: Note, today: date, owed: Mapping[date, int], *, known: date | None = None, small: str = "0") -> str:
    """How a promise stands where so much was owed at the end of those days; the last one counts as now."""
    at_end = {day: Decimal(amount) for day, amount in owed.items()}
    evidence = Evidence(THOUSAND, at_end, [*at_end.values()][-1])
    judge = Judge(today, known or today, CALENDAR, Decimal(small))
    (found,) = judged([note], lambda _: evidence, judge)
    return found.standing


def test_a_payment_comes_in_time_until_the_end_of_the_next_working_day() -> None:
    assert last_day(Part(FRIDAY), CALENDAR) == MONDAY
    assert last_day(Part(date(2026, 12, 24)), CALENDAR) == date(2026, 12, 29)  # after Christmas


def test_it_is_open_until_then_and_broken_the_day_after() -> None:
    note = promise(Part(FRIDAY, Decimal(400)))
    assert standing(note, MONDAY, {MONDAY: 1000}) == "open"
    assert standing(note, TUESDAY, {MONDAY: 1000}) == "broken"
    assert standing(note, TUESDAY, {MONDAY: 600}) == "kept"
    assert standing(note, TUESDAY, {MONDAY: 601}) == "broken"


def test_a_rest_that_is_ignored_breaks_nothing() -> None:
    assert standing(promise(Part(FRIDAY)), TUESDAY, {MONDAY: 9}, small="10") == "kept"


def test_it_is_kept_as_soon_as_it_is_paid() -> None:
    assert standing(promise(Part(FRIDAY)), MADE, {MADE: 0}) == "kept"


def test_an_export_that_is_too_old_says_nothing() -> None:
    assert standing(promise(Part(FRIDAY)), TUESDAY, {MONDAY: 1000}, known=FRIDAY) == "open"


def test_each_part_of_a_plan_counts_with_those_before_it() -> None:
    second = date(2026, 12, 8)
    note = promise(Part(FRIDAY, Decimal(400)), Part(second, Decimal(600)))
    end = last_day(note.parts[1], CALENDAR)
    assert standing(note, TUESDAY, {MONDAY: 600}) == "open"
    assert standing(note, end + timedelta(1), {MONDAY: 600, end: 100}) == "broken"
    assert standing(note, end + timedelta(1), {MONDAY: 600, end: 0}) == "kept"
    assert standing(note, end + timedelta(1), {MONDAY: 601, end: 0}) == "broken"


def many(*notes: Note, today: date, known: date | None = None) -> list[str]:
    """How promises stand on which nothing was ever paid."""
    ends = {last_day(part, CALENDAR): THOUSAND for note in notes for part in note.parts}
    judge = Judge(today, known or today, CALENDAR)
    return [one.standing for one in judged(notes, lambda _: Evidence(THOUSAND, ends, THOUSAND), judge)]


def test_a_new_promise_in_time_replaces_an_open_one_about_the_same() -> None:
    first, second = promise(Part(FRIDAY), key="1"), promise(Part(date(2026, 12, 4)), on=MONDAY, key="2")
    assert many(first, second, today=TUESDAY) == ["replaced", "open"]
    other = promise(Part(date(2026, 12, 4)), on=MONDAY, invoice="INV-2", key="2")
    assert many(first, other, today=TUESDAY) == ["broken", "open"]


def test_a_promise_after_it_was_broken_mends_nothing() -> None:
    late = promise(Part(date(2026, 12, 9)), on=TUESDAY, key="2")
    assert many(promise(Part(FRIDAY), key="1"), late, today=TUESDAY) == ["broken", "open"]


def test_the_third_after_two_broken_ones_is_not_accepted_and_replaces_nothing() -> None:
    day = date(2026, 12, 3)
    notes = [
        promise(Part(date(2026, 11, 23)), key="1"),
        promise(Part(date(2026, 11, 25)), on=date(2026, 11, 25), key="2"),
        promise(Part(date(2026, 12, 10)), on=day, key="3"),
    ]
    assert many(*notes, today=day) == ["broken", "broken", "not accepted"]


def test_broken_promises_count_within_the_window() -> None:
    broken = [date(2025, 12, 1), date(2026, 11, 1)]
    assert broken_in(broken, date(2026, 11, 30), 365) == 2
    assert broken_in(broken, date(2026, 12, 1), 365) == 1
    assert broken_in(broken, date(2026, 10, 31), 365) == 1
