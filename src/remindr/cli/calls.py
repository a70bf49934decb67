"""`remindr calls`: whom to ring today, as a list and as a sheet to fill in; and reading the sheet back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, Directory, Quiet
from remindr.cli.terminal import plural, tell, tell_json, tell_table
from remindr.errors import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from remindr.channels.callsheet import CallRow
    from remindr.cli.shapes import CallsDocument, CallToMake
    from remindr.model.plan import Notice
    from remindr.model.policy import Company
    from remindr.pipeline.calls import Call

app = typer.Typer(name="calls", rich_markup_mode=None)
Csv = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the sheet as CSV.", show_default=False)]
Xlsx = Annotated[
    Path | None,
    typer.Option("--xlsx", metavar="FILE", help="Write the sheet as a workbook, with outcomes to choose from."),
]  # fmt: skip
File = Annotated[Path, typer.Argument(metavar="FILE", help="The CSV or XLSX file that was filled in.")]


@app.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    csv: Csv = None,
    xlsx: Xlsx = None,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Show whom to ring today: why, what to say, and what was promised before.

    Today's calls and those that earlier runs have listed and nobody has made. Write them into a sheet, fill in what
    came of each, and give it back: remindr calls import FILE.
    """
    if context.invoked_subcommand is not None:
        return Exit.DONE
    from remindr.channels.callsheet import as_csv, as_workbook
    from remindr.cli.preview_page import STDOUT, put_file
    from remindr.cli.session import all_mistakes_told, open_session, tell_warnings
    from remindr.pipeline.calls import calls_today
    from remindr.pipeline.station import station

    session = open_session(directory, as_of)
    with all_mistakes_told(session), station(session.root, session.policy, session.today) as at:
        tell_warnings(at.warnings, quiet=quiet or json)
        calls = calls_today(at)
    company = session.policy.project.company
    rows = [call_row(call, company) for call in calls]
    if csv:
        put_file(csv, as_csv(rows), option="--csv")
    if xlsx:
        title = f"{company.name}: calls of {session.today}"
        put_file(xlsx, as_workbook(rows, title=title, letter=company.country in ("US", "CA")), option="--xlsx")
    if json:
        tell_json(document(session.today, calls, rows))
    elif not (quiet or Path(STDOUT) in (csv, xlsx)):
        _tell(rows, [file for file in (csv, xlsx) if file])
    return Exit.DONE


def call_row(call: "Call", company: "Company") -> "CallRow":
    """The call as it stands in the sheet."""
    from remindr.channels.callsheet import CallRow
    from remindr.core.cleaning import one_line
    from remindr.core.formatting import format_money, join_words, locale_of
    from remindr.core.phone import e164, locally
    from remindr.core.promises import promise_words

    notice, customer = call.notice, call.notice.customer
    locale = locale_of(company.language, company.country)
    number = one_line(customer.phone)
    totals = [format_money(amount, currency, locale) for currency, amount in notice.total.items()]
    again = (f"attempt {call.attempt}",) if call.attempt > 1 else ()
    return CallRow(
        (
            one_line(customer.id),
            one_line(customer.name),
            e164(number, customer.country or company.country) or number,
            locally(number, company.country),
            "; ".join((*again, *notice.why)),
            call.text,
            promise_words(call.promise.note) if call.promise else "",
            call.promise.standing if call.promise else "",
            ", ".join(invoices_of(notice)),
            join_words(totals, locale),
        ),
        call.key,
    )


def invoices_of(notice: "Notice") -> list[str]:
    """The invoices that a call is about."""
    from remindr.core.cleaning import one_line

    return [one_line(line.invoice.id) for line in notice.asked]


def document(today: "date", calls: "Sequence[Call]", rows: "Sequence[CallRow]") -> "CallsDocument":
    """`calls --json`"""
    return {
        "schema": "remindr.calls/1",
        "as_of": today.isoformat(),
        "calls": [_call(call, row) for call, row in zip(calls, rows, strict=True)],
    }


def _call(call: "Call", row: "CallRow") -> "CallToMake":
    from remindr.cli.views import amounts

    return {
        "key": row.key,
        "customer_id": call.notice.customer.id,
        "customer_name": call.notice.customer.name,
        "phone": row.told[2],
        "attempt": call.attempt,
        "why": list(call.notice.why),
        "text": call.text,
        "last_promise": row.told[6] or None,
        "promise_stands": row.told[7] or None,
        "invoices": invoices_of(call.notice),
        "total": amounts(call.notice.total),
    }


def _tell(rows: "Sequence[CallRow]", written: "Sequence[Path]") -> None:
    for file in written:
        tell(f"{file}: {plural(len(rows), 'call')}. Fill in the outcomes, then: remindr calls import {file}")
    if written:
        return
    if not rows:
        tell("Nobody is to be rung today.")
        return
    shown = [
        (row.told[0], row.told[1], row.told[2], row.told[8], row.told[9], row.told[6], row.told[7]) for row in rows
    ]
    tell_table(("customer", "", "phone", "invoices", "total", "last promise", "kept"), shown, right=("total",))
    tell("To ring from and to fill in: remindr calls --xlsx calls.xlsx")


@app.command(name="import")
def take_over(
    file: File, directory: Directory = Path(), as_of: AsOf = None, json: AsJson = False, quiet: Quiet = False
) -> int:
    """Read a filled-in call sheet: what came of each call, with promises, disputes and wrong numbers.

    Each row counts once, so importing the sheet again changes nothing. Rows that cannot be read are told, the others
    are taken.
    """
    from remindr.cli.notes import check_file, tell_imported
    from remindr.cli.session import locked, open_session, refuse_future, user_name
    from remindr.journal.database import open_journal
    from remindr.journal.records import moment
    from remindr.pipeline.calls import notes_of_calls, sheet_of_calls
    from remindr.pipeline.station import station

    check_file(file)
    session = open_session(directory, as_of)
    refuse_future(session)
    with locked(session, "calls"):
        with station(session.root, session.policy, session.today) as at:
            notes, aside = notes_of_calls(sheet_of_calls(file, at), at, user_name())
        with open_journal(session.policy.project.journal_in_use, session.root, create=True) as journal:
            stored = journal.note(notes, at=moment(session.now))
    return tell_imported(stored, len(notes) - len(stored), aside, as_json=json, quiet=quiet)
