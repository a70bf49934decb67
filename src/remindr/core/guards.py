"""When remindr refuses to act on its own: each guard says what it saw and which word overrides it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from remindr.core.calendar import Calendar
from remindr.errors import Problem
from remindr.model.terms import Span

Guard = Literal["stale", "shrunk", "untold", "volume", "clock", "restored"]
GUARDS: dict[Guard, str] = {
    "stale": "act on an export older than sources: max_age",
    "shrunk": "act on an export much smaller than last time's, or without the invoices of last time",
    "untold": "act on an export that does not say what is paid, unlike last time's",
    "volume": "write many more notices than usual",
    "clock": "act although the date is before the last run's, or far after it",
    "restored": "act on a journal that is not the one of the last run",
}
_SHRUNK_BELOW = 70  # per cent of the rows of last time
_ENOUGH_TO_MISS = 10  # invoices; of fewer all may be paid at once
_MISSING_FROM = 90  # per cent
_SOON_DAYS = 14  # after more a list of open invoices may have turned over
_APART_DAYS = 1  # sources of one run may be exported this far apart
_LONG_PAUSE = 45  # days
_ALWAYS_USUAL = 20  # notices
_TIMES_USUAL = 3


def stale(exported_on: date, today: date, max_age: Span, calendar: Calendar) -> Problem | None:
    """Refuses an export that is older than the project allows: payments may have come in since."""
    if max_age.working:
        age, unit = calendar.working_days_between(exported_on, today), "working days"
    else:
        age, unit = (today - exported_on).days, "days"
    if age <= max_age.days:
        return None
    return Problem(
        f"the export is of {exported_on}, {age} {unit} before {today}; sources: max_age is {max_age}",
        hint="export again, or let this run go ahead with --allow stale",
    )


def apart(exported_on: Iterable[date]) -> Problem | None:
    """Refuses sources whose own dates lie more than a day apart: together they describe no day at all."""
    days = sorted(exported_on)
    if not days or (days[-1] - days[0]).days <= _APART_DAYS:
        return None
    return Problem(
        f"the sources do not belong together: one is of {days[0]}, another of {days[-1]}",
        hint="export all of them on one day, or let this run go ahead with --allow stale",
    )


def shrunk(rows: int, rows_last_time: int | None) -> Problem | None:
    """Refuses an export with far fewer rows than last time: invoices that vanished are not paid invoices."""
    if not rows_last_time or 100 * rows >= _SHRUNK_BELOW * rows_last_time:
        return None
    return Problem(
        f"the invoice export has {rows} rows, last time it had {rows_last_time}",
        hint="export the whole list again, or let this run go ahead with --allow shrunk",
    )


def strange(vanished: int, open_last_time: int, days: int) -> Problem | None:
    """Refuses an export in which hardly an invoice is left of those that were open so many `days` ago.

    Not even shown as paid: rather an export of something else, or numbers under another header, than so many payments.
    """
    few = open_last_time < _ENOUGH_TO_MISS or days > _SOON_DAYS
    if few or 100 * vanished < _MISSING_FROM * open_last_time:
        return None
    return Problem(
        f"of {open_last_time} invoices that were open last time, {vanished} are not in this export at all",
        hint="see that it is the same list, with the same columns; if so many were really paid within "
        f"{days} day{'' if days == 1 else 's'}, let this run go ahead with --allow shrunk",
    )


def untold(invoices_last_time: tuple[int, int] | None) -> Problem | None:
    """Refuses an export in which nothing says what is paid, if last time fewer invoices were open than were listed.

    Those two numbers are given, the open ones first.
    """
    if invoices_last_time is None or invoices_last_time[0] >= invoices_last_time[1]:
        return None
    still_open, listed = invoices_last_time
    return Problem(
        "no column of the invoice export says what is paid, "
        f"and last time only {still_open} of its {listed} rows were open",
        hint="export it with the balance, or let this run go ahead with --allow untold: every row then counts as open",
    )


@dataclass(frozen=True, slots=True)
class Usual:
    """How many notices are usual: for a day, at the median of so many sending days with a run, up to a last such day.

    `served` is how many days a run has to serve since then.
    """

    a_day: Fraction
    days: int
    last: date
    served: int

    @property
    def most(self) -> int:
        """The most notices that are not conspicuous."""
        return max(_ALWAYS_USUAL, int(_TIMES_USUAL * self.a_day * self.served))


def usual(notices: Sequence[tuple[date, int]], today: date, calendar: Calendar) -> Usual:
    """What is usual by the notices of earlier days with a run, the newest first.

    A sending day serves all days since the one before: what fell due at the week-end goes out on Monday.
    """
    days = [one for one in notices if calendar.is_sending_day(one[0])] or notices[:1]
    rates = [Fraction(count, (day - before).days) for (day, count), (before, _) in pairwise(days)]
    rates = sorted(rates or [Fraction(days[0][1])])
    middle = (rates[(len(rates) - 1) // 2] + rates[len(rates) // 2]) / 2
    last = days[0][0]
    return Usual(middle, len(rates), last, max(1, (today - last).days))


def volume(planned: int, by: Usual) -> Problem | None:
    """Refuses many more notices than usual: rather a mistake in an export or a setting than so many late customers."""
    if planned <= by.most:
        return None
    runs = "the last day with a run" if by.days == 1 else f"the last {by.days} days with a run, at the median,"
    served = f"{by.served} day{'' if by.served == 1 else 's'} since {by.last}"
    least = f"; up to {_ALWAYS_USUAL} always pass" if by.most == _ALWAYS_USUAL else ""
    return Problem(
        f"{planned:,} notices would go out, and {by.most:,} would be the most that is usual: {_TIMES_USUAL} times the "
        f"{_rounded(by.a_day)} that {runs} had for each day, and this run is for {served}{least}",
        hint=f"look at them: remindr preview; then let some go with --max {by.most}, or all with --allow volume",
    )


def _rounded(number: Fraction) -> str:
    return f"{float(number):,.1f}".removesuffix(".0")


def clock(today: date, last_as_of: date | None) -> Problem | None:
    """Refuses a date before the last run's, or far after it: the clock is wrong, or the journal is another's."""
    if last_as_of is None or 0 <= (ahead := (today - last_as_of).days) <= _LONG_PAUSE:
        return None
    if ahead > 0:
        return Problem(
            f"{today} is {ahead} days after {last_as_of}, the day of the last run: either the clock of this machine is "
            "wrong, or there was a long pause",
            hint="check the clock or --as-of. After a pause see with remindr preview what has become due, and let this "
            "run go ahead with --allow clock",
        )
    return Problem(
        f"{today} is before {last_as_of}, the day of the last run",
        hint="check the clock or --as-of, or let this run go ahead with --allow clock",
    )


@dataclass(frozen=True, slots=True)
class Seal:
    """Which journal it is, how many runs it knows, and on which machine; empty where that cannot be told.

    `at` is the moment of the newest of these runs, as UTC text.
    """

    journal: str
    runs: int
    machine: str
    at: str = ""


def restored(journal: Seal, beside: Seal | None, kept: Seal | None) -> Problem | None:
    """Refuses a journal that seals of earlier runs, beside it and kept elsewhere, know otherwise.

    It is as good as none where it is new, put back from a backup, or not the only one that goes on.
    """
    ours = beside is not None and beside.journal == journal.journal
    for seal in (beside, kept):
        if seal and seal.journal == journal.journal and journal.runs < seal.runs:
            knows = f"{journal.runs} run{'' if journal.runs == 1 else 's'}"
            what = f"the journal knows {knows}, but {seal.runs} were made with it: it is an older copy"
            return Problem(f"{what}, and does not know what went out since", hint=_PUT_BACK)
        if seal and seal.journal != journal.journal and seal.runs and not ours:
            had = "1 run was" if seal.runs == 1 else f"{seal.runs} runs were"
            what = "the journal is another one than the last run's" if journal.runs else "the journal is new"
            return Problem(
                f"{what}, but {had} made here with another: it knows nothing of what went out then", hint=_PUT_BACK
            )
    if beside and ours and beside.machine and journal.machine and beside.machine != journal.machine:
        return Problem(
            "the last run with this journal was on another machine: if both go on, everybody is reminded twice",
            hint="if the project has moved here for good, let this run go ahead with --allow restored",
        )
    return None


_PUT_BACK = (
    "put back the journal of the last run if there is one; if not, look at remindr preview, and let this run go ahead "
    "with --allow restored"
)


def refusals(found: Iterable[tuple[Guard, Problem | None]], allowed: frozenset[str]) -> Iterator[Problem]:
    """The problems of guards that nobody overrode."""
    for guard, problem in found:
        if problem is not None and guard not in allowed:
            yield problem
