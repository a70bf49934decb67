"""Reads mutated exports and judges what came of it: the same book, none, or one that says what no export said.

What a book *says* are its facts: every invoice, credit and payment with all its values, every customer with all
details. Facts of customers who are silent because a row of theirs was set aside count for nothing: nobody is reminded
by them. A difference to the book of the unharmed export is **wrong** unless its mutation explains it:

- written otherwise (encoding, delimiter, line ends, decimal mark, blank or unknown columns, columns swapped or doubled
  together with their headers): nothing may differ.
- *cut*: facts may be missing, none may be new or different. Where amounts are added up over rows, or the file is one
  of payments, the invoice that the cut runs through may be smaller, or open.
- *drop row*: only facts that the dropped record names may be missing (or smaller, where rows are added up). Where
  payments without a number settle what is due first, other amounts of the same customer follow from that.
- *double row*: nothing may differ but a credit without a number, which may be there twice as two payments of one day
  may, and the sums of the invoice that the row is a part of. An invoice row that is there twice must be reported.
- *swap rows*: nothing may differ but which of several contact details of one customer counts. In a report with the
  customers in headings, and in rows that leave out what the row above says, a row that moved belongs to somebody else:
  no reader can tell, unless the report's own totals do.
- *drop column*: facts read from that column may be missing; without their numbers, customers go by name. What then
  follows from another column must have been told (`no column says what is paid`), or be a detail of the same customer
  that the file holds.
- *swap cells* under headers that stay: wrong unless the two columns hold the same kind of cells (see `alike`). Those
  files are what the package could have written about other debts, and no reader can tell: they are counted apart.

Always wrong: a customer or number out of nowhere, a row that is neither read, set aside nor passed over, a refusal
without place or hint, any other exception.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from samples import TODAY, project_of, sample_folders

from mutations import Mutation, Sheet, mutations, take_apart
from remindr.errors import Exit, RemindrError
from remindr.sources.amounts import parse_amount
from remindr.sources.book import Book, SourceFile, load_book
from remindr.sources.dates import DAY_FIRST, MONTH_FIRST, parse_date
from remindr.sources.profiles import all_profiles

_UNTOLD = ("ordinal", "listed")
_DETAILS = ("email", "phone", "address", "country", "language", "preferred_channel", "industry", "credit_rating",
            "company_size", "tags", "terms", "owner", "name")  # fmt: skip
_FREE_TEXT = (
    "name",
    "email",
    "address",
    "country",
    "phone",
    "industry",
    "credit_rating",
    "company_size",
    "tags",
    "terms",
    "owner",
)
_SIDE_FACTS = ("issue_date", "terms", "tags", "reminder_level", "last_reminded", "cleared_on")


class Outcome(StrEnum):
    """What came of reading a mutated export."""

    SAME = "same book"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    SHORTER = "shorter"
    DECLARED = "less known"
    ANOTHER = "another file"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome and, where it is wrong, why."""

    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that two books do not share: None is a fact that one of them lacks."""

    table: str
    key: tuple[Any, ...]
    name: str
    was: Any
    now: Any

    @property
    def customer(self) -> Any:
        """Whose fact it is."""
        return self.key[0]

    def __str__(self) -> str:
        return f"{self.table} {self.key} {self.name}: {self.was} became {self.now}"


@dataclass(frozen=True)
class Said:
    """Everything that a book says, and about whom it is silent."""

    facts: Mapping[str, Mapping[tuple[Any, ...], Mapping[str, Any]]]
    silent: frozenset[str]
    quarantined: int
    set_aside: frozenset[str]  # what stands in the rows that were set aside
    warnings: tuple[str, ...]
    files: tuple[SourceFile, ...]


def said(book: Book, texts: Mapping[str, bytes]) -> Said:
    """What a book says that was read from files of this content."""
    facts = {
        "customers": _facts(book, "customers", ("customer_id",)),
        "invoices": _facts(book, "invoices", ("customer_id", "invoice_id", "kind")),
        "payments": _facts(book, "payments", ("customer_id", "for_invoice", "paid_on", "amount")),
    }
    return Said(
        facts, book.unreadable_customers, len(book.quarantined), _set_aside(book, texts),
        (*book.warnings, *book.asides), book.files,
    )  # fmt: skip


def _set_aside(book: Book, texts: Mapping[str, bytes]) -> frozenset[str]:
    cells: set[str] = set()
    for file in book.files:
        places = {row.row for row in book.quarantined if row.file == file.name}
        if places:
            sheet = take_apart(texts[file.name], file.header_row, file.delimiter)
            records = (record for row, record in enumerate(sheet.records, start=1) if row in places)
            cells |= {cell.strip() for record in records for cell in record}
    return frozenset(cells)


def _facts(book: Book, table: str, key: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    answer = book.connection.execute(f"FROM {table} ORDER BY ALL")
    names = [column[0] for column in answer.description]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    seen: Counter[tuple[Any, ...]] = Counter()
    for row in answer.fetchall():
        values = dict(zip(names, row, strict=True))
        own = tuple(values.get(name) for name in key)
        seen[own] += 1
        found[(*own, seen[own])] = {name: value for name, value in values.items() if name not in _UNTOLD}
    return found


def differences(before: Said, after: Said) -> Iterator[Difference]:
    """Where two books differ about customers of whom the second one speaks."""
    for table, was in before.facts.items():
        now = after.facts[table]
        for key in dict.fromkeys([*was, *now]):
            if key[0] in after.silent:
                continue
            if key not in was or key not in now:
                yield Difference(table, key, "", was.get(key), now.get(key))
                continue
            for name in was[key]:
                if was[key][name] != now[key].get(name):
                    yield Difference(table, key, name, was[key][name], now[key].get(name))


@dataclass
class Sample:
    """A sample of a package and the book that it gives unharmed."""

    folder: Path
    mutated: str  # the name of the file that is harmed
    sheet: Sheet = field(init=False)
    before: Said = field(init=False)
    file: SourceFile = field(init=False)

    def __post_init__(self) -> None:
        with load_book(self.folder, project_of(self.folder), today=TODAY) as book:
            self.before = said(book, self._contents())
        self.file = next(file for file in self.before.files if file.name == self.mutated)
        self.sheet = take_apart(self.content, self.file.header_row, self.file.delimiter)

    def _contents(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.folder.glob("*.*") if file.suffix in (".csv", ".xlsx")}

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return (self.folder / self.mutated).read_bytes()

    def mutations(self) -> Iterator[Mutation]:
        """Every mutation of the file."""
        return mutations(self.content, self.sheet)

    def judge(self, mutation: Mutation) -> Verdict:
        """What comes of reading the sample with its file mutated."""
        with TemporaryDirectory() as copy:
            contents = {**self._contents(), self.mutated: mutation.content}
            for name, content in contents.items():
                Path(copy, name).write_bytes(content)
            try:
                with load_book(Path(copy), project_of(self.folder), today=TODAY) as book:
                    after = said(book, contents)
            except RemindrError as error:
                return _judge_refusal(error)
            except Exception as error:  # noqa: BLE001  # a traceback is what is looked for
                return Verdict(Outcome.WRONG, f"{type(error).__name__}: {error}")
        return self._judge(mutation, after)

    def _judge(self, mutation: Mutation, after: Said) -> Verdict:
        if lost := self._lost_rows(mutation, after):
            return Verdict(Outcome.WRONG, f"{lost} rows are neither read, set aside nor passed over")
        found = list(differences(self._before(mutation), after))
        wrong = [one for one in found if not self._explains(mutation, one, after)]
        if wrong and self._could_be_another(mutation):
            return Verdict(Outcome.ANOTHER)
        if wrong:
            return Verdict(Outcome.WRONG, "; ".join(map(str, wrong[:3])))
        if mutation.kind == "double row" and not found and self._is_untold_copy(mutation, after):
            return Verdict(Outcome.WRONG, "an invoice that is there twice is not reported")
        if after.quarantined or after.silent:
            return Verdict(Outcome.QUARANTINED)
        if not found:
            return Verdict(Outcome.SAME)
        return Verdict(Outcome.DECLARED if mutation.kind in ("drop column", "swap cells") else Outcome.SHORTER)

    def _before(self, mutation: Mutation) -> Said:
        """The facts of the unharmed export; about customers by name where the column of their numbers was dropped."""
        header = self.file.columns.get("customer_id")
        if mutation.kind != "drop column" or self.sheet.headers[mutation.columns[0]] != header:
            return self.before
        names = {key[0]: values["name"] for key, values in self.before.facts["customers"].items()}
        facts = {
            table: {
                (names.get(key[0], key[0]), *key[1:]): {
                    name: names.get(value, value) if name == "customer_id" else value for name, value in values.items()
                }
                for key, values in of_table.items()
            }
            for table, of_table in self.before.facts.items()
        }
        return replace(self.before, facts=facts)

    def _could_be_another(self, mutation: Mutation) -> bool:
        """Whether no reader can tell the file from one about other debts."""
        if mutation.kind in ("swap rows", "drop row", "double row") and self.file.profile.customer_in_headings:
            return mutation.kind == "swap rows" or not self.file.totals or self._is_heading(mutation)
        return mutation.kind == "swap cells" and alike(self.sheet, mutation.columns, self._names)

    def _is_heading(self, mutation: Mutation) -> bool:
        return all(len(list(filter(None, self.sheet.records[row]))) == 1 for row in mutation.records)

    def _lost_rows(self, mutation: Mutation, after: Said) -> int:
        """How many records of the file nothing is said of."""
        if mutation.kind in ("cut", "delimiter", "encoding", "line ends"):
            return 0  # the records of these are not ours to count
        file = next(one for one in after.files if one.name == self.mutated)
        counted = file.rows_read + file.rows_quarantined + file.rows_ignored
        records = take_apart(mutation.content, file.header_row, file.delimiter)
        titles = [one for one in records.records[: records.header] if any(one)]
        return len(titles) + len(records.body) - counted

    def _is_untold_copy(self, mutation: Mutation, after: Said) -> bool:
        return (
            self.file.profile.row == "invoice"
            and self._names_invoice(mutation)
            and not any("repeat" in warning for warning in after.warnings)
        )

    def cells(self, mutation: Mutation) -> set[str]:
        """What stands in the rows that were harmed."""
        return {cell.strip() for row in mutation.records for cell in self.sheet.records[row] if cell.strip()}

    def _names_invoice(self, mutation: Mutation) -> bool:
        return bool(self.cells(mutation) & {key[1] for key in self.before.facts["invoices"]})

    def _explains(self, mutation: Mutation, one: Difference, after: Said) -> bool:
        if one.table == "customers" and not any(key[0] == one.customer for key in after.facts["invoices"]):
            return True  # somebody of whom nothing is open is not reminded
        if one.table == "invoices" and one.now is None and one.key[2] == "invoice" and one.key[1] in after.set_aside:
            return True
        explained = _EXPLANATIONS.get(mutation.kind)
        return explained is not None and explained(self, mutation, one, after)

    @property
    def _names(self) -> set[int]:
        """The columns of customers and invoice numbers."""
        named = {self.file.columns.get(field) for field in ("customer_id", "customer_name", "invoice_id")}
        return {at for at, header in enumerate(self.sheet.headers) if header.strip("\ufeff ") in named}

    @property
    def adds_up(self) -> bool:
        """Whether an invoice's amounts are those of several rows together, payments among them, or of another file."""
        profile = self.file.profile
        paid_by_rows = "payment" in profile.kinds.values() and "balance" not in profile.columns
        return bool(profile.added) or paid_by_rows or self.file.role == "payments"


