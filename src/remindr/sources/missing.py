"""A column that a file lacks: which of its headers may be meant, and the setting that says so."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from remindr.errors import Answer, Problem, Question
from remindr.sources.amounts import readings
from remindr.sources.columns import TELL_WHAT_IS_OPEN, Columns, folded_words
from remindr.sources.dates import DAY_FIRST, MONTH_FIRST, parse_date
from remindr.sources.folding import fold
from remindr.sources.synonyms import FIELD_NAMES, Role

HAS_CENTS: Final = re.compile(r"[.,]\d{2}(?!\d)")
_TELLING: Final = 6  # letters: half of all short words are like `owing`
LIKE_ENOUGH: Final = 55  # for a header whose cells look right
LIKE_ENOUGH_UNSEEN: Final = 85  # for one whose cells are empty
_ANY_TEXT: Final = ("invoice_id", "customer_id")  # cells prove nothing, only the header does


def missing_column(file: str, row: int, field: str, columns: Columns, sample: Mapping[str, str], role: Role) -> Problem:
    """Says which column a file lacks, with its nearest header and the setting that names it.

    `sample` maps headers to a cell under them: a date is looked for among dates, an amount among amounts.
    """
    if field == "due_date" and "issue_date" in columns.positions and columns.profile.name:
        what = f"an export of {columns.profile.title} has no due date"
        return Problem(what, file, row, hint=_NO_DUE_DATE, question=Question(_DUE_WHEN, in_words="terms"))
    name = FIELD_NAMES.get(field, field)
    unused = [header for header in columns.unused if fold(header)]
    if columns.profile.name:
        what = f"this looks like {columns.profile.title}, but has no column for the {name}"
        words = columns.profile.columns.get(field, ("its column",))
        header = next((word for word in words if fold(word) in columns.profile.known), words[0])
        hint = (
            f"export it with '{header}', or name the column under 'sources: columns:' in remindr.yaml; "
            f"""if there is none, write '{field}: ""' there"""
        )
        strange = [header for header in unused if fold(header) not in columns.profile.known]
        question = _which_column(field, name, columns, strange, None, sample)
        if question:
            question = replace(question, answers=(*question.answers, Answer(f"columns.{field}", "", "none of them")))
        return Problem(what, file, row, hint=hint, question=question)
    nearest = likeliest_header(field, unused, sample, role)
    if nearest:
        hint = f"if it is '{nearest}', write '{field}: {nearest}' under 'sources: columns:' in remindr.yaml"
    else:
        others = ", ".join(f"'{header}'" for header in columns.unused if header) or "no other columns"
        hint = f"write '{field}: ITS HEADER' under 'sources: columns:' in remindr.yaml; the file has {others}"
    question = _which_column(field, name, columns, [header for header in unused if header != nearest], nearest, sample)
    return Problem(f"no column for the {name}", file, row, hint=hint, question=question)


def _which_column(
    field: str, name: str, columns: Columns, unused: Sequence[str], nearest: str | None, sample: Mapping[str, str]
) -> Question | None:
    """Which of the columns that nothing is read from is meant, the likeliest first; None if none can be."""
    likely = [header for header in unused if sample.get(header) and looks_right(field, sample[header])]
    headers = [nearest, *likely] if nearest else likely
    by_terms = field == "due_date" and "issue_date" in columns.positions
    if not headers and not by_terms:
        return None
    answers = tuple(Answer(f"columns.{field}", header) for header in headers)
    return Question(f"Which column is the {name}?", answers, tuple(headers), "terms" if by_terms else "")


_DUE_WHEN: Final = "When are its invoices due?"
_NO_DUE_DATE: Final = (
    "if all your invoices have the same terms, write 'terms: 30 days' (your days) under 'sources:' in remindr.yaml"
)


def open_untold(file: str, row: int, columns: Columns, sample: Mapping[str, str], amount: str) -> Problem | None:
    """A problem if no column says what is still open, and one that was not recognised may be the one that does."""
    if columns.profile.name or columns.positions.keys() & TELL_WHAT_IS_OPEN:
        return None
    unused = [header for header in columns.unused if fold(header) and header != amount]
    for field in ("balance", "cleared_on"):
        if likely := likeliest_header(field, unused, sample, "invoices"):
            what = f"no column says what is still open, and '{likely}' was not recognised"
            hint = (
                f"if it is the {FIELD_NAMES[field]}, write '{field}: {likely}' under 'sources: columns:' in "
                f"remindr.yaml; if every invoice of the file is open, write 'balance: {amount}'"
            )
            answers = (
                Answer(f"columns.{field}", likely, f"it is the {FIELD_NAMES[field]}"),
                Answer("columns.balance", amount, "every invoice of the file is open, with all of its amount"),
            )
            question = Question("What is still open?", answers, (likely, amount))
            return Problem(what, file, row, hint=hint, question=question)
    return None


def looks_like_date(text: str) -> bool:
    """Whether a cell is a date in some order of day and month."""
    return any(parse_date(text, order) for order in (DAY_FIRST, MONTH_FIRST))


def looks_right(field: str, text: str) -> bool:
    """Whether a cell looks like one of a field: a date, an amount, or anything but a date."""
    if field.endswith(("_date", "_on")):
        return looks_like_date(text)
    if field in ("amount", "balance", "paid"):
        return not looks_like_date(text) and bool(readings(text))
    return not looks_like_date(text)


def likeliest_header(field: str, headers: Sequence[str], sample: Mapping[str, str], role: Role) -> str | None:
    """The header most like the field's words among those whose cells look right, the only such one in any case."""
    from rapidfuzz.fuzz import partial_ratio, ratio  # 48 modules, only for a hint

    def likeness(header: str) -> float:
        word = fold(header)
        telling = [known for known in folded_words(role)[field] if field != "balance" or len(known) >= _TELLING]
        return max(ratio(word, known) + partial_ratio(word, known) / 4 for known in telling)

    right = [header for header in headers if sample.get(header) and looks_right(field, sample[header])]
    if field in ("amount", "balance", "paid"):
        right = [header for header in right if HAS_CENTS.search(sample[header])] or right
    unseen = [header for header in headers if not sample.get(header) and likeness(header) > LIKE_ENOUGH_UNSEEN]
    by_cells = len(right) == 1 and field not in _ANY_TEXT
    candidates = right if by_cells else [header for header in right if likeness(header) > LIKE_ENOUGH]
    return max(candidates or unseen, key=likeness, default=None)


def nearest_header(written: str, headers: Sequence[str]) -> str | None:
    """The header that somebody who wrote `written` may have meant."""
    folded = {fold(header): header for header in headers if fold(header)}
    near = get_close_matches(fold(written), list(folded), 1, 0.6)
    return folded[near[0]] if near else None
