"""One role's files, from the pattern in remindr.yaml to a raw table."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from remindr.errors import DataError, Problem, ProjectError, Refused
from remindr.model.policy import Project
from remindr.sources.columns import Columns, match_columns, recognised
from remindr.sources.dates import DateOrder
from remindr.sources.dialect import Dialect, find_dialect
from remindr.sources.find import date_in_name, date_of_report, find_files, pages
from remindr.sources.folding import bare, fold
from remindr.sources.recognition import find_profile, has_export
from remindr.sources.shapes import shape_rows
from remindr.sources.snapshot import Snapshot, take_snapshot
from remindr.sources.synonyms import Role
from remindr.sources.table import Page, Source, Table, read_table

# One of each group has to be there.
DECIDING: Final = frozenset(
    {"customer_id", "issue_date", "cleared_on", "amount", "balance", "paid", "status", "stage", "kind", "currency"}
)
_NEEDED: Final[Mapping[Role, tuple[tuple[str, ...], ...]]] = {
    "invoices": (("invoice_id",), ("customer_id", "customer_name"), ("due_date", "terms"), ("amount", "balance")),
    "customers": (("customer_id", "customer_name"),),
    "payments": (("customer_id", "customer_name", "invoice_id"), ("paid_on",), ("amount",)),
}


def read_role(
    connection: duckdb.DuckDBPyConnection,
    root: Path,
    copies: Path,
    role: Role,
    pattern: str,
    project: Project,
    wanted: Mapping[str, str],
    own: Collection[str] = (),
) -> tuple[Table, list[str]]:
    """The raw table of the newest files that a pattern matches, and what a person should know of them.

    `own` names further columns that rules ask for.
    """
    timezone = project.company.timezone
    found: dict[str, tuple[Snapshot, Dialect]] = {}
    warnings: list[str] = []
    for file in pages(find_files(root, pattern, timezone, role)):
        snapshot = take_snapshot(file.path, file.shown, copies, timezone)
        if snapshot.sha256 in found:
            warnings.append(f"{file.shown}: the same file as {found[snapshot.sha256][0].shown}, so not read again")
        else:
            found[snapshot.sha256] = (snapshot, find_dialect(snapshot, role, wanted))
    likest = max((dialect for _, dialect in found.values()), key=lambda one: recognised(one.headers, role, wanted))
    sources: list[Source] = []
    for snapshot, dialect in found.values():
        if dialect.headers == likest.headers:
            columns = columns_of(
                snapshot, dialect, role, project.sources.format, wanted, terms_known=bool(project.sources.terms)
            )
            _refuse_namesakes(snapshot, dialect, columns)
            if role == "invoices" and not project.sources.payments and wanted.get("balance") != "":
                _refuse_open_untold(snapshot, dialect, columns)
            warnings += _look_at_unused(snapshot, dialect, columns, role, project, wanted)
            columns = columns.with_own(own, dialect.headers)
            sources.append(Source(snapshot, dialect, columns))
        else:
            warnings.append(f"{snapshot.shown}: of the same day as other files, but with other columns, so not read")
    table = read_table(connection, role, sources)
    if not table.count and not any(page.broken for page in table.pages):
        hint = "export it again; nothing was sent"
        raise Refused(Problem("the file has headers but no rows", table.shown, hint=hint))
    shape_rows(connection, table)
    return table, warnings


def columns_of(
    snapshot: Snapshot,
    dialect: Dialect,
    role: Role,
    package: str,
    wanted: Mapping[str, str],
    *,
    terms_known: bool = False,
) -> Columns:
    """The columns of a file; DataError if one that is needed is missing. Known terms stand in for a due date."""
    from remindr.sources.missing import looks_like_date, missing_column

    match = find_profile(dialect.headers, dialect.sample, role, package)
    if package != "auto" and role == "invoices" and not match.profile.name and has_export(package, role):
        hint = "if the file is right, write 'format: auto' under 'sources:' in remindr.yaml"
        raise DataError(
            Problem(f"this is no invoice export of {package}", snapshot.shown, dialect.header_row, hint=hint)
        )
    if match.profile.unusable:
        what = f"an export of {match.profile.title} cannot be used"
        raise DataError(Problem(what, snapshot.shown, dialect.header_row, hint=match.profile.unusable))
    columns = match_columns(dialect.headers, role, wanted, match)
    sample = dict(zip(dialect.headers, dialect.sample, strict=False))
    if "due_date" not in columns.positions and looks_like_date(sample.get(columns.header("terms"), "")):
        columns = columns.with_date_for("due_date", "terms")  # `Zahlungsziel` may be a day or a number of days
    missing = [choice[0] for choice in _NEEDED[role] if not columns.positions.keys() & set(choice)]
    if "due_date" in missing and terms_known and "issue_date" in columns.positions:
        missing.remove("due_date")
    heads_rows = match.profile.customer_in_headings or (not dialect.headers[0] and not "".join(dialect.sample[:1]))
    if role == "invoices" and "customer_id" in missing and heads_rows:
        columns = columns.with_headings()
        missing.remove("customer_id")
    if role != "payments" and not match.profile.name:
        _refuse_other_role(snapshot, dialect, columns, role)
    missing += [field for field in _lost(columns, wanted) if field not in missing]
    if missing:
        place = (snapshot.shown, dialect.header_row)
        telling = {**dict.fromkeys(missing, sample), "invoice_id": _of_one_row_each(dialect, columns)}
        raise DataError([missing_column(*place, field, columns, telling[field], role) for field in missing])
    return columns


def _refuse_other_role(snapshot: Snapshot, dialect: Dialect, columns: Columns, role: Role) -> None:
    """DataError if a list of customers was given as one of invoices, or the other way round."""
    other: Role = "customers" if role == "invoices" else "invoices"
    telling, least = (_OF_CUSTOMERS, 1) if role == "invoices" else (_OF_INVOICES, _MANY)
    if columns.positions.keys() & (_OF_INVOICES if role == "invoices" else _OF_CUSTOMERS):
        return
    if len(telling & match_columns(dialect.headers, other, {}).positions.keys()) >= least:
        hint = f"name the export of {role} under 'sources: {role}:' in remindr.yaml"
        what = f"this is a list of {other}, not of {role}"
        raise DataError(Problem(what, snapshot.shown, dialect.header_row, hint=hint))


_OF_CUSTOMERS: Final = frozenset({"email", "phone", "address"})
_OF_INVOICES: Final = frozenset({"invoice_id", "due_date", "issue_date", "amount", "balance"})
_MANY: Final = 3


def _refuse_namesakes(snapshot: Snapshot, dialect: Dialect, columns: Columns) -> None:
    """DataError if an amount, a day or a number is read from one of two columns of the same name that differ."""
    for field, header in columns.headers.items():
        places = [at for at, other in enumerate(dialect.headers, start=1) if fold(other) == fold(header)]
        if field in _TOLD_APART and len(places) > 1 and _differ(dialect, places):
            what = f"columns {' and '.join(map(str, places))} are both called '{header}', and hold other things"
            hint = "give one of them another name in the export, then tell which is which under 'sources: columns:'"
            raise DataError(Problem(what, snapshot.shown, dialect.header_row, hint=hint))


_TOLD_APART: Final = DECIDING | {"invoice_id", "due_date", "paid_on", "terms"}


def _differ(dialect: Dialect, places: Sequence[int]) -> bool:
    rows = [row for row in dialect.rows if len(row) == len(dialect.headers)]
    return any(len({row[at - 1] for at in places}) > 1 for row in rows)


def _of_one_row_each(dialect: Dialect, columns: Columns) -> Mapping[str, str]:
    """A cell of each column that says something else in every row, as numbers of invoices do."""
    cells = {header: dialect.cells(header) for header in columns.unused if header}
    return {header: of[0] for header, of in cells.items() if all(of) and len(set(of)) == len(of) > 0}


def _lost(columns: Columns, wanted: Mapping[str, str]) -> list[str]:
    """What a package always tells of its invoices and this export of it does not: a column was taken out or renamed."""
    profile = columns.profile
    always = [field for field, words in profile.columns.items() if profile.known & set(map(bare, words))]
    return [field for field in always if field in DECIDING and field not in {*columns.positions, *wanted}]


def _refuse_open_untold(snapshot: Snapshot, dialect: Dialect, columns: Columns) -> None:
    """DataError rather than reminders of what was paid, if the column that tells may be there under another name."""
    from remindr.sources.missing import open_untold

    sample = dict(zip(dialect.headers, dialect.sample, strict=False))
    if problem := open_untold(snapshot.shown, dialect.header_row, columns, sample, columns.header("amount")):
        raise DataError(problem)


def _look_at_unused(
    snapshot: Snapshot, dialect: Dialect, columns: Columns, role: Role, project: Project, wanted: Mapping[str, str]
) -> list[str]:
    """DataError if a column that nothing is read from seems to hold what would be invented else; else what is told."""
    from remindr.sources.overlooked import mistakes_in_columns, unused_cells

    unused = unused_cells(snapshot, dialect, columns)
    ruled_out = {**wanted, **({"balance": ""} if project.sources.payments else {})}
    if problems := mistakes_in_columns(unused, columns, role, ruled_out):
        raise DataError(problems)
    describes = role == "customers" or (role == "invoices" and not project.sources.customers)
    return list(unused.addresses()) if describes and not {"email"} & {*columns.positions, *wanted} else []


def check_wanted(tables: Mapping[Role, Table], wanted: Mapping[str, str]) -> None:
    """ProjectError if `sources: columns:` names a header that no file has."""
    from remindr.sources.missing import nearest_header

    problems = []
    for field, header in wanted.items():
        if not header or any(fold(table.columns.headers.get(field, "")) == fold(header) for table in tables.values()):
            continue
        near = nearest_header(header, [word for table in tables.values() for word in table.headers])
        hint = f"did you mean '{near}'?" if near else f"the invoice file has: {', '.join(tables['invoices'].headers)}"
        problems.append(
            Problem(f"sources: columns: {field}: no file has a column '{header}'", "remindr.yaml", hint=hint)
        )
    if problems:
        raise ProjectError(problems)


def dated(page: Page, order: DateOrder | None) -> date | None:
    """The day a file says it is of: the report's own date, else the one in its name."""
    report = date_of_report([*page.dialect.titles, *page.notes], order)
    return report or date_in_name(Path(page.snapshot.shown).name)