def sample_files() -> list[tuple[Path, str]]:
    """The folder and name of every file of samples that are CSV and of a package whose export can be used."""
    usable = {profile.name for profile in all_profiles() if not profile.unusable}
    folders = [folder for folder in sample_folders() if folder.name.partition(".")[0] in usable]
    return [(folder, file.name) for folder in folders for file in sorted(folder.glob("*.csv"))]


def judge_all(place: tuple[Path, str]) -> tuple[Counter[Outcome], list[str]]:
    """How often each outcome came of one file, and what was read wrongly."""
    sample = Sample(*place)
    counts: Counter[Outcome] = Counter()
    wrong: list[str] = []
    for mutation in sample.mutations():
        verdict = sample.judge(mutation)
        counts[verdict.outcome] += 1
        if verdict.outcome == Outcome.WRONG:
            wrong.append(f"{place[0].name}/{place[1]}: {mutation.kind} {mutation.what}: {verdict.why}")
    return counts, wrong


def _judge_refusal(error: RemindrError) -> Verdict:
    clear = all(problem.place or problem.hint for problem in error.problems)
    if clear and error.exit_code in (Exit.STOPPED, Exit.USAGE, Exit.REFUSED):
        return Verdict(Outcome.REFUSED)
    return Verdict(Outcome.WRONG, f"exit {error.exit_code}: {error}")


