"""Dates as people and packages write them; the order of day and month is one decision for a whole file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

DateOrder = Literal["day/month/year", "month/day/year"]
DAY_FIRST: Final[DateOrder] = "day/month/year"
MONTH_FIRST: Final[DateOrder] = "month/day/year"
FIRST_YEAR, LAST_YEAR = 1950, 2199
TWO_DIGIT_PIVOT = 80  # 79 is 2079, 80 is 1980

# What databases and spreadsheets write where there is no date.
_NOTHING: Final = frozenset(
    {"-", "--", "n/a", "na", "none", "null", "nan", "nat", "never", "0", "0000-00-00", "00/00/0000", "00.00.0000",
     "00-00-0000", "0001-01-01", "01/01/0001", "1/1/0001", "01.01.0001", "1899-12-30", "1900-01-00", "1900-01-01"}
)  # fmt: skip

_TIME = re.compile(r"(?:\s+|(?<=\d)T)\d{1,2}[:.]\d{2}.*$")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0)?")
_NUMERIC = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d{2})")
_DAY_NAMED = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s/-]*(?:de\s+)?([^\W\d_]+)\.?,?[\s/-]*(?:de\s+)?(\d{4}|\d{2})"
)
_MONTH_NAMED = re.compile(r"([^\W\d_]+)\.?[\s-]*(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4})")
_DAY_OF_YEAR = re.compile(r"(\d{1,2})[./-]?(\d{2})[./-]?")
_EXCEL_DAY = re.compile(r"[34]\d{4}(?:\.\d+)?")
_EXCEL_TIME = re.compile(r"\d{1,3}:\d{2}(?:\.\d)?")

_MONTHS: Final = (
    ("jan", "january", "januar", "jänner", "januari", "janv", "janvier", "ene", "enero"),
    ("feb", "february", "februar", "februari", "févr", "fév", "février", "febrero"),
    ("mar", "march", "mär", "märz", "mrz", "mrt", "maart", "mars", "marzo"),
    ("apr", "april", "avr", "avril", "abr", "abril"),
    ("may", "mai", "mei", "mayo"),
    ("jun", "june", "juni", "juin", "junio"),
    ("jul", "july", "juli", "juil", "juillet", "julio"),
    ("aug", "august", "augustus", "août", "aoû", "ago", "agosto"),
    ("sep", "sept", "september", "septembre", "septiembre"),
    ("oct", "october", "okt", "oktober", "octobre", "octubre"),
    ("nov", "november", "novembre", "noviembre"),
    ("dec", "december", "dez", "dezember", "déc", "décembre", "dic", "diciembre"),
)
_MONTH_OF: Final = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}


@dataclass(frozen=True, slots=True)
class Vote:
    """A date that can be read in one order only, or (order None) in both."""

    column: str
    text: str
    order: DateOrder | None


def is_nothing(text: str) -> bool:
    """Whether a cell stands for no date at all."""
    return not text.strip() or _without_time(text).lower() in _NOTHING


def _without_time(text: str) -> str:
    return _TIME.sub("", text.strip())


def _day(year: str, month: int | str, day: str) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < TWO_DIGIT_PIVOT else 1900
    if not FIRST_YEAR <= number <= LAST_YEAR:
        return None
    try:
        return date(number, int(month), int(day))
    except ValueError:
        return None


def parse_date(text: str, order: DateOrder | None) -> date | None:
    """The day that a text names under an order of day and month, None if it names none."""
    text = _without_time(text)
    if match := _YEAR_FIRST.fullmatch(text):
        return _day(match[1], match[3], match[4])
    if match := _COMPACT.fullmatch(text):
        return _day(match[1], match[2], match[3])
    if match := _NUMERIC.fullmatch(text):
        first, mark, second, year = match.groups()
        if mark == "." or order == DAY_FIRST:
            return _day(year, second, first)
        if order == MONTH_FIRST:
            return _day(year, first, second)
        return _day(year, first, second) if first.zfill(2) == second.zfill(2) else None
    if match := _DAY_NAMED.fullmatch(text):
        month = _MONTH_OF.get(match[2].lower())
        return _day(match[3], month, match[1]) if month else None
    if match := _MONTH_NAMED.fullmatch(text):
        month = _MONTH_OF.get(match[1].lower())
        return _day(match[3], month, match[2]) if month else None
    return None


def last_day_in(titles: Iterable[str]) -> date | None:
    """The last of the days that title rows name like 20261231, which is where their period ends; None if none does."""
    named = (parse_date(text, None) for title in titles for text in re.findall(r"(?<!\d)\d{8}(?!\d)", title))
    return max(filter(None, named), default=None)


def parse_day_of_year(text: str, end: date) -> date | None:
    """The last day up to `end` that a text without a year names, day before month: 1507, 15.07. or 15/07."""
    match = _DAY_OF_YEAR.fullmatch(text.strip())
    if not match:
        return None
    days = (_day(str(year), match[2], match[1]) for year in (end.year, end.year - 1))
    return next((day for day in days if day and day <= end), None)


def vote(column: str, text: str) -> Vote | None:
    """What a date says about the order of day and month; None where it says nothing."""
    match = _NUMERIC.fullmatch(_without_time(text))
    if not match or match[2] == "." or match[1].zfill(2) == match[3].zfill(2):
        return None
    day_first, month_first = parse_date(text, DAY_FIRST), parse_date(text, MONTH_FIRST)
    if day_first and month_first:
        return Vote(column, text, None)
    if day_first or month_first:
        return Vote(column, text, DAY_FIRST if day_first else MONTH_FIRST)
    return None


def both_readings(text: str) -> str:
    """What a date means with the day first and with the month first: `1 September 2026 or 9 January 2026`."""
    found = [day for order in (DAY_FIRST, MONTH_FIRST) if (day := parse_date(text, order))]
    return " or ".join(f"{day.day} {day:%B %Y}" for day in found)


@dataclass(frozen=True, slots=True)
class Ballot:
    """What all dates of a file say together: one example for each order, one that can be read both ways."""

    day_first: Vote | None = None
    month_first: Vote | None = None
    either: Vote | None = None

    @property
    def order(self) -> DateOrder | None:
        """The order, if the file tells it."""
        if self.day_first and self.month_first:
            return None
        if self.day_first or self.month_first:
            return DAY_FIRST if self.day_first else MONTH_FIRST
        return None


def count_votes(columns: Mapping[str, Iterable[str]]) -> Ballot:
    """The ballot over the texts of all date columns of one file."""
    found: dict[DateOrder | None, Vote] = {}
    for column, texts in columns.items():
        for text in texts:
            if (ballot := vote(column, text)) and ballot.order not in found:
                found[ballot.order] = ballot
    return Ballot(found.get(DAY_FIRST), found.get(MONTH_FIRST), found.get(None))


def why_unreadable(text: str) -> str:
    """Why a text is not a date, in words for a bookkeeper."""
    if _EXCEL_TIME.fullmatch(text.strip()):
        return "a time without a day: a spreadsheet has cut this date, export it again as text"
    if _EXCEL_DAY.fullmatch(text.strip()):
        return "not a date, but the number a spreadsheet counts days with: format the column as dates and export again"
    return "not a date"
