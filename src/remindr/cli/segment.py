"""`remindr segment`: who is classified how, and why."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, Directory, Quiet, Verbose, parse_day
from remindr.errors import Exit, ProjectError

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

Word = Annotated[
    str | None,
    typer.Argument(metavar="[CUSTOMER]", help="Only this one, with every test and metric: number, name or part of it."),
]
Changes = Annotated[bool, typer.Option("--changes", help="Who moved, who is on the way, who stays new for long.")]
Since = Annotated[
    date | None,
    typer.Option(
        "--since", parser=parse_day, metavar="DATE", help="Changes since this day; else those of the newest review."
    ),
]
Html = Annotated[
    str | None,
    typer.Option(
        "--html",
        metavar="FILE",
        help="With --changes: write a page for the review, to decide about each; - is stdout.",
        show_default=False,
    ),
]
Open = Annotated[bool, typer.Option("--open", help="With --html: show the page in the browser.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print the customers as CSV for a spreadsheet.")]


def main(
    word: Word = None,
    changes: Changes = False,
    since: Since = None,
    html: Html = None,
    open_page: Open = False,
    csv: AsCsv = False,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Show each customer's segment and why.

    Counts and money per segment, how late the whole book pays, then the customers to look at first; with -v all.
    """
    from remindr.cli.session import open_session, tell_warnings
    from remindr.core.audit import METRICS
    from remindr.pipeline.changes import reviews_back
    from remindr.pipeline.station import station

    changes = changes or since is not None
    _refuse_contradictions(changes=changes, csv=csv, json=json)
    page = _page(html, changes=changes, show=open_page, json=json)
    session = open_session(directory, as_of)
    back = reviews_back(session.policy.project.review.every, session.today, since) if changes else 0
    thorough = json or csv or verbose or changes or word is not None
    with station(session.root, session.policy, session.today, thorough=thorough, further_back=back, also=METRICS) as at:
        tell_warnings(at.told(verbose=verbose), quiet=quiet or json or csv)
        only = None if word is None else _meant(at, word)
        if page is not None:
            _write_review(at, only, back, page, show=open_page, quiet=quiet)
        elif changes:
            _tell_changes(at, only, back, json=json, verbose=verbose)
        else:
            _tell_segments(at, only, csv=csv, json=json, verbose=verbose)
    return Exit.DONE


def _refuse_contradictions(*, changes: bool, csv: bool, json: bool) -> None:
    if csv and json:
        raise ProjectError("--csv and --json are two ways to print the same", hint="choose one of them")
    if csv and changes:
        raise ProjectError("--changes cannot be printed as CSV", hint="--changes --json is for other programs")


def _page(html: str | None, *, changes: bool, show: bool, json: bool) -> str | None:
    """Where the page goes, None without one; refused before the work is done if it cannot go there."""
    if html is None:
        if show:
            raise typer.BadParameter("it shows the page that --html FILE writes", param_hint="--open")
        return None
    if not changes:
        raise ProjectError(
            "--html writes the page of a review, which is about changes",
            hint=f"remindr segment --changes --html {html}",
        )
    if json:
        raise typer.BadParameter("choose one of --html and --json", param_hint="--json")
    from remindr.cli.preview_page import check_target

    check_target(html, show=show)
    return html


def _meant(at: "Station", word: str) -> str:
    from remindr.pipeline.find import customer_meant

    return customer_meant(at, word)


def _tell_changes(at: "Station", only: str | None, back: int, *, json: bool, verbose: bool) -> None:
    from remindr.cli.segment_changes import changes_document, tell_changes
    from remindr.cli.terminal import tell_json
    from remindr.pipeline.changes import changes

    found = changes(at, only, back)
    if json:
        tell_json(changes_document(found))
    else:
        tell_changes(found, at.policy, verbose=verbose)


def _write_review(at: "Station", only: str | None, back: int, file: str, *, show: bool, quiet: bool) -> None:
    from remindr.cli.review_page import write_review
    from remindr.pipeline.changes import changes

    write_review(at, changes(at, only, back), only, file, show=show, quiet=quiet)


def _tell_segments(at: "Station", only: str | None, *, csv: bool, json: bool, verbose: bool) -> None:
    from remindr.cli.terminal import tell_json
    from remindr.pipeline.audit import Auditor

    auditor = Auditor(at)
    if csv:
        from remindr.cli.segment_csv import print_csv

        print_csv(auditor, only)
    elif json:
        from remindr.cli.views import segments_document

        tell_json(segments_document(auditor, only))
    elif only is not None:
        from remindr.cli.segment_customer import tell_customer

        for one in auditor.customers(only):
            tell_customer(auditor, one)
    else:
        from remindr.cli.segment_book import tell_book

        tell_book(auditor, verbose=verbose)