def _is_part(sample: Sample, mutation: Mutation, one: Difference) -> bool:
    """Whether an invoice differs whose amounts the harmed row is a part of."""
    return sample.adds_up and one.table != "customers" and one.key[1] in sample.cells(mutation)


def _explained_by_cut(sample: Sample, mutation: Mutation, one: Difference, after: Said) -> bool:
    if sample.adds_up and one.table == "invoices":
        return one.name in ("amount", "balance", "cleared_on", "") or one.now is None
    if one.table == "customers" and one.name == "name":  # now as another file spells it
        return " ".join(one.now.split()).lower() == " ".join(one.was.split()).lower()
    return one.now is None


def _explained_by_drop(sample: Sample, mutation: Mutation, one: Difference, after: Said) -> bool:
    cells = sample.cells(mutation)
    named = bool(cells & {str(part) for part in one.key})
    if one.table == "customers":
        return one.now is None or one.name in _DETAILS
    return _is_part(sample, mutation, one) or _settles_oldest(sample, mutation, one) or (named and one.now is None)


def _settles_oldest(sample: Sample, mutation: Mutation, one: Difference) -> bool:
    """Whether the harmed row is the customer's, in a file of which payments settle what is due first."""
    untold = "payment" in sample.file.profile.kinds.values() and not {"balance", "paid"} & set(sample.file.columns)
    return untold and one.customer in sample.cells(mutation)


def _explained_by_copy(sample: Sample, mutation: Mutation, one: Difference, after: Said) -> bool:
    credit = one.was is None and one.table == "invoices" and one.key[2] == "credit"
    payment = one.was is None and one.table == "payments"
    return credit or payment or _is_part(sample, mutation, one) or _settles_oldest(sample, mutation, one)


def _explained_by_order(sample: Sample, mutation: Mutation, one: Difference, after: Said) -> bool:
    return one.table == "customers" and one.name in _DETAILS and one.now is not None and one.was is not None


def _explained_by_lost_column(sample: Sample, mutation: Mutation, one: Difference, after: Said) -> bool:
    (column,) = mutation.columns
    if one.key[-2] == "credit" and sample.sheet.headers[column] == sample.file.columns.get("kind"):
        return True  # a credit without a number is called by its type and day
    if sample.sheet.headers[column] not in sample.file.columns.values() or one.name == "":
        return False
    if one.table == "customers":
        return one.now is None or one.name in ("email", "phone", "address", "name", "country", "terms")
    if one.name in _SIDE_FACTS or (one.name, one.now) in (("invoice_id", None), ("due_date", None)):
        return one.now is None or one.name == "terms"
    if one.name == "amount":  # without amounts, what is open is all that is known
        return bool(one.now == after.facts["invoices"][one.key]["balance"])
    untold = {"balance": "no column says what is paid", "written_off": "no column says what is paid"}
    untold["currency"] = "no column says the currency"
    return one.name in untold and any(untold[one.name] in told for told in after.warnings)


def _explained_by_namesakes(sample: Sample, mutation: Mutation, one: Difference, after: Said) -> bool:
    """Where two columns have the same header, their order tells which is which: of a customer's phones, say."""
    doubled = {header for header in sample.sheet.headers if sample.sheet.headers.count(header) > 1}
    moved = {sample.sheet.headers[at] for at in mutation.columns}
    return one.table == "customers" and one.name in ("phone", "email") and bool(doubled & moved)


def _explained_by_swap(sample: Sample, mutation: Mutation, one: Difference, after: Said) -> bool:
    """Details that are free text can be any text; those that became empty are only less known."""
    if one.table == "customers" and one.name:
        return one.now is None or one.name in _FREE_TEXT
    credit = one.table == "invoices" and one.key[2] == "credit"
    return (one.now is None and one.name in (*_SIDE_FACTS, *(["due_date"] if credit else []))) or one.name == "terms"


_EXPLANATIONS = {
    "cut": _explained_by_cut,
    "drop row": _explained_by_drop,
    "double row": _explained_by_copy,
    "swap rows": _explained_by_order,
    "drop column": _explained_by_lost_column,
    "double column": _explained_by_namesakes,
    "swap columns": _explained_by_namesakes,
    "swap cells": _explained_by_swap,
}


def alike(sheet: Sheet, columns: tuple[int, ...], names: Collection[int]) -> bool:
    """Whether two columns hold the same kind of cells, so that either could be under the other's header.

    People are called and numbered in any way: in a column of `names` any text and any number can stand. Amounts can be
    whole.
    """
    kinds = ["amount" if (kind := _kind(sheet.column(at))) == "whole number" else kind for at in columns]
    free = {"text", "number", "whole number", "amount"}
    if set(columns) & set(names) and set(kinds) <= free:
        return True
    return kinds[0] == kinds[1]


def _kind(cells: tuple[str, ...]) -> str:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return "nothing"
    kind, count = Counter(map(_kind_of_cell, filled)).most_common(1)[0]
    return kind if count > len(filled) / 2 else "text"


def _kind_of_cell(cell: str) -> str:
    if any(parse_date(cell, order) for order in (DAY_FIRST, MONTH_FIRST)):
        return "date"
    if cell.isdecimal():
        return "whole number"
    if any(parse_amount(cell, mark) is not None for mark in ("point", "comma")):
        return "amount"
    if re.fullmatch(r"\S+@\S+", cell):
        return "e-mail"
    return "number" if re.search(r"\d", cell) else "text"
